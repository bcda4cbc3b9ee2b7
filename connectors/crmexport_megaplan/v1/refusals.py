"""Questions that the account refuses as they are asked: what is asked in their place.

The order of a list is spared, and so are fields that a question names beyond what is sure to be taken. Failures come within
answers of status 200 too (Megaplan reference, §12), so what may have been a passing one is asked once more before any field is
given up; and what is given up is told.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from crmexport.source import Gap, GapKind, Reading, Request, Response
from crmexport.text import _
from crmexport_megaplan.v1 import lists
from crmexport_megaplan.v1.envelope import words
from crmexport_megaplan.v1.paging import unsorted
from crmexport_megaplan.v1.query import FORM


def is_refusal(request: Request, response: Response) -> bool:
    """Whether this is the answer to an ordered list, or to a question with wishes, that is no such answer: these were refused."""
    if not (request.context.get("sorted") or request.context.get("wishes")):
        return False
    if response.status >= 300:
        return True
    told = json.loads(response.body) if b'"error"' in response.body else {}
    status = told.get("status") if isinstance(told, dict) else None
    return isinstance(status, dict) and status.get("code") == "error"


def after(request: Request, response: Response) -> Reading:
    """What to ask when `request` was refused, and what is given up."""
    if request.context.get("sorted"):
        return Reading(requests=[unsorted(request)])
    again = _once_more(request)
    if again is not None:
        return Reading(requests=[again])
    return Reading(requests=[plainer(request)], gaps=[_given_up(request, response)])


def plainer(request: Request) -> Request:
    """The card or list that `request` asks for, from its beginning and with fewer wishes."""
    context, spec = request.context, _spec(request)
    wishes = lists.fewer(spec, context["names"], context["wishes"])
    if context["kind"] == "list":
        return _from_the_beginning(request, context["names"], wishes=wishes)
    kept = {name: context[name] for name in ("listed", "list") if name in context}
    return lists.card(
        request.stream, (request.subject or ("", ""))[1], context["names"], wishes=wishes, **kept
    )


def _spec(request: Request) -> lists.ListSpec:
    """How the list is asked for that `request` asks for, or that its card stands in."""
    context = request.context
    return lists.LISTS[context["list"] if context["kind"] == "list" else request.stream]


def nameless(request: Request) -> Iterator[Request]:
    """The list of which `request` is the first page, with no field named, where one was: for its records at least."""
    context = request.context
    if context["names"] and "before" not in context:
        yield _from_the_beginning(request, ())


def _once_more(request: Request) -> Request | None:
    """The same in other words, for the same question is not asked twice: a page shorter by a row, a card by POST."""
    context = request.context
    if context.get("again") or (context["kind"] == "card" and request.method == "POST"):
        return None
    told = {**context, "again": True}
    if context["kind"] == "list":
        params = {**context["params"], "Limit": context["params"]["Limit"] - 1}
        return lists.page(request.stream, context["route"], params, told)
    path, _mark, query = request.path.partition("?")
    return request.replace(method="POST", path=path, body=query, headers=FORM, context=told)


def _given_up(request: Request, response: Response) -> Gap:
    context, spec = request.context, _spec(request)
    left = lists.named(spec, context["names"], lists.fewer(spec, context["names"], context["wishes"]))
    lost = [name for name in lists.named(spec, context["names"], lists.ALL) if name not in left]
    scope = f"fields {context.get('program', '')}".strip()
    reason = _(
        "The account refuses to tell these fields, so they are missing: {names} ({words}). A full pull tries again."
    )
    return Gap(
        spec.stream, scope, GapKind.REFUSED, reason.format(names=", ".join(lost), words=_said(response))
    )


def _said(response: Response) -> str:
    try:
        told = json.loads(response.body)
    except ValueError:
        told = None
    return (words(told) if isinstance(told, dict) else "") or str(response.status)


def _from_the_beginning(request: Request, names: Sequence[str], **more: Any) -> Request:
    context = request.context
    kept = {name: context[name] for name in ("program", "cards", "in_use") if name in context}
    return lists.first_page(context["list"], context.get("since"), names, **kept, **more)
