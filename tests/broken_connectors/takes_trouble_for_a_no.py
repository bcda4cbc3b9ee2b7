"""Takes every status from 500 on for a refusal."""

from crmexport.source import Request, Response, Verdict
from tests.acme import Acme

CAUGHT_BY = "server_trouble_passes"


class Broken(Acme):
    def verdict(self, request: Request, response: Response) -> Verdict:
        return Verdict.REFUSED if response.status >= 500 else super().verdict(request, response)
