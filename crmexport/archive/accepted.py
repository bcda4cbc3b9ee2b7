"""What a person has looked at and accepted as missing: an entry of the archive's own card.

What is refused for good is missing every night. Without this, every night ends with 3, and nobody looks any more by the time that
something else is missing, too.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from crmexport.archive.database import Database
from crmexport.archive.entries import keep, kept
from crmexport.archive.lacked import digest, digests_of
from crmexport.source import Gap

ENTRY = "accepted"


class Accepted(NamedTuple):
    """`at` which moment (ISO 8601) a person accepted, and with what `note`; the losses by their digests, and by stream how many
    records that were announced and never came.
    """

    at: str
    note: str
    losses: frozenset[str]
    unexplained: Mapping[str, int]

    def has(self, gap: Gap) -> bool:
        """Whether this loss was accepted."""
        return digest(gap) in self.losses

    def covers(self, gaps: Iterable[Gap], unexplained: Mapping[str, int]) -> bool:
        """Whether nothing is missing but what was accepted."""
        is_known = all(self.has(gap) for gap in gaps if gap.kind.is_loss)
        return is_known and all(
            number <= self.unexplained.get(name, 0) for name, number in unexplained.items()
        )

    def as_values(self) -> dict[str, Any]:
        """When and with what words, as JSON values."""
        return {"at": self.at, "note": self.note}


def accepted(database: Database) -> Accepted | None:
    """What was accepted; None where nothing was."""
    return kept(database, ENTRY, _accepted, None)


def _accepted(told: Any) -> Accepted:
    unexplained = {str(name): int(number) for name, number in told["unexplained"].items()}
    return Accepted(str(told["at"]), str(told["note"]), frozenset(told["losses"]), unexplained)


def accept(database: Database, gaps: Iterable[Gap], unexplained: Mapping[str, int], note: str) -> Accepted:
    """Keep that a person accepts all these losses. Belongs into the caller's transaction."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return _keep(database, Accepted(now, note, frozenset(digests_of(gaps)), unexplained))


def withdraw(database: Database) -> None:
    """Let nothing be accepted any more. Belongs into the caller's transaction."""
    database.note_about(ENTRY, "")


def narrow(database: Database, gaps: Iterable[Gap], unexplained: Mapping[str, int]) -> Accepted | None:
    """Accept no more what has come after all: should it be lost again, that is new. Gives what is still accepted.

    Belongs into the caller's transaction.
    """
    known = accepted(database)
    if known is None:
        return None
    left = known.losses.intersection(digests_of(gaps))
    rest = {name: min(number, unexplained.get(name, 0)) for name, number in known.unexplained.items()}
    if left == known.losses and rest == known.unexplained:
        return known
    return _keep(database, known._replace(losses=left, unexplained=rest))


def _keep(database: Database, known: Accepted) -> Accepted:
    told = {**known._asdict(), "losses": sorted(known.losses), "unexplained": dict(known.unexplained)}
    keep(database, ENTRY, told)
    return known
