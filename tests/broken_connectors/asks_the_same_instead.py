"""Asks the same question again instead of one that was given up."""

from collections.abc import Iterable
from dataclasses import replace

from crmexport.source import Request
from tests.acme import Acme

CAUGHT_BY = "instead_ends"


class Broken(Acme):
    def instead(self, request: Request) -> Iterable[Request]:
        return [replace(request, worth=1)]
