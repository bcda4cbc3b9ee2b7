"""Where nothing says that more follows, nothing more is asked."""

from typing import Any

from crmexport.source import Reading, Request, Row
from tests.acme import Acme

CAUGHT_BY = "absent_flags_end_no_list"


class Broken(Acme):
    def go_on(self, request: Request, rest: dict[str, Any], rows: list[Row], reading: Reading) -> None:
        super().go_on(request, {"more": False, **rest}, rows, reading)
