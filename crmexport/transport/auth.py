"""The coat that signs in: adds the grant's headers, renews once when it has expired, one thread at a time."""

import threading
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

from crmexport.errors import CrmExportError, SignInRefusedError, SourceError
from crmexport.source import Credentials, Grant, Request, Response, SignIn
from crmexport.source.contract import Told, Understood
from crmexport.text import _
from crmexport.transport.clock import Clock
from crmexport.transport.dressing import dressed
from crmexport.transport.failures import (
    ExpiredError,
    FailureError,
    StoppedError,
    ThrottledError,
    TransientError,
)
from crmexport.transport.judge import reason, retry_after
from crmexport.transport.line import Transport
from crmexport.transport.patience import Waiting, reached
from crmexport.transport.secrets import Secrets
from crmexport.transport.tokens import Tokens

HALF, WHOLE = 0.5, 1.0  # of the life of a grant
APART = 600.0  # seconds between two renewals for the sake of files that stay shut, and between two tries to renew ahead
SHORTEST_LIFE = 60.0  # what is told to hold for less (0: for ever?) is nonsense, or would be renewed before every other request
UNAUTHORIZED = 401
TOO_MANY = 429
SERVER_TROUBLE = 500


class Late(Mapping[str, str]):
    """Headers made when they are first looked at: as the request leaves, not while it waits its turn, for they may hold a date."""

    def __init__(self, make: Callable[[], Mapping[str, str]]) -> None:
        self._make = make

    @cached_property
    def _made(self) -> Mapping[str, str]:
        return self._make()

    def __getitem__(self, name: str) -> str:
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)


