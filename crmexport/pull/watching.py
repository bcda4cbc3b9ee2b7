"""What the person sees while a pull goes on: figures at a steady beat, and the events that matter."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from crmexport.archive.lacked import Lacked
from crmexport.pull.events import Event
from crmexport.pull.flights import MOST
from crmexport.source import FILES, Gap
from crmexport.transport.clock import Clock
from crmexport.transport.coats import Coats

BEAT = 1.0
REMEMBERED = 20_000  # gaps told: where there are more, some are told again, and memory does not grow

Watch = Callable[[Event], None]


class Watching:
    """Tells a watcher. `held` are the records held when the run began; `new` counts up while it goes on.

    `titles` are what a person calls the streams, `lacked` what the pull before did not get either.
    """

    def __init__(
        self,
        watch: Watch,
        clock: Clock,
        coats: Coats,
        held: Mapping[str, int],
        new: Counter[str],
        titles: Mapping[str, str],
    ) -> None:
        self._watch = watch
        self._clock = clock
        self._coats = coats
        self._held = Counter(held)
        self._new = new
        self._titles = titles
        self._started = clock.monotonic()
        self._next = self._started
        self._gaps: set[tuple[str, str, str]] = set()
        self.lacked = Lacked()

    def tell(self, kind: str, /, **values: Any) -> None:
        """One event."""
        self._watch(Event(kind, values))

    def tick(self, left: Callable[[], int]) -> None:
        """Called after every step; tells the figures once a second. `left` says how many requests are still to be sent."""
        now = self._clock.monotonic()
        if now >= self._next:
            self._next = now + BEAT
            self.tell("progress", **self._figures(left(), now))

    def waiting(self, seconds: float) -> None:
        """Nothing can be asked for a while: what failed will be asked for again."""
        self.tell("waiting", seconds=round(seconds, 1), reason=None)

    def gap(self, gap: Gap) -> None:
        """Something will be missing. What several requests meet, such as the readers of one list, is told once a run."""
        met = (gap.stream, gap.id, gap.kind.value)
        if met in self._gaps:
            return
        if len(self._gaps) < REMEMBERED:
            self._gaps.add(met)
        self.tell(
            "gap",
            stream=gap.stream,
            title=self._titles.get(gap.stream, gap.stream),
            id=gap.id,
            kind=gap.kind.value,
            reason=gap.reason,
            is_new=self.lacked.is_new(gap),
        )

    def records(self) -> dict[str, int]:
        """Records held now, by stream."""
        return dict(sorted((self._held + self._new).items()))

    def seconds(self) -> float:
        """How long the run has lasted."""
        return self._clock.monotonic() - self._started

    def _figures(self, waiting: int, now: float) -> dict[str, Any]:
        sent = self._coats.ledger.sent
        rate = sent / max(now - self._started, 1e-6)
        return {
            "done": sent,
            "waiting": waiting,
            "records": self.records(),
            "files": self._held[FILES] + self._new[FILES],
            "rate": round(rate, 2),
            "eta_seconds": round(self._lasting(waiting, rate)) if rate else None,
        }

    def _lasting(self, waiting: int, rate: float) -> float:
        """Seconds for the requests that wait: as long as the source's limits want, or, where these leave time, its answers take."""
        permitted = self._coats.pace.lasting(waiting)
        return max(permitted, waiting * self._coats.ledger.latency / MOST) if permitted else waiting / rate
