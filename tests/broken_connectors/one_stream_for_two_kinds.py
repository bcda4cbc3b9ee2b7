"""Calls everybody in the list of parties a person."""

from typing import Any

from crmexport.source import Request
from tests.acme import Acme

CAUGHT_BY = "same_ids_are_kept_apart"


class Broken(Acme):
    def stream_of(self, request: Request, value: dict[str, Any]) -> str:
        return "person" if value.get("kind") == "firm" else super().stream_of(request, value)
