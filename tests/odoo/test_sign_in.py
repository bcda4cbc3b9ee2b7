"""Signing in: the key goes into headers, the password into one request that is never stored, and refusals are sentences."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from crmexport.errors import ConfigurationError, SignInRefusedError
from crmexport.source import Credentials, Request, Response
from crmexport.source.options import OptionError
from crmexport.transport.coats import Coats
from tests.odoo.recordings import answer, made, odoo
from tests.toy import TestClock

KEY = Credentials(token="the key")
PERSON = Credentials(login="anna", password="пароль")
COOKIES = (
    "session_id=old; Expires=Thu, 25 Nov 2027; Path=/, session_id=new-One_2; Expires=Thu, 25 Nov 2027; Path=/"
)


def test_a_key_needs_no_asking() -> None:
    """It goes with every request, together with the database where one was named."""
    grant = odoo(database="firm").sign_in().ready(KEY)
    assert grant and grant.headers == {"Authorization": "Bearer the key", "X-Odoo-Database": "firm"}
    alone = odoo().sign_in().ready(KEY)
    assert alone and alone.headers == {"Authorization": "Bearer the key"}
    assert "key" not in repr(grant)


def test_json2_without_a_key() -> None:
    """A login and password do not open JSON-2: the person learns where a key is made."""
    sign_in = odoo().sign_in()
    assert sign_in.ready(PERSON) is None
    with pytest.raises(ConfigurationError, match=r"API key .* type --set api=jsonrpc --set database=NAME"):
        sign_in.request(PERSON)


def test_a_session() -> None:
    """Login and password are sent once; what carries the sign-in afterwards is the cookie that came last."""
    sign_in = odoo(api="jsonrpc", database="firm").sign_in()
    assert sign_in.ready(PERSON) is None
    request = sign_in.request(PERSON)
    assert (request.method, request.path) == ("POST", "/web/session/authenticate")
    assert '"db": "firm", "login": "anna", "password": "пароль"' in (request.body or "")
    grant = sign_in.granted(answer("rpc.signed_in", headers={"set-cookie": COOKIES}))
    assert grant.headers == {"Cookie": "session_id=new-One_2"}
    assert sign_in.renewal(grant) is None


@pytest.mark.parametrize(
    "credentials, database", [(KEY, "firm"), (Credentials(login="anna"), "firm"), (PERSON, None)]
)
def test_a_session_needs_login_password_and_database(credentials: Credentials, database: str | None) -> None:
    """Whatever is missing is asked of the person, not of the server."""
    with pytest.raises(ConfigurationError, match="--set "):
        odoo(api="jsonrpc", database=database).sign_in().request(credentials)


@pytest.mark.parametrize(
    "response, words",
    [
        (answer("rpc.failure.wrong_password"), "Access Denied"),
        (answer("rpc.failure.no_database"), "Database not found"),
        (made({"jsonrpc": "2.0", "result": {"uid": None}}), "second factor"),
        (made({"jsonrpc": "2.0", "result": {"uid": 2}}), "no session"),
        (made({"jsonrpc": "2.0"}), "no Odoo at this address"),
        (Response(200, {}, b"<html>Welcome</html>"), "no Odoo at this address"),
        (Response(404, {}, b"<html>404</html>"), "404"),
    ],
)
def test_refused(response: Response, words: str) -> None:
    """Each refusal tells what it was."""
    with pytest.raises(SignInRefusedError, match=words):
        odoo(api="jsonrpc", database="firm").sign_in().granted(response)


def test_options_are_checked() -> None:
    """A misspelt option is refused."""
    with pytest.raises(OptionError):
        odoo(api="soap")
    with pytest.raises(OptionError):
        odoo(databse="firm")


def test_the_language_can_be_chosen() -> None:
    """Without the option it is the language of the user who signs in."""
    for options, language in (({}, "ru_RU"), ({"language": "de_DE"}, "de_DE")):
        connector = odoo(**options)
        (first,) = connector.opening(None)
        (companies,) = connector.read(first, answer("who")).requests
        assert companies.context["settings"]["lang"] == language


class Databases:
    """A server with several databases; each session is one of the database that was signed in to."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def send(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        self.asked.append(request.path)
        return answer("rpc.signed_in", headers={"set-cookie": COOKIES})


def test_a_session_is_one_of_its_own_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Odoo goes by the session, whatever database is named: the records of another would come as those of this one."""
    monkeypatch.setenv("CRMEXPORT_STATE", str(tmp_path))
    line = Databases()
    for database in ("firm", "firm", "branch"):
        connector = odoo(api="jsonrpc", database=database)
        Coats(connector, PERSON, tmp_path, clock=TestClock(), line=line).start()
    assert line.asked == ["/web/session/authenticate"] * 2
