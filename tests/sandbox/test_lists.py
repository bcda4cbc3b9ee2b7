"""Lists of the Megaplan sandbox behave as the reference says (Megaplan reference, §3, §4, §7)."""

from typing import Any

import pytest

from tests.sandbox.asking import ANY, BY_ID, Client, filtered, key, small

CLOSED = {"completed", "rejected", "cancelled"}


@pytest.fixture(scope="module")
def client() -> Client:
    return small()


def test_the_query_is_one_json_object_and_nothing_else(client: Client) -> None:
    from crmexport.sandbox.exchange import Asked

    headers = client.headers
    assert len(client.get("deal", {"limit": 7})["data"]) == 7
    ignored = client.sandbox.site(Asked("GET", "/api/v3/deal", "limit=7", headers))
    assert ignored.status == 200
    assert ignored.body == client.answer("deal").body
    broken = client.sandbox.site(Asked("GET", "/api/v3/deal", "%7B%22limit", headers))
    assert broken.status == 400


@pytest.mark.parametrize("query", [{}, {"sortBy": BY_ID}, {"sortBy": [{**BY_ID[0], "fieldName": "name"}]}])
@pytest.mark.parametrize(
    "name",
    ["employee", "payer", "deal", "contractor", "contractorCompany", "contractorHuman", "todo", "project"],
)
def test_walking_a_list_gives_every_row_once(client: Client, name: str, query: dict[str, Any]) -> None:
    if "name" in str(query) and name in ("employee", "payer", "todo"):
        assert client.answer(name, query).status == 422
        return
    rows = client.walk(name, {"limit": 17, **query})
    assert len({key(row) for row in rows}) == len(rows)
    assert len(rows) == client.get(name)["meta"]["pagination"]["count"]


def test_every_order_is_an_order(client: Client) -> None:
    def sorted_by(field: str, desc: bool) -> list[dict[str, Any]]:
        sort = [{"contentType": "SortField", "fieldName": field, "desc": desc}]
        return client.walk("deal", {"limit": 30, "sortBy": sort})

    ids = [int(row["id"]) for row in sorted_by("id", False)]
    assert ids == sorted(ids)
    assert [int(row["id"]) for row in sorted_by("id", True)] == ids[::-1]
    for field in ("timeCreated", "timeUpdated"):
        times = [row[field]["value"] for row in sorted_by(field, True)]
        assert times == sorted(times, reverse=True)
    created = [row["timeCreated"]["value"] for row in sorted_by("timeCreated", False)]
    assert len(set(created)) < len(created), "some were created in the same second"


def test_a_long_list_without_order_is_in_nobodys_order() -> None:
    client = Client(_big())
    ids = [int(row["id"]) for row in client.walk("deal")]
    assert ids != sorted(ids)
    assert sorted(ids) == [int(row["id"]) for row in client.walk("deal", {"sortBy": BY_ID})]


def _big() -> Any:
    from crmexport_megaplan.sandbox import MegaplanSandbox

    return MegaplanSandbox(2_000, 20, 0)


def test_the_page_is_capped(client: Client) -> None:
    page = client.get("contractor", {"limit": 500})
    assert len(page["data"]) == 100
    assert page["meta"]["pagination"] == {
        "count": 120,
        "limit": 100,
        "currentPage": 1,
        "hasMoreNext": True,
        "hasMorePrev": False,
    }


def test_a_card_has_an_empty_array_for_pagination(client: Client) -> None:
    assert client.get("deal/28001")["meta"]["pagination"] == []


@pytest.mark.parametrize(
    ("path", "cursor"),
    [
        ("deal", {"contentType": "Deal", "id": "28001", "name": "x"}),
        ("deal", {"id": "28001"}),
        ("contractor", {"contentType": "Contractor", "id": "1000501"}),
        ("contractorCompany", {"contentType": "ContractorHuman", "id": "1000508"}),
    ],
)
def test_a_cursor_has_two_keys_and_a_concrete_type(client: Client, path: str, cursor: dict[str, str]) -> None:
    status, words = client.refusal(path, {"pageAfter": cursor})
    assert status == 422
    assert words


def test_a_cursor_may_have_a_number_for_id(client: Client) -> None:
    rows = client.get("deal", {"sortBy": BY_ID, "pageAfter": {"contentType": "Deal", "id": 28001}})["data"]
    assert rows[0]["id"] == "28002"


@pytest.mark.parametrize("kind", ["Deal", "Task", "Employee"])
def test_unknown_fields_kill_the_request_and_are_named(client: Client, kind: str) -> None:
    unknown = {"Deal": ["deadline", "responsible"], "Task": ["timeUpdated"], "Employee": ["isDropped"]}[kind]
    status, words = client.refusal(kind.lower(), {"fields": ["name", *unknown]})
    assert status == 422
    assert "have not this fields" in words
    assert all(name in words for name in unknown)
    assert " name" not in words


