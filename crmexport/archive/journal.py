"""Pulls, passes and runs.

A pull is everything asked once, or all that changed since the pull before it; it goes through several passes, the later
ones to seal it. A run is one process working on a pull. A stopped pull goes on in the next run, in the pass where it stood.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from crmexport import __version__
from crmexport.archive.database import Database
from crmexport.archive.schema import passes, runs

AT_ONCE = timedelta(minutes=1)
NO_SKEW = 5.0  # seconds: headers tell whole ones, and answers travel


class Outcome(StrEnum):
    """How a run ended."""

    COMPLETE = "complete"
    GAPS = "gaps"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


class Kind(StrEnum):
    """What a pass asks for: everything, what changed since a moment, or which records there are."""

    EVERYTHING = "everything"
    CHANGES = "changes"
    SWEEP = "sweep"


_columns = (
    passes.c.id,
    passes.c.pull,
    passes.c.kind,
    passes.c.since,
    passes.c.started,
    passes.c.ended,
    passes.c.changed,
)
_last_run = select(func.max(runs.c.id))
_new_run = insert(runs).values(
    {name: bindparam(name) for name in ("id", "pull", "started", "requests", "program")}
)
_last_pass = select(func.max(passes.c.id))
_new_pass = insert(passes).values(
    {name: bindparam(name) for name in ("id", "pull", "kind", "since", "started", "changed")}
)
_all_passes = select(*_columns).order_by(passes.c.id)
_its_passes = _all_passes.where(passes.c.pull == bindparam("its"))
_set_begun = update(passes).where(passes.c.id == bindparam("its")).values(started=bindparam("moment"))
_set_ended = update(passes).where(passes.c.id == bindparam("its")).values(ended=bindparam("moment"))
ENDED = (Outcome.COMPLETE, Outcome.GAPS)
CONTENT = (Kind.EVERYTHING, Kind.CHANGES)


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass of a pull. `since` only of changes; `changed` counts records that were new or different, so far."""

    id: int
    pull: int
    kind: Kind
    since: datetime | None
    started: datetime
    ended: datetime | None
    changed: int


def as_of(passes: Sequence[Pass], latest: datetime | None = None) -> datetime | None:
    """The moment of which the archive is true: when the last look for changes began. None before anything ended.

    A look that seems to have begun after `latest` was written down by a clock that ran ahead: when it began, nobody knows.
    """
    ended = [one.started for one in passes if one.kind in CONTENT and one.ended]
    known = [moment for moment in ended if latest is None or moment <= latest]
    return known[-1] if known else None


class Journal:
    """Begins and ends runs and passes. Every method belongs into the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def last_pull(self) -> tuple[int, bool]:
        """The number of the last pull (0: there was none), and whether it has ended, with or without gaps."""
        line = select(runs.c.pull, runs.c.outcome).order_by(runs.c.id.desc()).limit(1)
        last = self._database.connection.execute(line).first()
        return (last.pull, last.outcome in ENDED) if last else (0, True)

    def is_whole(self, pull: int) -> bool:
        """Whether a pull began by asking for everything."""
        return self.passes(pull)[0].kind is Kind.EVERYTHING

    def may_change_hands(self) -> bool:
        """Whether it may be somebody else who goes on: unless the last run was killed within this minute, and started again."""
        line = select(runs.c.outcome, runs.c.started, runs.c.ended).order_by(runs.c.id.desc()).limit(1)
        last = self._database.connection.execute(line).first()
        if last is None or last.outcome is not None:
            return True
        return abs(_now() - datetime.fromisoformat(last.ended or last.started)) > AT_ONCE

    def begin(self, pull: int) -> int:
        """Note that a run begins; its number."""
        number = self._after(_last_run)
        self._database.many(_new_run, [(number, pull, _text(_now()), 0, __version__)])
        return number

    def end(self, run: int, outcome: Outcome, requests: int) -> None:
        """Note how a run ended and how many requests it sent."""
        change = update(runs).where(runs.c.id == run)
        self._database.connection.execute(
            change.values(ended=_text(_now()), outcome=str(outcome), requests=requests)
        )

    def passes(self, pull: int | None = None) -> list[Pass]:
        """The passes of one pull, or of all, in the order they began."""
        if pull is None:
            return [_pass(*row) for row in self._database.found(_all_passes, ())]
        return [_pass(*row) for row in self._database.found(_its_passes, (pull,))]

    def begin_pass(self, pull: int, kind: Kind, since: datetime | None, now: float) -> Pass:
        """Note that a pass begins at `now` (seconds since the epoch), by our clock until `found_begun` knows better."""
        started = datetime.fromtimestamp(now, UTC)
        number = self._after(_last_pass)
        row = (number, pull, str(kind), since and _text(since), _text(started), 0)
        self._database.many(_new_pass, [row])
        return Pass(number, pull, kind, since, started, None, 0)

    def found_begun(self, pass_: int, now: float, skew: float) -> None:
        """Note when a pass began, by the source's clock, which is `skew` seconds ahead of ours, or by ours, if that is behind.

        A computer whose clock is a week ahead must not miss a week of changes, be it set right a moment later. Nor must they be missed
        where the clock that dates the answers (a proxy's before the source) is ahead of the one by which records are marked as changed.
        """
        self._database.many(_set_begun, [(_text(by_the_slower(now, skew)), pass_)])

    def end_pass(self, pass_: int, now: float, skew: float) -> None:
        """Note that nothing of a pass is left to ask, by the source's clock alone: by that of a computer without a battery, which begins anew
        with each start, no time passes between two pulls.
        """
        self._database.many(_set_ended, [(_text(_at_source(now, skew)), pass_)])

    def _after(self, last: Any) -> int:
        ((number,),) = self._database.found(last, ())
        return int(number or 0) + 1


def _at_source(now: float, skew: float) -> datetime:
    """A moment of ours by the source's clock."""
    return datetime.fromtimestamp(now, UTC) + timedelta(seconds=skew if abs(skew) > NO_SKEW else 0.0)


def by_the_slower(now: float, skew: float) -> datetime:
    """A moment of ours by the source's clock, or by ours, whichever is behind: to ask since too early a moment loses nothing."""
    return _at_source(now, min(skew, 0.0))


def _pass(
    id: int, pull: int, kind: str, since: str | None, started: str, ended: str | None, changed: int
) -> Pass:
    first, last = (datetime.fromisoformat(told) if told else None for told in (since, ended))
    return Pass(id, pull, Kind(kind), first, datetime.fromisoformat(started), last, changed)


def _now() -> datetime:
    return datetime.now(UTC)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
