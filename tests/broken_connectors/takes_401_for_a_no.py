"""Takes a session that has died for a lack of rights."""

from crmexport.source import Request, Response, Verdict
from tests.acme import Acme

CAUGHT_BY = "an_expired_sign_in_is_renewed"


class Broken(Acme):
    def verdict(self, request: Request, response: Response) -> Verdict:
        return Verdict.REFUSED if response.status == 401 else super().verdict(request, response)
