"""A pass counts from when its first question was asked, by the source's clock or ours, whichever is behind."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crmexport.archive import Archive, Source
from crmexport.archive.frontier import Frontier
from crmexport.archive.journal import Journal, Kind
from crmexport.pull import pull
from crmexport.pull.beginning import Beginning
from crmexport.source import Credentials
from crmexport.transport.ledger import Ledger
from crmexport.transport.line import Transport
from tests.toy import TestClock, ToyServer, toy

WEEK = timedelta(days=7)


class Shown(TestClock):
    """One that shows another time than it is, until it is set right."""

    ahead = timedelta()

    def time(self) -> float:
        return self.now + self.ahead.total_seconds()


@pytest.mark.parametrize("is_set_right", [False, True])
def test_while_the_first_answer_was_on_its_way_others_came(tmp_path: Path, is_set_right: bool) -> None:
    clock = Shown()
    clock.ahead = WEEK
    now = datetime.fromtimestamp(clock.now, UTC)
    with Archive.open_for(tmp_path, Source("toy", "https://toy.example")) as archive:
        journal = Journal(archive.database)
        with archive.database.transaction():
            pass_ = journal.begin_pass(1, Kind.SWEEP, None, clock.time())
            ledger = Ledger(_Nobody(), clock)
            beginning = Beginning(journal, Frontier(archive.database, pass_.id), clock, ledger)
            clock.sleep(600)
            clock.ahead = timedelta() if is_set_right else WEEK
            ledger.skew = -clock.ahead.total_seconds()
            beginning.answered()
            clock.sleep(600)
            beginning.answered()
        assert [one.started for one in journal.passes()] == [now]


@pytest.mark.parametrize("hours", [3, 48])
def test_answers_dated_by_a_clock_that_is_ahead_hide_no_change(tmp_path: Path, hours: int) -> None:
    """A proxy before the source may date them, while another computer marks what was changed."""
    clock, server = TestClock(), ToyServer(incoming=tmp_path / "files" / "incoming")
    server.clock = lambda: clock.now + hours * 3600.0
    assert pulled(tmp_path, clock, server) == {"Вещь 3"}
    clock.sleep(1800)
    server.things["3"]["name"], server.changed["3"] = "другая", clock.now
    clock.sleep(24 * 3600.0)
    assert pulled(tmp_path, clock, server) == {"другая"}


@pytest.mark.parametrize("years", [0, 20])
def test_a_clock_that_begins_anew_every_night_delays_no_sweep(tmp_path: Path, years: int) -> None:
    """That of a computer without a battery: by it no week ever passes."""
    clock, server = TestClock(), ToyServer(incoming=tmp_path / "files" / "incoming")
    begin = clock.now
    for night in range(9):
        there = begin + years * 365 * 24 * 3600.0 + night * 24 * 3600.0
        clock.now = begin
        server.clock = lambda there=there: there + clock.now - begin  # type: ignore[misc]
        held = pulled(tmp_path, clock, server)
        server.things.pop("3", None)
    assert held == set(), "what was deleted is found"


def pulled(folder: Path, clock: TestClock, server: ToyServer) -> set[str]:
    """What the third thing is called after a pull."""
    assert pull(folder, toy(), Credentials(token="t"), clock=clock, line=server).complete
    with Archive.open(folder) as archive:
        return {json.loads(body)["name"] for id, body, *_more in archive.records("thing") if id == "3"}


class _Nobody(Transport):
    def send(self, *_asked: object) -> None:  # type: ignore[override]
        raise AssertionError
