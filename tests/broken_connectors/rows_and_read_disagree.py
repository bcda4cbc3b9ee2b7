"""What is read when pulling is left out when mapping."""

from crmexport.source import Reading, Request, Response, Row
from tests.acme import Acme

CAUGHT_BY = "rows_are_what_read_finds"


class Broken(Acme):
    def rows(self, request: Request, response: Response) -> list[Row]:
        return [row for row in super().rows(request, response) if row.id != "2"]

    def read(self, request: Request, response: Response) -> Reading:
        reading = super().read(request, response)
        if request.context.get("list") != "ids":
            found = self.fresh(request, self.opened(request, response)[1])
            reading.records = [self.row(request, piece) for piece in found]
        return reading
