"""Hold the documents of a layout against the tables in them: every row in its file or in the row it belongs to, every cell."""

import json
import sqlite3
from collections.abc import Generator, Iterator, Mapping, Sequence
from io import StringIO
from typing import Any

from crmexport.mapping.to import Table, scratch
from crmexport.mapping.to.nesting import ROWS_OF, is_rows
from crmexport.mapping.to.scratch import clean
from crmexport.target.job import Job
from crmexport.target.nested.placing import EVERY_FILE, Placing
from crmexport.target.nested.spool import WITHOUT_PLACE
from crmexport.target.nested.write import body_of, file_names, holding
from crmexport.target.output import Output
from crmexport.target.readback.json_text import JsonText
from crmexport.target.readback.mismatch import Mismatch, in_full, missing, of_file, readable, shown
from crmexport.target.readback.objects import InObject
from crmexport.target.table_files import same_bytes
from crmexport.text import _

_FOUND = """
CREATE TABLE found (
    name TEXT, file INTEGER, owner TEXT, number INTEGER, text TEXT, PRIMARY KEY (name, file, owner, number)
) WITHOUT ROWID;
CREATE TABLE met (name TEXT, id TEXT, file INTEGER, PRIMARY KEY (name, id, file)) WITHOUT ROWID;
"""


def differences(job: Job, outputs: Sequence[Output]) -> Iterator[Mismatch]:
    """The files of each document against its tables; what stands beside them by its bytes."""
    left = {one.path.rpartition("/")[2]: one for one in outputs}
    tables = job.tables()
    for name in holding(job.target.layout):
        files = []
        for path in file_names(name):
            if path not in left:
                break
            files.append(left.pop(path))
        yield from _in_document(job, name, tables, files)
    for one in left.values():
        yield from same_bytes(one, job.root / one.path)


def _in_document(job: Job, name: str, tables: Sequence[Table], files: Sequence[Output]) -> Iterator[Mismatch]:
    body = body_of(job.target.layout, name, tables)
    with scratch() as places, scratch() as rows:
        placing = Placing(job.target.layout, name, tables, places)
        found = _Found(rows, placing, [one.path for one in files])
        yield from missing(f"{job.target.name}/{name}", placing.files - len(files))
        for file, one in enumerate(files):
            job.watch(one.path, 0, one.rows)
            yield from readable(one.path, found.read(job, file, body))
        if files:
            yield from found.compare(job, files[-1])


