"""A plan looks at first pages only and comes near what the pull then takes; it keeps nothing."""

import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from crmexport_megaplan import Megaplan
from crmexport_megaplan.sandbox import MegaplanSandbox
from crmexport_odoo import Odoo
from crmexport_odoo.sandbox import OdooRehearsal

from crmexport.conformance.bench import unmeddled
from crmexport.conformance.lines import RehearsalLine
from crmexport.errors import SignInRefusedError, SourceError
from crmexport.pull import pull
from crmexport.pull.events import Event
from crmexport.pull.plan import Estimate, plan
from crmexport.source import Account, Credentials, Limits, Reading, Request, Response
from crmexport.transport.failures import ThrottledError, TransientError
from tests.faults.inprocess import URL, Sandboxed, line_to, pulled
from tests.toy import TestClock, Toy, ToyServer, fault, toy


def test_a_plan_is_near_the_pull_and_asks_less(tmp_path: Path) -> None:
    server = ToyServer(things=400, incoming=tmp_path / "files" / "incoming")
    estimate = plan(toy(), Credentials(token="t"), clock=TestClock(), line=server)
    looked = server.asked.total()
    result = pull(tmp_path, toy(), Credentials(token="t"), clock=TestClock(), line=server)
    assert estimate.records["thing"] == 400
    assert looked <= 5
    assert estimate.requests_low * 0.7 <= result.requests <= estimate.requests_high * 1.3


class Hourly(Toy):
    """Whose source permits few requests an hour."""

    about = replace(Toy.about, limits=Limits(per_second=10, per_hour=30, page=Toy.about.limits.page))


def test_a_plan_tells_how_long_it_takes_where_an_hour_has_a_limit(tmp_path: Path) -> None:
    server = ToyServer(things=400, incoming=tmp_path / "files" / "incoming")
    connector, clock = Hourly(Account("https://toy.example")), TestClock()
    estimate = plan(connector, Credentials(token="t"), clock=TestClock(), line=server)
    events: list[Event] = []
    since = clock.now
    result = pull(tmp_path, connector, Credentials(token="t"), clock=clock, line=server, watch=events.append)
    assert result.requests > 90
    assert estimate.seconds_low * 0.7 <= clock.now - since <= estimate.seconds_high * 1.3
    waits = [event.values for event in events if event.kind == "waiting"]
    assert waits and all("30 requests an hour" in wait["reason"] and wait["seconds"] > 3000 for wait in waits)


def test_a_source_that_needs_many_steps_before_it_shows_a_list_is_followed(tmp_path: Path) -> None:
    """Odoo: who is signed in, their companies, the fields of each model, its numbers, its records."""
    odoo, rehearsal = Odoo(Account(OdooRehearsal.url)), OdooRehearsal()
    estimate = plan(odoo, rehearsal.credentials, rate=0, line=RehearsalLine(rehearsal, tmp_path, unmeddled))
    line = RehearsalLine(OdooRehearsal(), tmp_path / "held" / "files" / "incoming", unmeddled)
    clock = TestClock()
    clock.now = 1_790_000_000.0  # after all that its records were ever changed
    result = pull(tmp_path / "held", odoo, rehearsal.credentials, rate=0, clock=clock, line=line)
    assert (estimate.records["crm.lead"], estimate.records["res.partner"]) == (8, 12)
    assert estimate.unknown == ()
    assert estimate.titles["file"] == "Files"
    assert estimate.requests_low <= result.requests <= estimate.requests_high


class FarAway(Toy):
    """Whose list is never come to."""

    def opening(self, since: datetime | None) -> list[Request]:
        return [Request("way", "/ids?step=0")]

    def read(self, request: Request, response: Response) -> Reading:
        step = int(request.path.partition("=")[2]) + 1
        return Reading(requests=[Request("thing", f"/ids?step={step}")])


def test_what_was_not_come_to_is_told_as_not_counted(server: ToyServer) -> None:
    server.faults.append(lambda request: Response(200, {}, b"{}"))
    estimate = plan(
        FarAway(Account("https://toy.test")), Credentials(token="t"), line=server, clock=TestClock()
    )
    assert (estimate.records, estimate.unknown) == ({}, ("thing",))


@pytest.fixture
def server(tmp_path: Path) -> ToyServer:
    return ToyServer(incoming=tmp_path / "incoming")


def planned(server: ToyServer, clock: TestClock) -> Estimate:
    return plan(toy(), Credentials(token="secret-token"), line=server, clock=clock)


def test_a_sign_in_that_is_refused_is_no_estimate(server: ToyServer) -> None:
    server.faults.append(lambda request: Response(401, {}, b"{}"))
    with pytest.raises(SignInRefusedError, match="does not accept the sign-in ") as refused:
        planned(server, TestClock())
    assert not any(word in str(refused.value) for word in ("any more", "goes on"))


def test_a_source_that_is_down_is_not_waited_for_long(server: ToyServer) -> None:
    clock = TestClock()
    since = clock.time()
    server.faults.append(fault("", TransientError("no line"), 10_000))
    with pytest.raises(SourceError, match="no line"):
        planned(server, clock)
    assert clock.time() - since < 5 * 60


def test_a_source_that_goes_down_meanwhile_is_not_waited_for_long_either(server: ToyServer) -> None:
    """A pull outlasts a night; whoever asks for an estimate sits before it."""
    clock = TestClock()
    since = clock.time()

    def leave(request: Request) -> None:
        if server.asked:
            raise TransientError("gone")

    server.faults.append(leave)
    with pytest.raises(SourceError, match="gone"):
        plan(Onwards(Account("https://toy.test")), Credentials(token="t"), line=server, clock=clock)
    assert clock.time() - since < 5 * 60


