"""Hold the tables of a target against its files, format by format, one row at a time."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from typing import Any

from crmexport.mapping.to import Column, Line, Table
from crmexport.target.readback.json_text import json_lines
from crmexport.target.readback.meant import InCsv, InExcel
from crmexport.target.readback.mismatch import Mismatch, differences, held, of_file, shown
from crmexport.target.readback.xlsx import SheetPlace, WorkbookReader
from crmexport.target.targets import Target
from crmexport.text import _, translations


def in_workbook(
    path: str, file: Path, tables: Iterable[Table], target: Target, has_cover: bool = True
) -> Iterator[Mismatch]:
    """The tables against a workbook: its first sheet is the cover if it has one, then each table has one sheet or several."""
    cells = InExcel(target.zone)
    with WorkbookReader(file) as book:
        sheets = iter(book.sheets()[1 if has_cover else 0 :])
        for table in tables:
            lines = _Lines(table.lines())
            found = _SheetRows(path, book, sheets, table, lines)
            yield from differences(
                path, table.columns, lines, found, lambda meant, value, _c: cells.same(meant, value)
            )
            yield from found.wrong
        for sheet in sheets:
            yield of_file(path, _("no further sheet"), sheet.name)


class _Lines:
    """Lines that know whether they have come to their end."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines = lines
        self.ended = False

    def __iter__(self) -> Iterator[Line]:
        yield from self._lines
        self.ended = True


class _SheetRows:
    """The rows of one table below the headings; while more are meant, the next sheet goes on."""

    def __init__(
        self, path: str, book: WorkbookReader, sheets: Iterator[SheetPlace], table: Table, lines: _Lines
    ) -> None:
        self._path = path
        self._book = book
        self._sheets = sheets
        self._table = table
        self._lines = lines
        self.wrong: list[Mismatch] = []

    def __iter__(self) -> Iterator[list[Any]]:
        yield from self._sheet()
        while not self._lines.ended and not self.wrong:
            yield from self._sheet()

    def _sheet(self) -> Iterator[list[Any]]:
        sheet = next(self._sheets, None)
        if sheet is None:
            self.wrong.append(
                of_file(self._path, _("a sheet for {title}").format(title=self._table.title), _("nothing"))
            )
            return
        rows = self._book.rows(sheet)
        self.wrong += heading_differences(self._path, self._table.columns, next(rows, []))
        yield from rows


def in_csv(path: str, file: Path, table: Table, target: Target) -> Iterator[Mismatch]:
    """A table against its CSV file."""
    dialect = target.layout.csv
    translate = translations(target.layout.lang).gettext
    cells = InCsv(dialect, target.zone, (translate("yes"), translate("no")))
    with file.open(encoding=dialect.encoding, newline="") as text:
        rows = csv.reader(text, delimiter=dialect.delimiter, strict=True)
        headings = zip_longest(table.columns, next(rows, []))
        for column, found in headings:
            if column is None or found is None or not cells.same(column.heading, found):
                yield of_file(path, shown(column and column.heading), shown(found))
        yield from differences(
            path,
            table.columns,
            table.lines(),
            rows,
            lambda meant, value, column: value is not None and cells.same(meant, value, column.kind),
        )


def in_jsonl(path: str, file: Path, table: Table, target: Target) -> Iterator[Mismatch]:
    """A table against its JSON Lines file."""
    headings = [column.heading for column in table.columns]
    with file.open(encoding="utf-8") as text:
        rows = (_cells(one, headings) for one in json_lines(text))
        yield from differences(path, table.columns, table.lines(), rows, _same_in_json)


def _cells(found: Mapping[str, Any], headings: Sequence[str]) -> list[Any]:
    """The values of an object in the order of the headings, then whatever else is in it."""
    known = set(headings)
    return [*map(found.get, headings), *(value for key, value in found.items() if key not in known)]


def heading_differences(path: str, columns: Sequence[Column], found: Sequence[Any]) -> list[Mismatch]:
    """The headings that are not those of the table."""
    pairs = zip_longest((column.heading for column in columns), found)
    return [
        of_file(path, shown(meant), shown(there)) for meant, there in pairs if not _same_heading(meant, there)
    ]


def _same_heading(meant: Any, found: Any) -> bool:
    return isinstance(meant, str) and InExcel(UTC).same(meant, found)


@held
def _same_in_json(meant: Any, found: Any, column: Column) -> bool:
    if isinstance(meant, datetime):
        return datetime.fromisoformat(found) == meant
    if isinstance(meant, date):
        return bool(found == meant.isoformat())
    if isinstance(meant, Decimal):
        return Decimal(found) == meant
    return bool(found == meant) and isinstance(found, bool) is isinstance(meant, bool)
