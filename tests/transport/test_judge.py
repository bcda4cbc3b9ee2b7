"""A refusal is told in the source's own words, whatever form they come in; Retry-After in both its forms."""

import json
import time
from collections.abc import Mapping

import pytest

from crmexport.source import Account, Request, Response, Verdict
from crmexport.transport.failures import (
    ExpiredError,
    FailureError,
    FaultyError,
    PageError,
    RefusedError,
    ThrottledError,
    TransientError,
    VanishedError,
)
from crmexport.transport.judge import Judge, reason, retry_after
from crmexport.transport.ledger import Ledger
from crmexport.transport.line import Transport
from tests.toy import TestClock, Toy


class Answering(Transport):
    """Gives one answer to everything."""

    def __init__(self, answer: Response) -> None:
        self._answer = answer

    def send(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        return self._answer


class Deciding(Toy):
    """Every answer is what this one was told that it is."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(Account("https://toy.example"))
        self._verdict = verdict

    def verdict(self, request: Request, response: Response) -> Verdict:
        return self._verdict


PAGE, DATA = b"<html>No</html>", b"{}"


@pytest.mark.parametrize(
    ("verdict", "status", "body", "kind"),
    [
        (Verdict.THROTTLED, 429, DATA, ThrottledError),
        (Verdict.EXPIRED, 401, DATA, ExpiredError),
        (Verdict.EXPIRED, 401, PAGE, ExpiredError),
        (Verdict.TRANSIENT, 503, DATA, TransientError),
        (Verdict.REFUSED, 403, DATA, RefusedError),
        (Verdict.REFUSED, 403, PAGE, RefusedError),
        (Verdict.VANISHED, 404, DATA, VanishedError),
        (Verdict.FAULTY, 400, PAGE, PageError),
        (Verdict.FAULTY, 404, PAGE, PageError),
        (Verdict.FAULTY, 404, DATA, FaultyError),
        (Verdict.FAULTY, 500, PAGE, FaultyError),
    ],
)
def test_what_is_no_answer_is_the_failure_that_its_verdict_names(
    verdict: Verdict, status: int, body: bytes, kind: type[FailureError]
) -> None:
    """And a page that refuses is told from a fault of the server's."""
    judge = Judge(Answering(Response(status, {}, body)), Deciding(verdict), time.time)
    with pytest.raises(FailureError) as failure:
        judge.send(Request("thing", "/things"))
    assert type(failure.value) is kind


@pytest.mark.parametrize(
    ("told", "wait"), [({"retry-after": "90"}, 90.0), ({"retry-after": "9999"}, 3600.0), ({}, None)]
)
@pytest.mark.parametrize(("verdict", "status"), [(Verdict.THROTTLED, 429), (Verdict.TRANSIENT, 503)])
def test_when_to_ask_again_the_source_says(
    verdict: Verdict, status: int, told: dict[str, str], wait: float | None
) -> None:
    judge = Judge(Answering(Response(status, told, DATA)), Deciding(verdict), time.time)
    with pytest.raises((ThrottledError, TransientError)) as failure:
        judge.send(Request("thing", "/things"))
    assert failure.value.wait == wait


def test_an_answer_goes_through_as_it_is() -> None:
    """Whatever its status: an unknown field that is named is an answer, too."""
    answer = Response(422, {}, DATA)
    judge = Judge(Answering(answer), Deciding(Verdict.ANSWER), time.time)
    assert judge.send(Request("thing", "/things")) is answer


def rpc_error(message: str) -> bytes:
    """What an Odoo up to 18 says by JSON-RPC: the same of everything, then a traceback, then what happened."""
    debug = 'Traceback\n  "message": "x"\n' + "  File …\n" * 1000
    data = {"name": "odoo.exceptions.MissingError", "debug": debug, "message": message, "arguments": []}
    error = {"code": 200, "message": "Odoo Server Error", "data": data}
    return json.dumps({"jsonrpc": "2.0", "id": None, "error": error}).encode()


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (
            b'{"meta":{"status":403,"errors":[{"field":null,"message":"No act_read rights"}]}}',
            "403 No act_read rights",
        ),
        (
            b'{"message": "\\u041d\\u0435\\u0442 \\"\\u043f\\u0440\\u0430\\u0432\\""}',
            '403 Нет "прав"',
        ),
        (b"<html><head><style>a{}</style></head><body><h1>Bad</h1> gateway</body></html>", "403 Bad gateway"),
        (b'{"message": ""}', '403 {"message": ""}'),
        (b"\xff\x00 plain", "403 \ufffd\x00 plain"),
        (b'{"message": "half \\ud800"}', "403 half ?"),
        (b"", "403"),
        (rpc_error("Record does not exist"), "403 Record does not exist"),
        (rpc_error(""), "403 Odoo Server Error"),
    ],
)
def test_the_reason_is_what_the_source_says(body: bytes, told: str) -> None:
    assert reason(Response(403, {}, body)) == told


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("https://anna:secret@new.example:8443/api?token=secret", "301 → new.example"),
        ("/login/?back=secret", "301 Moved"),
        ("https://[half", "301 Moved"),
    ],
)
def test_of_a_redirect_the_host_is_told_to_which_it_leads(place: str, told: str) -> None:
    assert reason(Response(301, {"location": place}, b"Moved")) == told


