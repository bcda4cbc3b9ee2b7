"""The pulls that an archive has seen, each as a whole: from the start of its first run to the end of its last."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
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
