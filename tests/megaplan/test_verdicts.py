"""What an answer means is seen from its status, its first bytes and its headers, wherever Megaplan hides it."""

import time

import pytest

from crmexport.source import Request, Response, Verdict
from tests.megaplan.builders import JSON, answer, connector, listing, opening, page

LIST = opening("todo")
LOGIN_PAGE = b"\xef\xbb\xbf\n <!DOCTYPE html><html><form action='/login/'></html>"
HTML = {"content-type": "text/html; charset=utf-8"}
WORKS = b"<html><h1>Technical works</h1></html>"
BULK = connector.combine([LIST])


@pytest.mark.parametrize(
    ("response", "verdict"),
    [
        (page([]), Verdict.ANSWER),
        (answer([], status=401), Verdict.EXPIRED),
        (answer([], status=403), Verdict.REFUSED),
        (answer([], status=404), Verdict.VANISHED),
        (answer([], status=422), Verdict.ANSWER),
        (answer([], status=429), Verdict.THROTTLED),
        (answer([], status=500), Verdict.FAULTY),
        (answer([], status=503), Verdict.TRANSIENT),
        (Response(401, JSON, b"{}"), Verdict.EXPIRED),
        (Response(400, JSON, b'{"error":"invalid_grant"}'), Verdict.EXPIRED),
        (Response(400, JSON, b"{}"), Verdict.REFUSED),
        (Response(429, {}, b""), Verdict.THROTTLED),
        (Response(500, JSON, b"{}"), Verdict.FAULTY),
        (Response(502, HTML, b"<html>Bad gateway</html>"), Verdict.TRANSIENT),
        (Response(200, JSON, b""), Verdict.TRANSIENT),
        (Response(200, HTML, LOGIN_PAGE), Verdict.EXPIRED),
        (Response(200, {}, LOGIN_PAGE), Verdict.EXPIRED),
        (Response(200, HTML, "<html><title>Вход в систему".encode()), Verdict.EXPIRED),
        # what stands before Megaplan, and no word of its own about what was asked:
        (Response(200, HTML, WORKS), Verdict.TRANSIENT),
        (Response(200, {}, b"Technical works"), Verdict.TRANSIENT),
        (Response(200, JSON, b"null"), Verdict.TRANSIENT),
        (Response(302, HTML, b""), Verdict.TRANSIENT),
        (Response(403, HTML, WORKS), Verdict.FAULTY),
        (Response(404, HTML, WORKS), Verdict.FAULTY),
        # an envelope, whatever it is declared as:
        (Response(200, HTML, b'{"meta":{"status":200},"data":[]}'), Verdict.ANSWER),
        (Response(200, HTML, b'{"meta":{"status":404},"data":[]}'), Verdict.VANISHED),
        (Response(200, JSON, b'\xef\xbb\xbf\r\n{"meta":{"status":200},"data":[]}'), Verdict.ANSWER),
        # `meta` after the data, its status after its errors, blanks between, and a record that has a `meta` of its own:
        (
            Response(
                200, JSON, b'{"data":[{"meta":{"a":1}}],\n"meta" : {"errors":[{"field":"{"}],"status" : 401}}'
            ),
            Verdict.EXPIRED,
        ),
        (Response(200, JSON, b'{"meta":{"status":200},"data":{"meta":{"status":404}}}'), Verdict.ANSWER),
        # no envelope, or half of one: reading it says so
        (Response(200, JSON, b'{"data":[]}'), Verdict.ANSWER),
        (Response(200, JSON, b'{"data":[],"meta":{"status":401'), Verdict.ANSWER),
    ],
)
def test_of_an_answer_in_json(response: Response, verdict: Verdict) -> None:
    assert connector.verdict(LIST, response) is verdict


def file_request(name: str, size: int | None = None) -> Request:
    return Request("file", "/attach/x/1.bin/1", is_file=True, context={"name": name, "size": size})


