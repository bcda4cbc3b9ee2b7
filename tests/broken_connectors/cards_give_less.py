"""A card is read as a name and an id, as if it were a link."""

from crmexport.source import Request, Row
from crmexport.source.slices import Piece
from tests.acme import Acme

CAUGHT_BY = "cards_hold_what_lists_hold"


class Broken(Acme):
    def row(self, request: Request, piece: Piece) -> Row:
        row = super().row(request, piece)
        short = (
            {name: row.value[name] for name in ("kind", "id", "name")}
            if "card" in request.context
            else row.value
        )
        return row._replace(value=short)
