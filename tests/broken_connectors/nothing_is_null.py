"""Fills in a null for every field it knows that is not told."""

from crmexport.source import Request, Row
from crmexport.source.slices import Piece
from tests.acme import Acme

CAUGHT_BY = "null_is_not_absent"


class Broken(Acme):
    def row(self, request: Request, piece: Piece) -> Row:
        row = super().row(request, piece)
        return row._replace(value={"phone": None, **row.value})
