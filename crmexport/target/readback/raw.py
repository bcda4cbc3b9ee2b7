"""Hold a raw file against the archive's own records: the same values, in the same order."""

import json
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

from crmexport.archive.store import Archive
from crmexport.target.readback.mismatch import Mismatch, shown
from crmexport.target.roll import Roll

_END: Any = object()


def in_raw(path: str, file: Path, archive: Archive, stream: str, roll: Roll) -> Iterator[Mismatch]:
    """Every line of the file of `stream` that does not say what the archive holds of all that `roll` takes."""
    wanted = (line for line in _meant(archive, stream) if roll.is_new(stream, line["id"]))
    with file.open("rb") as lines:
        for number, (meant, line) in enumerate(zip_longest(wanted, lines, fillvalue=_END), start=1):
            found = _END if line is _END else json.loads(line, parse_float=str, parse_int=str)
            if meant is _END or found is _END or meant != found:
                yield Mismatch(
                    path, number, "", *(shown("—" if one is _END else one) for one in (meant, found))
                )
                if meant is _END or found is _END:
                    return


def _meant(archive: Archive, stream: str) -> Iterator[dict[str, Any]]:
    found = False
    for id_, body, modified, parent in archive.records(stream):
        found = True
        line = {
            "stream": stream,
            "id": id_,
            "modified": modified,
            "body": json.loads(body, parse_float=str, parse_int=str),
        }
        yield line | ({"parent": {"stream": parent[0], "id": parent[1]}} if parent else {})
    if stream == "file" and not found:  # then the descriptions of the files are its lines
        for file in archive.files():
            body = json.loads(json.dumps(file.meta), parse_float=str, parse_int=str)
            yield {"stream": stream, "id": file.id, "modified": None, "body": body}
