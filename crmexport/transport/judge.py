"""The coat that asks the connector what an answer means, and turns everything that is no answer into a failure."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from crmexport.source import Connector, Request, Response, Verdict
from crmexport.source.contract import single_answers, understood
from crmexport.text import _
from crmexport.transport.dates import moment_of
from crmexport.transport.failures import (
    AgainError,
    ExpiredError,
    FailureError,
    FaultyError,
    PageError,
    RefusedError,
    ThrottledError,
    TransientError,
    VanishedError,
)
from crmexport.transport.incoming import FileResponse
from crmexport.transport.line import Transport
from crmexport.transport.secrets import Secrets

REASON_LENGTH = 300
# a header may be mistaken for milliseconds, or be a date in seconds: after an hour we ask again
LONGEST_TOLD_WAIT = 3600.0
MESSAGE = re.compile(
    r'"(?:message|error_description)"\s*:\s*("(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))+")'
)
_MESSAGE_WITHIN = re.compile(rb'(?<!\\)"message"\s*:\s*"(?!")')
_RPC_ERROR = re.compile(rb'\s*\{\s*"jsonrpc".{0,300}?"error"\s*:\s*\{.{0,300}?"data"\s*:', re.DOTALL)
_WAIT_WITHIN = re.compile(rb'"retry[_-]?after"\s*:\s*"?(\d{1,9}(?:\.\d{1,9})?)"?\s*[,}]', re.IGNORECASE)
_PLAIN: dict[Verdict, type[FailureError]] = {
    Verdict.EXPIRED: ExpiredError,
    Verdict.FAULTY: FaultyError,
    Verdict.REFUSED: RefusedError,
    Verdict.VANISHED: VanishedError,
}
_NO_SECRETS = Secrets()


class Judge(Transport):
    """Lets only real answers through. Of the `secrets` nothing is in what it says of others, nor in refusals that it lets through."""

    def __init__(
        self, inner: Transport, connector: Connector, now: Callable[[], float], secrets: Secrets | None = None
    ) -> None:
        self._inner = inner
        self._connector = connector
        self._now = now
        self._secrets = secrets or Secrets()

    def send(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        """Ask once; raises the failure that the connector's verdict names."""
        self._secrets.sent(headers or {})
        response = self._inner.send(request, headers)
        self._secrets.received(response)
        failure = failure_of(self._connector, request, response, self._now(), self._secrets)
        if failure is not None:
            raise failure
        return self._kept(request, response)

    def _kept(self, request: Request, response: Response) -> Response:
        """The answer as it came, but for secrets in what is no record: in a refusal that is an answer, or stands in a batch of them."""
        if isinstance(response, FileResponse):
            return response
        if not 200 <= response.status < 300:
            return self._secrets.without(response)
        is_batch = self._connector.is_bulk(request) and self._secrets.out_of(response.body) != response.body
        return self._in_batch(request, response) if is_batch else response

    def _in_batch(self, request: Request, response: Response) -> Response:
        try:
            answers = single_answers(self._connector, request, response)
        except ValueError:
            return response  # whoever reads it says so
        body = response.body
        for inner, answer in answers:
            if failure_of(self._connector, inner, answer, self._now()) or answer.status >= 400:
                end = answer.offset + len(answer.body)
                body = body[: answer.offset] + self._secrets.out_of(body[answer.offset : end]) + body[end:]
        return replace(response, body=body)


def failure_of(
    connector: Connector, request: Request, response: Response, now: float, secrets: Secrets = _NO_SECRETS
) -> FailureError | None:
    """The failure an answer is, or None when it is to be read. `now` in seconds since the epoch, for dates in Retry-After."""
    try:
        verdict = understood(connector.verdict, request, response)
    except ValueError as broken:
        return unreadable(secrets.blanked(str(broken)))
    if verdict is Verdict.ANSWER:
        return None
    words = reason(response, secrets)
    if verdict is Verdict.THROTTLED:
        return ThrottledError(words, retry_after(response, now))
    if verdict is Verdict.TRANSIENT:
        return TransientError(words, retry_after(response, now))
    kind = PageError if verdict is Verdict.FAULTY and _is_refusing_page(response) else _PLAIN[verdict]
    return kind(words)


def unreadable(broken: Exception | str) -> AgainError:
    """The failure of an answer over which the connector stumbled: the next one may be another."""
    return AgainError(_("the answer cannot be read: {words}").format(words=broken))


def _is_refusing_page(response: Response) -> bool:
    """Not one that comes with a fault of the server's: that is its own fault, however it dresses it."""
    return response.is_page and 400 <= response.status < 500


def reason(response: Response, secrets: Secrets = _NO_SECRETS) -> str:
    """Status and what the source says but for `secrets`: its message if there is one, else the first words, markup removed.

    Of a redirect the host to which it leads: an account may have moved. The rest of that address may hold a secret.
    """
    if 300 <= response.status < 400 and (host := _host(response.headers.get("location", ""))):
        return f"{response.status} → {host}"
    text = _telling(secrets.out_of(response.body))[:4000].decode("utf-8", "replace")
    if said := MESSAGE.search(text):
        text = str(json.loads(said[1])).encode("utf-8", "replace").decode()
    elif "<" in text:
        text = re.sub(r"(?s)<(script|style).*?</\1>|<[^>]*>", " ", text)
    words = secrets.blanked(" ".join(text.split()))
    return f"{response.status} {words}"[:REASON_LENGTH].strip()


def _telling(body: bytes) -> bytes:
    """The part of a body that tells most. JSON-RPC 2.0 (§5.1) has the particulars of an error in its `data`.

    Odoo says “Odoo Server Error” of everything before it, and in it maybe a long traceback before the message.
    """
    if not (error := _RPC_ERROR.match(body)):
        return body
    said = _MESSAGE_WITHIN.search(body, error.end())
    return body[said.start() :] if said else body


def _host(place: str) -> str:
    try:
        return urlsplit(place).hostname or ""
    except ValueError:
        return ""


def retry_after(response: Response, now: float) -> float | None:
    """Seconds to wait by the header Retry-After, given in seconds or as an HTTP date (RFC 9110 §10.2.3); an hour at most.

    Where there is no such header, by the member of that name that amoCRM and others have in the answer (amoCRM reference, §3).
    """
    told = response.headers.get("retry-after", "").strip()
    if not told:
        within = _WAIT_WITHIN.search(response.body[:4000])
        return min(float(within[1]), LONGEST_TOLD_WAIT) if within else None
    try:
        seconds = float(told)
    except ValueError:
        at = moment_of(told)
        if at is None:
            return None
        seconds = at - now
    return min(max(0.0, seconds), LONGEST_TOLD_WAIT)
