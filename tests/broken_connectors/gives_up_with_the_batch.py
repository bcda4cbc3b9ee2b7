"""Takes a batch that is refused for answered."""

from crmexport.source import Request, Response, Verdict
from tests.acme import Acme

CAUGHT_BY = "a_refused_batch_is_taken_apart"


class Broken(Acme):
    def verdict(self, request: Request, response: Response) -> Verdict:
        is_refused = self.is_bulk(request) and response.status == 403
        return Verdict.ANSWER if is_refused else super().verdict(request, response)

    def split(self, request: Request, response: Response) -> list[tuple[Request, Response]]:
        if response.status != 403:
            return super().split(request, response)
        empty = Response(200, {}, b'{"items":[],"item":null}')
        return [(Request.load(text), empty) for text in request.context["batch"]]
