"""The coat that writes down how it went: how many requests, with what outcome, how long an answer takes."""

import threading
from collections import Counter
from collections.abc import Mapping

from crmexport.source import Request, Response
from crmexport.transport.clock import Clock
from crmexport.transport.dates import moment_of
from crmexport.transport.line import Transport

WEIGHT = 0.2


class Ledger(Transport):
    """Counts what goes over the line.

    `latency` is a moving mean in seconds; `asleep` counts threads that wait to try again; `skew` is by how many seconds the
    source's clock is ahead of ours, as far as its answers tell (header Date, whole seconds).
    """

    def __init__(self, inner: Transport, clock: Clock) -> None:
        self._inner = inner
        self._clock = clock
        self._lock = threading.Lock()
        self.outcomes: Counter[str] = Counter()
        self.latency = 0.3
        self.asleep = 0
        self.skew = 0.0

    @property
    def sent(self) -> int:
        """Requests sent, whatever came of them."""
        return self.outcomes.total()

    def send(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        """Ask, and note status and time."""
        started = self._clock.monotonic()
        outcome = "failed"
        try:
            response = self._inner.send(request, headers)
            outcome = str(response.status)
            if not request.is_file:  # a file may come from a cache, with the date of days ago
                self._compare(response.headers.get("date", ""))
            return response
        finally:
            self._note(outcome, self._clock.monotonic() - started)

    def _compare(self, date: str) -> None:
        at = moment_of(date)
        if at is not None:
            self.skew = at - self._clock.time()

    def sleeping(self, change: int) -> None:
        """A thread begins (+1) or ends (-1) to wait before another try."""
        with self._lock:
            self.asleep += change

    def _note(self, outcome: str, seconds: float) -> None:
        with self._lock:
            self.outcomes[outcome] += 1
            self.latency += WEIGHT * (seconds - self.latency)
