"""Forgets where in a batch an answer lies."""

from dataclasses import replace

from crmexport.source import Request, Response
from tests.acme import Acme

CAUGHT_BY = "batches_keep_their_promise"


class Broken(Acme):
    def split(self, request: Request, response: Response) -> list[tuple[Request, Response]]:
        return [(one, replace(answer, offset=0)) for one, answer in super().split(request, response)]
