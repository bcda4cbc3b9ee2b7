"""The ways in which one call can fail, as strikes on a sandboxed line: once, always for this request, or from now on."""

import io
from collections.abc import Callable

import requests
from crmexport_megaplan.sandbox.faults import shifted_page

from crmexport.sandbox import faults
from crmexport.sandbox.exchange import Answer, Asked
from crmexport.sandbox.faults import Fault
from tests.faults.inprocess import Dripping, Sandboxed, Strike
from tests.memory import Broken

Struck = Answer | io.BytesIO | Exception
Way = Callable[[Asked, Sandboxed], Struck]


def _ordered(fault: Callable[[], Fault]) -> Way:
    """A failure that the sandbox knows."""

    def strike(asked: Asked, line: Sandboxed) -> Struck:
        ordered = fault()
        if ordered.instead is not None:
            return ordered.instead()
        assert ordered.alter is not None
        return ordered.alter(line.box.site(asked), line.before)

    return strike


def _until(asked: Asked, line: Sandboxed) -> Struck:
    answer = faults.throttled_until(20, line.clock.time).instead
    assert answer is not None
    return answer()


def _short(asked: Asked, line: Sandboxed) -> Struck:
    body = line.box.site(asked).body
    return io.BytesIO(body[: len(body) // 2])


def _reset(asked: Asked, line: Sandboxed) -> Struck:
    body = line.box.site(asked).body
    return Broken(body[: len(body) // 2])


def _drip(asked: Asked, line: Sandboxed) -> Struck:
    return Dripping(line.box.site(asked).body, line.clock)


WAYS: dict[str, Way] = {
    "429 in seconds": _ordered(lambda: faults.throttled(20)),
    "429 with a date": _until,
    "429 bare": _ordered(faults.throttled_bare),
    "500": _ordered(faults.broken),
    "502 with a page": _ordered(faults.bad_gateway),
    "503": _ordered(faults.unavailable),
    "refused connection": lambda asked, line: requests.ConnectionError("refused"),
    "timeout": lambda asked, line: requests.ReadTimeout("timed out"),
    "reset in mid-body": _reset,
    "cut JSON": _ordered(faults.cut_json),
    "empty 200": _ordered(faults.empty),
    "login page 200": _ordered(faults.login_page),
    "401": _ordered(faults.unauthorized),
    "403": _ordered(faults.forbidden),
    "wrong length": _short,
    "slow drip": _drip,
    "repeated page": _ordered(faults.repeated_page),
    "shifted page": _ordered(shifted_page),
}


def once(way: Way, call: int) -> Strike:
    """The failure strikes the call with this number only."""
    return lambda number, asked, line: way(asked, line) if number == call else None


def this_always(way: Way, call: int) -> Strike:
    """What the call with this number asks for fails whenever it is asked for."""
    chosen: list[tuple[str, str, bytes]] = []

    def strike(number: int, asked: Asked, line: Sandboxed) -> Struck | None:
        wanted = (asked.method, asked.target, asked.body)
        if number == call:
            chosen.append(wanted)
        return way(asked, line) if wanted in chosen else None

    return strike


def from_now_on(way: Way, call: int) -> Strike:
    """Every call from this number on fails."""
    return lambda number, asked, line: way(asked, line) if number >= call else None


MODES: dict[str, Callable[[Way, int], Strike]] = {
    "once": once,
    "always": this_always,
    "from then on": from_now_on,
}
