"""Bulk requests come apart exactly; signing in takes what Megaplan gives; nothing that changes the account may be asked."""

import json
from urllib.parse import parse_qs

import pytest
from crmexport_megaplan.bulk import split

from crmexport.errors import ConfigurationError, SignInRefusedError, SourceError
from crmexport.source import Credentials, Grant, Request, Response, Verdict
from crmexport.source.contract import rows_in
from tests.megaplan.builders import JSON, connector, link, listing, page, refused

SIGN_IN = connector.sign_in()
LOGIN = Credentials(login="anna@example.test", password="p&ss wörd")
PAIR = {
    "access_token": "A",
    "expires_in": 172800,
    "token_type": "bearer",
    "scope": None,
    "refresh_token": "R2",
}


def cards(*ids: str) -> list[Request]:
    return [card for id in ids if (card := connector.card("task", id))]


def bulk_answer(*answers: Response | bytes) -> Response:
    inner = b" , ".join(one if isinstance(one, bytes) else one.body for one in answers)
    return Response(
        200, JSON, b'{"meta":{"status":200,"errors":[],"pagination":[]},\n"data" : [ ' + inner + b"]}"
    )


def card_answer(id: str, name: str) -> Response:
    body = {"meta": {"status": 200, "pagination": []}, "data": link("Task", id, name=name, commentsCount=0)}
    return Response(200, JSON, json.dumps(body, ensure_ascii=False).encode())


def test_a_bulk_request_is_one_post_of_gets() -> None:
    whole = connector.combine(cards("1", "2"))
    assert json.loads(whole.body or "") == {
        "contentType": "BulkApiCall",
        "calls": [
            {"contentType": "ApiCall", "method": "GET", "url": "/api/v3/task/1", "body": ""},
            {"contentType": "ApiCall", "method": "GET", "url": "/api/v3/task/2", "body": ""},
        ],
    }
    assert (whole.method, whole.path, whole.headers["Content-Type"]) == (
        "POST",
        "/api/v3/bulk",
        "application/json",
    )
    assert connector.is_bulk(whole) and not connector.is_bulk(cards("1")[0])
    assert any(rule.allows(whole) for rule in connector.about.reads)


def test_a_bulk_answer_comes_apart_into_its_exact_bytes_each_with_its_own_status() -> None:
    asked = cards("1", "2", "3")
    whole = bulk_answer(card_answer("1", "Ёлка"), refused("No rights", status=403), card_answer("3", "Я"))
    parts = split(Request.load(connector.combine(asked).dump()), whole)
    assert [request for request, _part in parts] == asked
    assert [part.status for _request, part in parts] == [200, 403, 200]
    for _request, part in parts:
        assert whole.body[part.offset : part.offset + len(part.body)] == part.body
    verdicts = [connector.verdict(request, part) for request, part in parts]
    assert verdicts == [Verdict.ANSWER, Verdict.REFUSED, Verdict.ANSWER]


def test_records_of_a_bulk_answer_are_found_again_in_the_stored_whole() -> None:
    whole = bulk_answer(card_answer("1", "Ёлка"), card_answer("2", "Я"))
    for row in rows_in(connector, connector.combine(cards("1", "2")), whole):
        assert json.loads(whole.body[row.start : row.end])["id"] == row.id


def test_a_bulk_answer_with_too_few_parts_is_no_answer() -> None:
    with pytest.raises(ValueError, match="2 questions, but 1"):
        connector.split(connector.combine(cards("1", "2")), bulk_answer(card_answer("1", "")))


def test_a_part_that_is_no_envelope_is_a_fault_of_its_route() -> None:
    for odd in (b"null", b"[]", b'{"error":"x"}'):
        ((request, part),) = connector.split(connector.combine(cards("1")), bulk_answer(odd))
        assert connector.verdict(request, part) is Verdict.FAULTY


def test_an_application_token_needs_no_asking() -> None:
    grant = SIGN_IN.ready(Credentials(token="T"))
    assert grant is not None and grant.headers == {"Authorization": "Bearer T"} and grant.renewal is None
    assert SIGN_IN.ready(LOGIN) is None and SIGN_IN.renewal(grant) is None


