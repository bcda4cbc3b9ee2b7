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


def test_patience_ends_with_one_last_question() -> None:
    assert waits([LINE] * 3, patience=10.0) == [2.0, 4.0, 4.0]
    with pytest.raises(DownError, match="no line") as end:
        waits([LINE] * 4, patience=10.0)
    assert end.value.since == TestClock().time()
