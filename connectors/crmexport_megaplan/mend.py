"""Mending a question that was refused as wrongly put (422): the answer names what it does not know.

One unknown field name refuses a whole list (Megaplan reference, §4.3). The mended question leaves it out, and so do the
pages after it, because they are derived from it. Where an extra field had to be left out, cards are asked for.
"""

import re
from typing import Any

from crmexport.source import Gap, GapKind, Reading, Request
from crmexport.text import _
from crmexport_megaplan.cards import card
from crmexport_megaplan.envelope import Answer
from crmexport_megaplan.fields import MARK
from crmexport_megaplan.paging import AT_FIRST, from_before, from_elsewhere
from crmexport_megaplan.parts import LINKING
from crmexport_megaplan.query import Query, query_of, sort_by, with_query

_QUOTED = re.compile(r"[\"'“«`]([A-Za-z_]\w*)[\"'”»`]")
_WORD = re.compile(r"[A-Za-z_]\w*")
_MEANINGFUL = ("filter", "all", "withInactivePrograms")
# By the vendor's description the list of projects takes no filter at all. What it may hide then, the list of tasks shows:
# projects of every status stand in it, and whatever no list gave whole is fetched by card (Megaplan reference, §4.5).
_SHOWN_ELSEWHERE = {("project", "filter")}


def mended(request: Request, answer: Answer) -> Reading:
    """The question put better, or a gap with the source's own words when nothing is left to mend."""
    query = query_of(request.path)
    better = _better(request, query, answer)
    if better is None:
        subject = request.subject or (request.stream, "")
        return Reading(gaps=[Gap(*subject, GapKind.REFUSED, f"{answer.status} {answer.words}")])
    return Reading(requests=[better], gaps=_lost(request, query, better))


def _better(request: Request, query: Query, answer: Answer) -> Request | None:
    blamed = _blamed(answer)
    if "pageAfter" in query and "pageAfter" in blamed:
        return from_elsewhere(request)
    words = answer.complaint
    if "sortBy" in query and ("sortBy" in blamed or "SortField" in words):
        return _sorted_otherwise(request, query)
    quoted = _QUOTED.findall(words)
    fields = query.get("fields", [])
    # A parameter that has the name of a field is meant itself: unknown fields are told in other words.
    if named := [name for name in quoted if name in fields and name not in query] or _listed(words, fields):
        return _without_fields(request, query, named)
    if parameter := next((name for name in quoted if name in query and name != "pageAfter"), None):
        if parameter == "fields":  # then rows show what they like of themselves
            return _without_fields(request, query, fields, cards=True)
        return _changed(request, {name: value for name, value in query.items() if name != parameter})
    if perhaps := [name for name in _WORD.findall(words) if name in fields]:
        return _without_fields(request, query, perhaps, cards=True)
    return _guessed(request, query)


def _guessed(request: Request, query: Query) -> Request | None:
    """The answer names nothing: the cursor may be gone, the order unknown, or some field."""
    before = from_before(request)
    if before is not None:
        return before
    if "sortBy" in query:
        return _sorted_otherwise(request, query)
    fields = query.get("fields")
    return _without_fields(request, query, fields, cards=True) if fields else None


def _blamed(answer: Answer) -> set[str]:
    """The parameters that the errors point to."""
    errors = answer.meta.get("errors")
    if not isinstance(errors, list):
        return set()
    return {str(error.get("field")) for error in errors if isinstance(error, dict)}


def _listed(words: str, fields: list[str]) -> list[str]:
    """The field names after the last colon, if there is one."""
    tail = words.rpartition(":")[2]
    return [name for name in _WORD.findall(tail) if name in fields] if tail != words else []


def _without_fields(request: Request, query: Query, unknown: list[str], *, cards: bool = False) -> Request:
    """Without the unknown names. Comments leave out all at once: every one of their many lists would have to learn anew.

    `cards`: nobody said that it is these; known ones may be among them, and are got by cards, as custom fields are.
    """
    comments = request.context.get("kind") == "comments"
    left = [] if comments else [name for name in query["fields"] if name not in unknown]
    rest = {name: value for name, value in query.items() if name != "fields"}
    wanted = {"cards": True} if cards or any(MARK in name for name in unknown) else {}
    told: dict[str, Any] = {"unnamed": True} if comments else wanted
    return _changed(request, {**rest, "fields": left} if left else rest, **told)


def _sorted_otherwise(request: Request, query: Query) -> Request:
    """By time of creation instead of by id, then without an order; from the first page, for places in an order move with it."""
    rest = {name: value for name, value in query.items() if name not in ("sortBy", "pageAfter")}
    by_id = query["sortBy"] == sort_by("id")
    order = {"sortBy": sort_by("timeCreated")} if by_id else {}
    return _changed(request, {**rest, **order}, **AT_FIRST)


def _changed(request: Request, query: Query, **context: Any) -> Request:
    return request.replace(path=with_query(request.path, query), context={**request.context, **context})


def _lost(request: Request, before: Query, better: Request) -> list[Gap]:
    """What the mended question does not ask for any more, though it matters."""
    after = query_of(better.path)
    if (
        better.context.get("cards")
        and not card(request.stream, "0")
        and request.stream
        not in (*LINKING, "file")  # which name what is held by itself, or tell without being asked
        and before.get("fields") != after.get("fields")
    ):
        words = _(
            "The source refuses a field without saying which: records of this kind may lack some of their fields."
        )
        return [Gap(request.stream, "", GapKind.REFUSED, words)]
    lost = [
        name
        for name in _MEANINGFUL
        if name in before
        and name not in after
        and (request.context.get("list"), name) not in _SHOWN_ELSEWHERE
    ]
    reason = _("The source does not know the condition “{name}”: closed or retired records may be missing.")
    return [Gap(request.stream, "", GapKind.REFUSED, reason.format(name=name)) for name in lost]
