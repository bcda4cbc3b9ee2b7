"""What hangs under a record: asked only where the record's own counters say there is something, or say nothing.

Lists of records that have a list of their own (events, requisites) are read for their links alone: what was not met
otherwise is then fetched by card, and no record comes in two different shapes. Source: Megaplan reference, §4.3, §7, §8.6.
"""

from typing import Any

from crmexport.source import Announced, Gap, GapKind, Reading, Request, Row
from crmexport.source.reading import SubList
from crmexport.source.slices import Piece
from crmexport.text import _
from crmexport_megaplan.cards import card, whole_one
from crmexport_megaplan.envelope import Answer
from crmexport_megaplan.kinds import CARDS, WORTH
from crmexport_megaplan.query import API, PAGE, asked, step
from crmexport_megaplan.spec import OF_FILE

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
    "relationLinks",
)
_COMMENT_WORTH = {
    "clientChat": 45,
    "deal": 44,
    "contractorCompany": 43,
    "contractorHuman": 43,
    "task": 40,
    "project": 40,
    "todo": 38,
    "offer": 37,
    "employee": 37,
    "invoice": 36,
    "finOperation": 36,
    "doc": 36,
    "warehouse": 36,
    "consignment": 36,
}
# Whether these can be talked about nobody has told (§8.6): they are asked only where a counter tells of comments.
_WHERE_COUNTED = frozenset({"invoice", "finOperation", "doc", "warehouse"})
# Known from the vendor's description only (§7, §8.6); nobody's own counters tell that a person has events, or what was said of
# a consignment or in a chat.
_UNCERTAIN = ("offer", "employee", "consignment", "clientChat")
_COMMENTS = asked("", {"limit": PAGE, "fields": list(COMMENT_FIELDS)}).removeprefix(API)
_ALL = asked("", {"limit": PAGE, "all": True}).removeprefix(API)
_PAGED = asked("", {"limit": PAGE}).removeprefix(API)
_FILES = asked("", {"limit": PAGE, "fields": list(OF_FILE)}).removeprefix(API)

# Arrays that may come as previews, and where the whole of each is: in a sub-list, or on the record's card.
_SUBLISTS = {
    "todos": ("todo", "/{stream}/{id}/todos" + _ALL),
    "attaches": ("file", "/{stream}/{id}/attaches" + _FILES),
    "payers": ("payer", "/contractor/{id}/payers" + _PAGED),
    "contacts": ("contractorHuman", "/contractor/{id}/contacts" + _PAGED),
    "invoices": ("invoice", "/{stream}/{id}/invoices" + _PAGED),
    "rows": ("consignmentRow", "/{stream}/{id}/rows" + _PAGED),
    "financeOperations": ("finOperation", "/{stream}/{id}/finOperations" + _PAGED),
}
_CLIENT = (
    "todos",
    "attaches",
    "payers",
    "contactInfo",
    "responsibles",
    "contacts",
    "financeOperations",
    "tags",
    "partners",
    "competitors",
)
_ISSUE = ("todos", "attaches", "executors", "auditors", "participants", "milestones", "tags")
_ARRAYS = {
    "contractorCompany": _CLIENT,
    "contractorHuman": _CLIENT,
    "employee": ("todos", "contactInfo", "extraDepartments"),
    "department": ("vacancies",),
    "program": ("states",),
    "deal": ("todos", "attaches", "invoices", "positions", "auditors", "financeOperations", "tags"),
    "task": (*_ISSUE, "negotiationItems", "deals", "previousTasks", "financeOperations"),
    "project": (*_ISSUE, "deals", "financeOperations"),
    "todo": ("attaches", "participants", "relations"),
    "invoice": ("rows", "financeOperations"),
    "offer": ("attaches", "parts", "warehouseBalances"),
    "warehouse": ("attaches",),
    "consignment": ("rows", "attaches"),
    "doc": ("attaches",),
    "message": ("attaches",),
    "comment": ("attaches", "transportMessages", "relationLinks"),
    "finOperation": ("attaches", "invoices"),
}
_COUNTERS = {stream: tuple((name, f"{name}Count") for name in names) for stream, names in _ARRAYS.items()}
# Asked for by name, so that a row without them hides them (the reader's rights end there); their sub-lists may not.
_UNTOLD = frozenset({"todos", "attaches", "rows"})
# The API has no list of these, or one whose rows are no records of their own (§7).
_NO_ROUTE = frozenset(
    {
        ("doc", "attaches"),
        ("message", "attaches"),
        ("finOperation", "invoices"),
        ("invoice", "rows"),
        *((stream, "financeOperations") for stream in _ARRAYS if stream not in ("task", "project")),
    }
)
# A sub-list of operations does not say whose they are, a card does: it is asked first.
_BY_CARD_FIRST = frozenset({"financeOperations"})
_NEEDED = {"program": ("states",)}
_HAVE_CARDS = CARDS | {"comment"}


