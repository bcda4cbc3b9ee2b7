"""What hangs under a record: asked only where the record's own counters say there is something, or say nothing.

Lists of records that have a list of their own (events, requisites) are read for their links alone: what was not met
otherwise is then fetched by card, and no record comes in two different shapes. Source: Megaplan reference, §4.3, §7, §8.6.
"""

from collections.abc import Iterator
from typing import Any

from crmexport.source import Announced, Request
from crmexport_megaplan.cards import card
from crmexport_megaplan.kinds import WORTH
from crmexport_megaplan.query import API, PAGE, asked

COMMENT_FIELDS = (
    "content",
    "subject",
    "owner",
    "attaches",
    "timeCreated",
    "timeUpdated",
    "workTime",
    "workDate",
    "completed",
    "isHidden",
    "isDropped",
    "originalComment",
    "forwardFrom",
    "transportMessages",
    "likes",
)
_COMMENT_WORTH = {
    "deal": 44,
    "contractorCompany": 43,
    "contractorHuman": 43,
    "task": 40,
    "project": 40,
    "todo": 38,
}
_COMMENTS = asked("", {"limit": PAGE, "fields": list(COMMENT_FIELDS)}).removeprefix(API)
_ALL = asked("", {"limit": PAGE, "all": True}).removeprefix(API)
_PAGED = asked("", {"limit": PAGE}).removeprefix(API)

# Arrays that may come as previews, and where the whole of each is: in a sub-list, or on the record's card.
_SUBLISTS = {
    "todos": ("todo", "/{stream}/{id}/todos" + _ALL),
    "attaches": ("file", "/{stream}/{id}/attaches" + _PAGED),
    "payers": ("payer", "/contractor/{id}/payers" + _PAGED),
}
_ARRAYS = {
    "contractorCompany": ("todos", "attaches", "payers", "contactInfo", "responsibles"),
    "contractorHuman": ("todos", "attaches", "payers", "contactInfo", "responsibles"),
    "employee": ("contactInfo",),
    "deal": ("todos", "attaches", "positions", "auditors"),
    "task": ("todos", "attaches", "executors", "auditors", "participants", "milestones"),
    "project": ("todos", "attaches", "executors", "auditors", "participants"),
    "todo": ("attaches", "participants", "relations"),
    "invoice": ("rows",),
}
_COUNTERS = {stream: tuple((name, f"{name}Count") for name in names) for stream, names in _ARRAYS.items()}
# Asked for by name, so that a row without them hides them (the reader's rights end there); their sub-lists may not.
_UNTOLD = frozenset({"todos", "attaches"})
_NEEDED = {"program": ("states",)}


def under(stream: str, id: str, value: dict[str, Any], is_card: bool) -> Iterator[Request]:
    """The requests for what hangs under a record, its own card included where the row is not whole."""
    if stream in _COMMENT_WORTH and _has_comments(value):
        yield comments(stream, id, value)
    incomplete = [name for name in _NEEDED.get(stream, ()) if name not in value]
    for name in previews(stream, value):
        if name in _SUBLISTS:
            yield _links(name, stream, id)
        else:
            incomplete.append(name)
    whole = card(stream, id) if incomplete and not is_card else None
    if whole:
        yield whole


def previews(stream: str, value: dict[str, Any]) -> list[str]:
    """The arrays that hold fewer members than their counters tell of (§4.3), and those of which a row says nothing at all."""
    found: list[str] = []
    for name, counter in _COUNTERS.get(stream, ()):
        number = value.get(counter)
        if number == 0:
            continue  # the usual case, on the hot path
        if number is None:
            if name in _UNTOLD and name not in value:
                found.append(name)
        elif isinstance(number, int) and number > len(value.get(name) or ()):
            found.append(name)
    return found


def announced(stream: str, id: str, value: dict[str, Any]) -> list[Announced]:
    """How many comments a record says it has; hidden ones are counted apart."""
    if stream not in _COMMENT_WORTH:
        return []
    told = ((value.get("commentsCount"), ""), (value.get("hiddenCommentsCount"), "/hidden"))
    return [
        Announced("comment", f"{stream}/{id}{scope}", number)
        for number, scope in told
        if number and isinstance(number, int)
    ]


def comments(stream: str, id: str, value: dict[str, Any]) -> Request:
    """The comments of a record. Their concrete route only: the abstract one of contractors always fails (§7)."""
    expected = value.get("commentsCount")
    return Request(
        "comment",
        f"{API}/{stream}/{id}/comments{_COMMENTS}",
        worth=_COMMENT_WORTH[stream],
        bulk=True,
        subject=("comment", f"{stream}/{id}"),
        context={
            "kind": "comments",
            "of": [stream, id],
            "expected": expected if isinstance(expected, int) else 0,
        },
    )


def _has_comments(value: dict[str, Any]) -> bool:
    number = value.get("commentsCount")
    return number is None or bool(number) or bool(value.get("hiddenCommentsCount"))


def _links(name: str, stream: str, id: str) -> Request:
    wanted, path = _SUBLISTS[name]
    return Request(
        wanted,
        API + path.format(stream=stream, id=id),
        worth=WORTH[stream] - 5,
        bulk=True,
        subject=(wanted, f"{stream}/{id}"),
        context={"kind": "links", "of": [stream, id]},
    )
