"""Spaces come with the texts of their notes and the rows of their tables, by whatever lists and views show them (RAML `/spaces/…`)."""

from typing import Any

from crmexport_megaplan.query import query_of

from crmexport.source import Announced, Gap, GapKind, Reading, Request, Verdict
from crmexport.source.reading import SubList
from tests.megaplan.builders import HOST, answer, asked_paths, connector, link, opening, page, read, refused


def element(id: str, kind: str, **more: Any) -> dict[str, Any]:
    return link("Element", id, type=kind, title=id, childrenCount=0, **more)


def space(*elements: dict[str, Any]) -> Reading:
    """What the first list of an account's opening leads to."""
    return read(opening("element"), page([*elements]))


def under(kind: str, **more: Any) -> list[Request]:
    """What is asked of an element of a kind, found by its card."""
    card = connector.card("element", "e 1")
    assert card is not None and card.path == "/api/v3/spaces/element/e%201"
    return read(card, answer(element("e 1", kind, **more))).asks


def view(id: str, kind: str = "Table", **more: Any) -> dict[str, Any]:
    return link("WidgetLayout", id, type=kind, **more)


def test_the_other_lists_of_elements_are_asked_only_where_the_first_is_answered() -> None:
    assert sum(one.stream == "element" for one in connector.opening(None)) == 1
    lists = ["/spaces/element", "/spaces/section/all", "/spaces/section/private", "/spaces/trash"]
    assert asked_paths(space()) == lists
    assert all(one.bulk and one.family for one in space().asks)
    (more,) = read(opening("element"), page([element("1", "Note")], more=True)).asks[-1:]
    assert query_of(more.path)["pageAfter"] == {"contentType": "Element", "id": "1"}


def test_a_sign_in_that_is_given_no_spaces_lacks_nothing() -> None:
    for status in (404, 405):
        assert connector.verdict(opening("element"), refused("no", status=status)) is Verdict.VANISHED
    told = refused("Not for you", status=403)
    assert connector.verdict(opening("element"), told) is Verdict.ANSWER
    gap = Gap("element", "spaces", GapKind.NOT_GIVEN, "403 Not for you")
    assert read(opening("element"), told) == Reading(gaps=[gap])
    rows = [element("1", "Space") | {"childrenCount": 1}]
    (inner,) = [one for one in space(*rows).asks if "/1/children" in one.path]
    assert connector.verdict(inner, refused("no", status=403)) is Verdict.REFUSED, "its space is shown"


def test_what_lies_within_an_element_is_asked_unless_nothing_does() -> None:
    rows = [
        element("1", "Space") | {"childrenCount": 2},
        element("2", "Space"),
        {**element("3", "Space"), "childrenCount": None},
        {**element("4", "ElementLink"), "childrenCount": None},
    ]
    within = [path for path in asked_paths(space(*rows)) if path.endswith("/children")]
    assert within == ["/spaces/element/1/children", "/spaces/element/3/children"]


def test_an_element_is_asked_in_each_pass_for_what_its_kind_holds() -> None:
    asked = {
        kind: [one.path.partition("?")[0].removeprefix("/api/v3/spaces") for one in under(kind)]
        for kind in ("Note", "Iframe", "Space", "Widget", "ElementLink")
    }
    assert asked == {
        "Note": ["/note/e%201"],
        "Iframe": ["/iframe/e%201"],
        "Space": ["/element/e%201/members"],
        "Widget": ["/widget/e%201/fields", "/widget/e%201/layouts"],
        "ElementLink": [],
    }
    told = space(element("1", "Note"))
    assert told.under == [], "nothing tells that a note was changed"
    assert under("Widget", isCustom=False) == [], "a table of tasks"
    assert under("WidgetView", linkedElement=link("Element", "2")) == [], "another table once more"


