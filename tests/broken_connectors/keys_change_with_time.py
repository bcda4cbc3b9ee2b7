"""Adds a number to every address so that no cache answers, another one each time."""

from itertools import count
from typing import Any

from crmexport.source import Request
from tests.acme import Acme

CAUGHT_BY = "keys_are_stable"
NUMBERS = count()


class Broken(Acme):
    def page(self, stream: str, name: str, told: dict[str, Any], after: str = "") -> Request:
        request = super().page(stream, name, told, after)
        return request.replace(path=f"{request.path}&nocache={next(NUMBERS)}")
