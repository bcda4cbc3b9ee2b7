"""Formats with a file for each table, or files for its parts: all written, and held against the tables, in the same way."""

from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from crmexport.mapping.to import Table
from crmexport.target.beside import beside
from crmexport.target.job import Job, Rows
from crmexport.target.output import Output, file_sha256, output
from crmexport.target.readback.mismatch import Mismatch, missing, of_file, readable, unmeant
from crmexport.text import _


class Left:
    """The rows of a table that stand in no file yet."""

    def __init__(self, rows: Iterator[Sequence[Any]]) -> None:
        self._rows = rows
        self._back: list[Sequence[Any]] = []
        self._last: Sequence[Any] = ()

    def __iter__(self) -> Iterator[Sequence[Any]]:
        return self

    def __next__(self) -> Sequence[Any]:
        self._last = self._back.pop() if self._back else next(self._rows)
        return self._last

    def give_back(self, row: Sequence[Any]) -> None:
        """Take back the row that was taken last."""
        self._back.append(row)

    def give_last_back(self) -> None:
        """The same for those who have made something else of the row."""
        self._back.append(self._last)

    def __bool__(self) -> bool:
        self._back += islice(self, 1)
        return bool(self._back)


class Part:
    """Some rows of a table on their way into one file. What had to be changed is counted for all parts together in `notes`.

    A writer that counts `most_bytes` leaves the other rows in `rows`, and may give one back to those that are `left`. `whose`
    knows whose row was taken last.
    """

    def __init__(self, job: Job, table: Table, left: Left, whose: Rows, notes: Counter[str]) -> None:
        self.job = job
        self.table = table
        self.left = left
        self.whose = whose
        self.notes = notes
        self.rows: Iterator[Sequence[Any]] = iter(())
        megabytes = job.target.layout.limits_of(table.name).megabytes
        self.most_bytes = None if megabytes is None else megabytes * 1_000_000


class TableFile(NamedTuple):
    """How some rows become a file of that `ending`.

    `write` gives the number of rows; `differences` reads the file at a path back, which mismatches are to call by the given name.
    """

    ending: str
    write: Callable[[Part, Path], int]
    differences: Callable[[Job, Table, Path, str], Iterator[Mismatch]]


def write_tables(job: Job, kind: TableFile) -> list[Output]:
    """Every table of the target, and what the layout has beside them."""
    written = [(table, _write(job, kind, table)) for table in job.tables()]
    outputs = [one for _table, outputs in written for one in outputs]
    return [*outputs, *beside(job, written)]


def _write(job: Job, kind: TableFile, table: Table) -> list[Output]:
    """The file of a table; where the target takes no more rows or bytes in one, the files of its parts."""
    whose, notes = Rows(table.lines()), Counter[str]()
    left = Left(iter(job.watched(whose, table.name)))
    part = Part(job, table, left, whose, notes)
    most = job.target.layout.limits_of(table.name).rows
    files: list[tuple[Path, int]] = []
    while not files or left:
        path = job.file(table.name, kind.ending, f"-{len(files) + 1}" if files else "")
        part.rows = left if most is None else islice(left, most)
        files.append((path, kind.write(part, path)))
    counted = [Counter[str]() for _rest in files[1:]] + [notes + table.notes]
    return [
        output(job.root, path, rows, job.target.name, these, table.name)
        for (path, rows), these in zip(files, counted, strict=True)
    ]


def table_differences(job: Job, kind: TableFile, outputs: Sequence[Output]) -> Iterator[Mismatch]:
    """The files of each table against its rows; what stands beside them by its bytes."""
    tables = job.tables()
    for table in tables:
        yield from _of_table(job, kind, table, [one for one in outputs if one.table == table.name])
    for one in outputs:
        yield from () if one.table else same_bytes(one, job.root / one.path)
    made = {table.name for table in tables}
    yield from (unmeant(one.path) for one in outputs if one.table and one.table not in made)


def _of_table(job: Job, kind: TableFile, table: Table, parts: Sequence[Output]) -> Iterator[Mismatch]:
    """One table: its file, or the files of its parts one after another; none has a row more or less than it had."""
    yield from missing(job.target.name, 0 if parts else 1)
    lines = job.watched(table.lines(), table.name)
    for one in parts:
        of_part = lines if one is parts[-1] else islice(lines, one.rows)
        piece = replace(table, lines=lambda of_part=of_part: of_part)  # type: ignore[misc]
        yield from readable(one.path, kind.differences(job, piece, job.root / one.path, one.path))
        if one is not parts[-1]:
            deque(of_part, maxlen=0)  # what a damaged part did not come to is no row of the next one


def same_bytes(one: Output, path: Path) -> Iterator[Mismatch]:
    """A mismatch when a file has not the bytes that were written."""
    found = file_sha256(path) if path.is_file() else _("nothing")
    if found != one.sha256:
        yield of_file(one.path, one.sha256, found)
