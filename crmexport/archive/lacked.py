"""What an archive lacked when its last pull began: an entry of its own card. By it, what is missing anew shows among what has been for long."""

from collections.abc import Collection, Iterable
from hashlib import sha256

from crmexport.archive.database import Database
from crmexport.archive.entries import keep, kept
from crmexport.source import Gap

ENTRY = "lacked"
MOST = 20_000  # gaps: beyond that, nobody looks at them one by one


class Lacked:
    """The gaps that were losses before a pull, by their digests. `digests` is None where that is not known: all are new then."""

    def __init__(self, digests: Collection[str] | None = None) -> None:
        self._digests = None if digests is None else frozenset(digests)

    def is_new(self, gap: Gap) -> bool:
        """Whether the pull before did not lack it."""
        return self._digests is None or digest(gap) not in self._digests

    def new_in(self, gaps: Iterable[Gap]) -> int | None:
        """How many losses among `gaps` are new; None where nobody knows, as of a first pull."""
        return None if self._digests is None else sum(gap.kind.is_loss and self.is_new(gap) for gap in gaps)


def note_lacked(database: Database, pull: int, gaps: Iterable[Gap]) -> None:
    """Keep that there were these `gaps` when the pull with this number began. Belongs into the caller's transaction."""
    digests = digests_of(gaps)
    keep(database, ENTRY, {"pull": pull, "gaps": digests if len(digests) <= MOST else None})


def lacked(database: Database, pull: int) -> Lacked:
    """What was lacked before the pull with this number."""
    return kept(
        database, ENTRY, lambda told: Lacked(told["gaps"] if told["pull"] == pull else None), Lacked()
    )


def digests_of(gaps: Iterable[Gap]) -> list[str]:
    """The digests of those that are losses."""
    return [digest(gap) for gap in gaps if gap.kind.is_loss]


def digest(gap: Gap) -> str:
    """What stands for a gap where many are remembered: the same for one record or list, whatever the reason."""
    return sha256(f"{gap.stream}\0{gap.id}".encode()).hexdigest()[:16]
