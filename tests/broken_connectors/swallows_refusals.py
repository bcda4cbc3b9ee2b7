"""Takes what is refused for an empty list."""

from crmexport.source import Reading, Request, Response, Row, Verdict
from tests.acme import Acme

CAUGHT_BY = "refusals_are_no_answers"


class Broken(Acme):
    def verdict(self, request: Request, response: Response) -> Verdict:
        return Verdict.ANSWER if response.status == 403 else super().verdict(request, response)

    def read(self, request: Request, response: Response) -> Reading:
        return Reading() if response.status == 403 else super().read(request, response)

    def rows(self, request: Request, response: Response) -> list[Row]:
        return [] if response.status == 403 else super().rows(request, response)
