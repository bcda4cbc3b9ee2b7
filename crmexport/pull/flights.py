"""Requests in flight: which are picked next, alone or as a batch, and how many at once."""

import math
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import NamedTuple

from crmexport.archive.frontier import Frontier, Waiting
from crmexport.pull.families import Families
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


class Flights:
    """Keeps as many requests in flight as the pace and the latency call for. Threads only do network."""

    def __init__(self, connector: Connector, frontier: Frontier, coats: Coats, families: Families) -> None:
        self._families = families
        self._connector = connector
        self._frontier = frontier
        self._coats = coats
        self._threads = ThreadPoolExecutor(MOST + MOST, thread_name_prefix="ask")
        self._up: dict[Future[Response], Flight] = {}
        self._busy: dict[int, Waiting] = {}
        self.batch = connector.about.limits.bulk_calls

    def __len__(self) -> int:
        return len(self._up)

    def launch(self, now: float) -> Iterator[list[Waiting]]:
        """Send requests until enough are in flight or nothing (sensible) waits.

        Gives, as they come up, those that it would be in vain to ask: the caller sets them aside before the next ones.
        """
        while len(self._up) < self._enough():
            flight = self._pick(now)
            if flight is None:
                return
            vain = [one for one in flight.waiting if self._families.fate(one.request)]
            if vain:
                yield vain
                continue
            self._busy |= {one.id: one for one in flight.waiting}
            self._up[self._threads.submit(self._coats.send, flight.request)] = flight

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

    def shrink_batches(self) -> None:
        """The source did not take a batch of this size: halve it, at last do without."""
        self.batch //= 2

    def stop(self) -> None:
        """Start nothing more and do not wait for what is on its way."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _enough(self) -> int:
        rate = self._coats.pace.rate
        wanted = UNLIMITED if rate is None else math.ceil(rate * self._coats.ledger.latency) + 1
        return max(2, min(wanted, MOST)) + min(self._coats.ledger.asleep, MOST)

    def _pick(self, now: float) -> Flight | None:
        """The worthiest request. Batches wait until they are full, as long as anything can still come to fill them."""
        single = self._frontier.waiting(1, now, bulk=False, but=self._busy)
        best = self._frontier.waiting(1, now, bulk=True, but=self._busy)
        if not best or (single and single[0].worth > best[0].worth):
            return Flight(single[0].request, (single[0],)) if single else None
        size = max(1, self.batch)
        together = self._frontier.waiting(size, now, bulk=True, but=self._busy)
        if len(together) == size or not self._may_bring_more(single):
            return self._batch(together)
        return Flight(single[0].request, (single[0],)) if single else None

    def _may_bring_more(self, single: list[Waiting]) -> bool:
        """Whether a list is still to be asked or on its way: its answer may add to a batch. Files add nothing."""
        waiting = any(not one.request.is_file for one in single)
        return waiting or any(not flight.request.is_file for flight in self._up.values())

    def _batch(self, together: list[Waiting]) -> Flight:
        if len(together) == 1:
            return Flight(together[0].request, (together[0],))
        return Flight(self._connector.combine([one.request for one in together]), tuple(together))
