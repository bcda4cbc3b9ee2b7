"""A workbook written sheet by sheet into a ZIP with fixed times and flags, so that the same rows give the same bytes."""

import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, tzinfo
from itertools import chain, islice
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from crmexport.errors import OutputError
from crmexport.target.xlsx import parts
from crmexport.target.xlsx.cells import Cells
from crmexport.target.xlsx.sheet import MOST_COLUMNS, MOST_ROWS, Sheet, widths
from crmexport.text import translations

# Level 1 costs half of level 6 and makes files a third larger: docs/decisions/0004-own-xlsx-writer.md.
DEFLATE_LEVEL = 1
LONGEST_NAME = 31
_TIME = (1980, 1, 1, 0, 0, 0)
_not_in_names = re.compile(r"[\[\]:*?/\\\x00-\x1f\ud800-\udfff\ufffe\uffff]")


class Workbook:
    """An .xlsx file being written. Use as a context manager; `notes` counts what Excel could not hold as it is.

    `zone` is the one times are shown in; `most_rows` (heading included) ends a sheet and begins the next one.
    """

    def __init__(
        self, path: Path, *, lang: str = "en", zone: tzinfo = UTC, most_rows: int = MOST_ROWS
    ) -> None:
        self.notes: Counter[str] = Counter()
        self._lang = lang
        self._most_rows = most_rows
        self._cells = Cells(zone, self.notes)
        self._sheets: list[parts.SheetEntry] = []
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=DEFLATE_LEVEL)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._finish()
        self._zip.close()

    def add_table(
        self,
        title: str,
        headings: Sequence[str],
        rows: Iterable[Sequence[Any]],
        mark: Callable[[int], str] = lambda length: "…",
    ) -> list[tuple[str, int]]:
        """Write a table; give the names of its sheets with their numbers of rows.

        `mark` says, for a text of that many characters which had to be cut, where the whole of it is.
        """
        self._check_columns(title, headings)
        self._cells.mark = mark
        left: Iterator[Sequence[Any]] = iter(rows)
        written: list[tuple[str, int]] = []
        first: list[Sequence[Any]] = []
        while not written or (first := list(islice(left, 1))):
            name = self._name(title, len(written) + 1)
            written.append((name, self._add_sheet(name, headings, chain(first, left))))
        return written

    def add_cover(self, title: str, lines: Sequence[Sequence[Any]]) -> None:
        """Put a sheet of plain lines, of one or two cells each, in front of all others."""
        number, name = len(self._sheets) + 1, self._name(title, 1)
        columns = widths(["", ""], [[*line, None, None][:2] for line in lines])
        with self._part(f"xl/worksheets/sheet{number}.xml") as part:
            part.write(parts.sheet_start(columns, frozen=False).encode())
            for row, line in enumerate(lines, start=1):
                cells = (
                    self._cells.draw[type(cell)](f"{'AB'[place]}{row}", cell)
                    for place, cell in enumerate(line)
                )
                part.write(f'<row r="{row}">{"".join(cells)}</row>'.encode())
            part.write(parts.sheet_end("").encode())
        self._sheets.insert(0, parts.SheetEntry(number, name, ""))

    def _add_sheet(self, name: str, headings: Sequence[str], rows: Iterator[Sequence[Any]]) -> int:
        number = len(self._sheets) + 1
        with self._part(f"xl/worksheets/sheet{number}.xml") as part:
            sheet = Sheet(part, self._cells, headings, self._most_rows)
            sheet.write(rows)
        self._sheets.append(parts.SheetEntry(number, name, sheet.filtered))
        return sheet.last_row - 1

    def _part(self, name: str) -> IO[bytes]:
        info = zipfile.ZipInfo(name, _TIME)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.create_system = 0
        info.external_attr = 0
        info._compresslevel = DEFLATE_LEVEL  # type: ignore[attr-defined]
        return self._zip.open(info, "w")

    def _finish(self) -> None:
        for name, text in (
            ("xl/styles.xml", parts.styles(self._lang)),
            ("xl/workbook.xml", parts.workbook(self._sheets)),
            ("xl/_rels/workbook.xml.rels", parts.workbook_relations(self._sheets)),
            ("_rels/.rels", parts.package_relations()),
            ("[Content_Types].xml", parts.content_types(self._sheets)),
        ):
            with self._part(name) as part:
                part.write(text.encode())

    def _name(self, title: str, part: int) -> str:
        """A tab name that Excel takes and no other sheet of this workbook has."""
        return sheet_name(title, {sheet.name.casefold() for sheet in self._sheets}, part)

    def _check_columns(self, title: str, headings: Sequence[str]) -> None:
        if len(headings) > MOST_COLUMNS:
            _ = translations(self._lang).gettext
            raise OutputError(
                _(
                    "The table “{title}” has {number} columns; Excel holds {most}. Export it as CSV instead."
                ).format(title=title, number=len(headings), most=MOST_COLUMNS)
            )


def sheet_name(title: str, taken: set[str], part: int = 1) -> str:
    """`title` as a tab name: at most 31 characters, none of those Excel forbids, unlike any in `taken` (casefolded)."""
    clean = _not_in_names.sub(" ", title).strip().strip("'").strip() or "Sheet"
    if clean.casefold() == "history":
        clean += "_1"  # Excel keeps this name for itself
    name, number = _shortened(clean, "" if part == 1 else f"_{part}"), part
    while name.casefold() in taken:
        number += 1
        name = _shortened(clean, f"_{number}")
    return name


def _shortened(name: str, ending: str) -> str:
    room = (LONGEST_NAME - len(ending)) * 2
    return name.encode("utf-16-le")[:room].decode("utf-16-le", "ignore").rstrip(" '") + ending
