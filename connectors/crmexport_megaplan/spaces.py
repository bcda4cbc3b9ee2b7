"""Spaces, the newer tables and notes: a tree of elements, the text of each note, the columns, views and rows of each table.

All of it is known from the vendor's description only (RAML `/spaces/…`, types `Element`, `NoteEdition`, `WidgetLayout`,
`WidgetLayoutDataRow`, October 2025). Which of the five lists shows every element nobody has told: where the first is answered, the
others are asked as well, and what lies within an element is asked of that. Nothing tells that a note or a row was changed, so they are
asked for by each pass. A table is read through its views, and a view may hide rows.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from crmexport.source import Announced, Gap, GapKind, Key, Reading, Request, Row
from crmexport.source.reading import SubList
from crmexport.source.slices import Piece
from crmexport.text import N_, _
from crmexport_megaplan.envelope import Answer
from crmexport_megaplan.files import file_path, reference
from crmexport_megaplan.kinds import WORTH
from crmexport_megaplan.paging import counts_all, following, total
from crmexport_megaplan.pictures import told_by
from crmexport_megaplan.query import PAGE, asked, step
from crmexport_megaplan.spec import ListSpec, named

Value = Mapping[str, Any]

ELEMENT = "element"
ROOT = "spaces"
OTHERS = (N_("elements"), N_("elements for all"), N_("elements of one's own"), N_("elements thrown away"))
OPEN = (ROOT, *OTHERS)
WITHIN = "elements within"
VIEWS = "views"
PART = "space part"
FILE_MARK = b'"SpaceFile"'  # in the bytes of every row that holds a file
_ROWS = "widgetRow"
_TABLES = ("Widget", "WidgetView")
_DRAWN = ("BarChart", "PieChart", "LineChart", "Chart")  # views that show sums of rows, and no rows
_NAMES = named(
    """type title path childrenCount linkedElement inTrash defaultLayoutId defaultLayoutType isSystem systemName isPublic
    isCustom"""
)
_VIEW = [*named("type name filter settings")]
_COLUMN = [
    *named("name alias type elementType values linkType isRequired isReadOnly isDefault isLocked settings")
]


def _list(route: str) -> ListSpec:
    return ListSpec(ELEMENT, f"/spaces/{route}", _NAMES, scope="", sorted=False, small=True, uncertain=True)


SPACES = {
    ROOT: _list("space"),
    **dict(zip(OTHERS, map(_list, ("element", "section/all", "section/private", "trash")), strict=True)),
    WITHIN: _list("element/{within}/children"),
}


def may_hold_others(value: Value) -> bool:
    """Whether anything may lie within an element: its counter says so, or it is a space that has none."""
    number = value.get("childrenCount")
    return number > 0 if isinstance(number, int) else value.get("type") == "Space"


def contents(id: str, value: Value) -> Iterator[Request]:
    """What an element holds by its type. A table of tasks or deals (`isCustom` is false) holds nothing: these are pulled as such."""
    kind = value.get("type")
    if kind == "Space":
        yield _part("elementMember", f"element/{step(id)}/members", id, limit=PAGE)
    elif kind == "Note":
        yield _part("noteEdition", f"note/{step(id)}", id)
    elif kind == "Iframe":
        yield _part("iframeUrl", f"iframe/{step(id)}", id)
    elif kind in _TABLES and value.get("isCustom") is not False and not value.get("linkedElement"):
        usual = value.get("defaultLayoutId")
        yield _part("widgetField", f"widget/{step(id)}/fields", id, limit=PAGE, fields=_COLUMN)
        views = _part("widgetLayout", f"widget/{step(id)}/layouts", id, limit=PAGE, fields=_VIEW)
        yield views.replace(context={**views.context, "kind": VIEWS, **({"usual": usual} if usual else {})})


def not_given(request: Request, answer: Answer) -> Reading:
    """A list that is refused. Nothing had told that there is anything in it."""
    subject = request.subject or (ELEMENT, "")
    return Reading(gaps=[Gap(*subject, GapKind.NOT_GIVEN, f"{answer.status} {answer.words}")])


def member_id(of: Key, value: Value) -> str | None:
    """What a member of a space is known by: whom it names, for it has no id of its own. None of any other record."""
    member = value.get("member")
    if value.get("id") is not None or not isinstance(member, dict) or member.get("id") is None:
        return None
    return f"{of[0]}/{of[1]}/{value.get('contentType', '')}:{member.get('contentType', '')}:{member['id']}"


def instead(request: Request) -> list[Request]:
    """Where the views of a table are not given, the one that the table names itself."""
    usual = request.context.get("usual")
    return [_rows(request.context["of"][1], str(usual), whole=False)] if usual else []


def after_views(reading: Reading, request: Request, answer: Answer, pieces: Sequence[Piece]) -> None:
    """The rows of a table through a view that hides none, or through all of its views where each has a filter."""
    known = [
        *request.context.get("known", ()),
        *([str(one.value.get("id")), _hides(one.value)] for one in pieces),
    ]
    more = following(request, answer, known=known)
    if more:
        reading.requests.append(more)
        return
    stream, id = request.context["of"]
    reading.ended.append(SubList(request.stream, (stream, id)))
    shown = [view for view, hides in known if hides is not None]
    whole = next((view for view, hides in known if hides is False), None)
    if whole is not None or not shown:
        reading.requests.extend([_rows(id, whole, whole=True)] if whole else instead(request))
        return
    reading.requests.extend(_rows(id, view, whole=False) for view in shown)
    words = _(
        "Each view of this table has a filter, or does not say that it has none: rows that none of them shows are not given."
    )
    reading.gaps.append(Gap(request.stream, f"{stream}/{id}", GapKind.NOT_GIVEN, words))


def after_part(reading: Reading, request: Request, answer: Answer, pieces: Sequence[Piece]) -> None:
    """The next page; at the end, what did not come again is not there any more, unless a filter may hide it."""
    cut = [str(piece.value["id"]) for piece in pieces if is_cut(request, piece.value)]
    reading.requests.extend(_row(request, id) for id in cut)
    reading.gaps.extend(gap for piece in pieces if (gap := _lost(request, piece.value)))
    is_whole = request.context["whole"] and not cut
    if pieces and "id" not in pieces[-1].value and answer.pagination.get("hasMoreNext"):
        words = _(
            "The list goes on, but its rows have no ids, by which alone the next page could be asked for."
        )
        reading.gaps.append(Gap(*(request.subject or (request.stream, "")), GapKind.NOT_GIVEN, words))
        return
    more = following(request, answer, total=counts_all(request, answer), whole=is_whole)
    if more:
        reading.requests.append(more)
    elif is_whole:
        stream, id = request.context["of"]
        reading.ended.append(SubList(request.stream, (stream, id)))
        number = total(request, answer)
        if number is not None and request.stream == _ROWS:
            reading.announced.append(Announced(_ROWS, f"{stream}/{id}", number))


def _lost(request: Request, value: Value) -> Gap | None:
    """The cells that even the row by itself does not show."""
    number, shown = value.get("dataCount"), len(value.get("data") or ())
    if request.stream != _ROWS or "view" in request.context or not isinstance(number, int) or number <= shown:
        return None
    words = _("The source shows {shown} of {number}, and has no way to the rest.")
    subject = request.subject or (_ROWS, "")
    return Gap(*subject, GapKind.REFUSED, words.format(shown=shown, number=number))


def is_cut(request: Request, value: Value) -> bool:
    """Whether a list shows some of a row's cells only, as arrays within records are shown (Megaplan reference, §4.3): the row tells them."""
    number = value.get("dataCount") if "view" in request.context else None
    return isinstance(number, int) and number > len(value.get("data") or ()) and value.get("id") is not None


