"""Older servers, by JSON-RPC: they tell less of themselves. Shapes of Odoo 12 and 13 (`res.users`, `fields`, `web`), written by hand."""

import json
from typing import Any

import pytest

from crmexport.source import GapKind, Request, Response, Verdict
from tests.odoo.recordings import definitions_asked, odoo, only

RPC = {"api": "jsonrpc", "database": "firm"}
CONNECTOR = odoo(**RPC)
LANGUAGE = {"lang": "ru_RU", "tz": "Europe/Moscow"}
SESSION = {"uid": 7, "username": "anna", "user_context": {**LANGUAGE, "uid": 7}}
FIELDS = {
    "name": {"type": "char", "string": "Название", "store": True},
    "user_id": {"type": "many2one", "string": "Продавец", "store": True, "relation": "res.users"},
}


def told(value: Any) -> Response:
    """What an older Odoo answers."""
    return Response(200, {}, json.dumps({"jsonrpc": "2.0", "id": "", "result": value}).encode())


def then(request: Request, value: Any) -> list[Request]:
    return CONNECTOR.read(request, told(value)).requests


def session_asked(first: Request) -> Request:
    return only(then(first, LANGUAGE))


def test_who_is_signed_in_is_asked_where_the_language_does_not_tell() -> None:
    asked = session_asked(only(CONNECTOR.opening(None)))
    assert asked.path == "/web/session/get_session_info"
    assert any(rule.allows(asked) for rule in CONNECTOR.about.reads)
    companies = only(then(asked, SESSION))
    assert json.loads(companies.body or "")["params"]["args"] == [[7]]
    assert companies.context["settings"] == {"active_test": False, "lang": "ru_RU"}
    with pytest.raises(ValueError, match="who is signed in"):
        CONNECTOR.read(asked, told({"uid": None}))


def test_each_card_and_sweep_asks_for_itself() -> None:
    """Equal questions are asked once, and what they lead to would be lost."""
    cards = [CONNECTOR.card("res.partner", number) for number in ("7", "8")]
    firsts = [*CONNECTOR.opening(None), *(card for card in cards if card)]
    asked = [session_asked(first) for first in firsts]
    assert len({one.key for one in asked}) == 3
    assert [one.context.get("card") for one in asked] == [None, ["res.partner", "7"], ["res.partner", "8"]]
    swept = session_asked(only(CONNECTOR.sweep()))
    assert only(then(swept, SESSION)).context["sweep"] is True


def test_json2_has_no_such_question() -> None:
    """Every server that speaks it says who is signed in."""
    with pytest.raises(ValueError, match="who is signed in"):
        odoo().read(only(odoo().opening(None)), Response(200, {}, json.dumps(LANGUAGE).encode()))


def test_fields_are_known_by_their_keys() -> None:
    """Their descriptions do not repeat the name, by which the mapping finds fields of one's own."""
    companies = only(then(session_asked(only(CONNECTOR.opening(None))), SESSION))
    asked = then(companies, [{"id": 7, "company_id": 1, "company_ids": [1]}])
    leads = next(one for one in asked if one.context.get("model") == "crm.lead")
    reading = CONNECTOR.read(leads, told(FIELDS))
    assert [(row.id, row.value["name"]) for row in reading.records] == [
        ("crm.lead.name", "name"),
        ("crm.lead.user_id", "user_id"),
    ]
    page = next(one for one in reading.requests if one.context["step"] == "page")
    assert page.context["links"] == {"user_id": "res.users"}


def test_a_domain_is_given_by_its_place() -> None:
    """Up to Odoo 15 the one argument of `search_count` is called `args`: no count would come by the name it has since then."""
    companies = only(then(session_asked(only(CONNECTOR.opening(None))), SESSION))
    asked = then(companies, [{"id": 7, "company_id": 1, "company_ids": [1]}])
    leads = next(one for one in asked if one.context.get("model") == "crm.lead")
    called = [json.loads(one.body or "")["params"] for one in CONNECTOR.read(leads, told(FIELDS)).requests]
    assert [(one["method"], one["args"]) for one in called] == [
        ("search_count", [[]]),
        ("search_read", [[["id", ">", 0]]]),
    ]
    assert not any("domain" in one["kwargs"] for one in called)


def no_model(name: str, words: str = "{}") -> Response:
    """What Odoo 14 says of a model that is not installed (seen in a real one)."""
    message = words.format(name)
    data = {"name": "builtins.KeyError", "message": message, "arguments": [name], "context": {}}
    error = {"code": 200, "message": "Odoo Server Error", "data": data}
    return Response(200, {}, json.dumps({"jsonrpc": "2.0", "id": None, "error": error}).encode())


