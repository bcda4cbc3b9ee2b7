"""Reads the notes of a deal without saying whose they are."""

from crmexport.source import Request
from tests.acme import Acme

CAUGHT_BY = "parents_are_known"


class Broken(Acme):
    def parent_of(self, request: Request) -> tuple[str, str] | None:
        return None
