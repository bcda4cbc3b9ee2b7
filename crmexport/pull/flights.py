"""Requests in flight: which are picked next, alone or as a batch, and how many at once."""

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from functools import partial
from typing import NamedTuple

from crmexport.archive.frontier import Frontier, Waiting
from crmexport.pull.batches import Batches
from crmexport.pull.families import Families
from crmexport.pull.threads import Threads
from crmexport.pull.waits import WAITS
from crmexport.source import Connector, Request, Response
from crmexport.transport.coats import Coats

UNLIMITED = 4
MOST = 8


class Flight(NamedTuple):
    """A request on its way, with the waiting requests it answers (several when it is a batch)."""

    request: Request
    waiting: tuple[Waiting, ...]

    @property
    def is_batch(self) -> bool:
        """Whether one answer is to hold several."""
        return len(self.waiting) > 1


class _Line:
    """What waits in one line, the worthiest first, for one round of picking: nothing is added to it meanwhile.

    `fetch` gives up to a number of those that are not picked yet; it is asked for `least` at once.
    """

    def __init__(self, fetch: Callable[[int], list[Waiting]], least: int) -> None:
        self._fetch = fetch
        self._least = least
        self._next: list[Waiting] = []
        self._is_all = False

    def first(self, most: int) -> list[Waiting]:
        """Up to `most` that are next."""
        if len(self._next) < most and not self._is_all:
            wanted = max(most, self._least)
            self._next = self._fetch(wanted)
            self._is_all = len(self._next) < wanted
        return self._next[:most]

    def take(self, most: int) -> list[Waiting]:
        """The same, and they are picked."""
        taken = self.first(most)
        del self._next[: len(taken)]
        return taken


class Flights:
    """Keeps as many requests in flight as the pace and the latency call for. Threads only do network."""

    def __init__(self, connector: Connector, frontier: Frontier, coats: Coats, families: Families) -> None:
        self._families = families
        self._connector = connector
        self._frontier = frontier
        self._coats = coats
        self._threads = Threads(MOST + MOST, "ask")
        self._up: dict[Future[Response], Flight] = {}
        self._busy: dict[int, Waiting] = {}
        self.batches = Batches(connector.about.limits.bulk_calls)
        self.are_files = False  # whether nothing but files is on its way: nothing else can be asked for now

    def __len__(self) -> int:
        return len(self._up)

    def launch(self, now: float) -> Iterator[list[Waiting]]:
        """Send requests until enough are in flight or nothing (sensible) waits.

        Gives, as they come up, those that it would be in vain to ask: the caller sets them aside before the next ones.
        """
        singles = _Line(partial(self._line, now, False), MOST)
        bulk = _Line(partial(self._line, now, True), max(self.batches.size, MOST))
        while len(self._up) < self._enough():
            flight = self._pick(singles, bulk)
            if flight is None:
                return
            vain = [one for one in flight.waiting if self._families.fate(one.request)]
            if vain:
                yield vain
                continue
            self._busy |= {one.id: one for one in flight.waiting}
            self._up[self._threads.submit(self._coats.send, flight.request)] = flight
            self.are_files = flight.request.is_file and all(one.request.is_file for one in self._up.values())

    def land(self, patience: float) -> list[tuple[Flight, Future[Response]]]:
        """The flights that have ended, waiting up to `patience` seconds for the first."""
        ended, _rest = wait(self._up, timeout=patience, return_when=FIRST_COMPLETED)
        return [(self._up.pop(future), future) for future in ended]

    def forget(self, flight: Flight) -> None:
        """The frontier knows what became of this flight: its requests may be picked again if they still wait there."""
        for one in flight.waiting:
            del self._busy[one.id]

    def on_their_way(self) -> set[str]:
        """The keys of all requests whose answers have not been taken yet."""
        return {one.request.key for one in self._busy.values()}

    def stop(self) -> None:
        """Start nothing more and do not wait for what is on its way."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _enough(self) -> int:
        rate = self._coats.pace.rate
        wanted = UNLIMITED if rate is None else math.ceil(rate * self._coats.ledger.latency) + 1
        return max(2, min(wanted, MOST)) + min(self._coats.ledger.asleep, MOST)

    def _line(self, now: float, is_bulk: bool, most: int) -> list[Waiting]:
        return self._frontier.waiting(most, now, bulk=is_bulk, but=self._busy)

    def _pick(self, singles: _Line, bulk: _Line) -> Flight | None:
        """The worthiest request. Batches wait until they are full, as long as anything can still come to fill them.

        What has one try left has it alone: what failed in a batch may never have been the reason.
        """
        single, best, size = singles.first(1), bulk.first(1), max(1, self.batches.size)
        if best and not (single and single[0].worth > best[0].worth):
            if best[0].attempts >= len(WAITS):
                return self._batch(bulk.take(1))
            together = bulk.first(size)
            if len(together) == size or not self._may_bring_more(single):
                return self._batch(bulk.take(_before_last_tries(together)))
        return self._batch(singles.take(1)) if single else None

    def _may_bring_more(self, single: Sequence[Waiting]) -> bool:
        """Whether a list is still to be asked or on its way: its answer may add to a batch. Files add nothing."""
        waiting = any(not one.request.is_file for one in single)
        return waiting or any(not flight.request.is_file for flight in self._up.values())

    def _batch(self, together: Sequence[Waiting]) -> Flight:
        if len(together) == 1:
            return Flight(together[0].request, (together[0],))
        return Flight(self._connector.combine([one.request for one in together]), tuple(together))


def _before_last_tries(together: Sequence[Waiting]) -> int:
    """How many of these come before the first that has one try left."""
    return next((place for place, one in enumerate(together) if one.attempts >= len(WAITS)), len(together))
