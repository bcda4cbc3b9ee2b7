"""Tells the source a time in the wrong zone: what was changed today is not asked for."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from crmexport.source import Request
from tests.acme import Acme

CAUGHT_BY = "changes_are_found"


class Broken(Acme):
    def opening(self, since: datetime | None) -> Iterable[Request]:
        return super().opening(since + timedelta(hours=14) if since else None)
