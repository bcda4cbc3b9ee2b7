"""Files that only a text tells of: pictures within HTML, and links to what lies in the account (Megaplan reference, §5, §9).

Nothing tells the id of such a file, so its address names it. Where the same answer describes the file, that is enough.
"""

import re
from collections.abc import Iterator, Sequence, Set
from hashlib import sha256
from html import unescape
from typing import Any
from urllib.parse import unquote

from crmexport.source import FileRef, Key, Row
from crmexport.source.slices import holding
from crmexport_megaplan.files import file_path, reference, within

# In the bytes of every text with an address. The sign is looked for first: a single letter costs a tenth of a word, on the hot path.
_SIGN = b"="
_may_lead = re.compile(rb"=(?:(?<=src=)|(?<=href=)|(?<= =)|(?<=\\[nrt]=))", re.IGNORECASE).search
_RECORDED = "callInfo"
# Each quotation mark ends at its like alone, for the other one may be in a name; without any, a blank ends it.
_ADDRESS = re.compile(r"""\b(?:src|href)\s*=\s*(?:"([^"<>]+)"|'([^'<>]+)'|([^"'<>\s]+))""", re.IGNORECASE)
_breaks = re.compile(r"[\t\r\n]+")
_OLD_TEXTS = ("history", "Change")  # what a text was before: its pictures may be gone, and nobody sees them
DIGITS = 16


def holding_addresses(body: bytes, rows: Sequence[Row]) -> list[Row]:
    """Those of `rows` that may lead to files: by their texts, or as calls that were recorded."""
    signed = holding(body, rows, [_SIGN])
    in_texts = [row for row in signed if _may_lead(body, row.start, row.end)]
    return in_texts if not rows or rows[0].stream != _RECORDED else list(rows)


def pictures(url: str, owner: Key, value: Any, known: Set[str]) -> Iterator[FileRef]:
    """The files of the account at `url` that the texts of a record lead to, but for those at the `known` paths."""
    for of, path in addresses(url, owner, value, known):
        id, name = told_by(path)
        yield reference(id, of, path, {"contentType": "File", "id": id, "name": name, "path": path})


def addresses(url: str, owner: Key, value: Any, known: Set[str]) -> Iterator[tuple[Key, str]]:
    """The paths of these files, each with the nearest record around the text."""
    if owner[0] in _OLD_TEXTS:
        return
    for of, told in _told(value, owner):
        path = file_path(url, told)
        if path is not None and path not in known:
            yield of, path


def _told(value: Any, owner: Key) -> Iterator[tuple[Key, str]]:
    """Every address: those in the texts, and those of the recordings of a call, which are a list of nothing else."""
    for of, text in _texts(value, owner):
        if "=" in text:
            yield from ((of, _written("".join(told))) for told in _ADDRESS.findall(text))
    recorded = value.get("recordLinks") if isinstance(value, dict) else None
    for told in recorded if isinstance(recorded, list) else ():
        if isinstance(told, str):
            yield owner, told


def _written(told: str) -> str:
    """An address as a browser takes it: line ends within do not count, nor do blanks around it."""
    return _breaks.sub("", unescape(told)).strip()


def told_by(path: str) -> tuple[str, str]:
    """An id and a name for a file of which only the path is known."""
    id = f"path-{sha256(path.encode()).hexdigest()[:DIGITS]}"
    return id, unquote(path.partition("?")[0].rpartition("/")[2])


def _texts(value: Any, owner: Key) -> Iterator[tuple[Key, str]]:
    """Every text within `value`, with the nearest record around it."""
    if isinstance(value, str):
        yield owner, value
        return
    owner, parts = within(value, owner)
    for inner in parts:
        yield from _texts(inner, owner)
