"""Errors, sorted by what the person at the keyboard has to do next.

What goes in: a finished sentence in the reader's language. What comes out: that sentence and an exit code.
An error of the user's never shows a traceback.
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """What a command tells the shell; scripts and cron rely on these numbers."""

    COMPLETE = 0
    FAILED = 1
    USAGE = 2
    GAPS = 3
    SIGN_IN_REFUSED = 4
    WILL_NOT_FIT = 5
    ARCHIVE_IN_USE = 6
    INTERRUPTED = 130


class CrmExportError(Exception):
    """Something a person must know. Its text is a sentence: what happened, to what, what to do next."""

    exit_code = ExitCode.FAILED


class ConfigurationError(CrmExportError):
    """A wrong option, configuration file or mapping file: the person mends it and starts again."""

    exit_code = ExitCode.USAGE


class NoArchiveError(ConfigurationError):
    """There is no archive where one was looked for: the person gives another place, or pulls first."""


class SignInRefusedError(CrmExportError):
    """The source does not accept the credentials: the person gives others."""

    exit_code = ExitCode.SIGN_IN_REFUSED


class LeftOffError(CrmExportError):
    """The person stopped what leaves nothing behind: it is begun anew."""

    exit_code = ExitCode.INTERRUPTED


class SourceError(CrmExportError):
    """The source does not behave as it must for a pull to go on: wait, or ask its support."""


class ArchiveInUseError(CrmExportError):
    """Another process works on this archive, or writes into this folder: wait for it, or stop it."""

    exit_code = ExitCode.ARCHIVE_IN_USE


class ArchiveUnreachableError(CrmExportError):
    """The server that holds the archive does not answer, or went away: start again when it is back."""


class ArchiveDamagedError(CrmExportError):
    """What the archive holds is not what was stored: restore a copy, or pull anew as it says."""


class OutputError(CrmExportError):
    """A file could not be written, or reads back differently from what was meant."""
