"""Before a pull: look at the first pages only, count, and say how long all of it will take."""

import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from crmexport.pull.choice import suited
from crmexport.pull.greeting import greet
from crmexport.source import Connector, Credentials, Reading, Request, Standing
from crmexport.transport.clock import Clock
from crmexport.transport.coats import Coats
from crmexport.transport.failures import FailureError
from crmexport.transport.line import Transport
from crmexport.transport.trying import BRIEF, Trying

DEPTH = 3  # dictionaries, the field definitions they lead to, the lists these lead to
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
) -> Estimate:
    """Ask the first pages of everything (some dozens of requests, nothing is stored) and extrapolate.

    Raises SignInRefusedError, ConfigurationError, and SourceError where nothing can be learned; a list that cannot be read
    now is left out.
    """
    connector = suited(connector, None, clock or Clock(), line)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as nowhere:
        coats = Coats(
            connector,
            credentials,
            Path(nowhere),
            share=share,
            rate=rate,
            clock=clock,
            line=line,
            patience=BRIEF,
        )
        coats.auth.start()
        samples: dict[str, _Sample] = {}
        announced: dict[tuple[str, str], int] = {}
        trying = Trying(connector.account.url, coats)
        for request, reading in _look(connector, trying):
            _learn(reading, samples.setdefault(request.stream, _Sample()))
            announced.update(
                {(one.stream, one.scope): one.number for one in reading.announced if _is_list(request)}
            )
        trying.must_have_answers()
        estimate = _estimate(connector, samples, announced, coats.pace.rate or UNLIMITED)
        return replace(estimate, standing=greet(connector, trying.send), titles=connector.about.titles)


def _look(connector: Connector, trying: Trying) -> Iterator[tuple[Request, Reading]]:
    """The opening requests and what they lead to, a few steps deep; never sub-lists or files."""
    line = list(connector.opening(None))
    asked: set[str] = set()
    for _step in range(DEPTH):
        readings = [(one, _ask(connector, trying, one)) for one in line if one.key not in asked][
            : MOST - len(asked)
        ]
        asked.update(one.key for one in line)
        yield from ((one, reading) for one, reading in readings if reading is not None)
        line = [new for _one, reading in readings if reading for new in reading.asks if _is_list(new)]


def _is_list(request: Request) -> bool:
    return not (request.bulk or request.is_file)


def _ask(connector: Connector, trying: Trying, request: Request) -> Reading | None:
    try:
        return connector.read(request, trying.send(request))
    except (FailureError, ValueError):
        return None


def _learn(reading: Reading, sample: _Sample) -> None:
    sample.lists += 1
    sample.rows += len(reading.records)
    sample.batched += sum(new.bulk for new in reading.asks)
    sample.files += len(reading.files)


def _estimate(
    connector: Connector, samples: dict[str, _Sample], announced: dict[tuple[str, str], int], rate: float
) -> Estimate:
    limits = connector.about.limits
    records: Counter[str] = Counter()
    for (stream, _scope), number in announced.items():
        records[stream] += number
    low = 0.0
    for stream, sample in samples.items():
        total = max(records[stream], sample.rows)
        share = total / sample.rows if sample.rows else 0.0
        walk = max(sample.lists, total / limits.page)
        if stream in (*connector.about.swept, *connector.about.relisted):  # the seal walks again
            walk *= 2
        if stream in connector.about.swept:  # and it looks for changes
            walk += sample.lists
        low += walk + share * (sample.batched / max(1, limits.bulk_calls) + sample.files)
    unknown = tuple(name for name, sample in samples.items() if sample.rows and name not in records)
    high = low * SPREAD
    return Estimate(round(low), round(high), low / rate, high / rate, dict(records), unknown)
