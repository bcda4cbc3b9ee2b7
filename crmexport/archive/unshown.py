"""Which records without cards are gone: those that a whole list does not show any more, twice in one pull, to whom it showed them before.

Of records with cards, the card is the second witness. Here it is the same list once more, by another pass of the pull. And the
two must have been shown to one person, who alone pulls, and who saw the record then: to another, a list may show less.
What that person was shown, and up to which pass of this pull each list was whole, is an entry of the archive's own card.
"""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from sqlalchemy import and_, func, select

from crmexport.archive.database import Database
from crmexport.archive.entries import keep, kept
from crmexport.archive.schema import records
from crmexport.source import Key

ENTRY = "unshown"


class Shown(NamedTuple):
    """To whom lists were shown, `since` which pass nobody else pulled; by `pull`, and by which pass of it each list came whole first."""

    person: str = ""
    since: int = 0
    pull: int = 0
    lists: Mapping[str, int] = {}


def gone(
    database: Database, pass_: int, pull: int, person: str, whole: Collection[str], *, believe: bool
) -> list[Key]:
    """The records of the streams `whole` that are gone, now that `pass_` has ended, which was asked for by `person` ("": nobody knows).

    Where more than a half of a stream is not shown any more, none of it is, unless the person says to `believe` it.
    Belongs into the caller's transaction.
    """
    known = kept(database, ENTRY, _shown, Shown())
    if known.person != person:
        known = Shown(person, pass_)
    first = known.lists if known.pull == pull else {}
    twice = [stream for stream in sorted(whole) if person and stream in first]
    found = [
        key for stream in twice for key in _not_shown(database, stream, known.since, first[stream], believe)
    ]
    lists = {stream: first.get(stream, pass_) for stream in whole}
    keep(database, ENTRY, known._replace(pull=pull, lists=lists)._asdict())
    return found


def _not_shown(database: Database, stream: str, since: int, first: int, believe: bool) -> list[Key]:
    """Those of a stream that were shown, for the last time, by a pass from `since` on and before the `first` one that did not."""
    table = records.c
    is_there = and_(table.stream == stream, table.deleted.is_(None))
    line = select(table.id).where(is_there, table.listed >= since, table.listed < first).order_by(table.id)
    ids = [str(id) for id in database.connection.execute(line).scalars()]
    held = int(database.connection.execute(select(func.count()).where(is_there)).scalar() or 0)
    return [(stream, id) for id in ids] if believe or 2 * len(ids) <= held else []


def _shown(told: Any) -> Shown:
    known = Shown(**told)
    return known._replace(lists={str(stream): int(first) for stream, first in known.lists.items()})
