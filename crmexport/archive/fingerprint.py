"""The sha256 of the whole database file as a pull left it, in a small file beside it.

Bodies, records and files carry their own; this one covers all the rest: indexes, counts, names of files, free pages.
It is taken away before anything is written, and comes back when the archive is closed in order.
"""

import os
from contextlib import suppress
from pathlib import Path

from crmexport.archive.content import digest_of
from crmexport.archive.database import FILE
from crmexport.disk import anew, remove

NAME = FILE + ".sha256"


def forget(folder: Path) -> bool:
    """Before anything is written to the database in `folder`. False when it does not fit: it then stays, as a witness."""
    if fits(folder) is False:
        return False
    remove(folder / NAME)
    return True


def take(folder: Path) -> None:
    """After the database is closed. Nothing while somebody reads: the file changes when the last reader leaves.

    A disk too full for it loses no more than this.
    """
    if (folder / FILE).exists() and not _is_open(folder):
        with suppress(OSError), anew(folder / NAME) as new, new.open("wb") as file:
            file.write(_line(folder))
            file.flush()
            # an empty one, left by a power cut, would accuse a sound archive for ever
            os.fsync(file.fileno())


def fits(folder: Path) -> bool | None:
    """Whether the database is still what it was; None where that cannot be told: a run was cut off, or goes on."""
    try:
        told = (folder / NAME).read_bytes()
    except OSError:
        return None
    return None if _is_open(folder) else told == _line(folder)


def has_another_log(folder: Path) -> bool:
    """Whether the database is whole as it was closed, and yet there is a write-ahead log: then this one is of another database.

    For the fingerprint goes before anything is written to a log, and comes back only when there is none. It is looked for last, because
    a pull may end or begin meanwhile.
    """
    try:
        return _is_open(folder) and (folder / NAME).read_bytes() == _line(folder) and _is_open(folder)
    except OSError:
        return False


def _line(folder: Path) -> bytes:
    """In the form that `sha256sum --check` reads."""
    return f"{digest_of(folder / FILE)}  {FILE}\n".encode()


def _is_open(folder: Path) -> bool:
    """Whether part of the database is still in its write-ahead log."""
    log = folder / f"{FILE}-wal"
    return log.exists() and log.stat().st_size > 0
