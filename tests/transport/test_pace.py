"""The permitted pace is kept evenly, slows down a little when told so, and waits for everybody when told to wait long."""

from contextlib import suppress
from random import Random

import pytest

from crmexport.sandbox.limiter import Limiter
from crmexport.source import Request, Response
from crmexport.transport.failures import ThrottledError, TransientError
from crmexport.transport.line import Transport
from crmexport.transport.pace import BACK_PER_SECOND, FRACTION, HIGHER_PER_SECOND, LEAST, LOWER, SLOWER, Pace
from tests.toy import TestClock

ASK = Request("thing", "/things")


class Recorder(Transport):
    """Notes when it was asked; may reject."""

    def __init__(self, clock: TestClock) -> None:
        self.clock = clock
        self.times: list[float] = []
        self.reject: float | None = None

    def send(self, request: Request, headers: object = None) -> Response:
        self.times.append(self.clock.monotonic())
        if self.reject is not None:
            raise ThrottledError("429", self.reject)
        return Response(200, {}, b"{}")


class Troubled(Transport):
    """Is under repair, and says for how long."""

    def __init__(self, wait: float | None) -> None:
        self._wait = wait

    def send(self, request: Request, headers: object = None) -> Response:
        raise TransientError("503", self._wait)


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


def test_requests_are_spaced_evenly_just_below_the_limit(clock: TestClock) -> None:
    recorder = Recorder(clock)
    pace = Pace(recorder, clock, per_second=7)
    for _ in range(70):
        pace.send(ASK)
    gaps = {round(b - a, 6) for a, b in zip(recorder.times, recorder.times[1:], strict=False)}
    assert gaps == {round(1 / (7 * FRACTION), 6)}


def test_a_short_rejection_slows_down_a_little_and_wears_off(clock: TestClock) -> None:
    recorder = Recorder(clock)
    pace = Pace(recorder, clock, per_second=10)
    recorder.reject = 1.0
    with pytest.raises(ThrottledError):
        pace.send(ASK)
    assert pace.rate == pytest.approx(10 * FRACTION * SLOWER)
    recorder.reject = None
    clock.sleep(60)
    pace.send(ASK)
    assert pace.rate == pytest.approx(10 * (FRACTION - LOWER), abs=0.01)
    clock.sleep(LOWER / HIGHER_PER_SECOND)
    pace.send(ASK)
    assert pace.rate == pytest.approx(10 * FRACTION)


def test_many_rejections_in_a_row_lower_what_is_aimed_at_only_so_far(clock: TestClock) -> None:
    """They are colleagues who take the rest, and go home."""
    recorder = Recorder(clock)
    pace = Pace(recorder, clock, per_second=10)
    recorder.reject = 1.0
    for _ in range(100):
        with pytest.raises(ThrottledError):
            pace.send(ASK)
    recorder.reject = None
    clock.sleep(10000)
    pace.send(ASK)
    assert pace.rate == pytest.approx(10 * FRACTION)
    pace._aim = LEAST
    pace._slow_down()
    assert pace._aim == LEAST


class Strict(Transport):
    """Lets so many in within any second; each is up to `jitter` seconds on its way."""

    def __init__(self, clock: TestClock, jitter: float) -> None:
        self._clock = clock
        self._jitter = jitter
        self._arrives = 0.0
        self._limiter = Limiter(7, clock=lambda: self._arrives)
        self._random = Random(1)
        self.let_in = self.rejected = 0

    def send(self, request: Request, headers: object = None) -> Response:
        self._arrives = self._clock.monotonic() + self._random.uniform(0, self._jitter)
        if self._limiter.refuse():
            self.rejected += 1
            raise ThrottledError("429", 1.0)
        self.let_in += 1
        return Response(200, {}, b"{}")


@pytest.mark.parametrize(("jitter", "used"), [(0.005, 0.994), (0.02, 0.976), (0.04, 0.957)])
def test_what_a_line_and_a_strict_limiter_allow_is_used_and_no_more_than_one_of_two_hundred_rejected(
    clock: TestClock, jitter: float, used: float
) -> None:
    strict = Strict(clock, jitter)
    pace = Pace(strict, clock, per_second=7)
    begun = clock.monotonic()
    while clock.monotonic() - begun < 3600:
        with suppress(ThrottledError):
            pace.send(ASK)
    assert strict.let_in / 3600 / 7 >= used
    assert strict.rejected <= (strict.let_in + strict.rejected) / 200


def test_it_wears_off_little_by_little(clock: TestClock) -> None:
    recorder = Recorder(clock)
    pace = Pace(recorder, clock, per_second=10)
    recorder.reject = 1.0
    with pytest.raises(ThrottledError):
        pace.send(ASK)
    recorder.reject = None
    for number in (1, 2):
        clock.sleep(5)
        pace.send(ASK)
        assert pace.rate == pytest.approx(10 * (FRACTION * SLOWER + number * 5 * BACK_PER_SECOND), abs=0.003)


def test_a_shorter_wait_that_is_told_later_does_not_end_a_longer_one(clock: TestClock) -> None:
    """Both were on their way."""
    recorder = Recorder(clock)
    pace = Pace(recorder, clock, per_second=10)
    for wait in (600.0, 15.0):
        pace._stand_still(ThrottledError("429", wait))
    begun = clock.monotonic()
    pace.send(ASK)
    assert recorder.times == [begun + 600.0]


