"""`crmexport init`: ask for the account, test it, and write `crmexport.toml`."""

import json
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import typer

from crmexport.cli import options
from crmexport.cli.saying import echo
from crmexport.cli.settings import FILE
from crmexport.cli.words import too_long
from crmexport.errors import ConfigurationError, CrmExportError, ExitCode, LeftOffError, SignInRefusedError
from crmexport.text import _, language

if TYPE_CHECKING:
    from crmexport.source import Connector, Credentials
    from crmexport.source.options import Known

TRIES = 3  # of a sign-in
BOOLEANS = {"да": "yes", "нет": "no"}  # what is asked in Russian is answered in Russian

Ask = Callable[[str], str]
Answer = TypeVar("Answer")


def add(app: typer.Typer) -> None:
    """Add the command to `app`."""

    @options.command(
        app, "init", _("Ask for your account, test it and write crmexport.toml (no secrets in it).")
    )
    def init() -> int:
        from crmexport.cli.sign_in import question

        if not sys.stdin or not sys.stdin.isatty():
            raise ConfigurationError(
                _("init asks questions: start it at a terminal, or write {file} by hand.").format(file=FILE)
            )
        return run(Path.cwd() / FILE, question)


def run(file: Path, ask: Ask) -> int:
    """Ask, test, write `file`. Never writes over a file that is there. Raises OutputError when it cannot be written, LeftOffError
    when the person stops: nothing was pulled that could be kept."""
    if file.exists():
        raise ConfigurationError(
            _("{file} is there already: change it in an editor, or delete it first.").format(file=file)
        )
    from crmexport.disk import must_be_writable
    from crmexport.fitting.opening import writing

    with writing(file):
        must_be_writable(file.parent)
    try:
        answers = asked(ask)
        _tested(*answers[:2], answers[3])
    except KeyboardInterrupt as stop:
        raise LeftOffError(_("Stopped. Nothing was written: start “crmexport init” again.")) from stop
    with writing(file):
        file.write_text(written(*answers), encoding="utf-8")
    echo(_("Written: {path}").format(path=file))
    echo(_("Next: crmexport pull"))
    return ExitCode.COMPLETE


def asked(ask: Ask) -> tuple[str, str, str, dict[str, str]]:
    """Source, address, archive folder and the connector's own options."""
    from crmexport.cli.sign_in import account_url
    from crmexport.source import connector_names

    names = ", ".join(connector_names())
    kind = _understood(ask, _("Which CRM do you leave ({names})? ").format(names=names), _connector)
    url = _understood(ask, _("The address of your account (such as mycompany.megaplan.ru): "), account_url)
    archive = _understood(ask, _("The folder for the archive [archive]: "), _archive)
    given = {
        name: _understood(ask, _option_question(name, known), partial(_setting, kind, name))
        for name, known in kind.about.options.known().items()
        if name not in kind.about.options.unasked
    }
    return kind.about.name, url, archive, {name: text for name, text in given.items() if text}


def _understood(ask: Ask, question: str, understand: Callable[[str], Answer]) -> Answer:
    """Ask until the answer is understood: one wrong word must not cost the person all answers before it."""
    while True:
        try:
            return understand(ask(question))
        except ConfigurationError as error:
            echo(str(error), err=True)


def _setting(kind: "type[Connector]", name: str, text: str) -> str:
    if kind.about.options.known()[name].type is not bool:
        return options.setting(kind, name, text)
    try:
        return options.setting(kind, name, BOOLEANS.get(text.strip().lower(), text))
    except ConfigurationError as error:
        raise ConfigurationError(
            _("Answer “{yes}” or “{no}”, not “{text}”.").format(yes=_("yes"), no=_("no"), text=text)
        ) from error


def _option_question(name: str, known: "Known") -> str:
    about, values = _(known.option.description or name), options.values(known)
    values = f"{_('yes')}|{_('no')}" if known.type is bool else values
    if known.is_required:
        return f"{about} ({name}={values}): "
    return _("{about} ({name}={values}; press Enter to leave it as is usual): ").format(
        about=about, name=name, values=values
    )


def _connector(name: str) -> "type[Connector]":
    from crmexport.source import connector_class

    return connector_class(name.lower())


def _archive(text: str) -> str:
    """Where the archive shall be, as typed; a password in it is refused. Explorer copies a path between quotation marks."""
    from crmexport.archive.place import Server

    archive = text.strip("\"'") or "archive"
    try:
        place = options.place(archive)
    except OSError as error:
        raise ConfigurationError(too_long(error)) from error
    if isinstance(place, Server) and place.secrets:
        raise ConfigurationError(
            _(
                "A password does not belong into crmexport.toml: leave it out of the address of the archive and set PGPASSWORD, "
                "or use the password file ~/.pgpass."
            )
        )
    return archive


def _tested(source: str, url: str, settings: dict[str, str]) -> None:
    """Sign in and count, so that a wrong address or password shows now. A sign-in that is refused, or that was not typed whole, is
    asked for again, as often as is usual."""
    from crmexport.cli import plan
    from crmexport.cli.sign_in import credentials

    environment: dict[str, str] | None = None  # that of the program
    for left in reversed(range(TRIES)):
        secrets = None
        try:
            secrets = credentials(environment)
            plan.run(source, url, settings, 1.0, None, None, secrets)
            return
        except (SignInRefusedError, ConfigurationError) as refused:
            if not left or not _is_of_sign_in(refused, secrets):
                raise
            echo(_refused(refused, is_typed=environment is not None), err=True)
            environment = {}


def _is_of_sign_in(error: CrmExportError, secrets: "Credentials | None") -> bool:
    is_whole = secrets is None or bool(secrets.token or (secrets.login and secrets.password))
    return isinstance(error, SignInRefusedError) or not is_whole


def _refused(error: CrmExportError, *, is_typed: bool) -> str:
    """What to do now; a sign-in that is set in the environment would be refused by the next command, too."""
    from crmexport.cli.sign_in import LOGIN, PASSWORD, TOKEN

    told = [str(error), _("This sign-in was refused: type it again. Your other answers are kept.")]
    if not is_typed and any(os.environ.get(name) for name in (TOKEN, LOGIN, PASSWORD)):
        told.append(
            _(
                "Part of it stood in {token}, {login} or {password}: set these right before the next command."
            ).format(token=TOKEN, login=LOGIN, password=PASSWORD)
        )
    return "\n".join(told)


def written(source: str, url: str, archive: str, settings: dict[str, str]) -> str:
    """The text of the file. It names the language: cron knows none, and a nightly export would have other headings."""
    lines = ["[pull]", *_pairs({"source": source, "url": url, "archive": archive, "share": "100%"})]
    if settings:
        lines += ["", "[pull.set]", *_pairs(settings)]
    lines += ["", "[export]", 'to = ["excel", "csv"]', *_pairs({"out": "export", "lang": language()})]
    return "\n".join(lines) + "\n"


def _pairs(values: dict[str, str]) -> list[str]:
    """TOML lines: a JSON string is a TOML string too."""
    return [
        f"{json.dumps(key)} = {json.dumps(text, ensure_ascii=False)}"
        if not key.isidentifier()
        else f"{key} = {json.dumps(text, ensure_ascii=False)}"
        for key, text in values.items()
    ]
