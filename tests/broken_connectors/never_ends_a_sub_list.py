"""Does not say when a sub-list was read to its end: what is taken out of it later stays for ever."""

from crmexport.source import Reading, Request, Response
from tests.acme import Acme

CAUGHT_BY = "sub_lists_come_to_an_end"


class Broken(Acme):
    def read(self, request: Request, response: Response) -> Reading:
        reading = super().read(request, response)
        reading.ended.clear()
        return reading
