"""The roll of a target: which entities an export wrote, kept beside the files, so that a later one can write only what is new.

It is a list of kind, id and mark, compressed; the mark is made of all that was written of the entity, so that another mark
means that it has changed. An entity that is new to a list stays new in all its rows. A row that stands for no entity has the id "".
"""

import csv
import gzip
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b
from io import TextIOWrapper
from itertools import compress
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from crmexport.mapping.to import EntitiesOf, EntitySource, Line, Table
from crmexport.mapping.to.scratch import clean
from crmexport.target.output import file_sha256

FOLDER = "rows"
_HEADINGS = ("kind", "id", "mark", "new")
_KEPT = 4096
_MARK = 6  # bytes: the sum of the marks of very many rows is still a whole number of SQLite
_TABLES = """
CREATE TABLE roll (
    kind TEXT, id TEXT, before INTEGER, now INTEGER, age INTEGER, apart INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE VIEW fates AS
    SELECT kind, id, CASE WHEN now IS NULL THEN 'gone' WHEN before IS NULL THEN 'apart' ELSE 'changed' END AS became
    FROM roll WHERE id <> '' AND (before <> now OR (now IS NULL AND before <> 0) OR (before IS NULL AND apart));
CREATE TABLE told (kind TEXT, id TEXT, PRIMARY KEY (kind, id)) WITHOUT ROWID;
"""


class Became(StrEnum):
    """What became of an entity that a person has to mend by hand, because no file of what is new can."""

    CHANGED = "changed"
    GONE = "gone"  # it makes no row any more
    APART = "apart"  # new, but it belongs into a row that an earlier export wrote


class Entry(NamedTuple):
    """One entity, or one of its rows. `age` tells how many exports before the files beside it was written; 0: it stands in these."""

    kind: str
    id: str
    mark: int
    age: int = 0


class Fate(NamedTuple):
    """What became of an entity."""

    kind: str
    id: str
    became: Became


class Roll(Protocol):
    """Asked for every row that could be written."""

    def takes(self, kind: str, id: str, content: Any) -> bool:
        """Whether a row, made of `content`, is to be written; it is noted either way."""

    def is_new(self, kind: str, id: str) -> bool:
        """Whether rows of an entity are to be written."""

    def set_apart(self, kind: str, id: str) -> None:
        """A row that was taken has no place: that which it belongs into is not written."""


class Everything:
    """Takes every row and notes none."""

    def takes(self, kind: str, id: str, content: Any) -> bool:
        """Always."""
        return True

    def is_new(self, kind: str, id: str) -> bool:
        """Always."""
        return True

    def set_apart(self, kind: str, id: str) -> None:
        """Whoever writes the rows counts those."""


EVERYTHING = Everything()


class Noted(Everything):
    """Takes every row and notes it in a list."""

    def __init__(self, lines: "Lines") -> None:
        self._lines = lines

    def takes(self, kind: str, id: str, content: Any) -> bool:
        """Always."""
        self._lines.add(Entry(kind, id, mark_of(content)))
        return True


class Since:
    """Takes the rows of entities that an `earlier` list does not have, in a scratch database: memory stays flat.

    `since` is when the archive was true that the earlier export was made of; "" when that is not known.
    """

    def __init__(self, database: sqlite3.Connection, earlier: Iterable[Entry], since: str = "") -> None:
        self._database = database
        self.since = since
        database.executescript(_TABLES)
        database.execute("BEGIN")
        add = (
            "INSERT INTO roll (kind, id, before, age) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET before = before + excluded.before"
        )
        database.executemany(add, ((one.kind, clean(one.id), one.mark, one.age) for one in earlier))

    def takes(self, kind: str, id: str, content: Any) -> bool:
        """Whether the entity is new."""
        key = (kind, clean(id))
        self._database.execute(
            "INSERT INTO roll (kind, id, now) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET now = ifnull(now, 0) + excluded.now",
            (*key, mark_of(content)),
        )
        return self.is_new(*key)

    def is_new(self, kind: str, id: str) -> bool:
        """Whether the earlier list does not have the entity."""
        return self.age(kind, id) < 0

    def age(self, kind: str, id: str) -> int:
        """How many exports before the earlier one the entity was written; -1 when that one does not have it."""
        known = "SELECT age FROM roll WHERE kind = ? AND id = ? AND before IS NOT NULL"
        found = self._database.execute(known, (kind, clean(id))).fetchone()
        return -1 if found is None else int(found[0])

    def set_apart(self, kind: str, id: str) -> None:
        """It is told of with what has changed."""
        self._database.execute("UPDATE roll SET apart = 1 WHERE kind = ? AND id = ?", (kind, clean(id)))

    def counts(self) -> dict[str, int]:
        """How many entities are new, left out because they are there already, of these changed, and gone since; new ones `apart`
        are counted by themselves.
        """
        counted = (
            "SELECT count(*) FILTER (WHERE before IS NULL AND NOT apart), count(*) FILTER (WHERE before IS NOT NULL AND now IS NOT NULL),"
            " count(*) FILTER (WHERE before <> now), count(*) FILTER (WHERE now IS NULL AND before <> 0),"
            " count(*) FILTER (WHERE before IS NULL AND apart) FROM roll WHERE id <> ''"
        )
        names = ("new", "left_out", "changed", "gone", "apart")
        return dict(zip(names, self._database.execute(counted).fetchone(), strict=True))

    def differing(self) -> dict[str, int]:
        """How many entities of each kind are changed, gone or apart."""
        counted = "SELECT kind, count(*) FROM fates GROUP BY kind"
        return dict(self._database.execute(counted))

    def tell(self, kind: str, id: str) -> Fate | None:
        """What became of an entity; None when it is as it was, or written as new."""
        differs = "SELECT became FROM fates WHERE kind = ? AND id = ?"
        row = self._database.execute(differs, (kind, clean(id))).fetchone()
        if row is None:
            return None
        self._database.execute("INSERT OR IGNORE INTO told VALUES (?, ?)", (kind, clean(id)))
        return Fate(kind, id, Became(row[0]))

    def untold(self, kind: str) -> Iterator[Fate]:
        """What became of those entities of a kind that were not told of yet."""
        found = (
            "SELECT id, became FROM fates WHERE kind = ?"
            " AND NOT EXISTS (SELECT 1 FROM told WHERE told.kind = fates.kind AND told.id = fates.id) ORDER BY id"
        )
        return (Fate(kind, id, Became(became)) for id, became in self._database.execute(found, (kind,)))

    def entries(self) -> Iterator[Entry]:
        """The list that the next export starts from: everything written so far, here and earlier.

        Somebody may have taken out what is gone, as told. It has no mark: it is not told of as gone once more, and is named as changed
        should it come back.
        """
        found = "SELECT kind, id, ifnull(now, 0), ifnull(age + 1, 0) FROM roll ORDER BY kind, id"
        return (Entry(*row) for row in self._database.execute(found))


