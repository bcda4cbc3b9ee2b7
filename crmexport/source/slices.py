"""Decode a page once and know the exact bytes of every record in it.

A decoder that can leave a value as it is written (msgspec's `Raw`) tells where each record ends, without decoding twice and
without trusting that re-encoding gives the same bytes. It is stricter than `json`: a letter of which only a half was kept
(`"\\ud83d"`) and a number too big for a float are not for it. Such a page, and any that is no whole JSON, is gone through
by hand with the standard scanner, which takes two and a half times as long (docs/performance.md).
"""

import json
import re
from bisect import bisect_right
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any, NamedTuple, Protocol, TypeVar

import msgspec

from crmexport.text import _

AT_ONCE = 1 << 16  # bytes compared: a copy of a whole page would stay in memory beside it
Found = list[tuple[Any, int, int]]
Take = Callable[[str, int, Found], int]
_space = re.compile(r"[ \t\n\r]*").match
_between = re.compile(rb"[ \t\n\r,]*").match
_closing = re.compile(rb"[ \t\n\r]*\]").match
_scan = json.JSONDecoder().scan_once  # type: ignore[attr-defined]
_outermost = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_members_of = msgspec.json.Decoder(list[msgspec.Raw]).decode
_value_of = msgspec.json.Decoder().decode


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


def pieces(body: bytes, key: str | None = None, *inner: str) -> tuple[dict[str, Any], list[Piece]]:
    """The members of the array (or the one object) under `key` of `body`, and the rest of the document around it.

    `inner` are the keys that lead on from there: `pieces(body, "result", "items")`; the rest then has what stands beside the array
    in its own place. Without a key the document itself is that array or object. A null there has no members. A byte order mark
    may stand before it all. Raises ValueError for anything that is not one whole JSON text, or lacks a key.
    """
    if body.startswith(BOM_UTF8):
        rest, found = pieces(body.removeprefix(BOM_UTF8), key, *inner)
        behind = len(BOM_UTF8)
        return rest, [Piece(value, start + behind, end + behind) for value, start, end in found]
    if inner:
        return _further(body, str(key), inner)
    try:
        return _swiftly(body, key)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, _AstrayError):
        return _by_hand(body, key)


def place(body: bytes, *keys: str) -> tuple[int, int]:
    """Where the whole value under `keys`, one within the other, stands in `body`: from its first byte to behind its last.

    For an answer that lies within another one. Raises ValueError as `pieces` does.
    """
    start, end = 0, len(body)
    for key in keys:
        first, last = _value_place(body[start:end], key)
        start, end = start + first, start + last
    return start, end


def places(body: bytes, key: str) -> list[tuple[int, int]]:
    """Where the members of the array under `key` stand, each from its first byte to behind its last. Nothing in them is decoded.

    Raises ValueError as `pieces` does.
    """
    try:
        members = _outermost(body)
        if key in members:
            return _bounds(body, _place(body, key, members) + 1, _members_of(members[key]))
    except (msgspec.DecodeError, _AstrayError):
        pass
    return [(piece.start, piece.end) for piece in pieces(body, key)[1]]


def decoded(text: bytes) -> Any:
    """The one JSON value that is written. Raises ValueError for anything else."""
    try:
        return _value_of(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return json.loads(text)


def holding(body: bytes, rows: Sequence[RowT], marks: Iterable[bytes]) -> list[RowT]:
    """Those of `rows`, which stand in the order of `body`, whose exact bytes hold one of `marks`. Costs next to nothing."""
    places = [(mark, place) for mark in marks if (place := body.find(mark)) >= 0]
    if not places:
        return []
    starts = [row.start for row in rows]
    found: set[int] = set()
    for mark, first in places:
        place = first
        while place >= 0:
            at = bisect_right(starts, place) - 1
            is_within = at >= 0 and place < rows[at].end
            if is_within:
                found.add(at)
            place = body.find(mark, rows[at].end if is_within else place + 1)
    return [rows[at] for at in sorted(found)]


def _further(body: bytes, key: str, inner: tuple[str, ...]) -> tuple[dict[str, Any], list[Piece]]:
    """The pieces within the value under `key`. It is decoded once, with the rest of it."""
    start, end = _value_place(body, key)
    around = decoded(b"%b null %b" % (body[:start], body[end:]))
    within, found = pieces(body[start:end], *inner)
    return {**around, key: within}, [Piece(value, at + start, to + start) for value, at, to in found]


def _value_place(body: bytes, key: str) -> tuple[int, int]:
    behind = len(BOM_UTF8) if body.startswith(BOM_UTF8) else 0
    try:
        members = _outermost(body[behind:])
        start = behind + _place(body[behind:], key, members)
        return start, start + len(memoryview(members[key]))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, _AstrayError):
        _value, first, last = _by_hand(body[behind:], key, _whole)[1][0]
        return first + behind, last + behind


class _AstrayError(ValueError):
    """A value is not found where it should be written."""


def _swiftly(body: bytes, key: str | None) -> tuple[dict[str, Any], list[Piece]]:
    if key is None:
        written = msgspec.Raw(body.strip(b" \t\n\r"))
        return {}, _cut(body, written, _between(body).end())  # type: ignore[union-attr]
    try:
        return _array(body, key)
    except (msgspec.ValidationError, ValueError):  # no array, or not where the key is first written
        members = _outermost(body)
        place = _place(body, key, members)
        found = _cut(body, members.pop(key), place)
        return {name: _value_of(inner) for name, inner in members.items()}, found


