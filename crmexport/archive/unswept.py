"""Of which streams the last sweep could not walk a list: an entry of the archive's own card. What was deleted there, it did not see."""

import json
from collections.abc import Iterable

from crmexport.archive.database import Database

ENTRY = "unswept"


def note(database: Database, streams: Iterable[str]) -> None:
    """Keep it of the sweep that ends. Belongs into the caller's transaction."""
    database.note_about(ENTRY, json.dumps(sorted(streams)))


def unswept(database: Database) -> frozenset[str]:
    """The streams; none where nobody noted any, or not legibly."""
    try:
        return frozenset(map(str, json.loads(database.about()[ENTRY])))
    except (KeyError, TypeError, ValueError):
        return frozenset()