class _Found:
    """The rows that stand in the files, each until it has been held against the line that was meant."""

    def __init__(self, database: sqlite3.Connection, placing: Placing, paths: Sequence[str]) -> None:
        self._database = database
        self._placing = placing
        self._paths = paths
        self._lists: dict[str, str] = {}
        self._owner = {other: name for name, inner in placing.nested.items() for other in inner}
        self._unread: set[int] = set()
        database.executescript(_FOUND)
        database.execute("BEGIN")  # it is never committed: nobody needs it afterwards

    def read(self, job: Job, file: int, body: Any) -> Iterator[Mismatch]:
        """Keep the rows of a file; everything else in it must be as the layout has it. Of one that is damaged, the rows before that."""
        self._unread.add(file)
        with (job.root / self._paths[file]).open(encoding="utf-8", newline="\n") as opened:
            text = JsonText(opened)
            yield from self._walk(body, text, file)
            text.end()
        self._unread.discard(file)

    def _walk(self, body: Any, text: JsonText, file: int) -> Iterator[Mismatch]:
        if isinstance(body, Mapping):
            yield from self._object(body, text, file)
        elif isinstance(body, list):
            yield from self._list(body, text, file)
        else:
            found = text.value()
            if in_full(found) != in_full(body):
                yield of_file(self._paths[file], shown(body), shown(found))

    def _object(self, body: Mapping[str, Any], text: JsonText, file: int) -> Iterator[Mismatch]:
        keys = iter(body)
        for key in text.object():
            meant = next(keys, None)
            if key != meant:
                raise ValueError(
                    _("the key {found} stands where {meant} should be").format(found=key, meant=meant)
                )
            yield from self._walk(body[key], text, file)
        for meant in keys:
            raise ValueError(_("the key {meant} is missing").format(meant=meant))

    def _list(self, body: Sequence[Any], text: JsonText, file: int) -> Iterator[Mismatch]:
        """A list: first what the layout says in full, then rows."""
        full = [item for item in body if not is_rows(item)]
        tables = [item[ROWS_OF] for item in body if is_rows(item)]
        self._lists |= dict.fromkeys(tables, tables[0]) if tables else {}
        number = -1
        for number, _item in enumerate(text.list()):
            if number < len(full):
                yield from self._walk(full[number], text, file)
            elif tables:
                self._put(tables[0], file, "", number, text.text())
            else:
                yield of_file(self._paths[file], _("the end of the list"), shown(text.value()))
        if number + 1 < len(full):
            yield of_file(self._paths[file], shown(full[number + 1]), _("the end of the list"))

    def compare(self, job: Job, last: Output) -> Iterator[Mismatch]:
        """Every line of every table against its row, then rows that are left, and the number of lines without a place."""
        lost = 0
        for table in self._placing.tables:
            lost += yield from self._table(job, table)
        for file, text in self._database.execute("SELECT file, text FROM found"):
            yield of_file(self._paths[file], _("no further row"), shown(text))
        if lost != last.notes.get(WITHOUT_PLACE, 0):
            counted = last.notes.get(WITHOUT_PLACE, 0)
            yield of_file(last.path, _("{number} rows without a place").format(number=lost), str(counted))

    def _table(self, job: Job, table: Table) -> Generator[Mismatch, None, int]:
        """The differences of one table; gives the number of its lines that have no place."""
        cells, lost = InObject(job.target.layout, table, job.target.zone), 0
        ended: set[int] = set()
        for number, line in enumerate(table.lines()):
            owners = self._placing.owners(table, number, line)
            lost += not owners
            for file, owner in self._spots(table.name, owners):
                text = self._take(table.name, file, owner)
                if text is None:
                    if file not in self._unread | ended:
                        ends = _("the end of the list")
                        heading = table.columns[0].heading
                        yield Mismatch(self._paths[file], number + 1, heading, shown(line.id), ends)
                        ended |= {file} if table.name in self._placing.tops else set()
                    continue
                try:
                    found = json.loads(text) if cells.is_bare else self._own(table.name, line.id, file, text)
                except ValueError as error:
                    heading = table.columns[0].heading
                    yield Mismatch(self._paths[file], number + 1, heading, shown(line.id), str(error))
                    continue
                yield from cells.differences(self._paths[file], number + 1, line.cells, found)
        return lost

    def _spots(self, name: str, owners: Sequence[str]) -> Iterator[tuple[int, str]]:
        """Where the rows of a line are kept: of which file, and of the row of which id there ("": of a list of its own).

        Nowhere where more is lacking: the file, which is told as a whole, or the row that they belong to.
        """
        files = range(len(self._paths))
        for owner in owners:
            if name not in self._placing.tops:
                asked = "SELECT file FROM met WHERE name = ? AND id = ?"
                met = self._database.execute(asked, (self._owner[name], clean(owner))).fetchall()
                yield from ((file, owner) for (file,) in met)
            elif owner == EVERY_FILE:
                yield from ((file, "") for file in files)
            elif int(owner) in files:
                yield int(owner), ""

    def _own(self, name: str, id: str, file: int, text: str) -> dict[str, Any]:
        """An object without the lists of other tables' rows, which are kept for these when they stand in the first row of an id."""
        keys = {key: other for other, key in self._placing.nested[name].items()}
        is_first = bool(keys) and self._met(name, id, file)
        own: dict[str, Any] = {}
        reader = JsonText(StringIO(text))
        for key in reader.object():
            if is_first and key in keys:
                for number, _item in enumerate(reader.list()):
                    self._put(keys[key], file, id, number, reader.text())
            else:
                own[key] = reader.value()
        return own

    def _met(self, name: str, id: str, file: int) -> bool:
        new = self._database.execute("INSERT OR IGNORE INTO met VALUES (?, ?, ?)", (name, clean(id), file))
        return bool(new.rowcount)

    def _put(self, name: str, file: int, owner: str, number: int, text: str) -> None:
        row = (name, file, clean(owner), number, text)
        self._database.execute("INSERT OR IGNORE INTO found VALUES (?, ?, ?, ?, ?)", row)

    def _take(self, name: str, file: int, owner: str) -> str | None:
        """The next row that is kept there, taken away."""
        key = (self._lists.get(name, name), file, clean(owner))
        wanted = (
            "SELECT number, text FROM found WHERE name = ? AND file = ? AND owner = ? ORDER BY number LIMIT 1"
        )
        row = self._database.execute(wanted, key).fetchone()
        if row is None:
            return None
        taken = "DELETE FROM found WHERE name = ? AND file = ? AND owner = ? AND number = ?"
        self._database.execute(taken, (*key, row[0]))
        return str(row[1])
