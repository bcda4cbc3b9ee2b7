"""A random sample asked for once more at the source: do the records that we hold say there what they say here?"""

import json
import math
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from sqlalchemy import func, select

from crmexport.archive import Archive
from crmexport.archive.schema import records
from crmexport.errors import ArchiveDamagedError
from crmexport.proof.report import Sample
from crmexport.source import FILES, Connector, Credentials, GapKind, Key, Request, Response, Row
from crmexport.source.contract import single_answers, understood
from crmexport.temporary import temporary
from crmexport.text import _
from crmexport.transport.clock import Clock
from crmexport.transport.coats import Coats
from crmexport.transport.failures import FailureError, VanishedError
from crmexport.transport.judge import failure_of
from crmexport.transport.patience import Waiting, unheard
from crmexport.transport.trying import BRIEF, Trying
from crmexport.watch import Watch, nobody

SIZE = 300
STEPS = 5  # some sources want other questions before a card
TOGETHER = 25  # records at least that are asked for side by side, through all of their steps
MOST_REQUESTS = 600

Ask = tuple[Request, Key]
Answer = Response | FailureError
Card = tuple[Request, Row]  # a record, and the request that brought it


class Held(NamedTuple):
    """A record as the archive holds it."""

    body: dict[str, Any]
    modified: str | None


def sample(
    archive: Archive,
    connector: Connector,
    credentials: Credentials,
    size: int = SIZE,
    rate: float | None = None,
    watch: Watch = nobody,
    waiting: Waiting = unheard,
) -> Sample:
    """Ask for up to `size` records, picked at random over all streams that have cards, and compare what they say.

    `waiting` is told of long waits: right after a pull the requests of the hour may be spent. Raises SignInRefusedError, and SourceError where nothing is answered. A record that cannot be read at this moment is left
    out. `rate` as in a pull.
    """
    picked = dict(_readable(archive, _picked(archive, connector, size)))
    found = Sample()
    with temporary() as nowhere:
        coats = Coats(
            connector, credentials, nowhere, rate=rate, waiting=waiting, patience=BRIEF, at_first=0.0
        )
        coats.start()
        trying = Trying(connector.account.url, coats)
        for key, now in _asked(connector, trying, list(picked), lambda: coats.ledger.sent < MOST_REQUESTS):
            _compare(connector, found, key, picked[key], now)
            watch(_("a random sample at the source"), found.asked, len(picked))
        trying.must_have_answers()
    found.unread = len(picked) - found.asked
    return found


def _readable(archive: Archive, keys: Sequence[Key]) -> Iterator[tuple[Key, Held]]:
    """What is held of those records whose stored answers can be read: the check of the archive names the others."""
    for key in keys:
        with suppress(ArchiveDamagedError, ValueError):
            yield key, archived(archive, key)


def archived(archive: Archive, key: Key) -> Held:
    """What the archive holds of one record."""
    table = records
    line = select(table).where(table.c.stream == key[0], table.c.id == key[1])
    place = archive.database.connection.execute(line).one()
    _received, body = archive.cut(place.response, place.start, place.end)
    return Held(json.loads(body), place.modified)


def _picked(archive: Archive, connector: Connector, size: int) -> list[Key]:
    """Records at random places of the index, the same for the same archive."""
    connection = archive.database.connection
    streams = [name for name in archive.counts() if name != FILES and connector.card(name, "1") is not None]
    here = records.c.stream.in_(streams), records.c.deleted.is_(None)
    total = connection.execute(select(func.count()).where(*here)).scalar_one()
    chance = random.Random(total)  # noqa: S311 - no secret
    places = set(chance.sample(range(total), min(total, size)))
    line = select(records.c.stream, records.c.id).where(*here).order_by(records.c.stream, records.c.id)
    picked = [(row.stream, row.id) for at, row in enumerate(connection.execute(line)) if at in places]
    chance.shuffle(picked)  # not all may get an answer
    return picked


