"""What hangs under records and did not come again, though its list was read to the end: how much it is, before any of it is marked."""

from collections.abc import Collection

from sqlalchemy import func, select

from crmexport.archive import keeping as sql
from crmexport.archive.among import among
from crmexport.archive.database import Database
from crmexport.archive.schema import records

_held = (
    select(records.c.stream, func.count())
    .where(among(records.c.stream, "of"), records.c.deleted.is_(None))
    .group_by(records.c.stream)
)


def not_come_again(database: Database, pass_: int) -> dict[str, tuple[int, int]]:
    """For each stream of which anything did not: how many records, and how many there are in all."""
    gone = {str(stream): int(number) for stream, number in database.found(sql.COUNT_NOT_COME_AGAIN, (pass_,))}
    held = dict(database.found(_held, (database.listed(sorted(gone)),))) if gone else {}
    return {stream: (number, int(held[stream])) for stream, number in gone.items()}


def spare(database: Database, streams: Collection[str]) -> None:
    """Mark nothing of these streams in this pass, whatever did not come. Belongs into the caller's transaction."""
    database.many(sql.SPARED, [(stream,) for stream in streams])