def test_a_wrong_sort_and_a_wrong_parameter_are_refused(client: Client) -> None:
    assert client.refusal("deal", {"sortBy": [{"contentType": "SortField", "field": "id"}]})[0] == 422
    assert (
        client.refusal("task", {"sortBy": [{"contentType": "SortField", "fieldName": "timeUpdated"}]})[0]
        == 422
    )
    status, words = client.refusal("todo", {"from": 1})
    assert (status, words) == (
        422,
        'There is extra field "from", which is not defined for content type "TodoListRequest"',
    )


def test_a_row_is_less_than_a_card_unless_fields_are_named(client: Client) -> None:
    card = client.get("deal/28001")["data"]
    custom = "Category1000060CustomFieldIstochnik"
    plain, named, only = (
        client.get("deal", {"sortBy": BY_ID, "limit": 1, **query})["data"][0]
        for query in (
            {},
            {"fields": [custom, "attaches"]},
            {"fields": [custom, "attaches"], "onlyRequestedFields": True},
        )
    )
    assert custom in card
    assert plain.keys() < card.keys()
    assert not plain.keys() & {custom, "attaches", "attachesCount"}
    assert named.keys() == plain.keys() | {custom, "attaches", "attachesCount"}
    assert only.keys() == {"contentType", "id", custom, "attaches", "attachesCount"}


def test_naming_all_fields_makes_a_row_a_card(client: Client) -> None:
    for name, id in (("deal", "28001"), ("contractorCompany", "1000501"), ("todo", "88"), ("payer", "77")):
        card = client.get(f"{name}/{id}")["data"]
        row = client.get(name, {"sortBy": BY_ID, "limit": 1, "fields": sorted(card)})["data"][0]
        assert row == card


def test_a_hidden_field_is_absent_and_an_empty_one_is_not(client: Client) -> None:
    hidden = client.get("deal/28004")["data"]
    assert hidden["program"]["id"] == "15"
    assert "cost" not in hidden
    cards = [client.get(f"deal/{28001 + index}")["data"] for index in range(40)]
    assert any(card["payer"] is None for card in cards)
    assert any(card["description"] == "" for card in cards)


def test_an_embedded_array_is_a_preview_with_a_counter(client: Client) -> None:
    card = client.get("deal/28001")["data"]
    assert len(card["attaches"]) == 5
    assert card["attachesCount"] == len(client.walk("deal/28001/attaches", {"limit": 3})) > 5


def test_tasks_without_filter_are_the_active_ones(client: Client) -> None:
    active = client.walk("task")
    every = client.walk("task", {"filter": filtered(ANY)})
    assert {key(row) for row in active} < {key(row) for row in every}
    assert not {row["status"] for row in active} & CLOSED
    assert {row["status"] for row in every} >= CLOSED
    assert {row["contentType"] for row in every} == {"Task", "Project"}
    assert "template" not in {row["status"] for row in every}
    actual = [{**ANY[0], "value": ["filter_actual"]}]
    assert {key(row) for row in client.walk("task", {"filter": filtered(actual)})} == {
        key(row) for row in active
    }


def test_templates_stand_in_lists_of_their_own(client: Client) -> None:
    templates = client.walk("task/templates")
    assert templates
    assert {row["status"] for row in templates} == {"template"}
    assert client.get(f"task/{templates[0]['id']}")["data"]["isTemplate"] is True


def test_a_filter_by_type_and_by_status_works_and_unknown_ones_do_not(client: Client) -> None:
    kinds = [
        *ANY,
        {"contentType": "FilterTermEnum", "field": "type", "comparison": "equals", "value": ["project"]},
    ]
    assert {row["contentType"] for row in client.walk("task", {"filter": filtered(kinds)})} == {"Project"}
    unknown = [{"contentType": "FilterTermString", "field": "nme", "comparison": "equals", "value": "x"}]
    assert client.walk("todo", {"filter": filtered(unknown, "TodoFilter")}) == client.walk("todo")
    assert client.walk("deal", {"q": "x"}) == client.walk("deal")
    either = [{**ANY[0], "value": ["completed"]}, {**ANY[0], "value": ["rejected"]}]
    found = {row["status"] for row in client.walk("task", {"filter": filtered(either, join="or")})}
    assert found == {"completed", "rejected"}
    other = [{**ANY[0], "value": ["completed"], "comparison": "not_equals"}]
    assert "completed" not in {row["status"] for row in client.walk("task", {"filter": filtered(other)})}


def test_a_filter_of_the_wrong_class_is_refused(client: Client) -> None:
    assert client.refusal("deal", {"filter": filtered(ANY)}) == (
        422,
        "'stdClass' is not assignable to 'TradeFilter'",
    )


def test_a_filter_by_date_counts_months_from_zero(client: Client) -> None:
    def updated(bounds: dict[str, Any]) -> set[str]:
        value = {"contentType": "IntervalDates", **bounds}
        term = {
            "contentType": "FilterTermDate",
            "field": "timeUpdated",
            "comparison": "equals",
            "value": value,
        }
        rows = client.walk("deal", {"filter": filtered([term], "TradeFilter")})
        return {row["timeUpdated"]["value"][:7] for row in rows}

    first = {"contentType": "DateOnly", "year": 2022, "month": 3, "day": 1}
    last = {"contentType": "DateOnly", "year": 2022, "month": 4, "day": 31}
    assert updated({"from": first, "to": last}) == {"2022-04", "2022-05"}
    assert min(updated({"from": first})) == "2022-04"


