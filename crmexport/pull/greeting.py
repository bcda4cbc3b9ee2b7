"""The first words with an account: who is signed in, and until when it is open. Nothing hangs on the answers."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

from crmexport.errors import CrmExportError
from crmexport.source import Connector, Request, Response, Standing
from crmexport.source.contract import understood
from crmexport.text import encodable
from crmexport.transport.endings import ENOUGH, ended, gives_nothing, sign_in_expired, sign_in_refused
from crmexport.transport.failures import DownError, ExpiredError, FailureError, NotReadOnlyError


def greet(connector: Connector, send: Callable[[Request], Response]) -> Standing:
    """What the account tells; what it refuses to tell stays unknown, and is no loss.

    `send` raises FailureError where one answer is refused; whatever else it raises goes on, for all that is asked next would
    meet that as well.
    """
    answers: list[tuple[Request, Response]] = []
    for request in connector.greetings():
        with suppress(FailureError):
            answers.append((request, send(request)))
    try:
        return understood(_standing, connector, answers)
    except ValueError:
        return Standing()


def _standing(connector: Connector, answers: Sequence[tuple[Request, Response]]) -> Standing:
    standing = connector.standing(answers)
    return replace(standing, person=encodable(standing.person), account=encodable(standing.account))


class Door:
    """The way to the account at `url` while nothing was got through it yet. `is_held` tells whether an archive has records of it."""

    def __init__(self, url: str, send: Callable[[Request], Response], *, is_held: bool) -> None:
        self._url = url
        self._send = send
        self._is_held = is_held
        self._is_open = False
        self._refused = 0
        self._failure: FailureError | None = None

    def send(self, request: Request) -> Response:
        """The answer. Raises FailureError where this one is not given, SignInRefusedError and SourceError where none will be."""
        try:
            response = self._send(request)
        except (DownError, NotReadOnlyError) as end:
            raise ended(self._url, end) from end
        except FailureError as failure:
            self._failure = failure
            self._refused = self._refused + 1 if isinstance(failure, ExpiredError) else 0
            if self._refused >= ENOUGH:
                raise self._why(failure) from failure
            raise
        self._is_open = True
        return response

    def must_open(self, questions: Iterable[Request]) -> None:
        """Ask until something is answered. Raises SignInRefusedError or SourceError where nothing is."""
        for question in questions:
            if self._is_open:
                return
            with suppress(FailureError):
                self.send(question)
        if self._is_open or self._failure is None:
            return
        raise self._why(self._failure) from self._failure

    def _why(self, failure: FailureError) -> CrmExportError:
        if not isinstance(failure, ExpiredError):
            return gives_nothing(self._url, failure)
        return (sign_in_expired if self._is_held else sign_in_refused)(self._url, failure)
