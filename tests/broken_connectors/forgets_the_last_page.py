"""Keeps the rows of a page only while more pages follow."""

from crmexport.source import Request, Response, Row
from tests.acme import Acme
from tests.acme.connector import with_about

CAUGHT_BY = "every_record_is_held"


class Broken(Acme):
    about = with_about(swept=())

    def rows(self, request: Request, response: Response) -> list[Row]:
        is_last = '"more":false' in response.body.decode().replace(" ", "")
        return [] if is_last else super().rows(request, response)