def test_a_login_is_posted_as_a_form() -> None:
    request = SIGN_IN.request(LOGIN)
    assert parse_qs(request.body) == {
        "grant_type": ["password"],
        "username": ["anna@example.test"],
        "password": ["p&ss wörd"],
    }
    assert (request.method, request.path) == ("POST", "/api/v3/auth/access_token")
    assert request.headers == {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize("missing", [Credentials(), Credentials(login="a"), Credentials(password="b")])
def test_a_missing_credential_is_told(missing: Credentials) -> None:
    with pytest.raises(ConfigurationError, match="application token"):
        SIGN_IN.request(missing)


def test_a_grant_is_renewed_with_the_newest_refresh_token() -> None:
    grant = SIGN_IN.granted(Response(200, JSON, json.dumps(PAIR).encode()))
    assert (grant.headers, grant.expires_in, grant.renewal) == ({"Authorization": "Bearer A"}, 172800, "R2")
    renewal = SIGN_IN.renewal(grant)
    assert renewal is not None and parse_qs(renewal.body) == {
        "grant_type": ["refresh_token"],
        "refresh_token": ["R2"],
    }


@pytest.mark.parametrize(
    "response",
    [
        Response(400, JSON, b'{"error":"invalid_grant","error_description":"Wrong pair"}'),
        Response(401, {}, b""),
        Response(200, JSON, b'{"error":"invalid_grant","error_description":"Wrong pair"}'),
    ],
)
def test_a_refused_sign_in_is_a_sentence(response: Response) -> None:
    with pytest.raises(SignInRefusedError, match=r"does not accept this sign-in \((Wrong pair|401)\)"):
        SIGN_IN.granted(response)


@pytest.mark.parametrize(
    "response", [Response(502, {}, b"<html>"), Response(200, {}, b"<html>"), Response(200, {}, b"[]")]
)
def test_a_sign_in_without_a_token_is_no_refusal(response: Response) -> None:
    with pytest.raises(SourceError, match="without a token"):
        SIGN_IN.granted(response)


@pytest.mark.parametrize("told", [0, -5, True, "never", 10**400, None])
def test_what_is_no_span_of_time_is_no_end(told: object) -> None:
    body = json.dumps({**PAIR, "expires_in": told}).encode()
    assert SIGN_IN.granted(Response(200, JSON, body)).expires_in is None


def test_no_secret_shows_itself() -> None:
    grant = Grant({"Authorization": "Bearer secret"}, 1, "secret")
    assert "secret" not in repr(grant) and "wörd" not in repr(LOGIN)


def allowed(method: str, path: str, body: str | None = None) -> bool:
    return any(rule.allows(Request("", path, method=method, body=body)) for rule in connector.about.reads)


def bulk_body(*calls: object) -> str:
    return json.dumps({"contentType": "BulkApiCall", "calls": calls})


READ_CALL = {"contentType": "ApiCall", "method": "GET", "url": "/api/v3/deal/1?%7B%7D", "body": ""}


def test_reads_are_allowed() -> None:
    assert allowed("GET", "/api/v3/deal?%7B%7D") and allowed("GET", "/api/v3")
    assert allowed("GET", "/attach/SdfFileM_File/File/88/0123.zip/a..b.zip")
    assert allowed("POST", "/api/v3/bulk", bulk_body(READ_CALL))
    assert allowed("GET", listing("task").path)
    assert allowed("GET", "/api/v3/accountInfo")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/v3/deal", "{}"),
        ("DELETE", "/api/v3/deal/1", None),
        ("PUT", "/api/v3/deal/1", "{}"),
        ("GET", "/api/v3/attache/shareUrl/5", None),
        ("GET", "/api/v3/customLeadForm/5/disable", None),
        ("GET", "/api/v3/dealFilter/export", None),
        ("GET", "/api/v3/programPreset/addPreset", None),
        ("GET", "/api/v3/integration/5/regenerateToken", None),
        ("GET", "/api/v3/editorSession/5/editorCancel", None),
        ("GET", "/api/v3/account/abCheckPhone/70000000000", None),
        ("GET", "/api/v3/accountOrder/new", None),
        ("GET", "/api/v3/notification/5/access", None),
        ("POST", "/api/v3/bulk", bulk_body({**READ_CALL, "url": "/api/v3/banner/clearCache"})),
        ("GET", "/api/v3/../../BumsTaskApiV01/Task/action.api", None),
        ("GET", "/api/v3/%2E./x", None),
        ("GET", "/BumsTaskApiV01/Task/action.api", None),
        ("GET", "/", None),
        ("POST", "/api/v3/bulk", None),
        ("POST", "/api/v3/bulk", "no json"),
        ("POST", "/api/v3/bulk", "[]"),
        ("POST", "/api/v3/bulk", bulk_body()),
        ("POST", "/api/v3/bulk", bulk_body("x")),
        ("POST", "/api/v3/bulk", bulk_body(READ_CALL, {**READ_CALL, "method": "DELETE"})),
        ("POST", "/api/v3/bulk", bulk_body({**READ_CALL, "url": "/BumsTaskApiV01/Task/action.api"})),
        ("POST", "/api/v3/bulk", bulk_body({**READ_CALL, "url": "/api/v3/../x"})),
        ("POST", "/api/v3/bulk", bulk_body({**READ_CALL, "body": "{}"})),
        ("POST", "/api/v3/bulk/getEntitiesByLinks", "[]"),
    ],
)
def test_whatever_might_change_the_account_is_not_allowed(method: str, path: str, body: str | None) -> None:
    assert not allowed(method, path, body)


def test_the_included_form_is_asked_for_only_when_wanted() -> None:
    from crmexport_megaplan import Megaplan

    from crmexport.source import Account

    wanting = Megaplan(Account("https://acme.example.test", {"included": True}))
    header = {"X-USE-INCLUDED-RESPONSE": "true"}
    card = wanting.card("task", "1")
    assert card is not None and card.headers == header
    opening = list(wanting.opening(None))
    assert all(request.headers == header for request in opening)
    todo = next(request for request in opening if request.stream == "todo")
    reading = wanting.read(todo, page([link("Todo", "1", commentsCount=1)], more=True))
    assert all(request.headers == header for request in reading.asks) and len(reading.asks) > 1
    assert wanting.combine([card]).headers["X-USE-INCLUDED-RESPONSE"] == "true"
    assert not any(request.headers for request in connector.opening(None))


def test_a_person_is_shown_the_record_where_megaplan_shows_it() -> None:
    assert connector.source_url("deal", "5") == "https://acme.example.test/deals/5/card/"
    assert connector.source_url("comment", "5") is None
