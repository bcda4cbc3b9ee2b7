"""Many questions in one request, and their answers taken apart again (Megaplan reference, §10)."""

import json
from collections.abc import Sequence

from crmexport.source import Request, Response
from crmexport.source.slices import places
from crmexport.text import _
from crmexport_megaplan.reads import BULK_PATH
from crmexport_megaplan.verdicts import meta_status


def combine(requests: Sequence[Request]) -> Request:
    """One request for all of `requests`; its context holds them, so that the answer can be read from the archive alone."""
    calls = [
        {"contentType": "ApiCall", "method": one.method, "url": one.path, "body": ""} for one in requests
    ]
    return Request(
        requests[0].stream,
        BULK_PATH,
        method="POST",
        body=json.dumps(
            {"contentType": "BulkApiCall", "calls": calls}, ensure_ascii=False, separators=(",", ":")
        ),
        worth=max(one.worth for one in requests),
        headers={**requests[0].headers, "Content-Type": "application/json"},
        context={"kind": "bulk", "calls": [one.dump() for one in requests]},
    )


def split(request: Request, response: Response) -> list[tuple[Request, Response]]:
    """Each question with its answer, in order. Raises ValueError when there are not as many answers as questions."""
    calls = [Request.load(text) for text in request.context["calls"]]
    answers = places(response.body, "data")
    if len(calls) != len(answers):
        raise ValueError(
            _("The bulk request held {asked} questions, but {got} answers came.").format(
                asked=len(calls), got=len(answers)
            )
        )
    return [(call, _single(response, *place)) for call, place in zip(calls, answers, strict=True)]


def is_bulk(request: Request) -> bool:
    """Whether `request` came from `combine`."""
    return request.context.get("kind") == "bulk"


def _single(response: Response, start: int, end: int) -> Response:
    """One answer of the bulk. What is no envelope counts as a fault of its route."""
    body = response.body[start:end]
    return Response(meta_status(body) or 500, response.headers, body, response.offset + start)
