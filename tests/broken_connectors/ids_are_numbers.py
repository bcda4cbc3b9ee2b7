"""Takes ids as they come: as numbers, which no archive knows."""

from typing import Any

from tests.acme import Acme

CAUGHT_BY = "ids_are_texts"


class Broken(Acme):
    def id_of(self, value: dict[str, Any]) -> str:
        return value["id"]  # type: ignore[no-any-return]
