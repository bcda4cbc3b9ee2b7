"""What an answer of the older API means, seen without decoding a whole page (Megaplan reference, §12, §13, §15, §17).

Failures come as HTTP statuses or as `status.code: error` within 200, their words often raw. Which words mean a signature that
is not accepted nobody has written down: those that speak of signature, key or sign-in are taken for it, all others for a refusal.
"""

import json
import re

from crmexport.source import Request, Response, Verdict
from crmexport.source.contract import by_status, of_page
from crmexport_megaplan.v1.envelope import words
from crmexport_megaplan.verdicts import HTML_NAMES, of_no_envelope

_CODE = re.compile(rb'"status"\s*:\s*\{[^{}]*?"code"\s*:\s*"(\w+)"')
_ENVELOPE = re.compile(rb'\s*\{\s*"status"\s*:\s*\{')
_SIGN_IN = re.compile(
    r"signature|access\s?id|access\s?key|secret\s?key|authentication|подпис|^(?:un|not )authori[sz]ed\.?$",
    re.IGNORECASE,
)
_NOT_THERE = re.compile(r"not found|does not exist|no such|не найден|не существует", re.IGNORECASE)
_RIGHTS = re.compile(r"can ?not|rights?\b|denied|forbidden|permission|нет прав|запрещ", re.IGNORECASE)
# In which words a spent limit is told nobody has written down either (§15 names 429 alone).
_LIMIT = re.compile(
    r"too many requests|limit\S* (?:is |was |has been |of requests )?(?:exceeded|reached)|(?:exceed|reach)\S* \S* ?limit"
    r"|превыш\S* (?:лимит|количеств|частот)|лимит\S* (?:на )?запрос|слишком (?:много|часто)",
    re.IGNORECASE,
)
# A question that the database does not understand: the class of SQLSTATE, by the standard and in PostgreSQL and MySQL alike.
_NOT_UNDERSTOOD = re.compile(r"SQLSTATE\[42")
_CARDS = ("card", "download")
_UNSURE = ("file", "plain")  # ways to a file of which nobody knows whether they are there


def verdict(request: Request, response: Response) -> Verdict:
    """What to do next with `response`."""
    if request.context.get("kind") in _UNSURE:
        found = _of_attachment(request, response)
        is_gone = request.context.get("gone") and found is Verdict.REFUSED and not _forbids(response)
        return Verdict.VANISHED if is_gone else found  # the API itself said so, and this way is perhaps none
    status = response.status
    if 200 <= status < 300:
        return _of_success(request, response)
    if status == 404 and not (request.family or request.context.get("kind") in _CARDS):
        return Verdict.REFUSED  # a route that this install lacks is a gap, not a deleted record
    # the older API has no other way to say so than a page of its own
    lacks_route = status == 404 and request.family
    if response.is_page and not (request.is_file or lacks_route):
        return of_page(status)
    if status in (400, 403, 422):
        return _of_refusal(request, response, Verdict.REFUSED)
    return Verdict.ANSWER if _is_asked_wrongly(request, response) else by_status(status)


def _is_asked_wrongly(request: Request, response: Response) -> bool:
    """Whether the database would never understand this question, which can be asked without its order or its wishes (§12)."""
    is_spared = request.context.get("sorted") or request.context.get("wishes")
    return bool(is_spared and response.status == 500 and _NOT_UNDERSTOOD.search(_said(response)))


def _of_success(request: Request, response: Response) -> Verdict:
    if request.is_file and not (_is_json(request, response) or _tells_failure(response)):
        return Verdict.EXPIRED if _is_page(request, response) else Verdict.ANSWER
    instead = None if request.is_file and response.body else of_no_envelope(response)
    if instead:
        return instead
    told = _CODE.search(response.body)
    if told is None and not request.is_file:
        return Verdict.ANSWER  # reading it decides
    if told is None or told[1] == b"ok":
        return Verdict.FAULTY if request.is_file and of_no_envelope(response) is None else Verdict.ANSWER
    return _of_refusal(request, response, Verdict.FAULTY)


def _of_refusal(request: Request, response: Response, otherwise: Verdict) -> Verdict:
    said = _said(response)
    if _SIGN_IN.search(said):
        return Verdict.EXPIRED
    if _LIMIT.search(said):
        return Verdict.THROTTLED
    if request.context.get("sorted"):
        return Verdict.ANSWER  # the order may be what it does not like: read() asks without one
    if (request.family or request.context.get("kind") in _CARDS) and _NOT_THERE.search(said):
        return Verdict.VANISHED
    if _RIGHTS.search(said):
        return Verdict.REFUSED
    return Verdict.ANSWER if request.context.get("wishes") else otherwise  # the same as with the order


def _of_attachment(request: Request, response: Response) -> Verdict:
    """A file by its own address. Whether a signature opens it is not certain (§16), so no refusal is the sign-in's fault here.

    How long a file is nobody tells, so one that comes empty is asked of the API as well, by whose word it is empty.
    """
    if 200 <= response.status < 300:
        is_plain = request.context["kind"] == "plain"
        is_none = _is_page(request, response) if is_plain else response.is_page or not response.body
        return Verdict.REFUSED if is_none or _tells_failure(response) else Verdict.ANSWER
    refused = response.status < 500 and response.status not in (408, 425, 429)
    return Verdict.REFUSED if refused else by_status(response.status)


def _forbids(response: Response) -> bool:
    """Whether a way to a file is there, and keeps it: then it may be the way before that is not there, and says 404 of every file."""
    said = _said(response)
    return response.status in (401, 403) or bool(
        said and response.status != 404 and not _NOT_THERE.search(said)
    )


def is_page_itself(name: str) -> bool:
    """Whether a file of this name is a web page, which cannot be told from a page to sign in at."""
    return name.lower().endswith(HTML_NAMES)


def _is_page(request: Request, response: Response) -> bool:
    return response.is_page and not is_page_itself(str(request.context.get("name", "")))


def _is_json(request: Request, response: Response) -> bool:
    """Whether this is the API's own answer instead of a file's bytes."""
    if str(request.context.get("name", "")).lower().endswith(".json"):
        return False
    return response.headers.get("content-type", "").lower().startswith("application/json")


def _tells_failure(response: Response) -> bool:
    """Whether what came for a file is this API's own envelope of a failure, whatever type it is declared as."""
    told = _CODE.search(response.body) if _ENVELOPE.match(response.body) else None
    return told is not None and told[1] != b"ok"


def _said(response: Response) -> str:
    try:
        told = json.loads(response.body)
    except ValueError:
        return ""
    return words(told) if isinstance(told, dict) else ""
