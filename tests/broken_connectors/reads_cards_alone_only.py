"""Reads the card of a stage by itself, and takes one within a batch for something else. No pull asks for it so."""

from crmexport.source import Request, Response, Row
from tests.acme import Acme

CAUGHT_BY = "cards_in_a_batch_are_the_same"


class Broken(Acme):
    def rows(self, request: Request, response: Response) -> list[Row]:
        if request.stream == "stage" and "card" in request.context and response.offset:
            raise ValueError("the answer has another envelope")
        return super().rows(request, response)
