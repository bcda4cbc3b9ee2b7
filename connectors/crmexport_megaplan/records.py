"""The records in an answer, by the kind of question it answers."""

from collections.abc import Callable, Sequence
from typing import Any

from crmexport.source import Gap, GapKind, Key, Reading, Request, Response, Row
from crmexport.source.slices import Piece
from crmexport.text import _
from crmexport_megaplan import parts, spaces
from crmexport_megaplan.kinds import CARDS, LISTED_IN, OWNER_OF, id_of, modified, stream_of
from crmexport_megaplan.lists import LISTS, OUTSIDE
from crmexport_megaplan.papers import STORAGE, TRASH, TREE

_LINK = {"contentType", "id"}
# What the rows of a list may be besides its own stream's, by the vendor's own description (Megaplan reference, §7, §8.1, §8.3).
_MIXED = {
    "task": ("project",),
    "contractorCompany": ("contractorHuman",),
    "contractorHuman": ("contractorCompany",),
    TREE: ("knowledgeArticle",),
}


_BECOMES = {
    "task": ("project",),
    "project": ("task",),
    "contractorCompany": ("contractorHuman",),
    "contractorHuman": ("contractorCompany",),
}


def records(request: Request, pieces: Sequence[Piece]) -> list[Row]:
    """The records among `pieces`, the rows of the answer to `request`."""
    return _READERS[request.context["kind"]](request, pieces)


def parted(request: Request, pieces: Sequence[Piece]) -> tuple[list[Piece], list[Piece]]:
    """The rows that say something, and those that are a bare link to a record whose card can be asked for; as they came.

    An answer shows every object whole only where it first stands, "anywhere in the tree" (§4.3): a row that an earlier row
    names may be no exception.
    """
    kind = request.context["kind"]
    if kind not in ("list", "comments") or (kind == "list" and LISTS[request.context["list"]].typed):
        return list(pieces), []
    whole: list[Piece] = []
    bare: list[Piece] = []
    for piece in pieces:
        is_bare = len(piece.value) == 2 and piece.value.keys() == _LINK and _has_card(piece.value)
        (bare if is_bare else whole).append(piece)
    return whole, bare


def card_alone(request: Request, response: Response, pieces: Sequence[Piece]) -> Piece | None:
    """What came as the card of a record that was asked for alone: in a batch two answers may have changed places."""
    is_alone = request.context["kind"] == "card" and not response.offset and len(pieces) == 1
    return pieces[0] if is_alone else None


def another(request: Request, response: Response, pieces: Sequence[Piece]) -> Key | None:
    """The record that a card shows in place of the one that was asked for: that was merged into it, or has become it.

    A record of a quite different kind tells of nothing but something in between that mixes up who asked what.
    """
    card = card_alone(request, response, pieces)
    if card is None or card.value.get("id") is None:
        return None
    shown = stream_of(card.value, ""), id_of(card.value)
    may_be = {request.stream, *_BECOMES.get(request.stream, ())}
    return shown if shown[0] in may_be and shown != request.subject else None


def merged(request: Request, shown: Key) -> Reading:
    """What an answer teaches that shows another record."""
    words = _(
        "The source shows another record for it: {stream} {id}. It was merged into that one, or has become it."
    )
    stream, id = request.subject or (request.stream, "")
    gap = Gap(stream, id, GapKind.VANISHED, words.format(stream=shown[0], id=shown[1]))
    return Reading(gaps=[gap], links={shown})


def _has_card(value: dict[str, Any]) -> bool:
    return value["contentType"] == "Comment" or stream_of(value, "") in CARDS


def _is_elsewhere(list_name: str, value: dict[str, Any]) -> bool:
    """Whether a row of this list is another list's to give: it comes whole there, here without its own fields.

    Task lists mix tasks and projects, and may show templates (Megaplan reference, §4.5, §8.3).
    """
    spec = LISTS[list_name]
    if stream_of(value, spec.stream) != spec.stream:
        return True
    return list_name in ("task", "project") and bool(value.get("isTemplate"))


def of_list(request: Request, pieces: Sequence[Piece]) -> list[Row]:
    """The rows of a list that are its own to give."""
    name = request.context["list"]
    stream, scheme = LISTS[name].stream, request.context.get("program")
    _check(pieces, (stream, *_MIXED.get(name, ())))
    if name in (OUTSIDE, STORAGE, TRASH, TREE):
        return []
    return [
        _row(stream, piece, typed=LISTS[name].typed)
        for piece in pieces
        if not _is_elsewhere(name, piece.value) and not _of_other_scheme(piece.value, scheme)
    ]


