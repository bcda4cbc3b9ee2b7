"""The command line: it reads what was typed, calls the journey, and says what came of it.

In: words typed at a shell, `crmexport.toml`, credentials from the environment or a prompt. Out: sentences, progress and an
exit code. It never holds logic of the journey itself: everything a command does is a library call.
"""

from collections.abc import Sequence

from crmexport.errors import ExitCode


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `crmexport` with `arguments` (the process's own by default) and give its exit code.

    All else is imported in here: Ctrl-C meets nothing but imports in the first moments, and is to end these without a traceback.
    """
    try:
        from crmexport.cli.stopping import heard

        with heard():
            from crmexport.cli.start import main as start

            code = start(arguments)
    except KeyboardInterrupt:
        code = ExitCode.INTERRUPTED
    if code == ExitCode.INTERRUPTED and arguments is None:
        from crmexport.cli.stopping import stopped

        stopped()
    return code
