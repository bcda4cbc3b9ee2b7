"""Links between objects of one answer: bare ones are filled in from it, and records named anywhere are told for closure."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from crmexport_megaplan.sandbox import MegaplanSandbox

from crmexport.source import Response
from tests.megaplan.builders import JSON, connector, link, listing, opening, page, read
from tests.megaplan.nightly import Nightly

DEALS = listing("program/13")
PETER = link("Employee", "7", name="Пётр", department=link("Department", "2", name="Продажи"))


def deal(id: str, **more: object) -> dict[str, object]:
    return link("Deal", id, program=link("Program", "13"), commentsCount=0, todos=[], attaches=[], **more)


def test_a_bare_link_is_filled_in_from_where_the_object_was_shown() -> None:
    rows = connector.rows(DEALS, page([deal("1", manager=PETER), deal("2", manager=link("Employee", "7"))]))
    assert rows[1].value["manager"] == PETER


def test_an_object_shown_after_the_bare_link_fills_it_too() -> None:
    rows = connector.rows(DEALS, page([deal("1", manager=link("Employee", "7")), deal("2", manager=PETER)]))
    assert rows[0].value["manager"]["department"]["name"] == "Продажи"


def test_filling_goes_two_levels_deep_and_nothing_comes_to_contain_itself() -> None:
    head = link("Department", "2", name="Продажи", head=link("Employee", "7"))
    peter = link("Employee", "7", name="Пётр", department=link("Department", "2"))
    (row,) = connector.rows(DEALS, page([deal("1", manager=peter, unit=head)]))
    assert row.value["manager"]["department"] == {
        "contentType": "Department",
        "id": "2",
        "name": "Продажи",
        "head": {"contentType": "Employee", "id": "7", "name": "Пётр"},
    }
    json.dumps(row.value)


def test_the_included_form_is_read_the_same() -> None:
    body = {
        "meta": {"status": 200, "pagination": {"hasMoreNext": False}},
        "data": [deal("1", manager=link("Employee", "7"))],
        "included": [link("Employee", "7", name="Пётр"), link("Tag", "1", name="VIP")],
    }
    response = Response(200, JSON, json.dumps(body).encode())
    assert connector.rows(DEALS, response)[0].value["manager"]["name"] == "Пётр"
    assert ("employee", "7") in read(DEALS, response).links


def test_objects_without_a_type_are_never_filled() -> None:
    rows = connector.rows(
        DEALS, page([deal("1", a={"id": "7", "x": 1, "y": 2}, b={"id": "7", "z": 3}, c=PETER)])
    )
    assert rows[0].value["b"] == {"id": "7", "z": 3}


def test_an_object_that_nobody_shows_stays_a_bare_link() -> None:
    assert connector.rows(DEALS, page([deal("1", payer=link("Payer", "5"))]))[0].value["payer"] == link(
        "Payer", "5"
    )


def test_filling_leaves_the_places_of_the_exact_bytes_alone() -> None:
    response = page([deal("1", manager=PETER, name="Ёж"), deal("2", manager=link("Employee", "7"))])
    for row in connector.rows(DEALS, response):
        assert json.loads(response.body[row.start : row.end])["id"] == row.id
    bare = [json.loads(response.body[row.start : row.end]) for row in read(DEALS, response).records]
    assert bare[1]["manager"] == link("Employee", "7")


def test_every_record_named_anywhere_in_a_row_is_told_but_not_the_row_itself() -> None:
    named = deal(
        "1",
        manager=PETER,
        positions=[{"deal": link("Deal", "1"), "offer": link("Offer", "9")}],
        x=[{"y": link("Task", "3")}],
    )
    assert read(DEALS, page([named])).links == {
        ("employee", "7"),
        ("department", "2"),
        ("task", "3"),
        ("program", "13"),
        ("offer", "9"),
    }


def test_a_deals_own_copy_of_a_product_is_not_asked_for_but_the_product_is() -> None:
    copy = link("Offer", "500", name="Услуга", originalOffer=link("Offer", "9"))
    named = deal("1", positions=[{"offer": copy}, {"offer": link("Offer", "500")}])
    assert {id for stream, id in read(DEALS, page([named])).links if stream == "offer"} == {"9"}


def test_every_stream_that_can_be_linked_has_a_card_with_all_its_fields() -> None:
    kinds = [
        "Employee",
        "Department",
        "Program",
        "ContractorCompany",
        "ContractorHuman",
        "Payer",
        "Deal",
        "Task",
        "Project",
        "Todo",
        "Invoice",
    ]
    links = read(
        opening("todo"), page([link("Todo", "1", relations=[link(kind, "5") for kind in kinds])])
    ).links
    assert len(links) == len(kinds)
    for stream, id in links:
        card = connector.card(stream, id)
        assert card is not None
        assert (card.path, card.bulk, card.subject) == (f"/api/v3/{stream}/5", True, (stream, "5"))
    assert connector.card("comment", "5") is None


def test_links_are_met_at_any_depth() -> None:
    within = {"deep": [[{"a": [[], [link("Employee", "7")]]}]]}
    assert ("employee", "7") in read(DEALS, page([deal("1", more=within)])).links


def test_what_has_two_members_is_no_bare_link_unless_one_is_its_id() -> None:
    nameless = {"contentType": "Deal", "manager": link("Employee", "7")}
    assert ("employee", "7") in read(DEALS, page([deal("1", more=nameless)])).links
    unknown = {"contentType": "Deal", "id": None}
    assert read(DEALS, page([deal("1", more=unknown)])).links == {("program", "13")}


@pytest.mark.parametrize("more", [{"contentType": ["Deal"]}, {"contentType": {"of": "Deal"}}])
def test_a_type_that_is_no_text_makes_no_record(more: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="no record"):
        read(DEALS, page([{**deal("1"), "within": more}]))


@pytest.mark.parametrize("depth", [960, 3_000, 100_000])
def test_what_is_nested_without_end_is_no_record(depth: int) -> None:
    """Whether the decoder gives up first, or our own walk, or neither at the least of these depths: that depends on Python's version."""
    body = page([deal("1", more="?")]).body.decode()
    nested = body.replace('"?"', '{"in":' * depth + "{}" + "}" * depth)
    with pytest.raises(ValueError) if depth > 960 else suppress(ValueError):
        read(DEALS, Response(200, JSON, nested.encode()))


@pytest.mark.parametrize(
    "id",
    ["10#5", "10?x=1", "../7", "a b", "Ключ", "x\ny", "10/20", "10\\5", "", " ", "%2e%2e", "..", "export"],
)
def test_a_link_with_an_odd_id_ends_no_pull_and_leads_to_no_other_record(tmp_path: Path, id: str) -> None:
    box = MegaplanSandbox(20, 20, 4)
    (deal, *_more) = (line["id"] for line in box.truth(["deal"]))
    box.edits.change_quietly("deal", deal, contact={"contentType": "ContractorHuman", "id": id})
    nightly = Nightly(tmp_path, box)
    nightly.pulled()
    odd = [gap for gap in nightly.gaps() if gap.id == id]
    assert [gap.stream for gap in odd] == (["contractorHuman"] if id else [])
