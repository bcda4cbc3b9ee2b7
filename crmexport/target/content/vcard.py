"""The format `vcard`: a file of cards for each table, in version 3.0 or 4.0 (RFC 2426, RFC 6350; Personal tools reference, §5)."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from crmexport.mapping.to import Table
from crmexport.target.content.file import Frame, write_items
from crmexport.target.content.item import ADDRESSES, Draft, Item, Line, Shape, Value
from crmexport.target.content.text import address, escaped
from crmexport.target.job import Job
from crmexport.target.readback.content import in_content
from crmexport.target.readback.mismatch import Mismatch
from crmexport.target.table_files import Part, TableFile

_without_year = re.compile(r"--[0-9]{2}-[0-9]{2}").fullmatch
_NO_NAME = ("", "", "", "", "")


def cards(job: Job, table: Table, rows: Iterable[Sequence[Any]], notes: Counter[str]) -> Iterator[Item]:
    """`rows` of `table` as cards. In version 3.0 none may be without N, in 4.0 a birthday may be without a year."""
    shape = Shape(table.columns, job.shop.archive.source.url)
    old = job.target.layout.vcard.version == "3.0"
    for cells in rows:
        draft = Draft("VCARD", shape.lines(cells), "NOTE", notes, lambda name: name)
        if old and draft.get("N") is None:
            draft.lines.append(Line("N", "", _NO_NAME))
        _keep_to_types(draft, old)
        yield draft.done()


def _keep_to_types(draft: Draft, old: bool) -> None:
    """REV is an instant, BDAY a day, in version 4.0 also one without a year; anything else goes to the note."""
    birthday = draft.get("BDAY")
    if isinstance(birthday, datetime) or (isinstance(birthday, str) and (old or not _without_year(birthday))):
        draft.move("BDAY")
    if not isinstance(draft.get("REV"), datetime):
        draft.move("REV")


def _write(part: Part, path: Path) -> int:
    version, notes = part.job.target.layout.vcard.version, part.notes
    items = cards(part.job, part.table, part.rows, notes)
    frame = Frame(begun=f"VERSION:{version}\r\n".encode())
    return write_items(path, part, items, lambda line: _line(line, version, notes), frame)


def _line(line: Line, version: str, notes: Counter[str]) -> str:
    return f"{line.name}{line.parameters}:{_text(line, version, notes)}"


def _text(line: Line, version: str, notes: Counter[str]) -> str:
    value = line.value
    if line.name in ADDRESSES:
        return address(str(value), notes)
    if isinstance(value, date):
        return _dated(value, extended=version == "3.0")
    if isinstance(value, tuple):
        return ";".join(escaped(part, notes) for part in value)
    if isinstance(value, list):
        return ",".join(escaped(part, notes) for part in value)
    return escaped(_yearless(line.name, value, version), notes)


def _dated(value: date, extended: bool) -> str:
    if isinstance(value, datetime):
        text = value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
        return text if extended else text.replace("-", "").replace(":", "")
    return value.isoformat() if extended else value.isoformat().replace("-", "")


def _yearless(name: str, value: Value, version: str) -> str:
    """A birthday without its year: --04-12 is --0412 in version 4.0 (RFC 6350, §4.3.1)."""
    text = str(value)
    return "--" + text[2:].replace("-", "") if name == "BDAY" and version == "4.0" else text


def _differences(job: Job, table: Table, path: Path, name: str) -> Iterator[Mismatch]:
    rows = (line.cells for line in table.lines())
    return in_content(name, path, cards(job, table, rows, Counter()), frame=("VERSION",))


VCARD = TableFile("vcf", _write, _differences)
