"""One pull at a time on an archive: the second is told so at once, instead of waiting or mixing in."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from crmexport.errors import ArchiveInUseError, ConfigurationError
from crmexport.text import _


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the archive in `folder` for writing. Raises ArchiveInUseError when another process does."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / "archive.lock", timeout=0)
        lock.acquire()
    except Timeout as taken:
        raise ArchiveInUseError(
            _(
                "Another crmexport works on the archive {folder} at this moment. Wait until it ends, or stop it."
            ).format(folder=folder)
        ) from taken
    except OSError as failure:
        raise ConfigurationError(
            _("The folder {path} cannot be written ({words}). Choose another place for the archive.").format(
                path=folder, words=failure.strerror
            )
        ) from failure
    try:
        yield
    finally:
        lock.release()
