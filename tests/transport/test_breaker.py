"""What is an outage and what is not: failures in a row make nothing but a question, which the probe answers."""

from collections.abc import Callable, Mapping

import pytest

from crmexport.source import Request, Response
from crmexport.transport.breaker import Breaker
from crmexport.transport.failures import (
    DownError,
    ExpiredError,
    FailureError,
    FaultyError,
    RefusedError,
    ThrottledError,
    TransientError,
    UnopenedError,
    VanishedError,
)
from crmexport.transport.line import Transport
from tests.toy import TestClock

ROWS, ASK, FIRST = Request("rows", "/rows"), Request("thing", "/thing/1"), Request("first", "/first")
FILE = Request("files", "/film.avi", is_file=True)
REASON = "gone"


def throttled() -> ThrottledError:
    return ThrottledError(REASON, None)


def failing(kind: type[FailureError]) -> Callable[[], FailureError]:
    return throttled if kind is ThrottledError else lambda: kind(REASON)


class Scripted(Transport):
    """Fails as often as told, in the way told, then answers; notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.left = 0.0
        self.failure: Callable[[], FailureError] = failing(TransientError)

    def fails(self, times: float, kind: type[FailureError] = TransientError) -> None:
        self.left, self.failure = times, failing(kind)

    def send(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        self.asked.append(request.path)
        self.left -= 1
        if self.left >= 0:
            raise self.failure()
        return Response(200, {}, b"{}")


class Broken:
    """A breaker with its two lines, and what it told while it waited."""

    def __init__(self, first: Request | None = None, **patience: float) -> None:
        self.line, self.probe, self.clock = Scripted(), Scripted(), TestClock()
        self.told: list[tuple[float, str]] = []
        wait = lambda seconds, reason: self.told.append((seconds, reason))  # noqa: E731
        self.breaker = Breaker(self.line, self.probe, self.clock, wait, first, **patience)
        self.send = self.breaker.send

    def raises(self, kind: type[FailureError], request: Request = ASK) -> None:
        with pytest.raises(kind) as failure:
            self.send(request)
        assert type(failure.value) is kind


SUSPICIOUS = [
    (FaultyError, 1),
    (TransientError, 5),
    (ThrottledError, 5),
    (RefusedError, 20),
    (VanishedError, 20),
]


@pytest.mark.parametrize(("kind", "number"), SUSPICIOUS)
def test_so_many_failures_in_a_row_raise_the_question(kind: type[FailureError], number: int) -> None:
    """Where what was answered before is answered again, they are what they are, and the count begins anew."""
    broken = Broken()
    broken.send(ROWS)
    broken.line.fails(3 * number, kind)
    for failures in range(1, 3 * number + 1):
        broken.raises(kind)
        assert broken.probe.asked == ["/rows"] * (failures // number)
    assert broken.told == []


@pytest.mark.parametrize(("kind", "number"), SUSPICIOUS[1:])
def test_an_answer_between_begins_the_count_anew(kind: type[FailureError], number: int) -> None:
    broken = Broken()
    for _time in range(2):
        broken.send(ROWS)
        broken.line.fails(number - 1, kind)
        for _failure in range(number - 1):
            broken.raises(kind)
    assert broken.probe.asked == []


@pytest.mark.parametrize(("kind", "number"), SUSPICIOUS)
def test_what_failed_in_an_outage_is_asked_again_when_that_is_over(
    kind: type[FailureError], number: int
) -> None:
    broken = Broken()
    broken.send(ROWS)
    broken.line.fails(number, kind)
    broken.probe.fails(3, kind)
    for _failure in range(number - 1):
        broken.raises(kind)
    assert broken.send(ASK).status == 200
    assert broken.probe.asked == ["/rows"] * 4
    assert broken.told == [(2.0, REASON), (4.0, REASON), (8.0, REASON)]


@pytest.mark.parametrize("kind", [FaultyError, RefusedError, VanishedError])
def test_what_was_answered_before_and_is_deleted_since_is_no_outage(kind: type[FailureError]) -> None:
    """Files are fetched for hours, and the first that is nowhere asks for the last record again: nobody waits a day for that."""
    broken = Broken(first=FIRST)
    broken.send(ROWS)
    broken.line.fails(1, FaultyError)
    broken.probe.fails(1, kind)
    broken.raises(FaultyError, FILE)
    assert (broken.probe.asked, broken.told) == (["/rows", "/first"], [])


def test_who_failed_in_an_outage_that_is_over_by_now_asks_again_and_waits_for_none() -> None:
    """Another thread has outlasted it meanwhile."""
    broken = Broken()
    broken.send(ROWS)
    sent, line = broken.line.send, broken.line

    def meanwhile(request: Request, headers: Mapping[str, str] | None = None) -> Response:
        line.send = sent  # type: ignore[method-assign]
        line.fails(5)
        broken.probe.fails(1)
        for _failure in range(4):
            broken.raises(TransientError)
        broken.send(ROWS)
        raise FaultyError(REASON)

    line.send = meanwhile  # type: ignore[method-assign]
    assert broken.send(ASK).status == 200
    assert broken.probe.asked == ["/rows"] * 2


@pytest.mark.parametrize("first", [FIRST, None])
def test_while_nothing_has_been_answered_the_first_failure_raises_it(first: Request | None) -> None:
    """And it may be the fault of the person: nobody waits a day for an address that is wrong."""
    broken = Broken(first, patience=5000.0, at_first=10.0)
    broken.line.fails(float("inf"))
    broken.probe.fails(float("inf"))
    broken.raises(DownError)
    assert set(broken.probe.asked) == {(first or ASK).path}
    assert [seconds for seconds, _reason in broken.told] == [2.0, 4.0, 4.0]
    assert all("is the address right" in reason for _seconds, reason in broken.told)


def test_nor_longer_than_for_any_other() -> None:
    broken = Broken(FIRST, patience=2.0, at_first=10.0)
    broken.line.fails(float("inf"))
    broken.probe.fails(float("inf"))
    broken.raises(DownError)
    assert sum(broken.clock.slept) == 2.0


def test_a_limit_that_is_spent_from_the_start_is_waited_for_as_any_other() -> None:
    """The source does answer: the address is right."""
    broken = Broken(FIRST, patience=5000.0, at_first=10.0)
    broken.line.fails(1, ThrottledError)
    broken.probe.fails(6, ThrottledError)
    assert broken.send(ASK).status == 200
    assert {reason for _seconds, reason in broken.told} == {REASON}
    assert sum(broken.clock.slept) == 126.0


@pytest.mark.parametrize(("kind", "number"), [one for one in SUSPICIOUS if one[1] != 5])
def test_what_is_refused_while_nothing_has_been_answered_is_no_outage(
    kind: type[FailureError], number: int
) -> None:
    broken = Broken(FIRST)
    broken.line.fails(2 * number, kind)
    for _failure in range(2 * number):
        broken.raises(kind)
    assert broken.probe.asked == []


def test_a_source_that_is_gone_is_waited_for_by_one_thread_only() -> None:
    broken = Broken(FIRST, at_first=10.0)
    broken.line.fails(float("inf"))
    broken.probe.fails(float("inf"))
    broken.raises(DownError)
    asked = len(broken.probe.asked)
    broken.raises(DownError, ROWS)
    assert len(broken.probe.asked) == asked


@pytest.mark.parametrize(("request_", "kind"), [(ASK, TransientError), (FILE, UnopenedError)])
def test_a_page_to_sign_in_at_is_a_failure_of_its_route_where_the_first_question_is_answered(
    request_: Request, kind: type[FailureError]
) -> None:
    broken = Broken(FIRST)
    broken.send(ROWS)
    broken.line.fails(1, ExpiredError)
    broken.raises(kind, request_)
    assert broken.probe.asked == ["/rows"]


def test_that_tells_also_where_nothing_has_been_answered_yet() -> None:
    broken = Broken(FIRST)
    broken.line.fails(3, ExpiredError)
    broken.probe.fails(1, ExpiredError)
    broken.raises(ExpiredError, FILE)
    assert broken.probe.asked == ["/first"]
    broken.raises(UnopenedError, FILE)
