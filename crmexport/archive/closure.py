"""What is left to fetch one by one: records that others link to and that no list gave; records that no list shows (any more)."""

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, or_, select

from crmexport.archive.among import among
from crmexport.archive.database import Database
from crmexport.archive.schema import gaps, links, records
from crmexport.archive.walking import steps
from crmexport.archive.wording import HANGS_ON_DELETED, number, step, text
from crmexport.source import GapKind, Key


def _walk(table: Any, *wanted: Any) -> Any:
    """The statement for one step of a walk through the keys of these rows."""
    stream, id = table.c.stream, table.c.id
    is_beyond = or_(stream > bindparam("after"), and_(stream == bindparam("within"), id > bindparam("last")))
    return step(select(stream, id).where(*wanted, is_beyond).order_by(stream, id))


_is_held = exists().where(records.c.stream == links.c.stream, records.c.id == links.c.id)
_is_missed = exists().where(gaps.c.stream == links.c.stream, gaps.c.id == links.c.id)
_linked = _walk(links, ~_is_held, ~_is_missed)
_lists = gaps.alias()
_list_is_lost = exists().where(_lists.c.stream == gaps.c.stream, _lists.c.id == text(""))
_is_looked_at = records.c.listed.in_([number(0), bindparam("now")])
_refused = _walk(
    gaps,
    gaps.c.kind == text(GapKind.REFUSED.value),
    ~_list_is_lost,
    exists().where(links.c.stream == gaps.c.stream, links.c.id == gaps.c.id),
    ~exists().where(records.c.stream == gaps.c.stream, records.c.id == gaps.c.id, ~_is_looked_at),
)
_of_these = among(records.c.stream, "streams")
_is_unlisted = records.c.listed.between(number(1), bindparam("before"))
_unlisted = _walk(records, _of_these, _is_unlisted, records.c.deleted.is_(None))
_count_unlisted = (
    select(records.c.stream, func.count().filter(_is_unlisted), func.count())
    .where(_of_these, records.c.deleted.is_(None))
    .group_by(records.c.stream)
)
_is_shown = records.c.listed == bindparam("now")
_bereft = _walk(records, _of_these, _is_shown, records.c.deleted.is_(None), HANGS_ON_DELETED)
_is_hidden = and_(records.c.listed == number(0), records.c.deleted.is_(None))
_all_hidden = _walk(records, _is_hidden)
_hidden_of_these = _walk(records, _of_these, _is_hidden)
_count_hidden = select(func.count()).where(records.c.stream == bindparam("of"), _is_hidden)
_hidden_and_gone = (
    select(records.c.stream, records.c.id)
    .join(gaps, and_(gaps.c.stream == records.c.stream, gaps.c.id == records.c.id))
    .where(_is_hidden, gaps.c.kind == bindparam("kind"))
    .order_by(records.c.stream, records.c.id)
)


def linked_not_held(database: Database) -> Iterator[list[Key]]:
    """The records that others link to, neither held nor known as gaps: in order, some at a time."""
    return _walked(database, _linked)


def refused(database: Database, pass_: int) -> Iterator[list[Key]]:
    """The records that others link to, that were refused, and no list of their streams is: in order, some at a time.

    Of those that are held, only what no list shows, or one showed in this pass.
    """
    return _walked(database, _refused, pass_)


def unlisted(database: Database, streams: Collection[str], pass_: int) -> Iterator[list[Key]]:
    """The held records of `streams` that lists showed before but not in this pass: in order, some at a time."""
    return _walked(database, _unlisted, database.listed(sorted(streams)), pass_ - 1)


def bereft(database: Database, streams: Collection[str], pass_: int) -> Iterator[list[Key]]:
    """The held records of `streams` that lists showed in this pass, and what they hang on is deleted: in order, some at a time."""
    return _walked(database, _bereft, database.listed(sorted(streams)), pass_)


def count_unlisted(database: Database, streams: Collection[str], pass_: int) -> dict[str, tuple[int, int]]:
    """For each of `streams` of which any are held: how many lists showed before but not in this pass, and how many there are in all."""
    found = database.found(_count_unlisted, (pass_ - 1, database.listed(streams)))
    return {stream: (int(gone), int(all_)) for stream, gone, all_ in found}


def hidden(database: Database, streams: Collection[str] | None = None) -> Iterator[list[Key]]:
    """The held records that no list showed when they were last read, only their card: in order, some at a time.

    Of all streams, or of these.
    """
    if streams is None:
        return _walked(database, _all_hidden)
    return _walked(database, _hidden_of_these, database.listed(sorted(streams)))


def hidden_and_gone(database: Database) -> dict[str, list[str]]:
    """The ids of hidden records, by stream, that the source answered with “no such thing” when it was asked for them again."""
    found: dict[str, list[str]] = {}
    for stream, id in database.found(_hidden_and_gone, (GapKind.VANISHED.value,)):
        found.setdefault(stream, []).append(id)
    return found


def count_hidden(database: Database, stream: str) -> int:
    """How many records of `stream` are hidden, those that may be gone included."""
    return int(database.found(_count_hidden, (stream,))[0][0])


def _walked(database: Database, line: Any, *given: Any) -> Iterator[list[Key]]:
    """The keys to which `line` leads; `given` are its other parameters."""

    def beyond(last: Key) -> list[Key]:
        return [(stream, id) for stream, id in database.found(line, (*given, last[0], *last))]

    return steps(beyond, lambda key: key, before=("", ""))
