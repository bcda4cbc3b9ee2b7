"""Takes the description of a file for a record of the stream of files."""

from crmexport.source import Request, Response, Row
from tests.acme import Acme

CAUGHT_BY = "files_are_no_rows"


class Broken(Acme):
    def rows(self, request: Request, response: Response) -> list[Row]:
        rows = super().rows(request, response)
        return rows + [
            row._replace(stream="file", id=f"of {row.id}", parent=None)
            for row in rows
            if row.value.get("files")
        ]
