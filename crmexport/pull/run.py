"""One run: lock the archive, take up the pull where it stands, work, and write down how it ended."""

import gc
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from crmexport.archive import Archive, Source
from crmexport.archive.answers import Answers
from crmexport.archive.frontier import Frontier
from crmexport.archive.journal import Journal, Kind, Outcome, Pass
from crmexport.archive.lock import locked
from crmexport.pull import passes
from crmexport.pull.engine import Engine, subject_of, whole
from crmexport.pull.events import Event, PullResult
from crmexport.pull.watching import Watch, Watching
from crmexport.source import Connector, Credentials, GapKind
from crmexport.transport.clock import Clock
from crmexport.transport.coats import Coats
from crmexport.transport.line import Transport

COLLECT_AFTER = 200_000  # new objects


def pull(
    folder: Path,
    connector: Connector,
    credentials: Credentials,
    *,
    share: float = 1.0,
    rate: float | None = None,
    full: bool = False,
    watch: Watch = lambda event: None,
    clock: Clock | None = None,
    line: Transport | None = None,
) -> PullResult:
    """Fill the archive in `folder`. Stop it at will, even with SIGKILL: the next call goes on where this one stopped.

    The first pull asks for everything, later ones for what changed, unless `full`. `share` (0 to 1) of the permitted rate is used; `rate` (requests a second, 0 = as fast as the line) replaces the
    connector's declared limits. Raises SignInRefusedError, ArchiveInUseError, ConfigurationError, OutputError; on
    KeyboardInterrupt the run is written down as interrupted and the exception goes on.
    """
    clock = clock or Clock()
    account = connector.account
    source = Source(connector.about.name, account.url, dict(account.options))
    with locked(folder), Archive.open_for(folder, source) as archive:
        return _run(archive, connector, credentials, share, rate, full, watch, clock, line)


def _run(
    archive: Archive,
    connector: Connector,
    credentials: Credentials,
    share: float,
    rate: float | None,
    full: bool,
    watch: Watch,
    clock: Clock,
    line: Transport | None,
) -> PullResult:
    coats = Coats(
        connector,
        credentials,
        archive.content.prepare(),
        share=share,
        rate=rate,
        clock=clock,
        line=line,
        renewed=lambda: watch(Event("renewed")),
    )
    coats.auth.start()
    journey = Journey(archive, connector, coats, clock, watch)
    run = journey.begin(full)
    outcome = Outcome.FAILED
    try:
        with rarely_collected():
            journey.go()
        outcome = _outcome(archive)
    except KeyboardInterrupt:
        outcome = Outcome.INTERRUPTED
        raise
    finally:
        with archive.database.transaction():
            journey.journal.end(run, outcome, coats.ledger.sent)
    return _result(archive, outcome, coats, journey.watching)


class Journey:
    """A run's way through the passes of its pull."""

    def __init__(
        self, archive: Archive, connector: Connector, coats: Coats, clock: Clock, watch: Watch
    ) -> None:
        self.journal = Journal(archive.database)
        self._archive = archive
        self._connector = connector
        self._coats = coats
        self._clock = clock
        self._new: Counter[str] = Counter()
        self.watching = Watching(watch, clock, coats.ledger, archive.counts(), self._new)
        self._run = 0
        self._pull = 0

    def begin(self, full: bool) -> int:
        """Take up the last pull, or open a new one; in one transaction, so that a kill leaves either none or all of it."""
        with self._archive.database.transaction():
            last, ended = self.journal.last_pull()
            is_new = ended or full
            self._pull = last + 1 if is_new else last
            self._run = self.journal.begin(self._pull)
            pass_ = self._open(full) if is_new else self._reopen()
        waiting = Frontier(self._archive.database, pass_.id).count() if pass_ else 0
        self.watching.tell("started", pull=self._pull, waiting=waiting, records=self.watching.records())
        return self._run

    def go(self) -> None:
        """Pass by pass, until the archive is sealed."""
        while pass_ := self._next():
            self.watching.tell("pass", kind=str(pass_.kind), since=pass_.since and pass_.since.isoformat())
            frontier, answers = self._of(pass_)
            connector, archive, coats = self._connector, self._archive, self._coats
            Engine(pass_, connector, archive, frontier, answers, coats, self._clock, self.watching).run()
            with self._archive.database.transaction():
                self._end(pass_, frontier, answers)

    def _next(self) -> Pass | None:
        """The pass that is open, or a new one that follows from those before it."""
        known = self.journal.passes()
        mine = [one for one in known if one.pull == self._pull]
        if not mine[-1].ended:
            return mine[-1]
        before = [one for one in known if one.pull < self._pull]
        kind = passes.following(mine, before, can_sweep=bool(self._connector.about.swept))
        if kind is None:
            return None
        with self._archive.database.transaction():
            return self._open_pass(kind, passes.as_of(mine))

    def _open(self, full: bool) -> Pass:
        """A new pull: everything, or what changed since the last one and what that one could not get."""
        since = None if full else passes.as_of(self.journal.passes())
        pass_ = self._open_pass(Kind.CHANGES if since else Kind.EVERYTHING, since)
        frontier, answers = self._of(pass_)
        answers.forget_gaps([subject_of(one) for one in frontier.take_over()] if since else None)
        frontier.forget_earlier()
        return pass_

    def _reopen(self) -> Pass | None:
        """The pass in which the last run stopped: what failed then is tried again."""
        mine = self.journal.passes(self._pull)
        if not mine or mine[-1].ended:
            return None
        frontier, answers = self._of(mine[-1])
        answers.forget_broken()
        frontier.retry()
        return mine[-1]

    def _open_pass(self, kind: Kind, moment: datetime | None) -> Pass:
        since = passes.overlapping(moment) if kind is Kind.CHANGES else None
        pass_ = self.journal.begin_pass(self._pull, kind, since, self._clock.time())
        requests = self._connector.sweep() if kind is Kind.SWEEP else self._connector.opening(since)
        Frontier(self._archive.database, pass_.id).add(requests)
        return pass_

    def _end(self, pass_: Pass, frontier: Frontier, answers: Answers) -> None:
        answers.end_sublists()
        if not frontier.lost():
            streams = None if pass_.kind is Kind.EVERYTHING else whole(self._connector, pass_.kind)
            answers.forget_announced(streams)
        self.journal.end_pass(pass_.id, self._clock.time())

    def _of(self, pass_: Pass) -> tuple[Frontier, Answers]:
        database = self._archive.database
        answers = Answers(database, self._run, pass_.id, self._connector.is_same, self._new)
        return Frontier(database, pass_.id), answers


@contextmanager
def rarely_collected() -> Iterator[None]:
    """Let the cycle collector come seldom: decoded pages hold no cycles, yet walking through them cost a tenth of a pull."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _outcome(archive: Archive) -> Outcome:
    missing = any(gap.kind is not GapKind.VANISHED for gap in archive.gaps())
    return Outcome.GAPS if missing else Outcome.COMPLETE


def _result(archive: Archive, outcome: Outcome, coats: Coats, watching: Watching) -> PullResult:
    missing = sum(gap.kind is not GapKind.VANISHED for gap in archive.gaps())
    result = PullResult(
        complete=outcome is Outcome.COMPLETE,
        records=watching.records(),
        gaps=missing,
        requests=coats.ledger.sent,
        seconds=round(watching.seconds(), 1),
    )
    watching.tell(
        "finished", complete=result.complete, gaps=missing, requests=result.requests, records=result.records
    )
    return result
