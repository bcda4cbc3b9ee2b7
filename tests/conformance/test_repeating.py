"""The kit sees a secret that is repeated, should the transport leave it there. No connector can do that by itself."""

import pytest

from crmexport.conformance import Outcome, Result, all_checks, checked
from crmexport.errors import SignInRefusedError
from crmexport.source import Credentials, Grant, Request, Response, SignIn
from crmexport.transport.secrets import Secrets
from tests.acme import Acme, AcmeRehearsal
from tests.acme.connector import AcmeSignIn

CHECKS = ("secrets_are_never_kept", "secrets_are_never_told", "a_refused_sign_in_repeats_no_secret")


class _Telling(AcmeSignIn):
    def request(self, credentials: Credentials) -> Request:
        self.password = credentials.password
        return super().request(credentials)

    def granted(self, response: Response) -> Grant:
        try:
            return super().granted(response)
        except SignInRefusedError as refused:
            raise SignInRefusedError(f"Acme does not accept the password {self.password}.") from refused


class Telling(Acme):
    """Says which password was not accepted."""

    def sign_in(self) -> SignIn:
        return _Telling()


def result(kind: type[Acme], name: str) -> Result:
    (found,) = checked(kind, AcmeRehearsal, checks=[one for one in all_checks() if one.name == name])
    return found


@pytest.fixture
def unblanked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Secrets, "blanked", lambda self, words: words)
    monkeypatch.setattr(Secrets, "out_of", lambda self, body: body)


@pytest.mark.usefixtures("unblanked")
@pytest.mark.parametrize("name", CHECKS)
def test_what_the_source_repeats_is_seen(name: str) -> None:
    found = result(Acme, name)
    assert found.outcome is Outcome.FAILED
    assert "secret" in found.words


@pytest.mark.usefixtures("unblanked")
def test_what_the_connector_repeats_is_seen() -> None:
    found = result(Telling, "wrong_credentials_are_told")
    assert found.outcome is Outcome.FAILED
    assert "the refusal repeats the secret" in found.words


def test_no_connector_can_tell_a_password() -> None:
    assert result(Telling, "wrong_credentials_are_told").outcome is Outcome.PASSED
