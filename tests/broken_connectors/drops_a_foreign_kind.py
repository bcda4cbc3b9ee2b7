"""Takes the list of parties for a list of people: what is not of the kind that was asked for is passed over."""

from crmexport.source import Request, Response, Row
from tests.acme import Acme
from tests.acme.connector import with_about

CAUGHT_BY = "every_record_is_held"


class Broken(Acme):
    about = with_about(swept=())

    def rows(self, request: Request, response: Response) -> list[Row]:
        return [row for row in super().rows(request, response) if row.stream == request.stream]
