"""Takes an empty body for an empty list."""

from typing import Any

from crmexport.source import Request, Response, Verdict
from crmexport.source.slices import Piece
from tests.acme import Acme

CAUGHT_BY = "an_empty_body_is_no_answer"


class Broken(Acme):
    def verdict(self, request: Request, response: Response) -> Verdict:
        is_empty = response.status == 200 and not response.body.strip()
        return Verdict.ANSWER if is_empty else super().verdict(request, response)

    def opened(self, request: Request, response: Response) -> tuple[dict[str, Any], list[Piece]]:
        return super().opened(request, response) if response.body.strip() else ({}, [])
