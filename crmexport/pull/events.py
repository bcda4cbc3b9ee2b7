"""What a pull tells while it goes on, and when it has ended."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from crmexport.archive.news import News


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: "started", "signed_in", "progress", "renewed", "waiting", "gap" or "finished", with its figures."""

    kind: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """As one JSON object."""
        return {"event": self.kind, **self.values}


def telling_waits(watch: Callable[[Event], None]) -> Callable[[float, str], None]:
    """Tells `watch` for how many seconds nothing will move, and why."""
    return lambda seconds, reason: watch(Event("waiting", {"seconds": round(seconds, 1), "reason": reason}))


@dataclass(frozen=True, slots=True)
class PullResult:
    """How a run ended: `complete` when nothing known is missing; figures of this run, records as held now.

    `unexplained` tells, by stream, how many records the source announces more than it gave or named as refused; `news`,
    what the whole pull found new, changed and deleted (None, if it is the first); `new_gaps`, how many of the gaps the pull before
    did not have (None where that is not known); `accepted`, when a person accepted all that is missing (ISO 8601; None where nothing
    is, or anything that nobody accepted). `titles` are what a person calls the streams.
    """

    complete: bool
    records: dict[str, int]
    gaps: int
    requests: int
    seconds: float
    unexplained: Mapping[str, int] = field(default_factory=dict)
    news: Mapping[str, News] | None = None
    titles: Mapping[str, str] = field(default_factory=dict)
    new_gaps: int | None = None
    accepted: str | None = None
