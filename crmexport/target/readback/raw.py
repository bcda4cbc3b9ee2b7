"""Hold a raw file against the archive's own records: the same bytes, in the same order."""

import json
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

from crmexport.archive.store import Archive
from crmexport.target.readback.mismatch import Mismatch, shown
from crmexport.target.roll import Roll

_END: Any = object()
_SEEN = 20  # bytes before the first one that differs: enough to tell where that is
_on_one_line = bytes.maketrans(b"\r\n", b"  ")


def in_raw(path: str, file: Path, archive: Archive, stream: str, roll: Roll) -> Iterator[Mismatch]:
    """Every line of the file of `stream` that is not, byte by byte, what the archive holds of all that `roll` takes."""
    wanted = (line for id, line in _meant(archive, stream) if roll.is_new(stream, id))
    with file.open("rb") as lines:
        for number, (meant, found) in enumerate(zip_longest(wanted, lines, fillvalue=_END), start=1):
            if meant is _END or found is _END:
                ends = (shown("—" if one is _END else _told(one)) for one in (meant, found))
                yield Mismatch(path, number, "", *ends)
                return
            if meant != found:
                begin = max(0, _alike(meant, found) - _SEEN)
                yield Mismatch(path, number, "", *(shown(_told(one[begin:])) for one in (meant, found)))


def _alike(meant: bytes, found: bytes) -> int:
    """How many bytes at the beginning are the same."""
    pairs = enumerate(zip(meant, found, strict=False))
    return next((place for place, (one, other) in pairs if one != other), min(len(meant), len(found)))


def _told(line: bytes) -> str:
    return line.decode("utf-8", "backslashreplace")


def _meant(archive: Archive, stream: str) -> Iterator[tuple[str, bytes]]:
    """Each id with its line."""
    found = False
    for id, body, modified, parent in archive.records(stream):
        found = True
        head = {"stream": stream, "id": id, "modified": modified}
        yield id, _line(head | ({"parent": {"stream": parent[0], "id": parent[1]}} if parent else {}), body)
    if stream == "file" and not found:  # then the descriptions of the files are its lines
        for file in archive.files():
            yield file.id, _line({"stream": stream, "id": file.id, "modified": None}, _dumped(file.meta))


def _line(head: dict[str, Any], body: bytes) -> bytes:
    """The body as it came, on one line, as the last member of what is known of it."""
    body = body.translate(_on_one_line).strip()
    return b'%b, "body": %b}\n' % (_dumped(head).removesuffix(b"}"), body)


def _dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace")
