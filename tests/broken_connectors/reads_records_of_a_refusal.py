"""Reads whatever rows there are, whatever the status says."""

from crmexport.source import Request, Response, Verdict
from tests.acme import Acme

CAUGHT_BY = "a_refusal_holds_no_records"


class Broken(Acme):
    def verdict(self, request: Request, response: Response) -> Verdict:
        has_rows = response.status >= 400 and b'"item' in response.body
        return Verdict.ANSWER if has_rows else super().verdict(request, response)
