"""Where records lack something that they announced: a surplus at one record does not make up for it.

What nobody announced, say the comments of records that do not count theirs, would hide in the sum of a stream what is missing
elsewhere in it.
"""

from typing import Any

from sqlalchemy import and_, bindparam, exists, func, or_, select, union_all

from crmexport.archive.among import among
from crmexport.archive.asking import DOUBTED
from crmexport.archive.database import Database
from crmexport.archive.schema import announced, gaps, records
from crmexport.archive.wording import IS_LINKED, number, part, text
from crmexport.source import GapKind, Key


def _announced() -> Any:
    """How many each record announced, whatever stream it is of; what only links told of is left out."""
    scope = announced.c.scope
    return select(
        announced.c.stream,
        part(scope, 1).label("parent_stream"),
        part(scope, 2).label("parent_id"),
        announced.c.number,
    ).where(announced.c.number != number(0), ~IS_LINKED)


def _lacking() -> Any:
    """The difference for every record that has less than it announced."""
    held = select(
        records.c.stream, records.c.parent_stream, records.c.parent_id, number(-1).label("number")
    ).where(records.c.deleted.is_(None), records.c.parent_id.is_not(None))
    both = union_all(_announced(), held).subquery()
    where = (both.c.stream, both.c.parent_stream, both.c.parent_id)
    lack = func.sum(both.c.number)
    short = select(*where, lack.label("number")).group_by(*where).having(lack > number(0)).subquery()
    parent = records.alias()
    is_held = and_(
        parent.c.stream == short.c.parent_stream,
        parent.c.id == short.c.parent_id,
        parent.c.deleted.is_(None),
    )
    return select(short).join(parent, is_held).where(~_is_told(short)).subquery()


def _is_told(short: Any) -> Any:
    """Whether a gap says that what this record announced is missing."""
    its = short.c.parent_stream + text("/") + short.c.parent_id
    is_it = or_(gaps.c.id == its, gaps.c.id == short.c.parent_stream)
    is_loss = gaps.c.kind != text(GapKind.NOT_GIVEN.value)
    return exists().where(gaps.c.stream == short.c.stream, is_it, is_loss)


_short = _lacking()
_by_stream = select(_short.c.stream, func.sum(_short.c.number)).group_by(_short.c.stream)
_place = (_short.c.parent_stream, _short.c.parent_id)
_short_of = (
    select(*_place)
    .where(_short.c.stream == bindparam("of"))
    .order_by(*_place)
    .limit(bindparam("most"))
    .offset(number(0))
)
_loose = (
    select(records.c.stream, func.count())
    .where(among(records.c.stream, "of"), records.c.parent_id.is_(None), records.c.deleted.is_(None))
    .group_by(records.c.stream)
)


def shortfalls(database: Database) -> dict[str, int]:
    """How many records of each stream are missing under records that are held and that announced them.

    What stands under nothing may be some of them, and is taken off. A record for which a gap says that something is missing
    under it, or under all of its kind, is left out. Streams that lack nothing are left out as well.
    """
    found = {stream: int(lack) for stream, lack in database.found(_by_stream, ())}
    loose = dict(database.found(_loose, (database.listed(sorted(found)),))) if found else {}
    rest = {stream: lack - int(loose.get(stream, 0)) for stream, lack in found.items()}
    return {stream: lack for stream, lack in rest.items() if lack > 0}


def doubted(database: Database, limit: int) -> list[Key]:
    """The first `limit` records of which a list is “not there”, though they are held and told of some in it."""
    return [(str(stream), str(id)) for stream, id in database.found(DOUBTED, (limit,))]


def short_of(database: Database, stream: str, limit: int) -> list[Key]:
    """The first `limit` records under which something of `stream` is missing."""
    return [(str(kind), str(id)) for kind, id in database.found(_short_of, (stream, limit))]
