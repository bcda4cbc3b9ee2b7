"""What layouts show of linked entities: a scratch database on disk, so that memory stays flat however many there are.

In: one cheap pass over each kind of entity that is linked to. Out: its title and the few fields that layouts name, by id.
"""

import json
import re
import sqlite3
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import Any, Self

from crmexport.mapping.to.scratch import clean
from crmexport.model import ENTITIES, Moment, Money, Ref
from crmexport.model.fields import IS_DELETED, IS_WORKING

NameOf = Callable[[Mapping[str, Any]], str]
AgeOf = Callable[[str, str], int]
HasRow = Callable[[Ref], bool]
_KEPT = 4096
_BATCH = 1000
_marks = re.compile("[\u00ad\u0300-\u036f\u200b-\u200f\u2060\ufeff]+")
_TABLES = """
CREATE TABLE held (entity TEXT, id TEXT, fields TEXT, PRIMARY KEY (entity, id)) WITHOUT ROWID;
CREATE TABLE names (key TEXT, name TEXT, gone INTEGER, id TEXT, PRIMARY KEY (key, name, gone, id)) WITHOUT ROWID;
CREATE TABLE children (
    key TEXT, entity TEXT, id TEXT, place INTEGER, text TEXT, PRIMARY KEY (key, entity, id, place)
) WITHOUT ROWID;
CREATE TABLE rowless (key TEXT, entity TEXT, id TEXT, PRIMARY KEY (key, entity, id)) WITHOUT ROWID;
"""


