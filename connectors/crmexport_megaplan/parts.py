"""Lists under a record whose rows belong to that record alone: its history, its versions, and its links to other records.

Nothing tells how long a history is. It is asked for only where a record's own times show that anything happened after it
was made; and where a source gives no history of this kind at all, that is found out once (see `Request.family`). Links are
asked for where a counter tells of them, or nothing tells, closed records included (Megaplan reference, §7, §8.7, §8.8).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from crmexport.source import Announced, Gap, GapKind, Key, Reading, Request, Row
from crmexport.source.reading import SubList
from crmexport.text import _
from crmexport_megaplan.query import API, PAGE, asked, step

Value = Mapping[str, Any]

DIGITS = 16
TALKS = "negotiationItem"
HISTORIES = ("history", "statusHistory")
LINKING = ("linkedDeal", "linkedTask", "relationLink", "groupMember")
# What the two kinds of filter know, by the vendor's own description; the words for deals are none for tasks.
_OUTCOMES = {
    "DealResultTypeFilter": ["active", "positive", "negative"],
    "TaskResultTypeFilter": ["active", "completed"],
}


class Part(NamedTuple):
    """One such list: its stream, its path behind the record's own, and whether a record has any; `counter` names their number.

    `root` is the route of the record itself where that is not named like its stream.
    """

    stream: str
    path: str
    wanted: Callable[[Value], bool]
    worth: int
    counter: str = ""
    root: str = ""


def _path(route: str, **query: Any) -> str:
    return asked(route, {"limit": PAGE, **query}).removeprefix(API)


def _moved(since: str, *marks: str) -> Callable[[Value], bool]:
    """Whether any of the `marks` differs from `since`, or is not told at all."""

    def wanted(value: Value) -> bool:
        made = _moment(value.get(since))
        if made is None:
            return True
        for mark in marks:  # noqa: SIM110 - the hot path
            if _moment(value.get(mark)) != made:
                return True
        return False

    return wanted


def _moment(told: Any) -> Any:
    return told.get("value") if isinstance(told, dict) else told


def _counted(counter: str, shown: str = "") -> Callable[[Value], bool]:
    """Whether the counter tells of more than is shown beside it. Where it does not tell: whether anything is, or could be."""

    def wanted(value: Value) -> bool:
        number = value.get(counter)
        if not isinstance(number, int):
            return not shown or bool(value.get(shown))
        return number > (len(value.get(shown) or ()) if shown else 0)

    return wanted


def _is_linked(value: Value) -> bool:
    """Links leave their traces in a deal's history, though not in its times. A deal that does not count them may have any."""
    return value.get("dealsCount") != 0 or value.get("tasksCount") != 0


def _is_versioned(value: Value) -> bool:
    """A document is nothing without its versions; only a counter may say that it has none."""
    return value.get("versionsCount") != 0


def _talked_in_part(value: Value) -> bool:
    """Whether any item of a negotiation shows fewer versions than it has, or tells nothing of them."""
    for item in value.get("negotiationItems") or ():
        number = item.get("versionsCount") if isinstance(item, dict) else 0
        if number != 0 and ("versions" not in item or (number or 0) > len(item["versions"] or ())):
            return True
    return False


_changed = _moved("timeCreated", "timeUpdated")
_history = Part("history", _path("/history"), _changed, 30)
_of_deal = _history._replace(worth=34, wanted=lambda value: _changed(value) or _is_linked(value))
_of_task = _history._replace(worth=28, wanted=_moved("timeCreated", "activity", "statusChangeTime"))
_statuses = Part(
    "statusHistory",
    _path("/statusHistory"),
    _moved("timeCreated", "stateTimeUpdated"),
    36,
)
_relations = Part(
    "relationLink",
    _path("/relationLinks"),
    _counted("relationLinksCount", "relationLinks"),
    50,
    "relationLinksCount",
)
_of_contractor = _relations._replace(root="contractor")


def _linked(stream: str, route: str, counter: str, kind: str) -> Part:
    filters = [{"contentType": kind, "types": _OUTCOMES[kind]}]
    path = _path("/" + route, filters=filters, fields=["name"], onlyRequestedFields=True)
    return Part(stream, path, _counted(counter), 50, counter)


# Its card shows members, but perhaps not all, and no counter tells how many there are.
_members = Part(
    "groupMember",
    _path("/participants", fields=["name"], onlyRequestedFields=True),
    lambda value: True,
    95,
)

# The card shows the nearest one only; the vendor describes a list of those that go on or are to come.
_vacations = Part(
    "vacation",
    _path("/vacations"),
    lambda value: bool(value.get("nearestVacation")),
    94,
)

