"""Walks through the ids by the very lists that a pull begins with."""

from collections.abc import Iterable

from crmexport.source import Request
from tests.acme import Acme

CAUGHT_BY = "a_sweep_asks_in_its_own_words"


class Broken(Acme):
    def sweep(self) -> Iterable[Request]:
        yield from super().sweep()
        yield self.page("deal", "deals", {})
