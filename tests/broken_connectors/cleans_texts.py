"""Takes control characters out of texts, and blanks from their ends."""

from crmexport.source import Request, Row
from crmexport.source.slices import Piece
from tests.acme import Acme

CAUGHT_BY = "hostile_texts_survive"


def _cleaned(value: object) -> object:
    return "".join(sign for sign in value if sign >= " ") if isinstance(value, str) else value


class Broken(Acme):
    def row(self, request: Request, piece: Piece) -> Row:
        row = super().row(request, piece)
        return row._replace(value={name: _cleaned(value) for name, value in row.value.items()})
