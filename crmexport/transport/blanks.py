"""The coat that takes secrets out of answers: some sources repeat the sign-in within what they say, and answers are kept for ever."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from urllib.parse import quote

from crmexport.source import Credentials, Grant, Request, Response
from crmexport.transport.incoming import FileResponse
from crmexport.transport.line import Transport

SHORTEST = 8
SHORTEST_GIVEN = 4


class Blanks(Transport):
    """Stars in place of every secret that a grant names as `blanked`, as many as it has letters."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self._secrets: frozenset[bytes] = frozenset()

    def learn(self, grant: Grant) -> None:
        """Blank what this grant names, too; what an earlier one named may still be on its way."""
        self._secrets |= secrets_in(grant)

    def send(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        """Ask once. Files are left as they are: they are somebody's own bytes."""
        response = self._inner.send(request, headers)
        if isinstance(response, FileResponse):
            return response
        return without(self._secrets, response)


def secrets_in(grant: Grant) -> frozenset[bytes]:
    """What to blank because of this grant."""
    return _spelt(one for one in grant.blanked if len(one) >= SHORTEST)


def secrets_given(credentials: Credentials) -> frozenset[bytes]:
    """What to blank in an answer that a failure tells of: a server in trouble may show the question that it was asked."""
    given = (credentials.token, credentials.password)
    return _spelt(one for one in given if one and len(one) >= SHORTEST_GIVEN)


def _spelt(secrets: Iterable[str]) -> frozenset[bytes]:
    return frozenset(spelt.encode() for one in secrets for spelt in spellings(one))


def spellings(secret: str) -> set[str]:
    """A secret as it is, as JSON may have it, and within an address."""
    return {secret, secret.replace("/", "\\/"), quote(secret), quote(secret, safe="")}


def without(secrets: Iterable[bytes], response: Response) -> Response:
    """The answer with stars in their place. The longest go first: of one that begins like a shorter one, its end would be left."""
    body = response.body
    for one in sorted(secrets, key=len, reverse=True):
        if one in body:
            body = body.replace(one, b"*" * len(one))
    return response if body is response.body else replace(response, body=body)
