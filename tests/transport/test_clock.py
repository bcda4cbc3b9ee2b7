"""Whoever waits can be stopped soon: by Ctrl+C, which Windows tells a waiting thread only between two waits, and by the end of a run."""

import pytest

from crmexport.transport.clock import Clock
from crmexport.transport.failures import StoppedError


class Event:
    """Notes how long it is waited for, and lets that time pass at once."""

    def __init__(self, stops_after: int = 10**9) -> None:
        self.waits: list[float] = []
        self._stops_after = stops_after

    def wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        return len(self.waits) > self._stops_after


def sleeping(monkeypatch: pytest.MonkeyPatch, event: Event) -> Clock:
    clock = Clock()
    monkeypatch.setattr(clock, "_stopped", event)
    monkeypatch.setattr(clock, "monotonic", lambda: sum(event.waits))
    return clock


def test_a_long_wait_is_many_short_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    event = Event()
    sleeping(monkeypatch, event).sleep(600.5)
    assert sum(event.waits) == 600.5 and max(event.waits) <= 1.0


def test_who_is_stopped_waits_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    event = Event(stops_after=3)
    with pytest.raises(StoppedError):
        sleeping(monkeypatch, event).sleep(600)
    assert len(event.waits) == 4
