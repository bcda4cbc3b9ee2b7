"""The coat that keeps the permitted pace: even spacing, a little below the limit, never a burst.

Requests that leave evenly arrive unevenly: of a strict limiter, with a window of a second, no more than 1 / (1 + j) of the rate can
be used without rejections where some take j seconds longer than others. How much that is, every line has to show: each rejection
lowers what is aimed at, which takes eight minutes to rise by as much again, for the line may be quieter by then. A rejection also
slows down for some seconds, because it may be colleagues who use the rest. A pause of everybody after each would cost a quarter of
the rate, so a short Retry-After is only for whoever got it (measured: docs/performance.md).
"""

import math
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping

from crmexport.source import Request, Response
from crmexport.text import _
from crmexport.transport.clock import Clock
from crmexport.transport.failures import ThrottledError, TransientError
from crmexport.transport.line import Transport

FRACTION = 0.995
LEAST = 0.94
LOWER = 0.005
HIGHER_PER_SECOND = 0.00001
SLOWER = 0.97
BACK_PER_SECOND = 0.002
LONG_WAIT = 3.0
WORTH_TELLING = 10.0  # seconds for which nothing leaves
HOUR = 3600.0


class Pace(Transport):
    """One for an account. `per_second` requests at most (None: as fast as the line), `per_hour` within any hour.

    `waiting` is told the seconds for which nothing will leave, and why.
    """

    def __init__(
        self,
        inner: Transport,
        clock: Clock,
        per_second: float | None,
        per_hour: int | None = None,
        waiting: Callable[[float, str], None] = lambda seconds, reason: None,
    ) -> None:
        self._inner = inner
        self._clock = clock
        self._per_second = per_second
        self._hour: deque[float] | None = deque(maxlen=per_hour) if per_hour else None
        self._aim = FRACTION
        self._factor = FRACTION
        self._changed = clock.monotonic()
        self._next = 0.0
        self._waiting = waiting
        self._told = 0.0  # until when everybody knows that nothing leaves
        self._lock = threading.Lock()

    def remember(self, ages: Iterable[float]) -> None:
        """Requests of the last `HOUR` that left before this process began: how many seconds ago each, oldest first."""
        if self._hour is not None:
            now = self._clock.monotonic()
            self._hour.extend(now - age for age in ages)

    @property
    def rate(self) -> float | None:
        """Requests a second at this moment; None when there is no limit."""
        return self._per_second * self._factor if self._per_second else None

    def send(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        """Wait for a slot, then ask; learn from a rejection, and from a source in trouble that says how long it lasts."""
        pause = self._slot() - self._clock.monotonic()
        if self._hour is not None and pause >= WORTH_TELLING:
            self._tell(pause, _("{number} requests an hour are permitted").format(number=self._hour.maxlen))
        self._clock.sleep(pause)
        try:
            return self._inner.send(request, headers)
        except ThrottledError as failure:
            self._slow_down()
            self._stand_still(failure)
            raise
        except TransientError as failure:
            if not request.is_file:  # where files lie there may be trouble of its own
                self._stand_still(failure)
            raise

    def lasting(self, requests: float) -> float:
        """Seconds until so many more may have left; 0 where nothing limits them."""
        with self._lock:
            now = self._clock.monotonic()
            each = 1.0 / self.rate if self.rate else 0.0
            evenly = requests * each
            number, most = math.ceil(requests), self._hour.maxlen if self._hour is not None else None
            if self._hour is None or most is None or number < 1:
                return evenly
            left = [slot for slot in self._hour if slot > now - HOUR]
            if number <= most - len(left):
                return evenly
            hours, place = divmod(number - (most - len(left)) - 1, most)
            fresh = max(now, self._next) + (place - len(left) + 1) * each
            before = left[place] if place < len(left) else fresh
            return max(evenly, before + (hours + 1) * HOUR - now)

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

    def _stand_still(self, failure: ThrottledError | TransientError) -> None:
        """Let nothing leave before the source is ready, if it says when that is, and it is worth the while."""
        wait = failure.wait or 0.0
        with self._lock:
            if wait > LONG_WAIT:
                self._next = max(self._next, self._clock.monotonic() + wait)
        self._tell(wait, str(failure))

    def _tell(self, pause: float, reason: str) -> None:
        """Say once that nothing leaves for long, whoever of all threads notices it first."""
        with self._lock:
            now = self._clock.monotonic()
            is_news = pause >= WORTH_TELLING and now >= self._told
            self._told = now + pause if is_news else self._told
        if is_news:
            self._waiting(pause, reason)

    def _slow_down(self) -> None:
        with self._lock:
            self._aim = max(LEAST, self._aim - LOWER)
            self._factor *= SLOWER

    def _creep_back(self, now: float) -> None:
        passed, self._changed = now - self._changed, now
        self._aim = min(FRACTION, self._aim + HIGHER_PER_SECOND * passed)
        self._factor = min(self._aim, self._factor + BACK_PER_SECOND * passed)
