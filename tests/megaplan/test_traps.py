"""The ways in which a careless exporter loses data, by their numbers in the Megaplan reference, §20; each must stay shut."""

import json
from datetime import UTC, datetime

import pytest
from crmexport_megaplan.query import query_of, updated_since

from crmexport.source import Announced, Response, Verdict
from tests.megaplan.builders import (
    JSON,
    answer,
    asked_paths,
    connector,
    connector_definitions,
    file,
    link,
    listing,
    opening,
    page,
    read,
)

DEALS = listing("program/13")


def deal(id: str, program: str = "13", **more: object) -> dict[str, object]:
    silent = {"commentsCount": 0, "dealsCount": 0, "tasksCount": 0, "todos": [], "attaches": []}
    known = {**silent, **more}
    return link("Deal", id, program=link("Program", program), **known)


def test_trap_1_closed_tasks_are_asked_for() -> None:
    term = {
        "contentType": "FilterTermEnum",
        "field": "status",
        "comparison": "equals",
        "value": ["filter_any"],
    }
    for scope in ("task", "project"):
        filter = query_of(listing(scope).path)["filter"]
        assert filter["contentType"] == "TaskFilter" and filter["config"]["termGroup"]["terms"] == [term]


def test_trap_2_retired_schemes_are_asked_for() -> None:
    assert query_of(opening("program").path)["withInactivePrograms"] is True


def test_trap_3_deals_are_read_with_the_fields_of_their_own_scheme() -> None:
    one = listing("program/13", "Category1000060CustomFieldIstochnik")
    other = listing("program/14", "Category1000061CustomFieldIstochnik")
    assert "Category1000060CustomFieldIstochnik" in query_of(one.path)["fields"]
    assert "Category1000060CustomFieldIstochnik" not in query_of(other.path)["fields"]


def test_trap_4_absent_and_empty_stay_apart_and_what_a_row_lacks_is_fetched() -> None:
    (row,) = connector.rows(DEALS, page([deal("1", price=None, name="")]))
    assert row.value["price"] is None and row.value["name"] == "" and "cost" not in row.value
    assert "/deal/1" in asked_paths(read(DEALS, page([deal("1", positions=[], positionsCount=2)])))


def test_trap_5_repeated_links_keep_their_names() -> None:
    peter = link("Employee", "7", name="Пётр")
    rows = connector.rows(DEALS, page([deal("1", manager=peter), deal("2", manager=link("Employee", "7"))]))
    assert [row.value["manager"]["name"] for row in rows] == ["Пётр", "Пётр"]


def test_trap_6_months_count_from_nought() -> None:
    told = updated_since(datetime(2026, 1, 15, tzinfo=UTC))["value"]
    assert told["from"] == {"contentType": "DateOnly", "year": 2026, "month": 0, "day": 14}
    assert told["to"]["month"] == 11


def test_trap_7_the_cursor_is_of_the_rows_own_type_in_an_order_that_does_not_change() -> None:
    human = listing("contractorHuman")
    (more,) = read(
        human, page([link("ContractorHuman", "2", commentsCount=0, todos=[], attaches=[])], more=True)
    ).asks
    assert query_of(more.path)["pageAfter"] == {"contentType": "ContractorHuman", "id": "2"}
    for scope in (
        "task",
        "project",
        "contractorCompany",
        "contractorHuman",
        "employee",
        "payer",
        "program/13",
    ):
        assert query_of(listing(scope).path)["sortBy"][0]["fieldName"] == "id"


def test_trap_8_mixed_lists_are_kept_apart_by_type_and_go_on_after_any_row() -> None:
    mixed = [link("Task", "5", commentsCount=0), link("Project", "5")]
    reading = read(listing("task"), page(mixed, more=True))
    assert [(row.stream, row.id) for row in reading.records] == [("task", "5")] and (
        "project",
        "5",
    ) in reading.links
    (comments,) = read(DEALS, page([deal("1", commentsCount=1)])).asks
    history = [link("FieldChange", "50"), link("Comment", "50", workTime=None), link("BasedOnHistory", "7")]
    told = read(comments, page(history, more=True))
    assert [row.id for row in told.records] == ["50"]
    assert query_of(told.asks[0].path)["pageAfter"] == {"contentType": "BasedOnHistory", "id": "7"}


def test_trap_9_requisites_are_pulled() -> None:
    payers = listing("payer")
    assert payers.path.startswith("/api/v3/payer?") and {"inn", "kpp", "bik"} <= set(
        query_of(payers.path)["fields"]
    )


def test_trap_10_finished_events_of_a_record_are_asked_for_and_the_results_in_their_comments() -> None:
    (todos,) = read(DEALS, page([deal("1", todosCount=6)])).asks
    assert query_of(todos.path)["all"] is True
    assert asked_paths(read(opening("todo"), page([link("Todo", "3", attaches=[], commentsCount=1)]))) == [
        "/todo/3/comments"
    ]
    (of_person,) = read(listing("employee"), page([link("Employee", "7", commentsCount=0)])).asks
    assert of_person.path.startswith("/api/v3/employee/7/todos") and query_of(of_person.path)["all"] is True


