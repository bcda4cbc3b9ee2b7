"""Decode a page once and know the exact bytes of every record in it.

The standard `json` scanner already tells where each value ends; walking the outermost level by hand is enough to get
value and place together, without decoding twice and without trusting that re-encoding gives the same bytes.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any, NamedTuple, Protocol, TypeVar

from crmexport.text import _

Hook = Callable[[dict[str, Any]], Any]
Found = list[tuple[Any, int, int]]
_space = re.compile(r"[ \t\n\r]*").match


class Piece(NamedTuple):
    """A decoded value and where its exact bytes lie in the body."""

    value: Any
    start: int
    end: int


class _Cut(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


RowT = TypeVar("RowT", bound=_Cut)


def pieces(
    body: bytes, key: str | None = None, hook: Hook | None = None
) -> tuple[dict[str, Any], list[Piece]]:
    """The members of the array (or the one object) under `key` of `body`, and the rest of the outermost object.

    Without a key the document itself is that array or object. A null there has no members. `hook` sees every decoded
    object, innermost first, as in `json`. Raises ValueError for anything that is not one whole JSON text, or lacks `key`.
    """
    text = body.decode("utf-8")
    found: Found = []
    try:
        rest, end = _walk(text, key, json.JSONDecoder(object_hook=hook).scan_once, found)  # type: ignore[attr-defined]
    except (StopIteration, IndexError, RecursionError) as cut:
        raise ValueError(_("the answer is not whole JSON")) from cut
    if _skip(text, end) != len(text):
        raise ValueError(_("the answer goes on after its end"))
    return rest, _in_bytes(text, found)


def holding(body: bytes, rows: Sequence[RowT], marks: Iterable[bytes]) -> list[RowT]:
    """Those of `rows`, which stand in the order of `body`, whose exact bytes hold one of `marks`. Costs next to nothing."""
    starts = [row.start for row in rows]
    found: set[int] = set()
    for mark in marks:
        place = body.find(mark)
        while place >= 0:
            at = bisect_right(starts, place) - 1
            if at >= 0 and place < rows[at].end:
                found.add(at)
            place = body.find(mark, place + 1)
    return [rows[at] for at in sorted(found)]


def _walk(text: str, key: str | None, scan: Any, found: Found) -> tuple[dict[str, Any], int]:
    start = _skip(text, 0)
    if key is None:
        return {}, _members(text, start, scan, found)
    rest, end, seen = _around(text, start, key, scan, found)
    if not seen:
        raise ValueError(_("the answer has no “{key}”").format(key=key))
    return rest, end


def _around(text: str, at: int, key: str, scan: Any, found: Found) -> tuple[dict[str, Any], int, bool]:
    """Walk the outermost object: the members under `key` one by one, everything else as usual."""
    rest: dict[str, Any] = {}
    seen = False
    at = _skip(text, _expect(text, at, "{"))
    while text[at] != "}":
        name, at = scanstring(text, _expect(text, at, '"'), True)
        at = _skip(text, _expect(text, _skip(text, at), ":"))
        if name == key:
            at, seen = _members(text, at, scan, found), True
        else:
            rest[name], at = scan(text, at)
        at = _after_comma(text, at, "}")
    return rest, at + 1, seen


def _members(text: str, at: int, scan: Any, found: Found) -> int:
    """Append every member of the array at `at`, or the one object there; give the place after it."""
    if text[at] != "[":
        value, end = scan(text, at)
        if value is not None:
            found.append((value, at, end))
        return int(end)
    at = _skip(text, at + 1)
    while text[at] != "]":
        value, end = scan(text, at)
        found.append((value, at, end))
        at = _after_comma(text, end, "]")
    return at + 1


def _skip(text: str, at: int) -> int:
    return _space(text, at).end()  # type: ignore[union-attr]


def _expect(text: str, at: int, sign: str) -> int:
    if text[at] != sign:
        raise ValueError(
            _("the answer is not JSON: {found!r} where {sign!r} belongs, at character {at}").format(
                found=text[at], sign=sign, at=at
            )
        )
    return at + 1


def _after_comma(text: str, at: int, closing: str) -> int:
    """The place of the next member, or of `closing`."""
    at = _skip(text, at)
    if text[at] == closing:
        return at
    at = _skip(text, _expect(text, at, ","))
    if text[at] == closing:
        raise ValueError(
            _("the answer is not JSON: a comma before {sign!r}, at character {at}").format(
                sign=closing, at=at
            )
        )
    return at


def _in_bytes(text: str, found: Found) -> list[Piece]:
    """Turn places in the text into places in its UTF-8 bytes."""
    if text.isascii():
        return [Piece(*piece) for piece in found]
    result: list[Piece] = []
    behind, byte = 0, 0
    for value, start, end in found:
        first = byte + len(text[behind:start].encode())
        byte = first + len(text[start:end].encode())
        behind = end
        result.append(Piece(value, first, byte))
    return result
