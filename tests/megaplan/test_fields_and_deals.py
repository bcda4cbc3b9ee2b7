"""Lists wait for the definitions of their extra fields, deals for their scheme; and no refusal leaves them waiting for ever."""

from datetime import UTC, datetime

import pytest
from crmexport_megaplan.query import query_of

from crmexport.source import Announced, Reading, Request
from crmexport.source.reading import SubList
from tests.megaplan.builders import (
    answer,
    asked_paths,
    connector,
    connector_definitions,
    link,
    listing,
    opening,
    page,
    read,
    refused,
)

PROGRAMS = opening("program")


def definition(name: str, **more: object) -> dict[str, object]:
    return link("StringField", f"id of {name}", name=name, hrName="Поле", **more)


def scheme(id: str) -> dict[str, object]:
    return link("Program", id, states=[])


def walk_of(*schemes: str) -> Request:
    return read(PROGRAMS, page([scheme(id) for id in schemes])).asks[-1]


def test_definitions_are_records_known_by_scope_and_name() -> None:
    rows = read(
        connector_definitions("program/13"), page([definition("Category1CustomFieldX"), definition("name")])
    ).records
    assert [(row.stream, row.id, row.parent) for row in rows] == [
        ("extraField", "program/13:Category1CustomFieldX", ("program", "13")),
        ("extraField", "program/13:name", ("program", "13")),
    ]
    (row,) = connector.rows(opening("task"), page([definition("a")]))
    assert (row.id, row.parent) == ("task:a", ("task", ""))


def test_a_list_names_the_extra_fields_of_its_scope_and_no_others() -> None:
    deals = listing("program/13", "Category1CustomFieldX", "number", "Category1CustomFieldY")
    names = query_of(deals.path)["fields"]
    assert names[-2:] == ["Category1CustomFieldX", "Category1CustomFieldY"] and names.count("number") == 1
    assert query_of(deals.path)["filter"]["program"] == {"contentType": "Program", "id": "13"}


def test_definitions_of_several_pages_are_all_named() -> None:
    (more,) = read(opening("task"), page([definition("Category1CustomFieldX")], more=True)).asks
    lists = read(more, page([definition("Category1CustomFieldY")])).asks
    assert [request.context["list"] for request in lists] == ["task", "task templates"]
    for request in lists:
        assert query_of(request.path)["fields"][-2:] == ["Category1CustomFieldX", "Category1CustomFieldY"]


def test_where_a_field_is_new_the_whole_list_is_asked_for_by_a_pull_of_changes_too() -> None:
    """Its old values have changed nothing else."""
    since = datetime(2026, 1, 1, 12, tzinfo=UTC)
    (fields,) = [one for one in connector.opening(since) if one.context.get("scope") == "task"]
    told = read(fields, page([definition("Category1CustomFieldX")], count=1))
    assert all(request.context["since"] for request in told.requests)
    whole = [one for record, one in told.under if record == ("extraField", "task:Category1CustomFieldX")]
    assert [(one.context["list"], one.context.get("since")) for one in whole] == [
        ("task", None),
        ("task templates", None),
    ]
    assert told.announced == [Announced("extraField", "task", 1)]
    assert told.ended == [SubList("extraField", ("task", ""))]
    assert read(opening("task"), page([definition("Category1CustomFieldX")])).under == []


def test_definitions_without_pagination_are_whole() -> None:
    rows = [definition(f"Category1CustomField{number}") for number in range(120)]
    assert [request.context["kind"] for request in read(opening("employee"), answer(rows)).asks] == ["list"]


def test_definitions_that_are_never_given_have_their_lists_read_by_card() -> None:
    lists = list(connector.instead(opening("task")))
    assert [one.path.partition("?")[0] for one in lists] == ["/api/v3/task", "/api/v3/task/templates"]
    assert "/task/5" in asked_paths(read(lists[0], page([link("Task", "5", commentsCount=0)])))


def test_definitions_asked_wrongly_beyond_mending_are_a_gap_and_their_lists_are_read_by_card() -> None:
    reading = read(opening("task"), refused("No words that help"))
    assert [(gap.stream, gap.id) for gap in reading.gaps] == [("extraField", "task")]
    assert asked_paths(reading) == ["/task", "/task/templates"]


def test_each_scheme_has_its_definitions_asked_and_a_walk_looks_for_deals_outside() -> None:
    reading = read(PROGRAMS, page([scheme("13"), scheme("16")]))
    assert asked_paths(reading) == ["/program/13/fields", "/program/16/fields", "/deal"]
    assert reading.asks[-1].context["schemes"] == ["13", "16"]


def test_schemes_of_several_pages_are_all_known_to_the_walk() -> None:
    more = next(
        one for one in read(PROGRAMS, page([scheme("13")], more=True)).asks if one.stream == "program"
    )
    assert read(more, page([scheme("16")])).asks[-1].context["schemes"] == ["13", "16"]


