"""Takes 404 for a list without rows."""

from typing import Any

from crmexport.source import Request, Response, Verdict
from crmexport.source.slices import Piece
from tests.acme import Acme

CAUGHT_BY = "what_is_gone_is_no_answer"


class Broken(Acme):
    def verdict(self, request: Request, response: Response) -> Verdict:
        return (
            Verdict.ANSWER
            if response.status == 404 and "list" in request.context
            else super().verdict(request, response)
        )

    def opened(self, request: Request, response: Response) -> tuple[dict[str, Any], list[Piece]]:
        return ({}, []) if response.status == 404 else super().opened(request, response)
