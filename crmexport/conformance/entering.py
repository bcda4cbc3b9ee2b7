"""Signing in to a rehearsal beside a pull, as the transport does it: as many requests as it takes, and every request dressed."""

from time import time

from crmexport.conformance.lines import ask, response_of
from crmexport.sandbox.rehearsal import Rehearsal
from crmexport.source import Connector, Credentials, Grant, Request, Response
from crmexport.transport.blanks import secrets_in, without
from crmexport.transport.dressing import dressed


def entered(rehearsal: Rehearsal, connector: Connector, credentials: Credentials) -> Grant:
    """What the sign-in is granted. Raises SignInRefusedError and SourceError as the connector does."""
    sign_in = connector.sign_in()
    if (grant := sign_in.ready(credentials)) is not None:
        return grant
    asked: Request | None = sign_in.request(credentials)
    while asked is not None:
        response = response_of(ask(rehearsal, asked, {}))
        asked = sign_in.following(credentials, asked, response)
    return sign_in.granted(response)


def answered(rehearsal: Rehearsal, connector: Connector, grant: Grant, request: Request) -> Response:
    """The answer to a request of somebody who has signed in."""
    worn = dressed(connector.sign_in(), grant, request, time())
    return without(secrets_in(grant), response_of(ask(rehearsal, request, worn)))
