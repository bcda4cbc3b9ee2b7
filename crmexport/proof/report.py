"""What the proof says, as one value: the same for the page, for the machine and for the exit code."""

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crmexport import __version__
from crmexport.archive.accepted import Accepted
from crmexport.archive.equation import Balance
from crmexport.archive.extent import NO_EXTENT, Extent
from crmexport.archive.journal import ENDED
from crmexport.errors import CrmExportError
from crmexport.proof.confidence import error_rate
from crmexport.source import Gap, GapKind, NotGiven
from crmexport.target import Delta, Outdated
from crmexport.text import _


@dataclass(frozen=True, slots=True)
class Output:
    """A written file: its path in the folder, rows (None where it has none), sha256, and whether it read back as meant.

    What is not `compared` is outdated, or nobody can tell what it should hold: then `verified` says whether its bytes are those that
    were written.
    """

    path: str
    rows: int | None
    sha256: str
    verified: bool
    compared: bool = True


@dataclass(slots=True)
class Sample:
    """Records asked for once more at the source: how many, how many unchanged, changed since, gone since.

    `different` names each that says something else there without telling of a change, with the fields; `unread` is how many were
    picked as well, and could not be read.
    """

    asked: int = 0
    same: int = 0
    changed: int = 0
    gone: int = 0
    different: list[str] = field(default_factory=list)
    unread: int = 0


def _now() -> dict[str, str]:
    return {"at": datetime.now(UTC).isoformat(timespec="seconds"), "program": __version__}