def take_files(url: str, reading: Reading, rows: Sequence[Row], answer: Answer) -> None:
    """The files in the cells of rows. Nothing tells whether their ids are those of other files, so their addresses name them.

    A file that the answer shows elsewhere is a bare link in a cell (Megaplan reference, §4.3).
    """
    cells = [(row, value) for row in rows for value in _files(row.value)]
    told = [*(value for _row, value in cells), *_files(answer.included)]
    whole = {str(value.get("id")): value for value in told if value.get("url")}
    for row, value in cells:
        found = whole.get(str(value.get("id")), value)
        if found.get("url"):
            _take_file(url, reading, row, found)


def _take_file(url: str, reading: Reading, row: Row, value: Value) -> None:
    told = str(value["url"])
    path = file_path(url, told)
    id, name = told_by(path or told)
    if path is None:
        words = _("The file lies outside this account, at {path}: it is not fetched.").format(path=told)
        reading.gaps.append(Gap("file", id, GapKind.NOT_GIVEN, words))
        return
    described = {"contentType": "File", "id": id, "name": value.get("title") or name, "path": path}
    reading.files.append(reference(id, (row.stream, row.id), path, described))


def _part(stream: str, route: str, id: str, **query: Any) -> Request:
    return Request(
        stream,
        asked(f"/spaces/{route}", query),
        worth=WORTH[stream],
        bulk=True,
        subject=(stream, f"{ELEMENT}/{id}"),
        family=ELEMENT,
        context={"kind": PART, "of": [ELEMENT, id], "whole": True},
    )


def _rows(id: str, view: str, *, whole: bool) -> Request:
    """The rows of a table through a view, with the columns that it hides."""
    route = f"widget/{step(id)}/layout/{step(view)}/rows"
    page = _part(_ROWS, route, id, limit=PAGE, fields=["data", "url"], withSelectAllFields=True)
    return page.replace(
        subject=(_ROWS, f"{ELEMENT}/{id}" if whole else f"{ELEMENT}/{id}/{view}"),
        context={**page.context, "whole": whole, "view": view},
    )


def _row(request: Request, id: str) -> Request:
    """One row of a table by itself."""
    (_stream, table), view = request.context["of"], request.context["view"]
    one = _part(_ROWS, f"widget/{step(table)}/layout/{step(view)}/row/{step(id)}", table)
    return one.replace(
        subject=(_ROWS, f"{ELEMENT}/{table}/{view}/{id}"), context={**one.context, "whole": False}
    )


def _hides(view: Value) -> bool | None:
    """Whether a view may hide rows; None of one that shows no rows at all."""
    is_drawn = view.get("type") in _DRAWN or view.get("id") is None
    return None if is_drawn else bool(view.get("filter", True))


def _files(value: Any) -> Iterator[Value]:
    """Every file within a value."""
    if isinstance(value, dict) and value.get("contentType") == "SpaceFile":
        yield value
        return
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _files(inner)
