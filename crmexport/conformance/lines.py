"""The way to a rehearsal: no server and no waiting, but everything that is sent is written down, and may be meddled with."""

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from time import time
from typing import NamedTuple

from crmexport.sandbox.exchange import Answer, Asked
from crmexport.sandbox.rehearsal import Rehearsal
from crmexport.source import Request, Response
from crmexport.transport.begun import HEAD
from crmexport.transport.clock import Clock
from crmexport.transport.dressing import PATH
from crmexport.transport.failures import TransientError
from crmexport.transport.incoming import FileResponse
from crmexport.transport.line import Transport
from crmexport.transport.linked import LINK, linked

RUNAWAY = 1_000
REDIRECTS = (301, 302, 303, 307, 308)


class RunawayError(Exception):
    """So many requests for so small an account: the connector asks without end."""


class Exchange(NamedTuple):
    """What was sent and what came. `response` is None when the line broke."""

    request: Request
    headers: Mapping[str, str]
    response: Response | None


Meddle = Callable[[int, Request], Response | None]


class IdleClock(Clock):
    """Time that passes only when somebody sleeps, from now on."""

    def __init__(self) -> None:
        super().__init__()
        self._now = time()
        self._lock = threading.Lock()

    def monotonic(self) -> float:
        """Seconds that only grow."""
        return self._now

    def time(self) -> float:
        """Seconds since the epoch."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Let the time pass at once."""
        if seconds > 0:
            with self._lock:
                self._now += seconds


class RehearsalLine(Transport):
    """Asks a rehearsal. `meddle` sees each request with its number first: it may raise, answer itself, or change the account."""

    def __init__(self, rehearsal: Rehearsal, incoming: Path, meddle: Meddle) -> None:
        self.exchanges: list[Exchange] = []
        self._rehearsal = rehearsal
        self._incoming = incoming
        self._meddle = meddle
        self._lock = threading.RLock()

    def send(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        """Ask once. Raises RunawayError when this has been going on for too long."""
        sent = dict(headers or {})
        with self._lock:
            number = len(self.exchanges) + 1
            self.exchanges.append(Exchange(request, sent, None))
            if number > RUNAWAY:
                raise RunawayError(_without_end([one.request for one in self.exchanges]))
            given = self._meddle(number, request)
            response = self._ask(request, sent) if given is None else self._given(request, given)
            self.exchanges[number - 1] = Exchange(request, sent, response)
            return response

    def _ask(self, request: Request, headers: Mapping[str, str]) -> Response:
        if LINK in request.context:
            first = response_of(self._rehearsal.answer(asked_of(request, headers)))
            place = linked(request, first)
            if place is None:
                return first
            asked = Request(request.stream, place.removeprefix(self._rehearsal.url), is_file=True)
            answer = ask(self._rehearsal, asked, _onward(asked.path, headers))
        else:
            answer = ask(self._rehearsal, request, headers)
        if answer.ending in ("reset", "short"):
            raise TransientError("the answer broke off")
        return self._given(request, response_of(answer))

    def _given(self, request: Request, response: Response) -> Response:
        """The response; of a file, its bytes are on disk."""
        if not request.is_file or response.status != 200:
            return response
        body, path = response.body, self._incoming / request.key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        digest = sha256(body).hexdigest()
        return FileResponse(200, response.headers, body[:HEAD], path=path, sha256=digest, size=len(body))


def _without_end(asked: list[Request]) -> str:
    """That there is no end, and which route is asked most of all."""
    (route, times), *_others = Counter(one.path.partition("?")[0] for one in asked).most_common(1)
    last = next(one.path for one in reversed(asked) if one.path.startswith(route))
    return f"{len(asked)} requests were sent, and there is no end: {times} to {route}, the last of them {last[:120]}"


def ask(rehearsal: Rehearsal, request: Request, headers: Mapping[str, str]) -> Answer:
    """The answer to a request; the redirects of a file are followed."""
    answer = rehearsal.answer(asked_of(request, headers))
    for _hop in range(5):
        if not (request.is_file and answer.status in REDIRECTS):
            break
        path = answer.headers["Location"].removeprefix(rehearsal.url)
        answer = rehearsal.answer(asked_of(Request(request.stream, path), _onward(path, headers)))
    return answer


def _onward(path: str, headers: Mapping[str, str]) -> Mapping[str, str]:
    """The headers for another address than the one that they were made for; another host gets none of them, as in a real pull."""
    return {name: value for name, value in headers.items() if name != PATH} if path.startswith("/") else {}


def asked_of(request: Request, headers: Mapping[str, str]) -> Asked:
    """The request as a server sees it: at the address that the sign-in makes of its path."""
    told = {name.lower(): value for name, value in {**request.headers, **headers}.items()}
    path, _mark, query = told.pop(PATH, request.path).partition("?")
    return Asked(request.method, path, query, told, (request.body or "").encode())


def response_of(answer: Answer) -> Response:
    """The answer as a client sees it."""
    return Response(answer.status, _lower(answer), answer.body)


def _lower(answer: Answer) -> dict[str, str]:
    headers = {"Content-Type": answer.content_type, "Content-Length": str(len(answer.body)), **answer.headers}
    return {name.lower(): value for name, value in headers.items()}
