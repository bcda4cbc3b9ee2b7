"""Goes on through the pages of whole lists, but takes the first page of changes for all of them."""

from typing import Any

from crmexport.source import Reading, Request, Row
from tests.acme import Acme

CAUGHT_BY = "what_ever_changed_is_listed"


class Broken(Acme):
    def go_on(self, request: Request, rest: dict[str, Any], rows: list[Row], reading: Reading) -> None:
        if not request.context.get("told"):
            super().go_on(request, rest, rows, reading)
