"""Writing what comes to the disk. A failure of the disk, an OutputError, is not one of the line."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from crmexport.disk import is_all_that_fat_holds
from crmexport.errors import OutputError
from crmexport.text import _

DISK_TROUBLES = frozenset(
    {
        errno.ENOSPC,
        getattr(errno, "EDQUOT", errno.ENOSPC),
        errno.EROFS,
        errno.EACCES,
        errno.EIO,
        errno.EFBIG,
        errno.ENOENT,
    }
)


@contextmanager
def writable(path: Path, at: int = 0) -> Iterator[BinaryIO]:
    """A file, to be written from the byte `at` on, that is on disk when the block ends. What was behind that byte is gone."""
    with telling_disk_failures(path), path.open("r+b" if at else "wb") as file:
        file.seek(at)
        file.truncate()
        yield file
        synced(file)


def synced(file: BinaryIO) -> None:
    """Have on disk what was written so far."""
    file.flush()
    os.fsync(file.fileno())


@contextmanager
def telling_disk_failures(path: Path) -> Iterator[None]:
    """Turn a failure of the disk into a sentence for a person."""
    try:
        yield
    except OSError as failure:
        if failure.errno not in DISK_TROUBLES:
            raise
        if is_all_that_fat_holds(path):
            raise OutputError(
                _(
                    "The file {path} has become as big as a file may be on its disk ({words}): FAT32, as USB sticks have it, keeps none "
                    "beyond 4 GB. Copy the archive's folder to a disk with NTFS, exFAT or APFS; the same command goes on there."
                ).format(path=path, words=failure.strerror)
            ) from failure
        raise OutputError(
            _(
                "The file {path} cannot be written ({words}). Free some space; the same command goes on then."
            ).format(path=path, words=failure.strerror)
        ) from failure
