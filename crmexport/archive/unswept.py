"""Of which streams the last sweep could not walk a list: an entry of the archive's own card. What was deleted there, it did not see."""

from collections.abc import Iterable

from crmexport.archive.database import Database
from crmexport.archive.entries import keep, kept

ENTRY = "unswept"


def note_unswept(database: Database, streams: Iterable[str]) -> None:
    """Keep it of the sweep that ends. Belongs into the caller's transaction."""
    keep(database, ENTRY, sorted(streams))


def unswept(database: Database) -> frozenset[str]:
    """The streams; none where nobody noted any."""
    return kept(database, ENTRY, lambda told: frozenset(map(str, told)), frozenset())
