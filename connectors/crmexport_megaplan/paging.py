"""Going on through a list: the next page, the row that comes twice, when to stop, how many there are in all.

Only `hasMoreNext: false` ends a list; counts never do (Megaplan reference, §4.1, §20.22).
"""

from itertools import takewhile
from typing import Any

from crmexport.source import Request
from crmexport.source.slices import Piece
from crmexport.text import _
from crmexport_megaplan.envelope import Answer
from crmexport_megaplan.query import PAGE, Query, cursor, query_of, with_query

# What a list that begins anew knows of the rows that it has shown. It is read to its end: of several readers that begin anew at once
# one alone is left, for they ask the same.
AT_FIRST = {"seen": 0, "elsewhere": 0, "met": 0, "own": 0, "spares": None, "past": None, "until": None}


def fresh(request: Request, answer: Answer) -> list[Piece]:
    """The rows of a page without the cursor row, which some servers repeat at its head (§4.1), and without one that is known to
    have been the cursor before.
    """
    before = {_place(query_of(request.path).get("pageAfter")), _place(request.context.get("past"))} - {None}
    known = takewhile(lambda row: _place(row.value) in before, answer.rows)
    return answer.rows[len(list(known)) :]


def following(request: Request, answer: Answer, **carried: Any) -> Request | None:
    """The request for the next page, or None at the end; `carried` goes into its context.

    Raises ValueError when the list does not move on: the same page would come for ever.
    """
    query = query_of(request.path)
    if not answer.rows:
        return from_elsewhere(request)
    new = len(fresh(request, answer))
    seen = int(request.context.get("seen", 0)) + new
    lacking = int(request.context.get("expected", 0)) - int(carried.get("met", seen))
    is_end = not new and answer.pagination.get("hasMoreNext") is None  # the cursor row, and no word of more
    if is_end or not _goes_on(answer, query, seen, lacking):
        return None
    placed = [row.value for row in answer.rows if _place(row.value)]  # rows of history may have no ids
    last = _place(placed[-1]) if placed else None
    if last is not None and last == _place(request.context.get("past")):
        return None  # it is there, and nothing came after it
    if last is None or last == _place(query.get("pageAfter")):
        raise ValueError(_("The list does not move on: its page ends with the row after which it was asked."))
    told = {"seen": seen, "spares": _spares(placed), "past": None, **carried}
    return page(request, {**query, "pageAfter": cursor(placed[-1])}, **told)


def total(request: Request, answer: Answer) -> int | None:
    """How many rows the whole list has, if `count` tells that and not how many this page has (§3)."""
    count = answer.pagination.get("count")
    return count if isinstance(count, int) and counts_all(request, answer) else None


def is_whole(request: Request, answer: Answer) -> bool:
    """Whether a list that ends with this answer showed all that it has, by its own word, and anything."""
    seen = int(request.context.get("seen", 0)) + len(fresh(request, answer))
    count = total(request, answer)
    is_told = count == seen if count is not None else answer.pagination.get("hasMoreNext") is False
    return is_told and seen > 0


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


def _spares(rows: list[dict[str, Any]]) -> list[Query]:
    """Where to go on if the last row is deleted before the next page is asked (§4.1): the row before it, or the first one."""
    near = {_place(row): row for row in (*rows[-2:-1], *rows[:-1][:1])}
    return [cursor(row) for row in near.values()]


def from_elsewhere(request: Request) -> Request | None:
    """The same page in another way, where its cursor leads to nothing; None where there is no other."""
    return from_before(request) or _from_the_first(request)


def from_before(request: Request) -> Request | None:
    """The same page asked from a row before the cursor, where the cursor itself is refused, or nothing comes after it."""
    query, spares = query_of(request.path), request.context.get("spares")
    if not spares or "pageAfter" not in query:
        return None
    return page(request, {**query, "pageAfter": spares[0]}, spares=spares[1:], past=query["pageAfter"])


def _from_the_first(request: Request) -> Request | None:
    """The list once more from its beginning, where none of the rows that might be gone on from is there any more.

    Not where it has just shown that row once more, though it was begun `anew` for its sake: then there is nothing behind it.
    """
    query = query_of(request.path)
    after = query.pop("pageAfter", None)
    if after is None or after == request.context.get("anew"):
        return None
    upto = request.context.get("until") or request.context.get("upto")  # the place of the reader behind it
    return page(request, query, **AT_FIRST, anew=after, upto=upto)


def page(request: Request, query: Query, **told: Any) -> Request:
    """A further page. It is of no family: the first page came, so the source does give this."""
    context = {**request.context, **told}
    return request.replace(path=with_query(request.path, query), context=context, family="", goes_on=True)
