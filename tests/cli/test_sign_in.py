"""Secrets come from the environment or a hidden prompt; they travel encrypted or not at all."""

import pytest

from crmexport.cli import sign_in
from crmexport.errors import ConfigurationError, SignInRefusedError

ADDRESSES = {
    "mycompany.megaplan.ru": "https://mycompany.megaplan.ru",
    "https://MyCompany.megaplan.ru/deals/list/?a=1#x": "https://mycompany.megaplan.ru",
    "  https://crm.example.com:8443/ ": "https://crm.example.com:8443",
    "http://127.0.0.1:8000/x": "http://127.0.0.1:8000",
    "http://127.9.9.9": "http://127.9.9.9",
    "http://localhost:8069": "http://localhost:8069",
    "http://[::1]:80": "http://[::1]:80",
    "localhost:8069": "https://localhost:8069",
    "https://компания.рф": "https://компания.рф",
    "https://my_company.megaplan.ru": "https://my_company.megaplan.ru",
    "https://mycompany.megaplan.ru.": "https://mycompany.megaplan.ru.",
}
REFUSED = [
    "5",
    "https://8069",
    "http://mycompany.megaplan.ru",
    "http://localhost.example.com",
    "http://127.0.0.1.example.com",
    "http://0.0.0.0",
    "ftp://example.com",
    "file:///etc/passwd",
    "https://",
    "",
    "https://exa mple.com",
    "https://example.com:port",
    "htp:/example.com",
    "https//example.com",
    "https://моя_компания.megaplan.ru",
    "https://company..megaplan.ru",
    "https://mycompany.megaplan.ru\\login",
    "https://me:secret@example.com",
    "https://me:secret@company..megaplan.ru",
]


@pytest.mark.parametrize("text", ADDRESSES)
def test_an_address_is_reduced_to_scheme_and_host(text: str) -> None:
    assert sign_in.account_url(text) == ADDRESSES[text]


@pytest.mark.parametrize("text", REFUSED)
def test_an_unsafe_address_is_refused_without_repeating_a_secret(text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        sign_in.account_url(text)
    assert "secret" not in str(caught.value)


def test_an_email_is_told_from_an_address() -> None:
    """Nor is it said to hold a login and a password, of which whoever typed it knows nothing."""
    with pytest.raises(ConfigurationError, match="An e-mail is not the address of an account"):
        sign_in.account_url("anna@example.com")


def nobody(question: str, hidden: bool) -> str:
    raise AssertionError(f"asked: {question}")


@pytest.mark.parametrize(
    "environment",
    [
        {"CRMEXPORT_TOKEN": "t"},
        {"CRMEXPORT_LOGIN": "l", "CRMEXPORT_PASSWORD": "p"},
        {"CRMEXPORT_TOKEN": "t", "CRMEXPORT_LOGIN": "l"},
    ],
)
def test_the_environment_suffices(environment: dict[str, str]) -> None:
    given = sign_in.credentials(environment, nobody)
    found = {
        "CRMEXPORT_TOKEN": given.token,
        "CRMEXPORT_LOGIN": given.login,
        "CRMEXPORT_PASSWORD": given.password,
    }
    assert {name: value for name, value in found.items() if value} == environment


@pytest.mark.parametrize(
    "text", [" t-1 ", "t-1\r\n", "\ufefft-1", '"t-1"', "«t-1»", "t-1\u00a0", "\u200bt-1"]
)
def test_what_copying_leaves_around_a_token_is_no_part_of_it(text: str) -> None:
    given = sign_in.credentials({"CRMEXPORT_TOKEN": text}, nobody)
    typed = sign_in.credentials({}, lambda question, hidden: text)
    assert (given.token, typed.token) == ("t-1", "t-1")


def test_a_login_and_a_password_lose_their_line_ends_and_a_password_keeps_its_blanks() -> None:
    given = sign_in.credentials({"CRMEXPORT_LOGIN": " me\r\n", "CRMEXPORT_PASSWORD": " p w \r\n"}, nobody)
    assert (given.login, given.password) == ("me", " p w ")


@pytest.mark.parametrize("text", ["to\nken", "to ken", "to\u200bken", "токен", "Bearer token"])
def test_a_token_that_no_header_carries_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(SignInRefusedError) as caught:
        sign_in.credentials({"CRMEXPORT_TOKEN": text}, nobody)
    assert text not in str(caught.value)


@pytest.mark.parametrize("name", ["CRMEXPORT_LOGIN", "CRMEXPORT_PASSWORD"])
def test_a_login_or_password_in_another_encoding_is_refused_and_not_shown(name: str) -> None:
    """As Python reads the bytes of a file saved in Windows-1251 from the environment."""
    text = "Пароль".encode("cp1251").decode("utf-8", "surrogateescape")
    with pytest.raises(SignInRefusedError, match="save that file as UTF-8") as caught:
        sign_in.credentials({"CRMEXPORT_LOGIN": "l", "CRMEXPORT_PASSWORD": "p", name: text}, nobody)
    assert text not in str(caught.value)


@pytest.mark.parametrize("given", [{}, {"CRMEXPORT_LOGIN": "me"}])
def test_what_a_terminal_types_in_another_encoding_is_refused(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str]
) -> None:
    """As from PuTTY set to Windows-1251: the hidden prompt reads the bytes by itself, and strictly."""
    monkeypatch.setattr("getpass.getpass", lambda prompt: "Ключ".encode("cp1251").decode())
    with pytest.raises(SignInRefusedError, match="cannot be"):
        sign_in.credentials(given, sign_in.question)


def test_a_token_is_asked_for_hidden() -> None:
    asked = []
    given = sign_in.credentials({}, lambda question, hidden: asked.append(hidden) or "tok")  # type: ignore[func-returns-value]
    assert (given.token, given.login, asked) == ("tok", None, [True])


def test_enter_leads_to_login_and_hidden_password() -> None:
    answers = iter(["", "me", "p w "])
    asked = []
    given = sign_in.credentials({}, lambda question, hidden: asked.append(hidden) or next(answers))  # type: ignore[func-returns-value]
    assert (given.token, given.login, given.password, asked) == (None, "me", "p w ", [True, False, True])


def test_a_known_login_is_not_asked_again() -> None:
    given = sign_in.credentials(
        {"CRMEXPORT_LOGIN": "me"}, lambda question, hidden: "pw" if hidden else nobody(question, hidden)
    )
    assert (given.login, given.password) == ("me", "pw")


def test_without_a_terminal_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(ConfigurationError, match="CRMEXPORT_TOKEN"):
        sign_in.credentials({})


@pytest.mark.parametrize("token", ["https://acme.example/rest/1/hidden-in-it/", "1/hidden-in-it"])
def test_the_secret_of_a_webhook_is_known_by_itself(monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    """A failure of the line names the path alone: “Max retries exceeded with url: /rest/1/…”."""
    monkeypatch.setenv(sign_in.TOKEN, token)
    assert {token, "hidden-in-it"} <= set(sign_in.known_secrets())


def test_what_was_typed_is_known_as_a_secret() -> None:
    sign_in.credentials({}, lambda question, hidden: "typed-token")
    assert "typed-token" in sign_in.known_secrets()
