"""Takes the refusal of a card for a deletion, of records that no link leads to: a pull asks for such a card only once it is too late."""

from crmexport.source import Request, Response, Verdict
from tests.acme import Acme

CAUGHT_BY = "refusals_are_no_answers"


class Broken(Acme):
    def verdict(self, request: Request, response: Response) -> Verdict:
        right = super().verdict(request, response)
        is_card = request.stream == "deal" and "card" in request.context
        return Verdict.VANISHED if is_card and right is Verdict.REFUSED else right
