"""Rows as JSON text on their way into the files of one document, in a scratch database."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from itertools import chain

from crmexport.mapping.to import Table
from crmexport.mapping.to.scratch import clean
from crmexport.target.job import Job
from crmexport.target.nested.placing import EVERY_FILE, Placing
from crmexport.target.nested.shape import Shape

WITHOUT_PLACE = "rows_without_place"
"""The note that counts rows that belong to a row which the document does not have."""
_TABLES = """
CREATE TABLE rows (
    name TEXT, owner TEXT, number INTEGER, id TEXT, text TEXT, PRIMARY KEY (name, owner, number)
) WITHOUT ROWID;
CREATE TABLE met (name TEXT, id TEXT, PRIMARY KEY (name, id)) WITHOUT ROWID;
"""


class Spool:
    """All rows of a document. `notes` counts, by table, what befell its values, and rows that have no place.

    `given` counts the rows of each table that were asked for.
    """

    def __init__(self, job: Job, placing: Placing, database: sqlite3.Connection) -> None:
        self._database = database
        self._lists = {
            name: [(other, json.dumps(key, ensure_ascii=False)) for other, key in nested.items()]
            for name, nested in placing.nested.items()
        }
        database.executescript(_TABLES)
        database.execute("BEGIN")  # it is never committed: nobody needs it afterwards
        self.given: Counter[str] = Counter()
        self.notes = {table.name: self._fill(job, placing, table) for table in placing.tables}

    def _fill(self, job: Job, placing: Placing, table: Table) -> Counter[str]:
        notes: Counter[str] = Counter()
        shape, lost = Shape(job.target.layout, table, job.target.zone, notes), 0
        for number, line in enumerate(job.watched(table.lines(), table.name)):
            owners = placing.owners(table, number, line)
            if not owners:
                lost += 1
                job.roll.set_apart(table.entity, line.id)
                continue
            text, id = shape.text(line.cells), self._if_first(table.name, line.id)
            rows = ((table.name, clean(owner), number, id, text) for owner in owners)
            self._database.executemany("INSERT INTO rows VALUES (?, ?, ?, ?, ?)", rows)
        notes[WITHOUT_PLACE] = lost
        return table.notes + notes

    def _if_first(self, name: str, id: str) -> str | None:
        """The id of a row in which others may stand: of several with one id the first."""
        if not self._lists[name]:
            return None
        key = (name, clean(id))
        return (
            key[1]
            if self._database.execute("INSERT OR IGNORE INTO met VALUES (?, ?)", key).rowcount
            else None
        )

    def rows(self, name: str, file: int) -> Iterator[str]:
        """The rows of a table that stand in a file of the document, with all that stands within them."""
        return chain(self._of(name, EVERY_FILE), self._of(name, str(file)))

    def _of(self, name: str, owner: str) -> Iterator[str]:
        wanted = "SELECT id, text FROM rows WHERE name = ? AND owner = ? ORDER BY number"
        for id, text in self._database.execute(wanted, (name, owner)):
            self.given[name] += 1
            lists = [] if id is None else list(self._within(name, id))
            yield text if not lists else "{" + ", ".join([*filter(None, [text[1:-1]]), *lists]) + "}"

    def _within(self, name: str, id: str) -> Iterator[str]:
        """The lists of a row that hold rows of other tables."""
        for other, key in self._lists[name]:
            rows = ", ".join(self._of(other, id))
            if rows:
                yield f"{key}: [{rows}]"
