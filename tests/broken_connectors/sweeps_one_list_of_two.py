"""Walks through the ids of deals only."""

from collections.abc import Iterable

from crmexport.source import Request
from tests.acme import Acme

CAUGHT_BY = "a_sweep_shows_every_id"


class Broken(Acme):
    def sweep(self) -> Iterable[Request]:
        return [one for one in super().sweep() if "deals" in one.path]
