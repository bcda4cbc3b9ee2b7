"""Which whole lists ever gave records: an entry of the archive's own card. What gave some is no thing that the source does not have.

Modules are switched off when they are paid for no more, in the very weeks in which people leave. Then such a list “is not there”, nor
are its records; taken for what it says, all of them would be marked as deleted, and nothing be missing.
"""

from collections.abc import Iterable
from typing import Any

from crmexport.archive.database import Database
from crmexport.archive.entries import keep, kept

ENTRY = "given"

Family = tuple[str, str]
"""The stream and the `family` of requests that stand or fall together (see `Request.family`)."""


class GivenLists:
    """The lists `known`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.known: set[Family] = kept(database, ENTRY, _lists, set())

    def has(self, stream: str, family: str) -> bool:
        """Whether this one ever gave records."""
        return (stream, family) in self.known

    def note(self, lists: Iterable[Family]) -> None:
        """Keep that these gave some. Belongs into the caller's transaction."""
        new = {*lists} - self.known
        if new:
            self.known |= new
            keep(self._database, ENTRY, sorted(self.known))


def _lists(told: Any) -> set[Family]:
    return {(str(stream), str(family)) for stream, family in told}