def list_of(root: Path, name: str) -> Path:
    """Where the list of the target called `name` stands in an output folder."""
    return root / FOLDER / f"{name}.csv.gz"


def told_of_list(root: Path, name: str) -> dict[str, str]:
    """What the card says of the list of a target."""
    path = list_of(root, name)
    return {"path": path.relative_to(root).as_posix(), "sha256": file_sha256(path)}


def mark_of(content: Any) -> int:
    """A number for what was written of an entity."""
    text = repr(content).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=_MARK).digest())


class Lines:
    """A list being written."""

    def __init__(self, file: TextIOWrapper) -> None:
        self._row = csv.writer(file, lineterminator="\n").writerow
        self._row(_HEADINGS)

    def add(self, one: Entry) -> None:
        """Write one entry."""
        self._row((one.kind, clean(one.id), f"{one.mark:012x}", 1 - one.age))


@contextmanager
def listing(path: Path) -> Iterator[Lines]:
    """A list to be written to `path`; the same entries give the same bytes."""
    path.parent.mkdir(exist_ok=True)
    with (
        path.open("wb") as file,
        gzip.GzipFile("", "wb", compresslevel=1, fileobj=file, mtime=0) as packed,
        TextIOWrapper(packed, encoding="utf-8", newline="") as text,
    ):
        yield Lines(text)


def listed(path: Path) -> Iterator[Entry]:
    """The entries of a list; raises OSError, EOFError or ValueError when it is damaged."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = csv.reader(file, strict=True)
        next(rows)
        for kind, id, mark, is_new in rows:  # 1; of earlier exports 0, -1 and so on
            yield Entry(kind, id, int(mark, 16), 1 - int(is_new))


def enrolled(table: Table, roll: Roll, always: bool = False) -> Table:
    """A table of the rows that `roll` takes; with `always` of all, which are noted alike. Empty cells tell nothing, so that a wider table does not make another row of one."""
    notes, forgets, filled = table.notes, isinstance(roll, Since), _filling(table)

    def lines() -> Iterator[Line]:
        kept: Mapping[str, int] = {}
        for line in table.lines():
            if roll.takes(table.entity, line.id, filled(line.cells)) or always:
                yield line
                kept = dict(notes) if forgets else kept
            else:
                notes.clear()
                notes.update(kept)

    return replace(table, lines=lines)


def _filling(table: Table) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    """What tells the rows of a table apart: which columns are filled, as a number found once for all rows alike, and their cells.

    Of each kind of rows a byte a column is remembered: there may be thousands of columns, and no two rows alike.
    """
    headings = [column.heading for column in table.columns]

    @lru_cache(_KEPT)
    def which(are_filled: bytes) -> int:
        return mark_of((table.name, list(compress(headings, are_filled))))

    def filled(cells: Sequence[Any]) -> tuple[Any, ...]:
        return which(bytes([cell is not None for cell in cells])), *[
            cell for cell in cells if cell is not None
        ]

    return filled


class Enrolled(EntitiesOf):
    """The entities that `roll` takes. Only those asked for with all their fields are noted."""

    def __init__(self, source: EntitySource, roll: Roll) -> None:
        super().__init__(source)
        self._roll = roll

    def iterate(self, kind: str, only: Collection[str] | None = None) -> Iterator[Mapping[str, Any]]:
        """Those that are to be written."""
        for entity in self._source.iterate(kind, only):
            id = entity["source_id"]
            if only is not None:
                is_taken = self._roll.is_new(kind, id)
            else:
                is_taken = self._roll.takes(
                    kind, id, [item for item in entity.items() if item[1] is not None]
                )
            if is_taken:
                yield entity
