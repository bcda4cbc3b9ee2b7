"""Keeps in itself which record a sub-list belongs to."""

from crmexport.source import Request
from tests.acme import Acme

CAUGHT_BY = "memory_travels_in_requests"


class Broken(Acme):
    def notes(self, deal: str) -> Request:
        request = super().notes(deal)
        self.__dict__.setdefault("owners", {})[request.key] = deal
        return request.replace(context={})

    def parent_of(self, request: Request) -> tuple[str, str] | None:
        deal = self.__dict__.get("owners", {}).get(request.key)
        return ("deal", deal) if deal else None