def test_schemes_that_come_twice_are_counted_once() -> None:
    """As they do where a list begins anew, for the one after which its next page was asked is deleted."""
    first = page([scheme("13"), scheme("16")], more=True)
    more = next(one for one in read(PROGRAMS, first).asks if one.stream == "program")
    assert read(more, page([scheme("13"), scheme("17")])).asks[-1].context["schemes"] == ["13", "16", "17"]


def test_a_scheme_without_its_states_is_asked_by_card() -> None:
    assert "/program/13" in asked_paths(read(PROGRAMS, page([link("Program", "13", name="Продажи")])))


def test_a_scheme_met_only_as_a_link_brings_its_deals_too() -> None:
    card = connector.card("program", "99")
    assert card is not None
    assert asked_paths(read(card, answer(scheme("99")))) == ["/program/99/fields"]


def test_without_the_list_of_schemes_all_deals_are_read_by_card() -> None:
    (walk,) = connector.instead(PROGRAMS)
    walked = read(walk, page([link("Deal", "1")], more=True, count=5))
    assert (walked.records, walked.links, asked_paths(walked)) == ([], {("deal", "1")}, ["/deal"])


def walked(count: int | None, *counts: int | None, at_last: int = 0) -> tuple[Reading, list[Request]]:
    """The walk's first page tells `count` deals, the schemes tell `counts`, and at last there are `at_last`: the last reading, and all that
    was asked.
    """
    walk = walk_of(*(str(13 + place) for place in range(len(counts))))
    reading = read(walk, page([link("Deal", "1"), link("Deal", "2")], more=True, count=count))
    asked = list(reading.asks)
    for number in (*counts, at_last or count):
        if asked[-1].context["kind"] == "count":
            reading = read(asked[-1], page([link("Deal", "1")], more=True, count=number))
            asked += reading.asks
    return reading, asked


def test_where_the_counts_of_the_schemes_add_up_the_walk_ends_after_one_page() -> None:
    reading, asked = walked(70, 40, 30)
    assert [query_of(one.path)["limit"] for one in asked] == [1, 1, 1] and reading.asks == []


def test_where_deals_are_missing_from_the_schemes_the_walk_goes_on_and_they_are_announced() -> None:
    reading, asked = walked(71, 40, 30)
    assert query_of(asked[-1].path)["pageAfter"] == {"contentType": "Deal", "id": "2"}
    assert reading.announced == [Announced("deal", "outside", 1)]


@pytest.mark.parametrize(("at_last", "announced"), [(76, []), (69, []), (77, [])])
def test_where_deals_were_made_or_deleted_while_they_were_counted_the_walk_goes_on(
    at_last: int, announced: list[Announced]
) -> None:
    """As many new ones as lie outside would hide those."""
    reading, asked = walked(70, 46, 30, at_last=at_last)
    assert "pageAfter" in query_of(asked[-1].path) and reading.announced == announced


def test_what_was_deleted_while_deals_were_counted_is_no_loss_outside() -> None:
    reading, asked = walked(80, 46, 30, at_last=75)
    assert "pageAfter" in query_of(asked[-1].path) and reading.announced == []


@pytest.mark.parametrize(("count", "counts"), [(2, (40, 30)), (None, (40, 30)), (70, (None, 30)), (70, ())])
def test_where_counts_tell_nothing_the_walk_goes_on(
    count: int | None, counts: tuple[int | None, ...]
) -> None:
    _reading, asked = walked(count, *counts)
    assert "pageAfter" in query_of(asked[-1].path)


def test_where_a_count_is_refused_the_walk_goes_on() -> None:
    counting = read(walk_of("13"), page([link("Deal", "1"), link("Deal", "2")], more=True, count=70)).asks[0]
    for status in (403, 422, 500):
        (more,) = read(counting, refused("", status=status)).asks
        assert "pageAfter" in query_of(more.path)


def test_a_walk_of_one_page_asks_nothing_more() -> None:
    reading = read(walk_of("13"), page([link("Deal", "1")], count=1))
    assert (reading.asks, reading.records, reading.links) == ([], [], {("deal", "1")})


def test_all_that_is_asked_is_among_the_declared_reads() -> None:
    asked = [*connector.opening(None), *read(PROGRAMS, page([scheme("13")])).asks, *walked(71, 40, 30)[1]]
    assert all(any(rule.allows(request) for rule in connector.about.reads) for request in asked)


def test_where_a_list_can_name_no_field_the_cards_of_all_its_records_are_asked_for_and_again_of_what_is_replaced() -> (
    None
):
    """A record that moves into the list comes with its row, which would stand in place of the card that came before."""
    whole = listing("task").replace(late=True)
    cards = whole.replace(context={**whole.context, "cards": True})
    row = page([link("Task", "5", commentsCount=0)])
    reading = read(cards, row)
    assert "/api/v3/task/5" in [one.path for one in reading.requests]
    assert ("task", "5") in [record for record, one in reading.under if one.path == "/api/v3/task/5"]
    narrowed = cards.replace(context={**cards.context, "since": "2026-01-01T00:00:00+00:00"})
    assert "/api/v3/task/5" not in [one.path for one in read(narrowed, row).requests]
