"""The coat that takes secrets out of answers: some sources repeat the sign-in within what they say, and answers are kept for ever."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from html import escape
from urllib.parse import quote, quote_plus

from crmexport.source import Grant, Request, Response
from crmexport.transport.incoming import FileResponse
from crmexport.transport.line import Transport

SHORTEST = 8


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
    named = [one for one in grant.blanked if len(one) >= SHORTEST]
    return frozenset(spelt.encode() for one in named for spelt in spellings(one))


def spellings(secret: str) -> set[str]:
    """A secret as it is, as JSON may have it, within an address, a form and a page."""
    in_json = {json.dumps(secret, ensure_ascii=is_plain)[1:-1] for is_plain in (True, False)}
    as_php_does = {one.replace("/", "\\/") for one in in_json}
    in_address = {quote(secret), quote(secret, safe=""), quote_plus(secret)}
    return {secret, escape(secret), *in_json, *as_php_does, *in_address}


def without(secrets: Iterable[bytes], response: Response) -> Response:
    """The answer with stars in their place. The longest go first: of one that begins like a shorter one, its end would be left."""
    body = response.body
    for one in sorted(secrets, key=len, reverse=True):
        if one in body:
            body = body.replace(one, b"*" * len(one))
    return response if body is response.body else replace(response, body=body)
