"""The coat that outlasts an outage: when nothing is answered any more, one probe at growing waits instead of many tries.

A route that always fails is no outage: the probe asks again what was answered before. A night without the source must
not end a pull of many days, so nothing counts as failed while it lasts. A source that answers nothing but "too many requests"
has a limit that is spent for long: it is left alone in the same way. Nor is a page to sign in at the end of the sign-in, as long
as the probe is answered: then it is the page of one route, of a file that lies nowhere any more.
"""

import threading
from collections.abc import Callable, Mapping

from crmexport.source import Request, Response
from crmexport.transport.clock import Clock
from crmexport.transport.failures import (
    BrokenOffError,
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

# Failures in a row, of any routes, that raise the question whether the source is there at all. A fault of a route has been met
# three times by then, and is a gap after that.
SUSPICIOUS = {FaultyError: 1, TransientError: 5, ThrottledError: 5, RefusedError: 20, VanishedError: 20}
FIRST_WAIT, LONGEST_WAIT = 2.0, 600.0
PATIENCE = 24 * 3600.0
PATIENCE_AT_FIRST = 600.0  # with a source that has answered nothing in this run: the address may be wrong

Waiting = Callable[[float, str], None]


class Breaker(Transport):
    """Wraps the coat that retries; `probe` is the coat below it. `waiting` is told the seconds until the next probe, and why."""

    def __init__(
        self,
        inner: Transport,
        probe: Transport,
        clock: Clock,
        waiting: Waiting = lambda wait, reason: None,
        first: Request | None = None,
        patience: float = PATIENCE,
    ) -> None:
        """`patience` is how many seconds an outage may last.

        `first` is probed while nothing has been answered: what fails then may be all that an earlier run left over.
        """
        self._inner = inner
        self._line = probe
        self._clock = clock
        self._waiting = waiting
        self._lock = threading.Lock()
        self._first = first
        self._patience = patience
        self._answered: Request | None = None
        self._failed = 0
        self._outages = 0
        self._down: DownError | None = None

    def send(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        """Ask, as often as outages break off. Raises DownError when the source does not come back."""
        while True:
            outages = self._outages
            try:
                response = self._inner.send(request, headers)
            except BrokenOffError:  # the source is there: each time it gave a part
                raise
            except ExpiredError as failure:
                passing = self._passing(request, failure)
                if not self._was_outage(request, passing, outages):
                    raise passing from failure
            except (FaultyError, TransientError, ThrottledError, RefusedError, VanishedError) as failure:
                if not self._was_outage(request, failure, outages):
                    raise
            else:
                self._good(request)
                return response

    def _passing(self, request: Request, failure: ExpiredError) -> TransientError:
        """What is to be made of a sign-in that seems to hold no more. Raises `failure` where the probe says so, too."""
        known = self._answered or self._first
        if known is None or isinstance(self._probed(known), ExpiredError):
            raise failure
        return (UnopenedError if request.is_file else TransientError)(str(failure))

    def _good(self, request: Request) -> None:
        self._failed = 0
        if not request.is_file:
            self._answered = request

    def _was_outage(self, request: Request, failure: FailureError, outages: int) -> bool:
        """Whether `failure` was one of an outage that is over now, so that the same may be asked again."""
        with self._lock:
            if self._outages != outages:
                return True
            if self._down:
                raise self._down
            self._failed += 1
            is_new = self._answered is None and isinstance(failure, TransientError | ThrottledError)
            if self._failed < _suspicious(failure) and not is_new:
                return False
            known = self._answered or (self._first or request if is_new else None)
            is_doubtful = is_new and isinstance(failure, TransientError)
            patience = min(self._patience, PATIENCE_AT_FIRST) if is_doubtful else self._patience
            return known is not None and self._outlasted(known, patience)

    def _outlasted(self, known: Request, patience: float) -> bool:
        """False when the source answers at once; True when it came back after a while."""
        since, wait = self._clock.time(), FIRST_WAIT
        while (failure := self._probed(known)) is not None:
            if self._clock.time() - since >= patience:
                self._down = DownError(str(failure), since)
                raise self._down from failure
            pause = max(wait, _told(failure))
            self._waiting(pause, str(failure))
            self._clock.sleep(pause)
            wait = min(wait * 2, LONGEST_WAIT)
        self._failed = 0
        was_out = wait > FIRST_WAIT
        self._outages += was_out
        return was_out

    def _probed(self, known: Request) -> FailureError | None:
        try:
            self._line.send(known)
        except FailureError as failure:
            return failure
        return None


def _suspicious(failure: FailureError) -> int:
    return next(number for kind, number in SUSPICIOUS.items() if isinstance(failure, kind))


def _told(failure: FailureError) -> float:
    """The seconds that the source itself asks us to wait."""
    return failure.wait or 0.0 if isinstance(failure, ThrottledError) else 0.0