class Onwards(Toy):
    """Whose list leads to so many others that one after another may fail."""

    def read(self, request: Request, response: Response) -> Reading:
        return Reading(requests=[Request("part", f"/ids?part={part}") for part in range(9)])


def test_what_there_was_no_room_for_is_told_as_not_counted(
    server: ToyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a plan would tell of time that is not there."""
    monkeypatch.setattr("crmexport.pull.plan.MOST", 1)
    onwards = Onwards(Account("https://toy.test"))
    estimate = plan(onwards, Credentials(token="t"), line=server, clock=TestClock())
    assert server.asked.total() == 1
    assert estimate.unknown == ("part",)


class Leading(Toy):
    """Whose list leads to `places`, and each of these to all of them; `step` tells how far a path is."""

    def __init__(self, step: int, places: int) -> None:
        super().__init__(Account("https://toy.test"))
        self.step, self.places = step, places

    def opening(self, since: datetime | None) -> list[Request]:
        return [Request("thing", "/ids?at=0.0")]

    def read(self, request: Request, response: Response) -> Reading:
        far = int(re.findall(r"\d+", request.path)[0]) + self.step
        return Reading(requests=[Request("thing", f"/ids?at={far}.{place}") for place in range(self.places)])


@pytest.mark.parametrize(("step", "places", "most"), [(0, 1, 1), (0, 7, 7), (1, 9, 40)])
def test_a_plan_asks_nothing_twice_and_a_few_of_what_is_far(
    server: ToyServer, step: int, places: int, most: int
) -> None:
    """It may not spend what an hour permits."""
    asked = []

    def answer(request: Request) -> Response:
        asked.append(request.path)
        return Response(200, {}, b"{}")

    server.faults.append(answer)
    plan(Leading(step, places), Credentials(token="t"), line=server, clock=TestClock())
    assert len(asked) == len(set(asked)) <= most


@pytest.mark.parametrize(("pace", "times"), [({"share": 0.5}, 2), ({"rate": 1.0}, 5)])
def test_a_plan_reckons_with_the_pace_that_a_pull_will_have(
    server: ToyServer, pace: dict[str, float], times: int
) -> None:
    """Where a half is left to those who work there, a pull takes twice as long: before a deadline, that is the answer."""
    whole = planned(server, TestClock())
    slow = plan(toy(), Credentials(token="t"), line=server, clock=TestClock(), **pace)
    assert slow.seconds_low == pytest.approx(whole.seconds_low * times)
    assert slow.seconds_high == pytest.approx(whole.seconds_high * times)


def test_a_plan_tells_how_far_it_is_and_what_it_waits_for(server: ToyServer) -> None:
    """It is the first thing that a person sees: a window that says nothing for a minute, or half an hour, is closed."""
    events: list[Event] = []
    server.faults.append(fault("", ThrottledError("429 Too Many Requests", 1800.0), 1))
    plan(toy(), Credentials(token="t"), clock=TestClock(), line=server, watch=events.append)
    figures = [event.values["done"] for event in events if event.kind == "progress"]
    assert len(figures) > 2 and figures == list(range(len(figures)))
    waits = [event.values for event in events if event.kind == "waiting"]
    assert waits == [{"seconds": 1800.0, "reason": "429 Too Many Requests"}]


class Writing(Toy):
    def opening(self, since: datetime | None) -> list[Request]:
        return [Request("thing", "/delete-all", subject=("thing", ""))]


def test_a_connector_that_wants_more_than_to_read_is_told_so(server: ToyServer) -> None:
    writing = Writing(Account("https://toy.test"))
    with pytest.raises(SourceError, match="a fault in the connector"):
        plan(writing, Credentials(token="t"), line=server, clock=TestClock())
    assert not server.asked["/delete-all"]


class Greeting(Toy):
    def greetings(self) -> list[Request]:
        return [Request("thing", f"/thing/whose{place}") for place in range(6)]


def test_a_source_that_is_gone_when_it_is_greeted_is_told_so(server: ToyServer) -> None:
    greeting = Greeting(Account("https://toy.test"))
    gone: list[str] = []

    def leave(request: Request) -> None:
        if gone or request.path.startswith("/thing/whose"):
            gone.append(request.path)
            raise TransientError("gone")

    server.faults.append(leave)
    with pytest.raises(SourceError, match="gone"):
        plan(greeting, Credentials(token="t"), line=server, clock=TestClock())


@pytest.mark.parametrize(("cards", "tasks"), [(20, 20), (60, 40), (300, 300)])
def test_a_pull_of_megaplan_lies_between_the_ends_of_its_plan(tmp_path: Path, cards: int, tasks: int) -> None:
    """The seal walks through lists again, and small lists cost a request each: a plan that is too low tells of time that is not there."""
    adapter = Sandboxed(MegaplanSandbox(cards=cards, tasks=tasks, comments=tasks), TestClock())
    line, secrets = line_to(adapter, tmp_path / "plan"), Credentials(token=adapter.box.token)
    estimate = plan(Megaplan(Account(URL)), secrets, clock=adapter.clock, line=line, rate=0)
    requests = pulled(tmp_path / "archive", adapter).requests
    assert estimate.requests_low <= requests <= estimate.requests_high