@dataclass(frozen=True, slots=True)
class Report:
    """Everything `verify` found, and the folder it is written to. `damages`, `mismatches` and `notes` are sentences for a person.

    `kinds` says of the files of one table whose records are their rows: `company`, `deal` …; `folders`, what each target's folder is.
    `deltas` are the targets in the folder that hold only what is new, `outdated` those that were written before the last pull,
    `foreign` the files in it that no export has made.
    `behind`: the connector would ask for more than it did when the archive was last asked for everything.
    `verified` tells when, and by which version: whoever holds a report years later will ask.
    `accepted` is what a person has accepted as missing, some of which may have come since; how far gaps `reach` now is told beside it.
    `raw_only` says of how many records of which streams nothing is made, `unsampled` is why a sample that was wished for could not be asked for.
    """

    folder: Path
    source: dict[str, Any]
    run: dict[str, Any]
    streams: dict[str, Balance]
    titles: dict[str, str]
    gaps: list[Gap]
    outputs: list[Output]
    files: dict[str, int]
    damages: list[str] = field(default_factory=list)
    mismatches: list[str] = field(default_factory=list)
    unmapped: list[dict[str, Any]] = field(default_factory=list)
    raw_only: dict[str, int] = field(default_factory=dict)
    unknown_words: dict[str, dict[str, int]] = field(default_factory=dict)
    unreadable: dict[str, list[str]] = field(default_factory=dict)
    notes: dict[str, dict[str, int]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    folders: dict[str, str | dict[str, str]] = field(default_factory=dict)
    unasked: dict[str, int] = field(default_factory=dict)
    not_given: tuple[NotGiven, ...] = ()
    sample: Sample | None = None
    unsampled: CrmExportError | None = None
    deltas: tuple[Delta, ...] = ()
    outdated: tuple[Outdated, ...] = ()
    foreign: tuple[str, ...] = ()
    behind: bool = False
    accepted: Accepted | None = None
    reach: Extent = NO_EXTENT
    verified: dict[str, str] = field(default_factory=_now)

    @property
    def complete(self) -> bool:
        """The last pull has ended, nothing known is missing, nothing is damaged, every written file reads back as meant and is whole.

        And of the records asked for again none says something else at the source without telling of a change.
        """
        return self._is_whole and not self.differing and not self.parts

    @property
    def only_differs(self) -> bool:
        """Whether the sample alone speaks against the archive."""
        return self._is_whole and bool(self.differing)

    @property
    def only_accepted(self) -> bool:
        """Whether what a person has accepted as missing is all that speaks against archive and folder."""
        if self.complete or not self._is_sound or self.differing or self.parts:
            return False
        missing = {name: one.unexplained for name, one in self.streams.items() if one.unexplained}
        return self.accepted is not None and self.accepted.covers(self.gaps, missing, self.reach)

    @property
    def only_parts(self) -> bool:
        """Whether files that hold a part of what there is are all that speaks against the folder."""
        return self._is_whole and not self.differing and bool(self.parts)

    @property
    def parts(self) -> list[str]:
        """The targets that were written before the first pull had ended, from another archive, or lack what has come since."""
        return [one.target for one in self.outdated if one.is_part or one.lacks or one.from_another]

    @property
    def _is_whole(self) -> bool:
        balanced = all(balance.is_complete for balance in self.streams.values())
        return balanced and self._is_sound and not self.losses

    @property
    def _is_sound(self) -> bool:
        return self.has_ended and not (self.damages or self.mismatches or self.unasked)

    @property
    def has_ended(self) -> bool:
        """Whether the last pull has: one that stopped between two passes leaves nothing to ask, and yet not all was asked."""
        return self.run["outcome"] in ENDED

    @property
    def differing(self) -> list[str]:
        """The records of the sample that say something else at the source, as sentences."""
        return self.sample.different if self.sample else []

    @property
    def error_rate(self) -> float | None:
        """What the error rate of all records lies below with 95 % confidence, by the sample."""
        if self.sample is None:
            return None
        wrong = len(self.sample.different)
        return round(error_rate(wrong, self.sample.same + wrong), 4)

    @property
    def losses(self) -> list[Gap]:
        """The gaps that are losses: all but what the source itself had deleted before, or has no way to give."""
        return [gap for gap in self.gaps if gap.kind.is_loss]

    def has_accepted(self, gap: Gap) -> bool:
        """Whether a person has accepted this loss."""
        return self.accepted is not None and gap.kind.is_loss and self.accepted.has(gap, self.reach)

    @property
    def not_offered(self) -> int:
        """How many things this account turned out not to give at all: no losses, but nobody should learn of them by chance."""
        return sum(gap.kind is GapKind.NOT_GIVEN for gap in self.gaps)

    def as_dict(self) -> dict[str, Any]:
        """The form of `report.json`."""
        return {
            "complete": self.complete,
            "accepted": self.accepted.as_values() | {"all": self.only_accepted} if self.accepted else None,
            "source": self.source,
            "verified": self.verified,
            "run": self.run,
            "streams": {name: asdict(balance) for name, balance in self.streams.items()},
            "gaps": [
                {
                    "stream": gap.stream,
                    "id": gap.id,
                    "kind": gap.kind.value,
                    "reason": gap.reason,
                    "accepted": self.has_accepted(gap),
                }
                for gap in self.gaps
            ],
            "not_given": [{"title": _(one.title), "reason": _(one.reason)} for one in self.not_given],
            "outputs": [asdict(output) for output in self.outputs],
            "deltas": [delta._asdict() for delta in self.deltas],
            "outdated": [one._asdict() for one in self.outdated],
            "foreign": list(self.foreign),
            "behind": self.behind,
            "files": self.files,
            "archive": {
                "damages": self.damages,
                "requests_waiting": sum(self.unasked.values()),
                "unasked": self.unasked,
            },
            "mismatches": self.mismatches,
            "mapping": {
                "unmapped": self.unmapped,
                "raw_only": self.raw_only,
                "unknown_words": self.unknown_words,
                "unreadable": self.unreadable,
            },
            "changed_for_targets": self.notes,
            "sample": {**asdict(self.sample), "error_rate_below": self.error_rate} if self.sample else None,
            "sample_failed": str(self.unsampled) if self.unsampled else None,
        }
