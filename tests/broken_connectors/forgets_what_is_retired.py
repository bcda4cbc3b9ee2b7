"""Asks for the stages in use only."""

from collections.abc import Iterable
from datetime import datetime

from crmexport.source import Request
from tests.acme import Acme

CAUGHT_BY = "dictionaries_are_complete"


class Broken(Acme):
    def opening(self, since: datetime | None) -> Iterable[Request]:
        for request in super().opening(since):
            yield request.replace(path=request.path.replace("?retired=1", ""))
