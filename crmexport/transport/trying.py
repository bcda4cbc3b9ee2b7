"""Asking for those who can do without an answer now and then (an estimate, a sample), but not without any."""

from crmexport.source import Request, Response
from crmexport.transport.coats import Coats
from crmexport.transport.endings import ENOUGH, forbidden, sign_in_refused, unanswered
from crmexport.transport.failures import DownError, ExpiredError, FailureError, NotReadOnlyError

BRIEF = 60.0  # seconds of patience without any answer: nobody waits for an estimate as for a pull


class Trying:
    """Asks the account at `url` through `coats`."""

    def __init__(self, url: str, coats: Coats) -> None:
        self._url = url
        self._coats = coats
        self._failure: FailureError | None = None
        self._expired = 0
        self._answered = False

    def send(self, request: Request) -> Response:
        """The answer. Raises FailureError where this one is not given; SignInRefusedError and SourceError where none will be."""
        try:
            response = self._coats.send(request)
        except NotReadOnlyError as failure:
            raise forbidden(failure) from failure
        except DownError as failure:
            raise unanswered(self._url, failure) from failure
        except FailureError as failure:
            self._failure = failure
            self._expired = self._expired + 1 if isinstance(failure, ExpiredError) else 0
            if self._expired >= ENOUGH:
                raise sign_in_refused(self._url, failure) from failure
            raise
        self._answered, self._expired = True, 0
        return response

    def must_have_answers(self) -> None:
        """Raises SignInRefusedError or SourceError when all that was asked has failed."""
        if self._answered or self._failure is None:
            return
        if isinstance(self._failure, ExpiredError):
            raise sign_in_refused(self._url, self._failure)
        raise unanswered(self._url, self._failure)
