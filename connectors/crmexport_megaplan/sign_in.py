"""Signing in to Megaplan: an application token as it is, or a login whose refresh token changes at every use.

Source: Megaplan reference, §2. A spent refresh token is answered with 400 `invalid_grant`.
"""

import json
from typing import Any
from urllib.parse import urlencode

from crmexport.errors import ConfigurationError, SignInRefusedError, SourceError
from crmexport.source import Credentials, Grant, Request, Response, SignIn
from crmexport.text import _

PATH = "/api/v3/auth/access_token"
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_REFUSED = (400, 401, 403)
LONGEST = 1e10


class MegaplanSignIn(SignIn):
    """OAuth 2 with a password, or an application token."""

    def ready(self, credentials: Credentials) -> Grant | None:
        """The grant of an application token, which needs no asking."""
        return Grant(_bearer(credentials.token)) if credentials.token else None

    def request(self, credentials: Credentials) -> Request:
        """The request that signs in with login and password. Raises ConfigurationError when one is missing."""
        if not credentials.login or not credentials.password:
            raise ConfigurationError(
                _(
                    "Megaplan wants an application token, or a login with its password. Neither was given whole."
                )
            )
        return _asking(grant_type="password", username=credentials.login, password=credentials.password)

    def renewal(self, grant: Grant) -> Request | None:
        """The request that renews `grant` by its refresh token, which this spends."""
        return _asking(grant_type="refresh_token", refresh_token=grant.renewal) if grant.renewal else None

    def granted(self, response: Response) -> Grant:
        """Read the answer. Raises SignInRefusedError when Megaplan says no, SourceError when it says nothing."""
        told = told_in(response)
        if response.status in _REFUSED or "error" in told:
            reason = told.get("error_description") or told.get("error") or response.status
            raise SignInRefusedError(
                _(
                    "Megaplan does not accept this sign-in ({reason}). Check the login and the password."
                ).format(reason=reason)
            )
        token = told.get("access_token")
        if not isinstance(token, str) or not token:
            raise SourceError(
                _(
                    "The sign-in was answered with status {status} and without a token. Check that this is the address "
                    "of a Megaplan account, or try again later."
                ).format(status=response.status)
            )
        return Grant(_bearer(token), _seconds(told.get("expires_in")), told.get("refresh_token"))


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _asking(**form: str) -> Request:
    return Request("", PATH, method="POST", body=urlencode(form), headers=_FORM)


def told_in(response: Response) -> dict[str, Any]:
    """What an answer says as an object; empty for anything else."""
    try:
        told = json.loads(response.body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _seconds(value: Any) -> float | None:
    """None for what is no span of time: 0, or a number beyond all years, stands for “for ever” if for anything."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if is_number and 0 < value < LONGEST else None
