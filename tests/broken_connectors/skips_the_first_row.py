"""Believes that every page begins with the row of its cursor."""

from crmexport.source import Request
from crmexport.source.slices import Piece
from tests.acme import Acme

CAUGHT_BY = "lists_need_no_sweep"


class Broken(Acme):
    def fresh(self, request: Request, found: list[Piece]) -> list[Piece]:
        return found[1:] if "after" in request.context else found
