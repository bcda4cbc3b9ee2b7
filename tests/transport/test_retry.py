"""Asking again: every sending has its own tries, though threads ask at once, and leaves nothing behind."""

import gc
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from crmexport.source import Request, Response
from crmexport.transport.failures import (
    BrokenOffError,
    ExpiredError,
    FailureError,
    FaultyError,
    RefusedError,
    StoppedError,
    ThrottledError,
    TransientError,
    VanishedError,
)
from crmexport.transport.ledger import Ledger
from crmexport.transport.line import Transport
from crmexport.transport.retry import FAULTY_TRIES, PATIENCE, TRIES, UNTOLD_WAIT, Retry
from tests.toy import TestClock

THREADS = 4


class Failing(Transport):
    """Fails as often as told; may wait each time until all threads have come."""

    def __init__(self, times: int, together: Barrier | None = None) -> None:
        self.asked: Counter[str] = Counter()
        self._times = times
        self._together = together

    def send(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        self.asked[request.path] += 1
        if self._together is not None:
            self._together.wait(timeout=10)
        if self.asked[request.path] <= self._times:
            raise TransientError("no line")
        return Response(200, {}, b"{}")


def retrying(inner: Transport) -> Retry:
    clock = TestClock()
    return Retry(inner, clock, Ledger(inner, clock))


def test_threads_that_ask_at_once_have_all_their_own_tries() -> None:
    line = Failing(TRIES, Barrier(THREADS))
    retry = retrying(line)

    def ask(number: int) -> type[BaseException] | None:
        try:
            retry.send(Request("thing", f"/{number}"))
        except TransientError as failure:
            return type(failure)
        return None

    with ThreadPoolExecutor(THREADS) as threads:
        assert list(threads.map(ask, range(THREADS))) == [TransientError] * THREADS
    assert set(line.asked.values()) == {TRIES}


class Nearing(Failing):
    """Breaks off as often as told, each time nearer to the end."""

    def send(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        try:
            return super().send(request, headers)
        except TransientError as failure:
            raise BrokenOffError(str(failure)) from failure


def test_a_file_that_comes_nearer_to_its_end_is_not_given_up() -> None:
    line = Nearing(20 * TRIES)
    assert retrying(line).send(Request("file", "/big", is_file=True)).status == 200


class Dropping(Failing):
    """Breaks off, is not there for some tries, and so on: as a line that drops."""

    def send(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        try:
            return super().send(request, headers)
        except TransientError as failure:
            if self.asked[request.path] % TRIES == 1:
                raise BrokenOffError(str(failure)) from failure
            raise


class Always(Transport):
    """Fails in one way."""

    def __init__(self, failure: FailureError) -> None:
        self.failure = failure
        self.asked = 0

    def send(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        self.asked += 1
        raise self.failure


@pytest.mark.parametrize(
    ("failure", "tries", "wait"),
    [
        (ThrottledError("429", 7.0), TRIES, 7.0),
        (ThrottledError("429", None), TRIES, UNTOLD_WAIT),
        (ThrottledError("429", 600.0), 2, 600.0),
        (BrokenOffError("a piece came"), round(PATIENCE) + 1, 1.0),
        (TransientError("no line"), TRIES, None),
        (TransientError("503", 40.0), TRIES, 40.0),
        (TransientError("503", 600.0), 2, 600.0),
        (FaultyError("500"), FAULTY_TRIES, None),
        (ExpiredError("401"), 1, None),
        (RefusedError("403"), 1, None),
        (VanishedError("404"), 1, None),
    ],
)
def test_how_often_and_after_how_long_depends_on_the_failure(
    failure: FailureError, tries: int, wait: float | None
) -> None:
    """What the source asks for; else waits that grow, a little different each time, that not all come back at once."""
    line, clock = Always(failure), TestClock()
    with pytest.raises(type(failure)):
        Retry(line, clock, Ledger(line, clock)).send(Request("thing", "/things"))
    assert line.asked == tries
    for number, slept in enumerate(clock.slept):
        assert slept == wait if wait else 0 < slept <= 2**number / 2


def test_who_only_waits_is_known() -> None:
    """Others may ask in that time."""
    waiting: list[int] = []

    class Watched(TestClock):
        def sleep(self, seconds: float) -> None:
            waiting.append(ledger.asleep)
            if len(waiting) == TRIES:
                raise StoppedError("the run has ended")

    line, clock = Always(TransientError("no line")), Watched()
    ledger = Ledger(line, clock)
    retry = Retry(line, clock, ledger)
    with pytest.raises(TransientError):
        retry.send(Request("thing", "/things"))
    with pytest.raises(StoppedError):
        retry.send(Request("thing", "/things"))
    assert (waiting, ledger.asleep) == ([1] * TRIES, 0)


def test_what_fails_between_is_counted_from_the_last_piece_on() -> None:
    """Where a file broke off, the line is often down for a moment."""
    line = Dropping(5 * TRIES)
    assert retrying(line).send(Request("file", "/big", is_file=True)).status == 200


def test_one_that_never_comes_to_it_is_left_for_later() -> None:
    line = Nearing(10**9)
    with pytest.raises(BrokenOffError):
        retrying(line).send(Request("file", "/endless", is_file=True))
    assert line.asked["/endless"] < 1000


@pytest.mark.parametrize("failures", [0, 2])
def test_nothing_is_left_for_the_cycle_collector(failures: int) -> None:
    """It comes seldom during a pull: until then every sending would stay in memory, with its answer."""
    retry = retrying(Failing(failures))
    gc.collect()
    gc.disable()
    try:
        retry.send(Request("thing", "/1"))
        left = gc.collect()
    finally:
        gc.enable()
    assert left == 0
