"""Takes whatever a card gives for the record that was asked for."""

from crmexport.source import Request, Row
from crmexport.source.slices import Piece
from tests.acme import Acme

CAUGHT_BY = "a_card_gives_no_other_record"


class Broken(Acme):
    def row(self, request: Request, piece: Piece) -> Row:
        row = super().row(request, piece)
        return row._replace(id=request.context["card"]) if "card" in request.context else row
