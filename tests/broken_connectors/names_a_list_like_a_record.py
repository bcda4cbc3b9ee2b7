"""The notes of deal 5 are asked for as if they were note 5."""

from crmexport.source import Request
from tests.acme import Acme

CAUGHT_BY = "lists_name_whose_they_are"


class Broken(Acme):
    def notes(self, deal: str) -> Request:
        return super().notes(deal).replace(subject=("note", deal))
