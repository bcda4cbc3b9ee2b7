"""Files on their way in: their bytes go to disk as they come, and what broke off goes on where it stopped.

Over a line that drops every few minutes a big file would never come whole, however often it is asked for from its start.
"""

import errno
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from crmexport.errors import OutputError
from crmexport.source import Request, Response
from crmexport.text import _
from crmexport.transport.failures import BrokenOffError, TransientError, TricklingError

HEAD = 2048
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
WHOLE, PART, NO_SUCH_PART = 200, 206, 416
_range = re.compile(r"bytes (\d+)-\d+/(\d+|\*)").fullmatch


@dataclass(frozen=True, slots=True)
class FileResponse(Response):
    """An answer whose body went to a file; `body` holds its first bytes only."""

    path: Path = Path()
    sha256: str = ""
    size: int = 0


@dataclass(slots=True)
class _Begun:
    """A file of which the first `size` bytes are on disk, of `total` if that was told.

    `version` is the source's name for its contents; "" if it has none.
    """

    version: str
    total: int | None = None
    size: int = 0
    head: bytes = b""
    digest: Any = field(default_factory=sha256)

    def add(self, piece: bytes) -> None:
        self.digest.update(piece)
        self.size += len(piece)
        if len(self.head) < HEAD:
            self.head = (self.head + piece)[:HEAD]


class Incoming:
    """The files that come into `folder`, each named by the key of its request. One thread at a time fetches a file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._begun: dict[str, _Begun] = {}

    def missing(self, request: Request) -> dict[str, str]:
        """Headers that ask for the rest of a file that broke off, or for all of it if it is another one by now (RFC 9110 §13.1.5)."""
        begun = self._begun.get(request.key)
        if begun is None or not _is_there(self._folder / request.key, begun.size):
            return {}
        return {"Range": f"bytes={begun.size}-", "If-Range": begun.version}

    def take(
        self, request: Request, status: int, headers: Mapping[str, str], pieces: Iterable[bytes]
    ) -> FileResponse:
        """Write what comes behind what is there.

        Raises BrokenOffError when it breaks off again, nearer to its end than ever; TransientError when it comes no nearer, or only
        trickles in: to try that on and on would hold a thread for days.
        """
        begun = self._begun.pop(request.key, None)
        had = begun.size if begun else 0
        if status == WHOLE or begun is None:
            begun = _Begun(_version(request, headers), _length(headers))
        else:
            begun.total = _total(begun, request, status, headers)
        path = self._folder / request.key
        try:
            with writable(path, begun.size) as file:
                for piece in pieces:
                    file.write(piece)
                    begun.add(piece)
        except TransientError as failure:
            if not (begun.version and begun.size):
                raise
            self._begun[request.key] = begun
            comes_nearer = begun.size > had and not isinstance(failure, TricklingError)
            raise (BrokenOffError if comes_nearer else TransientError)(str(failure)) from failure
        if begun.total not in (None, begun.size):
            raise TransientError(_("the answer was not whole"))
        told = _of_whole(begun, headers)
        return FileResponse(
            WHOLE, told, begun.head, path=path, sha256=begun.digest.hexdigest(), size=begun.size
        )


def _is_there(path: Path, size: int) -> bool:
    return path.is_file() and path.stat().st_size == size


def _version(request: Request, headers: Mapping[str, str]) -> str:
    """What names the contents of a file so surely that two halves belong together: its ETag if that is a strong one, or its date."""
    if request.method != "GET" or _is_packed(headers):
        return ""
    tag = headers.get("etag", "")
    return ("" if tag.startswith("W/") else tag) if tag else headers.get("last-modified", "")


def _is_packed(headers: Mapping[str, str]) -> bool:
    return headers.get("content-encoding", "identity") != "identity"


def _length(headers: Mapping[str, str]) -> int | None:
    """How long the whole file is, by an answer that brings it; None when it does not say, or in a way that does not count."""
    told = headers.get("content-length", "")
    is_meant = "transfer-encoding" not in headers and not _is_packed(headers)
    return int(told) if told.isdecimal() and is_meant else None


def _total(begun: _Begun, request: Request, status: int, headers: Mapping[str, str]) -> int:
    """How long the whole file is, by an answer that brings the rest of it, else by the first one.

    Not every server that gives parts looks whether they are of the file that was begun, so they must say so themselves. Nor need
    a part reach to the end of the file: where nobody tells how long it is, its beginning would pass for all of it.
    """
    told = _range(headers.get("content-range", ""))
    is_same = _version(request, headers) == begun.version
    if status != PART or told is None or int(told[1]) != begun.size or not is_same:
        raise TransientError(_("the answer was not whole"))
    total = begun.total if told[2] == "*" else int(told[2])
    if total is None or begun.total not in (None, total):
        raise TransientError(_("the answer was not whole"))
    return total


def _of_whole(begun: _Begun, headers: Mapping[str, str]) -> Mapping[str, str]:
    """The headers of an answer as if it had brought the whole file: a page is told from a file by its length."""
    return headers if _length(headers) is None else {**headers, "content-length": str(begun.size)}


@contextmanager
def writable(path: Path, at: int = 0) -> Iterator[BinaryIO]:
    """A file, to be written from the byte `at` on, that is on disk when the block ends.

    A failure of the disk, an OutputError, is not one of the line.
    """
    try:
        with path.open("r+b" if at else "wb") as file:
            file.seek(at)
            yield file
            file.flush()
            os.fsync(file.fileno())
    except OSError as failure:
        if failure.errno not in DISK_TROUBLES:
            raise
        raise OutputError(
            _(
                "The file {path} cannot be written ({words}). Free some space; the same command goes on then."
            ).format(path=path, words=failure.strerror)
        ) from failure