def test_trap_11_files_hide_in_fields_and_comments_and_a_login_page_is_none() -> None:
    reading = read(DEALS, page([deal("1", Category1000060CustomFieldSkan=[file("11")])]))
    (ref,) = reading.files
    page_of_html = Response(200, {"content-type": "text/html"}, b"<!DOCTYPE html><title>Sign in</title>")
    assert connector.verdict(ref.request, page_of_html) is Verdict.EXPIRED
    (picture,) = read(DEALS, page([deal("1", description='<img src="/attach/F/1a.png/x.png">')])).files
    assert (picture.request.path, picture.owner) == ("/attach/F/1a.png/x.png", ("deal", "1"))
    (comments,) = read(DEALS, page([deal("1", commentsCount=1)])).asks
    assert "attaches" in query_of(comments.path)["fields"]


def test_trap_12_a_failure_within_a_success_is_none_and_an_empty_pagination_breaks_nothing() -> None:
    assert connector.verdict(DEALS, answer([], status=401)) is Verdict.EXPIRED
    assert connector.verdict(DEALS, answer([], status=500)) is Verdict.FAULTY
    assert connector.rows(DEALS, answer([deal("1")], status=500)) == []
    card = connector.card("deal", "1")
    assert card is not None and len(read(card, answer(deal("1"))).records) == 1
    assert len(read(DEALS, answer([deal("1")])).records) == 1


def test_trap_13_a_filter_that_is_ignored_is_noticed_and_changes_are_asked_a_day_early() -> None:
    reading = read(DEALS, page([deal("1"), deal("2", program="14")], count=2))
    assert [row.id for row in reading.records] == ["1"] and ("deal", "2") in reading.links
    assert reading.announced == [
        Announced("deal", "program/13", 2),
        Announced("deal", "program/13/elsewhere", -1),
    ]
    since = updated_since(datetime(2025, 10, 3, 0, 30, tzinfo=UTC))
    assert since["value"]["from"]["day"] == 2


def test_trap_14_a_rotated_refresh_token_is_handed_on_to_be_kept() -> None:
    pair = {"access_token": "A", "expires_in": 1, "refresh_token": "next"}
    assert connector.sign_in().granted(Response(200, JSON, json.dumps(pair).encode())).renewal == "next"


def test_trap_15_a_failing_route_of_comments_is_told_as_those_of_the_record_by_its_concrete_route() -> None:
    company = link("ContractorCompany", "9", todos=[], attaches=[], commentsCount=2)
    (comments,) = read(listing("contractorCompany"), page([company])).asks
    assert comments.path.startswith("/api/v3/contractorCompany/9/comments?")
    assert comments.subject == ("comment", "contractorCompany/9")
    assert connector.verdict(comments, answer([], status=500)) is Verdict.FAULTY


def test_trap_16_what_a_shortened_record_hides_is_asked_for() -> None:
    company = link("ContractorCompany", "9", canSeeFull=False, commentsCount=0)
    assert asked_paths(read(listing("contractorCompany"), page([company]))) == [
        "/contractorCompany/9/todos",
        "/contractorCompany/9/attaches",
    ]


def test_trap_17_people_who_left_are_found_by_links_and_templates_by_their_own_lists() -> None:
    assert ("employee", "7") in read(DEALS, page([deal("1", manager=link("Employee", "7"))])).links
    assert connector.card("employee", "7") is not None
    lists = (
        read(connector_definitions("task"), page([])).asks
        + read(connector_definitions("project"), page([])).asks
    )
    routes = [request.path.partition("?")[0] for request in lists]
    assert routes == [
        "/api/v3/task",
        "/api/v3/task/templates",
        "/api/v3/project",
        "/api/v3/project/templates",
    ]
    template = link("Task", "5", isTemplate=True, commentsCount=0)
    assert [row.id for row in read(lists[1], page([template])).records] == ["5"]


def test_trap_18_time_entries_come_with_their_comments_as_they_are() -> None:
    (comments,) = read(DEALS, page([deal("1", commentsCount=1)])).asks
    assert {"workTime", "workDate", "completed"} <= set(query_of(comments.path)["fields"])
    entry = link("Comment", "50", workTime={"value": 3600}, workDate={"value": "2025-10-01T21:00:00+00:00"})
    (row,) = connector.rows(comments, page([entry]))
    assert row.value == entry


@pytest.mark.parametrize("count", [1, 100, 100_000])
def test_trap_22_neither_a_count_nor_a_capped_page_ends_a_list(count: int) -> None:
    rows = [deal(str(id)) for id in range(30)]
    assert len(read(DEALS, page(rows, more=True, count=count, limit=30)).asks) == 1
    assert read(DEALS, page(rows, more=False, count=count, limit=30)).asks == []
