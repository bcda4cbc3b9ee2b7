"""Takes whatever comes with status 200 for the file."""

from crmexport.source import Request, Response, Verdict
from tests.acme import Acme

CAUGHT_BY = "a_login_page_is_no_answer"


class Broken(Acme):
    def verdict(self, request: Request, response: Response) -> Verdict:
        return (
            Verdict.ANSWER
            if request.is_file and response.status == 200
            else super().verdict(request, response)
        )
