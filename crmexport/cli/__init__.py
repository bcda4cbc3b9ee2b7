"""The command line: it reads what was typed, calls the journey, and says what came of it.

In: words typed at a shell, `crmexport.toml`, credentials from the environment or a prompt. Out: sentences, progress and an
exit code. It never holds logic of the journey itself: everything a command does is a library call.
"""

from crmexport.cli.start import main

__all__ = ["main"]
