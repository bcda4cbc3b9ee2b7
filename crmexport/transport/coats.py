"""All coats in their order: guard, breaker, retry, sign-in, pace, verdict, blanks, ledger, and the line inside."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from crmexport.source import Connector, Credentials, Grant
from crmexport.transport.auth import Auth, Steady, signing_in
from crmexport.transport.blanks import Blanks
from crmexport.transport.breaker import Breaker
from crmexport.transport.clock import Clock
from crmexport.transport.guard import ReadOnly, is_read
from crmexport.transport.judge import Judge
from crmexport.transport.ledger import Ledger
from crmexport.transport.line import Line, Transport
from crmexport.transport.pace import Pace
from crmexport.transport.patience import PATIENCE, PATIENCE_AT_FIRST, Waiting, unheard
from crmexport.transport.retry import Retry
from crmexport.transport.secrets import Secrets
from crmexport.transport.tokens import Tokens, default_folder


class Coats:
    """The way to one account. `send` asks; `ledger` and `pace` tell how it goes; `start` signs in; `secrets` are what must not be told."""

    def __init__(
        self,
        connector: Connector,
        credentials: Credentials,
        incoming: Path,
        *,
        share: float = 1.0,
        rate: float | None = None,
        clock: Clock | None = None,
        line: Transport | None = None,
        renewed: Callable[[], None] = lambda: None,
        waiting: Waiting = unheard,
        patience: float = PATIENCE,
        at_first: float = PATIENCE_AT_FIRST,
    ) -> None:
        """`share` of the declared limits is used; `rate` (requests a second, 0 = no limit) takes their place.

        `patience` is how many seconds to wait for a source that answers nothing any more, `at_first` for its first answer.
        """
        clock = clock or Clock()
        self.ledger = Ledger(line or Line(connector.account.url, incoming, clock=clock), clock)
        blanks = Blanks(self.ledger)
        self.secrets = Secrets(credentials, {str(one) for one in connector.account.options.values()})
        judged = Judge(blanks, connector, clock.time, self.secrets)
        self.pace = _pace(judged, connector, clock, share, rate, waiting)
        tokens = _tokens(connector, credentials.login) if credentials.login else None
        asking = Steady(self.ledger, clock.time, signing_in, self.secrets)
        steady = Retry(asking, clock, self.ledger)

        def used(grant: Grant) -> None:
            blanks.learn(grant)
            self.secrets.learn(grant)

        auth = Auth(
            self.pace,
            steady,
            connector.sign_in(),
            credentials,
            tokens,
            clock,
            renewed=renewed,
            used=used,
            untried=asking,
            secrets=self.secrets,
        )
        self.start = partial(auth.start, waiting, at_first)
        reads = connector.about.reads
        first = next(filter(partial(is_read, reads), connector.opening(None)), None)  # asked past the guard
        steadfast = Breaker(Retry(auth, clock, self.ledger), auth, clock, waiting, first, patience, at_first)
        self.send = ReadOnly(steadfast, reads).send


def _tokens(connector: Connector, login: str) -> Tokens:
    url, options = connector.account.url, connector.account.options
    apart = [str(told) for name in connector.about.apart if (told := options.get(name))]
    return Tokens(default_folder(), url, login, *apart)


def _pace(
    inner: Transport,
    connector: Connector,
    clock: Clock,
    share: float,
    rate: float | None,
    waiting: Waiting,
) -> Pace:
    limits = connector.about.limits
    if rate is not None:
        return Pace(inner, clock, rate * share or None, waiting=waiting)
    per_hour = max(1, int(limits.per_hour * share)) if limits.per_hour else None
    return Pace(inner, clock, limits.per_second * share, per_hour, waiting)
