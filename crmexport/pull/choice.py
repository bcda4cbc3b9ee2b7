"""Which connector speaks the account's language, where a system has several APIs: the archive remembers, else the account is asked."""

from collections.abc import Callable, Sequence
from pathlib import Path

from crmexport.archive import Archive, Place, Source
from crmexport.errors import SourceError
from crmexport.source import Account, Connector, Request, Response, connector_class
from crmexport.text import _
from crmexport.transport.auth import Steady
from crmexport.transport.clock import Clock
from crmexport.transport.failures import FailureError
from crmexport.transport.guard import ReadOnly
from crmexport.transport.ledger import Ledger
from crmexport.transport.line import Line, Transport
from crmexport.transport.patience import Waiting, reached, unheard
from crmexport.transport.retry import Retry


def suited(
    connector: Connector,
    place: Place | None,
    clock: Clock,
    line: Transport | None,
    waiting: Waiting = unheard,
    patience: float = 0.0,
) -> Connector:
    """`connector`, or its sibling for the API that the account has. `place` is where its archive is or will be.

    What a person said is held against the answers, too, when the archive is begun. Raises SourceError when the account does not
    answer within `patience` seconds, of which `waiting` is told, or is none; ConfigurationError when what was said is not there.
    """
    probes = connector.probes()
    held = Archive.source_in(place) if probes and place is not None else None
    if held is not None and _is_same(held, connector):
        return _sibling(connector, connector.suited(()) or held.name)
    asking = _asking(connector, clock, line, is_patient=patience > 0)

    def send(probe: Request) -> Response:
        return reached(lambda: asking.send(probe), clock, waiting, patience)

    return _sibling(connector, _asked(connector, probes, send))


def _asked(connector: Connector, probes: Sequence[Request], send: Callable[[Request], Response]) -> str:
    """The connector's name by the answers to its probes, of which no more are asked than it takes."""
    answers: list[Response] = []
    for probe in probes:
        answers.append(_answer(connector, send, probe))
        if name := connector.suited(answers):
            return name
    return connector.about.name


def _is_same(held: Source, connector: Connector) -> bool:
    names = (connector.about.name, *connector.about.siblings)
    return held.url == connector.account.url and held.name in names


def _sibling(connector: Connector, name: str) -> Connector:
    """The connector called `name` for the same account, with those options that it knows."""
    if name == connector.about.name:
        return connector
    kind = connector_class(name)
    known = kind.about.options.known()
    options = {key: value for key, value in connector.account.options.items() if key in known}
    return kind(Account(connector.account.url, options))


def _asking(connector: Connector, clock: Clock, line: Transport | None, *, is_patient: bool) -> Transport:
    """Where failures are waited out, each is told; five tries before the first word would be minutes of silence."""
    ledger = Ledger(line or Line(connector.account.url, Path()), clock)
    steady = Steady(ledger, clock.time)
    return ReadOnly(steady if is_patient else Retry(steady, clock, ledger), connector.about.reads)


def _answer(connector: Connector, send: Callable[[Request], Response], probe: Request) -> Response:
    try:
        return send(probe)
    except FailureError as failure:
        raise SourceError(
            _(
                "{url} does not answer ({reason}). Check the address and the connection, and start the same command again."
            ).format(url=connector.account.url, reason=failure)
        ) from failure
