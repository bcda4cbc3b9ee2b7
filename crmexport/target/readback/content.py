"""Read vCard and iCalendar files by their standards (RFC 6350, RFC 5545), strictly, one item at a time, and hold them against what was meant."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from crmexport.target.readback.mismatch import Mismatch, shown
from crmexport.text import _

_END: Any = object()
_LONGEST = 75
_line = re.compile(r'([A-Z0-9-]+)((?:;[A-Z0-9-]+=(?:"[^"]*"|[^";:,]*)(?:,[^";:,]*)*)*):(.*)', re.DOTALL)
_escape = re.compile(r"\\(.)", re.DOTALL)
_ADDRESSES = ("URL", "SOURCE", "ATTACH")


class Found(NamedTuple):
    """A property as it stands in the file."""

    name: str
    parameters: str
    text: str


def in_content(path: str, file: Path, meant: Iterable[Any], frame: Sequence[str]) -> Iterator[Mismatch]:
    """Every property that is not as `meant`: items with a `kind` and `lines` of name, parameters and value.

    `frame` are the properties of the file itself, which no item has. Raises ValueError for a file that breaks the standard.
    """
    for number, (item, found) in enumerate(
        zip_longest(meant, items_of(file, frame), fillvalue=_END), start=1
    ):
        if item is _END or found is _END:
            ends = _("the end of the file")
            yield Mismatch(path, number, "", *(ends if one is _END else one[0] for one in (item, found)))
            return
        if item.kind != found[0]:
            yield Mismatch(path, number, "BEGIN", item.kind, found[0])
        yield from _in_item(path, number, item.lines, found[1], is_card=item.kind == "VCARD")


def _in_item(
    path: str, number: int, meant: Sequence[Any], found: Sequence[Found], is_card: bool
) -> Iterator[Mismatch]:
    for line, there in zip_longest(meant, found):
        name = (line or there).name
        if line is None or there is None or line.name != there.name or not _same(line, there, is_card):
            said = (one and f"{one[0]}{one[1]}:{shown(one[2])}" for one in (line, there))
            yield Mismatch(path, number, name, *(one or _("nothing") for one in said))


def items_of(file: Path, frame: Sequence[str]) -> Iterator[tuple[str, list[Found]]]:
    """The items of a file, each with the word behind BEGIN and its properties without those of the frame."""
    kind, whole = "", True
    properties: list[Found] = []
    for one in _properties(file):
        if one.name in ("BEGIN", "END") and one.text == "VCALENDAR":
            whole = one.name == "END"
        elif one.name == "BEGIN":
            kind, properties = one.text, []
        elif one.name == "END":
            if one.text != kind:
                raise ValueError(_("END:{name} stands where it must not.").format(name=one.text))
            yield kind, properties
            kind = ""
        elif one.name not in frame:
            properties.append(one)
    if kind or not whole:
        raise ValueError(_("the file ends within {name}.").format(name=kind or "VCALENDAR"))


def _properties(file: Path) -> Iterator[Found]:
    for line in _unfolded(file):
        match = _line.fullmatch(line)
        if not match:
            raise ValueError(_("this is no property: {line}").format(line=shown(line)))
        yield Found(match[1], match[2], match[3])


def _unfolded(file: Path) -> Iterator[str]:
    """Lines put together again. Each piece must be text by itself, of 75 octets at most, and end as the standard says."""
    whole = ""
    with file.open("rb") as pieces:
        for piece in pieces:
            if not piece.endswith(b"\r\n") or len(piece) > _LONGEST + 2:
                raise ValueError(_("a line is too long or ends wrongly: {line}").format(line=shown(piece)))
            text = piece[:-2].decode("utf-8")
            if text.startswith((" ", "\t")):
                whole += text[1:]
                continue
            if whole:
                yield whole
            whole = text
    if whole:
        yield whole


def _same(meant: Any, found: Found, is_card: bool) -> bool:
    value, parameters = meant.value, meant.parameters
    if isinstance(value, date) and not isinstance(value, datetime) and not is_card:
        parameters += ";VALUE=DATE"
    if found.parameters != parameters:
        return False
    if isinstance(value, date):
        return _digits(found.text) == _written(value)
    if isinstance(value, str):
        return _same_text(meant.name, value, found.text)
    sign = "," if isinstance(value, list) else ";"
    return [_unescaped(part) for part in _split(found.text, sign)] == [_clean(part) for part in value]


def _written(value: date) -> str:
    """A day, or an instant in UTC, in the short form of ISO 8601."""
    if not isinstance(value, datetime):
        return value.isoformat().replace("-", "")
    at = value.astimezone(UTC)
    return f"{at.year:04}{at:%m%dT%H%M%SZ}"


def _digits(text: str) -> str:
    return text.replace("-", "").replace(":", "")


def _same_text(name: str, meant: str, found: str) -> bool:
    if name in _ADDRESSES:
        wanted = re.sub(r"[\ud800-\udfff]", "\ufffd", meant)
        return unquote(found) == unquote(wanted) and not re.search(r"[\s\\\x00-\x1f]", found)
    if name == "BDAY":
        return _digits(found) == _digits(meant)
    return _unescaped(found) == _clean(meant)


def _split(text: str, sign: str) -> list[str]:
    """The parts between signs that no backslash stands before."""
    parts, part, rest = [], "", iter(text)
    for one in rest:
        if one == "\\":
            part += one + next(rest, "")
        elif one == sign:
            parts.append(part)
            part = ""
        else:
            part += one
    return [*parts, part]


def _unescaped(text: str) -> str | None:
    """The text that is meant; None when a sign stands bare that must not."""
    if re.search(r"[;,]", _escape.sub("", text)):
        return None
    return _escape.sub(lambda match: "\n" if match[1] in "nN" else match[1], text)


def _clean(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join("\ufffd" if _is_refused(sign) else sign for sign in text)


def _is_refused(sign: str) -> bool:
    code = ord(sign)
    return (
        (code < 32 and sign not in "\t\n") or code in (0x7F, 0x85, 0x2028, 0x2029) or 0xD800 <= code <= 0xDFFF
    )
