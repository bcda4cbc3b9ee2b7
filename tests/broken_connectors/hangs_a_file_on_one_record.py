"""Takes a file once from each page: the other records on which it hangs lose it."""

from crmexport.source import Reading, Request, Response
from tests.acme import Acme

CAUGHT_BY = "parents_are_known"


class Broken(Acme):
    def read(self, request: Request, response: Response) -> Reading:
        reading = super().read(request, response)
        reading.files = list({file.id: file for file in reading.files}.values())
        return reading