class References:
    """Linked entities by id, with the fields that layouts ask for, in a scratch database."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        database.executescript(_TABLES)
        self._read = lru_cache(_KEPT)(self._read_held)
        self._title = lru_cache(_KEPT)(self._held_title)
        self._same = lru_cache(_KEPT)(self._read_same)
        self._age: AgeOf | None = None

    def going_on(self, age: AgeOf) -> Self:
        """The same, for files that go on from earlier ones: `age` tells of a kind and an id how many exports ago they were written, -1 if never."""
        other = copy(self)
        other._age = age
        return other

    def fill(
        self,
        entity: str,
        lines: Iterable[Mapping[str, Any]],
        fields: Iterable[str],
        names: Mapping[str, NameOf] | None = None,
    ) -> None:
        """Keep `fields` of every entity in `lines`, all of one kind. `names` are the kinds of names `is_shared` shall know."""
        self._read.cache_clear()
        self._title.cache_clear()
        wanted = sorted(set(fields))
        rest = iter(lines)
        while batch := list(islice(rest, _BATCH)):
            self._database.execute("BEGIN")
            held = ((entity, clean(line["source_id"]), _packed(line, wanted)) for line in batch)
            self._database.executemany("INSERT OR REPLACE INTO held VALUES (?, ?, ?)", held)
            for key, name_of in (names or {}).items():
                named = (
                    (key, alike(name_of(line)), int(_is_gone(line)), clean(line["source_id"]))
                    for line in batch
                )
                self._database.executemany("INSERT OR REPLACE INTO names VALUES (?, ?, ?, ?)", named)
            self._database.execute("COMMIT")

    def fill_children(self, key: str, lines: Iterable[tuple[Sequence[Ref], str]]) -> None:
        """Keep, for every entity that one of `lines` belongs to, its text, in their order."""
        rest = enumerate(lines)
        while batch := list(islice(rest, _BATCH)):
            rows = (
                (key, link.entity, clean(link.id), place, clean(text))
                for place, (links, text) in batch
                for link in links
            )
            self._database.execute("BEGIN")
            self._database.executemany("INSERT OR REPLACE INTO children VALUES (?, ?, ?, ?, ?)", rows)
            self._database.execute("COMMIT")

    def children(self, key: str, entity: str, id: str) -> list[str]:
        """The texts of the entities that belong to this one."""
        wanted = "SELECT text FROM children WHERE key = ? AND entity = ? AND id = ? ORDER BY place"
        return [row[0] for row in self._database.execute(wanted, (key, entity, clean(id)))]

    def children_shown(self, owners: Mapping[tuple[str, str], HasRow]) -> int:
        """How many entities of one kind stand in rows: under these keys, with owners of these kinds that have one; each once."""
        self._database.execute("BEGIN")
        self._database.execute("DELETE FROM rowless")
        for pair, has_row in owners.items():
            found = "SELECT DISTINCT id FROM children WHERE key = ? AND entity = ?"
            ids = (id for (id,) in self._database.execute(found, pair))
            rowless = ((*pair, id) for id in ids if not has_row(Ref(pair[1], id)))
            self._database.executemany("INSERT INTO rowless VALUES (?, ?, ?)", rowless)
        self._database.execute("COMMIT")
        places = (
            "SELECT place FROM children AS one WHERE key = ? AND entity = ? AND NOT EXISTS"
            " (SELECT 1 FROM rowless WHERE (key, entity, id) = (one.key, one.entity, one.id))"
        )
        shown = f"SELECT count(*) FROM ({' UNION '.join([places] * len(owners))})"  # noqa: S608 - no text of anybody's
        values = [value for pair in owners for value in pair]
        return int(self._database.execute(shown, values).fetchone()[0])

    def held(self, link: Ref) -> dict[str, Any] | None:
        """The fields kept of the linked entity; None when the archive does not hold it."""
        return self._read(link.entity, link.id)

    def title(self, link: Ref) -> str:
        """The title of the linked entity on one line; the one met beside the link when the entity itself is not held."""
        return self._title(link.entity, link.id) or on_one_line(link.title)

    def id(self, link: Ref) -> str:
        """The id of the linked entity that the target shall see."""
        return link.id

    def settle(self, notes: Counter[str] | None = None) -> None:
        """Called when a row is made: references that show something else than is held count it in `notes`."""

    def is_shared(self, key: str, id: str, name: str) -> bool:
        """Whether an entity with another id has a name under `key` that is `alike`.

        One that is deleted takes no name away from one that is not, nor does a person who has left: in most files they have no row.
        """
        return self._same(key, id, alike(name))

    def is_marked(self, key: str, id: str, name: str) -> bool:
        """Whether such a name gets a mark in the files. What is written keeps the name it was written by: others link to it by that.

        So only those take a name away that were written as early, and of what is new those, too, whose own rows are no longer made.
        """
        age, kind = self._age, key.partition(".")[0]
        if age is None:
            return self.is_shared(key, id, name)
        written = age(kind, id)
        if written < 0 and self.is_shared(key, id, name):
            return True
        same = "SELECT id FROM names WHERE key = ? AND name = ? AND id <> ?"
        found = self._database.execute(same, (key, alike(name), clean(id)))
        # not all at once: of thousands mostly the first one tells
        return any(age(kind, other) >= max(written, 0) for (other,) in found)

    def unique_name(self, key: str, id: str, name: str) -> str:
        """`name`, with ` #id` behind it as long as another entity has the same."""
        while self.is_marked(key, id, name):
            name = f"{name} #{id}"
        return name

    def _read_held(self, entity: str, id: str) -> dict[str, Any] | None:
        key = (entity, clean(id))
        row = self._database.execute("SELECT fields FROM held WHERE entity = ? AND id = ?", key).fetchone()
        return None if row is None else {name: _untagged(value) for name, value in json.loads(row[0]).items()}

    def _held_title(self, entity: str, id: str) -> str:
        known = self._read(entity, id)
        return on_one_line(known.get(ENTITIES[entity].title_field) or "") if known else ""

    def _read_same(self, key: str, id: str, name: str) -> bool:
        own = self._read(key.partition(".")[0], id) or {}
        same = "SELECT 1 FROM names WHERE key = ? AND name = ? AND id <> ? AND gone <= ? LIMIT 1"
        return self._database.execute(same, (key, name, clean(id), int(_is_gone(own)))).fetchone() is not None


def _is_gone(entity: Mapping[str, Any]) -> bool:
    return bool(entity.get(IS_DELETED.name)) or entity.get(IS_WORKING.name) is False


def alike(name: str) -> str:
    """The same for names that an importing program takes for one.

    Its database does not tell large letters from small ones, nor ё from е, and passes over what nobody sees.
    """
    folded = name.casefold()
    if not folded.isascii():
        folded = _marks.sub("", unicodedata.normalize("NFKD", folded))
    return clean(" ".join(folded.split()))


def on_one_line(text: str) -> str:
    """A title on one line, and whole: nothing else may tell what it says. How long one may be, cells and file names know."""
    return " ".join(text.split())


def _packed(line: Mapping[str, Any], wanted: list[str]) -> str:
    return json.dumps({name: _tagged(line[name]) for name in wanted if line.get(name) is not None})


def _tagged(value: Any) -> Any:
    """A value as JSON: texts, numbers and truths as they are, all else as [name of its type, …]."""
    if isinstance(value, Ref):
        return ["ref", *value]
    if isinstance(value, Moment):
        return ["moment", value.at.isoformat(), value.original]
    if isinstance(value, Money):
        return ["money", str(value.amount), value.currency]
    if isinstance(value, list):
        return ["list", *map(_tagged, value)]
    if isinstance(value, Mapping):
        return {key: _tagged(item) for key, item in value.items()}
    if isinstance(value, (date, Decimal)):
        return [type(value).__name__.lower(), str(value)]
    return value


_MAKE: dict[str, Any] = {
    "ref": Ref,
    "moment": lambda at, original: Moment(datetime.fromisoformat(at), original),
    "money": lambda amount, currency: Money(Decimal(amount), currency),
    "list": lambda *items: [_untagged(item) for item in items],
    "date": date.fromisoformat,
    "decimal": Decimal,
}


def _untagged(value: Any) -> Any:
    if isinstance(value, list):
        return _MAKE[value[0]](*value[1:])
    if isinstance(value, dict):
        return {key: _untagged(item) for key, item in value.items()}
    return value
