"""What an answer means, seen without decoding it: Megaplan hides failures in answers with status 200.

Sources: Megaplan reference, §2.3 (an expired token), §3 (`meta.status`), §9 (a login page instead of a file), §11.
"""

import json
import re

from crmexport.source import Request, Response, Verdict
from crmexport.source.contract import by_status, of_page
from crmexport_megaplan.described import KIND, is_description
from crmexport_megaplan.spaces import OPEN

_FIRST = re.compile(rb'\s*\{\s*"meta"\s*:\s*\{\s*"status"\s*:\s*(\d{3})\b')
_META = re.compile(rb'"meta"\s*:\s*(?=\{)')
_SIGN_IN = re.compile(
    r"type\s*=\s*[\"']?password|<form[^<>]*(?:login|auth)|\b(?:sign|log)[\s-]?in\b|\bвход\b|\bвойти\b|авториз",
    re.IGNORECASE,
)
HTML_NAMES = (".html", ".htm", ".xhtml", ".mht", ".mhtml")
NEVER_GIVEN = (400, 403, 404, 405, 410, 500)
# Nothing is lost without: reading walks on instead of counting, or says that there is no description.
_NOT_NEEDED = ("count", KIND)


def verdict(request: Request, response: Response) -> Verdict:
    """What to do next with `response`."""
    status = told_status(request, response)
    if status == 200:
        return _by_content(request, response)
    if status == 400 and b"invalid_grant" in response.body:
        return Verdict.EXPIRED
    if status in NEVER_GIVEN and request.context.get("kind") in _NOT_NEEDED:
        return Verdict.ANSWER
    if status == 403 and request.context.get("list") in OPEN:
        return Verdict.ANSWER  # spaces are not for everybody, and nothing told that there are any
    if status == 422 and (request.is_file or request.context.get("kind") == "bulk"):  # no other way to put it
        return Verdict.REFUSED
    if response.is_page and not (request.is_file or request.context.get("kind") == "bulk"):
        return of_page(status)
    if request.family and (status == 405 or (status == 403 and request.context.get("list") in OPEN)):
        # there is no such route in this account, or it is not for whoever has not paid for it
        return Verdict.VANISHED
    return by_status(status)


def told_status(request: Request, response: Response) -> int:
    """The status the source means: that of HTTP, or the one within `meta` when HTTP says all is well. 200 for any success."""
    status = response.status
    if 200 <= status < 300:
        if request.is_file and not _is_envelope_for_file(request, response):
            return 200
        status = meta_status(response.body) or 200
    return 200 if 200 <= status < 300 else status


def meta_status(body: bytes) -> int | None:
    """`meta.status` of an envelope, found by looking, not by decoding the whole; None if there is none."""
    if found := _FIRST.match(body):
        return int(found[1])
    places = [found.end() for found in _META.finditer(body)]
    for place in places[:1] + places[-1:]:
        status = _object_at(body, place).get("status")
        if isinstance(status, int):
            return status
    return None


def of_no_envelope(response: Response) -> Verdict | None:
    """What came with a success instead of an envelope: a page to sign in at, a page of a firewall, nothing at all; None if it is one."""
    if response.body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return None
    is_sign_in = response.is_page and _SIGN_IN.search(response.body.decode("utf-8", "replace"))
    return Verdict.EXPIRED if is_sign_in else Verdict.TRANSIENT


def _by_content(request: Request, response: Response) -> Verdict:
    if request.context.get("kind") == KIND and is_description(response.body):
        return Verdict.ANSWER
    if request.is_file:
        if _is_envelope_for_file(request, response) and _is_as_long_as_told(request, response) is not True:
            return Verdict.FAULTY
        return Verdict.EXPIRED if _is_login_page(request, response) else Verdict.ANSWER
    return of_no_envelope(response) or Verdict.ANSWER


def _is_login_page(request: Request, response: Response) -> bool:
    """A page instead of a file. A file may be a page itself, whatever it is called (1C writes .xls like that): its length tells."""
    if not response.is_page:
        return False
    is_as_told = _is_as_long_as_told(request, response)
    if is_as_told is None:
        return not str(request.context.get("name", "")).lower().endswith(HTML_NAMES)
    return not is_as_told


def _is_as_long_as_told(request: Request, response: Response) -> bool | None:
    """Whether an answer has the length that the file is described with; None where either is not told."""
    size, length = request.context.get("size"), response.headers.get("content-length", "")
    return int(length) == size if size is not None and length.isdigit() else None


def _is_envelope_for_file(request: Request, response: Response) -> bool:
    if str(request.context.get("name", "")).lower().endswith(".json"):
        return False
    return response.headers.get("content-type", "").lower().startswith("application/json")


def _object_at(body: bytes, place: int) -> dict[str, object]:
    try:
        found, _end = json.JSONDecoder().raw_decode(body[place:].decode("utf-8", "replace"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
