"""Takes the refusal of a list's later page for its end."""

from crmexport.source import Reading, Request, Response, Verdict
from tests.acme import Acme

CAUGHT_BY = "what_is_refused_is_named"


class Broken(Acme):
    def verdict(self, request: Request, response: Response) -> Verdict:
        is_later = response.status == 403 and "list" in request.context
        return Verdict.ANSWER if is_later else super().verdict(request, response)

    def read(self, request: Request, response: Response) -> Reading:
        return Reading() if response.status == 403 else super().read(request, response)
