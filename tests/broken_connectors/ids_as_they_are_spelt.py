"""Takes an id with its spelling: 5 and "5" are two records."""

import json
from typing import Any

from tests.acme import Acme

CAUGHT_BY = "ids_may_be_numbers_or_texts"


class Broken(Acme):
    def id_of(self, value: dict[str, Any]) -> str:
        return json.dumps(value["id"])
