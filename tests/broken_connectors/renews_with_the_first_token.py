"""Keeps the token that renews from the first sign-in."""

from dataclasses import replace

from crmexport.source import Grant, Response, SignIn
from tests.acme import Acme
from tests.acme.connector import AcmeSignIn

CAUGHT_BY = "rotated_tokens_are_handed_on"


class _Keeping(AcmeSignIn):
    first: str | None = None

    def granted(self, response: Response) -> Grant:
        grant = super().granted(response)
        self.first = self.first or grant.renewal
        return replace(grant, renewal=self.first)


class Broken(Acme):
    def sign_in(self) -> SignIn:
        return _Keeping()
