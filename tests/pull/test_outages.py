"""A source that is down for a night costs a night, nothing else; one that is gone for good ends the run with all kept."""

import threading
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from crmexport.archive import Archive
from crmexport.archive.frontier import Frontier
from crmexport.archive.pulls import pulls
from crmexport.errors import SignInRefusedError, SourceError
from crmexport.pull import PullResult, pull
from crmexport.source import Credentials, Gap, Request, Response
from crmexport.transport.breaker import Breaker
from crmexport.transport.clock import Clock
from crmexport.transport.failures import (
    BrokenOffError,
    ExpiredError,
    FailureError,
    StoppedError,
    TransientError,
    TricklingError,
)
from crmexport.transport.line import Transport
from crmexport.transport.patience import PATIENCE, PATIENCE_AT_FIRST, outlasted
from tests.pull.test_engine import HTML_502, LOGIN_PAGE, Journey, status
from tests.toy import BROKEN_LINE, TestClock, fault, toy

HOUR = 3600.0


class Outage:
    """From the request number `at` on, for `seconds` of the journey's clock, every answer is `answer`."""

    def __init__(self, journey: Journey, at: int, seconds: float, answer: Response | Exception) -> None:
        self._clock, self._seconds, self._answer = journey.clock, seconds, answer
        self._left, self._from = at, 0.0
        self.refused = 0
        journey.server.faults.append(self)

    def __call__(self, request: Request) -> Response | None:
        self._left -= 1
        if self._left > 0:
            return None
        self._from = self._from or self._clock.now
        if self._clock.now - self._from >= self._seconds:
            return None
        self.refused += 1
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


@pytest.fixture
def journey(tmp_path: Path) -> Journey:
    return Journey(tmp_path / "archive")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    journey = Journey(tmp_path_factory.mktemp("undisturbed"))
    assert journey.pull().complete
    return journey.content()


@pytest.mark.parametrize("answer", [BROKEN_LINE, HTML_502, status(503), status(500), status(302)])
@pytest.mark.parametrize("at", [3, 9, 20])
def test_a_night_without_the_source(
    journey: Journey, undisturbed: dict[str, object], answer: Response | Exception, at: int
) -> None:
    outage = Outage(journey, at, 10 * HOUR, answer)
    assert journey.pull().complete
    assert journey.content() == undisturbed
    assert journey.clock.now > 1_700_000_000 + 10 * HOUR
    assert outage.refused < 200, "it probes, it does not hammer"
    assert 600.0 in [event.get("seconds") for event in journey.events if event["event"] == "waiting"]


@pytest.mark.parametrize("answer", [BROKEN_LINE, status(503), status(500), status(403), status(404)])
def test_a_source_that_is_gone_ends_the_run_and_leaves_all_that_was_held(
    journey: Journey, answer: Response | Exception
) -> None:
    Outage(journey, 8, float("inf"), answer)
    journey.server.no_bulk = True
    with pytest.raises(SourceError, match="has answered nothing since 2023-11-14"):
        journey.pull()
    assert journey.clock.now - 1_700_000_000 < PATIENCE + 2 * HOUR
    content = journey.content()
    assert content["waiting"] and content["records"]["thing"]  # type: ignore[index]


def test_what_waited_is_asked_when_the_account_is_opened_again(
    journey: Journey, undisturbed: dict[str, object]
) -> None:
    Outage(journey, 8, float("inf"), BROKEN_LINE)
    with pytest.raises(SourceError):
        journey.pull()
    journey.server.faults.clear()
    assert journey.pull().complete
    assert journey.content() == undisturbed


def test_a_file_that_only_ever_breaks_off_is_a_gap_and_no_outage(journey: Journey) -> None:
    """It does bring something each time: the source is there."""
    journey.server.faults.append(fault("/file/", BrokenOffError("the answer broke off"), times=10**6))
    assert not journey.pull().complete
    assert [event for event in journey.events if event["event"] == "waiting" and event["reason"]] == []
    with Archive.open(journey.folder) as archive:
        assert {gap.reason for gap in archive.gaps() if gap.stream == "file"} == {"the answer broke off"}
        assert archive.counts()["thing"] == 24


