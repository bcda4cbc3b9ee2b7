"""Where records lack something that they announced: a surplus at one record does not make up for it.

What nobody announced, say the comments of records that do not count theirs, would hide in the sum of a stream what is missing
elsewhere in it.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, exists, func, literal, or_, select, union_all

from crmexport.archive.answers import LINKED
from crmexport.archive.database import Database
from crmexport.archive.schema import announced, gaps, records
from crmexport.source import GapKind


def shortfalls(database: Database) -> dict[str, int]:
    """How many records of each stream are missing under records that are held and that announced them.

    What stands under nothing may be some of them, and is taken off. A record for which a gap says that something is missing
    under it, or under all of its kind, is left out. Streams that lack nothing are left out as well.
    """
    lacking = _lacking()
    line = select(lacking.c.stream, func.sum(lacking.c.number)).group_by(lacking.c.stream)
    found = {stream: int(number) for stream, number in database.connection.execute(line)}
    loose = _loose(database, list(found))
    rest = {stream: number - loose.get(stream, 0) for stream, number in found.items()}
    return {stream: number for stream, number in rest.items() if number > 0}


def short_at(database: Database, stream: str, limit: int) -> Iterator[str]:
    """The first `limit` records (as `stream/id`) under which something of `stream` is missing."""
    lacking = _lacking()
    where = (lacking.c.parent_stream, lacking.c.parent_id)
    line = select(*where).where(lacking.c.stream == stream).order_by(*where).limit(limit)
    for kind, id in database.connection.execute(line):
        yield f"{kind}/{id}"


def _lacking() -> Any:
    """The difference for every record that has less than it announced."""
    scope = announced.c.scope
    told = select(
        announced.c.stream,
        func.split_part(scope, "/", 1).label("parent_stream"),
        func.split_part(scope, "/", 2).label("parent_id"),
        announced.c.number,
    ).where(announced.c.number != 0, ~scope.startswith(LINKED, autoescape=True))
    held = select(
        records.c.stream, records.c.parent_stream, records.c.parent_id, literal(-1).label("number")
    ).where(records.c.deleted.is_(None), records.c.parent_id.is_not(None))
    both = union_all(told, held).subquery()
    where = (both.c.stream, both.c.parent_stream, both.c.parent_id)
    number = func.sum(both.c.number)
    short = select(*where, number.label("number")).group_by(*where).having(number > 0).subquery()
    parent = records.alias()
    is_held = and_(
        parent.c.stream == short.c.parent_stream,
        parent.c.id == short.c.parent_id,
        parent.c.deleted.is_(None),
    )
    return select(short).join(parent, is_held).where(~_is_told(short)).subquery()


def _is_told(short: Any) -> Any:
    """Whether a gap says that what this record announced is missing."""
    its = short.c.parent_stream + "/" + short.c.parent_id
    is_it = or_(gaps.c.id == its, gaps.c.id == short.c.parent_stream)
    return exists().where(gaps.c.stream == short.c.stream, is_it, gaps.c.kind != GapKind.NOT_GIVEN.value)


def _loose(database: Database, streams: list[str]) -> dict[str, int]:
    """How many held records of `streams` stand under no other."""
    is_loose = and_(records.c.stream.in_(streams), records.c.parent_id.is_(None), records.c.deleted.is_(None))
    line = select(records.c.stream, func.count()).where(is_loose).group_by(records.c.stream)
    return {stream: int(number) for stream, number in database.connection.execute(line)}
