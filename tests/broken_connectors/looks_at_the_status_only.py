"""Does not look for failures in answers of status 200."""

from typing import Any

from crmexport.source import Request, Response, Verdict
from crmexport.source.slices import Piece
from tests.acme import Acme

CAUGHT_BY = "failures_within_answers_are_seen"


class Broken(Acme):
    def verdict(self, request: Request, response: Response) -> Verdict:
        told = super().verdict(request, response)
        return Verdict.ANSWER if b'"error"' in response.body and response.status == 200 else told

    def opened(self, request: Request, response: Response) -> tuple[dict[str, Any], list[Piece]]:
        return ({}, []) if response.body.startswith(b'{"error"') else super().opened(request, response)
