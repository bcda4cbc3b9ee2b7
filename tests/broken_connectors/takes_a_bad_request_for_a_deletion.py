"""Takes 400 for the word that something is gone: where an app is not in use some sources answer so, but to any wrong question, too."""

from crmexport.source import Request, Response, Verdict
from tests.acme import Acme

CAUGHT_BY = "refusals_are_no_answers"


class Broken(Acme):
    def verdict(self, request: Request, response: Response) -> Verdict:
        return Verdict.VANISHED if response.status == 400 else super().verdict(request, response)
