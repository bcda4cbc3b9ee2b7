"""A sweep: the big lists once more, for their ids and a few counters, to see what is there now, what is gone, what was linked.

Deletions are told by nothing else, links move no mark of change (Megaplan reference, §4.6), and a filter for changes may be
ignored in silence (§4.4).
"""

from collections.abc import Iterator, Sequence
from typing import Any

from crmexport.source import Reading, Request
from crmexport.source.slices import Piece
from crmexport_megaplan.envelope import Answer
from crmexport_megaplan.kinds import SWEPT
from crmexport_megaplan.lists import LISTS, announced, first_page
from crmexport_megaplan.paging import counts_all, following, total
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


# Each page of a list is known only by the one before it, so the longest begin first: at the end nothing is left to ask beside them.
_FIRST = {"task": 87, "deal": 86}


def requests() -> Iterator[Request]:
    """The first page of each list to be walked; the deals of a scheme follow from the list of schemes."""
    yield _ids("program")
    yield from (_ids(name) for name, spec in LISTS.items() if spec.stream in SWEPT and spec.stream != "deal")


def read(request: Request, answer: Answer, pieces: Sequence[Piece], links: set[tuple[str, str]]) -> Reading:
    """Which records a page shows, and how many hang on each; deals are walked scheme by scheme."""
    rows = of_list(request, pieces)
    glimpses = {(row.stream, row.id): _counters(row.value) for row in rows}
    reading = Reading(present=set(glimpses), links=links, glimpses=glimpses)
    if request.context["list"] == "program":
        reading.requests.extend(_ids("deal", program=row.id) for row in rows)
    skipped = int(request.context.get("elsewhere", 0)) + len(pieces) - len(rows)
    more = following(request, answer, elsewhere=skipped, total=counts_all(request, answer))
    reading.requests.extend([more] if more else [])
    reading.announced.extend(announced(request, total(request, answer), skipped))
    return reading


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
