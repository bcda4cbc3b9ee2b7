"""Says which password was not accepted."""

from crmexport.errors import SignInRefusedError
from crmexport.source import Credentials, Grant, Request, Response, SignIn
from tests.acme import Acme
from tests.acme.connector import AcmeSignIn

CAUGHT_BY = "wrong_credentials_are_told"


class _Telling(AcmeSignIn):
    def request(self, credentials: Credentials) -> Request:
        self.password = credentials.password
        return super().request(credentials)

    def granted(self, response: Response) -> Grant:
        try:
            return super().granted(response)
        except SignInRefusedError as refused:
            raise SignInRefusedError(f"Acme does not accept the password {self.password}.") from refused


class Broken(Acme):
    def sign_in(self) -> SignIn:
        return _Telling()