@pytest.mark.parametrize(
    ("request_", "response", "verdict"),
    [
        (file_request("a.pdf"), Response(200, {"content-type": "application/pdf"}, b"%PDF"), Verdict.ANSWER),
        (file_request("a.pdf", 0), Response(200, {}, b""), Verdict.ANSWER),
        (file_request("a.pdf"), Response(200, HTML, b"Sign in"), Verdict.EXPIRED),
        (file_request("a.pdf"), Response(200, {}, LOGIN_PAGE), Verdict.EXPIRED),
        (
            file_request("a.html", 9),
            Response(200, {**HTML, "content-length": "9"}, b"<html>"),
            Verdict.ANSWER,
        ),
        (
            file_request("a.html", 9),
            Response(200, {**HTML, "content-length": "800"}, LOGIN_PAGE),
            Verdict.EXPIRED,
        ),
        # nobody tells how long it is, or should be: its name tells
        (file_request("a.HTM"), Response(200, {**HTML, "content-length": "6"}, b"<html>"), Verdict.ANSWER),
        (file_request("a.html", 9), Response(200, HTML, b"<html>"), Verdict.ANSWER),
        # 1C writes tables of this kind as web pages
        (file_request("a.xls", 9), Response(200, {"content-length": "9"}, b"<html>"), Verdict.ANSWER),
        (file_request("a.xls", 9), Response(200, {"content-length": "8"}, b"<html>"), Verdict.EXPIRED),
        (file_request("a.svg"), Response(200, {}, b"<!DOCTYPE svg PUBLIC>"), Verdict.ANSWER),
        (file_request("a.pdf"), answer([], status=401), Verdict.EXPIRED),
        (file_request("a.JSON"), Response(200, JSON, b'{"meta":{"status":401}}'), Verdict.ANSWER),
        # an envelope in place of the file, though it says that all is well; and a file that is one, by its length
        (file_request("a.pdf"), Response(200, JSON, b'{"meta":{"status":200},"data":[]}'), Verdict.FAULTY),
        (file_request("a.pdf", 9), Response(200, {**JSON, "content-length": "2"}, b"{}"), Verdict.FAULTY),
        (file_request("a.txt", 2), Response(200, {**JSON, "content-length": "2"}, b"{}"), Verdict.ANSWER),
        (file_request("a.pdf"), Response(404, HTML, b"<html>404</html>"), Verdict.VANISHED),
        (file_request("a.pdf"), Response(403, HTML, b""), Verdict.REFUSED),
    ],
)
def test_of_a_file(request_: Request, response: Response, verdict: Verdict) -> None:
    assert connector.verdict(request_, response) is verdict


def test_a_refused_count_is_an_answer_for_nothing_is_lost_without_it() -> None:
    count = Request("deal", "/api/v3/deal", context={"kind": "count"})
    for status in (400, 403, 404, 405, 410, 500):
        assert connector.verdict(count, answer([], status=status)) is Verdict.ANSWER
    assert connector.verdict(count, answer([], status=429)) is Verdict.THROTTLED
    assert connector.verdict(listing("task"), answer([], status=403)) is Verdict.REFUSED


def test_of_a_bulk_request_that_is_refused_is_no_answer_to_its_parts() -> None:
    assert connector.verdict(BULK, answer([], status=422)) is Verdict.REFUSED


def test_a_file_that_is_refused_as_wrongly_asked_is_no_answer() -> None:
    """There is no other way to ask for bytes."""
    assert connector.verdict(file_request("1.bin", 5), answer([], status=422)) is Verdict.REFUSED


@pytest.mark.parametrize("status", [403, 404, 405])
def test_where_a_route_is_uncertain_its_absence_is_the_sources_word_and_no_pages(status: int) -> None:
    """A firewall or a bare web server shows one too, whatever the account has."""
    uncertain = LIST.replace(family="list /todo")
    assert connector.verdict(uncertain, Response(status, HTML, WORKS)) is Verdict.FAULTY
    assert connector.verdict(uncertain, answer([], status=404)) is Verdict.VANISHED


def test_a_way_that_takes_no_such_question_is_no_route_only_where_it_is_uncertain() -> None:
    refusal = answer([], status=405)
    assert connector.verdict(LIST.replace(family="list /todo"), refusal) is Verdict.VANISHED
    assert connector.verdict(LIST.replace(family=""), refusal) is Verdict.REFUSED


def test_a_page_in_place_of_a_batch_takes_it_apart() -> None:
    assert connector.verdict(BULK, Response(404, HTML, WORKS)) is Verdict.VANISHED


def test_thousands_of_forms_that_are_never_closed_cost_no_time() -> None:
    begun = time.monotonic()
    hostile = Response(200, HTML, b"<html>" + b"<form " * 6000)
    assert connector.verdict(LIST, hostile) is Verdict.TRANSIENT
    assert time.monotonic() - begun < 1