# What is agreed upon stands in a task; a list may show of it that it is there, or its newest version alone.
_talks = Part(
    TALKS,
    _path(
        "/negotiationItems",
        fields=["versions", "actualVersion", "userCreated", "userUpdated", "timeCreated", "timeUpdated"],
    ),
    _talked_in_part,
    48,
)

PARTS: dict[str, tuple[Part, ...]] = {
    "employee": (_vacations,),
    "deal": (
        _of_deal,
        _statuses,
        _relations,
        _linked("linkedDeal", "linkedDeals", "dealsCount", "DealResultTypeFilter"),
        _linked("linkedTask", "linkedTasks", "tasksCount", "TaskResultTypeFilter"),
    ),
    "task": (_of_task, _relations, _talks),
    "project": (_of_task, _relations),
    "contractorCompany": (_history, _of_contractor),
    "contractorHuman": (_history, _of_contractor),
    "todo": (_relations,),
    "group": (_members,),
    "doc": (Part("docVersion", _path("/versions"), _is_versioned, 49, "versionsCount"),),
}


def add_hanging(reading: Reading, row: Row, is_news: bool, beside: Sequence[Any] = ()) -> None:
    """What a record tells of these: the requests for what it has, and how many links of each kind.

    A kind that it has none of (any more), or shows all of, is not asked for; where that `is_news`, its number is 0 and takes
    back what the record said before. Of what is negotiated the whole may stand `beside` the rows (§4.3).
    """
    record, value = (row.stream, row.id), _with_items(row.value, beside) if beside else row.value
    for part in PARTS.get(row.stream, ()):
        wanted, is_told = part.wanted(value), isinstance(value.get(part.counter), int)
        if wanted:
            reading.under.append((record, _request(part, *record, is_told=is_told)))
        if not is_told:
            continue
        if wanted or is_news:
            number = value[part.counter] if wanted else 0
            reading.announced.append(Announced(part.stream, f"{row.stream}/{row.id}", number))
        if not wanted:
            reading.ended.append(SubList(part.stream, record))


def _with_items(value: Value, beside: Sequence[Any]) -> Value:
    """The record with the items of its negotiation as they stand `beside` it."""
    items = value.get("negotiationItems")
    if not items:
        return value
    whole = {
        one.get("id"): one
        for one in beside
        if isinstance(one, dict) and one.get("contentType") == "NegotiationItem"
    }
    found = [whole.get(item.get("id"), item) for item in items if isinstance(item, dict)]
    return {**value, "negotiationItems": found}


def add_rest(reading: Reading, row: Row, path: str) -> None:
    """A change of many fields may be shown in part: its own card tells the rest, or the rest is a gap (§4.3)."""
    number, shown = row.value.get("changesCount"), len(row.value.get("changes") or ())
    id = row.value.get("id")
    if not isinstance(number, int) or number <= shown or id is None or row.parent is None:
        return
    whole = f"{API}/changeset/{step(str(id))}"
    if path == whole:
        words = _("The source shows {shown} of {number}, and has no way to the rest.")
        gap = Gap("history", f"{row.id}/changes", GapKind.REFUSED, words.format(shown=shown, number=number))
        reading.gaps.append(gap)
        return
    context = {"kind": "part", "of": list(row.parent)}
    request = Request(
        "history", whole, worth=_history.worth, bulk=True, subject=("history", row.id), context=context
    )
    reading.under.append(((row.stream, row.id), request))


def _request(part: Part, stream: str, id: str, *, is_told: bool) -> Request:
    """For the part of a record; whether there is any, nothing announces where its counter does not tell."""
    return Request(
        part.stream,
        f"{API}/{part.root or stream}/{step(id)}{part.path}",
        worth=part.worth,
        bulk=True,
        subject=(part.stream, f"{stream}/{id}"),
        family="" if is_told else stream,
        context={"kind": "part", "of": [stream, id]},
    )


def owner_of(row: Row) -> Key:
    """The record that the files in a row belong to: those of a negotiation to its task, wherever they are shown."""
    return row.parent if row.stream == TALKS and row.parent else (row.stream, row.id)


def id_of(of: Key, value: Value) -> str:
    """What a row is known by: the record it stands under, and its own type and id; without an id, what it says."""
    own = value.get("id")
    name = f"{value.get('contentType', '')}:{_fingerprint(value) if own is None else own}"
    return f"{of[0]}/{of[1]}/{name}"


def _fingerprint(value: Value) -> str:
    """The same for the same contents, however much is told of the records named in them."""
    text = json.dumps(_bare(value), ensure_ascii=False, sort_keys=True)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:DIGITS]


def _bare(value: Any) -> Any:
    if isinstance(value, list):
        return [_bare(one) for one in value]
    if not isinstance(value, dict):
        return value
    if "id" in value and "contentType" in value:
        return [value["contentType"], str(value["id"])]
    return {name: _bare(one) for name, one in value.items()}