def _asked(
    connector: Connector, trying: Trying, keys: Sequence[Key], may_go_on: Callable[[], bool]
) -> Iterator[tuple[Key, Card | None]]:
    """What the source says now of each record; None for one that is gone."""
    batch = max(1, connector.about.limits.bulk_calls)
    together = batch * math.ceil(TOGETHER / batch)
    for start in range(0, len(keys), together):
        if may_go_on():
            yield from _by_steps(connector, trying, keys[start : start + together])


def _by_steps(connector: Connector, trying: Trying, keys: Sequence[Key]) -> Iterator[tuple[Key, Card | None]]:
    waiting = [(card, key) for key in keys if (card := connector.card(*key)) is not None]
    for _step in range(STEPS):
        following: list[Ask] = []
        for (request, key), answer in _answers(connector, trying, waiting):
            if isinstance(answer, VanishedError):
                yield key, None
            elif isinstance(answer, Response):
                yield from _read(connector, (request, key), answer, following)
        waiting = following


def _read(
    connector: Connector, ask: Ask, answer: Response, following: list[Ask]
) -> Iterator[tuple[Key, Card | None]]:
    """The record, if the answer holds it or says that it is gone; otherwise its next question goes into `following`."""
    request, key = ask
    try:
        reading = understood(connector.read, request, answer)
        rows = understood(connector.rows, request, answer)
    except ValueError:
        return
    now = next((row for row in rows if (row.stream, row.id) == key), None)
    if now is not None:
        yield key, (request, now)
    elif any((gap.stream, gap.id, gap.kind) == (*key, GapKind.VANISHED) for gap in reading.gaps):
        yield key, None
    else:
        following.extend((one, key) for one in reading.requests[:1])


def _answers(connector: Connector, trying: Trying, asks: Sequence[Ask]) -> Iterator[tuple[Ask, Answer]]:
    """Each request with its answer; many at a time where the source allows that."""
    together = connector.about.limits.bulk_calls
    bulk = [ask for ask in asks if ask[0].bulk and together > 1]
    for start in range(0, len(bulk), max(1, together)):
        yield from _bulk(connector, trying, bulk[start : start + together])
    yield from ((ask, _sent(trying, ask[0])) for ask in asks if not (ask[0].bulk and together > 1))


def _bulk(connector: Connector, trying: Trying, asks: Sequence[Ask]) -> Iterator[tuple[Ask, Answer]]:
    """One bulk request; where that is refused, or cannot be split, each alone."""
    whole = connector.combine([request for request, _key in asks]) if len(asks) > 1 else asks[0][0]
    answer = _sent(trying, whole)
    parts = _parts(connector, whole, answer)
    if parts is None:
        yield from ((ask, answer if len(asks) == 1 else _sent(trying, ask[0])) for ask in asks)
        return
    known = {request.key: key for request, key in asks}
    for inner, part in parts:
        if inner.key in known:  # its context may say what the whole answer told of it
            yield (inner, known[inner.key]), failure_of(connector, inner, part, Clock().time()) or part


def _parts(connector: Connector, whole: Request, answer: Answer) -> list[tuple[Request, Response]] | None:
    try:
        return None if isinstance(answer, FailureError) else single_answers(connector, whole, answer)
    except ValueError:
        return None


def _sent(trying: Trying, request: Request) -> Answer:
    try:
        return trying.send(request)
    except FailureError as failure:
        return failure


def _compare(connector: Connector, found: Sample, key: Key, held: Held, card: Card | None) -> None:
    """Only fields that both have are compared: a card says more than a row of a list."""
    found.asked += 1
    if card is None:
        found.gone += 1
        return
    request, now = card
    before, there = (connector.own(request, body) for body in (held.body, now.value))
    wrong = [
        name
        for name in sorted(before.keys() & there.keys())
        if not connector.is_same(key[0], {name: before[name]}, {name: there[name]})
    ]
    if not wrong:
        found.same += 1
    elif now.modified and now.modified != held.modified:
        found.changed += 1
    else:
        found.different.append(f"{key[0]} {key[1]}: {', '.join(wrong)}")
