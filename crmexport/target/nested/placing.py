"""Where every row of a document stands: in which of its files, or in whose row."""

import sqlite3
from array import array
from collections.abc import Iterator, Sequence

from crmexport.mapping.to import Layout, Line, Table, scratch
from crmexport.mapping.to.nesting import depth, nested_in, tables_in
from crmexport.mapping.to.scratch import clean
from crmexport.target.nested.parts import parts

EVERY_FILE = "*"
_IDS = "CREATE TABLE ids (name TEXT, id TEXT, file TEXT, PRIMARY KEY (name, id)) WITHOUT ROWID"


class Placing:
    """The tables of one document and the places of their rows, which `owners` tells line by line, in the order of `tables`.

    `tables` are all of them, each behind the one that it is within; `tops` those with a place of their own in the document.
    """

    def __init__(
        self, layout: Layout, document: str, tables: Sequence[Table], database: sqlite3.Connection
    ) -> None:
        by_name = {table.name: table for table in tables}
        self._layout = layout
        self._database = database
        database.execute(_IDS)
        database.execute("BEGIN")  # it is never committed: nobody needs it afterwards
        self.tops = [name for name in tables_in(layout.documents[document]) if name in by_name]
        self.nested = {name: nested_in(layout, name) for name in by_name}
        names = self._with_nested(self.tops)
        self.tables = [
            by_name[name] for name in sorted(names, key=lambda name: depth(layout, name)) if name in by_name
        ]
        self._owners = {layout.tables[name].within.table for name in names if layout.tables[name].within}  # type: ignore[union-attr]
        self._divided = next((name for name in self.tops if layout.tables[name].limits.rows), "")
        self._parts: array[int] = array("i")
        if self._divided:
            with scratch() as groups:
                most = layout.tables[self._divided].limits.rows or 1
                self._parts = parts(by_name[self._divided].lines(), most, groups)

    @property
    def files(self) -> int:
        """How many files the document becomes."""
        return max(self._parts, default=0) + 1

    def owners(self, table: Table, number: int, line: Line) -> list[str]:
        """Where a line stands, the `number`-th of its table from 0: in files (their numbers, or `EVERY_FILE`), or in the rows of ids.

        Nowhere when the row that it belongs to is not in the document.
        """
        found = list(dict.fromkeys(self._places(table.name, number, line)))
        if found and table.name in self._owners:
            file = found[0] if table.name in self.tops else ""
            self._database.execute(
                "INSERT OR IGNORE INTO ids VALUES (?, ?, ?)", (table.name, clean(line.id), file)
            )
        return found

    def _places(self, name: str, number: int, line: Line) -> Iterator[str]:
        within = self._layout.tables[name].within
        if name == self._divided:
            yield str(self._parts[number])
        elif within is None:
            yield EVERY_FILE
        else:
            for id in line.links:
                file = self._file_of(within.table, id)
                if file is not None:
                    yield file if name in self.tops else id

    def _file_of(self, name: str, id: str) -> str | None:
        found = self._database.execute("SELECT file FROM ids WHERE name = ? AND id = ?", (name, clean(id)))
        row = found.fetchone()
        return row[0] if row else None

    def _with_nested(self, names: Sequence[str]) -> list[str]:
        found: list[str] = []
        for name in names:
            found += [name, *self._with_nested(list(self.nested.get(name, ())))]
        return found
