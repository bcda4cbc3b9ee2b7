"""Files that only a text tells of: pictures within HTML, and links to what lies in the account (Megaplan reference, §5, §9).

Nothing tells the id of such a file, so its address names it. Where the same answer describes the file, that is enough.
"""

import re
from collections.abc import Iterator, Sequence, Set
from hashlib import sha256
from html import unescape
from typing import Any
from urllib.parse import unquote

from crmexport.source import FileRef, Row
from crmexport.source.slices import holding
from crmexport_megaplan.files import Owner, file_path, reference, within

# In the bytes of every record that holds an address, quoted in one way or the other. A single letter is looked for first: that
# costs a tenth of looking for words, on the hot path.
_ADDRESS_MARKS = (b"=", b'"recordLinks"')
_may_hold_address = re.compile(rb"""=[ \\']|"recordLinks\"""").search
_ADDRESS = re.compile(r"""\b(?:src|href)\s*=\s*["']([^"'<>\s]+)["']""", re.IGNORECASE)
_OLD_TEXTS = ("history", "Change")  # what a text was before: its pictures may be gone, and nobody sees them
DIGITS = 16


def holding_addresses(body: bytes, rows: Sequence[Row]) -> list[Row]:
    """Those of `rows` whose texts may lead to files."""
    return [row for row in holding(body, rows, _ADDRESS_MARKS) if _may_hold_address(body, row.start, row.end)]


def pictures(url: str, owner: Owner, value: Any, known: Set[str]) -> Iterator[FileRef]:
    """The files of the account at `url` that the texts of a record lead to, but for those at the `known` paths."""
    for of, path in addresses(url, owner, value, known):
        id, name = told_by(path)
        yield reference(id, of, path, {"contentType": "File", "id": id, "name": name, "path": path})


def addresses(url: str, owner: Owner, value: Any, known: Set[str]) -> Iterator[tuple[Owner, str]]:
    """The paths of these files, each with the nearest record around the text."""
    if owner[0] in _OLD_TEXTS:
        return
    for of, told in _told(value, owner):
        path = file_path(url, told)
        if path is not None and path not in known:
            yield of, path


def _told(value: Any, owner: Owner) -> Iterator[tuple[Owner, str]]:
    """Every address: those in the texts, and those of the recordings of a call, which are a list of nothing else."""
    for of, text in _texts(value, owner):
        yield from ((of, unescape(told)) for told in _ADDRESS.findall(text))
    recorded = value.get("recordLinks") if isinstance(value, dict) else None
    for told in recorded if isinstance(recorded, list) else ():
        if isinstance(told, str):
            yield owner, told


def told_by(path: str) -> tuple[str, str]:
    """An id and a name for a file of which only the path is known."""
    id = f"path-{sha256(path.encode()).hexdigest()[:DIGITS]}"
    return id, unquote(path.partition("?")[0].rpartition("/")[2])


def _texts(value: Any, owner: Owner) -> Iterator[tuple[Owner, str]]:
    """Every text within `value`, with the nearest record around it."""
    if isinstance(value, str):
        yield owner, value
        return
    owner, parts = within(value, owner)
    for inner in parts:
        yield from _texts(inner, owner)
