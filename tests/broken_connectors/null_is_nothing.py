"""Leaves out fields that are null."""

from crmexport.source import Request, Row
from crmexport.source.slices import Piece
from tests.acme import Acme

CAUGHT_BY = "nulls_are_kept"


class Broken(Acme):
    def row(self, request: Request, piece: Piece) -> Row:
        row = super().row(request, piece)
        return row._replace(value={name: value for name, value in row.value.items() if value is not None})
