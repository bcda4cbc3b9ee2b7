"""Never takes a list for ended: there might be one page more."""

from typing import Any

from crmexport.source import Reading, Request, Row
from tests.acme import Acme

CAUGHT_BY = "a_pull_ends_complete"


class Broken(Acme):
    def go_on(self, request: Request, rest: dict[str, Any], rows: list[Row], reading: Reading) -> None:
        number = request.context.get("number", 0) + 1
        if request.context.get("list") == "deals":
            path = request.path.partition("&number")[0] + f"&number={number}"
            reading.requests.append(request.replace(path=path, context={**request.context, "number": number}))
