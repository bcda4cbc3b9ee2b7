"""The pulls that an archive has seen, each as a whole: from the start of its first run to the end of its last."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import groupby, takewhile
from operator import itemgetter
from typing import NamedTuple

from crmexport.archive.journal import ENDED, Journal, as_of
from crmexport.archive.store import Archive


class Pulled(NamedTuple):
    """One pull. Times are ISO 8601, UTC; `outcome` and `ended` are those of its last run, None while that goes on or was killed.

    `requests` are all that were sent; of a run that was killed, those sent until it kept its last answer.
    """

    number: int
    started: str
    ended: str | None
    outcome: str | None
    requests: int
    runs: int
    program: str

    @property
    def has_ended(self) -> bool:
        """Whether nothing is left to ask; with gaps or without."""
        return self.outcome in ENDED


def pulls(archive: Archive) -> list[Pulled]:
    """All pulls so far, oldest first."""
    found = []
    for number, grouped in groupby(archive.runs(), itemgetter("pull")):
        runs = list(grouped)
        last = runs[-1]
        requests = sum(run["requests"] for run in runs)
        found.append(
            Pulled(
                number,
                runs[0]["started"],
                last["ended"],
                last["outcome"],
                requests,
                len(runs),
                last["program"],
            )
        )
    return found


def true_as_of(archive: Archive, seen: Iterable[Pulled]) -> datetime | None:
    """The moment of which the archive is true by the last of the pulls it has `seen` that has ended; None before the first has."""
    ended = {one.number for one in seen if one.has_ended}
    return as_of([one for one in Journal(archive.database).passes() if one.pull in ended])


def sent_before(archive: Archive, seconds: float) -> list[float]:
    """How many seconds ago the requests of the last `seconds` left, oldest first. Those of a run are taken for evenly spread."""
    now = datetime.now(UTC)
    ages: list[float] = []
    for run in reversed(archive.runs()):
        last, first = sorted(_ago(now, run[moment]) for moment in ("started", "last"))
        if last > seconds:
            break
        each = (first - last) / max(1, run["requests"])
        spread = (last + each * number for number in range(run["requests"]))
        ages.extend(takewhile(lambda age: age <= seconds, spread))
    return sorted(ages, reverse=True)


def _ago(now: datetime, moment: str) -> float:
    """Seconds since then; 0 where the clock of the computer has been set back meanwhile."""
    return max(0.0, (now - datetime.fromisoformat(moment)).total_seconds())
