"""What rows of others show of an entity by their `children`, and what their cells have no room for."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from crmexport.fitting.accounts import Fate, better
from crmexport.fitting.tracing import CUSTOM, Trace, Unit, as_cells, places
from crmexport.mapping.to import Made, Plan, Shown
from crmexport.mapping.to.custom_path import custom_path, tell_all
from crmexport.mapping.to.paths import Path
from crmexport.mapping.to.repeat import Children
from crmexport.mapping.to.scratch import clean
from crmexport.mapping.to.shown import words
from crmexport.model import Money, Ref
from crmexport.model.fields import SOURCE_ID

_TABLES = """
CREATE TABLE rows (place TEXT, id TEXT, PRIMARY KEY (place, id)) WITHOUT ROWID;
CREATE TABLE unsaid (place TEXT, id TEXT, number INTEGER, fate TEXT, PRIMARY KEY (place, id, number)) WITHOUT ROWID;
CREATE TABLE met (place TEXT, id TEXT, number INTEGER, PRIMARY KEY (place, id)) WITHOUT ROWID;
"""


class Telling(NamedTuple):
    """A column that shows other entities: its table, its place in all the tables, and the list."""

    table: str
    place: str
    children: Children


def telling(plan: Plan) -> list[Telling]:
    """The columns of a table that show other entities."""
    columns = ((number, made.children) for number, made in enumerate(plan.columns))
    return [Telling(plan.name, _place(plan, number), found) for number, found in columns if found]


def _place(plan: Plan, number: int) -> str:
    return f"{plan.name} {number}"


class RowsMet:
    """Which entities have a row, by table, and what these have no room for. In a scratch database: memory stays flat."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._full: set[str] = set()
        database.executescript(_TABLES)

    def add(self, table: str, id: str) -> None:
        """Note that an entity has a row in a table."""
        self._database.execute("INSERT OR IGNORE INTO rows VALUES (?, ?)", (table, clean(id)))

    def has(self, table: str, id: str) -> bool:
        """Whether it has one."""
        key = (table, clean(id))
        return (
            self._database.execute("SELECT 1 FROM rows WHERE place = ? AND id = ?", key).fetchone()
            is not None
        )

    def note(self, trace: Trace, id: str) -> None:
        """Note which of the others that a row is to show stand in none of its cells, and why."""
        columns = enumerate(zip(trace.plan.columns, trace.cells, trace.by_column, strict=True))
        for number, (made, cell, moves) in columns:
            if made.children and any(move.text not in trace.said for move in moves):
                shown, key = trace.row.shown, (_place(trace.plan, number), clean(id))
                texts = shown.references.children(shown.keyed(made.children.key), trace.plan.entity, id)
                lines = [(*key, *one) for one in _unsaid(made, cell, texts, trace.said)]
                self._full.add(key[0])
                self._database.executemany("INSERT OR IGNORE INTO unsaid VALUES (?, ?, ?, ?)", lines)

    def fate_of_next(self, place: str, id: str) -> Fate:
        """The fate of the next entity that a row is to show: they come in the order in which it shows them."""
        if place not in self._full:
            return Fate.COLUMN
        key = (place, clean(id))
        self._database.execute(
            "INSERT INTO met VALUES (?, ?, 0) ON CONFLICT (place, id) DO UPDATE SET number = number + 1", key
        )
        wanted = "SELECT fate FROM unsaid JOIN met USING (place, id, number) WHERE place = ? AND id = ?"
        found = self._database.execute(wanted, key).fetchone()
        return Fate(found[0]) if found else Fate.COLUMN


def _unsaid(made: Made, cell: Any, texts: Sequence[str], said: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The numbers of the texts that stand in no cell, nor in the overflow column, with the fate of each: cut, or without a column."""
    cells = [" ".join(str(one).split()) for one in as_cells(cell) if one is not None]
    rest = [" ".join(one.split()) for one in said]
    room = len(cells) if made.repeat or not cells else len(texts)
    for number, text in enumerate(texts):
        if not any(" ".join(text.split()) in one for one in (rest if number >= room else cells + rest)):
            yield number, (Fate.NO_COLUMN if number >= room and not said else Fate.LIMIT).value


def within(
    entity: Mapping[str, Any], columns: Sequence[Telling], rows: RowsMet, shown: Shown
) -> dict[Unit, Fate] | None:
    """The fates of the values that rows of others read of an entity; None when it belongs to none of them."""
    found: dict[Unit, Fate] = {}
    is_within = False
    for column in columns:
        child = column.children
        links = child.links(entity, shown.references)
        for id in dict.fromkeys(link.id for link in links if link.entity == child.parent):
            if rows.has(column.table, id):
                is_within = True
                owner = Ref(child.parent, id)
                for unit, fate in _told(entity, child, owner, rows.fate_of_next(column.place, id), shown):
                    found[unit] = better(found.get(unit), fate)
    return found if is_within else None


def _told(
    entity: Mapping[str, Any], child: Children, owner: Ref, fate: Fate, shown: Shown
) -> Iterator[tuple[Unit, Fate]]:
    """The values that one list reads: those of which its text says something fare as the entity does, in the row of `owner`."""
    said = child.said(entity, shown)
    names = {child.by, *(path.field.name for path in said)}
    spoken = frozenset(words(child.text(entity, shown)))
    for name in child.fields:
        value = entity.get(name)
        if name == CUSTOM:
            found = (custom_path(path.text) for path in said)
            yield from (((CUSTOM, one.key), fate) for one in found if one)
        elif isinstance(value, list):
            is_said = any(path.field.name == name for path in said)
            items = {*(places(said, name, value) if is_said else ())}
            items |= {*(_leading_to(owner, value) if name == child.by else ())}
            yield from (((name, place), fate) for place in sorted(items))
        elif name in names or (value and spoken.issuperset(words(shown.text(value) or ""))):
            yield (name, 0), Fate.PART if fate is Fate.COLUMN and _is_part(said, name, value) else fate
        elif value and name != SOURCE_ID.name:
            yield (name, 0), _unsaid_by(value, shown)
        elif value is not None and value is not False:
            yield (name, 0), Fate.LEFT_OUT  # a zero, of which a text does not speak; or an id


def _leading_to(owner: Ref, links: Sequence[Any]) -> Sequence[int]:
    """The places of the links by which something stands in the row of `owner`; all of them, where it is a third that leads there."""
    own = [place for place, one in enumerate(links) if isinstance(one, Ref) and one[:2] == owner[:2]]
    return own or range(len(links))


def _unsaid_by(value: Any, shown: Shown) -> Fate:
    """The fate of a value that a text reads, and whose place in it has something else, or nothing."""
    is_lost = isinstance(value, Ref) and shown.references.held(value) is None
    return Fate.NOT_HELD if is_lost else Fate.ELSEWHERE


def _is_part(said: Sequence[Path], name: str, value: Any) -> bool:
    """Whether paths tell only a part of an amount."""
    parts = {path.text.partition(".")[2] for path in said if path.field.name == name}
    return isinstance(value, Money) and not tell_all(parts, value)
