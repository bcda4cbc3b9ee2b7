"""The time left is that of the requests that will really be sent, at the pace that is permitted."""

from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from crmexport.archive import Archive, Source
from crmexport.archive.frontier import Frontier
from crmexport.pull.engine import Engine
from crmexport.pull.events import Event
from crmexport.pull.watching import Watching
from crmexport.source import Account, Credentials, Gap, GapKind, Request
from crmexport.transport.coats import Coats
from tests.pull.test_plan import Hourly
from tests.toy import TestClock, ToyServer


def test_what_goes_in_batches_is_counted_by_the_batch(tmp_path: Path) -> None:
    with Archive.open_for(tmp_path, Source("toy", "https://toy.example")) as archive:
        frontier = Frontier(archive.database, 1)
        with archive.database.transaction():
            frontier.add(Request("note", f"/notes/{number}", bulk=True) for number in range(45))
            frontier.add(Request("thing", f"/things/{number}") for number in range(3))
        assert (frontier.left(20), frontier.left(1), frontier.left(0)) == (6, 48, 48)


def test_an_hours_limit_is_part_of_the_time_left(tmp_path: Path) -> None:
    clock, events = TestClock(), list[Event]()
    connector = Hourly(Account("https://toy.example"))
    coats = Coats(connector, Credentials(token="t"), tmp_path, clock=clock, line=ToyServer(incoming=tmp_path))
    watching = Watching(events.append, clock, coats, {}, Counter(), {})
    coats.send(Request("thing", "/things?after=0"))
    clock.sleep(1)
    watching.tick(lambda: 29)
    clock.sleep(1)
    watching.tick(lambda: 299)
    short, long = (event.values["eta_seconds"] for event in events)
    assert short < 30
    assert 9 * 3600 <= long < 10 * 3600


def test_what_many_requests_meet_is_told_once_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a list that is refused to each of its readers; what is lost after all is news, whatever was told of it."""
    events = list[Event]()
    connector = Hourly(Account("https://toy.example"))
    coats = Coats(connector, Credentials(token="t"), tmp_path, line=ToyServer(incoming=tmp_path))
    watching = Watching(events.append, TestClock(), coats, {}, Counter(), {})
    for page in range(15):
        watching.gap(Gap("thing", "", GapKind.REFUSED, f"page {page}"))
    watching.gap(Gap("thing", "7", GapKind.VANISHED, "gone"))
    watching.gap(Gap("thing", "7", GapKind.REFUSED, "no right"))
    told = [tuple(event.values[key] for key in ("id", "kind", "reason")) for event in events]
    assert told == [("", "refused", "page 0"), ("7", "vanished", "gone"), ("7", "refused", "no right")]
    monkeypatch.setattr("crmexport.pull.watching.REMEMBERED", 3)
    for _time in range(2):
        watching.gap(Gap("thing", "8", GapKind.REFUSED, ""))
    assert len(events) == 5, "beyond what is remembered, rather twice than never"


def test_a_wait_that_is_over_before_it_began_is_not_told() -> None:
    """«Ждём источник: -1 дн. 23 ч» was: the time of what waits had come since the line was looked at."""
    told = list[float]()
    engine: Any = SimpleNamespace(
        _frontier=SimpleNamespace(next_time=lambda: 99.0),
        _clock=SimpleNamespace(time=lambda: 100.0, sleep=told.append),
        _watching=SimpleNamespace(waiting=told.append),
    )
    assert Engine._idle(engine) and told == []
