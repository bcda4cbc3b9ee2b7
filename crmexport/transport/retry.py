"""The coat that asks again: only failures that pass, a bounded number of times and for a bounded time.

What still fails then is deferred by the engine, not lost.
"""

from collections.abc import Callable, Mapping

from tenacity import RetryCallState, Retrying, retry_if_exception_type
from tenacity.wait import wait_random_exponential

from crmexport.source import Request, Response
from crmexport.transport.clock import Clock
from crmexport.transport.failures import (
    AgainError,
    BrokenOffError,
    ExpiredError,
    FaultyError,
    ThrottledError,
    TransientError,
)
from crmexport.transport.ledger import Ledger
from crmexport.transport.line import Transport

TRIES = 5
FAULTY_TRIES = 3
PATIENCE = 180.0
UNTOLD_WAIT = 15.0
SHORT_WAIT = 1.0

_growing = wait_random_exponential(multiplier=0.5, max=30.0)


class Retry(Transport):
    """Wraps the coats below in tries. `ledger` learns which threads only wait."""

    def __init__(self, inner: Transport, clock: Clock, ledger: Ledger) -> None:
        self._inner = inner
        self._clock = clock
        self._ledger = ledger
        # One for all threads, each of which has a count of its own in it. One for each sending would refer to itself, and a
        # pull would carry tens of thousands of them, each with its answer, until the cycle collector comes.
        self._tries = Retrying(
            stop=_enough,
            wait=_wait,
            retry=retry_if_exception_type(AgainError),
            before_sleep=_count,
            sleep=self._sleep,
            reraise=True,
        )

    def send(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        """Ask until there is an answer, a failure that stays, or patience ends (the last failure is raised)."""
        response: Response = self._tries(self._inner.send, request, headers)
        return response

    def _sleep(self, seconds: float) -> None:
        self._ledger.sleeping(+1)
        try:
            self._clock.sleep(seconds)
        finally:
            self._ledger.sleeping(-1)


def _failure(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def _enough(state: RetryCallState) -> bool:
    failure = _failure(state)
    if isinstance(failure, ExpiredError):
        return True  # renewing has been tried below; the engine decides
    tries = FAULTY_TRIES if isinstance(failure, FaultyError) else TRIES
    comes_nearer = isinstance(failure, BrokenOffError)  # however often a big file breaks off
    return (state.attempt_number >= tries and not comes_nearer) or state.idle_for >= PATIENCE


def _count(state: RetryCallState) -> None:
    """Count tries from the last piece of a file on: where it broke off, the line may be down for some of them."""
    if isinstance(_failure(state), BrokenOffError):
        state.attempt_number = 0


def _wait(state: RetryCallState) -> float:
    failure = _failure(state)
    if isinstance(failure, ThrottledError):
        return UNTOLD_WAIT if failure.wait is None else failure.wait
    if isinstance(failure, BrokenOffError):
        return SHORT_WAIT
    grow: Callable[[RetryCallState], float] = _growing
    told = failure.wait if isinstance(failure, TransientError) else None
    return max(told or 0.0, grow(state))
