"""Which whole lists ever gave records: an entry of the archive's own card. What gave some is no thing that the source does not have.

Modules are switched off when they are paid for no more, in the very weeks in which people leave. Then such a list “is not there”, nor
are its records; taken for what it says, all of them would be marked as deleted, and nothing be missing.
"""

import json
from collections.abc import Iterable

from crmexport.archive.database import Database
from crmexport.archive.held import Key

ENTRY = "given"


class GivenLists:
    """The lists, each by its stream and its family (see `Request.family`)."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known = _noted(database)

    def has(self, stream: str, family: str) -> bool:
        """Whether this one ever gave records."""
        return (stream, family) in self._known

    def note(self, lists: Iterable[Key]) -> None:
        """Keep that these gave some. Belongs into the caller's transaction."""
        new = {*lists} - self._known
        if new:
            self._known |= new
            self._database.note_about(ENTRY, json.dumps(sorted(self._known)))


def _noted(database: Database) -> set[Key]:
    """None where nobody noted any, or not legibly."""
    try:
        return {(str(stream), str(family)) for stream, family in json.loads(database.about()[ENTRY])}
    except (KeyError, TypeError, ValueError):
        return set()
