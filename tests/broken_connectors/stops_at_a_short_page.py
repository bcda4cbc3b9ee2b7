"""A page with fewer rows than were asked for is taken for the last one."""

from crmexport.source import Reading, Request, Response
from tests.acme import Acme
from tests.acme.connector import LIMIT

CAUGHT_BY = "short_pages_end_no_list"


class Broken(Acme):
    def read(self, request: Request, response: Response) -> Reading:
        reading = super().read(request, response)
        if "list" in request.context and len(self.opened(request, response)[1]) < LIMIT:
            reading.requests.clear()
        return reading
