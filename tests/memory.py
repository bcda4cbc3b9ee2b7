"""A sandbox without a socket: requests to an invented address are answered from memory.

Everything above the socket is the real thing (reading bodies whole, files, redirects, words of failures), at half the CPU of
HTTP. Tests of what HTTP itself does, and one of each journey, use `running()` of the sandbox.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import count
from threading import Lock
from typing import Any, Protocol
from urllib.parse import urlsplit

import pytest
import requests
import urllib3
from requests.adapters import HTTPAdapter

from crmexport.sandbox.exchange import Answer, Asked
from crmexport.sandbox.shell import Shell

_NUMBERS = count(1)


class Sandbox(Protocol):
    """Whatever has an application that answers without a server."""

    app: Shell


class Broken(io.BytesIO):
    """A body whose connection is reset when half of it has come."""

    def read(self, size: int | None = -1) -> bytes:
        got = super().read(size)
        if not got or size is None or size < 0:
            raise ConnectionResetError(104, "Connection reset by peer")
        return got

    def read1(self, size: int | None = -1) -> bytes:
        return self.read(1 << 16)


@contextmanager
def in_memory(box: Sandbox) -> Iterator[str]:
    """What `box.running()` gives, an address, but without server and sockets; one request is answered after another."""
    url, plain, lock = f"https://s{next(_NUMBERS)}.sandbox.example", HTTPAdapter.send, Lock()

    def send(
        self: HTTPAdapter, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> requests.Response:
        if not str(request.url).startswith(f"{url}/"):
            return plain(self, request, *args, **kwargs)
        with lock:
            answer = box.app.respond(asked_of(request, url))
        dated = replace(
            answer, headers={"Date": format_datetime(datetime.now(UTC), usegmt=True), **answer.headers}
        )
        return response(self, request, dated, _travelling(answer), len(answer.body))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HTTPAdapter, "send", send)
        yield url


def _travelling(answer: Answer) -> io.BytesIO:
    half = answer.body[: len(answer.body) // 2]
    if answer.ending in ("reset", "short") and not half:
        raise requests.ConnectionError("Connection reset by peer")
    if answer.ending == "reset":
        return Broken(half)
    return io.BytesIO(half if answer.ending == "short" else answer.body)


def asked_of(request: requests.PreparedRequest, url: str) -> Asked:
    """`request` as the server at `url` would see it."""
    path, _, query = str(request.url).removeprefix(url).partition("?")
    headers = {name.lower(): str(value) for name, value in request.headers.items()}
    body = request.body or b""
    return Asked(
        str(request.method),
        path,
        query,
        {"host": urlsplit(url).netloc, **headers},
        body if isinstance(body, bytes) else body.encode(),
    )


def response(
    adapter: HTTPAdapter, request: requests.PreparedRequest, answer: Answer, body: io.BytesIO, length: int
) -> requests.Response:
    """`answer` as a session gives it, with `body` as what comes and `length` as what was promised."""
    told = {"Content-Type": answer.content_type, "Content-Length": str(length), **answer.headers}
    raw = urllib3.HTTPResponse(body, told, answer.status, preload_content=False, enforce_content_length=True)
    return adapter.build_response(request, raw)
