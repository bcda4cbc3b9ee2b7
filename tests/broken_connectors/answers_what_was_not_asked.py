"""Gives the calls of a batch back in another spelling."""

from crmexport.source import Request, Response
from tests.acme import Acme

CAUGHT_BY = "batches_keep_their_promise"


class Broken(Acme):
    def split(self, request: Request, response: Response) -> list[tuple[Request, Response]]:
        return [
            (call.replace(path=f"{call.path}?"), answer) for call, answer in super().split(request, response)
        ]
