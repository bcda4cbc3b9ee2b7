"""Pulls and runs: a pull is everything asked once; a run is one process working on it. A stopped pull goes on in the next run."""

from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import func, insert, select, update

from crmexport import __version__
from crmexport.archive.database import Database
from crmexport.archive.schema import gaps, runs
from crmexport.source import GapKind


class Outcome(StrEnum):
    """How a run ended."""

    COMPLETE = "complete"
    GAPS = "gaps"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


class Journal:
    """Begins and ends runs. Every method belongs into the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def pull_to_work_on(self) -> tuple[int, bool]:
        """The number of the pull that the next run works on, and whether it is a new one.

        A pull goes on until it has ended with nothing left that a new try could bring, or has been tried again in vain.
        """
        line = select(runs.c.pull, runs.c.outcome).order_by(runs.c.id.desc()).limit(2)
        last = self._database.connection.execute(line).all()
        if not last:
            return 1, True
        pull, outcome = last[0]
        tried_again = len(last) > 1 and tuple(last[1]) == (pull, outcome)
        ended = outcome == Outcome.COMPLETE or (
            outcome == Outcome.GAPS and (tried_again or not self._broken())
        )
        return (pull + 1, True) if ended else (pull, False)

    def begin(self, pull: int) -> int:
        """Note that a run begins; its number."""
        values = {"pull": pull, "started": _now(), "requests": 0, "program": __version__}
        added = self._database.connection.execute(insert(runs).values(values))
        return int(added.lastrowid)

    def end(self, run: int, outcome: Outcome, requests: int) -> None:
        """Note how a run ended and how many requests it sent."""
        change = (
            update(runs).where(runs.c.id == run).values(ended=_now(), outcome=str(outcome), requests=requests)
        )
        self._database.connection.execute(change)

    def _broken(self) -> int:
        line = select(func.count()).select_from(gaps).where(gaps.c.kind == GapKind.BROKEN.value)
        return int(self._database.connection.execute(line).scalar_one())


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
