"""Takes 403 for the word that something is gone: what this sign-in may not see counts as deleted."""

from crmexport.source import Request, Response, Verdict
from tests.acme import Acme

CAUGHT_BY = "refusals_are_no_answers"


class Broken(Acme):
    def verdict(self, request: Request, response: Response) -> Verdict:
        return Verdict.VANISHED if response.status == 403 else super().verdict(request, response)
