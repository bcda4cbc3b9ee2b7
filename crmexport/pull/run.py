"""One run: lock the archive, take up the pull where it stands, work, and write down how it ended."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crmexport.archive import Archive, Source
from crmexport.archive.answers import Answers
from crmexport.archive.frontier import Frontier
from crmexport.archive.journal import Journal, Outcome
from crmexport.archive.lock import locked
from crmexport.pull.engine import Engine
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
    watch: Watch = lambda event: None,
    clock: Clock | None = None,
    line: Transport | None = None,
) -> PullResult:
    """Fill the archive in `folder`. Stop it at will, even with SIGKILL: the next call goes on where this one stopped.

    `share` (0 to 1) of the permitted rate is used; `rate` (requests a second, 0 = as fast as the line) replaces the
    connector's declared limits. Raises SignInRefusedError, ArchiveInUseError, ConfigurationError, OutputError; on
    KeyboardInterrupt the run is written down as interrupted and the exception goes on.
    """
    clock = clock or Clock()
    account = connector.account
    source = Source(connector.about.name, account.url, dict(account.options))
    with locked(folder), Archive.open_for(folder, source) as archive:
        return _run(archive, connector, credentials, share, rate, watch, clock, line)


def _run(
    archive: Archive,
    connector: Connector,
    credentials: Credentials,
    share: float,
    rate: float | None,
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
    journal = Journal(archive.database)
    run, frontier, answers = _begin(archive, connector, journal)
    watching = Watching(watch, clock, coats.ledger, archive.counts(), answers.new)
    watching.tell("started", pull=frontier.pull, waiting=frontier.count(), records=watching.records())
    outcome = Outcome.FAILED
    try:
        with rarely_collected():
            Engine(connector, archive, frontier, answers, coats, clock, watching).run()
        outcome = _outcome(archive)
    except KeyboardInterrupt:
        outcome = Outcome.INTERRUPTED
        raise
    finally:
        with archive.database.transaction():
            journal.end(run, outcome, coats.ledger.sent)
    return _result(archive, outcome, coats, watching)


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


def _begin(archive: Archive, connector: Connector, journal: Journal) -> tuple[int, Frontier, Answers]:
    """Take up the last pull, or open a new one; in one transaction, so that a kill leaves either none or all of it."""
    with archive.database.transaction():
        number, is_new = journal.pull_to_work_on()
        run = journal.begin(number)
        frontier = Frontier(archive.database, number)
        answers = Answers(archive.database, run)
        if is_new:
            answers.forget_gaps()
            frontier.add(connector.opening(None))
        else:
            answers.forget_broken()
            frontier.retry()
    return run, frontier, answers


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
