"""A line to a Megaplan sandbox without any socket: the real `Line`, whose session answers from memory and fails on order.

Everything above the socket is the real thing (reading bodies whole, files, redirects, words of failures), so a whole
pull takes a fraction of a second, calls can be numbered, and time is a fake clock's.
"""

import io
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
import urllib3
from crmexport_megaplan import Megaplan
from crmexport_megaplan.sandbox import MegaplanSandbox
from requests.adapters import HTTPAdapter

from crmexport.pull import PullResult, flights, pull
from crmexport.sandbox.exchange import Answer, Asked
from crmexport.source import Account, Credentials
from crmexport.transport.line import Line
from tests.toy import TestClock

URL = "https://sandbox.example"
DROP_SECONDS = 100.0  # between two drops of a slow answer: just within the patience for one


class Dripping(io.BytesIO):
    """A body that comes one byte at a time, each after a long wait on the clock."""

    def __init__(self, body: bytes, clock: TestClock) -> None:
        super().__init__(body)
        self._clock = clock

    def read(self, size: int | None = -1) -> bytes:
        got = super().read(size)
        self._clock.sleep(DROP_SECONDS * len(got))
        return got

    def read1(self, size: int | None = -1) -> bytes:
        self._clock.sleep(DROP_SECONDS)
        return super().read(1)


class Broken(io.BytesIO):
    """A body whose connection is reset when half of it has come."""

    def read(self, size: int | None = -1) -> bytes:
        got = super().read(size)
        if not got or size is None or size < 0:
            raise ConnectionResetError(104, "Connection reset by peer")
        return got

    def read1(self, size: int | None = -1) -> bytes:
        return self.read(1 << 16)


Strike = Callable[[int, Asked, "Sandboxed"], Answer | io.BytesIO | Exception | None]


class Sandboxed(HTTPAdapter):
    """Answers a session from a sandbox. `strikes` are asked first, with the number of the call (from 1) and the request."""

    def __init__(self, box: MegaplanSandbox, clock: TestClock) -> None:
        super().__init__()
        self.box, self.clock = box, clock
        self.asked: list[Asked] = []
        self.before: Answer | None = None
        self.strikes: list[Strike] = []

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        asked = _asked(request)
        self.asked.append(asked)
        for strike in self.strikes:
            struck = strike(len(self.asked), asked, self)
            if isinstance(struck, Exception):
                raise struck
            if isinstance(struck, Answer):
                return self._built(request, struck, io.BytesIO(struck.body), len(struck.body))
            if struck is not None:
                whole = self.box.site(asked)
                return self._built(request, whole, struck, len(whole.body))
        self.before = self.box.site(asked)
        return self._built(request, self.before, io.BytesIO(self.before.body), len(self.before.body))

    def _built(
        self, request: requests.PreparedRequest, answer: Answer, body: io.BytesIO, length: int
    ) -> requests.Response:
        told = {"Content-Type": answer.content_type, "Content-Length": str(length), **answer.headers}
        raw = urllib3.HTTPResponse(
            body, told, answer.status, preload_content=False, enforce_content_length=True
        )
        return self.build_response(request, raw)


def _asked(request: requests.PreparedRequest) -> Asked:
    path, _, query = str(request.url).removeprefix(URL).partition("?")
    headers = {name.lower(): str(value) for name, value in request.headers.items()}
    body = request.body or b""
    return Asked(
        str(request.method), path, query, headers, body if isinstance(body, bytes) else body.encode()
    )


def line_to(adapter: Sandboxed, folder: Path) -> Line:
    """A real line whose session asks `adapter`; files arrive in the archive in `folder`."""
    line = Line(URL, folder / "files" / "incoming", clock=adapter.clock)
    line._session.mount("https://", adapter)
    return line


def pulled(
    folder: Path,
    adapter: Sandboxed,
    secrets: Credentials | None = None,
    *,
    rate: float = 0,
    full: bool = False,
) -> PullResult:
    """One pull into `folder` of what `adapter` gives, on its clock. Signed in with a token if no `secrets` are given."""
    return pull(
        folder,
        Megaplan(Account(URL)),
        secrets or Credentials(token=adapter.box.token),
        rate=rate,
        full=full,
        clock=adapter.clock,
        line=line_to(adapter, folder),
    )


def by_password(box: MegaplanSandbox) -> Credentials:
    """What a person types to sign in to `box`."""
    return Credentials(login=box.login, password=box.password)


def small() -> Sandboxed:
    """A small company, and a clock of its own."""
    return Sandboxed(MegaplanSandbox(cards=20, tasks=20, comments=20), TestClock())


class OneAfterAnother(Executor):
    """Stands for the threads that ask: each request is asked at once, so that calls come in the same order every time."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        pass

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as failure:
            future.set_exception(failure)
        return future


@contextmanager
def in_order() -> Iterator[None]:
    """Pulls within ask one after another."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flights, "ThreadPoolExecutor", OneAfterAnother)
        yield
