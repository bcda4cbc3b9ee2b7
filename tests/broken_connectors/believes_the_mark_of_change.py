"""Compares marks of change instead of records: an edit that moves no mark is thrown away, by a full pull, too."""

from typing import Any

from tests.acme import Acme

CAUGHT_BY = "an_edit_is_a_change"


class Broken(Acme):
    def is_same(self, stream: str, before: Any, now: Any) -> bool:
        return bool(before.get("changed") == now.get("changed"))
