"""Which of Megaplan's two APIs an account has, seen before anybody signs in (Megaplan reference, §0).

The newer one shows its description, and answers at its sign-in; the older one wraps every answer, refusals too, in its own
envelope. One mark may be hidden by a firewall or a login page, so none is trusted alone.
"""

import json
from collections.abc import Sequence
from typing import Any, Literal

from crmexport.errors import SourceError
from crmexport.source import Request, Response
from crmexport.text import _
from crmexport_megaplan.query import API
from crmexport_megaplan.reads import OLDER_CLOCK
from crmexport_megaplan.signin import PATH

PROBES = (
    Request("", API),
    Request("", PATH, "POST", body="", headers={"Content-Type": "application/x-www-form-urlencoded"}),
    Request("", OLDER_CLOCK),
)
_NOT_THERE = (404, 410)


def api_of(answers: Sequence[Response], url: str) -> Literal["v3", "v1"]:
    """The API of the account at `url`, by the answers to PROBES. Raises SourceError when neither is there."""
    described, signing_in, older = answers
    is_described = described.status == 200 and described.body.lstrip().startswith(b"#%RAML")
    if _is_envelope(signing_in, "error", "meta") or (is_described and signing_in.status not in _NOT_THERE):
        return "v3"
    if _is_envelope(older, "status"):
        return "v1"
    raise SourceError(
        _(
            "There is no Megaplan at {url}: neither of its APIs answers there. Check the address. If it is the right one, "
            "say which API to speak: --api v3 or --api v1."
        ).format(url=url)
    )


def _is_envelope(response: Response, *marks: str) -> bool:
    """Whether an answer, refusal or not, is an object of the API's own with one of these marks."""
    try:
        told: Any = json.loads(response.body)
    except ValueError:
        return False
    return (
        response.status not in _NOT_THERE and isinstance(told, dict) and any(mark in told for mark in marks)
    )
