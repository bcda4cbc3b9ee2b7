"""What is written down of asking: outcomes, how long an answer takes, and how far the source's clock is ahead."""

from collections.abc import Mapping
from email.utils import formatdate

import pytest

from crmexport.source import Request, Response
from crmexport.transport.failures import TransientError
from crmexport.transport.ledger import Ledger
from crmexport.transport.line import Transport
from tests.toy import TestClock

ASK = Request("thing", "/things")
FILE = Request("file", "/file", is_file=True)


class Slow(Transport):
    """Takes a second for each of its answers; None is a failure."""

    def __init__(self, clock: TestClock, *answers: Response | None) -> None:
        self._clock = clock
        self._answers = list(answers)

    def send(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        self._clock.sleep(1)
        answer = self._answers.pop(0)
        if answer is None:
            raise TransientError("no line")
        return answer


def status(code: int, **headers: str) -> Response:
    return Response(code, headers, b"{}")


def test_whatever_came_of_it_a_request_was_sent_and_took_its_time() -> None:
    clock = TestClock()
    ledger = Ledger(Slow(clock, status(200), None, status(503), status(200)), clock)
    means = []
    for _number in range(4):
        try:
            ledger.send(ASK)
        except TransientError:
            assert ledger.outcomes["failed"] == 1
        means.append(ledger.latency)
    assert (ledger.sent, dict(ledger.outcomes)) == (4, {"200": 2, "failed": 1, "503": 1})
    assert means == pytest.approx([0.44, 0.552, 0.6416, 0.71328])


def test_the_sources_clock_is_that_of_its_last_answer_but_not_of_a_file() -> None:
    """A file may come from a cache, with the date of days ago."""
    clock = TestClock()
    ahead, stale = (formatdate(clock.now + seconds, usegmt=True) for seconds in (31, -99_999))
    ledger = Ledger(Slow(clock, status(200, date=ahead), status(200, date=stale), status(200)), clock)
    for request in (ASK, FILE, ASK):
        ledger.send(request)
        assert ledger.skew == 30.0
