"""The rows of one table as one or more sheets: a new sheet begins where Excel's limits end the last one."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import IO, Any

from crmexport.target.xlsx.cells import Cells
from crmexport.target.xlsx.parts import sheet_end, sheet_start

MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
# Above 2 GiB a part of a ZIP needs an extension that not every program reads.
MOST_BYTES = 1_900_000_000
_SAMPLE = 200
_CHUNK = 256
_NARROWEST, _WIDEST = 8, 60

Rows = Iterable[Sequence[Any]]


def letters(number: int) -> str:
    """The name of column `number`, counted from 0: 0 is A, 26 is AA."""
    name = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


def widths(headings: Sequence[str], sample: Sequence[Sequence[Any]]) -> list[int]:
    """How wide each column should be, in characters, judged by its heading and the first rows."""
    longest = [len(heading) + 3 for heading in headings]
    for row in sample:
        longest = [max(width, _width(value)) for width, value in zip(longest, row, strict=True)]
    return [min(max(width + 1, _NARROWEST), _WIDEST) for width in longest]


def _width(value: Any) -> int:
    return (
        0 if value is None else min(len(value) if isinstance(value, str) else len(f"{value}"[:16]), _WIDEST)
    )


class Sheet:
    """Writes one sheet into an open part of the workbook."""

    def __init__(self, part: IO[bytes], cells: Cells, headings: Sequence[str], most_rows: int) -> None:
        self._part = part
        self._cells = cells
        self._headings = headings
        self._columns = [letters(place) for place in range(len(headings))]
        self._most_rows = most_rows
        self._bytes = 0
        self.last_row = 1

    def write(self, rows: Iterator[Sequence[Any]]) -> None:
        """Write the heading and as many of `rows` as fit; the iterator then stands at the first that did not."""
        sample = list(islice(rows, min(_SAMPLE, self._most_rows - 1)))
        self._put(sheet_start(widths(self._headings, sample), frozen=True))
        self._put(self._heading_row())
        all_rows = chain(sample, rows)
        while self.last_row < self._most_rows and self._bytes < MOST_BYTES:
            taken = list(islice(all_rows, min(_CHUNK, self._most_rows - self.last_row)))
            if not taken:
                break
            self._put("".join(map(self._row, taken)))
        self._put(sheet_end(self.filtered))

    @property
    def filtered(self) -> str:
        """The range of the filter: all that was written."""
        return f"A1:{self._columns[-1]}{self.last_row}"

    def _heading_row(self) -> str:
        drawn = (
            self._cells.heading(f"{column}1", text)
            for column, text in zip(self._columns, self._headings, strict=True)
        )
        return f'<row r="1">{"".join(drawn)}</row>'

    def _row(self, row: Sequence[Any]) -> str:
        self.last_row += 1
        number, draw = str(self.last_row), self._cells.draw
        drawn = [
            draw[type(value)](column + number, value)
            for column, value in zip(self._columns, row, strict=True)
            if value is not None
        ]
        return f'<row r="{number}">{"".join(drawn)}</row>'

    def _put(self, text: str) -> None:
        data = text.encode()
        self._bytes += len(data)
        self._part.write(data)