class Auth(Transport):
    """Carries the sign-in of one account. `unjudged` reaches the source without verdicts: a refused sign-in is an answer there."""

    def __init__(
        self,
        inner: Transport,
        unjudged: Transport,
        sign_in: SignIn,
        credentials: Credentials,
        tokens: Tokens | None,
        clock: Clock,
        renewed: Callable[[], None] = lambda: None,
        used: Callable[[Grant], None] = lambda grant: None,
        untried: Transport | None = None,
        secrets: Secrets | None = None,
    ) -> None:
        """`renewed` is called after each renewal, `used` with each grant before it is used.

        `untried` is `unjudged` without tries, for renewals ahead: all threads stand still for them, though nothing depends on them yet.
        `secrets` are what no error may repeat.
        """
        self._inner = inner
        self._unjudged = unjudged
        self._untried = untried or unjudged
        self._sign_in = sign_in
        self._credentials = credentials
        self._tokens = tokens
        self._clock = clock
        self._renewed = renewed
        self._used = used
        self._secrets = secrets or Secrets(credentials)
        self._lock = threading.Lock()
        self._grant: Grant | None = None
        self._since = 0.0
        self._in_vain_until = -APART
        self._not_ahead_until = -APART

    def send(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        """Ask with the grant; when it has expired, renew it and ask once more.

        The grant is looked at as the request leaves: it may expire while the request waits its turn.
        """
        used = [self._current()]
        try:
            return self._inner.send(request, self._dressed(request, headers, used))
        except ExpiredError:
            if request.is_file and self._is_in_vain(used[-1]):
                raise
            self._after(used[-1])
        try:
            return self._inner.send(request, self._dressed(request, headers, used))
        except ExpiredError:
            if request.is_file:
                self._in_vain_until = self._clock.monotonic() + APART
            raise

    def _is_in_vain(self, used: Grant) -> bool:
        """Whether to renew the grant that a file was asked with is no use: a renewal has just not opened another one.

        Files that lie nowhere any more show a page to sign in at, thousands of them; whoever signs in for each may be locked out.
        """
        return self._grant is used and self._clock.monotonic() < self._in_vain_until

    def _dressed(
        self, request: Request, headers: Mapping[str, str] | None, used: list[Grant]
    ) -> Mapping[str, str]:
        def dress() -> Mapping[str, str]:
            used.append(self._current())
            return {**(headers or {}), **dressed(self._sign_in, used[-1], request, self._clock.time())}

        return Late(dress)

    def start(self, waiting: Waiting, patience: float) -> None:
        """Sign in now, so that wrong credentials are told before anything else. Raises SignInRefusedError, SourceError.

        `waiting` is told of waits for a source that does not answer yet, within `patience` seconds.
        """
        try:
            reached(self._current, self._clock, waiting, patience)
        except FailureError as failure:
            raise SourceError(
                _(
                    "The source cannot be reached to sign in ({reason}). Check the address and the connection, and start the same "
                    "command again."
                ).format(reason=failure)
            ) from failure

    def _current(self) -> Grant:
        with self._lock:
            if self._grant is None:
                self._begin()
            if self._is_through(HALF):
                self._renew_ahead()
            return self._held()

    def _renew_ahead(self) -> None:
        """Renew what is half through its life. What keeps that from succeeding may pass while the rest of it lasts.

        What is over holds no more: then there is nothing to go on with.
        """
        if self._is_through(WHOLE):
            self._take(self._next(self._held(), self._unjudged))
            return
        if self._clock.monotonic() < self._not_ahead_until:
            return
        try:
            self._take(self._next(self._held(), self._untried))
        except StoppedError:
            raise
        except (FailureError, SourceError):
            self._not_ahead_until = self._clock.monotonic() + APART

    def _after(self, stale: Grant) -> None:
        """See to a grant newer than `stale`: another thread's if it was quicker."""
        with self._lock:
            if self._grant is stale:
                self._take(self._next(stale, self._unjudged))
                if self._grant is not stale:  # an application token stays what it is
                    self._renewed()

    def _held(self) -> Grant:
        assert self._grant is not None  # noqa: S101 - set just above, under the lock
        return self._grant

    def _begin(self) -> None:
        ready = self._understood(self._sign_in.ready, self._credentials)
        kept = self._tokens.load() if self._tokens and ready is None else None
        if ready is not None:
            self._use(ready, self._clock.time())
        elif kept is None:
            self._take(self._fresh(self._unjudged))
        else:
            self._use(*kept)

    def _next(self, grant: Grant, way: Transport) -> Grant:
        """Renew; where that is refused or impossible, sign in anew. An application token can only be given anew by a person."""
        if self._sign_in.ready(self._credentials) is not None:
            return grant
        renewal = self._sign_in.renewal(grant)
        if renewal is None:
            return self._fresh(way)
        try:
            return self._granted(way.send(renewal))
        except SignInRefusedError:
            if self._tokens:
                self._tokens.forget()
            return self._fresh(way)

    def _fresh(self, way: Transport) -> Grant:
        asked: Request | None = self._understood(self._sign_in.request, self._credentials)
        while asked is not None:
            response = way.send(asked)
            asked = self._understood(self._sign_in.following, self._credentials, asked, response)
        return self._granted(response)

    def _granted(self, response: Response) -> Grant:
        """Raises TransientError for a web page: no word about the sign-in, but of a firewall, or of a source under repair."""
        if response.is_page and response.status != UNAUTHORIZED:
            raise TransientError(signing_in(reason(response, self._secrets)))
        return self._understood(self._sign_in.granted, response)

    def _understood(
        self, how: Callable[Told, Understood], *told: Told.args, **more: Told.kwargs
    ) -> Understood:
        """What the connector makes of the sign-in. An error that repeats what was given, or the source's words, repeats no secret."""
        try:
            return how(*told, **more)
        except CrmExportError as error:
            error.args = (self._secrets.blanked(str(error)),)
            raise

    def _take(self, grant: Grant) -> None:
        """Keep first, then use: a rotated token that is lost locks the account out."""
        now = self._clock.time()
        if self._tokens and self._sign_in.ready(self._credentials) is None:
            self._tokens.save(grant, now)
        self._use(grant, now)

    def _use(self, grant: Grant, since: float) -> None:
        self._used(grant)
        self._grant = grant
        self._since = since

    def _is_through(self, share: float) -> bool:
        """Whether so much of the life of the grant is over; never where no end of it is told, or there is no way to renew it."""
        grant = self._held()
        if grant.renewal is None or not (grant.expires_in and grant.expires_in >= SHORTEST_LIFE):
            return False
        return self._clock.time() - self._since > grant.expires_in * share


def signing_in(words: str) -> str:
    """The reason of a failure, where it was to sign in that failed."""
    return _("signing in: {words}").format(words=words)


class Steady(Transport):
    """For what is asked before anybody is signed in: a refusal is an answer there, but a server in trouble is not.

    `now` gives seconds since the epoch; `words` makes the failure's reason of that of the answer, which repeats none of the `secrets`.
    """

    def __init__(
        self,
        inner: Transport,
        now: Callable[[], float],
        words: Callable[[str], str] = str,
        secrets: Secrets | None = None,
    ) -> None:
        self._inner = inner
        self._now = now
        self._words = words
        self._secrets = secrets or Secrets()

    def send(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        """Ask once. Raises ThrottledError for 429, TransientError for 5xx."""
        self._secrets.signs_in(request)
        response = self._inner.send(request, headers)
        self._secrets.received(response)
        if response.status != TOO_MANY and response.status < SERVER_TROUBLE:
            return response
        words = self._words(reason(response, self._secrets))
        kind = ThrottledError if response.status == TOO_MANY else TransientError
        raise kind(words, retry_after(response, self._now()))
