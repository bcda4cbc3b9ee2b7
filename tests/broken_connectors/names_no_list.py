"""The notes of a deal are asked for without a word of which deal it is."""

from crmexport.source import Request
from tests.acme import Acme

CAUGHT_BY = "lists_name_whose_they_are"


class Broken(Acme):
    def notes(self, deal: str) -> Request:
        return super().notes(deal).replace(subject=None)