def test_retired_programs_are_listed_only_on_demand(client: Client) -> None:
    assert {row["id"] for row in client.walk("program")} == {"13", "14", "15"}
    assert {row["id"] for row in client.walk("program", {"withInactivePrograms": True})} == {
        "13", "14", "15", "16", "17",
    }  # fmt: skip


def test_the_deals_of_one_program(client: Client) -> None:
    program = {"contentType": "Program", "id": "16"}
    rows = client.walk("deal", {"filter": filtered([], "TradeFilter") | {"program": program}})
    assert rows
    assert {row["program"]["id"] for row in rows} == {"16"}


def test_the_same_label_is_two_fields_in_two_schemes(client: Client) -> None:
    names = {
        row["name"]
        for id in ("13", "14", "15")
        for row in client.get(f"program/{id}/fields")["data"]
        if row["hrName"] == "Источник"
    }
    assert len(names) == 3


@pytest.mark.parametrize(
    "scope", ["task", "project", "contractorCompany", "contractorHuman", "deal", "employee", "payer"]
)
def test_every_scope_has_definitions(client: Client, scope: str) -> None:
    rows = client.get(f"{scope}/extraFields")["data"]
    assert rows
    assert all("CustomField" in row["name"] and row["hrName"] for row in rows)


def test_comments_are_mixed_and_paged(client: Client) -> None:
    rows = client.walk("task/1000002/comments", {"limit": 1_000})
    card = client.get("task/1000002")["data"]
    kinds = [row["contentType"] for row in rows]
    assert kinds.count("Comment") == card["commentsCount"] > 100
    assert {"Comment", "FieldChange"} <= set(kinds)
    assert all(
        row["owner"] is None or row["owner"].keys() == {"contentType", "id"} for row in rows if "owner" in row
    )
    ids = [row["id"] for row in rows]
    assert len(set(ids)) < len(ids), "ids of different kinds meet"


def test_todos_of_a_record_are_unfinished_unless_all_are_asked(client: Client) -> None:
    deals = [f"deal/{28001 + index}" for index in range(80)]
    some = [row for deal in deals for row in client.walk(f"{deal}/todos")]
    every = [row for deal in deals for row in client.walk(f"{deal}/todos", {"all": True})]
    told = sum(client.get(deal)["data"]["todosCount"] for deal in deals)
    assert 0 < len(some) < len(every) == told
    statuses = {row["status"]["id"] for row in some}
    assert statuses == {"1"}
    employee = client.walk("employee/1000001/todos", {"all": True})
    assert {row["responsible"]["id"] for row in employee} == {"1000001"}


def test_sub_lists_of_tasks(client: Client) -> None:
    issues = client.walk("project/1000001/issues")
    assert {client.get(f"task/{row['id']}")["data"]["project"]["id"] for row in issues} == {"1000001"}
    assert [row["id"] for row in client.walk("task/1000002/subTasks")] == ["1000003"]
    assert client.get("task/1000003")["data"]["parent"]["id"] == "1000002"


def test_payers_of_a_contractor(client: Client) -> None:
    for company in client.walk("contractorCompany", {"fields": ["payers"]}):
        payers = client.walk(f"contractorCompany/{company['id']}/payers", {"fields": ["contractor"]})
        if "payersCount" in company:
            assert len(payers) == company["payersCount"]
        assert all(payer["contractor"]["id"] == company["id"] for payer in payers)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("contractor/1000501/comments", 500),
        ("contractor/1000501/todos", 500),
        ("task/1000002/milestones", 500),
        ("employee/me", 405),
        ("deal/999", 404),
        ("deal/1999004", 404),
        ("deal/x", 404),
        ("nothing", 404),
        ("payer/77/comments", 404),
        ("knowledgeArticle", 404),
    ],
)
def test_routes_that_do_not_work(client: Client, path: str, status: int) -> None:
    document = client.get(path)
    assert client.answer(path).status == document["meta"]["status"] == status
    assert document["data"] == []


def test_a_contractor_is_found_under_any_of_its_routes(client: Client) -> None:
    assert client.get("contractor/1000508") == client.get("contractorHuman/1000508")
    assert client.get("contractorCompany/1000508")["meta"]["status"] == 404


def test_the_probe_and_the_account(client: Client) -> None:
    from crmexport.sandbox.exchange import Asked

    assert client.sandbox.site(Asked("GET", "/api/v3")).body.startswith(b"#%RAML")
    assert client.get("currentUser")["data"]["id"] == "1000001"
    assert client.get("accountInfo")["data"]["daysRemaining"] == 13


def test_nothing_can_be_written(client: Client) -> None:
    assert client.post("deal", b"{}").status == 405
