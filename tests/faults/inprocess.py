"""A line to a Megaplan sandbox without any socket: the real `Line`, whose session answers from memory and fails on order.

Everything above the socket is the real thing (reading bodies whole, files, redirects, words of failures), so a whole
pull takes a fraction of a second, calls can be numbered, and time is a fake clock's.
"""

import io
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from crmexport_megaplan import Megaplan
from crmexport_megaplan.sandbox import MegaplanSandbox
from requests.adapters import HTTPAdapter

from crmexport.pull import PullResult, flights, pull
from crmexport.sandbox.exchange import Answer, Asked
from crmexport.source import Account, Credentials
from crmexport.transport.line import Line
from tests.memory import asked_of, response
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
        asked = asked_of(request, URL)
        self.asked.append(asked)
        for strike in self.strikes:
            struck = strike(len(self.asked), asked, self)
            if isinstance(struck, Exception):
                raise struck
            if isinstance(struck, Answer):
                return response(self, request, struck, io.BytesIO(struck.body), len(struck.body))
            if struck is not None:
                whole = self.box.site(asked)
                return response(self, request, whole, struck, len(whole.body))
        self.before = self.box.site(asked)
        return response(self, request, self.before, io.BytesIO(self.before.body), len(self.before.body))


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
    options: Mapping[str, Any] | None = None,
) -> PullResult:
    """One pull into `folder` of what `adapter` gives, on its clock. Signed in with a token if no `secrets` are given."""
    return pull(
        folder,
        Megaplan(Account(URL, options or {})),
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
    """A small company with a file in each place where files hang, and a clock of its own."""
    return Sandboxed(MegaplanSandbox(cards=20, tasks=20, comments=20, files=9), TestClock())


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
        patch.setattr(flights, "Threads", OneAfterAnother)
        yield
