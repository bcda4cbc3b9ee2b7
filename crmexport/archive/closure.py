"""What is left to fetch one by one: records that others link to and that no list gave; records that no list shows (any more)."""

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import and_, exists, func, select

from crmexport.archive.database import Database
from crmexport.archive.held import Key
from crmexport.archive.schema import gaps, links, records
from crmexport.archive.walking import steps
from crmexport.source import GapKind

AT_ONCE = 500


def linked_not_held(database: Database) -> Iterator[list[Key]]:
    """The records that others link to, neither held nor known as gaps: in order, some at a time."""
    held = exists().where(records.c.stream == links.c.stream, records.c.id == links.c.id)
    missing = exists().where(gaps.c.stream == links.c.stream, gaps.c.id == links.c.id)
    return _walked(database, links, ~held, ~missing)


def unlisted(database: Database, streams: Collection[str], pass_: int) -> Iterator[list[Key]]:
    """The held records of `streams` that lists showed before but not in this pass: in order, some at a time."""
    is_unlisted = records.c.listed.between(1, pass_ - 1)
    return _walked(database, records, records.c.stream.in_(streams), is_unlisted, records.c.deleted.is_(None))


def count_unlisted(database: Database, streams: Collection[str], pass_: int) -> dict[str, tuple[int, int]]:
    """For each of `streams` of which any are held: how many lists showed before but not in this pass, and how many there are in all."""
    held = and_(records.c.stream.in_(streams), records.c.deleted.is_(None))
    missing = func.count().filter(records.c.listed.between(1, pass_ - 1))
    line = select(records.c.stream, missing, func.count()).where(held).group_by(records.c.stream)
    return {stream: (int(gone), int(all_)) for stream, gone, all_ in database.connection.execute(line)}


def hidden(database: Database, streams: Collection[str] | None = None) -> Iterator[list[Key]]:
    """The held records that no list showed when they were last read, only their card: in order, some at a time.

    Of all streams, or of these.
    """
    of_these = () if streams is None else (records.c.stream.in_(streams),)
    return _walked(database, records, _is_hidden(), *of_these)


def hidden_and_gone(database: Database) -> dict[str, list[str]]:
    """The ids of hidden records, by stream, that the source answered with “no such thing” when it was asked for them again."""
    is_gone = and_(gaps.c.stream == records.c.stream, gaps.c.id == records.c.id)
    line = select(records.c.stream, records.c.id).join(gaps, is_gone)
    line = line.where(_is_hidden(), gaps.c.kind == GapKind.VANISHED.value)
    found: dict[str, list[str]] = {}
    for stream, id in database.connection.execute(line.order_by(records.c.stream, records.c.id)):
        found.setdefault(stream, []).append(id)
    return found


def count_hidden(database: Database, stream: str) -> int:
    """How many records of `stream` are hidden, those that may be gone included."""
    line = select(func.count()).select_from(records).where(records.c.stream == stream, _is_hidden())
    return int(database.connection.execute(line).scalar_one())


def _is_hidden() -> Any:
    return and_(records.c.listed == 0, records.c.deleted.is_(None))


def _walked(database: Database, table: Any, *wanted: Any) -> Iterator[list[Key]]:
    """The keys of these rows."""
    key = (table.c.stream, table.c.id)
    line = select(*key).where(*wanted).order_by(*key).limit(AT_ONCE)

    def beyond(last: Key) -> list[Key]:
        return _keys(database, line.where((key[0] > last[0]) | and_(key[0] == last[0], key[1] > last[1])))

    return steps(beyond, lambda key: key, before=("", ""))


def _keys(database: Database, line: Any) -> list[Key]:
    return [(row.stream, row.id) for row in database.connection.execute(line)]
