"""What is left to fetch one by one: records that others link to and that no list gave; records that no list shows any more."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import and_, exists, func, select

from crmexport.archive.database import Database
from crmexport.archive.schema import gaps, links, records


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


def _beyond(table: Any, after: tuple[str, str]) -> Any:
    return (table.c.stream > after[0]) | and_(table.c.stream == after[0], table.c.id > after[1])
