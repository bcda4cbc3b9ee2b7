"""From deal schemes to deals: a list for each scheme, retired ones included, and a look for deals outside all of them.

A second walk through all deals would double the requests. So only its first page is asked, and its count is compared
with the counts of the schemes, one small request each. Where they add up, nothing lies outside; but people make deals meanwhile,
so all are counted once more at the end. Where the counts do not add up, have changed, or tell nothing, the walk goes on: for its links
alone, and a deal not met in its scheme's list is then fetched by card. (Megaplan reference, §4.5: whether the plain list shows all deals is not known, so neither list is trusted alone.)
"""

from collections.abc import Sequence
from typing import Any

from crmexport.source import Announced, Reading, Request
from crmexport.source.slices import Piece
from crmexport_megaplan.envelope import Answer
from crmexport_megaplan.fields import definitions
from crmexport_megaplan.lists import OUTSIDE, first_page
from crmexport_megaplan.query import query_of, with_query


def schemes(request: Request, pieces: Sequence[Piece]) -> list[str]:
    """The ids of the schemes known so far, each once: a list that begins anew shows them again, and one that is counted twice would
    hide as many deals outside.
    """
    here = (str(piece.value["id"]) for piece in pieces)
    return list(dict.fromkeys([*request.context.get("schemes", ()), *here]))


def for_scheme(id: str, since: str | None) -> Request:
    """The definitions of a scheme's fields; its deals follow from them."""
    return definitions(f"program/{id}", since)


def outside(known: Sequence[str]) -> Request:
    """The walk through all deals, to find those in none of the `known` schemes. Of pulls of changes none does: what is made later in
    a scheme that no list shows comes by links, or with the next full pull.
    """
    return first_page(OUTSIDE, schemes=list(known))


def instead_of_walking(request: Request, more: Request, count: int | None) -> Request:
    """What to ask after the walk's first page: the schemes' counts, or `more` of the walk where there is nothing to compare."""
    known = request.context["schemes"]
    more = more.replace(bulk=False)
    if count is None or not known or "pageAfter" in query_of(request.path):
        return more
    told = {"all": count, "sum": 0, "walk": more.dump()}
    return _counting(known, told)


def counted(request: Request, answer: Answer) -> Reading:
    """Add a scheme's count; after the last one, count all once more, and walk on if some deals may be missing."""
    count, told = answer.pagination.get("count"), dict(request.context)
    if not isinstance(count, int):
        return walk_on(request)
    if "at_last" in told:
        return _compared(request, sorted((told["all"], count)), told["sum"])
    told["sum"] += count
    asked = (
        _counting(told["left"], told)
        if told["left"]
        else _counted(first_page("deal"), {**told, "at_last": True})
    )
    return Reading(requests=[asked])


def _compared(request: Request, all_: Sequence[int], in_schemes: int) -> Reading:
    """What to make of the two counts of all deals, the smaller first: one made in between stands in either, or in neither."""
    least, most = all_
    if least == most <= in_schemes:
        return Reading()
    found = walk_on(request)
    if least > in_schemes:
        found.announced.append(Announced("deal", "outside", least - in_schemes))
    return found


def walk_on(request: Request) -> Reading:
    """The walk from its second page on."""
    return Reading(requests=[Request.load(request.context["walk"])])


def _counting(left: Sequence[str], told: dict[str, Any]) -> Request:
    """The request for the count of the first scheme in `left`."""
    return _counted(first_page("deal", program=left[0]), {**told, "left": list(left[1:])})


def _counted(page: Request, told: dict[str, Any]) -> Request:
    """The smallest page of a list, for its count."""
    query = {**query_of(page.path), "limit": 1, "fields": ["program"], "onlyRequestedFields": True}
    context = {**told, "kind": "count"}
    return page.replace(path=with_query(page.path, query), bulk=True, context=context)
