"""Small workbooks that people fill in: written and read by openpyxl, every cell a text, a number or a truth.

Never for data: those have a writer of their own. Whatever a text begins with, it is never written as a formula.
"""

import re
import warnings
import zlib
from collections.abc import Collection, Iterator, Sequence
from datetime import date, time, timedelta
from io import BytesIO
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree.ElementTree import ParseError

from crmexport.errors import ConfigurationError
from crmexport.mapping.yaml_text import comment
from crmexport.text import _, not_in_xml

LONGEST = 32_767
"""The most characters of a cell."""
# A cell of a sheet's XML with a formula and no value; its attributes. `t="str"`: its value is the empty text.
_unreckoned = re.compile(
    rb"<(?:\w+:)?c\b([^<>]*)>\s*<(?:\w+:)?f\b(?:[^<>]*/>|[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v(?:\s*/>|>\s*</(?:\w+:)?v>)\s*)?</"
).finditer
_cell = re.compile(rb'\br="(\w+)"').search
LARGEST = 256 << 20
"""The most bytes of a workbook when it is unpacked: lists that people fill in have a thousandth of it."""
_WIDEST = 60
_NARROWEST = 10


class Sheet(NamedTuple):
    """One sheet: headings in its first row, then rows of as many cells."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Any]]


class Spot(NamedTuple):
    """A cell, as a person finds it."""

    sheet: str
    cell: str

    def told(self, path: Path, sentence: str) -> str:
        """A sentence about this cell."""
        return _("{file}, sheet “{sheet}”, cell {cell}: {sentence}").format(
            file=path, sheet=self.sheet, cell=self.cell, sentence=sentence
        )


class Line(NamedTuple):
    """One filled row: its number in the sheet, and its cells by heading, empty ones left out."""

    sheet: str
    number: int
    cells: dict[str, Any]
    columns: dict[str, str]

    def spot(self, heading: str) -> Spot:
        """Where the cell below a heading is; the first cell of the row for a heading that the sheet does not have."""
        return Spot(self.sheet, f"{self.columns.get(heading, 'A')}{self.number}")


def write_book(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write a workbook. Raises ConfigurationError when a text has signs that no workbook can hold.

    As `Workbook.save` does; but that leaves its ZIP open where there is no room for what it writes on the way, and Python 3.13 then
    tells the person of a closed file.
    """
    from zipfile import ZIP_DEFLATED, ZipFile

    from openpyxl import Workbook
    from openpyxl.writer.excel import ExcelWriter

    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets:
        _write_sheet(book.create_sheet(sheet.title), sheet)
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as parts:  # a disk that is full shall not find a half-written one
        ExcelWriter(book, parts).save()
    path.write_bytes(made.getvalue())


def _write_sheet(page: Any, sheet: Sheet) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    for number, row in enumerate([sheet.headings, *sheet.rows], start=1):
        for place, value in enumerate(row, start=1):
            cell = page.cell(number, place, _holdable(value))
            if isinstance(value, str) and value:
                cell.data_type = "s"  # a text like “=1+1” would become a formula
                cell.alignment = Alignment(vertical="top", wrap_text="\n" in value)
            if number == 1:
                cell.font = Font(bold=True)
    page.freeze_panes = "A2"
    for place in range(len(sheet.headings)):
        texts = [
            str(row[place])
            for row in [sheet.headings, *sheet.rows[:200]]
            if place < len(row) and row[place] is not None
        ]
        longest = max((len(line) for text in texts for line in text.split("\n")), default=0)
        page.column_dimensions[get_column_letter(place + 1)].width = min(
            max(longest + 2, _NARROWEST), _WIDEST
        )


def _holdable(value: Any) -> Any:
    """A text without the signs that no workbook can have."""
    return not_in_xml.sub("\ufffd", value) if isinstance(value, str) else value


# Of a part that cannot be unpacked, is no XML any more, or calls itself encrypted.
_DAMAGES = (OSError, ValueError, KeyError, EOFError, RuntimeError, zlib.error, ParseError)


