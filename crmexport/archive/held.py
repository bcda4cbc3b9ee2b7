"""What the archive holds of records before an answer is kept: where each lies, and whether an answer says otherwise."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, exists, or_, select

from crmexport.archive import schema
from crmexport.archive.among import among
from crmexport.archive.database import Database
from crmexport.archive.packing import unpack
from crmexport.source import Key
from crmexport.source.slices import decoded

Same = Callable[[str, Any, Any], bool]


class Held(NamedTuple):
    """A record in the index: the hash and place of its bytes, since when it is deleted, if it is, and under which record it stands."""

    id: str
    sha256: bytes
    response: int
    start: int
    end: int
    deleted: str | None
    parent_stream: str | None
    parent_id: str | None


_held = select(*(schema.records.c[name] for name in Held._fields)).where(
    schema.records.c.stream == bindparam("of"), among(schema.records.c.id, "ids")
)
_was_held = (
    exists()
    .where(schema.versions.c.stream == bindparam("its_stream"), schema.versions.c.id == bindparam("its"))
    .where(schema.versions.c.response <= bindparam("by"))
)
_held_after = select(schema.records.c.id).where(
    schema.records.c.stream == bindparam("of"),
    schema.records.c.id == bindparam("id_"),
    or_(schema.records.c.response <= bindparam("after"), _was_held),
)
_body = select(schema.responses.c.body).where(schema.responses.c.id == bindparam("number"))


def equal(stream: str, before: Any, now: Any) -> bool:
    """Two bodies say the same when all is equal: where no connector knows better."""
    return bool(before == now)


def has_moved(row: tuple[Any, ...], old: Held) -> bool:
    """Whether a record (as its row in the index) stands under another one than before.

    A list that names no parent says nothing of it. One that names a parent without an id says that it stands under none.
    """
    if row[6] is None or not (row[7] or old.parent_id):
        return False
    return row[6:8] != (old.parent_stream, old.parent_id)


class HeldRecords:
    """Looks at held records, deleted ones included. `same` tells whether two decoded bodies say the same (see `Connector.is_same`)."""

    def __init__(self, database: Database, same: Same = equal) -> None:
        self._database = database
        self._same = same

    def places(self, keys: Iterable[Key]) -> dict[Key, Held]:
        """Each of these records that is held."""
        return {
            (stream, found[0]): Held(*found)
            for stream, ids in by_stream(keys).items()
            for found in self._database.found(_held, (stream, self._database.listed(ids)))
        }

    def bearers(self, file: str) -> list[Key]:
        """The records that a file hangs on, without deleted ones."""
        table, owners = schema.records.c, schema.file_owners.c
        is_its = and_(owners.stream == table.stream, owners.id == table.id)
        line = select(table.stream, table.id).join_from(schema.records, schema.file_owners, is_its)
        line = line.where(owners.file == file, table.deleted.is_(None)).order_by(table.stream, table.id)
        return [(stream, id) for stream, id in self._database.connection.execute(line)]

    def any_under(self, stream: str, parent: str) -> bool:
        """Whether anything of `stream` is held that stands under records of the stream `parent`."""
        return self._any(schema.records.c.stream == stream, schema.records.c.parent_stream == parent)

    def any_of(self, stream: str) -> bool:
        """Whether anything of `stream` is held that is not marked as deleted."""
        return self._any(schema.records.c.stream == stream, schema.records.c.deleted.is_(None))

    def _any(self, *wanted: ColumnElement[bool]) -> bool:
        line = select(schema.records.c.id).where(*wanted).limit(1)
        return self._database.connection.execute(line).first() is not None

    def lacking(self, keys: Collection[Key]) -> set[Key]:
        """Which of these records are not held, or only as deleted."""
        return set(keys) - {key for key, old in self.places(keys).items() if old.deleted is None}

    def held_after(self, answers: Mapping[Key, int]) -> set[Key]:
        """Those of these records that were held already after so many answers, be it in another version."""
        return {
            (stream, id)
            for (stream, id), number in answers.items()
            if self._database.found(_held_after, (stream, id, number, stream, id, number))
        }

    def outdated(self, glimpses: Mapping[Key, Mapping[str, Any]]) -> set[Key]:
        """Which held records say otherwise than these parts of them. What a held one lacks is no sign."""
        places: dict[int, list[tuple[Key, Held]]] = defaultdict(list)
        for key, old in self.places(glimpses).items():
            places[old.response].append((key, old))
        found: set[Key] = set()
        for response, here in places.items():  # one by one: a hundred bodies at once would fill the memory
            body = self.bodies({response})[response]
            found |= {
                key
                for key, old in here
                if self._says_otherwise(key[0], body[old.start : old.end], glimpses[key])
            }
        return found

    def _says_otherwise(self, stream: str, held: bytes, glimpse: Mapping[str, Any]) -> bool:
        before = decoded(held)
        both = [name for name in glimpse if name in before]
        return not self._same(
            stream, {name: before[name] for name in both}, {name: glimpse[name] for name in both}
        )

    def says_the_same(
        self, row: tuple[Any, ...], body: bytes, old: Held, bodies: Mapping[int, bytes]
    ) -> bool:
        """Whether a record (as its row in the index) says what it said before, and where, though it is written differently."""
        if has_moved(row, old):
            return False
        before = decoded(bodies[old.response][old.start : old.end])
        return self._same(row[0], before, decoded(body[row[4] : row[5]]))

    def bodies(self, responses: Collection[int]) -> dict[int, bytes]:
        """The bodies of stored answers by their numbers."""
        return {one: unpack(self._database.found(_body, (one,))[0][0]) for one in sorted(responses)}


def by_stream(keys: Iterable[Key]) -> dict[str, list[str]]:
    """The ids of each stream."""
    asked: dict[str, list[str]] = defaultdict(list)
    for stream, id in keys:
        asked[stream].append(id)
    return asked
