"""The records in an answer of the older API, by the kind of question it answers."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from crmexport.source import Key, Request, Response, Row
from crmexport.source.slices import Piece
from crmexport.text import _
from crmexport_megaplan.records import card_alone
from crmexport_megaplan.v1.envelope import check, regular, rows_of
from crmexport_megaplan.v1.kinds import CARDS, NAMELESS, id_of
from crmexport_megaplan.v1.lists import ALL_DEALS, BINS, LISTS, MARK, NEW_COMMENTS

ACCOUNT = "account"
BIN = "bin"


def pieces_of(request: Request, response: Response) -> list[Piece]:
    """The rows of an answer with their places. Raises ValueError for what is no such answer."""
    spec = LISTS.get(request.context.get("list", ""))
    loose = spec is not None and not spec.paged and spec.stream in NAMELESS
    return rows_of(response, _KEYS[request.context["kind"]](request), loose=loose)


def records(request: Request, pieces: Sequence[Piece]) -> list[Row]:
    """The records among `pieces`."""
    return _READERS[request.context["kind"]](request, pieces)


def is_whole(request: Request, value: dict[str, Any]) -> bool:
    """Whether a row of a list holds all that its card would: the field that marks a card, and every extra field named."""
    spec = LISTS[request.context["list"]]
    if spec.stream not in CARDS:
        return True
    marked = spec.whole != "-" and (not spec.whole or spec.whole in value)
    extra = (name for name in request.context["names"] if MARK in name)
    return marked and not request.context.get("cards") and all(name in value for name in extra)


def is_no_bin(request: Request, pieces: Sequence[Piece]) -> bool:
    """Whether a list of what is in the bin shows what is in use instead: then the account does not know that question.

    One or the other may have gone into the bin since its list was read, be it the night before, so only most of the rows decide: of
    both, for a bin may hold no others.
    """
    in_use = set(request.context.get("in_use", ()))
    if not in_use:
        return False
    stream = LISTS[request.context["list"]].stream
    ids = {id_of(stream, piece.value) for piece in pieces}
    return 2 * len(ids & in_use) > max(len(ids), len(in_use))


def names_in(scope: str, pieces: Sequence[Piece]) -> list[str]:
    """The names to ask for by the definitions of a scope, in their order: its extra fields, or all where others are named too."""
    names = [str(piece.value.get("Name", "")) for piece in pieces]
    all_told = LISTS[scope.partition("/")[0]].all_told
    return [name for name in names if name and (MARK in name or all_told)]


def account(request: Request, response: Response) -> list[Row]:
    """Who pulls, and the zone of the account's times: the whole answer is one record."""
    document = json.loads(response.body)
    check(document)
    value = {**document, "zone": request.context["zone"]}
    return [Row("Account", ACCOUNT, value, 0, len(response.body))]


def signed_in(response: Response) -> str:
    """Who is signed in, by the number of the employee or else of the user; "" where neither is told."""
    document = json.loads(response.body)
    check(document)
    data = document.get("data")
    told = data if isinstance(data, dict) else {}
    return next((f"{name[:-2]} {told[name]}" for name in ("EmployeeId", "UserId") if told.get(name)), "")


def _of_list(request: Request, pieces: Sequence[Piece]) -> list[Row]:
    name = request.context["list"]
    if name in (ALL_DEALS, NEW_COMMENTS) or is_no_bin(request, pieces):
        return []
    stream = LISTS[name].stream
    whole = [piece for piece in pieces if is_whole(request, piece.value)]
    return [_row(stream, piece, _place(request, stream)) for piece in whole]


def another(request: Request, response: Response, pieces: Sequence[Piece]) -> Key | None:
    """The record that a card shows in place of the one that was asked for."""
    card = card_alone(request, response, pieces)
    shown = card and (request.stream, id_of(request.stream, card.value))
    return None if shown == request.subject else shown


def _of_card(request: Request, pieces: Sequence[Piece]) -> list[Row]:
    rows = [_row(request.stream, piece, _place(request, request.stream)) for piece in pieces]
    if [row.id for row in rows] != [(request.subject or ("", ""))[1]]:
        raise ValueError(_("Another record came than the one that was asked for."))
    return rows


def _of_under(request: Request, pieces: Sequence[Piece]) -> list[Row]:
    stream, id = request.context["of"]
    apart = bool(request.context.get("apart"))
    return [_row(request.stream, piece, (stream, id), apart=apart) for piece in pieces]


def _of_fields(request: Request, pieces: Sequence[Piece]) -> list[Row]:
    scope = request.context["scope"]
    stream, _slash, program = scope.partition("/")
    of = ("Program", program) if program else (stream, "")
    if pieces and not any(piece.value.get("Name") for piece in pieces):
        raise ValueError(_("The answer holds something that is no record."))
    return [
        Row("Field", f"{scope}:{piece.value['Name']}", piece.value, piece.start, piece.end, of)
        for piece in pieces
        if piece.value.get("Name")
    ]


def _nothing(request: Request, pieces: Sequence[Piece]) -> list[Row]:
    return []


def _place(request: Request, stream: str) -> Key | None:
    """Whether records are in the bin or not, told as what they stand under, by the list that led to them; None if none did."""
    name = request.context.get("list")
    if name in BINS.values():
        return stream, BIN
    return (stream, "") if name in BINS else None


def _row(stream: str, piece: Piece, parent: Key | None = None, *, apart: bool = False) -> Row:
    told = piece.value.get("TimeUpdated") or piece.value.get("Activity")
    modified = told if isinstance(told, str) else None
    id = id_of(stream, piece.value, parent if apart else None)
    return Row(stream, id, regular(piece.value), piece.start, piece.end, parent, modified)


_READERS: dict[str, Callable[[Request, Sequence[Piece]], list[Row]]] = {
    "list": _of_list,
    "card": _of_card,
    "under": _of_under,
    "fields": _of_fields,
    "card fields": _nothing,
    "ids": _nothing,
}
_KEYS: dict[str, Callable[[Request], str]] = {
    "ids": lambda request: LISTS[request.context["list"]].key,
    "list": lambda request: LISTS[request.context["list"]].key,
    "card": lambda request: CARDS[request.stream][1],
    "under": lambda request: "comments" if request.stream == "Comment" else "changes",
    "fields": lambda request: "Fields",
    "card fields": lambda request: "Fields",
}
