"""Announces the rows of a page as all there are."""

from typing import Any

from crmexport.source import Announced, Reading, Request
from tests.acme import Acme

CAUGHT_BY = "counts_are_announced"


class Broken(Acme):
    def announce(self, request: Request, rest: dict[str, Any], reading: Reading) -> None:
        if "totals" in rest:
            for stream in rest["totals"]:
                number = sum(row.stream == stream for row in reading.records)
                reading.announced.append(Announced(stream, "list", number))
