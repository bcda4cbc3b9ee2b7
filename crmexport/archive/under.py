"""What hangs under records and did not come again, though its list was read to the end: how much it is, before any of it is marked."""

from collections.abc import Collection
from typing import NamedTuple

from crmexport.archive import keeping as sql
from crmexport.archive.among import among
from crmexport.archive.asking import COUNT_HELD
from crmexport.archive.database import Database
from crmexport.archive.schema import records

_held = COUNT_HELD.where(among(records.c.stream, "of"))


class Missed(NamedTuple):
    """How many records of a stream did not come again, under how many others, and how many are held in all."""

    records: int
    parents: int
    held: int


def not_come_again(database: Database, pass_: int) -> dict[str, Missed]:
    """What did not, by stream."""
    missed = {
        str(stream): (int(gone), int(parents))
        for stream, gone, parents in database.found(sql.COUNT_NOT_COME_AGAIN, (pass_,))
    }
    held = dict(database.found(_held, (database.listed(sorted(missed)),))) if missed else {}
    return {stream: Missed(*numbers, int(held[stream])) for stream, numbers in missed.items()}


def spare(database: Database, streams: Collection[str]) -> None:
    """Mark nothing of these streams in this pass, whatever did not come. Belongs into the caller's transaction."""
    database.many(sql.SPARED, [(stream,) for stream in streams])
