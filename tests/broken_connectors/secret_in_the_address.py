"""Puts the token into the address of every page, as some documentation says."""

from typing import Any

from crmexport.source import Credentials, Grant, Request, SignIn
from tests.acme import Acme
from tests.acme.connector import AcmeSignIn

CAUGHT_BY = "secrets_are_in_no_request"


class _Leaking(AcmeSignIn):
    token = ""

    def ready(self, credentials: Credentials) -> Grant | None:
        _Leaking.token = credentials.token or _Leaking.token
        return super().ready(credentials)


class Broken(Acme):
    def sign_in(self) -> SignIn:
        return _Leaking()

    def page(self, stream: str, name: str, told: dict[str, Any], after: str = "") -> Request:
        request = super().page(stream, name, told, after)
        return request.replace(path=f"{request.path}&token={_Leaking.token}")
