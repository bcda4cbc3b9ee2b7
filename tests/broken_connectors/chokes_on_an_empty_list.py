"""Looks at the last row of a page without looking whether there is one."""

from typing import Any

from crmexport.source import Reading, Request, Row
from tests.acme import Acme

CAUGHT_BY = "empty_lists_are_answers"


class Broken(Acme):
    def go_on(self, request: Request, rest: dict[str, Any], rows: list[Row], reading: Reading) -> None:
        if request.context.get("told") == {}:
            rows[-1]
        super().go_on(request, rest, rows, reading)
