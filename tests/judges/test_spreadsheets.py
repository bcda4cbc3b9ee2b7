"""LibreOffice and calamine find in every workbook and in every CSV file of every target the very cells that were meant."""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from crmexport.target.readback.meant import InCsv, InExcel
from tests.judges import libreoffice
from tests.judges.conftest import Company, Written, written

pytestmark = pytest.mark.judge
SHOWN = 50
LONGEST = 65_000  # characters: LibreOffice cuts a longer row of a CSV file
LONG = 16_000  # characters: it breaks a longer line of a cell into two
DIGITS = 15
TABS = "\t"  # it has none in its cells
CONTROLS = "[\x01-\x09\x0b\x0c\x0e-\x1f\ufffe\uffff]"
Same = Callable[[Any, Any, Any], bool]


def differences(one: Written, found: list[list[Any]], same: Same, longest: int = 10_000_000) -> Iterator[str]:
    """Every cell that is not the one meant, of rows with at most `longest` characters."""
    width = len(one.table.columns)
    rows = [[*row, *[None] * (width - len(row))] for row in found]
    meant = [[column.heading for column in one.table.columns], *(line.cells for line in one.table.lines())]
    if len(rows) != len(meant):
        yield f"{one.name}/{one.table.name}: {len(meant)} rows were meant, {len(rows)} are there"
    for number, (wanted, row) in enumerate(zip(meant, rows, strict=False)):
        if sum(len(cell) for cell in wanted if isinstance(cell, str)) > longest:
            continue
        for column, cell, value in zip(one.table.columns, wanted, row, strict=True):
            if not same(cell, value, column):
                yield f"{one.name}/{one.table.name} {number} {column.heading}: {shown(cell, value)}"


def shown(meant: Any, found: Any) -> str:
    """Both values; of long texts where they begin to differ."""
    texts = [repr(meant), repr(found)]
    same = next((place for place, (a, b) in enumerate(zip(*texts, strict=False)) if a != b), 0)
    meant, found = (text[max(0, same - 20) : same + 60] for text in texts)
    return f"{meant} was meant, {found} is there"


def in_excel(one: Written) -> Same:
    cells = InExcel(one.target.zone)
    return lambda meant, found, _column: cells.same(meant, found)


def by_calamine(one: Written) -> list[list[Any]]:
    book = CalamineWorkbook.from_path(str(one.path))
    rows = book.get_sheet_by_index(one.sheet).to_python(skip_empty_area=False)
    return [[_plain(cell) for cell in row] for row in rows]


def _plain(cell: Any) -> Any:
    if cell == "":
        return None
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return datetime.combine(cell, time())
    return Decimal(repr(cell)) if type(cell) in (int, float) else cell


def test_calamine_finds_every_cell_of_every_workbook(company: Company, tmp_path: Path) -> None:
    wrong = [
        words
        for one in written(company, "xlsx", tmp_path / "out")
        for words in differences(one, by_calamine(one), in_excel(one))
    ]
    assert not wrong, "\n".join(wrong[:SHOWN])


def test_libreoffice_finds_every_cell_of_every_workbook(company: Company, tmp_path: Path) -> None:
    meant = written(company, "xlsx", tmp_path / "out")
    sheets = libreoffice.read({one.name: one.path for one in meant}, tmp_path / "office")
    wrong = [
        words
        for one in meant
        for words in differences(one, sheets[one.name][one.sheet], as_told(as_kept(in_excel(one), TABS)))
    ]
    assert not wrong, "\n".join(wrong[:SHOWN])


def as_told(same: Same) -> Same:
    """The same of what LibreOffice tells: of a number 15 digits, whatever it calculates with."""

    def told(value: Any) -> Any:
        is_long = (
            isinstance(value, Decimal)
            and value.is_finite()
            and len(value.normalize().as_tuple().digits) > DIGITS
        )
        return Decimal(f"{float(value):.{DIGITS}g}") if is_long and value % 1 else value

    return lambda meant, found, column: same(told(meant), found, column)


def as_kept(same: Same, lost: str, *, breaks: bool = True) -> Same:
    """The same of what LibreOffice keeps: none of the characters `lost`, one kind of line ends, in very long texts none of its own.

    Files without `breaks` have something else in place of line ends: all that it finds in a very long text are its own.
    """

    def kept(value: Any, has_breaks: bool = True) -> Any:
        if not isinstance(value, str):
            return value
        ends = "" if has_breaks and len(value) >= LONG else "\n"
        return re.sub(lost, "", re.sub("\r\n?|\n", ends, value))

    return lambda meant, found, column: same(kept(meant, breaks), kept(found), column)


def in_csv(one: Written) -> Same:
    cells = InCsv(one.target.layout.csv, one.target.zone, ("да", "нет"))
    return lambda meant, found, column: cells.same(meant, found or "", column.kind)


def test_libreoffice_finds_every_field_of_every_csv_file(company: Company, tmp_path: Path) -> None:
    def kind(one: Written) -> tuple[str, str]:
        return one.target.layout.csv.delimiter, one.target.layout.csv.encoding

    def kept_of(one: Written) -> Same:
        ends = one.target.layout.csv.line_breaks
        return as_kept(in_csv(one), CONTROLS, breaks=ends is None or "\n" in ends)

    wrong: list[str] = []
    meant = sorted(written(company, "csv", tmp_path / "out"), key=kind)
    for number, ((delimiter, encoding), group) in enumerate(groupby(meant, kind)):
        some = list(group)
        widest = max(len(one.table.columns) for one in some)
        sheets = libreoffice.read(
            {one.name: one.path for one in some},
            tmp_path / str(number),
            libreoffice.texts(delimiter, encoding, widest),
        )
        wrong += [
            words for one in some for words in differences(one, sheets[one.name][0], kept_of(one), LONGEST)
        ]
    assert not wrong, "\n".join(wrong[:SHOWN])
