"""A page that begins with a known row is taken for the last one once more."""

from crmexport.source import Request
from crmexport.source.slices import Piece
from tests.acme import Acme

CAUGHT_BY = "pages_join_without_a_gap"


class Broken(Acme):
    def fresh(self, request: Request, found: list[Piece]) -> list[Piece]:
        left = super().fresh(request, found)
        return left if len(left) == len(found) else []
