"""Takes a page of changes with fewer rows than were asked for for the last one; of whole lists it does not."""

from typing import Any

from crmexport.source import Reading, Request, Row
from tests.acme import Acme
from tests.acme.connector import LIMIT

CAUGHT_BY = "what_ever_changed_is_listed"


class Broken(Acme):
    def go_on(self, request: Request, rest: dict[str, Any], rows: list[Row], reading: Reading) -> None:
        if not request.context.get("told") or len(rows) == LIMIT:
            super().go_on(request, rest, rows, reading)