def is_foreign(stream: str, value: dict[str, Any]) -> bool:
    """Whether this is a requisite of a country whose fields were not asked for by name: its card carries them all (§6.2)."""
    country = value.get("country") if stream == "payer" else None
    return isinstance(country, dict) and str(country.get("id")).lower() != "ru"


def add_hanging(reading: Reading, row: Row, is_card: bool, is_news: bool) -> None:
    """What hangs under a record: the requests for it, its own card included where the row is not whole, and how much there is.

    That it has none `is_news` only where it may have said otherwise before.
    """
    stream, id, value = row.stream, row.id, row.value
    if stream in _COMMENT_WORTH:
        _add_comments(reading, row, is_news)
    incomplete = [name for name in _NEEDED.get(stream, ()) if name not in value]
    for name in previews(stream, value):
        if _has_route(stream, name) and (is_card or name not in _BY_CARD_FIRST):
            reading.under.append(((stream, id), _links(name, stream, id, value.get(f"{name}Count"))))
        else:
            incomplete.append(name)
    wants_card = incomplete or is_foreign(stream, value)
    whole = whole_one(stream, id, row.parent) if wants_card and not is_card else None
    if whole:
        reading.under.append(((stream, id), whole))
    if stream in _ALSO:
        _ALSO[stream](reading, row, is_news)
    if is_card or stream not in _HAVE_CARDS or value.get("canSeeFull") is False:
        reading.gaps.extend(_truncated(stream, id, value))


def _add_comments(reading: Reading, row: Row, is_news: bool) -> None:
    """Its comments, unless it says that it has none; hidden ones are counted apart."""
    stream, id, value = row.stream, row.id, row.value
    shown, hidden = value.get("commentsCount"), value.get("hiddenCommentsCount")
    if _has_comments(stream, value):
        reading.under.append(((stream, id), _comments(stream, id, shown)))
    elif shown is not None:
        reading.ended.append(SubList("comment", (stream, id)))
    for scope, number in ((f"{stream}/{id}", shown), (f"{stream}/{id}/hidden", hidden)):
        if isinstance(number, int) and (number or is_news):
            reading.announced.append(Announced("comment", scope, number))


def _add_rows(reading: Reading, row: Row, is_news: bool) -> None:
    """The rows of a consignment, which names them only (§7)."""
    number = row.value.get("rowsCount")
    if isinstance(number, int) and (number or is_news):
        reading.announced.append(Announced("consignmentRow", f"{row.stream}/{row.id}", number))
    for part in row.value.get("rows") or ():
        request = card("consignmentRow", str(part["id"])) if isinstance(part, dict) and "id" in part else None
        if request:
            reading.under.append(((row.stream, row.id), request))


def _add_articles(reading: Reading, row: Row, is_news: bool) -> None:
    reading.under.append(((row.stream, row.id), _articles(row.id)))


def previews(stream: str, value: dict[str, Any]) -> list[str]:
    """The arrays that hold fewer members than their counters tell of (§4.3), and those of which a row says nothing at all."""
    found: list[str] = []
    for name, counter in _COUNTERS.get(stream, ()):
        number = value.get(counter)
        if number == 0:
            continue  # the usual case, on the hot path
        if number is None:
            if stream == "comment":  # each of very many would be asked
                continue
            if name in _UNTOLD and name not in value:
                found.append(name)
        elif isinstance(number, int) and number > len(value.get(name) or ()):
            found.append(name)
    return found