@pytest.mark.parametrize("words", ["{}", "'{}'"])
@pytest.mark.parametrize("way", ["pull", "card", "sweep"])
def test_an_app_that_is_not_installed_is_no_failure(way: str, words: str) -> None:
    """Odoo 14 has no reports on projects, others have no sales: nothing is missing."""
    first = {
        "pull": lambda: only(CONNECTOR.opening(None)),
        "card": lambda: CONNECTOR.card("crm.lead", "7"),
        "sweep": lambda: only(CONNECTOR.sweep()),
    }[way]()
    assert first is not None
    asked = definitions_asked(CONNECTOR, "crm.lead", first)
    said = no_model("crm.lead", words)
    assert CONNECTOR.verdict(asked, said) is Verdict.ANSWER
    reading = CONNECTOR.read(asked, said)
    assert reading.absent == {"crm.lead": f"404 {words.format('crm.lead')}"}
    assert [gap.kind for gap in reading.gaps] == ([GapKind.VANISHED] if way == "card" else [])


def test_another_key_that_is_not_there_is_a_failure() -> None:
    """Such as one that a module of the company's own stumbles over."""
    asked = definitions_asked(CONNECTOR, "crm.lead")
    assert CONNECTOR.verdict(asked, no_model("res.partner")) is Verdict.FAULTY


def list_asked() -> Request:
    """The question for the list of models, as a pull comes to it."""
    companies = only(then(session_asked(only(CONNECTOR.opening(None))), SESSION))
    asked = then(companies, [{"id": 7, "company_id": 1, "company_ids": [1]}])
    return next(one for one in asked if one.context["step"] == "else")


def no_table(name: str) -> Response:
    """What Odoo 14 says when it counts the rows of a report that has no table (seen in a real one)."""
    line = f'LINE 1: SELECT COUNT(*) FROM "{name}"\n                             ^\n'
    data = {
        "name": "psycopg2.errors.UndefinedTable",
        "message": f'relation "{name}" does not exist\n{line}',
        "context": {},
    }
    error = {"code": 200, "message": "Odoo Server Error", "data": data}
    return Response(200, {}, json.dumps({"jsonrpc": "2.0", "id": None, "error": error}).encode())


def test_a_report_without_a_table_costs_no_list() -> None:
    """By the numbers in that list it is known how much a user does not see: it is asked for once more without such reports."""
    asked, left_out = list_asked(), []
    for table in ("account_invoice_report", "crm_partner_report_assign"):
        assert CONNECTOR.verdict(asked, no_table(table)) is Verdict.ANSWER
        asked = only(CONNECTOR.read(asked, no_table(table)).requests)
        left_out += ["!", ["model", "=ilike", table]]
        assert json.loads(asked.body or "")["params"]["args"] == [left_out]
    listed = [{"id": 1, "model": "res.partner", "name": "Contact", "count": 9, "transient": False}]
    reading = CONNECTOR.read(asked, told(listed))
    assert [json.loads(one.body or "")["params"]["method"] for one in reading.requests] == ["search_count"]


def test_a_table_that_stays_in_the_way_ends_it() -> None:
    """A model may keep its records in a table of another name; then nobody tells what there is."""
    asked = only(CONNECTOR.read(list_asked(), no_table("other")).requests)
    reading = CONNECTOR.read(asked, no_table("other"))
    assert (reading.requests, [gap.id for gap in reading.gaps]) == ([], ["other models"])


def test_a_table_that_goes_while_records_are_read_costs_no_field() -> None:
    """An app is removed, and this worker has not heard of it: what is worked out of its records is not left out for that."""
    asked = then(definitions_asked(CONNECTOR, "crm.lead"), FIELDS)
    page = next(one for one in asked if one.context["step"] == "page")
    records = next(one for one in then(page, [{"id": 3}, {"id": 4}]) if one.context["step"] == "records")
    assert CONNECTOR.verdict(records, no_table("sale_order")) is Verdict.TRANSIENT


def failed(name: str, message: str) -> Response:
    """An exception of the server's, as JSON-RPC tells it."""
    error = {"code": 200, "message": "Odoo Server Error", "data": {"name": name, "message": message}}
    return Response(200, {}, json.dumps({"jsonrpc": "2.0", "id": None, "error": error}).encode())


