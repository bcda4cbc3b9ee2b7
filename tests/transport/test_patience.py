"""Waiting for a source that answers nothing: at growing waits, or at its own word, and not for ever."""

import pytest

from crmexport.transport.failures import DownError, FailureError, ThrottledError, TransientError
from crmexport.transport.patience import outlasted
from tests.toy import TestClock

DAY = 24 * 3600.0
LINE = TransientError("no line")


def waits(failures: list[FailureError], patience: float = DAY) -> list[float]:
    """The waits until an answer comes, after these failures; they are told, and kept."""
    left, told, clock = list(failures), list[float](), TestClock()

    def ask() -> str:
        if left:
            raise left.pop(0)
        return "answer"

    assert outlasted(ask, clock, lambda seconds, reason: told.append(seconds), patience) == "answer"
    assert clock.slept == told
    return told


def test_the_waits_grow_to_ten_minutes() -> None:
    assert waits([LINE] * 11) == [2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 600.0, 600.0]


@pytest.mark.parametrize(("told", "wait"), [(900.0, 900.0), (3.0, 4.0), (None, 4.0)])
def test_the_source_may_ask_for_a_longer_one(told: float | None, wait: float) -> None:
    assert waits([LINE, ThrottledError("429", told), LINE]) == [2.0, wait, 8.0]


@pytest.mark.parametrize(("told", "wait"), [(900.0, 900.0), (3.0, 4.0), (None, 4.0)])
def test_so_may_a_source_in_trouble(told: float | None, wait: float) -> None:
    assert waits([LINE, TransientError("503", told), LINE]) == [2.0, wait, 8.0]


def test_but_not_for_a_longer_one_than_patience_lasts() -> None:
    """Whoever sits before it learns within a minute that nothing answers."""
    assert waits([TransientError("503", 3600.0)], patience=60.0) == [60.0]


def test_patience_ends_with_one_last_question() -> None:
    assert waits([LINE] * 3, patience=10.0) == [2.0, 4.0, 4.0]
    with pytest.raises(DownError, match="no line") as end:
        waits([LINE] * 4, patience=10.0)
    assert end.value.since == TestClock().time()


class Asleep(TestClock):
    """The computer is asleep, or its clock is set, while the first wait lasts: by `jump` seconds, on the clock of intervals, too, where
    this one goes on in sleep (Windows).
    """

    def __init__(self, jump: float, is_counted: bool) -> None:
        super().__init__()
        self.jump = self.left = jump
        self._is_counted = is_counted

    def time(self) -> float:
        return self.now + self.jump - self.left

    def monotonic(self) -> float:
        return self.now + (self.jump - self.left if self._is_counted else 0.0)

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self.left = 0.0


@pytest.mark.parametrize("is_counted", [False, True])
@pytest.mark.parametrize("jump", [8 * 3600.0, 3 * DAY, 365 * DAY])
def test_a_computer_that_was_asleep_waits_on(jump: float, is_counted: bool) -> None:
    """Its network comes back some seconds after it has woken."""
    left, clock = [LINE] * 4, Asleep(jump, is_counted)

    def ask() -> str:
        if left:
            raise left.pop()
        return "answer"

    assert outlasted(ask, clock, lambda seconds, reason: None, 600.0) == "answer"


def test_a_clock_that_was_set_back_by_a_year_prolongs_no_patience() -> None:
    clock = Asleep(-365 * DAY, is_counted=False)

    def ask() -> str:
        if len(clock.slept) > 1000:
            raise AssertionError("it is asked for ever")
        raise LINE

    with pytest.raises(DownError, match="no line"):
        outlasted(ask, clock, lambda seconds, reason: None, DAY)
    assert sum(clock.slept) == DAY


def test_the_time_of_the_questions_themselves_counts() -> None:
    clock, asked = TestClock(), list[float]()

    def ask() -> str:
        clock.now += 120.0
        asked.append(clock.now)
        raise LINE

    with pytest.raises(DownError):
        outlasted(ask, clock, lambda seconds, reason: None, 600.0)
    assert len(asked) == 5
