"""Takes every record that is mentioned for a record that was given."""

from crmexport.source import Request, Response, Row
from tests.acme import Acme

CAUGHT_BY = "nothing_is_invented"


class Broken(Acme):
    def rows(self, request: Request, response: Response) -> list[Row]:
        rows = super().rows(request, response)
        owners = [(row, row.value["owner"]) for row in rows if row.value.get("owner")]
        return rows + [
            row._replace(stream="person", id=str(one["id"]), value=one)
            for row, one in owners
            if one["id"] == 91
        ]
