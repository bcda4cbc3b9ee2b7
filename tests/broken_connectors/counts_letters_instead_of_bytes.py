"""Takes the places of letters for places of bytes."""

from typing import Any

from crmexport.source import Request, Response
from crmexport.source.slices import Piece
from tests.acme import Acme

CAUGHT_BY = "spans_cover_their_records"


class Broken(Acme):
    def opened(self, request: Request, response: Response) -> tuple[dict[str, Any], list[Piece]]:
        rest, found = super().opened(request, response)
        body = response.body
        return rest, [
            Piece(value, len(body[:start].decode()), len(body[:end].decode())) for value, start, end in found
        ]
