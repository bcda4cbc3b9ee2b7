"""Before a pull: look at the first pages only, count, and say how long all of it will take."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from crmexport.pull.choice import suited
from crmexport.pull.events import Event, telling_waits
from crmexport.pull.greeting import greet
from crmexport.source import Connector, Credentials, Reading, Request, Standing
from crmexport.source.contract import understood
from crmexport.temporary import temporary
from crmexport.text import _
from crmexport.transport.clock import Clock
from crmexport.transport.coats import Coats
from crmexport.transport.failures import FailureError
from crmexport.transport.line import Transport
from crmexport.transport.pace import Pace
from crmexport.transport.trying import BRIEF, Trying

DEPTH = 3  # dictionaries, the field definitions they lead to, the lists these lead to
DEEPEST = 8  # of a source that wants more steps before it shows a list
OF_A_STREAM = 3
MOST = 150
SPREAD = 1.3
UNLIMITED = 20.0


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a full pull will take: requests and seconds, from … to; records by stream where the source tells how many.

    `unknown` are streams the source does not count: there the upper end is open. `standing` is who was signed in, and
    until when the account is open. `titles` are what a person calls the streams.
    """

    requests_low: int
    requests_high: int
    seconds_low: float
    seconds_high: float
    records: dict[str, int] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    standing: Standing = field(default_factory=Standing)
    titles: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Sample:
    """What the first pages showed of one stream: how many lists it has, rows seen, follow-ups asked for in batches, and files."""

    lists: int = 0
    rows: int = 0
    batched: int = 0
    files: int = 0


def plan(
    connector: Connector,
    credentials: Credentials,
    *,
    share: float = 1.0,
    rate: float | None = None,
    clock: Clock | None = None,
    line: Transport | None = None,
    watch: Callable[[Event], None] = lambda event: None,
) -> Estimate:
    """Ask the first pages of everything (some dozens of requests, nothing is stored) and extrapolate. That takes a minute, or the rest of
    an hour whose requests are spent: `watch` is told how far it is, and what it waits for.

    Raises SignInRefusedError, ConfigurationError, and SourceError where nothing can be learned; a list that cannot be read
    now is left out.
    """
    connector = suited(connector, None, clock or Clock(), line)
    look = _Look(connector, watch)
    with temporary() as nowhere:
        coats = Coats(
            connector,
            credentials,
            nowhere,
            share=share,
            rate=rate,
            clock=clock,
            line=line,
            waiting=telling_waits(watch),
            patience=BRIEF,
            at_first=0.0,
        )
        coats.start()
        trying = Trying(connector.account.url, coats)
        look.around(trying)
        trying.must_have_answers()
        low = _requests(connector, look)
        high = low * SPREAD
        return Estimate(
            requests_low=round(low),
            requests_high=round(high),
            seconds_low=_seconds(coats.pace, low),
            seconds_high=_seconds(coats.pace, high),
            records=dict(look.records),
            unknown=_unknown(look),
            standing=greet(connector, trying.send),
            titles=connector.about.titles,
        )


class _Look:
    """Asks the opening requests and what they lead to, never sub-lists or files; keeps what that shows."""

    def __init__(self, connector: Connector, watch: Callable[[Event], None]) -> None:
        self.samples: dict[str, _Sample] = {}
        self.unseen: set[str] = set()  # streams of which something was to be asked, and nothing is known
        self._announced: dict[tuple[str, str], int] = {}
        self._connector = connector
        self._watch = watch
        self._asked: set[str] = set()
        self._done = 0
        self._tell()

    def around(self, trying: Trying) -> None:
        """Some steps deep; for streams of which nothing is seen by then, deeper."""
        line, left = list(self._connector.opening(None)), list[Request]()
        for step in range(DEEPEST):
            wanted = line if step < DEPTH else list(self._of_unseen(line))
            new, more = self._asked_first(wanted)
            left += more
            line = [following for one in new for following in self._ask(trying, one)]
        self.unseen = {one.stream for one in self._of_unseen(left + line)}

    def _asked_first(self, wanted: list[Request]) -> tuple[list[Request], list[Request]]:
        """Those of a step that are asked, and those for which there is no room any more."""
        new = list({one.key: one for one in wanted if one.key not in self._asked}.values())
        room = max(0, MOST - len(self._asked))
        self._asked.update(one.key for one in new)
        return new[:room], new[room:]

    @property
    def records(self) -> Counter[str]:
        """How many records of each stream are announced."""
        found: Counter[str] = Counter()
        for (stream, _scope), number in self._announced.items():
            found[stream] += number
        return found

    def _of_unseen(self, line: list[Request]) -> Iterator[Request]:
        """A few requests for each stream of which neither a row was seen nor that there are none."""
        taken: Counter[str] = Counter()
        empty = {stream for stream, number in self.records.items() if not number}
        for one in line:
            seen = one.stream in empty or self.samples.get(one.stream, _Sample()).rows
            if not seen and taken[one.stream] < OF_A_STREAM:
                taken[one.stream] += 1
                yield one

    def _ask(self, trying: Trying, request: Request) -> list[Request]:
        self._done += 1
        try:
            reading = understood(self._connector.read, request, trying.send(request))
        except (FailureError, ValueError):
            return []
        finally:
            self._tell()
        self._learn(request.stream, reading)
        if _is_list(request):
            self._announced.update({(one.stream, one.scope): one.number for one in reading.announced})
        return [new for new in reading.asks if _is_list(new)]

    def _tell(self) -> None:
        self._watch(Event("progress", {"what": _("first pages of the lists"), "done": self._done}))

    def _learn(self, stream: str, reading: Reading) -> None:
        sample = self.samples.setdefault(stream, _Sample())
        sample.lists += 1
        sample.rows += len(reading.records)
        sample.batched += sum(new.bulk for new in reading.asks)
        sample.files += len(reading.files)


def _is_list(request: Request) -> bool:
    return not (request.bulk or request.is_file)


def _seconds(pace: Pace, requests: float) -> float:
    return pace.lasting(requests) or requests / UNLIMITED


def _requests(connector: Connector, look: _Look) -> float:
    """About how many a full pull needs at least, by what the first pages show."""
    limits, records = connector.about.limits, look.records
    low = 0.0
    for stream, sample in look.samples.items():
        total = max(records[stream], sample.rows)
        share = total / sample.rows if sample.rows else 0.0
        walk = max(sample.lists, total / limits.page)
        if stream in (*connector.about.swept, *connector.about.relisted):  # the seal walks again
            walk *= 2
        if stream in connector.about.swept:  # and it looks for changes
            walk += sample.lists
        low += walk + share * (sample.batched / max(1, limits.bulk_calls) + sample.files)
    return low


def _unknown(look: _Look) -> tuple[str, ...]:
    """The streams that the source does not count."""
    records = look.records
    uncounted = {name for name, sample in look.samples.items() if sample.rows and name not in records}
    return tuple(sorted(uncounted | look.unseen - records.keys()))