def test_nothing_is_taken_for_deleted_while_everything_is_missing(journey: Journey) -> None:
    journey.pull()
    Outage(journey, 2, float("inf"), status(404))
    journey.server.faults.insert(0, lambda request: None)
    journey.pull(full=True)
    with Archive.open(journey.folder) as archive:
        assert archive.deleted() == {}


def test_a_stopped_clock_wakes_who_sleeps() -> None:
    clock, woken = Clock(), threading.Event()

    def sleep() -> None:
        with pytest.raises(StoppedError):
            clock.sleep(HOUR)
        woken.set()

    thread = threading.Thread(target=sleep)
    thread.start()
    clock.stop()
    thread.join(10)
    assert woken.is_set()


def by_password(journey: Journey, monkeypatch: pytest.MonkeyPatch) -> PullResult:
    monkeypatch.setenv("CRMEXPORT_STATE", str(journey.folder.parent / "state"))
    secrets = Credentials(login="me", password="secret")
    watch = lambda event: journey.events.append(event.as_dict())  # noqa: E731
    return pull(journey.folder, toy(), secrets, clock=journey.clock, line=journey.server, watch=watch)


def test_signing_in_outlasts_a_hiccup(journey: Journey, monkeypatch: pytest.MonkeyPatch) -> None:
    journey.server.faults.append(fault("/token", BROKEN_LINE, 3))
    assert by_password(journey, monkeypatch).complete


