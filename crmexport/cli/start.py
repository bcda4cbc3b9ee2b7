"""The way in: choose the language, run the command, turn whatever went wrong into a sentence and an exit code."""

import sys
from collections.abc import Callable, Sequence
from errno import ENAMETOOLONG, ENOSPC

import typer

from crmexport.cli.app import build
from crmexport.cli.saying import echo, nowhere
from crmexport.cli.stopping import stoppable
from crmexport.cli.words import explain, too_long
from crmexport.errors import ConfigurationError, CrmExportError, ExitCode
from crmexport.text import LANGUAGES, _, preferred_language, use_language


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `crmexport` with `arguments` (the process's own by default) and give its exit code."""
    use_language(preferred_language())
    if (encoding := sys.getfilesystemencoding()) != "utf-8":
        return _say(_no_room_for_names(encoding), ExitCode.USAGE)  # in the letters of this computer
    speak_utf8()
    with stoppable():
        return guarded(lambda: _said(_run(list(sys.argv[1:] if arguments is None else arguments))))


def _run(arguments: list[str]) -> int:
    """Language first, because the commands are built in it."""
    language, rest = take_language(arguments)
    if language:
        use_language(language)
        rest = ["--lang", language, *rest]
    return int(build()(args=rest, prog_name="crmexport", standalone_mode=False) or ExitCode.COMPLETE)


def take_language(arguments: list[str]) -> tuple[str | None, list[str]]:
    """Take `--lang ru` or `--lang=ru` out of `arguments`, wherever it stands. Raises ConfigurationError for another word."""
    chosen, rest, words = None, [], iter(arguments)
    for word in words:
        name, equals, value = word.partition("=")
        if name == "--lang":
            chosen = value if equals else next(words, "")
        else:
            rest.append(word)
    if chosen is not None and chosen not in LANGUAGES:
        raise ConfigurationError(_("--lang takes “ru” or “en”, not “{word}”.").format(word=chosen))
    return chosen, rest


def guarded(run: Callable[[], int]) -> int:
    """What `run` gives; or the exit code of what went wrong in it, after one sentence on stderr."""
    try:
        code = run()
    except CrmExportError as error:
        return _say(str(error), error.exit_code)
    except typer.TyperException as error:
        return _say(explain(error), ExitCode.USAGE)
    except (KeyboardInterrupt, typer.Abort):
        return _stopped()
    except BrokenPipeError:
        return _reader_left()
    except Exception as error:
        if isinstance(error, OSError) and error.errno == ENOSPC and error.filename is None:
            return _no_room_for_output(error)
        if isinstance(error, OSError) and error.errno == ENAMETOOLONG:
            return _say(too_long(error), ExitCode.USAGE)
        return _unforeseen(error)
    return _stopped() if code == ExitCode.INTERRUPTED else code


def _stopped() -> int:
    sentence = _(
        "Stopped. What is held is kept: the same command goes on with a pull from here, and writes files anew."
    )
    return _say(sentence, ExitCode.INTERRUPTED)


def _no_room_for_names(encoding: str) -> str:
    """Some Unix computers still write the names of files in a code page: a file called by an emoji cannot be made there."""
    return _(
        "This computer writes the names of files in {encoding}, which has no room for every name in a CRM. Start the same command "
        "with UTF-8: LC_ALL=C.UTF-8 crmexport ..."
    ).format(encoding=encoding)


def _said(code: int) -> int:
    """`code`, once all that was written has gone out: what does not fit any more is noticed only then."""
    sys.stdout.flush()
    return code


def _say(sentence: str, code: int) -> int:
    try:
        echo(sentence, err=True)
    except OSError:  # no room where errors go: the code is all that can be told
        sys.stderr = nowhere()
    return int(code)


def _reader_left() -> int:
    """Whoever read our output (`| head`) has gone: be silent, and keep the interpreter from complaining at its end."""
    sys.stdout = sys.stderr = nowhere()
    return int(ExitCode.FAILED)


def _no_room_for_output(error: OSError) -> int:
    """The disk with the log is full. Else the interpreter would find out at its end, and exit with a code of its own."""
    sentence = _("What this command says cannot be written ({reason}): make room where its output goes.")
    _say(sentence.format(reason=error.strerror), ExitCode.FAILED)
    sys.stdout = sys.stderr = nowhere()
    return int(ExitCode.FAILED)


def _unforeseen(error: Exception) -> int:
    from crmexport.cli.log import write_log

    place = write_log(error)
    sentence = _(
        "Something unforeseen went wrong ({error}). The details are in {place}; please send that file to the authors."
    )
    return _say(sentence.format(error=type(error).__name__, place=place), ExitCode.FAILED)


def speak_utf8() -> None:
    """Write UTF-8 wherever the output goes: a Windows code page has no room for every name in a CRM. Where none goes, nowhere."""
    sys.stdout = sys.stdout or nowhere()
    sys.stderr = sys.stderr or nowhere()
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(encoding="utf-8", errors="backslashreplace")
