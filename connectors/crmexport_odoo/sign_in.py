"""Signing in: an API key in a header (JSON-2), or a login and password for a session (JSON-RPC)."""

import json
import re
from collections.abc import Mapping

from crmexport.errors import ConfigurationError, SignInRefusedError
from crmexport.source import Credentials, Grant, Request, Response, SignIn
from crmexport.text import _
from crmexport_odoo.models import SETTINGS_WORTH
from crmexport_odoo.protocols import JsonRpc

SESSION_PATH = "/web/session/authenticate"


class OdooSignIn(SignIn):
    """What both ways have in common: nothing is renewed, one signs in anew."""

    def __init__(self, database: str | None) -> None:
        self.database = database

    def renewal(self, grant: Grant) -> None:
        """There is no renewal in Odoo."""


class KeySignIn(OdooSignIn):
    """The API key goes with every request; nothing is asked beforehand (Odoo reference, §1)."""

    def ready(self, credentials: Credentials) -> Grant | None:
        """The key as a header, and the name of the database where the server holds several."""
        if not credentials.token:
            return None
        headers = {"Authorization": f"Bearer {credentials.token}"}
        return Grant(headers | ({"X-Odoo-Database": self.database} if self.database else {}))

    def request(self, credentials: Credentials) -> Request:
        """There is nothing to ask without a key. Raises ConfigurationError."""
        raise ConfigurationError(
            _(
                "Odoo's JSON-2 API takes an API key only: make one in Odoo (Preferences → Security → New API Key) and give it "
                "as the token. To sign in with login and password instead, type --set api=jsonrpc --set database=NAME."
            )
        )

    def granted(self, response: Response) -> Grant:
        """Never called, since nothing is asked. Raises SignInRefusedError."""
        raise SignInRefusedError(_("Odoo does not accept this sign-in."))


class SessionSignIn(OdooSignIn):
    """Login and password once, then a session cookie: no later request holds a secret in its body."""

    def ready(self, credentials: Credentials) -> None:
        """A session must be asked for."""

    def request(self, credentials: Credentials) -> Request:
        """What Odoo's own sign-in page sends. Raises ConfigurationError for a missing login, password or database."""
        if not (credentials.login and credentials.password):
            raise ConfigurationError(
                _(
                    "With --set api=jsonrpc, Odoo is signed in to with a login and a password. An API key needs --set api=json2."
                )
            )
        if not self.database:
            raise ConfigurationError(
                _(
                    "Which database? Type --set database=NAME: it is what stands before .odoo.com in Odoo's cloud."
                )
            )
        given = {"db": self.database, "login": credentials.login, "password": credentials.password}
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": given}, ensure_ascii=False)
        headers = {"Content-Type": "application/json"}
        return Request("res.users", SESSION_PATH, "POST", body, SETTINGS_WORTH, headers=headers)

    def granted(self, response: Response) -> Grant:
        """The session's cookie. A wrong password is an error inside an answer 200, a missing second factor an empty uid."""
        failure = JsonRpc().failure(response)
        if failure:
            raise SignInRefusedError(
                _("Odoo does not accept this login, password or database. It says: {reason}").format(
                    reason=failure.message or failure.status
                )
            )
        if not _signed_in(response):
            raise SignInRefusedError(
                _(
                    "Odoo wants more than login and password for this user (a second factor). Use a user without it, or an "
                    "API key with --set api=json2."
                )
            )
        return Grant({"Cookie": f"session_id={_session_id(response.headers)}"})


def _signed_in(response: Response) -> bool:
    try:
        result = JsonRpc().result(response)
    except ValueError as error:
        raise SignInRefusedError(
            _("There is no Odoo at this address: its sign-in answers with something else.")
        ) from error
    return isinstance(result, dict) and bool(result.get("uid"))


def _session_id(headers: Mapping[str, str]) -> str:
    """The session in `Set-Cookie`; Odoo may name it twice, the last one counts."""
    found = re.findall(r"\bsession_id=([^;,\s]+)", headers.get("set-cookie", ""))
    if not found:
        raise SignInRefusedError(
            _("Odoo signed in but gave no session. Is there a proxy that removes cookies?")
        )
    return str(found[-1])
