"""The coat that outlasts an outage: when nothing is answered any more, one probe at growing waits instead of many tries.

A night without the source must not end a pull of many days, so nothing counts as failed while it lasts. A source that answers
nothing but "too many requests" has a limit that is spent for long, and is left alone in the same way.

A route that always fails is no outage. So the probe asks again what was answered before, and, as that may have been deleted since,
the first question of all.

Nor does a page to sign in at mean that the sign-in has ended, as long as the probe is answered: then it is the page of one route, of
a file that lies nowhere any more. A source under repair may show it in place of everything. But where it has shown nothing else for
an hour, the source is there, and the sign-in holds no more.
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
from crmexport.transport.patience import PATIENCE, PATIENCE_AT_FIRST, Waiting, doubted, outlasted, unheard

SIGNED_OUT = 3600.0  # seconds
# Failures in a row, of any routes, that raise the question whether the source is there at all. A fault of a route has been met
# three times by then, and is a gap after that.
SUSPICIOUS = {FaultyError: 1, TransientError: 5, ThrottledError: 5, RefusedError: 20, VanishedError: 20}


class _SignedOut(Exception):  # noqa: N818 - what is to be raised is the failure in it
    """Not to be waited out: `failure` is all that has come for long."""

    def __init__(self, failure: ExpiredError) -> None:
        super().__init__()
        self.failure = failure


class Breaker(Transport):
    """Wraps the coat that retries; `probe` is the coat below it. `waiting` is told the seconds until the next probe, and why."""

    def __init__(
        self,
        inner: Transport,
        probe: Transport,
        clock: Clock,
        waiting: Waiting = unheard,
        first: Request | None = None,
        patience: float = PATIENCE,
        at_first: float = PATIENCE_AT_FIRST,
    ) -> None:
        """`patience` is how many seconds an outage may last, `at_first` while nothing has been answered.

        `first` is probed while nothing has been answered: what fails then may be all that an earlier run left over.
        """
        self._inner = inner
        self._probe = probe
        self._clock = clock
        self._waiting = waiting
        self._lock = threading.Lock()
        self._first = first
        self._patience = patience
        self._at_first = at_first
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
            return known is not None and self._outlasted(known, is_doubtful)

    def _outlasted(self, known: Request, is_doubtful: bool) -> bool:
        """False when the source answers at once; True when it came back after a while. Raises ExpiredError where the sign-in did not."""
        waits: list[float] = []

        def waiting(seconds: float, reason: str) -> None:
            waits.append(seconds)
            self._waiting(seconds, reason)

        worded: Callable[[FailureError], str] = doubted if is_doubtful else str
        patience = min(self._patience, self._at_first) if is_doubtful else self._patience
        try:
            outlasted(self._asking(known), self._clock, waiting, patience, worded=worded)
        except DownError as down:
            self._down = down
            raise
        except _SignedOut as end:
            raise end.failure from end
        self._failed = 0
        self._outages += bool(waits)
        return bool(waits)

    def _asking(self, known: Request) -> Callable[[], Response]:
        """Asks for what was answered before, and for the first question of all where that is refused by now: it may be deleted.

        Raises _SignedOut when nothing but the end of the sign-in has come for an hour.
        """
        since: list[float] = []

        def ask() -> Response:
            try:
                return self._known_or_first(known)
            except ExpiredError as failure:
                since.append(self._clock.monotonic())
                if since[-1] - since[0] >= SIGNED_OUT:
                    raise _SignedOut(failure) from failure
                raise
            except FailureError:
                since.clear()
                raise

        return ask

    def _known_or_first(self, known: Request) -> Response:
        try:
            return self._probe.send(known)
        except (FaultyError, RefusedError, VanishedError):
            if self._first is None or self._first.key == known.key:
                raise
            return self._probe.send(self._first)

    def _probed(self, known: Request) -> FailureError | None:
        try:
            self._probe.send(known)
        except FailureError as failure:
            return failure
        return None


def _suspicious(failure: FailureError) -> int:
    return next(number for kind, number in SUSPICIOUS.items() if isinstance(failure, kind))