def test_a_long_reason_is_cut() -> None:
    assert len(reason(Response(500, {}, b"x" * 10_000))) == 300


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("-3", 0.0),
        ("Wed, 15 Nov 2023 22:13:25 GMT", 5.0),
        ("Wed, 15 Nov 2023 22:13:10 GMT", 0.0),
        ("Wed Nov 15 22:13:25 2023", 5.0),
        ("Thu, 16 Nov 2023 01:13:25 +0300", 5.0),
        ("3600", 3600.0),
        ("60000", 3600.0),
        ("1700086405", 3600.0),
        ("inf", 3600.0),
        ("nan", 0.0),
        ("Fri, 15 Nov 2075 22:13:20 GMT", 3600.0),
        ("soon", None),
        ("Wed, 15 Nov 2023 22:13:25 +99999999999999999999", None),
        ("", None),
    ],
)
def test_retry_after_in_seconds_and_as_a_date(header: str, seconds: float | None) -> None:
    now = 1_700_086_400.0  # 2023-11-15 22:13:20 UTC
    assert retry_after(Response(429, {"retry-after": header}, b""), now) == seconds


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        (b'{"status":429,"retry_after":300}', 300.0),
        (b'{"parameters": {"retry-after" : "1.5", "x": 1}}', 1.5),
        (b'{"retryAfter":86400}', 3600.0),
        (b'{"retry_after":null}', None),
        (b'{"retry_after":"soon"}', None),
        (b'{"retry_after":-1}', None),
        (b'{"retry_after_ms":1500}', None),
        (b"Too many requests", None),
    ],
)
def test_where_no_header_tells_how_long_to_wait_the_answer_may(body: bytes, seconds: float | None) -> None:
    assert retry_after(Response(429, {}, body), 0.0) == seconds
    assert retry_after(Response(429, {"retry-after": "7"}, body), 0.0) == 7.0


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows has one zone for all programs")
@pytest.mark.parametrize("date", ["Wed, 15 Nov 2023 22:13:50 GMT", "Wed Nov 15 22:13:50 2023"])
def test_the_clock_of_the_source_is_in_utc_whatever_zone_this_computer_is_in(
    date: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HTTP knows an old form of dates that names no zone: taken for one of ours, a look for changes would begin hours late."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    clock = TestClock()
    clock.now = 1_700_086_400.0
    ledger = Ledger(Answering(Response(200, {"date": date}, b"{}")), clock)
    ledger.send(Request("thing", "/things"))
    monkeypatch.undo()
    time.tzset()
    assert ledger.skew == 30.0