def until_the_next(clock: TestClock, rejected: float) -> float:
    """Seconds from a request that was rejected, to be asked again after so many, to another one."""
    recorder = Recorder(clock)
    pace = Pace(recorder, clock, per_second=10)
    recorder.reject = rejected
    with pytest.raises(ThrottledError):
        pace.send(ASK)
    recorder.reject = None
    pace.send(ASK)
    return recorder.times[1] - recorder.times[0]


def test_a_short_rejection_holds_nobody_up(clock: TestClock) -> None:
    """Who was rejected waits; a pause of everybody after each rejection would cost a quarter of the rate."""
    assert until_the_next(clock, rejected=3.0) < 0.2


def test_a_long_rejection_stops_everybody_until_then(clock: TestClock) -> None:
    assert until_the_next(clock, rejected=15.0) >= 15


@pytest.mark.parametrize(("wait", "seconds"), [(600.0, 600.0), (3.0, 0.1), (None, 0.1)])
def test_a_source_in_trouble_says_when_to_ask_again_and_nobody_does_before(
    clock: TestClock, wait: float | None, seconds: float
) -> None:
    """It is not asked more slowly after that: nothing was asked too fast."""
    told: list[tuple[float, str]] = []
    pace = Pace(
        Troubled(wait), clock, per_second=10, waiting=lambda seconds, reason: told.append((seconds, reason))
    )
    begun = clock.monotonic()
    for _time in range(2):
        with pytest.raises(TransientError):
            pace.send(ASK)
    assert clock.monotonic() - begun == pytest.approx(seconds, abs=0.1)
    assert told[:1] == ([(600.0, "503")] if wait == 600.0 else [])
    assert pace.rate == pytest.approx(10 * FRACTION)


def test_where_files_lie_there_may_be_trouble_of_its_own(clock: TestClock) -> None:
    pace = Pace(Troubled(600.0), clock, per_second=10)
    begun = clock.monotonic()
    for _time in range(2):
        with pytest.raises(TransientError):
            pace.send(ASK.replace(is_file=True))
    assert clock.monotonic() - begun < 1


def test_an_hour_never_holds_more_than_permitted(clock: TestClock) -> None:
    recorder = Recorder(clock)
    pace = Pace(recorder, clock, per_second=10, per_hour=100)
    for _ in range(250):
        pace.send(ASK)
    for at, later in zip(recorder.times, recorder.times[100:], strict=False):
        assert later - at >= 3600


def test_what_left_before_this_process_began_counts_in_its_hour(clock: TestClock) -> None:
    recorder = Recorder(clock)
    pace = Pace(recorder, clock, per_second=10, per_hour=3)
    pace.remember([3000.0, 1800.0, 60.0])
    since = clock.monotonic()
    for _ in range(3):
        pace.send(ASK)
    assert [at - since for at in recorder.times] == [600.0, 1800.0, 3540.0]


@pytest.mark.parametrize("first", [0, 30, 100])
@pytest.mark.parametrize("number", [1, 69, 70, 71, 100, 101, 250, 1000])
@pytest.mark.parametrize(("per_second", "per_hour"), [(10, 100), (10, None), (0.02, 100), (None, 100)])
def test_how_long_so_many_more_will_take(
    clock: TestClock, per_second: float | None, per_hour: int | None, number: int, first: int
) -> None:
    recorder = Recorder(clock)
    pace = Pace(recorder, clock, per_second, per_hour)
    for _ in range(first):
        pace.send(ASK)
    clock.sleep(600)
    told, since = pace.lasting(number), clock.monotonic()
    for _ in range(number):
        pace.send(ASK)
    assert told == pytest.approx(recorder.times[-1] - since, abs=1.05 / per_second if per_second else 0.1)


def test_an_hours_permission_that_is_used_up_is_told_once(clock: TestClock) -> None:
    told: list[tuple[float, str]] = []
    pace = Pace(Recorder(clock), clock, 10, 100, lambda seconds, reason: told.append((seconds, reason)))
    for _ in range(250):
        pace.send(ASK)
    assert [round(seconds) for seconds, _reason in told] == [3590, 3590]
    assert "100 requests an hour" in told[0][1]


def test_who_notices_it_too_tells_it_no_more(clock: TestClock) -> None:
    """Each thread is rejected."""
    told: list[float] = []
    pace = Pace(Recorder(clock), clock, 10, waiting=lambda seconds, reason: told.append(seconds))
    for wait in (600.0, 590.0):
        pace._tell(wait, "429")
    clock.sleep(600)
    pace._tell(15.0, "429")
    assert told == [600.0, 15.0]


def test_a_long_rejection_is_told_in_the_sources_words(clock: TestClock) -> None:
    told: list[tuple[float, str]] = []
    recorder = Recorder(clock)
    pace = Pace(recorder, clock, 10, waiting=lambda seconds, reason: told.append((seconds, reason)))
    for wait in (2.0, 600.0, 600.0):
        recorder.reject = wait
        with pytest.raises(ThrottledError):
            pace.send(ASK)
    assert told == [(600.0, "429"), (600.0, "429")]


def test_without_a_limit_nothing_waits(clock: TestClock) -> None:
    pace = Pace(Recorder(clock), clock, per_second=None)
    for _ in range(10):
        pace.send(ASK)
    assert clock.slept == []
