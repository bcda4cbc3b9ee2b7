"""Where a card is not there, it is an answer without records."""

from crmexport.source import Reading, Request, Response, Row, Verdict
from tests.acme import Acme

CAUGHT_BY = "a_missing_card_says_so"


class Broken(Acme):
    def verdict(self, request: Request, response: Response) -> Verdict:
        is_card = "card" in request.context and response.status == 404
        return Verdict.ANSWER if is_card else super().verdict(request, response)

    def read(self, request: Request, response: Response) -> Reading:
        return Reading() if response.status == 404 else super().read(request, response)

    def rows(self, request: Request, response: Response) -> list[Row]:
        return [] if response.status == 404 else super().rows(request, response)