def test_links_of_meetings_come_with_titles_where_they_must() -> None:
    """Odoo 14 stumbles over bare numbers where one of the meetings is private; what is seen are numbers all the same."""
    asked = then(definitions_asked(CONNECTOR, "calendar.event", only(CONNECTOR.sweep())), FIELDS)
    page = next(one for one in asked if one.context["step"] == "page")
    bare = next(one for one in then(page, [{"id": 3}]) if one.context["step"] == "glimpse")
    said = failed("builtins.TypeError", "'int' object is not subscriptable")
    assert CONNECTOR.verdict(bare, said) is Verdict.ANSWER
    titled = only(CONNECTOR.read(bare, said).requests)
    parameters = json.loads(titled.body or "")["params"]
    assert (parameters["args"], parameters["kwargs"]["fields"]) == ([[3]], ["user_id"])
    assert "load" not in parameters["kwargs"]
    reading = CONNECTOR.read(titled, told([{"id": 3, "user_id": [9, "Анна"]}]))
    assert reading.glimpses == {("calendar.event", "3"): {"user_id": 9}}
    older = bare.replace(context={"step": "glimpse", "sweep": True, "model": "calendar.event"})
    for last in (titled, older):  # the latter waits in the archive of an earlier version
        assert [gap.id for gap in CONNECTOR.read(last, said).gaps] == ["links"]


def test_pictures_that_are_no_attachments_are_named() -> None:
    """Odoo 14 shows no attachment of a field to anybody: no list and no count would tell of them."""
    picture = {"type": "binary", "string": "Изображение", "store": True, "attachment": True}
    fields = {**FIELDS, "image_1920": picture, "image_128": picture}
    asked = then(definitions_asked(CONNECTOR, "crm.lead"), fields)
    filled = only(one for one in asked if one.context["step"] == "filled")
    assert json.loads(filled.body or "")["params"]["args"] == [[["image_1920", "!=", False]]]
    assert then(filled, 0) == []
    shown = only(then(filled, 18))
    parameters = json.loads(shown.body or "")["params"]
    assert parameters["model"] == "ir.attachment"
    assert parameters["args"] == [[["res_model", "=", "crm.lead"], ["res_field", "=", "image_1920"]]]
    assert CONNECTOR.read(shown, told(18)).gaps == []
    (gap,) = CONNECTOR.read(shown, told(5)).gaps
    assert (gap.stream, gap.id, gap.kind) == ("crm.lead", "field image_1920", GapKind.NOT_GIVEN)
    assert "18" in gap.reason and "shows 5" in gap.reason
    refused = failed("odoo.exceptions.AccessError", "no")
    assert CONNECTOR.verdict(filled, refused) is Verdict.ANSWER
    assert CONNECTOR.read(filled, refused).gaps == []


def test_a_drawing_of_numbers_is_not_asked_for() -> None:
    """Odoo 14 draws none for a team of the website, and gives then nothing that it works out of all teams."""
    drawing = {"type": "text", "string": "График", "store": False}
    asked = then(definitions_asked(CONNECTOR, "crm.team"), {**FIELDS, "dashboard_graph_data": drawing})
    page = next(one for one in asked if one.context["step"] == "page")
    assert page.context["fields"] == ["name", "user_id"]


def test_a_list_of_what_may_not_be_read_costs_no_record() -> None:
    """Who may not see hours loses the list of them at each task, not the tasks: Odoo 14 names the hours, and no field."""
    hours = {"type": "one2many", "string": "Часы", "store": True, "relation": "account.analytic.line"}
    asked = then(definitions_asked(CONNECTOR, "project.task"), {**FIELDS, "timesheet_ids": hours})
    page = next(one for one in asked if one.context["step"] == "page")
    records = next(one for one in then(page, [{"id": 3}, {"id": 4}]) if one.context["step"] == "records")
    words = "You are not allowed to access 'Analytic Line' (account.analytic.line) records.\n\nThis operation is allowed for …"
    said = failed("odoo.exceptions.AccessError", words)
    assert CONNECTOR.verdict(records, said) is Verdict.ANSWER
    again = only(CONNECTOR.read(records, said).requests)
    assert (again.context["fields"], again.context["ids"]) == (["name", "user_id"], [3, 4])
    (gap,) = CONNECTOR.read(again, told([{"id": 3, "name": "Звонок"}, {"id": 4, "name": "Счёт"}])).gaps
    assert (gap.id, gap.kind) == ("project.task.timesheet_ids", GapKind.REFUSED)
