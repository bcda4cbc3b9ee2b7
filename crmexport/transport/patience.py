"""Waiting for a source that answers nothing: it is asked at growing waits, until it answers or patience ends."""

from collections.abc import Callable
from typing import TypeVar

from crmexport.text import _
from crmexport.transport.clock import Clock
from crmexport.transport.failures import (
    AgainError,
    DownError,
    FailureError,
    StoppedError,
    ThrottledError,
    TransientError,
)

FIRST_WAIT, LONGEST_WAIT = 2.0, 600.0
LONGEST_ASKING = 300.0  # what lasts longer was interrupted by a sleep of the computer
PATIENCE = 24 * 3600.0
PATIENCE_AT_FIRST = 600.0  # with a source that has answered nothing in this run: the address may be wrong

Waiting = Callable[[float, str], None]
Answer = TypeVar("Answer")


def unheard(seconds: float, reason: str) -> None:
    """For waits that nobody is told of."""


def outlasted(
    ask: Callable[[], Answer],
    clock: Clock,
    waiting: Waiting,
    patience: float,
    passing: type[FailureError] = FailureError,
    worded: Callable[[FailureError], str] = str,
) -> Answer:
    """What `ask` gives as soon as it raises no failure that is `passing`.

    `waiting` is told each wait in seconds, and its reason, as `worded`. Raises DownError after `patience` seconds. Only those count in which it
    asked or waited: not a weekend for which the computer was asleep, nor what a clock was set on or back by.
    """
    since, spent, wait = clock.time(), 0.0, FIRST_WAIT
    while True:
        asked = clock.monotonic()
        try:
            return ask()
        except StoppedError:
            raise
        except passing as failure:
            spent += min(clock.monotonic() - asked, LONGEST_ASKING)
            left = patience - spent
            if left <= 0:
                raise DownError(str(failure), since) from failure
            pause = max(min(wait, left), _told(failure, left))
            waiting(pause, worded(failure))
            clock.sleep(pause)
            spent += pause
            wait = min(wait * 2, LONGEST_WAIT)


def reached(ask: Callable[[], Answer], clock: Clock, waiting: Waiting, patience: float) -> Answer:
    """What the very first question gives: the same, but that nobody knows yet whether there is anything to wait for."""
    return outlasted(ask, clock, waiting, patience, AgainError, doubted)


def doubted(failure: FailureError) -> str:
    """The reason, where it is no news of a source known to be there, but may be a mistake of the person's: who throttles is there."""
    if isinstance(failure, ThrottledError):
        return str(failure)
    return _("{reason}; is the address right, and is there a connection?").format(reason=failure)


def _told(failure: FailureError, left: float) -> float:
    """The seconds that the source itself asks us to wait: no more than are `left` where it is in trouble, any number where it throttles."""
    if isinstance(failure, TransientError):
        return min(failure.wait or 0.0, left)
    return failure.wait or 0.0 if isinstance(failure, ThrottledError) else 0.0
