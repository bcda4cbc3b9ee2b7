"""How many requests a second the sandbox permits, by a calendar second or by a strict sliding window."""

from collections import deque
from collections.abc import Callable
from math import ceil
from time import monotonic
from typing import Literal

Window = Literal["sliding", "calendar"]


class Limiter:
    """Permits `rate` calls a second. Refused calls do not count. `clock` gives seconds and is a parameter for tests."""

    def __init__(
        self, rate: float, window: Window = "sliding", clock: Callable[[], float] = monotonic
    ) -> None:
        self.span = max(1.0, 1.0 / rate)
        self.permitted = max(1, round(rate * self.span))
        self._calendar = window == "calendar"
        self._clock = clock
        self._taken: deque[float] = deque()

    def refuse(self, calls: int = 1) -> int | None:
        """None when `calls` more are permitted now; else after how many whole seconds to ask again.

        More calls at once than the window ever permits pass when the window is empty, and fill it.
        """
        now = self._clock()
        self._forget(now)
        if self._taken and len(self._taken) + calls > self.permitted:
            return max(1, ceil(self._opens(now, calls) - now))
        self._taken.extend([now] * calls)
        return None

    def _forget(self, now: float) -> None:
        horizon = now // self.span * self.span if self._calendar else now - self.span
        while self._taken and self._taken[0] < horizon:
            self._taken.popleft()

    def _opens(self, now: float, calls: int) -> float:
        if self._calendar:
            return (now // self.span + 1) * self.span
        needed = min(len(self._taken), len(self._taken) + calls - self.permitted)
        return self._taken[needed - 1] + self.span
