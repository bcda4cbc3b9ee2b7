"""Which entities an archive holds, so that a link leads somewhere; and ids that several entities of a kind share."""

import sqlite3
from collections import Counter
from functools import lru_cache
from itertools import count

from crmexport.mapping.to import EntitySource

_TABLE = """
CREATE TABLE ids (kind TEXT, id TEXT, PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE TABLE shared (kind TEXT, id TEXT, PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE TABLE given (kind TEXT, id TEXT, PRIMARY KEY (kind, id)) WITHOUT ROWID;
"""
_KEPT = 1 << 14
_UNWANTED = dict.fromkeys([0, *range(0xD800, 0xE000)], "\ufffd")


class Held:
    """The ids of all entities, in a scratch database: memory stays flat however many there are."""

    def __init__(self, database: sqlite3.Connection, source: EntitySource) -> None:
        self._database = database
        database.executescript(_TABLE)
        for kind in source.kinds:
            self._fill(kind, source)
        self._has_shared = bool(database.execute("SELECT 1 FROM shared LIMIT 1").fetchone())
        self.has = lru_cache(_KEPT)(self._has)

    def _fill(self, kind: str, source: EntitySource) -> None:
        ids = ((kind, storable(one["source_id"])) for one in source.iterate(kind, only={"source_id"}))
        self._database.execute("BEGIN")
        for key in ids:
            if not self._database.execute("INSERT OR IGNORE INTO ids (kind, id) VALUES (?, ?)", key).rowcount:
                self._database.execute("INSERT OR IGNORE INTO shared VALUES (?, ?)", key)
        self._database.execute("COMMIT")

    def _has(self, kind: str, id: str) -> bool:
        """Whether an entity of that kind has this id."""
        found = self._database.execute("SELECT 1 FROM ids WHERE kind = ? AND id = ?", (kind, id))
        return found.fetchone() is not None

    def start_again(self) -> None:
        """All entities will be met anew, from the first."""
        self._database.execute("DELETE FROM given")

    def unique(self, kind: str, id: str, notes: Counter[str]) -> str:
        """`id`, or for the second and third entity with it one that is free: no row may be lost to its key."""
        if not self._has_shared or not self._is_shared(kind, id) or self._give(kind, id):
            return id
        notes["renumbered_ids"] += 1
        candidates = (f"{id} ({number})" for number in count(2))
        return next(one for one in candidates if not self._has(kind, one) and self._give(kind, one))

    def _is_shared(self, kind: str, id: str) -> bool:
        found = self._database.execute("SELECT 1 FROM shared WHERE kind = ? AND id = ?", (kind, id))
        return found.fetchone() is not None

    def _give(self, kind: str, id: str) -> bool:
        return bool(self._database.execute("INSERT OR IGNORE INTO given VALUES (?, ?)", (kind, id)).rowcount)


def storable(text: str) -> str:
    """A text that every database takes: NUL and lone surrogates are replaced, sign by sign."""
    return text if text.isascii() and "\0" not in text else text.translate(_UNWANTED)
