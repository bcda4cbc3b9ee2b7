"""Time as a parameter, so that no test sleeps and fourteen days pass in a second."""

import time


class Clock:
    """The real time."""

    def monotonic(self) -> float:
        """Seconds that only grow, for intervals."""
        return time.monotonic()

    def time(self) -> float:
        """Seconds since the epoch, for what must outlive the process."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        if seconds > 0:
            time.sleep(seconds)
