"""The format `xlsx`: all tables as sheets of one workbook, called like the CRM that was left; or a workbook for each table."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from crmexport.mapping.to import Table
from crmexport.target.cover import cover
from crmexport.target.job import Job, Rows
from crmexport.target.names import safe_name
from crmexport.target.output import Output, output
from crmexport.target.readback.mismatch import Mismatch, readable
from crmexport.target.readback.tables import in_workbook
from crmexport.target.table_files import Part, TableFile
from crmexport.target.xlsx import Workbook
from crmexport.text import translations


def write(job: Job) -> list[Output]:
    """The workbook, with its cover."""
    path = job.folder / safe_name(f"{job.shop.archive.source.name}.xlsx", fallback="crm.xlsx")
    sheets: list[tuple[str, int]] = []
    notes: Counter[str] = Counter()
    with Workbook(path, lang=job.lang, zone=job.target.zone, most_rows=job.most_rows) as book:
        for table in job.tables():
            sheets += _add(job, book, table)
            notes.update(table.notes)
        notes.update(book.notes)
        zone, lacked = job.target.layout.zone, job.shop.lacked_kinds
        title, text = cover(job.shop.archive, sheets, notes, zone, job.lang, lacked)
        book.add_cover(title, text)
    return [output(job.root, path, sum(rows for _name, rows in sheets), job.target.name, notes)]


def _add(job: Job, book: Workbook, table: Table) -> Sequence[tuple[str, int]]:
    rows = Rows(table.lines())
    headings = [column.heading for column in table.columns]
    mark = _cut_mark(job.lang, table.title, rows)
    return book.add_table(table.title, headings, job.watched(rows, table.name), mark)


def _cut_mark(lang: str, title: str, rows: Rows) -> Callable[[int], str]:
    """What is written behind a text that had to be cut: how long it was, and where all of it is."""
    _ = translations(lang).gettext
    text = _(
        "… [cut here: the whole text has {length} characters, see the archive or the CSV export: {title}, {id}]"
    )
    return lambda length: text.format(length=length, title=title, id=rows.id)


def differences(job: Job, outputs: Sequence[Output]) -> Iterator[Mismatch]:
    """The tables against the workbook, sheet by sheet."""
    tables = [_watched(job, table) for table in job.tables()]
    for one in outputs:
        yield from readable(one.path, in_workbook(one.path, job.root / one.path, tables, job.target))


def _watched(job: Job, table: Table) -> Table:
    return replace(table, lines=lambda: job.watched(table.lines(), table.name))


def _write_each(part: Part, path: Path) -> int:
    job, table = part.job, part.table
    headings = [column.heading for column in table.columns]
    with Workbook(path, lang=job.lang, zone=job.target.zone) as book:
        mark = _cut_mark(job.lang, table.title, part.whose)
        sheets = book.add_table(table.title, headings, part.rows, mark)
    part.notes.update(book.notes)
    return sum(rows for _name, rows in sheets)


EACH = TableFile(
    "xlsx",
    _write_each,
    lambda job, table, path, name: in_workbook(name, path, [table], job.target, has_cover=False),
)
"""A workbook without a cover for each table, as importing programs want it."""
