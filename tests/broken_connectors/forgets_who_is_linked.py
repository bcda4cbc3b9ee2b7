"""Tells of no links: whoever has left and is in no list is never asked for."""

from crmexport.source import Reading, Request, Response
from tests.acme import Acme

CAUGHT_BY = "hidden_records_are_found"


class Broken(Acme):
    def read(self, request: Request, response: Response) -> Reading:
        reading = super().read(request, response)
        reading.links.clear()
        return reading
