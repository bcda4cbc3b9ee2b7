"""A sweep: the big lists once more, for their ids and a few counters, to see what is there now, what is gone, what was linked.

Each page is known by the row that ends the one before it, so a long list is read at several places at once: behind rows that are
held, each time up to the one at which the next reader began.

Deletions are told by nothing else, links move no mark of change (Megaplan reference, §4.6), and a filter for changes may be
ignored in silence (§4.4).
"""

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Any

from crmexport.source import Key, Reading, Request, Row
from crmexport.source.slices import Piece
from crmexport_megaplan.envelope import Answer
from crmexport_megaplan.kinds import KIND_OF, SWEPT
from crmexport_megaplan.lists import LISTS, announced, first_page
from crmexport_megaplan.paging import AT_FIRST, counts_all, following, page, total
from crmexport_megaplan.query import query_of, with_query
from crmexport_megaplan.records import of_list

# What tells whose row it is (templates stand in lists of tasks, deals of other schemes where a filter is ignored), and the
# counters of what may come and go with no mark of change; arrays bring theirs along. The lists name all of them, too.
_TELLING = {
    "task": ("isTemplate", "commentsCount", "hiddenCommentsCount", "relationLinks"),
    "project": ("isTemplate", "commentsCount", "hiddenCommentsCount", "relationLinks"),
    "deal": ("program", "commentsCount", "hiddenCommentsCount", "dealsCount", "tasksCount", "relationLinks"),
    "contractorCompany": ("name", "commentsCount", "hiddenCommentsCount", "relationLinks"),
    "contractorHuman": ("name", "commentsCount", "hiddenCommentsCount", "relationLinks"),
}


# What a reader knows that waits for another one to begin.
_KEPT = ("seen", "elsewhere", "spares", "behind")
# Each page of a list is known only by the one before it, so the longest begin first: at the end nothing is left to ask beside them.
_FIRST = {"task": 87, "deal": 86}


def requests() -> Iterator[Request]:
    """The first page of each list to be walked; the deals of a scheme follow from the list of schemes."""
    yield _ids("program")
    yield from (_ids(name) for name, spec in LISTS.items() if spec.stream in SWEPT and spec.stream != "deal")


def spread(request: Request, places: Sequence[str]) -> Request:
    """The first page of a list in the order of ids, to be begun behind these of its records as well."""
    spec = LISTS[request.context["list"]]
    is_of_others = spec.scope != LISTS[request.stream].scope  # templates: the places are no rows of that list
    if not places or is_of_others or not spec.sorted:
        return request
    return request.replace(context={**request.context, "places": list(places)})


def read(request: Request, answer: Answer, pieces: Sequence[Piece], links: set[Key]) -> Reading:
    """Which records a page shows, and how many hang on each; deals are walked scheme by scheme."""
    mine, is_met = _mine(request, pieces)
    rows = of_list(request, mine)
    glimpses = {(row.stream, row.id): _counters(row.value) for row in rows}
    reading = Reading(present=set(glimpses), links=links, glimpses=glimpses)
    if request.context["list"] == "program":
        reading.requests.extend(_ids("deal", program=row.id) for row in rows)
    if not _has_begun(request, answer, pieces):
        reading.requests.extend(resumed(request))
        return reading
    skipped = int(request.context.get("elsewhere", 0)) + _skipped(request, mine, rows)
    told = {"elsewhere": skipped, "total": counts_all(request, answer), "places": None, "resume": None}
    more = None if is_met else following(request, answer, **told)
    reading.requests.extend(resumed(request, request.context.get("behind")))
    reading.requests.extend(_further(request, more, _places(request, answer, pieces)) if more else [])
    reading.announced.extend(announced(request, total(request, answer), skipped))
    return reading