def _array(body: bytes, key: str) -> tuple[dict[str, Any], list[Piece]]:
    """The usual case, in a walk through the text less: the array is at the first place that looks like it.

    It is at another one unless, with a null there instead, nothing else is left under the key.
    """
    members, first = _array_under(key)(body).members, _before_array(key)(body)
    if first is None:
        raise _AstrayError
    bounds = _bounds(body, first.end(), members)
    closing = _closing(body, bounds[-1][1] if bounds else first.end())
    if closing is None:
        raise _AstrayError
    start, end = first.end() - 1, closing.end()
    rest = _value_of(b"%bnull%b" % (body[:start], body[end:]))
    if rest.pop(key, key) is not None:
        raise _AstrayError
    return rest, _joined(_value_of(memoryview(body)[start:end]), bounds)


def _place(body: bytes, key: str, members: Mapping[str, msgspec.Raw]) -> int:
    """Where the value under `key` stands in `body`, whose members stand in the order in which they were decoded.

    The same key may lead to the same value within another member, before it.
    """
    place = 0
    for name, written in members.items():
        text = memoryview(written)
        found = _before_value(name)(body, place)
        if found is None:  # written with escapes, or twice
            break
        place = int(found.end())
        if name == key and all(
            body.startswith(bytes(text[start : start + AT_ONCE]), place + start)
            for start in range(0, len(text), AT_ONCE)
        ):
            return place
        place += len(text)
    raise _AstrayError


@lru_cache(maxsize=256)
def _before_value(name: str) -> Any:
    return re.compile(rb'[ \t\n\r,{]*"%b"[ \t\n\r]*:[ \t\n\r]*' % re.escape(name.encode())).match


@lru_cache(maxsize=256)
def _before_array(name: str) -> Any:
    return re.compile(rb'"%b"[ \t\n\r]*:[ \t\n\r]*\[' % re.escape(name.encode())).search


@lru_cache(maxsize=256)
def _array_under(name: str) -> Any:
    """A decoder that leaves the members of the array under this key as they are written."""
    page = msgspec.defstruct("page", [("members", list[msgspec.Raw])], rename={"members": name})
    return msgspec.json.Decoder(page).decode


def _cut(body: bytes, written: msgspec.Raw, at: int) -> list[Piece]:
    """The members of the array that is `written` at this place of the body, or the one value there, if it is not null."""
    text = memoryview(written)
    if bytes(text[:1]) != b"[":
        value = _value_of(written)
        return [] if value is None else [Piece(value, at, at + len(text))]
    return _joined(_value_of(written), _bounds(body, at + 1, _members_of(written)))


def _bounds(body: bytes, end: int, members: list[msgspec.Raw]) -> list[tuple[int, int]]:
    """Where each of the `members` begins and ends of an array whose bracket opens before the place `end`."""
    bounds = []
    for member in members:
        start = _between(body, end).end()  # type: ignore[union-attr]
        end = start + len(memoryview(member))
        bounds.append((start, end))
    return bounds


def _joined(values: list[Any], bounds: list[tuple[int, int]]) -> list[Piece]:
    return [Piece(value, start, end) for value, (start, end) in zip(values, bounds, strict=True)]


def _by_hand(body: bytes, key: str | None, take: Take | None = None) -> tuple[dict[str, Any], list[Piece]]:
    text = body.decode("utf-8")
    found: Found = []
    try:
        rest, end = _walk(text, key, found, take or _members)
    except (StopIteration, IndexError, RecursionError) as cut:
        raise ValueError(_("the answer is not whole JSON")) from cut
    if _skip(text, end) != len(text):
        raise ValueError(_("the answer goes on after its end"))
    return rest, _in_bytes(text, found)


def _walk(text: str, key: str | None, found: Found, take: Take) -> tuple[dict[str, Any], int]:
    start = _skip(text, 0)
    if key is None:
        return {}, take(text, start, found)
    rest, end, seen = _around(text, start, key, found, take)
    if not seen:
        raise ValueError(_("the answer has no “{key}”").format(key=key))
    return rest, end


def _around(text: str, at: int, key: str, found: Found, take: Take) -> tuple[dict[str, Any], int, bool]:
    """Walk the outermost object: what is under `key` by `take`, everything else as usual."""
    rest: dict[str, Any] = {}
    seen = False
    at = _skip(text, _expect(text, at, "{"))
    while text[at] != "}":
        name, at = scanstring(text, _expect(text, at, '"'), True)
        at = _skip(text, _expect(text, _skip(text, at), ":"))
        if name == key:
            at, seen = take(text, at, found), True
        else:
            rest[name], at = _scan(text, at)
        at = _after_comma(text, at, "}")
    return rest, at + 1, seen


def _members(text: str, at: int, found: Found) -> int:
    """Append every member of the array at `at`, or the one object there; give the place after it."""
    if text[at] != "[":
        value, end = _scan(text, at)
        if value is not None:
            found.append((value, at, end))
        return int(end)
    at = _skip(text, at + 1)
    while text[at] != "]":
        value, end = _scan(text, at)
        found.append((value, at, end))
        at = _after_comma(text, end, "]")
    return at + 1


def _whole(text: str, at: int, found: Found) -> int:
    """Append the value at `at`, whatever it is; give the place after it."""
    value, end = _scan(text, at)
    found.append((value, at, end))
    return int(end)


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
