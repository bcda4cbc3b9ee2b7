"""Read a workbook by the standard (ECMA-376), streaming: through zipfile and expat, row by row."""

import posixpath
import re
import zipfile
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree
from xml.parsers import expat

from crmexport.mapping.to.scratch import scratch
from crmexport.target.readback.shared_texts import SharedTexts
from crmexport.text import _

_CHUNK = 1 << 16
_NAMES = {
    "m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "p": "http://schemas.openxmlformats.org/package/2006/relationships",
}
_BUILT_IN_DATES = frozenset({*range(14, 23), *range(45, 48)})
_literal = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_escape = re.compile(r"_x([0-9A-Fa-f]{4})_")
Text = Callable[[int], str]
_NO_TEXTS: dict[int, str] = {}
_SHARED = "/sharedStrings"
_EPOCH = datetime(1899, 12, 30)
_TRUTH = {"0": False, "1": True}
_CONSTANT = {"FALSE()": False, "TRUE()": True}  # as LibreOffice saves what is true or false
_COLUMNS = 16_384  # of a sheet


class Formula(NamedTuple):
    """A cell that calculates. There must be none."""

    text: str


class Odd(NamedTuple):
    """A cell in which something stands that its kind (`t` in the file: n for a number, e for an error) cannot hold, or that means nothing here."""

    kind: str
    text: str

    def __str__(self) -> str:
        return _("“{text}” in a cell of the kind “{kind}”").format(text=self.text, kind=self.kind)


class SheetPlace(NamedTuple):
    """A sheet: the name on its tab and its part in the ZIP."""

    name: str
    part: str


class WorkbookReader:
    """Reads one workbook. Values: str, bool, Decimal, datetime (without zone), Formula, Odd, None. Use as a context manager."""

    def __init__(self, path: Path) -> None:
        with ExitStack() as stack:
            self._zip = stack.enter_context(zipfile.ZipFile(path))
            self._dates = self._date_styles()
            self._links = self._tree("xl/_rels/workbook.xml.rels").findall("p:Relationship", _NAMES)
            self._texts = self._shared_texts(stack)
            self._open = stack.pop_all()

    def __enter__(self) -> "WorkbookReader":
        return self

    def __exit__(self, *unused: object) -> None:
        self._open.close()

    def sheets(self) -> list[SheetPlace]:
        """The sheets in the order of their tabs."""
        targets = {link.get("Id"): link.get("Target", "") for link in self._links}
        found = self._tree("xl/workbook.xml").findall("m:sheets/m:sheet", _NAMES)
        key = f"{{{_NAMES['r']}}}id"
        return [SheetPlace(one.get("name", ""), _part_of(targets[one.get(key)])) for one in found]

    def rows(self, sheet: SheetPlace) -> Iterator[list[Any]]:
        """The rows of a sheet; missing cells are None, rows end with their last cell."""
        reading = _Rows(self._dates, self._texts)
        with self._zip.open(sheet.part) as part:
            while chunk := part.read(_CHUNK):
                reading.feed(chunk)
                yield from reading.ready()
        reading.feed(b"", last=True)
        yield from reading.ready()

    def _shared_texts(self, stack: ExitStack) -> Text:
        """What gives the texts beside the sheets, if the workbook has any."""
        parts = [link.get("Target", "") for link in self._links if link.get("Type", "").endswith(_SHARED)]
        if not parts:
            return _NO_TEXTS.__getitem__
        with self._zip.open(_part_of(parts[0])) as part:
            return SharedTexts(stack.enter_context(scratch()), part).text

    def _tree(self, part: str) -> ElementTree.Element:
        return ElementTree.fromstring(self._zip.read(part))  # noqa: S314 - small parts of files we wrote; expat refuses entity bombs

    def _date_styles(self) -> list[bool]:
        """Which cell formats show dates."""
        styles = self._tree("xl/styles.xml")
        codes = {
            one.get("numFmtId"): one.get("formatCode", "")
            for one in styles.findall("m:numFmts/m:numFmt", _NAMES)
        }
        formats = [one.get("numFmtId", "0") for one in styles.findall("m:cellXfs/m:xf", _NAMES)]
        return [
            int(one) in _BUILT_IN_DATES or bool(re.search("[dmyhs]", _literal.sub("", codes.get(one, ""))))
            for one in formats
        ]


def _part_of(target: str) -> str:
    """The part that the workbook names, relative to itself or from the top."""
    return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")


class _Rows:
    """Collects rows while expat reads."""

    def __init__(self, dates: list[bool], texts: Text) -> None:
        self._dates = dates
        self._text_of = texts
        self._done: deque[list[Any]] = deque()
        self._row: list[Any] = []
        self._cell: dict[str, str] = {}
        self._text: list[str] = []
        self._formula: str | None = None
        self._hears = False
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._hear

    def feed(self, data: bytes, last: bool = False) -> None:
        """Read on."""
        self._parser.Parse(data, last)

    def ready(self) -> Iterator[list[Any]]:
        """The rows that are whole by now."""
        while self._done:
            yield self._done.popleft()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._cell, self._text, self._formula = attributes, [], None
        elif name == "row":
            self._row = []
        self._hears = name in ("v", "t", "f")

    def _hear(self, text: str) -> None:
        if self._hears:
            self._text.append(text)

    def _end(self, name: str) -> None:
        self._hears = False
        if name == "c":
            place = column_number(self._cell["r"])
            if place >= _COLUMNS:
                raise ValueError(_("there is no column for {place}").format(place=self._cell["r"]))
            self._row += [None] * (place - len(self._row))
            self._row.append(self._value("".join(self._text)))
        elif name == "f":
            self._formula, self._text = "".join(self._text), []
        elif name == "row":
            self._done.append(self._row)

    def _value(self, text: str) -> Any:
        if self._formula is not None:
            return _CONSTANT.get(self._formula, Formula(self._formula))
        kind = self._cell.get("t", "n")
        try:
            return self._plain(kind, text)
        except (ArithmeticError, LookupError, ValueError):
            return Odd(kind, text)

    def _plain(self, kind: str, text: str) -> Any:
        """The value of a cell. Raises ArithmeticError, LookupError or ValueError when it is not of that kind, or of a kind that holds none."""
        if kind == "s":
            kind, text = "str", self._text_of(int(text))
        if kind in ("inlineStr", "str"):
            return _escape.sub(lambda match: chr(int(match[1], 16)), text)
        if kind == "b":
            return _TRUTH[text]
        if not text:
            return None
        if kind == "d":
            return datetime.fromisoformat(text)
        if kind != "n":
            raise ValueError
        number = Decimal(text)
        return as_date(number) if self._dates[int(self._cell.get("s", "0"))] else number


def as_date(serial: Decimal) -> datetime:
    """The time that a serial number stands for, to the millisecond, in the system of 1900 after February of that year."""
    return _EPOCH + timedelta(milliseconds=round(serial * 86_400_000))


def column_number(reference: str) -> int:
    """The column of a cell reference, counted from 0: AB12 is 27."""
    number = 0
    for sign in reference:
        if sign.isdigit():
            break
        number = number * 26 + ord(sign) - 64
    return number - 1
