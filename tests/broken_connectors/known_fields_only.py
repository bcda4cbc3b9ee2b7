"""Reads the fields it knows and no others."""

from crmexport.source import Request, Row
from crmexport.source.slices import Piece
from tests.acme import Acme

CAUGHT_BY = "unknown_fields_are_carried"
KNOWN = [
    "kind",
    "id",
    "name",
    "text",
    "retired",
    "left",
    "mail",
    "inn",
    "changed",
    "price",
    "number",
    "party",
    "owner",
    "stage",
    "comment",
    "notes",
    "files",
    "custom",
]


class Broken(Acme):
    def row(self, request: Request, piece: Piece) -> Row:
        row = super().row(request, piece)
        return row._replace(value={name: row.value[name] for name in KNOWN if name in row.value})
