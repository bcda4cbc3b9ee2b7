"""Going on through a list: the next page, the row that comes twice, when to stop, how many there are in all.

Only `hasMoreNext: false` ends a list; counts never do (Megaplan reference, §4.1, §20.22).
"""

from typing import Any

from crmexport.source import Request
from crmexport.source.slices import Piece
from crmexport.text import _
from crmexport_megaplan.envelope import Answer
from crmexport_megaplan.query import PAGE, Query, cursor, query_of, with_query


def fresh(request: Request, answer: Answer) -> list[Piece]:
    """The rows of a page without the cursor row, which some servers repeat at its head (§4.1)."""
    after = query_of(request.path).get("pageAfter")
    if after and answer.rows and _place(answer.rows[0].value) == _place(after):
        return answer.rows[1:]
    return answer.rows


def following(request: Request, answer: Answer, **carried: Any) -> Request | None:
    """The request for the next page, or None at the end; `carried` goes into its context.

    Raises ValueError when the list does not move on: the same page would come for ever.
    """
    query = query_of(request.path)
    if not answer.rows:
        return _again_from_before(request, query)
    new = len(fresh(request, answer))
    seen = int(request.context.get("seen", 0)) + new
    lacking = int(request.context.get("expected", 0)) - int(carried.get("met", seen))
    is_end = not new and answer.pagination.get("hasMoreNext") is None  # the cursor row, and no word of more
    if is_end or not _goes_on(answer, query, seen, lacking):
        return None
    last = _place(answer.rows[-1].value)
    if last is None or last == _place(query.get("pageAfter")):
        raise ValueError(_("The list does not move on: its page ends with the row after which it was asked."))
    context = {**request.context, "seen": seen, **_spare(answer), **carried}
    return request.replace(
        path=with_query(request.path, {**query, "pageAfter": cursor(answer.rows[-1].value)}),
        context=context,
        family="",  # the first page came, so the source does give this
    )


def total(request: Request, answer: Answer) -> int | None:
    """How many rows the whole list has, if `count` tells that and not how many this page has (§3)."""
    count = answer.pagination.get("count")
    return count if isinstance(count, int) and counts_all(request, answer) else None


def is_whole(request: Request, answer: Answer, skipped: int) -> bool:
    """Whether a list that ends with this answer showed all that it has, by its own word, and anything."""
    seen = int(request.context.get("seen", 0)) + len(fresh(request, answer))
    count = total(request, answer)
    is_told = count == seen if count is not None else answer.pagination.get("hasMoreNext") is False
    return is_told and seen > 0 and not skipped


def counts_all(request: Request, answer: Answer) -> bool:
    """Whether this list's counts mean the whole list: seen on a first page that is not the last, carried to the others."""
    if "total" in request.context:
        return bool(request.context["total"])
    count = answer.pagination.get("count")
    return isinstance(count, int) and not (answer.pagination.get("hasMoreNext") and count <= len(answer.rows))


def _place(link: Any) -> tuple[str, str] | None:
    """A row's type and id as texts, if it has both."""
    if not isinstance(link, dict) or "contentType" not in link or link.get("id") is None:
        return None
    return str(link["contentType"]), str(link["id"])


def _goes_on(answer: Answer, query: Query, seen: int, lacking: int) -> bool:
    """Whether there is a next page. Without the flag: after a full page, and while fewer rows came than were told of.

    `lacking` are those that the record had told of and that have not come.
    """
    told = answer.pagination
    flag = told.get("hasMoreNext")
    if flag is not None:
        return bool(flag)
    if "limit" not in query and not told:
        return False
    limits = (query.get("limit", PAGE), told.get("limit"))
    least = min(limit for limit in limits if isinstance(limit, int))
    count = told.get("count")
    return len(answer.rows) >= least or lacking > 0 or (isinstance(count, int) and count > seen)


def _spare(answer: Answer) -> dict[str, Any]:
    """The row before the last: where to go on if the last one is deleted before the next page is asked (§4.1)."""
    promised = answer.pagination.get("hasMoreNext") is True
    if not promised or len(answer.rows) < 2 or _place(answer.rows[-2].value) is None:
        return {"spare": None}
    return {"spare": cursor(answer.rows[-2].value)}


def _again_from_before(request: Request, query: Query) -> Request | None:
    """An empty page after a promise of more rows: once more, from the row before the cursor."""
    spare = request.context.get("spare")
    if not spare or "pageAfter" not in query:
        return None
    context = {**request.context, "spare": None}
    return request.replace(path=with_query(request.path, {**query, "pageAfter": spare}), context=context)


def from_before(request: Request) -> Request | None:
    """The same page asked from the row before the cursor, when the cursor itself is refused."""
    return _again_from_before(request, query_of(request.path))
