"""Fields that records had and have no more: hidden from whoever signs in now, or deleted.

A source that hides a field leaves it out, and a record that changed otherwise, too, is replaced by one without it. The version before
is kept, but no file shows it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select

from crmexport.archive.database import Database
from crmexport.archive.held import HeldRecords
from crmexport.archive.schema import records, versions
from crmexport.source.slices import decoded

MOST = 60  # records of each stream that are looked at
ENOUGH = 3  # so many lack a field, and not one has it

Fields = dict[str, Any]
Missing = Callable[[str, Fields, Fields], Iterable[str]]
"""Which fields a record of a stream lacks now that it had before, by its two bodies (see `Connector.missing_fields`)."""


class Withheld(NamedTuple):
    """A field of a stream, how many of the records that were looked at lack it, and one of these."""

    stream: str
    field: str
    records: int
    example: str


_latest = (
    select(func.max(versions.c.number).label("number"), versions.c.stream, versions.c.id)
    .where(versions.c.stream == bindparam("of"))
    .group_by(versions.c.stream, versions.c.id)
    .order_by(versions.c.id)
    .limit(MOST)
    .subquery()
)
_place = ("response", "start", "end")
_pairs = (
    select(
        records.c.id,
        *(versions.c[name].label(f"before_{name}") for name in _place),
        *(records.c[name] for name in _place),
    )
    .join_from(_latest, versions, versions.c.number == _latest.c.number)
    .join(records, (records.c.stream == _latest.c.stream) & (records.c.id == _latest.c.id))
    .where(records.c.deleted.is_(None))
)
_replaced = select(versions.c.stream).distinct().order_by(versions.c.stream)


def withheld(database: Database, missing: Missing, known: Collection[str] = ()) -> Iterator[Withheld]:
    """The fields that some replaced records lack now, and none of those that were looked at has.

    Of streams where that is `known` already, those that any of them lacks: what has changed since has its fields again, and all else
    waits for a full pull.
    """
    for (stream,) in database.connection.execute(_replaced).all():
        lacking, there = _looked_at(database, stream, missing)
        for field, ids in sorted(lacking.items()):
            if stream in known or (len(ids) >= ENOUGH and not there[field]):
                yield Withheld(stream, field, len(ids), ids[0])


def _looked_at(
    database: Database, stream: str, missing: Missing
) -> tuple[Mapping[str, list[str]], Counter[str]]:
    """Which records lack a field, and how many have it."""
    lacking: dict[str, list[str]] = defaultdict(list)
    there: Counter[str] = Counter()
    for id, before, now in _bodies(database, stream):
        for field in missing(stream, before, now):
            lacking[field].append(id)
        there.update(now.keys())
    return lacking, there


def _bodies(database: Database, stream: str) -> Iterator[tuple[str, Fields, Fields]]:
    """Some replaced records: what they said before, and say now. Where either is damaged, a check of the archive tells."""
    held = HeldRecords(database)

    @lru_cache(maxsize=4)  # neighbours mostly came in the same answers
    def body(number: int) -> bytes:
        return held.bodies({number})[number]

    for id, *places in database.connection.execute(_pairs, {"of": stream}).all():
        said = [_said(body(number), start, end) for number, start, end in (places[:3], places[3:])]
        if all(said):
            yield id, said[0], said[1]


def _said(body: bytes, start: int, end: int) -> Fields:
    try:
        found = decoded(body[start:end])
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
