"""Files that came packed though they were asked for as they are: is it the file itself that is packed, or was it packed for the way?

Many a web server tells of a `.tar.gz` that it is gzip, and means the file; a proxy may pack a letter of text on its way, and means the way.
Nothing in the answer tells one from the other. So: what has the size that the account tells of is the file. Where it tells none, or one
that neither has, a file that is packed by its name or its type is left as it came, and any other is unpacked: an archive inside another one
can still be opened, but nobody looks for one behind the name of a picture.
"""

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from urllib3 import HTTPResponse
from urllib3.exceptions import HTTPError

from crmexport.disk import move, remove
from crmexport.source import Request
from crmexport.text import _
from crmexport.transport.begun import Begun
from crmexport.transport.failures import TransientError
from crmexport.transport.incoming import FileResponse, is_packed
from crmexport.transport.writing import telling_disk_failures, writable

_PIECE = 1 << 17
_NAMES = (".gz", ".tgz", ".gzip", ".svgz", ".emz", ".z", ".br", ".zst")
_TYPES = ("application/gzip", "application/x-gzip", "application/x-compressed", "application/x-tgz")
_GZIP = ("gzip", "x-gzip")


def as_it_lies(request: Request, response: FileResponse) -> FileResponse:
    """The file as it lies at the source. Raises TransientError for one that was packed for the way and broke off."""
    if not is_packed(response.headers):
        return response
    size = None if "decode" in request.context else request.context.get("size")
    by_itself = _is_packed_by_itself(request, response)
    if size == response.size or (size is None and by_itself):
        return response
    beside = response.path.with_name(f"{response.path.name}.unpacked")
    try:
        inner = _unpacked(response, beside)
        if inner is None or (by_itself and size != inner.size):
            return response
        with telling_disk_failures(response.path):
            move(beside, response.path)
        return inner
    finally:
        with telling_disk_failures(beside):
            remove(beside)


def _is_packed_by_itself(request: Request, response: FileResponse) -> bool:
    if "decode" in request.context:  # text within JSON
        return False
    name = str(request.context.get("name") or request.path.partition("?")[0]).lower()
    kind = response.headers.get("content-type", "").lower()
    return name.endswith(_NAMES) or kind.startswith(_TYPES)


def _unpacked(response: FileResponse, path: Path) -> FileResponse | None:
    """What is packed in it, written to `path`; None where it is not packed as its answer says."""
    came = Begun("")
    try:
        with writable(path) as file:
            for piece in _pieces(response):
                file.write(piece)
                came.add(piece)
    except EOFError as end:
        raise TransientError(_("the answer was not whole")) from end
    except (HTTPError, gzip.BadGzipFile, zlib.error):
        return None
    headers = {**response.headers, "content-length": str(came.size)}
    return replace(response, headers=headers, body=came.head, sha256=came.digest.hexdigest(), size=came.size)


def _pieces(response: FileResponse) -> Iterator[bytes]:
    """Raises EOFError where gzip breaks off; other ways of packing do not tell."""
    packing = response.headers["content-encoding"].strip().lower()
    if packing in _GZIP:
        with gzip.open(response.path) as file:
            while piece := file.read(_PIECE):
                yield piece
        return
    with response.path.open("rb") as packed:
        answer = HTTPResponse(packed, {"content-encoding": packing}, preload_content=False)
        yield from answer.stream(_PIECE, decode_content=True)
