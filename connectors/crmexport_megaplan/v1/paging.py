"""Going on through a list by Limit and Offset, though rows come and go between two pages (Megaplan reference, §15).

An offset counts rows, and every row that vanishes from the part already read moves all others one place on. So each page
begins with the last rows of the page before. While it holds any row of that page, the two join without a hole. When it holds
none, the walk goes back until they join again. Rows pushed into the part already read show by the join moving the other way:
then the list is walked once more. There is no total; a list ends where a page brings nothing new.

Of some lists nobody says that they have pages, and they may give all rows whatever is asked. So where a page comes again, a
shorter one is asked for: if it is not shorter, there are no pages; if it is, the list does not move on.

The same question is never asked twice in one pull, so a walk that begins anew asks for pages one row shorter.
"""

from collections.abc import Sequence
from typing import Any

from crmexport.source import Request
from crmexport.text import _
from crmexport_megaplan.v1.lists import page
from crmexport_megaplan.v1.query import Params

OVERLAP = 5
SHORTEST = 50
WALKS = 3
LEAST_CAP = 10  # no server is taken to cap its pages below this


def following(request: Request, ids: Sequence[str]) -> Request | None:
    """The request for the next page after one that holds the records `ids`; None at the end of the list.

    Raises ValueError when the list does not move on, or changes faster than it can be read.
    """
    context = request.context
    params: Params = context["params"]
    if "Limit" not in params:
        return None
    offset, limit, before = params["Offset"], params["Limit"], context.get("before", [])
    if offset and not set(before) & set(ids):
        return _back(request, params)
    if _is_unpaged(ids, before, limit):
        return None
    stuck = bool(offset and ids) and list(ids) == before[: len(ids)]
    if stuck and context.get("stuck"):
        raise ValueError(_("The list does not move on: the same page came again."))
    pushed = bool(context.get("pushed")) or (not context.get("back") and _is_pushed(ids, before))
    if _is_last(ids, before, limit):
        return _again(request, params) if pushed else None
    told = {"before": list(ids), "pushed": pushed, "back": False, "stuck": stuck}
    asked = _shorter(params) if stuck else params
    return _asking(request, {**asked, "Offset": offset + max(1, len(ids) - OVERLAP)}, **told)


def unsorted(request: Request) -> Request:
    """The list from its beginning without an order, which it does not like."""
    params = {
        name: value
        for name, value in request.context["params"].items()
        if name not in ("SortBy", "SortOrder")
    }
    fresh = {name: value for name, value in request.context.items() if name not in ("sorted", "before")}
    return _asking(request.replace(context=fresh), {**params, "Offset": 0})


def _is_unpaged(ids: Sequence[str], before: Sequence[str], limit: int) -> bool:
    """Whether the list knows neither Limit nor Offset, and so is whole: more rows than were asked for, the same from another place."""
    return len(ids) > limit and set(ids) == set(before)


def _is_last(ids: Sequence[str], before: Sequence[str], limit: int) -> bool:
    """Whether nothing comes after this page. A page shorter than asked may only be what the server gives at most.

    Nor need one be the last that is shorter than those before: rows may be left out of it that this user must not see.
    """
    if len(ids) >= limit:
        return False
    return not set(ids) - set(before) if before else len(ids) < LEAST_CAP


def _is_pushed(ids: Sequence[str], before: Sequence[str]) -> bool:
    """Whether the page begins earlier than it was asked to: something was pushed in before it."""
    return bool(before and ids) and ids[0] not in before[-OVERLAP:]


def _back(request: Request, params: Params) -> Request:
    """Half a page further back, to find the join again."""
    shorter = _shorter(params)
    return _asking(request, {**shorter, "Offset": max(0, params["Offset"] - params["Limit"] // 2)}, back=True)


def _again(request: Request, params: Params) -> Request | None:
    walk = int(request.context.get("walk", 1)) + 1
    if walk > WALKS:
        return None
    told = {"before": [], "pushed": False, "walk": walk}
    return _asking(request, {**_shorter(params), "Offset": 0}, **told)


def _shorter(params: Params) -> Params:
    if params["Limit"] <= SHORTEST:
        raise ValueError(_("The list changes faster than it can be read."))
    return {**params, "Limit": params["Limit"] - 1}


def _asking(request: Request, params: Params, **told: Any) -> Request:
    context = {**request.context, **told}
    context.pop("again", None)  # the next page is asked for the first time
    return page(request.stream, context["route"], params, context)
