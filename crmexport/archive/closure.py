"""What is left to fetch one by one: records that others link to and that no list gave; records that no list shows any more."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import and_, exists, select

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


def _beyond(table: Any, after: tuple[str, str]) -> Any:
    return (table.c.stream > after[0]) | and_(table.c.stream == after[0], table.c.id > after[1])
