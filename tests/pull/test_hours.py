"""The limit an hour is kept to by all runs together: who goes on within the hour has not got the whole of it."""

import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from crmexport.archive import Archive
from crmexport.archive.journal import Journal
from crmexport.archive.pulls import sent_before
from crmexport.archive.schema import responses, runs
from crmexport.source import Credentials, Request, Response
from crmexport.transport.coats import Coats
from crmexport.transport.pace import FRACTION, HOUR
from tests.pull.test_engine import Journey
from tests.toy import TestClock

PER_HOUR = 10


@pytest.fixture
def journey(tmp_path: Path) -> Journey:
    """One whose source permits few requests an hour."""
    journey = Journey(tmp_path / "archive")
    limits = replace(journey.connector.about.limits, per_hour=PER_HOUR)
    journey.connector.about = replace(journey.connector.about, limits=limits)  # type: ignore[misc]
    return journey


class Killed(BaseException):
    """What nobody catches."""


def killed_at(journey: Journey, number: int) -> None:
    """Let the process of a pull end at its request of this number."""
    left = [number]

    def strike(request: Request) -> Response | None:
        left[0] -= 1
        if left[0] <= 0:
            raise Killed
        return None

    journey.server.faults.append(strike)
    with pytest.raises(Killed):
        journey.pull()
    journey.server.faults.clear()
    journey.clock = TestClock()


def moments(journey: Journey) -> list[float]:
    """When each of the requests of another pull leaves, in seconds from its start."""
    clock, began, found = journey.clock, journey.clock.now, []

    def note(request: Request) -> None:
        found.append(clock.now - began)

    journey.server.faults.append(note)
    assert journey.pull().complete
    return found


def test_a_pull_that_goes_on_knows_what_the_last_hour_had(journey: Journey) -> None:
    killed_at(journey, 7)
    with Archive.open(journey.place) as archive:
        sent = archive.runs()[0]["requests"]
    left = moments(journey)
    assert sent > 2
    assert left[PER_HOUR - sent - 1] < 60  # what is left of the hour goes at once
    assert left[PER_HOUR - sent] > HOUR - 60
    assert all(later - at >= HOUR for at, later in zip(left, left[PER_HOUR:], strict=False))


def test_an_hour_later_it_has_all_of_it(journey: Journey) -> None:
    killed_at(journey, 7)
    began(journey, ago=2 * HOUR, lasting=60.0)
    assert moments(journey)[PER_HOUR - 1] < 60


def began(journey: Journey, ago: float, lasting: float, requests: int | None = None) -> None:
    """Let the first run have begun `ago` seconds ago, and ended when it had lasted so long."""
    first = datetime.now(UTC) - timedelta(seconds=ago)
    told = {} if requests is None else {"requests": requests}
    change = update(runs).values(
        started=first.isoformat(), ended=(first + timedelta(seconds=lasting)).isoformat(), **told
    )
    with Archive.open(journey.place) as archive, archive.database.transaction():
        archive.database.connection.execute(change)


def test_the_requests_of_a_run_are_taken_for_evenly_spread(journey: Journey) -> None:
    killed_at(journey, 7)
    began(journey, ago=HOUR + 1000, lasting=2000, requests=200)
    with Archive.open(journey.place) as archive:
        ages = sent_before(archive, HOUR)
    assert len(ages) == pytest.approx(100, abs=1)
    assert ages[0] == pytest.approx(HOUR, abs=11)
    assert ages[-1] == pytest.approx(HOUR - 1000, abs=11)
    assert ages == sorted(ages, reverse=True)


def test_a_run_that_was_killed_while_it_fetched_files_lasted_until_then(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have kept its last answer hours before: files come last, and their bytes are no answers."""
    monkeypatch.setattr(Journal, "end", lambda *told: None)
    killed_at(journey, 7)
    first = datetime.now(UTC) - timedelta(hours=5)
    with Archive.open(journey.place) as archive, archive.database.transaction():
        asked = archive.database.connection.execute
        asked(update(runs).values(started=first.isoformat(), requests=1000))
        asked(update(responses).values(received=(first + timedelta(hours=1)).isoformat()))
    with Archive.open(journey.place) as archive:
        assert len(sent_before(archive, HOUR)) == pytest.approx(200, abs=5)
        assert archive.runs()[0]["ended"] is None


def test_a_run_of_weeks_is_not_listed_request_by_request(journey: Journey) -> None:
    killed_at(journey, 7)
    began(journey, ago=14 * 24 * HOUR, lasting=14 * 24 * HOUR - 60, requests=2_000_000)
    with Archive.open(journey.place) as archive:
        tracemalloc.start()
        ages = sent_before(archive, HOUR)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert len(ages) == pytest.approx(2_000_000 / 14 / 24 * 59 / 60, rel=0.01)
    assert peak < 5_000_000


def test_a_clock_that_was_set_back_takes_them_for_just_sent(journey: Journey) -> None:
    killed_at(journey, 7)
    began(journey, ago=-5 * HOUR, lasting=60, requests=4)
    with Archive.open(journey.place) as archive:
        assert sent_before(archive, HOUR) == [0.0] * 4


@pytest.mark.parametrize(("share", "permitted"), [(1.0, PER_HOUR), (0.5, PER_HOUR // 2), (0.01, 1)])
def test_a_share_is_one_of_the_hour_too(
    journey: Journey, tmp_path: Path, share: float, permitted: int
) -> None:
    """However small: a limit of less than one request would be none."""
    clock, line, secret = journey.clock, journey.server, Credentials(token="t")
    coats = Coats(journey.connector, secret, tmp_path, share=share, clock=clock, line=line)
    begun = clock.now
    for _request in range(permitted):
        coats.send(Request("thing", "/things?after=0"))
    assert clock.now - begun < 600
    coats.send(Request("thing", "/things?after=0"))
    assert clock.now - begun >= HOUR


@pytest.mark.parametrize(
    ("options", "rate"),
    [({}, 5.0), ({"share": 0.5}, 2.5), ({"rate": 10.0}, 10.0), ({"rate": 10.0, "share": 0.5}, 5.0)],
)
def test_a_share_is_one_of_what_is_declared_or_of_what_the_person_says(
    journey: Journey, tmp_path: Path, options: dict[str, float], rate: float
) -> None:
    coats = Coats(journey.connector, Credentials(token="t"), tmp_path, line=journey.server, **options)  # type: ignore[arg-type]
    assert coats.pace.rate == pytest.approx(rate * FRACTION)


def test_no_limit_is_none_of_any_share(journey: Journey, tmp_path: Path) -> None:
    coats = Coats(
        journey.connector, Credentials(token="t"), tmp_path, line=journey.server, rate=0.0, share=0.5
    )
    assert coats.pace.rate is None


def test_what_the_person_says_of_it_reaches_a_pull(journey: Journey, monkeypatch: pytest.MonkeyPatch) -> None:
    rates: list[float | None] = []

    class Noted(Coats):
        def __init__(self, *given: Any, **options: Any) -> None:
            super().__init__(*given, **options)
            rates.append(self.pace.rate)

    monkeypatch.setattr("crmexport.pull.run.Coats", Noted)
    journey.pull(share=0.5)
    journey.pull(rate=10.0)
    assert rates == pytest.approx([2.5 * FRACTION, 10.0 * FRACTION])
