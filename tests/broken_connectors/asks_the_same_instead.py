"""Asks the same question again instead of one that was given up."""

from collections.abc import Iterable

from crmexport.source import Request
from tests.acme import Acme

CAUGHT_BY = "instead_ends"


class Broken(Acme):
    def instead(self, request: Request) -> Iterable[Request]:
        return [request.replace(worth=1)]
