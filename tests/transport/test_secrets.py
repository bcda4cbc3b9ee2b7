"""What is told or kept of a refusal repeats no secret, however the source shows the question that it was asked."""

import json
from collections.abc import Mapping

import pytest

from crmexport.cli.log import without_secrets
from crmexport.errors import SignInRefusedError
from crmexport.source import Account, Credentials, Grant, Request, Response, Verdict
from crmexport.transport.auth import Auth, Steady, signing_in
from crmexport.transport.failures import FailureError, TransientError
from crmexport.transport.judge import Judge, reason
from crmexport.transport.line import Transport
from crmexport.transport.secrets import PASSING, STARS, Secrets
from tests.toy import TestClock, Toy, ToySignIn

TOKEN = "b5dd4bb26d8d4a9e"
ASK = Request("thing", "/things")


def known(token: str = "", password: str = "", **grant: object) -> Secrets:
    secrets = Secrets(Credentials(token or None, "me", password or None), {"production"})
    secrets.learn(Grant(**{"headers": {}, **grant}))  # type: ignore[arg-type]
    return secrets


@pytest.mark.parametrize(
    "secrets",
    [
        known(TOKEN),
        known(f"key-of-app:{TOKEN}"),
        known(headers={"Authorization": f"Bearer {TOKEN}"}),
        known(headers={"Cookie": f"lang=ru; session_id={TOKEN}"}),
        known(headers={"X-Anything": TOKEN}),
        known(renewal=TOKEN),
        known(key=("key-of-app", TOKEN)),
        known(prefix=f"/rest/1/{TOKEN}"),
        known(query=f"lang=ru&auth={TOKEN}"),
        known(blanked=(TOKEN,)),
    ],
)
def test_whatever_was_given_or_granted_is_blanked(secrets: Secrets) -> None:
    assert secrets.blanked(f"GET / with {TOKEN}, refused") == f"GET / with {STARS}, refused"


@pytest.mark.parametrize(
    "told", ['pass "wörd" & co/1', r"pass \"w\u00f6rd\" & co\/1", "pass%20%22w%C3%B6rd%22%20%26%20co%2F1"]
)
def test_however_it_is_spelt(told: str) -> None:
    assert known(password='pass "wörd" & co/1').blanked(f"<{told}>") == f"<{STARS}>"


@pytest.mark.parametrize(
    ("password", "told", "blanked"),
    [
        ("admin", "admin: administration of admin's", f"{STARS}: administration of {STARS}'s"),
        ("mot1", "mot1 in mot12 and «mot1»", f"{STARS} in mot12 and «{STARS}»"),
        ("secret", "secretary", f"{STARS}ary"),
        ("abc", "abc", "abc"),
        ("production", "database production is closed", f"database {STARS} is closed"),
    ],
)
def test_a_short_secret_is_blanked_where_it_is_a_word_by_itself(
    password: str, told: str, blanked: str
) -> None:
    assert known(password=password).blanked(told) == blanked


def test_what_only_names_a_sign_in_is_none() -> None:
    secrets = known(
        headers={"Authorization": f"Bearer {TOKEN}", "Accept": "application/json", "Date": "Monday"}
    )
    words = "Bearer expected, application/json on Monday"
    assert secrets.blanked(words) == words


def test_nor_is_what_only_travels_with_it() -> None:
    """An error is to be read: of the database, of the form that is wanted."""
    secrets = known(headers={"X-Database": "production", "X-Form": "json"}, query="form=json&auth=few1")
    assert secrets.blanked("production as json, few1") == f"production as json, {STARS}"


def test_a_log_knows_what_was_granted_for_whatever_account() -> None:
    accounts = [known(renewal=f"{TOKEN}{'-and-more' * number}") for number in range(8)]
    told = " ".join(max(one._known, key=len) for one in accounts)
    assert without_secrets(f"KeyError: {told}") == f"KeyError: {' '.join([STARS] * 8)}"


