"""Fields that records had and have no more: hidden from whoever signs in now, or deleted.

A source that hides a field leaves it out, and a record that changed otherwise, too, is replaced by one without it. Which fields these
are is an entry of the archive's own card: what records said in them before stands in earlier versions, where exports find it (filling.py).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from crmexport.archive.database import Database
from crmexport.archive.earlier import Earlier, Fields
from crmexport.archive.entries import keep, kept
from crmexport.archive.schema import records, versions
from crmexport.archive.walking import steps
from crmexport.archive.wording import step
from crmexport.source import Key

ENTRY = "withheld"
MOST = 60  # records of each stream that are looked at for fields of which nobody knows yet
LOOKED_BACK = 5  # versions of each of them
ENOUGH = 3  # so many lack a field, and not one has it

Missing = Callable[[str, Fields, Fields], Iterable[str]]
"""Which fields a record of a stream lacks now that it had before, by its two bodies (see `Connector.missing_fields`)."""


class Withheld(NamedTuple):
    """A field of a stream, and the id of a record that lacks it."""

    stream: str
    field: str
    example: str


_streams = select(versions.c.stream).distinct().order_by(versions.c.stream)
_replaced = step(
    select(versions.c.id)
    .join(records, (records.c.stream == versions.c.stream) & (records.c.id == versions.c.id))
    .where(
        versions.c.stream == bindparam("of"), versions.c.id > bindparam("last"), records.c.deleted.is_(None)
    )
    .distinct()
    .order_by(versions.c.id)
)


def noted(database: Database) -> Mapping[str, frozenset[str]]:
    """The fields of each stream that were withheld when the last pull ended."""
    return kept(database, ENTRY, _fields, {})


def _fields(told: Any) -> dict[str, frozenset[str]]:
    return {str(stream): frozenset(map(str, names)) for stream, names in told.items()}


def withheld(database: Database, missing: Missing) -> list[Withheld]:
    """The fields that some replaced records lack now, and none of those that were looked at has; and those that were withheld before,
    as long as any record lacks them: what has changed since has its fields again, and all else waits for a full pull.

    They are noted. Belongs into the caller's transaction.
    """
    known = noted(database)
    looking = _Looking(database, missing)
    streams = [str(stream) for (stream,) in database.connection.execute(_streams)]
    found = [one for stream in streams for one in looking.at(stream, known.get(stream, frozenset()))]
    fields: dict[str, list[str]] = defaultdict(list)
    for one in found:
        fields[one.stream].append(one.field)
    if known or found:
        keep(database, ENTRY, fields)
    return found


class _Looking:
    """Compares what replaced records say with what they said before."""

    def __init__(self, database: Database, missing: Missing) -> None:
        self._database = database
        self._missing = missing
        self._earlier = Earlier(database)

    def at(self, stream: str, known: frozenset[str]) -> list[Withheld]:
        """What is withheld of a stream, of which so much is known."""
        examples = {**self._new(stream), **self._still(stream, known)}
        return [Withheld(stream, *one) for one in sorted(examples.items())]

    def _still(self, stream: str, known: frozenset[str]) -> Mapping[str, str]:
        """A record for each of the `known` fields that any lacks, however often it was replaced without it."""
        found: dict[str, str] = {}
        keys = self._replaced(stream)
        while len(found) < len(known) and (key := next(keys, None)):
            now = self._earlier.now(key)
            lacking = known - now.keys() - found.keys()
            lost = self._lost(key, now, self._earlier.before(key)) if lacking else ()
            found.update((field, key[1]) for field in lost if field in lacking)
        return found

    def _new(self, stream: str) -> Mapping[str, str]:
        """A record for each field that some of the first records lack, and none has."""
        lacking: dict[str, list[str]] = defaultdict(list)
        there: Counter[str] = Counter()
        for key in islice(self._replaced(stream), MOST):
            now = self._earlier.now(key)
            lately = islice(self._earlier.before(key), LOOKED_BACK)
            for field in self._lost(key, now, lately):
                lacking[field].append(key[1])
            there.update(now.keys())
        return {field: ids[0] for field, ids in lacking.items() if len(ids) >= ENOUGH and not there[field]}

    def _lost(self, key: Key, now: Fields, before: Iterable[Fields]) -> Iterator[str]:
        """The fields that a record lacks `now` of those that it had `before` (the newest first), each by the last version that had it.

        Each version is compared whole: what else it says may tell why a field is not there any more.
        """
        seen: set[str] = set()
        for body in before:
            yield from (field for field in self._missing(key[0], body, now) if field not in seen)
            seen |= body.keys()

    def _replaced(self, stream: str) -> Iterator[Key]:
        """The records of a stream that said something else before, by id."""
        connection = self._database.connection

        def after(last: str) -> list[Any]:
            return list(connection.execute(_replaced, {"of": stream, "last": last}))

        for batch in steps(after, itemgetter(0), before=""):
            yield from ((stream, str(id)) for (id,) in batch)
