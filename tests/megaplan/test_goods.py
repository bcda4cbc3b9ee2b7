"""Products wait for the tree of categories and all their fields; requisites for every form of them; nothing waits in vain."""

from typing import Any

from crmexport_megaplan.lists import first_page
from crmexport_megaplan.query import query_of

from crmexport.source import Announced, GapKind, Request
from tests.megaplan.builders import (
    asked_paths,
    connector,
    link,
    listing,
    opening,
    page,
    read,
    refused,
)


def tree() -> Request:
    return opening("offerCategory")


def category(id: str) -> dict[str, Any]:
    return link("OfferCategory", id, name=f"К{id}")


def test_the_tree_is_walked_branch_by_branch_and_the_products_name_the_fields_of_all_categories() -> None:
    (first,) = read(tree(), page([category("1"), category("2")])).asks
    assert query_of(first.path)["parent"] == {"contentType": "OfferCategory", "id": "1"}
    (second,) = read(first, page([category("3")])).asks
    assert query_of(second.path)["parent"]["id"] == "2"
    (third,) = read(second, page([])).asks
    (fields,) = read(third, page([])).asks
    names = []
    for number in (1, 2, 3):
        assert asked_path(fields) == f"/offerCategory/{number}/fields"
        names.append(f"Category1000047CustomField{number}")
        (fields,) = read(fields, page([link("StringField", "9", name=names[-1])])).asks
    assert asked_path(fields) == "/offer"
    assert query_of(fields.path)["fields"][-3:] == names


def test_a_branch_of_several_pages_is_walked_to_its_end_before_the_next_one() -> None:
    (more,) = read(tree(), page([category("1")], more=True)).asks
    assert "pageAfter" in query_of(more.path) and "parent" not in query_of(more.path)
    (branch,) = read(more, page([category("2")])).asks
    assert query_of(branch.path)["parent"]["id"] == "1"
    (more,) = read(branch, page([category("3")], more=True)).asks
    assert query_of(more.path)["parent"]["id"] == "1" and "pageAfter" in query_of(more.path)
    (last,) = read(tree(), page([category("1")])).asks
    (more,) = read(last, page([category("1")], more=True)).asks
    assert "pageAfter" in query_of(more.path), "a page of what is known already may be followed by more"
    (branch,) = read(tree(), page([category("1"), category("2")])).asks
    (more,) = read(branch, page([category("3")], more=True)).asks
    (other,) = read(more, page([category("4")])).asks
    assert query_of(other.path)["parent"]["id"] == "2", "the branches that wait are not forgotten on the way"


def asked_path(request: Request) -> str:
    return request.path.partition("?")[0].removeprefix("/api/v3")


def test_an_account_without_categories_has_its_products_listed_all_the_same() -> None:
    assert asked_paths(read(tree(), page([]))) == ["/offer"]


def test_a_branch_that_is_refused_keeps_no_product_waiting() -> None:
    (branch,) = read(tree(), page([category("1")])).asks
    told = read(branch, refused("There is extra field 'parent'"))
    assert asked_paths(told) == ["/offerCategory/1/fields"] and told.gaps[0].kind is GapKind.REFUSED
    (offers,) = read(told.asks[0], page([])).asks
    assert "/offer/5" in asked_paths(read(offers, page([link("Offer", "5", attaches=[])])))
    assert [asked_path(one) for one in connector.instead(tree())] == ["/offer"]


def test_a_refused_branch_stops_no_other_branch() -> None:
    (first,) = read(tree(), page([category("1"), category("2")])).asks
    (other,) = connector.instead(first)
    assert query_of(other.path)["parent"]["id"] == "2"
    (fields,) = read(other, page([])).asks
    assert asked_path(fields) == "/offerCategory/1/fields"
    (fields,) = read(fields, page([])).asks
    (offers,) = read(fields, page([])).asks
    assert "/offer/5" in asked_paths(read(offers, page([link("Offer", "5", attaches=[])]))), "with its fields"