@pytest.mark.parametrize("code", [200, 500])
def test_a_password_that_trouble_repeats_is_told_to_nobody(
    journey: Journey, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """A page made for those who write such a server may show all that it was asked."""
    page = Response(code, {"content-type": "text/html"}, b"<html>Oops! login=me&password=secret</html>")
    journey.server.faults.append(fault("/token", page, 1000))
    with pytest.raises(SourceError, match="Oops! login=me&password=[*]{6}") as told:
        by_password(journey, monkeypatch)
    assert "secret" not in f"{told.value}{journey.events}"


def test_a_source_that_cannot_be_reached_to_sign_in_is_a_sentence(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    journey.server.faults.append(fault("/token", BROKEN_LINE, 1000))
    with pytest.raises(SourceError, match="cannot be reached to sign in"):
        by_password(journey, monkeypatch)
    assert_patient_at_first(journey)


def test_a_wrong_address_is_told_within_minutes(journey: Journey) -> None:
    Outage(journey, 1, float("inf"), BROKEN_LINE)
    with pytest.raises(SourceError, match="answered nothing"):
        journey.pull()
    assert_patient_at_first(journey)
    assert journey.content()["gaps"] == []


def test_an_account_that_cannot_be_asked_which_api_it_has_is_waited_for_as_well(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    probe = Request("thing", "/thing/1")
    monkeypatch.setattr(journey.connector, "probes", lambda: (probe,))
    monkeypatch.setattr(journey.connector, "suited", lambda answers: None)
    journey.server.faults.append(fault("/", BROKEN_LINE, 1000))
    with pytest.raises(SourceError, match="does not answer"):
        journey.pull()
    assert_patient_at_first(journey)
    assert not journey.folder.exists(), "a wrong address leaves no archive"


def assert_patient_at_first(journey: Journey) -> None:
    """Whichever question is the first: what is waited for is told within seconds, and ten minutes are waited."""
    first = next(event for event in journey.events if event["event"] == "waiting")
    assert first["seconds"] == 2.0 and "is the address right" in str(first["reason"])
    assert PATIENCE_AT_FIRST <= sum(journey.clock.slept) < PATIENCE_AT_FIRST + 120


def test_no_wait_is_told_when_a_run_is_stopped() -> None:
    told: list[float] = []
    line = Going()
    line.gone, line.failure = True, StoppedError
    with pytest.raises(StoppedError):
        outlasted(lambda: line.send(FILE), TestClock(), lambda wait, reason: told.append(wait), PATIENCE)
    assert told == []


def test_files_that_lie_nowhere_any_more_end_no_pull(
    journey: Journey, undisturbed: dict[str, object]
) -> None:
    """Each shows a page to sign in at. As long as other questions are answered, that says nothing of the sign-in."""
    journey.server.faults.append(fault("/file/", LOGIN_PAGE, 10_000))
    result = journey.pull()
    assert not result.complete
    content = journey.content()
    assert content["records"] == undisturbed["records"]
    gaps: list[Gap] = content["gaps"]  # type: ignore[assignment]
    assert {gap.id for gap in gaps if gap.stream == "file"} == {f"f{number}" for number in range(2, 24, 2)}
    assert not content["waiting"]


@pytest.mark.parametrize(("answer", "most"), [(LOGIN_PAGE, 2), (status(500), 6)], ids=["page", "500"])
def test_a_file_that_lies_nowhere_is_asked_for_few_times(
    journey: Journey, monkeypatch: pytest.MonkeyPatch, answer: Response, most: int
) -> None:
    """There may be thousands of them. Nor does anybody sign in anew for each."""
    asked: Counter[str] = Counter()

    def count(request: Request) -> Response | None:
        asked["file" if request.is_file else request.path] += 1
        return answer if request.is_file else None

    journey.server.faults.append(count)
    assert not by_password(journey, monkeypatch).complete
    once_renewed = 2
    assert asked["file"] <= 11 * most + 2 * once_renewed
    assert asked["/token"] <= 1 + once_renewed


@pytest.mark.parametrize("answer", [LOGIN_PAGE, status(500)], ids=["page", "500"])
def test_it_is_asked_for_once_more_when_time_has_passed(journey: Journey, answer: Response) -> None:
    """Where files lie there may be trouble for some minutes, while all else goes well."""
    begun = journey.clock.now
    journey.server.faults.append(
        lambda request: answer if request.is_file and journey.clock.now < begun + 550 else None
    )
    assert journey.pull().complete


class Going(Transport):
    """Answers until it is `gone`; notes what it is asked."""

    def __init__(self) -> None:
        self.gone = False
        self.failure: type[FailureError] = TransientError
        self.asked: list[str] = []

    def send(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        self.asked.append(request.path)
        if self.gone:
            raise self.failure("gone")
        return Response(200, {}, b"{}")


@pytest.mark.parametrize("failure", [TransientError, TricklingError])
def test_no_file_is_fetched_to_see_whether_the_source_is_back(failure: type[FailureError]) -> None:
    line, probe = Going(), Going()
    line.failure = failure
    breaker = Breaker(line, probe, TestClock())
    breaker.send(Request("rows", "/rows"))
    breaker.send(Request("files", "/film.avi", is_file=True))
    line.gone = True
    for _ in range(5):
        with pytest.raises(TransientError):
            breaker.send(Request("rows", "/more"))
    assert probe.asked == ["/rows"]


class Failing(Transport):
    """Answers what is no file; else, and where it says so of itself, fails."""

    def __init__(self) -> None:
        self.asked = 0
        self.failure: FailureError | None = None

    def send(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        self.asked += 1
        if request.is_file:
            raise ExpiredError("please sign in")
        if self.failure is not None:
            raise self.failure
        return Response(200, {}, b"{}")


FILE = Request("files", "/film.avi", is_file=True)


def test_a_sign_in_holds_no_more_where_what_was_answered_wants_one_too() -> None:
    line = Failing()
    breaker = Breaker(line, line, TestClock())
    with pytest.raises(ExpiredError):
        breaker.send(FILE)
    breaker.send(Request("rows", "/rows"))
    with pytest.raises(TransientError, match="please sign in"):
        breaker.send(FILE)
    line.failure = ExpiredError("401")
    with pytest.raises(ExpiredError, match="please sign in"):
        breaker.send(FILE)


def test_pages_to_sign_in_at_while_nothing_else_is_answered_are_an_outage() -> None:
    """A source under repair may show its page in place of files, and say so to everything else."""
    line, clock = Failing(), TestClock()
    waits: list[float] = []

    def waiting(seconds: float, reason: str) -> None:
        waits.append(seconds)
        line.failure = None if len(waits) == 3 else line.failure

    breaker = Breaker(line, line, clock, waiting)
    breaker.send(Request("rows", "/rows"))
    line.failure = TransientError("503")
    for _ in range(4):
        with pytest.raises(TransientError, match="please sign in"):
            breaker.send(FILE)
    with pytest.raises(TransientError):
        breaker.send(FILE)
    assert waits == [2.0, 4.0, 8.0]


def test_a_source_that_comes_back_without_the_sign_in_is_not_waited_for_all_day() -> None:
    line, clock = Failing(), TestClock()
    waits: list[float] = []

    def waiting(seconds: float, reason: str) -> None:
        waits.append(seconds)
        line.failure = ExpiredError("401") if len(waits) > 8 else line.failure

    breaker = Breaker(line, line, clock, waiting)
    breaker.send(Request("rows", "/rows"))
    line.failure = TransientError("503")
    with pytest.raises(ExpiredError, match="401"):
        for _ in range(5):
            with suppress(TransientError):
                breaker.send(Request("rows", "/more"))
    assert 3600.0 <= sum(waits[9:]) < 2 * 3600.0
    clock.now += 600.0
    line.failure = None
    breaker.send(Request("rows", "/more"))


def test_after_a_night_without_the_source_a_sign_in_that_holds_no_more_ends_the_run(
    journey: Journey, undisturbed: dict[str, object]
) -> None:
    """And the next run, with another one, goes on where it stopped."""
    Outage(journey, 9, 5 * HOUR, status(503))
    Outage(journey, 9, 3 * HOUR, status(401))
    began = journey.clock.now
    with pytest.raises(SignInRefusedError):
        journey.pull()
    assert journey.clock.now - began < 8 * HOUR
    journey.clock.now += 4 * HOUR
    assert journey.pull().complete
    assert journey.content() == undisturbed


@pytest.mark.parametrize(
    ("answer", "error"),
    [(status(401), SignInRefusedError), (BROKEN_LINE, SourceError), (status(403), SourceError)],
)
@pytest.mark.parametrize("full", [False, True])
def test_an_account_that_gives_nothing_any_more_leaves_a_whole_archive_whole(
    journey: Journey, answer: Response | Exception, error: type[Exception], full: bool
) -> None:
    """The token is revoked, or the account closed: what was proved complete must not look unfinished for ever after."""
    assert journey.pull().complete
    before = journey.content()
    journey.server.faults.append(fault("/", answer, 10_000))
    with pytest.raises(error):
        journey.pull(full=full)
    assert journey.content() == before
    with Archive.open(journey.folder) as archive:
        assert [one.outcome for one in pulls(archive)] == ["complete"]


@pytest.mark.parametrize("code", [401, 403])
def test_who_may_still_see_something_pulls_it(
    journey: Journey, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """The first question is refused, and another is not: no closed account."""
    assert journey.pull().complete
    questions = [*journey.connector.opening(None), Request("thing", "/thing/1", subject=("thing", "1"))]
    monkeypatch.setattr(journey.connector, "opening", lambda since: questions)
    journey.server.faults.append(fault("/things", status(code), 10_000))
    journey.pull(full=True)
    with Archive.open(journey.folder) as archive:
        assert len(pulls(archive)) == 2


class Ahead(TestClock):
    """One that a computer shows some days ahead of the time, until it is set right."""

    ahead = 7 * 24 * HOUR

    def time(self) -> float:
        return self.now + self.ahead


def test_what_was_put_off_by_a_clock_that_is_set_back_since_waits_no_longer_than_anything(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = journey.clock = Ahead()
    defer = Frontier.defer

    def set_right(frontier: Frontier, id: int, until: float, attempts: int) -> None:
        defer(frontier, id, until, attempts)
        clock.ahead = 0.0

    monkeypatch.setattr(Frontier, "defer", set_right)
    journey.server.faults.append(fault("/thing/900", BROKEN_LINE, 6))
    began = clock.now
    assert journey.pull().complete
    assert clock.now - began < HOUR
