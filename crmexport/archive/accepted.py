"""What a person has looked at and accepted as missing: an entry of the archive's own card.

What is refused for good is missing every night. Without this, every night ends with 3, and nobody looks any more by the time that
something else is missing, too.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from crmexport.archive.database import Database
from crmexport.archive.entries import keep, kept
from crmexport.archive.extent import NO_EXTENT, Extent, extent
from crmexport.archive.lacked import digest, digests_of
from crmexport.source import Gap

ENTRY = "accepted"


class Accepted(NamedTuple):
    """`at` which moment (ISO 8601) a person accepted, and with what `note`; the losses by their digests, by stream how many
    records that were announced and never came, and how far those of the losses `reach` that stand for many.
    """

    at: str
    note: str
    losses: frozenset[str]
    unexplained: Mapping[str, int]
    reach: Extent = NO_EXTENT

    def has(self, gap: Gap, now: Extent = NO_EXTENT) -> bool:
        """Whether this loss was accepted, as far as it reaches `now`."""
        loss = digest(gap)
        return loss in self.losses and self.reach.covers(now.of(loss))

    def covers(self, gaps: Iterable[Gap], unexplained: Mapping[str, int], now: Extent = NO_EXTENT) -> bool:
        """Whether nothing is missing but what was accepted, as far as losses reach `now`."""
        is_known = self.reach.covers(now) and all(self.has(gap) for gap in gaps if gap.kind.is_loss)
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
    """Earlier versions did not keep how far losses reach: what stands for many is to be accepted anew, and nothing else."""
    unexplained = {str(name): int(number) for name, number in told["unexplained"].items()}
    counted = {str(name): int(number) for name, number in told.get("counted", {}).items()}
    reach = Extent(frozenset(told.get("parts", ())), counted)
    return Accepted(str(told["at"]), str(told["note"]), frozenset(told["losses"]), unexplained, reach)


def accept(database: Database, gaps: Iterable[Gap], unexplained: Mapping[str, int], note: str) -> Accepted:
    """Keep that a person accepts all these losses. Belongs into the caller's transaction."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    gaps = list(gaps)
    return _keep(
        database, Accepted(now, note, frozenset(digests_of(gaps)), unexplained, extent(database, gaps))
    )


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
    gaps = list(gaps)
    left, now = known.losses.intersection(digests_of(gaps)), extent(database, gaps)
    reach = known.reach.within(left).no_further(now)
    rest = {name: min(number, unexplained.get(name, 0)) for name, number in known.unexplained.items()}
    narrowed = known._replace(losses=left, unexplained=rest, reach=reach)
    return known if narrowed == known else _keep(database, narrowed)


def _keep(database: Database, known: Accepted) -> Accepted:
    told = {
        "at": known.at,
        "note": known.note,
        "losses": sorted(known.losses),
        "unexplained": dict(known.unexplained),
        "parts": sorted(known.reach.parts),
        "counted": dict(known.reach.counted),
    }
    keep(database, ENTRY, told)
    return known
