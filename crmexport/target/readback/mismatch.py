"""A place in a written file that does not hold what was meant, and how rows are held against each other."""

import csv
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps
from itertools import zip_longest
from typing import Any, NamedTuple
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError

from crmexport.mapping.to import Column, Line
from crmexport.text import _

_END: Any = object()
_SHOWN = 120
_OTHERWISE = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError)
# the last of a part that calls itself encrypted
_DAMAGED_PACKING = (zipfile.BadZipFile, zlib.error, RuntimeError)
UNREADABLE = (OSError, ValueError, KeyError, EOFError, csv.Error, ExpatError, ParseError, *_DAMAGED_PACKING)
Same = Callable[[Any, Any, Column], bool]


class Mismatch(NamedTuple):
    """`row` counts from 1 below the heading; 0 stands for the file as a whole. `meant` and `found` are for a person."""

    path: str
    row: int
    column: str
    meant: str
    found: str

    def __str__(self) -> str:
        if not self.row:
            return _("{file}: {meant} was meant, {found} is there.").format(
                file=self.path, meant=self.meant, found=self.found
            )
        return _("{file}, row {row}, column “{column}”: {meant} was meant, {found} is there.").format(
            file=self.path, row=self.row, column=self.column, meant=self.meant, found=self.found
        )


def of_file(path: str, meant: str, found: str) -> Mismatch:
    """A file that as a whole is not what was meant."""
    return Mismatch(path, 0, "", meant, found)


def missing(target: str, number: int) -> Iterator[Mismatch]:
    """A mismatch when `number` files of a target that are meant were not written."""
    if number > 0:
        yield of_file(target, _("files: {number} more").format(number=number), _("nothing"))


def unmeant(path: str) -> Mismatch:
    """A file that was written, and of which nobody can tell any more what it should hold: the mapping gives no such kind now."""
    return of_file(path, _("no such file"), _("a file"))


def readable(path: str, found: Iterator[Mismatch]) -> Iterator[Mismatch]:
    """The mismatches of a file; that it cannot be read is one, too."""
    try:
        yield from found
    except UNREADABLE as error:
        yield unreadable(path, error)


def unreadable(path: str, error: Exception) -> Mismatch:
    """A file that cannot be read, or not to its end."""
    words = _("nothing") if isinstance(error, FileNotFoundError) else str(error) or type(error).__name__
    return of_file(path, _("a readable file"), words)


def in_full(value: Any) -> str:
    """A value as text; no two values that are told apart in JSON give the same."""
    return repr(value) if isinstance(value, str) or value is None else str(value)


def shown(value: Any) -> str:
    """A value for a sentence, shortened."""
    text = _("nothing") if value is None or value == "" else in_full(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def held(same: Callable[..., bool]) -> Callable[..., bool]:
    """`same`, which says no of a value that is of quite another kind than the one meant, and cannot even be compared with it."""

    @wraps(same)
    def holds(*values: Any) -> bool:
        try:
            return same(*values)
        except _OTHERWISE:
            return False

    return holds


def differences(
    path: str, columns: Sequence[Column], meant: Iterable[Line], found: Iterable[Sequence[Any]], same: Same
) -> Iterator[Mismatch]:
    """Every cell that is not what was meant; rows too many or too few are one mismatch each way."""
    for number, (line, row) in enumerate(zip_longest(meant, found, fillvalue=_END), start=1):
        if line is _END or row is _END:
            yield Mismatch(path, number, columns[0].heading, *_ending(line, row))
            return
        if len(row) > len(columns):
            yield Mismatch(path, number, "", _("{number} cells").format(number=len(columns)), shown(len(row)))
        for column, cell, value in zip_longest(columns, line.cells, row[: len(columns)]):
            if not same(cell, value, column):
                yield Mismatch(path, number, column.heading, shown(cell), shown(value))


def _ending(line: Any, row: Any) -> tuple[str, str]:
    ends = _("the end of the table")
    return (ends, shown(row)) if line is _END else (shown(line.id), ends)
