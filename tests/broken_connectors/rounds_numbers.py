"""Makes floating-point numbers of whole ones."""

from crmexport.source import Request, Row
from crmexport.source.slices import Piece
from tests.acme import Acme

CAUGHT_BY = "numbers_survive"


def _rounded(value: object) -> object:
    return float(value) if isinstance(value, int) and value > 1 << 53 else value


class Broken(Acme):
    def row(self, request: Request, piece: Piece) -> Row:
        row = super().row(request, piece)
        return row._replace(value={name: _rounded(value) for name, value in row.value.items()})
