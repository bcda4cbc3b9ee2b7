"""Counts the pages it reads; their order becomes part of what they teach."""

from typing import Any

from crmexport.source import Announced, Reading, Request
from tests.acme import Acme

CAUGHT_BY = "the_order_of_readings_does_not_matter"


class Broken(Acme):
    def announce(self, request: Request, rest: dict[str, Any], reading: Reading) -> None:
        pages: dict[str, int] = self.__dict__.setdefault("pages", {})
        number = pages.setdefault(request.key, len(pages))
        reading.announced += [
            Announced(row.stream, f"{number}/{row.stream}/{row.id}", 1) for row in reading.records
        ]
