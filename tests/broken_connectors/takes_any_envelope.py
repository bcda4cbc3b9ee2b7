"""Where there are no rows in an answer, there are none."""

import json
from typing import Any

from crmexport.source import Request, Response
from crmexport.source.slices import Piece
from tests.acme import Acme

CAUGHT_BY = "a_wrong_envelope_is_no_answer"


class Broken(Acme):
    def opened(self, request: Request, response: Response) -> tuple[dict[str, Any], list[Piece]]:
        is_other = response.body.startswith(b"{") and not {"item", "items"} & json.loads(response.body).keys()
        return ({}, []) if is_other else super().opened(request, response)
