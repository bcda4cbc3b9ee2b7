"""One run: lock the archive, take up the pull where it stands, work, and write down how it ended."""

from collections.abc import Mapping
from typing import NamedTuple, Self

from crmexport.archive import Archive, Place
from crmexport.archive.accepted import Accepted, narrow
from crmexport.archive.equation import unexplained
from crmexport.archive.extent import extent
from crmexport.archive.journal import Outcome
from crmexport.archive.lacked import Lacked
from crmexport.archive.news import as_values, news
from crmexport.archive.pulls import sent_before
from crmexport.pull.ahead import source_of
from crmexport.pull.choice import suited
from crmexport.pull.events import Event, PullResult, telling_waits
from crmexport.pull.journey import Journey
from crmexport.pull.watching import Watch
from crmexport.source import Connector, Credentials
from crmexport.transport.begun import is_begun, key_of
from crmexport.transport.clock import Clock
from crmexport.transport.coats import Coats
from crmexport.transport.line import Transport
from crmexport.transport.pace import HOUR
from crmexport.transport.patience import PATIENCE_AT_FIRST


def pull(
    place: Place,
    connector: Connector,
    credentials: Credentials,
    *,
    share: float = 1.0,
    rate: float | None = None,
    full: bool = False,
    believe_deletions: bool = False,
    watch: Watch = lambda event: None,
    clock: Clock | None = None,
    line: Transport | None = None,
) -> PullResult:
    """Fill the archive in `place`. Stop it at will, even with SIGKILL: the next call goes on where this one stopped.

    The first pull asks for everything, later ones for what changed, unless `full`. When suspiciously many records are not
    shown any more, they are a gap and not deletions, unless the person says to `believe_deletions`. `share` (0 to 1) of
    the permitted rate is used; `rate` (requests a second, 0 = as fast as the line) replaces the connector's declared
    limits. Raises SignInRefusedError, ArchiveInUseError, ArchiveUnreachableError, ConfigurationError, OutputError,
    SourceError; on KeyboardInterrupt the run is written down as interrupted and the exception goes on.
    """
    clock = clock or Clock()
    waiting = telling_waits(watch)
    connector = suited(connector, place, clock, line, waiting, PATIENCE_AT_FIRST)
    with Archive.open_for(place, source_of(connector)) as archive:
        coats = Coats(
            connector,
            credentials,
            archive.content.prepare(is_begun),
            share=share,
            rate=rate,
            clock=clock,
            line=line,
            renewed=lambda: watch(Event("renewed")),
            waiting=waiting,
        )
        journey = Journey(archive, connector, coats, clock, watch, believe_deletions)
        return _run(archive, connector, coats, clock, journey, full)


def _run(
    archive: Archive, connector: Connector, coats: Coats, clock: Clock, journey: Journey, full: bool
) -> PullResult:
    coats.pace.remember(sent_before(archive, HOUR))
    run, outcome = 0, Outcome.FAILED
    try:
        coats.start()
        run = journey.begin(full)
        journey.go()
        _clear(archive, journey)
        with archive.database.transaction():
            lacking = Lacking.of(archive, journey.watching.lacked)
        outcome = lacking.outcome
    except KeyboardInterrupt:
        outcome = Outcome.INTERRUPTED
        raise
    finally:
        clock.stop()
        if run:
            with archive.database.transaction():
                journey.journal.end(run, outcome, coats.ledger.sent)
    return _result(archive, lacking, coats, journey, connector.about.titles)


def _clear(archive: Archive, journey: Journey) -> None:
    """Drop what is begun of files that no later pull will ask for in the same words."""
    begun = {left: key_of(left) for left in archive.content.prepare(is_begun).iterdir()}
    lost = journey.are_lost(key for key in begun.values() if key)
    archive.content.prepare(lambda left: begun.get(left) in lost)


class Lacking(NamedTuple):
    """What the archive lacks when a run is over: how many gaps that are losses, how many of these the pull before did not
    have, and what is unexplained by stream; what a person has accepted, if that is all of it."""

    gaps: int
    new: int | None
    unexplained: Mapping[str, int]
    accepted: Accepted | None

    @classmethod
    def of(cls, archive: Archive, before: Lacked) -> Self:
        """Look, beside what was lacked `before`; walks through all that is known of files once. Belongs into the caller's transaction."""
        gaps, missing = archive.gaps(), unexplained(archive)
        losses = sum(gap.kind.is_loss for gap in gaps)
        known = narrow(archive.database, gaps, missing)
        is_all = (
            known is not None
            and bool(losses or missing)
            and known.covers(gaps, missing, extent(archive.database, gaps))
        )
        return cls(losses, before.new_in(gaps), missing, known if is_all else None)

    @property
    def outcome(self) -> Outcome:
        """How a run that ended by itself ended."""
        return Outcome.GAPS if self.gaps or self.unexplained else Outcome.COMPLETE


def _result(
    archive: Archive, lacking: Lacking, coats: Coats, journey: Journey, titles: dict[str, str]
) -> PullResult:
    result = PullResult(
        complete=lacking.outcome is Outcome.COMPLETE,
        records=archive.counts(),
        gaps=lacking.gaps,
        requests=coats.ledger.sent,
        seconds=round(journey.watching.seconds(), 1),
        unexplained=lacking.unexplained,
        news=news(archive.database, journey.pull),
        titles=titles,
        new_gaps=lacking.new,
        accepted=lacking.accepted and lacking.accepted.at,
    )
    journey.watching.tell(
        "finished",
        complete=result.complete,
        gaps=result.gaps,
        new_gaps=result.new_gaps,
        accepted=result.accepted,
        unexplained=dict(result.unexplained),
        requests=result.requests,
        records=result.records,
        news=as_values(result.news),
    )
    return result