def _skipped(request: Request, mine: Sequence[Piece], rows: Sequence[Row]) -> int:
    """How many rows are another list's to give. Who began anew meets those of the other readers, too, which these tell of."""
    behind, upto = request.context.get("behind"), request.context.get("upto")
    if not (request.context.get("anew") and (behind or upto)):
        return len(mine) - len(rows)
    others = {_id(piece) for piece in mine} - {row.id for row in rows}
    return sum(
        (not behind or _follows(one, behind)) and (not upto or _are_sorted([one, upto])) for one in others
    )


def _mine(request: Request, pieces: Sequence[Piece]) -> tuple[Sequence[Piece], bool]:
    """The rows before those that the next reader began with, and whether that one's place is reached."""
    until = request.context.get("until")
    if until is None:
        return pieces, False
    mine = list(takewhile(lambda piece: _are_sorted([_id(piece), until]), pieces))
    return mine, len(mine) < len(pieces) or until in map(_id, mine[-1:])


def _has_begun(request: Request, answer: Answer, pieces: Sequence[Piece]) -> bool:
    """Whether a reader that was to begin at a place has: many rows are behind it, and come in the order of ids.

    Where they do not, the place was moved to the end of the list, which that order would not do.
    """
    if not request.context.get("resume"):
        return True
    ids = [request.context["behind"], *(_id(piece) for piece in pieces)]
    return bool(pieces) and answer.pagination.get("hasMoreNext") is True and _are_sorted(ids)


def _places(request: Request, answer: Answer, pieces: Sequence[Piece]) -> list[str]:
    """At which records, none of which this page shows, the list is to be begun as well, if it is in the order of ids.

    In another order people at work may move a row up, past rows that were not read yet, and who stops at it would miss these. (The
    order is asked for, but not promised: Megaplan reference, §4.2.)
    """
    places, ids = request.context.get("places"), [_id(piece) for piece in pieces]
    if not places or answer.pagination.get("hasMoreNext") is not True or not _are_sorted(ids):
        return []
    return [one for one in places if _follows(one, ids[-1])]


def _are_sorted(ids: Sequence[str]) -> bool:
    return all(map(str.isdecimal, ids)) and sorted(ids, key=int) == ids


def _follows(id: str, place: str) -> bool:
    """Whether a row stands behind a place in the order of ids."""
    return id != place and _are_sorted([place, id])


def _further(request: Request, more: Request, places: Sequence[str]) -> list[Request]:
    """The page that follows; or first the one behind a place, which reads on from there, and lets this reader go on up to it.

    Whoever stops at a row must know that somebody else has begun behind it: it might be moved or deleted before that.
    """
    if not places:
        return [more]
    kept = {name: more.context[name] for name in _KEPT if name in more.context}
    resume = {"after": query_of(more.path)["pageAfter"], "kept": kept}
    told = {**more.context, **AT_FIRST, "behind": places[0], "places": places[1:], "resume": resume}
    after = {"contentType": KIND_OF[request.stream], "id": places[0]}
    return [page(request, {**query_of(request.path), "pageAfter": after}, **told)]


def resumed(request: Request, until: str | None = None) -> list[Request]:
    """The page with which the reader goes on that waits for another to begin by this request: up to `until`, or to the end of the list."""
    resume = request.context.get("resume")
    if not resume:
        return []
    told = {"places": None, "resume": None, **dict.fromkeys(_KEPT), **resume["kept"], "until": until}
    return [page(request, {**query_of(request.path), "pageAfter": resume["after"]}, **told)]


def _id(piece: Piece) -> str:
    return str(piece.value.get("id"))


def _counters(value: dict[str, Any]) -> dict[str, Any]:
    return {name: number for name, number in value.items() if name.endswith("Count")}


def _ids(name: str, **context: Any) -> Request:
    page = first_page(name, **context)
    fields = list(_TELLING.get(LISTS[name].stream, ("name",)))
    query = {**query_of(page.path), "fields": fields, "onlyRequestedFields": True}
    worth = _FIRST.get(name, page.worth)
    return page.replace(
        path=with_query(page.path, query), worth=worth, context={**page.context, "kind": "ids"}
    )
