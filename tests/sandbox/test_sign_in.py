"""Signing in to the Megaplan sandbox: three ways to send the form, rotating refresh tokens, two ways to expire (§2)."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from crmexport_megaplan.sandbox import Behaviour, MegaplanSandbox
from crmexport_megaplan.sandbox.tokens import Tokens

from crmexport.sandbox.exchange import Asked

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def sandbox() -> MegaplanSandbox:
    return MegaplanSandbox(20, 20, 0)


def grant(sandbox: MegaplanSandbox, body: bytes, content_type: str = FORM) -> tuple[int, dict[str, Any]]:
    asked = Asked("POST", "/api/v3/auth/access_token", "", {"content-type": content_type}, body)
    answer = sandbox.site(asked)
    return answer.status, json.loads(answer.body)


def password(sandbox: MegaplanSandbox) -> dict[str, str]:
    return {"username": sandbox.login, "password": sandbox.password, "grant_type": "password"}


def reads(sandbox: MegaplanSandbox, token: str) -> tuple[int, int]:
    """The HTTP status and the status inside of reading the current user."""
    answer = sandbox.site(Asked("GET", "/api/v3/currentUser", "", {"authorization": f"Bearer {token}"}))
    return answer.status, json.loads(answer.body)["meta"]["status"]


def test_the_form_may_be_sent_in_three_ways(sandbox: MegaplanSandbox) -> None:
    import requests

    fields = password(sandbox)
    parts = {name: (None, value) for name, value in fields.items()}
    multipart = requests.Request("POST", "http://x", files=parts).prepare()
    assert isinstance(multipart.body, bytes)
    ways = [
        (urlencode(fields).encode(), FORM),
        (json.dumps(fields).encode(), "application/json"),
        (multipart.body, multipart.headers["Content-Type"]),
    ]
    for body, content_type in ways:
        status, answer = grant(sandbox, body, content_type)
        assert status == 200
        assert answer.keys() == {"access_token", "expires_in", "token_type", "scope", "refresh_token"}
        assert answer["expires_in"] == 172_800
        assert reads(sandbox, answer["access_token"]) == (200, 200)


def test_a_refresh_token_dies_with_its_use(sandbox: MegaplanSandbox) -> None:
    first = grant(sandbox, urlencode(password(sandbox)).encode())[1]
    renew = urlencode({"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}).encode()
    status, second = grant(sandbox, renew)
    assert status == 200
    assert second["refresh_token"] != first["refresh_token"]
    status, refused = grant(sandbox, renew)
    assert (status, refused["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    "fields",
    [
        {"grant_type": "password", "username": "director@example.test", "password": "wrong"},
        {"grant_type": "refresh_token", "refresh_token": "never given"},
        {"grant_type": "magic"},
        {},
    ],
)
def test_a_wrong_sign_in_is_refused_without_an_envelope(
    sandbox: MegaplanSandbox, fields: dict[str, str]
) -> None:
    status, refused = grant(sandbox, urlencode(fields).encode())
    assert status == 400
    assert refused.keys() == {"error", "error_description"}


def test_a_request_without_a_good_token_is_refused_in_either_way() -> None:
    for expiry, http in (("http", 401), ("meta", 200)):
        sandbox = MegaplanSandbox(20, 20, 0, behaviour=Behaviour(expiry=expiry))  # type: ignore[arg-type]
        assert reads(sandbox, "wrong") == (http, 401)
        assert reads(sandbox, sandbox.token) == (200, 200)


def test_a_token_may_die_after_so_many_requests() -> None:
    sandbox = MegaplanSandbox(20, 20, 0, behaviour=Behaviour(token_requests=2))
    token = grant(sandbox, urlencode(password(sandbox)).encode())[1]["access_token"]
    assert [reads(sandbox, token)[0] for _ in range(3)] == [200, 200, 401]
    assert [reads(sandbox, sandbox.token)[0] for _ in range(3)] == [200, 200, 200]


def test_a_token_dies_in_time() -> None:
    now = 0.0
    tokens = Tokens("l", "p", "app", Behaviour(token_seconds=10), lambda: now)
    given = tokens.grant({"grant_type": "password", "username": "l", "password": "p"})
    header = f"Bearer {given['access_token']}"
    assert given["expires_in"] == 10
    assert tokens.admits(header)
    now = 10.0
    assert not tokens.admits(header)
    assert tokens.admits("Bearer app")
    assert not tokens.admits("Basic app")


def test_all_tokens_may_be_made_to_die_at_once(sandbox: MegaplanSandbox) -> None:
    first = grant(sandbox, urlencode(password(sandbox)).encode())[1]
    sandbox.tokens.expire_all()
    assert reads(sandbox, first["access_token"])[0] == 401
    renew = urlencode({"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}).encode()
    assert reads(sandbox, grant(sandbox, renew)[1]["access_token"])[0] == 200
