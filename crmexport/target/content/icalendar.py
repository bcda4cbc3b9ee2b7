"""The format `icalendar`: a calendar file for each table, its rows events or to-dos (RFC 5545; Personal tools reference, §6).

All times are written in UTC, which every reader understands without a description of zones. Nobody is an attendee: some
programs mail to attendees; people are named in the description.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from crmexport.mapping.to import Table
from crmexport.target.content.calendar_rules import CalendarRules
from crmexport.target.content.file import Frame, write_items
from crmexport.target.content.item import ADDRESSES, Item, Line, Shape
from crmexport.target.content.text import address, escaped
from crmexport.target.content.times import written
from crmexport.target.job import Job
from crmexport.target.readback.content import in_content
from crmexport.target.readback.mismatch import Mismatch
from crmexport.target.table_files import Part, TableFile

_FRAME = Frame(
    before=b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//crmexport//crmexport//EN\r\nCALSCALE:GREGORIAN\r\n",
    behind=b"END:VCALENDAR\r\n",
)


def items(job: Job, table: Table, rows: Iterable[Sequence[Any]], notes: Counter[str]) -> Iterator[Item]:
    """`rows` of `table` as events and to-dos that keep the rules of the standard."""
    shape = Shape(table.columns, job.shop.archive.source.url)
    rules = CalendarRules(job.target.zone, job.lang, notes)
    for cells in rows:
        yield rules.item(shape.lines(cells))


def _write(part: Part, path: Path) -> int:
    notes = part.notes
    made = items(part.job, part.table, part.rows, notes)
    return write_items(path, part, made, lambda line: _line(line, notes), _FRAME)


def _line(line: Line, notes: Counter[str]) -> str:
    name, parameters, value = line
    if name in ADDRESSES:
        return f"{name}{parameters}:{address(str(value), notes)}"
    if isinstance(value, str):
        return f"{name}{parameters}:{escaped(value, notes)}"
    if isinstance(value, (list, tuple)):
        return f"{name}{parameters}:{','.join(escaped(part, notes) for part in value)}"
    return f"{name}{parameters}{written(value)}"


def _differences(job: Job, table: Table, path: Path, name: str) -> Iterator[Mismatch]:
    rows = (line.cells for line in table.lines())
    made = items(job, table, rows, Counter())
    return in_content(name, path, made, frame=("VERSION", "PRODID", "CALSCALE"))


ICALENDAR = TableFile("ics", _write, _differences)
