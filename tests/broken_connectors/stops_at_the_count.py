"""Goes on until as many rows were seen as the total says."""

from typing import Any

from crmexport.source import Reading, Request, Row
from tests.acme import Acme

CAUGHT_BY = "counts_end_no_list"


class Broken(Acme):
    def go_on(self, request: Request, rest: dict[str, Any], rows: list[Row], reading: Reading) -> None:
        super().go_on(request, rest, rows, reading)
        seen = request.context.get("seen", 0) + len(rows)
        total = sum((rest.get("totals") or {"all": 10_000}).values())
        onwards = reading.requests if seen < total else []
        reading.requests = [one.replace(context={**one.context, "seen": seen}) for one in onwards]