def _has_route(stream: str, name: str) -> bool:
    """Whether the whole of an array is in a sub-list."""
    return name in _SUBLISTS and (stream, name) not in _NO_ROUTE


def _truncated(stream: str, id: str, value: dict[str, Any]) -> list[Gap]:
    """What even the fullest form of a record shows only a part of, though its counter tells of more."""
    if value.get("canSeeFull") is False:
        words = _(
            "Shown in part only: this sign-in may not see the whole card. Once it may, or with another sign-in, pull with --full."
        )
        return [Gap(stream, f"{id}/canSeeFull", GapKind.REFUSED, words)]
    return [
        Gap(stream, f"{id}/{name}", GapKind.REFUSED, _cut(value, name, value[f"{name}Count"]))
        for name in previews(stream, value)
        if not _has_route(stream, name) and f"{name}Count" in value
    ]


def _cut(value: dict[str, Any], name: str, number: int) -> str:
    words = _("The source shows {shown} of {number}, and has no way to the rest.")
    return words.format(shown=len(value.get(name) or ()), number=number)


def _comments(stream: str, id: str, expected: Any) -> Request:
    """The comments of a record. Their concrete route only: the abstract one of contractors always fails (§7)."""
    return Request(
        "comment",
        f"{API}/{stream}/{step(id)}/comments{_COMMENTS}",
        worth=_COMMENT_WORTH[stream],
        bulk=True,
        subject=("comment", f"{stream}/{id}"),
        family=stream if stream in _UNCERTAIN and expected is None else "",
        context={
            "kind": "comments",
            "of": [stream, id],
            "expected": expected if isinstance(expected, int) else 0,
        },
    )


def _has_comments(stream: str, value: dict[str, Any]) -> bool:
    """Whether to ask for any: its numbers say so, or nothing tells."""
    number = value.get("commentsCount")
    if number is None:
        return stream not in _WHERE_COUNTED
    return bool(number) or bool(value.get("hiddenCommentsCount"))


def _articles(section: str) -> Request:
    """The articles of a section of the knowledge base, read for their links: an article comes whole by its card."""
    return Request(
        "knowledgeArticle",
        f"{API}/knowledgeBase/{step(section)}/articles{_PAGED}",
        worth=WORTH["knowledgeArticle"],
        bulk=True,
        subject=("knowledgeArticle", f"knowledgeBase/{section}"),
        family="knowledgeBase",
        context={"kind": "links", "of": ["knowledgeBase", section]},
    )


def _links(name: str, stream: str, id: str, number: Any) -> Request:
    """The whole of an array. Where the record's counter tells of more than is shown, that the source does not give it is a loss."""
    wanted, path = _SUBLISTS[name]
    is_told = isinstance(number, int)
    return Request(
        wanted,
        API + path.format(stream=stream, id=step(id)),
        worth=WORTH[stream] - 5,
        bulk=True,
        subject=(wanted, f"{stream}/{id}"),
        family=stream if stream in _UNCERTAIN and not is_told else "",
        context={"kind": "links", "of": [stream, id], **({"counted": [name, number]} if is_told else {})},
    )


def recount(request: Request) -> Request:
    """Instead of the whole of an array that is “not there”, once more the record that counts what is in it: it may be gone itself."""
    stream, id = request.context["of"]
    counted = request.context["counted"]
    return Request(
        request.stream,
        asked(f"/{stream}/{step(id)}", {"fields": counted[:1]}),
        worth=request.worth,
        bulk=True,
        subject=request.subject,
        context={"kind": "recount", "of": [stream, id], "counted": counted, "if_gone": True},
    )


def after_recount(reading: Reading, request: Request, _answer: Answer, pieces: list[Piece]) -> None:
    """A record that is there and goes on counting more than it shows: the source has no list of them."""
    name, number = request.context["counted"]
    for value in (piece.value for piece in pieces):
        now = value.get(f"{name}Count", number)
        if isinstance(now, int) and now > len(value.get(name) or ()):
            subject = request.subject or (request.stream, "")
            reading.gaps.append(Gap(*subject, GapKind.REFUSED, _cut(value, name, now)))


_ALSO = {"consignment": _add_rows, "knowledgeBase": _add_articles}
