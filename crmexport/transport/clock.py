"""Time as a parameter, so that no test sleeps and fourteen days pass in a second."""

import threading
import time

from crmexport.transport.failures import StoppedError

PIECE = 1.0


class Clock:
    """The real time. Once stopped, nobody sleeps any more: who tries to, or does, gets StoppedError."""

    def __init__(self) -> None:
        self._stopped = threading.Event()

    def monotonic(self) -> float:
        """Seconds that only grow, for intervals."""
        return time.monotonic()

    def time(self) -> float:
        """Seconds since the epoch, for what must outlive the process."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait. Raises StoppedError when the clock is stopped meanwhile.

        In short pieces: Ctrl+C on Windows does not reach a thread before its wait for a lock has ended.
        """
        until = self.monotonic() + seconds
        while (left := until - self.monotonic()) > 0:
            if self._stopped.wait(min(left, PIECE)):
                raise StoppedError("the run has ended")

    def stop(self) -> None:
        """Wake everybody who sleeps: an interrupted run must not wait for its threads to wake by themselves."""
        self._stopped.set()
