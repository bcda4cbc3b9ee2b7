"""The limiter permits what it says, by either kind of window, and tells how long to wait."""

from crmexport.sandbox.limiter import Limiter


class Clock:
    """A clock that a test sets."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_a_sliding_window_counts_the_last_second() -> None:
    clock = Clock()
    limiter = Limiter(3, "sliding", clock)
    clock.now = 1_000.9
    assert [limiter.refuse() for _ in range(4)] == [None, None, None, 1]
    clock.now = 1_001.5
    assert limiter.refuse() == 1
    clock.now = 1_001.91
    assert limiter.refuse() is None


def test_a_calendar_window_begins_anew_with_the_second() -> None:
    clock = Clock()
    limiter = Limiter(3, "calendar", clock)
    clock.now = 1_000.9
    assert [limiter.refuse() for _ in range(4)] == [None, None, None, 1]
    clock.now = 1_001.01
    assert limiter.refuse() is None


def test_less_than_one_request_a_second_is_one_in_a_longer_window() -> None:
    clock = Clock()
    limiter = Limiter(0.25, "sliding", clock)
    assert limiter.refuse() is None
    assert limiter.refuse() == 4
    clock.now += 4.01
    assert limiter.refuse() is None


def test_many_calls_at_once_take_as_many_places() -> None:
    clock = Clock()
    limiter = Limiter(5, "sliding", clock)
    assert limiter.refuse(4) is None
    assert limiter.refuse(2) == 1
    assert limiter.refuse(1) is None
    clock.now += 1.01
    assert limiter.refuse(20) is None, "more than ever fit pass when nothing is taken"
    assert limiter.refuse(1) == 1
