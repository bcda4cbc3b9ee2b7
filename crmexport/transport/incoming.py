"""Files on their way in: their bytes go to disk as they come, and what broke off goes on where it stopped.

Over a line that drops every few minutes a big file would never come whole, however often it is asked for from its start.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from crmexport.source import Request, Response
from crmexport.text import _
from crmexport.transport.begun import Begun, forget, note, noted
from crmexport.transport.failures import BrokenOffError, TransientError, TricklingError
from crmexport.transport.linked import LINK
from crmexport.transport.writing import synced, writable

STEP = 1 << 25  # bytes of a file after which what has come is written down: so many may come twice
WHOLE, PART, NO_SUCH_PART = 200, 206, 416
_range = re.compile(r"bytes (\d+)-\d+/(\d+|\*)").fullmatch


@dataclass(frozen=True, slots=True)
class FileResponse(Response):
    """An answer whose body went to a file; `body` holds its first bytes only."""

    path: Path = Path()
    sha256: str = ""
    size: int = 0


class Incoming:
    """The files that come into `folder`, each named by the key of its request. One thread at a time fetches a file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._begun: dict[str, Begun] = {}

    def missing(self, request: Request) -> dict[str, str]:
        """Headers that ask for the rest of a file that broke off, in this run or an earlier one (RFC 9110 §13.1.5).

        Or for all of it if it is another one by now.
        """
        path = self._folder / request.key
        begun = self._begun.get(request.key) or noted(path)
        if begun is None or not _is_there(path, begun.size):
            return {}
        self._begun[request.key] = begun
        return {"Range": f"bytes={begun.size}-", "If-Range": begun.version}

    def take(
        self, request: Request, status: int, headers: Mapping[str, str], pieces: Iterable[bytes]
    ) -> FileResponse:
        """Write what comes behind what is there.

        Raises BrokenOffError when it breaks off again, nearer to its end than ever; TransientError when it comes no nearer, or only
        trickles in: to try that on and on would hold a thread for days.
        """
        path, before = self._folder / request.key, self._begun.pop(request.key, None)
        had = before.size if before else 0
        begun = _taken_up(path, before, request, status, headers)
        try:
            self._write(path, begun, pieces)
        except TransientError as failure:
            if not (begun.version and begun.size):
                raise
            note(path, begun)
            self._begun[request.key] = begun
            comes_nearer = begun.size > had and not isinstance(failure, TricklingError)
            raise (BrokenOffError if comes_nearer else TransientError)(str(failure)) from failure
        forget(path)
        if begun.total not in (None, begun.size):
            raise TransientError(_("the answer was not whole"))
        told = _of_whole(begun, headers)
        return FileResponse(
            WHOLE, told, begun.head, path=path, sha256=begun.digest.hexdigest(), size=begun.size
        )

    def _write(self, path: Path, begun: Begun, pieces: Iterable[bytes]) -> None:
        """All that comes. A server may give a part of the rest only; then the next try asks for what is behind that."""
        sure = begun.size
        with writable(path, begun.size) as file:
            for piece in pieces:
                file.write(piece)
                begun.add(piece)
                if begun.version and begun.size - sure >= STEP:
                    synced(file)
                    note(path, begun)
                    sure = begun.size
        if begun.total is not None and begun.size < begun.total:
            raise TransientError(_("the answer was not whole"))


def _taken_up(
    path: Path, before: Begun | None, request: Request, status: int, headers: Mapping[str, str]
) -> Begun:
    """The file that an answer brings, or brings the rest of. Raises TransientError where it fits to nothing."""
    if status == PART and before is not None:
        try:
            before.total = _total(before, request, headers)
        except TransientError:
            forget(path)
            raise
        return before
    forget(path)
    if status != WHOLE:
        raise TransientError(_("the answer was not whole"))
    return Begun(_version(request, headers), _length(headers))


def _is_there(path: Path, size: int) -> bool:
    return path.is_file() and path.stat().st_size >= size


def _version(request: Request, headers: Mapping[str, str]) -> str:
    """What names the contents of a file so surely that two halves belong together: its ETag if that is a strong one, or its date."""
    is_plain = request.method == "GET" or LINK in request.context
    if not is_plain or is_packed(headers):
        return ""
    tag = headers.get("etag", "")
    return ("" if tag.startswith("W/") else tag) if tag else headers.get("last-modified", "")


def is_packed(headers: Mapping[str, str]) -> bool:
    """Whether an answer came packed, by its own word."""
    return headers.get("content-encoding", "identity").strip().lower() not in ("", "identity")


def _length(headers: Mapping[str, str]) -> int | None:
    """How long the whole file is, by an answer that brings it; None when it does not say, or in a way that does not count."""
    told = headers.get("content-length", "")
    is_meant = "transfer-encoding" not in headers and not is_packed(headers)
    return int(told) if told.isdecimal() and is_meant else None


def _total(begun: Begun, request: Request, headers: Mapping[str, str]) -> int:
    """How long the whole file is, by an answer that brings the rest of it, else by the first one.

    Not every server that gives parts looks whether they are of the file that was begun, so they must say so themselves. Nor need
    a part reach to the end of the file: where nobody tells how long it is, its beginning would pass for all of it.
    """
    told = _range(headers.get("content-range", ""))
    is_same = _version(request, headers) == begun.version
    if told is None or int(told[1]) != begun.size or not is_same:
        raise TransientError(_("the answer was not whole"))
    total = begun.total if told[2] == "*" else int(told[2])
    if total is None or begun.total not in (None, total):
        raise TransientError(_("the answer was not whole"))
    return total


def _of_whole(begun: Begun, headers: Mapping[str, str]) -> Mapping[str, str]:
    """The headers of an answer as if it had brought the whole file, and told how long it is: by that, a page is told from a file.

    Many a server tells no length of what it makes on the way. What has come whole has one.
    """
    return {**headers, "content-length": str(begun.size)}