def test_every_request_may_carry_one_of_its_own() -> None:
    secrets = Secrets()
    for number in range(PASSING + 1):
        secrets.sent({"X-Authorization": f"key-of-app:signature-{number:04}"})
    assert secrets.blanked(f"signature-{PASSING:04} key-of-app") == f"{STARS} {STARS}"
    secrets.received(Response(200, {"set-cookie": f"lang=ru; path=/, sid={TOKEN}; path=/"}, b""))
    assert secrets.blanked(f"lang=ru sid={TOKEN}") == f"lang=ru sid={STARS}"


@pytest.mark.parametrize(
    "body", ["grant_type=password&username=me&password=of%20mine", '{"a":[{"PWD":"of mine"}]}']
)
def test_what_signs_in_holds_secrets_under_telling_names(body: str) -> None:
    secrets = Secrets()
    secrets.signs_in(Request("", "/token", "POST", body))
    assert secrets.blanked("wrong password of mine") == f"wrong password {STARS}"


def test_none_is_cut_in_two_before_it_is_blanked() -> None:
    for before in range(260, 305):
        said = reason(Response(500, {}, b"x" * before + b" " + TOKEN.encode() * 2), known(TOKEN))
        assert TOKEN[:3] not in said


class Shows(Transport):
    """Answers everything by what it was asked, as a server in trouble does."""

    def __init__(self, status: int) -> None:
        self._status = status

    def send(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        return Response(self._status, {}, f"{request.body or ''} {dict(headers or {})}".encode())


class Believing(Toy):
    """Takes what it is refused for an answer."""

    def verdict(self, request: Request, response: Response) -> Verdict:
        return Verdict.ANSWER


def judged(connector: Toy, answer: Transport, request: Request = ASK) -> Response:
    return Judge(answer, connector, TestClock().time, Secrets()).send(request, {"Authorization": TOKEN})


def test_a_failure_repeats_nothing_of_what_was_sent() -> None:
    with pytest.raises(FailureError) as caught:
        judged(Toy(Account("https://a.example")), Shows(500))
    assert TOKEN not in str(caught.value)
    assert STARS in str(caught.value)


@pytest.mark.parametrize(("status", "is_there"), [(200, True), (403, False)])
def test_a_refusal_that_is_kept_is_no_record(status: int, is_there: bool) -> None:
    body = judged(Believing(Account("https://a.example")), Shows(status)).body
    assert (TOKEN.encode() in body) is is_there
    assert len(body) == len(Shows(status).send(ASK, {"Authorization": TOKEN}).body)


class Batch(Transport):
    def send(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        parts = [{"status": status, "data": [], "told": TOKEN} for status in (403, 200, 500)]
        return Response(200, {}, json.dumps(parts).encode())


def test_nor_is_one_in_a_batch() -> None:
    """The records beside it are left as they came."""
    toy = Toy(Account("https://a.example"))
    asked = toy.combine([ASK, ASK.replace(path="/thing/1"), ASK.replace(path="/thing/2")])
    came = json.loads(judged(toy, Batch(), asked).body)
    assert [one["told"] for one in came] == ["*" * len(TOKEN), TOKEN, "*" * len(TOKEN)]


class Repeating(ToySignIn):
    def granted(self, response: Response) -> Grant:
        raise SignInRefusedError(f"It says: {response.body.decode()}")


def test_no_error_of_the_sign_in_repeats_the_password() -> None:
    login = Credentials(login="me", password="of-mine")
    coat = Auth(Shows(200), Shows(400), Repeating(), login, None, TestClock())
    with pytest.raises(SignInRefusedError) as caught:
        coat.send(ASK)
    assert str(caught.value) == f"It says: {json.dumps({'login': 'me', 'password': STARS})} {{}}"
    secrets = Secrets()
    with pytest.raises(TransientError) as trouble:
        Steady(Shows(503), TestClock().time, signing_in, secrets).send(ToySignIn().request(login))
    assert "of-mine" not in str(trouble.value)
