"""Each switch of what nobody knows for certain does what it says; the truth stays the same."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from crmexport_megaplan.sandbox import Behaviour, MegaplanSandbox

from tests.sandbox.asking import ANY, BY_ID, Client, filtered, key, small

CURSOR = {"contentType": "Deal", "id": "28010"}


def test_the_page_may_begin_with_the_cursor_row() -> None:
    for inclusive, first in ((False, "28011"), (True, "28010")):
        page = small(page_after_inclusive=inclusive).get("deal", {"sortBy": BY_ID, "pageAfter": CURSOR})
        assert page["data"][0]["id"] == first
    assert len(small(page_after_inclusive=True).walk("deal", {"limit": 9})) == 80


@pytest.mark.parametrize(("meaning", "count"), [("total", 80), ("page", 30), ("absent", None)])
def test_the_count_may_mean_three_things(meaning: str, count: int | None) -> None:
    pagination = small(count_is=meaning).get("deal", {"limit": 30})["meta"]["pagination"]
    assert pagination.get("count") == count


def test_the_flag_for_more_may_be_missing() -> None:
    assert "hasMoreNext" not in small(has_more_flag=False).get("deal")["meta"]["pagination"]


def test_the_caps() -> None:
    client = small(page_cap=40, comments_page_cap=50)
    assert len(client.get("deal", {"limit": 100})["data"]) == 40
    assert len(client.get("task/1000002/comments", {"limit": 100})["data"]) == 50


def test_sorting_by_id_may_be_refused() -> None:
    client = small(sort_by_id=False)
    assert client.answer("deal", {"sortBy": BY_ID}).status == 422
    by_time = [{"contentType": "SortField", "fieldName": "timeCreated", "desc": False}]
    assert client.answer("deal", {"sortBy": by_time}).status == 200


@pytest.mark.parametrize(
    ("choice", "status", "rows"), [("position", 200, 70), ("empty", 200, 0), ("error", 422, 0)]
)
def test_a_cursor_row_may_have_been_deleted(choice: str, status: int, rows: int) -> None:
    client = small(deleted_cursor=choice)
    client.sandbox.edits.remove("deal", "28010")
    answer = client.answer("deal", {"sortBy": BY_ID, "pageAfter": CURSOR})
    assert answer.status == status
    assert len(json.loads(answer.body)["data"]) == rows


def test_fields_of_another_scheme_may_be_refused() -> None:
    name = "Category1000060CustomFieldIstochnik"
    client = small(foreign_custom_fields="refused")
    of_13 = filtered([], "TradeFilter") | {"program": {"contentType": "Program", "id": "13"}}
    assert client.answer("deal", {"fields": [name], "filter": of_13}).status == 200
    of_14 = filtered([], "TradeFilter") | {"program": {"contentType": "Program", "id": "14"}}
    assert name in client.refusal("deal", {"fields": [name], "filter": of_14})[1]
    assert client.answer("deal", {"fields": [name]}).status == 422
    assert small().answer("deal", {"fields": [name], "filter": of_14}).status == 200


@pytest.mark.parametrize(
    ("switch", "path", "stream"),
    [
        ("employee_list_hides_fired", "employee", "employee"),
        ("contractor_list_hides_dropped", "contractorCompany", "contractorCompany"),
        ("deal_list_hides_inactive_programs", "deal", "deal"),
        ("project_list_hides_closed", "project", "project"),
        ("todo_list_hides_finished", "todo", "todo"),
    ],
)
def test_a_list_may_hide_what_is_over_but_cards_show_it(switch: str, path: str, stream: str) -> None:
    shown = {key(row) for row in small().walk(path)}
    client = small(**{switch: True})
    hidden = shown - {key(row) for row in client.walk(path)}
    assert hidden
    assert {client.answer(f"{path}/{id}").status for _, id in hidden} == {200}
    truth = {record["id"] for record in client.sandbox.truth() if record["stream"] == stream}
    assert {id for _, id in hidden} <= truth


def test_whatever_a_list_hides_is_linked_from_somewhere_shown() -> None:
    switches = ("employee_list_hides_fired", "contractor_list_hides_dropped", "project_list_hides_closed")
    client = small(**dict.fromkeys(switches, True))
    linked = _links([record["body"] for record in client.sandbox.truth()])
    for path in ("employee", "contractorCompany", "project"):
        hidden = {key(row) for row in small().walk(path)} - {key(row) for row in client.walk(path)}
        assert hidden <= linked


def test_finished_todos_are_all_found_at_their_records_and_people() -> None:
    client = small(todo_list_hides_finished=True)
    found = {key(row) for row in client.walk("todo")}
    for path in ("deal", "contractorCompany", "contractorHuman", "task", "project", "employee"):
        query = {"filter": filtered(ANY)} if path == "task" else {}
        rows = client.walk(path, query) + (client.walk("task/templates") if path == "task" else [])
        for row in rows:
            own = "project" if row["contentType"] == "Project" else path
            found |= {key(todo) for todo in client.walk(f"{own}/{row['id']}/todos", {"all": True})}
    assert len(found) == client.sandbox.account.counts["Todo"]


@pytest.mark.parametrize(
    ("path", "name"), [("employee", "EmployeeFilter"), ("deal", "TradeFilter"), ("todo", "TodoFilter")]
)
def test_a_status_that_a_list_does_not_know_is_ignored(path: str, name: str) -> None:
    client = small()
    term = {
        "contentType": "FilterTermEnum",
        "field": "status",
        "comparison": "equals",
        "value": ["completed"],
    }
    assert client.walk(path, {"filter": filtered([term], name)}) == client.walk(path)


def test_closed_projects_are_shown_when_the_filter_speaks_of_the_status() -> None:
    client = small(project_list_hides_closed=True)
    assert len(client.walk("project")) < len(client.walk("project", {"filter": filtered(ANY)}))
    assert len(client.walk("project", {"filter": filtered(ANY)})) == len(small().walk("project"))


def test_deals_of_a_retired_program_are_shown_when_it_is_named() -> None:
    client = small(deal_list_hides_inactive_programs=True)
    of_16 = filtered([], "TradeFilter") | {"program": {"contentType": "Program", "id": "16"}}
    assert {row["program"]["id"] for row in client.walk("deal", {"filter": of_16})} == {"16"}
    of_all = filtered([], "TradeFilter") | {"program": {"contentType": "Program", "id": "all"}}
    assert {row["program"]["id"] for row in client.walk("deal", {"filter": of_all})} == {"13", "14", "15"}


def test_comments_of_contractors_may_be_out_of_reach() -> None:
    for path in ("contractorCompany/1000501/comments", "contractorHuman/1000508/comments"):
        assert small().answer(path).status == 200
        assert small(contractor_comments=False).answer(path).status == 500
    assert small(contractor_comments=False).answer("deal/28001/comments").status == 200


def test_an_error_may_have_null_for_data() -> None:
    assert small(error_data="null").get("deal/1")["data"] is None


def bulk(client: Client, *urls: str) -> tuple[int, Any]:
    calls = [{"contentType": "ApiCall", "method": "GET", "url": f"/api/v3/{url}", "body": ""} for url in urls]
    answer = client.post("bulk", json.dumps({"contentType": "BulkApiCall", "calls": calls}).encode())
    return answer.status, json.loads(answer.body)["data"]


def test_a_bulk_request_answers_each_call_in_order() -> None:
    client = small()
    query = quote(json.dumps({"all": True}))
    status, answers = bulk(
        client, "deal/28001", "deal/1", f"deal/28001/todos?{query}", "contractor/1000501/comments"
    )
    assert status == 200
    assert [answer["meta"]["status"] for answer in answers] == [200, 404, 200, 500]
    assert answers[0] == client.get("deal/28001")
    assert answers[2] == client.get("deal/28001/todos", {"all": True})


def test_a_bulk_request_only_reads_and_only_this_api() -> None:
    client = small()
    calls = [
        {"contentType": "ApiCall", "method": "POST", "url": "/api/v3/deal", "body": "{}"},
        {"contentType": "ApiCall", "method": "GET", "url": "/attach/x", "body": ""},
    ]
    answer = client.post("bulk", json.dumps({"contentType": "BulkApiCall", "calls": calls}).encode())
    assert [one["meta"]["status"] for one in json.loads(answer.body)["data"]] == [404, 404]
    assert client.post("bulk", b"[]").status == 422
    assert client.post("bulk", b"no json").status == 422


def test_bulk_may_be_absent_or_limited() -> None:
    assert bulk(small(bulk="off"), "deal/28001")[0] == 404
    assert bulk(small(bulk_max=2), *["deal/28001"] * 3)[0] == 422
    assert bulk(small(bulk_max=3), *["deal/28001"] * 3)[0] == 200


@pytest.mark.parametrize(("choice", "calls"), [("on", 1), ("counted", 3)])
def test_bulk_may_count_as_many_requests(choice: Any, calls: int) -> None:
    from crmexport_megaplan.sandbox.site import counting

    from crmexport.sandbox.exchange import Asked

    body = json.dumps({"contentType": "BulkApiCall", "calls": [{}, {}, {}]}).encode()
    count = counting(Behaviour(bulk=choice))
    assert count(Asked("POST", "/api/v3/bulk", body=body)) == calls
    assert count(Asked("GET", "/api/v3/deal")) == 1


def test_records_change_vanish_and_appear_while_somebody_reads() -> None:
    client = Client(MegaplanSandbox(200, 300, 600))
    edits = client.sandbox.edits
    before = client.get("deal", {"limit": 1})["meta"]["pagination"]["count"]
    edits.remove("deal", "28005")
    assert client.get("deal", {"limit": 1})["meta"]["pagination"]["count"] == before - 1
    assert client.answer("deal/28005").status == 404
    assert "28005" not in {record["id"] for record in client.sandbox.truth() if record["stream"] == "deal"}
    edits.restore("deal", "28005")
    assert client.answer("deal/28005").status == 200
    edits.change("deal", "28005", at=1_800_000_000, name="Новое имя")
    card = client.get("deal/28005")["data"]
    assert (card["name"], card["timeUpdated"]["value"]) == ("Новое имя", "2027-01-15T08:00:00+00:00")
    newest = [{"contentType": "SortField", "fieldName": "timeUpdated", "desc": True}]
    assert client.get("deal", {"sortBy": newest})["data"][0]["id"] == "28005"
    with pytest.raises(KeyError):
        edits.remove("deal", "1")


def test_what_hangs_on_a_removed_record_is_no_longer_true() -> None:
    sandbox = MegaplanSandbox(200, 300, 600)
    before = {(record["stream"], record["id"]) for record in sandbox.truth()}
    sandbox.edits.remove("task", "1000002")
    gone = before - {(record["stream"], record["id"]) for record in sandbox.truth()}
    assert ("task", "1000002") in gone
    assert len([stream for stream, _ in gone if stream == "comment"]) == 148


def _links(value: Any) -> set[tuple[str, str]]:
    if isinstance(value, list):
        return {link for part in value for link in _links(part)}
    if not isinstance(value, dict):
        return set()
    if value.keys() == {"contentType", "id"}:
        return {key(value)}
    return {link for part in value.values() for link in _links(part)}
