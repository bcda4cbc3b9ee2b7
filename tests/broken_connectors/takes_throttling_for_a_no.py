"""Takes 429 for a refusal."""

from crmexport.source import Request, Response, Verdict
from tests.acme import Acme

CAUGHT_BY = "throttling_is_waited_for"


class Broken(Acme):
    def verdict(self, request: Request, response: Response) -> Verdict:
        return Verdict.REFUSED if response.status == 429 else super().verdict(request, response)
