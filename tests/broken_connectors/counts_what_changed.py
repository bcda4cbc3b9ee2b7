"""Announces how many records have changed as if there were no others."""

from collections import Counter
from typing import Any

from crmexport.source import Announced, Reading, Request
from tests.acme import Acme

CAUGHT_BY = "changes_leave_the_counts_true"


class Broken(Acme):
    def announce(self, request: Request, rest: dict[str, Any], reading: Reading) -> None:
        super().announce(request, rest, reading)
        if request.context.get("told"):
            found = Counter(row.stream for row in reading.records)
            reading.announced += [Announced(stream, "list", number) for stream, number in found.items()]