def test_a_table_is_read_through_a_view_that_hides_nothing() -> None:
    views = under("Widget")[1]
    told = read(views, page([view("1", "Chart", filter=[]), view("2", filter=[{}]), view("3", filter=[])]))
    (rows,) = told.requests
    assert asked_paths(told) == ["/spaces/widget/e%201/layout/3/rows"] and told.gaps == []
    assert told.ended == [SubList("widgetLayout", ("element", "e 1"))]
    row = link("WidgetLayoutDataRow", "7", data=[{"field": "a", "value": 1}], dataCount=1)
    first = read(rows, page([row], more=True, count=2))
    assert (first.ended, first.announced) == ([], [])
    last = read(first.requests[0], page([{**row, "id": "8"}], count=2))
    assert [one.id for one in last.records] == ["element/e 1/WidgetLayoutDataRow:8"]
    assert last.ended == [SubList("widgetRow", ("element", "e 1"))]
    assert last.announced == [Announced("widgetRow", "element/e 1", 2)]


def test_where_each_view_may_hide_rows_all_are_read_and_it_is_told() -> None:
    views = under("Widget")[1]
    first = read(views, page([view("1", filter=[{}])], more=True))
    told = read(first.requests[0], page([view("2", "Board")]))
    assert asked_paths(told) == ["/spaces/widget/e%201/layout/1/rows", "/spaces/widget/e%201/layout/2/rows"]
    assert [(gap.stream, gap.id, gap.kind) for gap in told.gaps] == [
        ("widgetLayout", "element/e 1", GapKind.NOT_GIVEN)
    ]
    assert read(told.requests[0], page([], count=0)).ended == [], "a row that no view shows is not deleted"


def test_without_views_a_table_names_the_one_to_read_it_through() -> None:
    views = under("Widget", defaultLayoutId="d")[1]
    assert asked_paths(read(views, page([]))) == ["/spaces/widget/e%201/layout/d/rows"]
    assert [one.path.partition("?")[0][-7:] for one in connector.instead(views)] == ["/d/rows"]
    assert list(connector.instead(under("Widget")[1])) == []


def test_a_row_that_a_list_shows_in_part_is_asked_for_by_itself() -> None:
    rows = read(under("Widget")[1], page([view("3", filter=[])])).requests[0]
    cut = link("WidgetLayoutDataRow", "7/8", data=[{"field": "a"}], dataCount=2)
    told = read(rows, page([cut], count=1))
    assert (told.records, told.ended, told.announced) == ([], [], [])
    (one,) = told.requests
    assert asked_paths(told) == ["/spaces/widget/e%201/layout/3/row/7%2F8"] and one.bulk
    assert read(one, answer({**cut, "data": [{}, {}]})).gaps == []
    still = read(one, answer(cut))
    assert len(still.records) == 1 and [gap.kind for gap in still.gaps] == [GapKind.REFUSED]


def test_a_file_in_a_cell_is_fetched_by_its_address() -> None:
    rows = read(under("Widget")[1], page([view("3", filter=[])])).requests[0]

    def row(id: str, **file: Any) -> dict[str, Any]:
        return link("WidgetLayoutDataRow", id, data=[{"field": "a", "value": link("SpaceFile", "9", **file)}])

    told = read(rows, page([row("1", url=f"{HOST}/attach/x/y.pdf", title="Прайс.pdf"), row("2")]))
    assert [(ref.name, ref.request.path, ref.owner[1][-3:]) for ref in told.files] == [
        ("Прайс.pdf", "/attach/x/y.pdf", "w:1"),
        ("Прайс.pdf", "/attach/x/y.pdf", "w:2"),
    ]
    elsewhere = read(rows, page([row("1", url="https://disk.example.test/a")]))
    assert elsewhere.files == [] and [gap.kind for gap in elsewhere.gaps] == [GapKind.NOT_GIVEN]


def test_a_member_is_known_by_whom_it_names() -> None:
    (members,) = under("Space")
    right = {"contentType": "AccessSettingsItem", "member": link("Group", "7"), "accessLevel": "read"}
    (one,) = read(members, page([right])).records
    (other,) = read(members, page([{**right, "accessLevel": "edit"}])).records
    assert one.id == other.id == "element/e 1/AccessSettingsItem:Group:7"


def test_members_that_go_on_without_ids_are_told() -> None:
    (members,) = under("Space")
    told = read(members, page([{"contentType": "AccessSettingsItem", "accessLevel": "edit"}], more=True))
    assert (told.asks, told.ended) == ([], []) and [gap.kind for gap in told.gaps] == [GapKind.NOT_GIVEN]
