"""The cursor is the highest row of a page instead of the last one."""

from typing import Any

from crmexport.source import Reading, Request, Row
from tests.acme import Acme

CAUGHT_BY = "any_order_will_do"


class Broken(Acme):
    def go_on(self, request: Request, rest: dict[str, Any], rows: list[Row], reading: Reading) -> None:
        in_order = sorted(rows, key=lambda row: (row.stream, int(row.id)))
        super().go_on(request, rest, in_order, reading)
