"""What is left to fetch one by one: records that others link to and that no list gave; records that no list shows (any more)."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import and_, exists, func, select

from crmexport.archive.database import Database
from crmexport.archive.schema import gaps, links, records
from crmexport.source import GapKind


def linked_not_held(database: Database, after: tuple[str, str], most: int) -> list[tuple[str, str]]:
    """Up to `most` linked records (stream, id) beyond `after`, in order, that are neither held nor known as gaps."""
    held = exists().where(records.c.stream == links.c.stream, records.c.id == links.c.id)
    missing = exists().where(gaps.c.stream == links.c.stream, gaps.c.id == links.c.id)
    line = select(links.c.stream, links.c.id).where(_beyond(links, after), ~held, ~missing)
    found = database.connection.execute(line.order_by(links.c.stream, links.c.id).limit(most))
    return [(row.stream, row.id) for row in found]


def unlisted(
    database: Database, streams: Collection[str], pass_: int, after: tuple[str, str], most: int
) -> list[tuple[str, str]]:
    """Up to `most` held records of `streams` beyond `after`, in order, that lists showed before but not in this pass."""
    line = select(records.c.stream, records.c.id).where(
        records.c.stream.in_(streams),
        records.c.listed.between(1, pass_ - 1),
        records.c.deleted.is_(None),
        _beyond(records, after),
    )
    found = database.connection.execute(line.order_by(records.c.stream, records.c.id).limit(most))
    return [(row.stream, row.id) for row in found]


def count_unlisted(database: Database, stream: str, pass_: int) -> tuple[int, int]:
    """How many held records of `stream` lists showed before but not in this pass, and how many are held in all."""
    held = and_(records.c.stream == stream, records.c.deleted.is_(None))
    line = select(func.count().filter(records.c.listed.between(1, pass_ - 1)), func.count()).where(held)
    missing, all_ = database.connection.execute(line).one()
    return int(missing), int(all_)


def hidden(database: Database, after: tuple[str, str], most: int) -> list[tuple[str, str]]:
    """Up to `most` held records beyond `after`, in order, that no list showed when they were last read: only their card did."""
    line = select(records.c.stream, records.c.id).where(_is_hidden(), _beyond(records, after))
    found = database.connection.execute(line.order_by(records.c.stream, records.c.id).limit(most))
    return [(row.stream, row.id) for row in found]


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


def _beyond(table: Any, after: tuple[str, str]) -> Any:
    return (table.c.stream > after[0]) | and_(table.c.stream == after[0], table.c.id > after[1])
