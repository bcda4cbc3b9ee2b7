"""The bytes of files, stored once by what they are (sha256) in a folder beside the database."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from crmexport.disk import move, remove
from crmexport.errors import OutputError
from crmexport.text import _

CHUNK = 1 << 20
# Nothing else is ever deleted: a folder here may be a link to somebody's own, in an archive that came from others.
_is_bytes = re.compile(r"[0-9a-f]{64}").fullmatch
_is_arriving = re.compile(r"[0-9a-f]{64}(\.[a-z]+)*").fullmatch


class Content:
    """A folder of files named by the sha256 of their bytes. A file appears there whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.incoming = folder / "incoming"

    def path(self, digest: str) -> Path:
        """Where the bytes with this sha256 (hex) are, or will be."""
        return self.folder / digest[:2] / digest

    def all(self) -> Iterator[Path]:
        """The bytes of every file there is, today's and replaced ones, in no order."""
        found = (path for path in self.folder.glob("??/*") if path.parent.name == path.name[:2])
        return (path for path in found if _is_bytes(path.name) and path.is_file())

    def prepare(self, is_kept: Callable[[Path], bool] = lambda left: False) -> Path:
        """The folder in which arriving files are written, emptied of what was left there but for what `is_kept`. Raises OutputError."""
        with _told(self.incoming):
            self.incoming.mkdir(parents=True, exist_ok=True)
            for left in [path for path in self.incoming.iterdir() if _is_arriving(path.name)]:
                if not is_kept(left):
                    remove(left)
        return self.incoming

    def take(self, arrived: Path, digest: str) -> None:
        """Move an arrived file to its place. The same bytes again change nothing. Raises OutputError."""
        place = self.path(digest)
        with _told(place):
            place.parent.mkdir(parents=True, exist_ok=True)
            move(arrived, place)

    def is_there(self, digest: str) -> bool:
        """Whether there are bytes under this sha256, as far as a look at the folder tells."""
        return self.path(digest).is_file()

    def is_whole(self, digest: str) -> bool:
        """Whether the bytes under this sha256 are there and are still those bytes."""
        try:
            return digest_of(self.path(digest)) == digest
        except OSError:
            return False


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn a failure of the disk into a sentence for a person."""
    try:
        yield
    except OSError as failure:
        raise OutputError(
            _(
                "The file {path} cannot be kept ({words}). Free some space; the same command goes on then."
            ).format(path=path, words=failure.strerror)
        ) from failure


def digest_of(path: Path) -> str:
    """The sha256 (hex) of a file's bytes, read in pieces."""
    found = sha256()
    with path.open("rb") as stream:
        while piece := stream.read(CHUNK):
            found.update(piece)
    return found.hexdigest()
