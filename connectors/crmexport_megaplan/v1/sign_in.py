"""Signing in to the older API: an application's pair as it is, or a login that is given such a pair (Megaplan reference, §13).

Newer installs want a one-time key first; older ones do not know that route. So the key is asked for, and a refusal of it only
means that one signs in without. Nothing is told about how long a pair holds: it is asked for anew when it is refused.
"""

from collections.abc import Mapping
from hashlib import md5
from typing import Any

from crmexport.errors import ConfigurationError, SignInRefusedError, SourceError
from crmexport.source import Credentials, Grant, Request, Response, SignIn
from crmexport.text import _
from crmexport_megaplan.sign_in import told_in
from crmexport_megaplan.v1.query import FORM, address, encoded
from crmexport_megaplan.v1.signing import headers

ONE_TIME_KEY = "BumsCommonApiV01/User/createOneTimeKeyAuth"
AUTHORIZE = "BumsCommonApiV01/User/authorize"
_REFUSED = (400, 401, 403, 404)


class V1SignIn(SignIn):
    """A pair of AccessId and SecretKey with which every request is signed. `host` is the account's, port included."""

    def __init__(self, host: str) -> None:
        self._host = host

    def ready(self, credentials: Credentials) -> Grant | None:
        """The pair of an application, given as the token “AccessId:SecretKey”. Raises ConfigurationError for half a pair."""
        if not credentials.token:
            return None
        name, colon, secret = credentials.token.partition(":")
        if not (name and colon and secret):
            raise ConfigurationError(
                _(
                    "This account speaks Megaplan's older API. Its token is the application's pair, written "
                    "AccessId:SecretKey; or give a login with its password."
                )
            )
        return Grant({}, key=(name, secret))

    def request(self, credentials: Credentials) -> Request:
        """The first request of signing in with login and password. Raises ConfigurationError when one is missing."""
        if not credentials.login or not credentials.password:
            raise ConfigurationError(
                _(
                    "Megaplan's older API wants AccessId:SecretKey as the token, or a login with its password. "
                    "Neither was given whole."
                )
            )
        return _asking(ONE_TIME_KEY, credentials)

    def following(self, credentials: Credentials, asked: Request, response: Response) -> Request | None:
        """After the one-time key, or where there is none: the request for the pair itself."""
        if asked.path != address(ONE_TIME_KEY):
            return None
        key = _one_time_key(_data(response))
        return _asking(AUTHORIZE, credentials, **({"OneTimeKey": key} if key else {}))

    def renewal(self, grant: Grant) -> None:
        """There is no renewal: one signs in anew."""

    def granted(self, response: Response) -> Grant:
        """Read the pair. Raises SignInRefusedError when Megaplan says no, SourceError when it says nothing."""
        data = _data(response)
        name, secret = (data.get("AccessId"), data.get("SecretKey")) if isinstance(data, dict) else ("", "")
        if name and secret:
            return Grant({}, key=(str(name), str(secret)))
        told = told_in(response)
        if response.status in _REFUSED or told:
            raise SignInRefusedError(
                _(
                    "Megaplan does not accept this sign-in ({reason}). Check the login and the password."
                ).format(reason=_reason(told) or response.status)
            )
        raise SourceError(
            _(
                "The sign-in was answered with status {status} and without a key. Check that this is the address of a "
                "Megaplan account, or try again later."
            ).format(status=response.status)
        )

    def dress(self, grant: Grant, request: Request, now: float) -> Mapping[str, str]:
        """Date and signature."""
        return headers(self._host, grant.key, request, now) if grant.key else grant.headers


def _asking(route: str, credentials: Credentials, **more: str) -> Request:
    """Megaplan takes the password's MD5 in its place, so that is as secret as the password (§13)."""
    digest = md5((credentials.password or "").encode(), usedforsecurity=False).hexdigest()
    form = {"Login": credentials.login, "Password": digest, **more}
    return Request("", address(route), "POST", encoded(form), headers=FORM)


def _one_time_key(data: Any) -> str:
    """It is told as a field, or is the whole of `data` (§13)."""
    key = data.get("OneTimeKey") if isinstance(data, dict) else data
    return key if isinstance(key, str) else ""


def _data(response: Response) -> Any:
    """`data` of a success; None of anything else."""
    told = told_in(response)
    status = told.get("status")
    is_ok = isinstance(status, dict) and status.get("code") == "ok"
    return told.get("data") if is_ok and response.status < 300 else None


def _reason(told: Mapping[str, Any]) -> str:
    from crmexport_megaplan.v1.envelope import words

    return words(told)
