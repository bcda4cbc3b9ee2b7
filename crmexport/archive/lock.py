"""One pull at a time on an archive: the second is told so at once, instead of waiting or mixing in."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

from crmexport.disk import must_be_writable
from crmexport.errors import ArchiveInUseError, ConfigurationError
from crmexport.text import _

NAME = "archive.lock"


def hold(folder: Path) -> BaseFileLock:
    """Hold the archive in `folder` until the lock is released. Raises ArchiveInUseError when another process does."""
    if folder.is_file():
        raise _no_folder(folder)
    with _telling_failures(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / NAME, timeout=0)
        lock.acquire()
    return lock


def must_be_free(folder: Path) -> None:
    """Raises what `hold` would, and makes no folder."""
    if (folder / NAME).is_file():
        hold(folder).release()
        return
    nearest = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    if nearest.is_file():
        raise _no_folder(nearest)
    with _telling_failures(folder):
        must_be_writable(nearest)


@contextmanager
def _telling_failures(folder: Path) -> Iterator[None]:
    """Turn what hinders the lock into a sentence for a person."""
    try:
        yield
    except Timeout as taken:
        raise in_use(str(folder)) from taken
    except OSError as failure:
        raise ConfigurationError(
            _("The folder {path} cannot be written ({words}). Choose another place for the archive.").format(
                path=folder, words=failure.strerror
            )
        ) from failure


def _no_folder(file: Path) -> ConfigurationError:
    return ConfigurationError(
        _("{path} is a file; an archive is a folder. Give a folder for --archive.").format(path=file)
    )


def in_use(place: str) -> ArchiveInUseError:
    """What to say when another process holds the archive."""
    return ArchiveInUseError(
        _(
            "Another crmexport works on the archive {folder} at this moment. Wait until it ends, or stop it."
        ).format(folder=place)
    )
