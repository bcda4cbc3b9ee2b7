"""The coat that keeps the permitted pace: even spacing, a little below the limit, never a burst.

Measured (docs/performance.md): 0.98 of the limit evenly spaced reaches 98 % with no rejection; a pause of everybody after
each rejection costs a quarter of the rate, so a short Retry-After only slows down a little.
"""

import threading
from collections import deque
from collections.abc import Mapping

from crmexport.source import Request, Response
from crmexport.transport.clock import Clock
from crmexport.transport.failures import ThrottledError
from crmexport.transport.line import Transport

FRACTION = 0.98
SLOWER = 0.97
BACK_PER_SECOND = 0.002
LONG_WAIT = 3.0
HOUR = 3600.0


class Pace(Transport):
    """One for an account. `per_second` requests at most (None: as fast as the line), `per_hour` within any hour."""

    def __init__(
        self, inner: Transport, clock: Clock, per_second: float | None, per_hour: int | None = None
    ) -> None:
        self._inner = inner
        self._clock = clock
        self._per_second = per_second
        self._hour: deque[float] | None = deque(maxlen=per_hour) if per_hour else None
        self._factor = FRACTION
        self._changed = clock.monotonic()
        self._next = 0.0
        self._lock = threading.Lock()

    @property
    def rate(self) -> float | None:
        """Requests a second at this moment; None when there is no limit."""
        return self._per_second * self._factor if self._per_second else None

    def send(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        """Wait for a slot, then ask; learn from a rejection."""
        self._clock.sleep(self._slot() - self._clock.monotonic())
        try:
            return self._inner.send(request, headers)
        except ThrottledError as failure:
            self._slow_down(failure.wait)
            raise

    def _slot(self) -> float:
        """Take the next free slot (monotonic seconds)."""
        with self._lock:
            now = self._clock.monotonic()
            self._creep_back(now)
            slot = max(self._next, now)
            if self._hour is not None:
                if len(self._hour) == self._hour.maxlen:
                    slot = max(slot, self._hour[0] + HOUR)
                self._hour.append(slot)
            rate = self.rate
            self._next = slot + (1.0 / rate if rate else 0.0)
            return slot

    def _slow_down(self, wait: float | None) -> None:
        with self._lock:
            self._factor *= SLOWER
            if wait is not None and wait > LONG_WAIT:
                self._next = max(self._next, self._clock.monotonic() + wait)

    def _creep_back(self, now: float) -> None:
        self._factor = min(FRACTION, self._factor + BACK_PER_SECOND * (now - self._changed))
        self._changed = now
