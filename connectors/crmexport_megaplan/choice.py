"""Which of Megaplan's two APIs an account has, seen before anybody signs in (Megaplan reference, §0).

The newer one answers at its sign-in, in a form of its own, and shows its description; the older one wraps every answer,
refusals too, in its own envelope. A mark may be hidden by a firewall or a login page: then the others are looked for.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

from crmexport.errors import ConfigurationError, SourceError
from crmexport.source import Request, Response
from crmexport.text import _
from crmexport_megaplan.described import is_description
from crmexport_megaplan.query import API
from crmexport_megaplan.reads import OLDER_CLOCK
from crmexport_megaplan.sign_in import PATH, told_in

PROBES = (
    Request("", PATH, "POST", body="", headers={"Content-Type": "application/x-www-form-urlencoded"}),
    Request("", API),
    Request("", OLDER_CLOCK),
)
PROBES_OF: Mapping[str, Sequence[Request]] = {"v3": PROBES[:2], "v1": PROBES[2:]}
_NOT_THERE = (404, 410)


def api_of(answers: Sequence[Response], url: str) -> Literal["v3", "v1"] | None:
    """The API of the account at `url`, by the answers to the first of PROBES; None when these do not tell it yet.

    Raises SourceError when all are answered, and neither is there.
    """
    if answers and _is_envelope(answers[0], "error", "meta"):
        return "v3"
    if len(answers) > 1 and _is_described(answers[1]) and answers[0].status not in _NOT_THERE:
        return "v3"
    if len(answers) < len(PROBES):
        return None
    if _is_envelope(answers[2], "status") or _is_older(answers[2]):
        return "v1"
    raise SourceError(
        _(
            "There is no Megaplan at {url}: neither of its APIs answers there. Check the address. If it is the right one, "
            "say which API to speak: --api v3 or --api v1."
        ).format(url=url)
    )


def given(api: str, answers: Sequence[Response], url: str) -> str | None:
    """The `api` that a person named, by the answers to the first of PROBES_OF it; None when these do not tell yet whether it is there.

    A person who names it is believed wherever anything answers: a firewall may hide the marks. Raises ConfigurationError where
    there is nothing at all: every request of a pull would be answered so, and be tried again.
    """
    if not answers or answers[-1].status not in _NOT_THERE or _is_older(answers[-1]):
        return api
    if len(answers) < len(PROBES_OF[api]):
        return None
    raise ConfigurationError(
        _(
            "{api} does not answer at {url}: there is nothing at its addresses. Leave out --api, and the API that is there is "
            "spoken; or check the address."
        ).format(api=api, url=url)
    )


def _is_described(response: Response) -> bool:
    return response.status == 200 and is_description(response.body)


def _is_envelope(response: Response, *marks: str) -> bool:
    """Whether an answer, refusal or not, is an object of the API's own with one of these marks."""
    told = told_in(response)
    return response.status not in _NOT_THERE and any(mark in told for mark in marks)


def _is_older(response: Response) -> bool:
    """Whether this is the older API's own envelope (§12), be it to say that it does not know the question, as an older install may."""
    status = told_in(response).get("status")
    return isinstance(status, dict) and "code" in status
