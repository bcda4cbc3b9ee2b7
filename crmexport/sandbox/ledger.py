"""The book of requests: what came in, when, and how it was answered."""

from collections import Counter, deque
from threading import Lock
from time import time
from typing import NamedTuple


class Entry(NamedTuple):
    """One request: when it came (seconds since 1970), the status it got (0: the connection broke), and what it asked."""

    time: float
    status: int
    method: str
    path: str
    calls: int = 1


class Ledger:
    """Counts everything for ever, and remembers the last `keep` requests one by one."""

    def __init__(self, keep: int = 200_000) -> None:
        self.entries: deque[Entry] = deque(maxlen=keep)
        self._lock = Lock()
        self.clear()

    def clear(self) -> None:
        """Begin anew."""
        with self._lock:
            self.entries.clear()
            self.statuses: Counter[int] = Counter()
            self.calls = 0
            self.first: float | None = None
            self.last: float | None = None

    @property
    def requests(self) -> int:
        """How many requests came in."""
        return sum(self.statuses.values())

    def write(self, came: float, status: int, method: str, path: str, calls: int = 1) -> None:
        """Enter one request that came at `came`; `calls` is how many questions it carried (a bulk request: several)."""
        with self._lock:
            self.entries.append(Entry(came, status, method, path, calls))
            self.statuses[status] += 1
            self.calls += calls
            self.first = came if self.first is None else min(self.first, came)
            self.last = time()

    def summary(self) -> dict[str, object]:
        """The figures, as JSON values: `requests`, `calls` (those within bulk requests too), `statuses`, `first`, `last`."""
        with self._lock:
            statuses = {str(status): number for status, number in sorted(self.statuses.items())}
            total = sum(self.statuses.values())
            return {
                "requests": total,
                "calls": self.calls,
                "statuses": statuses,
                "first": self.first,
                "last": self.last,
            }
