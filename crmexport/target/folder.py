"""Write beside the old output, swap when all is there: a person never sees half of an export, nor loses the last whole one."""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from tempfile import gettempdir

from filelock import FileLock, Timeout

from crmexport.disk import move, remove
from crmexport.errors import ArchiveInUseError, OutputError
from crmexport.target.theirs import leave_theirs
from crmexport.text import _

PARTIAL = ".crmexport-partial"
_NEW, _WHOLE, _OLD = "new", "whole", "old"
_FULL = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}


@contextmanager
def alone(out: Path) -> Iterator[None]:
    """Nobody else on this computer writes into `out` meanwhile: two at once would put each other's halves in place.

    Raises ArchiveInUseError. The lock is a file among the temporary ones, for not every disk has locks; where there is none, so be it.
    """
    name = sha256(os.fsencode(out.resolve())).hexdigest()[:32]
    lock: FileLock | None = None
    try:
        lock = FileLock(Path(gettempdir()) / f"crmexport-{name}.lock", timeout=0)
        lock.acquire()
    except Timeout as taken:
        raise ArchiveInUseError(
            _(
                "Another crmexport writes into {folder} at this moment. Wait until it ends, or give another folder for --out."
            ).format(folder=out)
        ) from taken
    except (OSError, NotImplementedError):
        pass
    try:
        yield
    finally:
        if lock is not None:
            lock.release()


@contextmanager
def replacing(out: Path) -> Iterator[Path]:
    """A folder to write into. When the block ends well, everything at its top replaces what has the same name in `out`, but for what
    somebody has put into it.

    When it does not, `out` is as before. Nothing else in `out` is touched. Raises OutputError with a sentence when the
    disk is full or something may not be written.
    """
    made = not out.exists()
    partial = out / PARTIAL
    with telling_disk_failures(out):
        (partial / _NEW).mkdir(parents=True)
        try:
            yield partial / _NEW
            move(partial / _NEW, partial / _WHOLE)
            settle(out)
        finally:
            # where it exists, somebody broke off even the putting back: `settle` goes on there
            if not (partial / _WHOLE).exists():
                remove(partial)
            if made:
                with suppress(OSError):
                    out.rmdir()  # only when it is still empty


def settle(out: Path) -> None:
    """Bring to its end what an export left in `out` that was cut off: what was whole takes its place, the rest goes.

    Whatever instant it was, of every piece either the old or the new one is still there. Raises OutputError.
    """
    partial = out / PARTIAL
    with telling_disk_failures(out):
        if (partial / _WHOLE).exists():
            _swap(partial / _WHOLE, partial / _OLD, out)
            leave_theirs(partial / _OLD, out)
        remove(partial)


def _swap(new: Path, old: Path, out: Path) -> None:
    """Move the old pieces away and the new ones in; when that fails or is broken off, put the old ones back."""
    old.mkdir(exist_ok=True)
    done: list[Path] = []
    try:
        for piece in sorted(new.iterdir()):
            place = out / piece.name
            done.append(place)
            if place.exists():
                move(place, old / piece.name)
            move(piece, place)
    except BaseException:
        for place in done:
            _put_back(place, new, old)
        move(new, new.with_name(_NEW))
        raise


def _put_back(place: Path, new: Path, old: Path) -> None:
    if place.exists() and not (new / place.name).exists():
        move(place, new / place.name)
    if (old / place.name).exists():
        move(old / place.name, place)


@contextmanager
def telling_disk_failures(out: Path) -> Iterator[None]:
    """Turn a failure of the disk into a sentence for a person."""
    try:
        yield
    except OSError as error:
        raise OutputError(_sentence(out, error)) from error
    except sqlite3.OperationalError as error:
        raise OutputError(_scratch_sentence(error)) from error


def _sentence(out: Path, error: OSError) -> str:
    if error.errno in _FULL:
        return _(
            "There is no room left on the disk for {out}. Free some, or give another folder, and start again."
        ).format(out=out)
    if error.errno == errno.EFBIG:
        return _(
            "A file in {out} has become as big as a file may be on this disk: FAT32, as USB sticks have it, keeps none beyond 4 GB. Give a "
            "folder on a disk with NTFS, exFAT or APFS, and start again."
        ).format(out=out)
    if isinstance(error, (FileExistsError, NotADirectoryError)):
        return _("{out} is a file, not a folder. Give another folder for the export.").format(out=out)
    if isinstance(error, PermissionError):
        return _(
            "{file} cannot be written. Is it open in another program? Close it, or give another folder, and start again."
        ).format(file=error.filename or out)
    if isinstance(error, FileNotFoundError):
        return _(
            "{file} is not there, or not any more. Is the disk of {folder} there, and does no other computer write into that folder at "
            "this moment? See to it, and start again."
        ).format(file=error.filename or out, folder=out)
    return _(
        "{file} cannot be written: {reason}. Mend that, or give another folder, and start again."
    ).format(file=error.filename or out, reason=error.strerror or error)


def _scratch_sentence(error: sqlite3.OperationalError) -> str:
    return _(
        "The export needs some room in the folder for temporary files, {folder}, and did not get it ({reason}). Free some, or let TMPDIR "
        "(on Windows TEMP) name another folder, and start again."
    ).format(folder=gettempdir(), reason=error)
