"""Writes Cyrillic letters into an address as they are."""

from crmexport.source import Request
from tests.acme import Acme

CAUGHT_BY = "paths_are_plain"


class Broken(Acme):
    def notes(self, deal: str) -> Request:
        request = super().notes(deal)
        return request.replace(path=f"{request.path}?язык=ру")
