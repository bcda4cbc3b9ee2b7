"""Requests can be stored and asked again, also those that an older program stored."""

import json

import pytest

from crmexport.source import Request, Response, Verdict
from crmexport.source.contract import by_status, of_page

FULL = Request(
    "comment",
    "/deal/7/comments",
    method="POST",
    body="{}",
    worth=44,
    bulk=True,
    subject=("comment", "deal/7"),
    headers={"accept": "text/plain"},
    context={"kind": "comments", "of": ["deal", "7"]},
    family="deal",
    listed=True,
)


def test_a_request_comes_back_as_it_was() -> None:
    of_no_stream = Request("", "/bulk", "POST", body="[]")
    for request in (FULL, of_no_stream, Request("file", "/f", is_file=True), Request("thing", "/things")):
        assert Request.load(request.dump()) == request


def test_what_is_as_usual_is_not_stored() -> None:
    assert json.loads(Request("thing", "/things").dump()) == {"stream": "thing", "path": "/things"}


def test_an_older_form_that_names_everything_is_read() -> None:
    old = {name: getattr(Request("thing", "/things"), name) for name in Request.__slots__}
    assert Request.load(json.dumps(old)) == Request("thing", "/things")


HTML = "Text/HTML; charset=utf-8"


@pytest.mark.parametrize(
    ("kind", "body", "is_page"),
    [
        (HTML, b"Technical works", True),
        (HTML, b"", True),
        ("", b"\xef\xbb\xbf \r\n<!DOCTYPE html><title>", True),
        ("application/json", b"<HTML><h1>502", True),
        (HTML, b' {"data": []}', False),  # PHP declares so whatever it is not told to declare
        (HTML, b"[]", False),
        ("image/svg+xml", b"<!DOCTYPE svg PUBLIC>", False),
        ("text/plain", b"ok", False),
    ],
)
def test_a_page_is_known_by_what_it_says_of_itself(kind: str, body: bytes, is_page: bool) -> None:
    assert Response(200, {"content-type": kind} if kind else {}, body).is_page is is_page


@pytest.mark.parametrize("status", [103, 300, 301, 302, 304, 307, 308, 500, 502, 503, 599])
def test_neither_trouble_nor_a_redirect_refuses_anything(status: int) -> None:
    assert by_status(status) in (Verdict.TRANSIENT, Verdict.FAULTY)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (200, Verdict.TRANSIENT),
        (302, Verdict.TRANSIENT),
        (400, Verdict.FAULTY),
        (401, Verdict.EXPIRED),
        (403, Verdict.FAULTY),
        (404, Verdict.FAULTY),
        (429, Verdict.THROTTLED),
        (503, Verdict.TRANSIENT),
    ],
)
def test_a_page_neither_refuses_nor_tells_that_anything_is_gone(status: int, verdict: Verdict) -> None:
    assert of_page(status) is verdict