def _of_other_scheme(value: dict[str, Any], scheme: str | None) -> bool:
    """Whether a deal is not of the scheme asked for: a filter that is ignored shows all (§4.4)."""
    program = value.get("program")
    return scheme is not None and isinstance(program, dict) and str(program.get("id")) != scheme


def _of_card(request: Request, pieces: Sequence[Piece]) -> list[Row]:
    parent = _parent(request)
    _check(pieces, (request.stream,))
    if any(id_of(piece.value) != (request.subject or ("", ""))[1] for piece in pieces):
        raise ValueError(_("Another record came than the one that was asked for."))
    return [_row(request.stream, piece, _stands_at(piece.value, parent)) for piece in pieces]


def _of_comments(request: Request, pieces: Sequence[Piece]) -> list[Row]:
    """Comments only: rows of history stand between them (§8.6)."""
    parent = _parent(request)
    _check(pieces, ("comment",))
    comments = [piece for piece in pieces if piece.value.get("contentType") == "Comment"]
    return [_row("comment", piece, _stands_at(piece.value, parent)) for piece in comments]


def _stands_at(value: dict[str, Any], parent: Key | None) -> Key | None:
    """The record that a comment stands at: a chat shows those of the client's deal or card as well (RAML `Comment.subject`)."""
    subject = value.get("subject")
    if parent is None or parent[0] != "clientChat" or not isinstance(subject, dict):
        return parent
    stream = OWNER_OF.get(subject.get("contentType", ""))
    return (stream, str(subject["id"])) if stream and subject.get("id") is not None else parent


def _of_fields(request: Request, pieces: Sequence[Piece]) -> list[Row]:
    scope = request.context["scope"]
    kind, _slash, id = scope.partition("/")
    _check(pieces, ("extraField",))
    return [
        Row("extraField", f"{scope}:{piece.value['name']}", piece.value, piece.start, piece.end, (kind, id))
        for piece in pieces
        if piece.value.get("name")
    ]


def _of_part(request: Request, pieces: Sequence[Piece]) -> list[Row]:
    """Rows that belong to the record they stand under. Comments among a history come with the comments (§8.7)."""
    stream, id = request.context["of"]
    of = (stream, id)
    _check(pieces, (request.stream, "comment", *_NAMED.get(request.stream, ())))
    return [
        Row(request.stream, parts.id_of(of, piece.value), piece.value, piece.start, piece.end, of)
        for piece in pieces
        if piece.value.get("contentType") != "Comment"
    ]


def _of_space_part(request: Request, pieces: Sequence[Piece]) -> list[Row]:
    """What stands under an element. A row of a table that is shown in part is asked for by itself."""
    rows = _of_part(request, [piece for piece in pieces if not spaces.is_cut(request, piece.value)])
    stream, id = request.context["of"]
    return [row._replace(id=spaces.member_id((stream, id), row.value) or row.id) for row in rows]


def _of_tree(request: Request, pieces: Sequence[Piece]) -> list[Row]:
    _check(pieces, (request.stream,))
    return [_row(request.stream, piece) for piece in pieces]


def _check(pieces: Sequence[Piece], streams: Sequence[str]) -> None:
    """Raises ValueError when a row is of a stream that this question cannot bring: the answer belongs to another one."""
    allowed = (*streams, "")
    for piece in pieces:
        kind = piece.value.get("contentType", "")
        if LISTED_IN.get(kind, "") not in allowed:
            raise ValueError(_("Rows of another kind came than those asked for: {kind}.").format(kind=kind))


def _nothing(request: Request, pieces: Sequence[Piece]) -> list[Row]:
    return []


def _row(stream: str, piece: Piece, parent: Key | None = None, typed: bool = False) -> Row:
    value = piece.value
    id = f"{value.get('contentType', '')}:{id_of(value)}" if typed else id_of(value)
    return Row(stream, id, value, piece.start, piece.end, parent, modified(value))


def _parent(request: Request) -> Key | None:
    of = request.context.get("of")
    return (of[0], of[1]) if of else None


# What the rows of lists of links may name, and what stands in histories besides changes (§8.7).
_NAMED = {
    "history": ("message", "callInfo"),
    "linkedDeal": ("deal",),
    "linkedTask": ("task", "project"),
    "groupMember": ("employee", "contractorHuman", "department", "group"),
}

_READERS: dict[str, Callable[[Request, Sequence[Piece]], list[Row]]] = {
    "list": of_list,
    "card": _of_card,
    "comments": _of_comments,
    "fields": _of_fields,
    "tree": _of_tree,
    "part": _of_part,
    spaces.VIEWS: _of_part,
    spaces.PART: _of_space_part,
    "links": _nothing,
    "found": _nothing,
    "count": _nothing,
    "ids": _nothing,
    "recount": _nothing,
}
