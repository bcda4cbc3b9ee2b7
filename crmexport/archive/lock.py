"""One pull at a time on an archive: the second is told so at once, instead of waiting or mixing in."""

from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

from crmexport.errors import ArchiveInUseError, ConfigurationError
from crmexport.text import _


def hold(folder: Path) -> BaseFileLock:
    """Hold the archive in `folder` until the lock is released. Raises ArchiveInUseError when another process does."""
    try:
        if folder.is_file():
            raise _no_folder(folder)
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / "archive.lock", timeout=0)
        lock.acquire()
    except Timeout as taken:
        raise in_use(str(folder)) from taken
    except OSError as failure:
        raise ConfigurationError(
            _("The folder {path} cannot be written ({words}). Choose another place for the archive.").format(
                path=folder, words=failure.strerror
            )
        ) from failure
    return lock


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