def test_the_fields_of_every_form_of_requisites_are_named_and_one_refused_form_costs_cards_only() -> None:
    legal = read(opening("payer"), page([])).asks[0]
    assert asked_path(legal) == "/payer/extraFields/ru/Legal"
    (natural,) = connector.instead(legal)
    assert asked_path(natural) == "/payer/extraFields/ru/Natural"
    (payers,) = read(natural, page([link("StringField", "9", name="Category184CustomFieldX")])).asks
    assert query_of(payers.path)["fields"][-1] == "Category184CustomFieldX"
    assert "/payer/5" in asked_paths(read(payers, page([link("Payer", "5")])))


def test_requisites_of_another_country_are_asked_for_by_card() -> None:
    rows = [
        link("Payer", "5", country=link("Country", "by")),
        link("Payer", "6", country=link("Country", "ru")),
    ]
    assert asked_paths(read(listing("payer"), page(rows))) == ["/payer/5"]


def test_rows_of_consignments_are_counted_by_the_consignment_and_asked_for_one_by_one() -> None:
    row = link(
        "Consignment",
        "5",
        rows=[link("ConsignmentRow", "7"), link("ConsignmentRow", "8")],
        rowsCount=3,
        commentsCount=0,
        attachesCount=0,
    )
    told = read(opening("consignment"), page([row]))
    assert asked_paths(told) == ["/consignment/5/rows", "/consignmentRow/7", "/consignmentRow/8"]
    assert Announced("consignmentRow", "consignment/5", 3) in told.announced
    assert told.gaps == []
    (rest, *_cards) = told.asks
    found = read(rest, page([link("ConsignmentRow", id, quantity=1) for id in ("7", "8", "9")]))
    assert found.links == {("consignmentRow", id) for id in ("7", "8", "9")} and found.records == []


def test_a_consignment_that_tells_nothing_of_its_rows_is_asked_for_them() -> None:
    assert asked_paths(
        read(opening("consignment"), page([link("Consignment", "5", commentsCount=0, attaches=[])]))
    ) == ["/consignment/5/rows"]
    told = link("Consignment", "5", commentsCount=0, rowsCount=0, attachesCount=0)
    assert read(opening("consignment"), page([told])).asks == []


def test_a_consignment_is_asked_for_the_files_beyond_those_shown_and_followed_to_its_other_end() -> None:
    row = link(
        "Consignment", "5", commentsCount=0, rowsCount=0, attaches=[], attachesCount=2,
        linkedConsignment=link("Consignment", "6"),
    )  # fmt: skip
    told = read(opening("consignment"), page([row]))
    assert asked_paths(told) == ["/consignment/5/attaches"] and told.links == {("consignment", "6")}
    assert connector.card("consignment", "6") is not None
    assert "consignment" in query_of(listing("program/13").path)["fields"]


def test_what_even_a_card_shows_in_part_only_is_a_gap_with_the_figures() -> None:
    card = connector.card("deal", "1")
    assert card is not None
    deal = link("Deal", "1", commentsCount=0, todosCount=0, attachesCount=0, positions=[1], positionsCount=7)
    (gap,) = read(card, page([deal])).gaps
    assert (gap.stream, gap.id, gap.kind) == ("deal", "1/positions", GapKind.REFUSED)
    assert "1" in gap.reason and "7" in gap.reason


def test_what_a_list_shows_in_part_of_a_record_without_a_card_is_a_gap_at_once() -> None:
    shown = link("Doc", "5", attaches=[link("File", "1")], attachesCount=3, versionsCount=0, commentsCount=0)
    (gap,) = [one for one in read(first_page("doc"), page([shown])).gaps if one.stream == "doc"]
    assert (gap.id, gap.kind) == ("5/attaches", GapKind.REFUSED) and "1 of 3" in gap.reason


def test_operations_are_asked_for_by_card_wherever_they_are_met() -> None:
    deal = link(
        "Deal", "1", commentsCount=0, todos=[], attaches=[], financeOperations=[link("FinOperation", "44")],
        program=link("Program", "13"),
    )  # fmt: skip
    assert ("finOperation", "44") in read(listing("program/13"), page([deal])).links
    search = next(one for one in connector.opening(None) if "/finOperation/search" in one.path)
    told = read(search, page([link("FinOperation", "45", number="2")]))
    assert told.records == [] and told.links == {("finOperation", "45")}