def read_book(path: Path, wanted: Collection[str]) -> dict[str, list[Line]]:
    """The filled rows of the sheets called as one of `wanted`, whatever their capitals and blanks; of all others the title alone.

    Raises ConfigurationError when the file is no workbook, and for cells that look filled and hold nothing or something else: a
    formula without a value, rows merged into one, a value without a heading, a date that a spreadsheet made of a text.
    """
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        _refuse_swollen(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what else is in a workbook, in English
            book = load_workbook(path, read_only=True, data_only=True)
            try:
                found = dict(_sheet(path, page, wanted) for page in book.worksheets)
            finally:
                book.close()
            _refuse_merged(path)
    except FileNotFoundError as error:
        raise ConfigurationError(_("There is no file {file}.").format(file=path)) from error
    except (InvalidFileException, BadZipFile, *_DAMAGES) as error:
        raise ConfigurationError(
            _(
                "{file} is no Excel workbook (.xlsx), or it is damaged. Save it as .xlsx and start again."
            ).format(file=path)
        ) from error
    if not found:
        raise ConfigurationError(
            _(
                "{file} has no sheet that can be read: it may have been saved as “Strict Open XML”. In Excel: “Save as”, “Excel "
                "Workbook (*.xlsx)”; then name that file."
            ).format(file=path)
        )
    return found


def _refuse_swollen(path: Path) -> None:
    """Three hundred kilobytes may unpack to so much that no memory holds it. No part is unpacked any further than it says here."""
    from zipfile import ZipFile

    with ZipFile(path) as parts:
        size = sum(part.file_size for part in parts.infolist())
    if size > LARGEST:
        raise ConfigurationError(
            _(
                "{file} unpacks to {size} MB, as no list does that people fill in. Copy the sheet into a new workbook, and name that file."
            ).format(file=path, size=size >> 20)
        )


def _sheet(path: Path, page: Any, wanted: Collection[str]) -> tuple[str, list[Line]]:
    for title in wanted:
        if page.title.strip().casefold() == title.casefold():
            _refuse_unreckoned(path, page)
            return title, list(_lines(path, page))
    return page.title, []


def _refuse_unreckoned(path: Path, page: Any) -> None:
    """A formula that no spreadsheet has reckoned looks like an empty cell."""
    from zipfile import ZipFile

    with ZipFile(path) as parts:
        found = _unreckoned(parts.read(page._worksheet_path))
    for attributes in (one[1] for one in found if b't="str"' not in one[1]):
        cell = _cell(attributes)
        spot = Spot(page.title, cell[1].decode() if cell else "A1")
        sentence = _("the formula here has no value. Write the value itself, or save the file in Excel.")
        raise ConfigurationError(spot.told(path, sentence))


def _refuse_merged(path: Path) -> None:
    """Of merged cells only the first holds the value that a person sees beside every row of them."""
    from zipfile import ZipFile

    from openpyxl import load_workbook

    with ZipFile(path) as parts:
        pages = [name for name in parts.namelist() if name.startswith("xl/worksheets/")]
        if not any(b"mergeCell " in parts.read(name) for name in pages):
            return
    for page in load_workbook(path, data_only=True).worksheets:
        for cells in page.merged_cells.ranges:
            value = page.cell(cells.min_row, cells.min_col).value
            if cells.min_row != cells.max_row and value is not None:
                sentence = _(
                    "the cells {cells} are merged, so only the first row has “{value}”. Take them apart (in Excel: “Unmerge "
                    "Cells”) and write it into each row that it is for."
                ).format(cells=cells.coord, value=plain(value))
                first = cells.coord.partition(":")[0]
                raise ConfigurationError(Spot(page.title, first).told(path, sentence))


def _lines(path: Path, page: Any) -> Iterator[Line]:
    page.reset_dimensions()  # some programs write wrong ones, and rows beyond them would not be read
    rows = page.iter_rows(values_only=True)
    headings = ["" if value is None else plain(value).strip() for value in next(rows, ())]
    columns = _columns(path, page.title, headings)
    for number, row in enumerate(rows, start=2):
        cells: dict[str, Any] = {}
        for letter, heading, value in zip_longest(_letters(row), headings[: len(row)], map(_said, row)):
            if value is not None:
                _refuse_odd(path, Spot(page.title, f"{letter}{number}"), heading, value)
                cells[heading] = value
        if cells:
            yield Line(page.title, number, cells, columns)


def _letters(row: Sequence[Any]) -> list[str]:
    from openpyxl.utils import get_column_letter

    return [get_column_letter(place) for place in range(1, len(row) + 1)]


def _columns(path: Path, sheet: str, headings: Sequence[str]) -> dict[str, str]:
    """The letter of each heading. Raises ConfigurationError for one that stands there twice."""
    columns: dict[str, str] = {}
    for letter, heading in zip(_letters(headings), headings, strict=True):
        if heading in columns:
            sentence = _("the heading “{heading}” stands here twice. Keep one of the columns.")
            raise ConfigurationError(Spot(sheet, f"{letter}1").told(path, sentence.format(heading=heading)))
        if heading:
            columns[heading] = letter
    return columns


def _said(value: Any) -> Any:
    """A cell without the blanks around it, which nobody sees; None when nothing is left."""
    value = value.strip() if isinstance(value, str) else value
    return None if value == "" else value


def _refuse_odd(path: Path, spot: Spot, heading: str | None, value: Any) -> None:
    from openpyxl.cell.cell import ERROR_CODES

    sentence = ""
    if value in ERROR_CODES:
        sentence = _("the formula here has no value ({error}). Write the value itself.").format(error=value)
    elif not heading:
        sentence = _(
            "nothing in the first row says what “{value}” is. The headings stand there; give it one, or clear the cell."
        ).format(value=comment(plain(value), longest=60))
    elif isinstance(value, (date, time, timedelta)):
        sentence = _(
            "the spreadsheet has made a date or a time of this. Format the cell as text, and write it again."
        )
    if sentence:
        raise ConfigurationError(spot.told(path, sentence))


def plain(value: Any) -> str:
    """A cell as text: whole numbers without a fraction, truths as YAML writes them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
