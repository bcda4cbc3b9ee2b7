"""Failures on order: which request goes wrong, how often, and in what way.

A fault is either an answer given *instead* of the site's (the site never hears of the request), or a change of the
answer that the site gave (as when a line breaks after the server has done its work).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from email.utils import formatdate
from threading import Lock
from time import time

from crmexport.sandbox.exchange import HTML, Answer, Asked

Alter = Callable[[Answer, Answer | None], Answer]


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to fail: `instead` makes the whole answer, or `alter` spoils the answer (given also the one before it)."""

    name: str
    instead: Callable[[], Answer] | None = None
    alter: Alter | None = None


def throttled(seconds: int = 1) -> Fault:
    """429 with Retry-After in seconds."""
    return _instead("429 seconds", Answer(429, b"{}", headers={"Retry-After": str(seconds)}))


def throttled_until(seconds: int = 1, now: Callable[[], float] = time) -> Fault:
    """429 with Retry-After as an HTTP date, `seconds` from `now`."""

    def answer() -> Answer:
        return Answer(429, b"{}", headers={"Retry-After": formatdate(now() + seconds, usegmt=True)})

    return Fault("429 date", instead=answer)


def throttled_bare() -> Fault:
    """429 that does not say for how long."""
    return _instead("429 bare", Answer(429, b"{}"))


def broken() -> Fault:
    """500 with a JSON body."""
    return _instead("500", Answer(500, b'{"error":"internal"}'))


def bad_gateway() -> Fault:
    """502 with the HTML page of a proxy."""
    return _instead("502 html", Answer(502, b"<html><h1>502 Bad Gateway</h1></html>", HTML))


def unavailable(retry_after: int | None = None) -> Fault:
    """503, with Retry-After if told."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return _instead("503", Answer(503, b"<html>maintenance</html>", HTML, headers))


def unauthorized() -> Fault:
    """401 as an HTTP status."""
    return _instead("401", Answer(401, b'{"error":"invalid_token"}'))


def forbidden(reason: str = "No act_read rights for model") -> Fault:
    """403 with the reason in the body."""
    return _instead("403", Answer(403, f'{{"error":"{reason}"}}'.encode()))


def login_page() -> Fault:
    """200 with a login page where JSON or a file was asked."""
    return _instead("login page", Answer(200, LOGIN_PAGE, HTML))


def empty() -> Fault:
    """200 with nothing in it."""
    return _instead("empty", Answer(200, b""))


def reset() -> Fault:
    """The connection breaks in the middle of the body."""
    return Fault("reset", alter=lambda answer, before: replace(answer, ending="reset"))


def short_body() -> Fault:
    """Content-Length promises the whole body, half of it comes, then the connection closes politely."""
    return Fault("short body", alter=lambda answer, before: replace(answer, ending="short"))


def cut_json() -> Fault:
    """Half of the body, with the Content-Length of that half: only reading it shows that it is not whole."""
    return Fault(
        "cut json", alter=lambda answer, before: replace(answer, body=answer.body[: len(answer.body) // 2])
    )


def drip() -> Fault:
    """The whole body, but drop by drop."""
    return Fault("drip", alter=lambda answer, before: replace(answer, ending="drip"))


def repeated_page() -> Fault:
    """The answer before this one, once more."""
    return Fault("repeated page", alter=lambda answer, before: before or answer)


LOGIN_PAGE = (
    b"<!DOCTYPE html><html><head><title>Sign in</title></head>"
    b'<body><form action="/login/" method="post"><input name="password" type="password"></form></body></html>'
)


def _instead(name: str, answer: Answer) -> Fault:
    return Fault(name, instead=lambda: answer)


@dataclass(slots=True)
class _Order:
    fault: Fault
    nth: int | None
    matches: Callable[[Asked], bool]
    left: int | None


class Faults:
    """The list of failures on order. Requests are counted from 1, since the start or the last `clear`."""

    def __init__(self) -> None:
        self._orders: list[_Order] = []
        self._lock = Lock()
        self._seen = 0
        self.happened: list[tuple[str, str]] = []

    def add(
        self,
        fault: Fault,
        *,
        nth: int | None = None,
        path: str | Callable[[Asked], bool] | None = None,
        times: int | None = 1,
    ) -> None:
        """Order `fault`: from the `nth` request on (default: the next), where `path` matches (a regular expression searched
        in path and query, or a function of the request), `times` times (None: for ever)."""
        with self._lock:
            self._orders.append(_Order(fault, nth, _matcher(path), times))

    def clear(self) -> None:
        """No more failures; the count begins anew."""
        with self._lock:
            self._orders.clear()
            self.happened.clear()
            self._seen = 0

    def due(self, asked: Asked) -> Fault | None:
        """Count this request, and give the fault that strikes it, if any."""
        with self._lock:
            self._seen += 1
            for order in self._orders:
                if self._strikes(order, asked):
                    order.left = None if order.left is None else order.left - 1
                    self.happened.append((order.fault.name, asked.target))
                    return order.fault
        return None

    def _strikes(self, order: _Order, asked: Asked) -> bool:
        if order.left == 0 or (order.nth is not None and self._seen < order.nth):
            return False
        return order.matches(asked)


def _matcher(path: str | Callable[[Asked], bool] | None) -> Callable[[Asked], bool]:
    if path is None:
        return lambda asked: True
    if callable(path):
        return path
    pattern = re.compile(path)
    return lambda asked: pattern.search(asked.target) is not None
