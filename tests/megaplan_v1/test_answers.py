"""Answers in all the shapes that the older API is known to give, failures included, and what is made of each."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from crmexport_megaplan.v1 import MegaplanV1
from crmexport_megaplan.v1.clock import zone_of
from crmexport_megaplan.v1.lists import (
    ALL_DEALS,
    COMMENTS,
    NEW_COMMENTS,
    card,
    definitions,
    first_page,
    under,
)
from crmexport_megaplan.v1.reads import ROUTES

from crmexport.source import Account, GapKind, Request, Response, Verdict
from crmexport.transport.judge import failure_of

HOST = "https://acme.example.test"
CONNECTOR = MegaplanV1(Account(HOST))
JSON = {"content-type": "application/json"}
HTML = {"content-type": "text/html; charset=utf-8"}


def answer(data: Any, message: Any = None, status: int = 200, code: str = "ok", **headers: str) -> Response:
    document = {"status": {"code": code, "message": message}, "params": {}, "data": data}
    body = json.dumps(document, ensure_ascii=False).encode("utf-8", "backslashreplace")
    return Response(status, JSON | headers, body)


def error(message: Any, status: int = 200) -> Response:
    return answer([], message, status, "error")


ROWS = [{"Id": 5, "Name": "Счёт"}, {"Id": "7", "Name": "Касса"}]
ACCOUNTS = first_page("RealAccount")


@pytest.mark.parametrize(
    "data",
    [
        {"realAccounts": ROWS},
        {"RealAccounts": ROWS},
        {"accounts": ROWS},
        ROWS,
        {"realAccounts": {"0": ROWS[0], "3": ROWS[1]}},
        {"0": ROWS[0], "3": ROWS[1]},
        {"realAccounts": {"main": ROWS[0], "cash": ROWS[1]}},
        {"realAccounts": {"5": ROWS[0], "1000007": ROWS[1]}},
    ],
    ids=[
        *("the key", "another case", "another key", "data is the array", "an array with gaps"),
        *("data is an array with gaps", "an array with names", "an array by ids"),
    ],
)
def test_rows_are_found_wherever_they_stand_with_their_exact_bytes(data: Any) -> None:
    response = answer(data)
    rows = CONNECTOR.rows(ACCOUNTS, response)
    assert [(row.stream, row.id, row.value) for row in rows] == [
        ("RealAccount", "5", ROWS[0]),
        ("RealAccount", "7", ROWS[1]),
    ]
    assert [json.loads(response.body[row.start : row.end]) for row in rows] == ROWS


SINCE = "2026-01-01T00:00:00+00:00"


def test_a_list_whose_fields_cannot_be_had_is_read_with_the_cards_of_its_rows() -> None:
    (waiting,) = CONNECTOR.instead(definitions("Task", SINCE))
    assert (waiting.context["list"], waiting.context["since"]) == ("Task", SINCE)
    read = CONNECTOR.read(waiting, answer({"tasks": [{"Id": 5, "Name": "Дело", "Statement": "whole"}]}))
    assert ("Task", "5") in {one.subject for one in read.asks if one.context["kind"] == "card"}


def test_the_list_of_clients_leads_to_their_cards_and_to_the_bin_which_is_not_believed_to_hold_the_same() -> (
    None
):
    """A row that shows a part only is there; its card tells the rest."""
    clients = answer({"clients": [{"Id": 5, "Name": "Клиент"}, {"Id": 7, "Name": "Другой"}]})
    told = CONNECTOR.read(first_page("Contractor", SINCE), clients)
    shown = {("Contractor", "5"), ("Contractor", "7")}
    assert told.present == shown and {one.subject for one in told.asks if one.listed} <= shown
    assert {one.subject for one in told.asks if one.context["kind"] == "card"} == shown
    (dropped,) = [one for one in told.asks if one.context["kind"] == "list"]
    assert (dropped.context["list"], dropped.context["since"]) == ("dropped contractors", SINCE)
    (gap,) = CONNECTOR.read(dropped, clients).gaps
    assert gap[:3] == ("Contractor", "bin", GapKind.REFUSED)
    assert CONNECTOR.read(dropped, answer({"clients": [{"Id": 9, "Name": "Забытый"}]})).gaps == []


def test_a_field_that_is_new_to_a_pull_of_changes_has_the_whole_list_read() -> None:
    told = CONNECTOR.read(
        definitions("Contractor", SINCE), answer({"Fields": [{"Name": "Category1CustomFieldA"}]})
    )
    (changed,) = told.requests
    ((key, whole),) = told.under
    assert key[0] == "Field" and key in {(row.stream, row.id) for row in told.records}
    assert (changed.context["since"], whole.context.get("since")) == (SINCE, None)
    assert whole.context["list"] == changed.context["list"] == "Contractor"


def test_a_list_under_a_record_ends_with_its_last_page_and_a_sweep_goes_on_to_its_own() -> None:
    comments = under("Task", "5", COMMENTS)
    told = CONNECTOR.read(comments, answer({"comments": [{"Id": 1}]}))
    assert [(one.stream, one.parent) for one in told.ended] == [("Comment", ("Task", "5"))]
    many = answer({"tasks": [{"Id": id, "TimeUpdated": "2026-01-02 10:00:00"} for id in range(1, 101)]})
    (tasks,) = [one for one in CONNECTOR.sweep() if one.stream == "Task"]
    walked = CONNECTOR.read(tasks, many)
    assert (
        walked.glimpses["Task", "7"] == {"TimeUpdated": "2026-01-02 10:00:00"} and len(walked.present) == 100
    )
    assert [one.context["kind"] for one in walked.requests] == ["ids"]


def test_what_only_comments_or_the_list_of_all_deals_show_is_linked() -> None:
    """Its own list may have been refused; of a scheme that no list shows, its deals tell."""
    comment = {"Id": 1, "SubjectType": "task", "SubjectId": 5, "TimeCreated": "2026-01-02 10:00:00"}
    told = CONNECTOR.read(first_page(NEW_COMMENTS, SINCE), answer({"comments": [comment]}))
    assert ("Task", "5") in told.links and ("Comment", "Task/5") in {one.subject for one in told.asks}
    told = CONNECTOR.read(first_page(ALL_DEALS), answer({"deals": [{"Id": 9, "Program": {"Id": 13}}]}))
    assert ("Deal", "9") in told.links and ("Field", "Deal/13") in {one.subject for one in told.asks}


@pytest.mark.parametrize(
    "data", [{"realAccounts": []}, {"realAccounts": ""}, {"realAccounts": None}, [], "", None]
)
def test_nothing_is_written_in_many_ways(data: Any) -> None:
    assert CONNECTOR.rows(ACCOUNTS, answer(data)) == []


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"[]",
        b'{"data":{"realAccounts":[]}}',
        b'{"status":{"code":"ok"},"data":{"realAccounts":[1]}}',
        b"ok",
    ],
)
def test_what_is_no_such_answer_is_never_taken_for_an_empty_list(body: bytes) -> None:
    with pytest.raises(ValueError):
        CONNECTOR.read(ACCOUNTS, Response(200, JSON, body))


def test_several_lists_that_nobody_knows_are_not_one_record_in_silence() -> None:
    """Of messages and checklists nobody has told where their rows stand, nor that these have ids."""
    told = answer({"items": [{"Name": "Вес"}, {"Name": "Цвет"}], "authors": [{"Id": 5}]})
    with pytest.raises(ValueError, match="no record"):
        CONNECTOR.read(first_page("Checklist"), told)


@pytest.mark.parametrize(
    "fields", [[{"Name": "Category13CustomFieldX"}], {"x": {"Name": "Category13CustomFieldX"}}]
)
def test_the_fields_of_a_scheme_are_named_whatever_their_definitions_stand_in(fields: Any) -> None:
    reading = CONNECTOR.read(definitions("Deal/13"), answer({"Fields": fields}))
    assert "ExtraFields%5B0%5D=Category13CustomFieldX&" in reading.requests[0].path
    assert [row.id for row in reading.records] == ["Deal/13:Category13CustomFieldX"]


def test_definitions_that_name_no_field_are_not_taken_for_none() -> None:
    """Deals would come without any field of their scheme, as if it had none."""
    with pytest.raises(ValueError, match="no record"):
        CONNECTOR.read(definitions("Deal/13"), answer({"Fields": [{"name": "Category13CustomFieldX"}]}))


def test_an_array_with_gaps_within_a_record_is_an_array() -> None:
    """PHP writes it as an object. An object by larger numbers may be one by ids, unless its members tell theirs."""
    people = {"1": {"Id": 5, "Name": "Анна"}, "1000004": {"Id": 4, "Name": "Пётр"}}
    told = {
        "Id": 1,
        "Statement": "",
        "Executors": people,
        "Phones": {"0": "1", "2": "2"},
        "By": {"1000004": "x"},
    }
    reading = CONNECTOR.read(first_page("Task"), answer({"tasks": [told]}))
    assert reading.links == {("Employee", "5"), ("Employee", "4")}
    (row,) = reading.records
    assert row.value == {**told, "Executors": [*people.values()], "Phones": ["1", "2"]}
    assert CONNECTOR.is_same("Task", told, row.value)


def test_a_row_without_an_id_is_no_record_in_silence() -> None:
    with pytest.raises(ValueError, match="no id"):
        CONNECTOR.read(first_page("Payer"), answer({"payers": [{"Name": "?"}]}))


CARD = card("Task", "1000123")
VERDICTS = {
    "an answer": (ACCOUNTS, answer({}), Verdict.ANSWER),
    "an empty body": (ACCOUNTS, Response(200, JSON, b""), Verdict.TRANSIENT),
    "a page to sign in at": (ACCOUNTS, Response(200, HTML, b"<html>Sign in</html>"), Verdict.EXPIRED),
    "a page of a firewall": (
        ACCOUNTS,
        Response(200, HTML, b"<html>Are you human?</html>"),
        Verdict.TRANSIENT,
    ),
    "a card in front of which a firewall stands": (CARD, Response(404, HTML, b"<html>404"), Verdict.FAULTY),
    "a list in front of which it stands": (ACCOUNTS, Response(403, HTML, b"<html>403"), Verdict.FAULTY),
    "401": (ACCOUNTS, error("", 401), Verdict.EXPIRED),
    "403 for the signature": (ACCOUNTS, error("Wrong signature", 403), Verdict.EXPIRED),
    "a wrong signature told inside": (ACCOUNTS, error(["Invalid AccessId"]), Verdict.EXPIRED),
    "403 for rights": (ACCOUNTS, error("You can not view accounts", 403), Verdict.REFUSED),
    "rights told inside": (ACCOUNTS, error({"msg": "Access denied"}), Verdict.REFUSED),
    "raw SQL": (ACCOUNTS, error("SQLSTATE[42S22]: Column not found"), Verdict.FAULTY),
    "400": (ACCOUNTS, error("Wrong parameter", 400), Verdict.REFUSED),
    "a route that is not there": (ACCOUNTS, Response(404, HTML, b"<html>404</html>"), Verdict.REFUSED),
    "a route that not every account has": (
        first_page("Filter"),
        Response(404, HTML, b"<html>404</html>"),
        Verdict.VANISHED,
    ),
    "the same told inside by its words": (first_page("Message"), error("Action not found"), Verdict.VANISHED),
    "a card that is not there": (CARD, error("Task not found", 404), Verdict.VANISHED),
    "the same told inside": (CARD, error("Задача не найдена"), Verdict.VANISHED),
    "an order that it does not know": (first_page("Task"), error("Unknown column 'id'", 400), Verdict.ANSWER),
    "the same with a status of its own": (
        first_page("Task"),
        error("SQLSTATE[42S22]: No 'id'", 500),
        Verdict.ANSWER,
    ),
    "a field that it does not know": (
        first_page("Deal", names=["Name"], program="13"),
        error("SQLSTATE[42703]: Undefined column", 500),
        Verdict.ANSWER,
    ),
    "a query that took too long": (
        first_page("Task"),
        error("SQLSTATE[57014]: Canceled", 500),
        Verdict.FAULTY,
    ),
    "raw SQL for a plain question": (ACCOUNTS, error("SQLSTATE[42S22]: No 'id'", 500), Verdict.FAULTY),
    "a spent limit told by 403": (CARD, error("API requests limit exceeded", 403), Verdict.THROTTLED),
    "a spent limit told inside": (CARD, error("Превышен лимит запросов"), Verdict.THROTTLED),
    "a limit that is wrong": (ACCOUNTS, error("Limit must be from 1 to 100", 400), Verdict.REFUSED),
    "429": (ACCOUNTS, Response(429, {}, b""), Verdict.THROTTLED),
    "500": (ACCOUNTS, Response(500, {}, b""), Verdict.FAULTY),
    "502": (ACCOUNTS, Response(502, HTML, b"<html>502</html>"), Verdict.TRANSIENT),
}


@pytest.mark.parametrize(("request_", "response", "expected"), VERDICTS.values(), ids=VERDICTS)
def test_failures_are_told_apart_by_status_and_words(
    request_: Request, response: Response, expected: Verdict
) -> None:
    assert CONNECTOR.verdict(request_, response) is expected


def test_the_words_of_a_failure_reach_the_person() -> None:
    failure = failure_of(CONNECTOR, ACCOUNTS, error("You can not view accounts", 403), 0.0)
    assert "You can not view accounts" in str(failure)


def test_a_list_that_does_not_like_its_order_is_asked_without_one() -> None:
    tasks = first_page("Task")
    refused = error("SQLSTATE[42S22]: Unknown column 'id' in 'order clause'")
    assert CONNECTOR.rows(tasks, refused) == []
    (again,) = CONNECTOR.read(tasks, refused).requests
    assert "SortBy" in tasks.path and "SortBy" not in again.path
    assert "Folder=all&Status=any" in again.path
    assert CONNECTOR.verdict(again, refused) is Verdict.FAULTY


ATTACH = {"Id": 70, "Name": "act.pdf", "Url": "/attach/SdfFileM_File/File/70/0123.pdf/act.pdf"}


def files_of(**value: Any) -> Any:
    deal = {"Id": "1", "Positions": [], **value}
    return CONNECTOR.read(first_page("Deal", program="13"), answer({"deals": [deal]}))


def test_files_are_found_wherever_they_hang_and_fetched_by_their_address_first() -> None:
    reading = files_of(Category1000060CustomFieldSkan=[ATTACH], Nested={"Deep": [ATTACH | {"Id": "71"}]})
    assert [(file.id, file.name, file.size, file.owner) for file in reading.files] == [
        ("70", "act.pdf", None, ("Deal", "1")),
        ("71", "act.pdf", None, ("Deal", "1")),
    ]
    direct = reading.files[0].request
    assert (direct.path, direct.is_file) == (ATTACH["Url"], True)
    page = Response(200, HTML, b"<html>Sign in</html>")
    nothing = Response(200, {"content-type": "application/octet-stream"}, b"")
    for refusal in (page, nothing, Response(401, {}, b""), Response(404, {}, b"")):
        assert CONNECTOR.verdict(direct, refusal) is Verdict.REFUSED
    (other,) = CONNECTOR.instead(direct)
    assert other.path == (
        "/BumsCommonApiV01/File/downloadAttach.api?url=%2Fattach%2FSdfFileM_File%2FFile%2F70%2F0123.pdf%2Fact.pdf"
    )
    assert (other.subject, other.is_file) == (("file", "70"), True)
    assert CONNECTOR.verdict(other, page) is Verdict.EXPIRED
    assert CONNECTOR.verdict(other, nothing) is Verdict.ANSWER
    (plain,) = CONNECTOR.instead(other)
    assert (plain.path, plain.subject) == (other.path.replace(".api?", "?"), other.subject)
    assert any(rule.allows(plain) for rule in CONNECTOR.about.reads)
    blank = Response(200, HTML, b"")
    assert CONNECTOR.verdict(plain, page) is CONNECTOR.verdict(plain, blank) is Verdict.REFUSED
    assert CONNECTOR.verdict(plain, nothing) is Verdict.ANSWER
    assert list(CONNECTOR.instead(plain)) == []


def test_a_file_that_is_a_web_page_is_fetched_where_no_page_to_sign_in_at_can_stand_for_it() -> None:
    (file,) = files_of(Attaches=[ATTACH | {"Name": "index.html"}]).files
    assert "downloadAttach" in file.request.path
    page = Response(200, HTML, b"<html>the file</html>")
    assert CONNECTOR.verdict(file.request, page) is Verdict.ANSWER
    assert CONNECTOR.verdict(file.request, error("Wrong signature")) is Verdict.EXPIRED


@pytest.mark.parametrize("type_", ["application/json; charset=utf-8", "application/octet-stream"])
@pytest.mark.parametrize("name", ["act.pdf", "act.json"])
def test_the_words_of_a_failure_are_no_file(name: str, type_: str) -> None:
    """Nobody knows whether a signature opens a file's own address (§16), and failures come with status 200 (§12)."""
    (file,) = files_of(Attaches=[{**ATTACH, "Name": name}]).files
    said = b'{"status":{"code":"error","message":"You can not view this file"},"params":[],"data":[]}'
    refused = Response(200, {"content-type": type_}, said)
    assert CONNECTOR.verdict(file.request, refused) is Verdict.REFUSED
    (other_way,) = CONNECTOR.instead(file.request)
    assert CONNECTOR.verdict(other_way, refused) is Verdict.REFUSED
    if not name.endswith("json") and "json" in type_:
        for nothing in (b"{}", b'{"status":{"code":"ok"},"data":[]}'):
            said = Response(200, {"content-type": type_}, nothing)
            assert CONNECTOR.verdict(other_way, said) is Verdict.FAULTY
    held = Response(
        200, {"content-type": type_}, b'{"status":{"code":"ok"}}' if name.endswith("json") else b"%PDF"
    )
    assert CONNECTOR.verdict(file.request, held) is Verdict.ANSWER
    assert CONNECTOR.verdict(other_way, held) is Verdict.ANSWER


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("attach/File/70/act.pdf", "/attach/File/70/act.pdf"),
        (f"{HOST}/attach/File/70/act.pdf", "/attach/File/70/act.pdf"),
        (
            "/SdfFileM_File/70/act.pdf",
            "/BumsCommonApiV01/File/downloadAttach.api?url=%2FSdfFileM_File%2F70%2Fact.pdf",
        ),
        (
            f"{HOST}/SdfFileM_File/70/act.pdf",
            "/BumsCommonApiV01/File/downloadAttach.api?url=https%3A%2F%2Facme.example.test%2FSdfFileM_File%2F70%2Fact.pdf",
        ),
        (
            "/BumsCommonApiV01/File/downloadAttach.api?url=%2Fa.pdf",
            "/BumsCommonApiV01/File/downloadAttach.api?url=%2Fa.pdf",
        ),
    ],
)
def test_a_file_of_the_account_is_fetched_whatever_its_address_looks_like(url: str, path: str) -> None:
    reading = files_of(Attaches=[ATTACH | {"Url": url}])
    assert [file.request.path for file in reading.files] == [path]
    assert not reading.gaps
    assert any(rule.allows(reading.files[0].request) for rule in CONNECTOR.about.reads)


def test_a_name_that_was_cut_in_mid_emoji_costs_nothing() -> None:
    reading = files_of(
        Attaches=[ATTACH | {"Name": "plan \ud83d.pdf"}, ATTACH | {"Id": 7, "Url": "a\ud83d.pdf"}]
    )
    for ref in reading.files:
        assert Request.load(ref.request.dump()) == ref.request and len(ref.request.key) == 64
    assert [ref.name for ref in reading.files] == ["plan \\ud83d.pdf", "act.pdf"]


@pytest.mark.parametrize(
    "told", ["https://elsewhere.example.test/attach/a.pdf", "https://[site]/a.pdf", "//["]
)
def test_a_file_on_another_host_is_named_and_not_fetched(told: str) -> None:
    reading = files_of(Attaches=[ATTACH | {"Url": told}])
    assert not reading.files
    assert [(gap.stream, gap.id, gap.kind) for gap in reading.gaps] == [("file", "70", GapKind.REFUSED)]


@pytest.mark.parametrize("without", [{"Url": ""}, {"Url": None}, {}])
def test_an_attachment_that_does_not_say_where_it_lies_is_missed(without: dict[str, Any]) -> None:
    reading = files_of(
        Attaches=[{"Id": 70, "Name": "act.pdf", **without}, {"Id": "", "Name": ""}, "", ATTACH]
    )
    assert [(gap.stream, gap.id, gap.kind) for gap in reading.gaps] == [("file", "70", GapKind.REFUSED)]
    assert [file.id for file in reading.files] == ["70"]


def test_links_are_known_by_the_fields_they_stand_in() -> None:
    reading = files_of(
        Contractor={"Id": 9, "Name": "?"}, Auditors=[{"Id": "3"}, {"Id": 4}], Payer="", Program={"Id": 13}
    )
    assert reading.links == {("Contractor", "9"), ("Employee", "3"), ("Employee", "4"), ("Program", "13")}


def test_what_a_deal_is_tied_to_and_the_products_it_has_copies_of_are_linked() -> None:
    reading = files_of(
        RelatedObjects=[
            {"Id": 5, "Type": "deal"},
            {"Id": "6", "Type": "task"},
            {"Id": 7, "Type": "unheard of"},
            None,
        ],
        Positions=[{"Id": 1, "Offer": {"Id": 174155, "OriginOffer": {"Id": 13713}}}, {"Id": 2, "Offer": ""}],
    )
    assert reading.links == {("Deal", "5"), ("Task", "6"), ("Offer", "13713")}


def test_the_tasks_and_projects_within_a_project_are_linked() -> None:
    card_ = {"Id": 3, "Statement": "", "Tasks": [{"Id": 4}], "SubProjects": [{"Id": 5}]}
    reading = CONNECTOR.read(first_page("Project"), answer({"projects": [card_]}))
    assert reading.links == {("Task", "4"), ("Project", "5")}


def test_messages_are_asked_for_in_both_folders_and_checklists_of_what_is_done_too() -> None:
    asked = [one.path for one in CONNECTOR.opening(None)]
    folders = [one.partition("Folder=")[2].partition("&")[0] for one in asked if "Message/list" in one]
    assert folders == ["incoming", "outgoing"]
    assert any("Checklist/all.api?OnlyActual=0" in one for one in asked)


def test_the_number_of_a_user_is_no_employee() -> None:
    events = answer([{"Id": 1, "Description": "", "Owner": 1000021, "Participants": [{"Id": 4}]}])
    assert CONNECTOR.read(first_page("Event"), events).links == {("Employee", "4")}


def test_what_was_merged_into_another_record_is_gone() -> None:
    told = answer({"task": {"Id": 5}})
    reading = CONNECTOR.read(CARD, told)
    (gap,) = reading.gaps
    assert ((gap.stream, gap.id), gap.kind) == (CARD.subject, GapKind.VANISHED)
    assert (reading.records, reading.links, CONNECTOR.rows(CARD, told)) == ([], {("Task", "5")}, [])


def test_comments_belong_to_the_record_they_were_asked_of() -> None:
    asked = under("Task", "9", COMMENTS)
    assert "SubjectType=task&SubjectId=9&Order=asc" in asked.path
    (row,) = CONNECTOR.rows(asked, answer({"comments": [{"Id": 1, "Text": "Готово"}]}))
    assert (row.stream, row.parent) == ("Comment", ("Task", "9"))


def test_a_record_that_says_it_has_no_comments_is_not_asked_for_them() -> None:
    for count, asked in (("0", 0), (0, 0), (2, 1), ("", 1)):
        row = {"Id": 1, "Positions": [], "CommentsCount": count}
        reading = CONNECTOR.read(first_page("Deal", program="13"), answer({"deals": [row]}))
        assert len([one for one in reading.asks if one.stream == "Comment"]) == asked


NOON = "Thu, 02 Oct 2025 09:15:31 GMT"
CLOCKS = {
    "Moscow": ({"datetime": "2025-10-02 12:15:30"}, "Europe/Moscow"),
    "Yekaterinburg, the whole of data": ("2025-10-02 14:15:30", "Asia/Yekaterinburg"),
    "Kamchatka, tomorrow there": ({"datetime": "2025-10-02 21:15:29"}, "Asia/Kamchatka"),
    "half an hour": ({"datetime": "2025-10-02 14:45:30"}, "+05:30"),
    "west of Greenwich": ({"datetime": "2025-10-02 04:15:30"}, "-05:00"),
    "universal time, said by the account itself": ({"datetime": "2025-10-02 09:15:30"}, "+00:00"),
    "with its offset": ({"now": "2025-10-02T14:15:30+0500"}, "Asia/Yekaterinburg"),
    "a wrong clock": ({"datetime": "2024-01-01 00:00:00"}, None),
    "no time at all": ({"hello": "world"}, None),
}


@pytest.mark.parametrize(("data", "zone"), CLOCKS.values(), ids=CLOCKS)
def test_the_zone_is_found_by_the_accounts_clock(data: Any, zone: str | None) -> None:
    assert zone_of(answer(data, date=NOON)) == zone


def test_a_zone_that_is_given_is_not_asked_for_and_one_that_is_not_told_is_named() -> None:
    given = MegaplanV1(Account(HOST, {"zone": "Asia/Omsk"}))
    assert not [one for one in given.opening(None) if "System/datetime" in one.path]
    (clock,) = [one for one in CONNECTOR.opening(None) if "System/datetime" in one.path]
    reading = CONNECTOR.read(clock, answer({"hello": "world"}))
    assert [gap[:2] for gap in reading.gaps] == [("Account", "zone")]
    (who,) = reading.requests
    (row,) = CONNECTOR.rows(who, answer({"UserId": 1}))
    assert (row.stream, row.id, row.value["zone"]) == ("Account", "account", None)
    assert [one.path for one in CONNECTOR.instead(clock)] == [who.path]
    with pytest.raises(ValueError, match="time zone"):
        MegaplanV1(Account(HOST, {"zone": "Europe/Moskau"}))


def test_every_route_is_named_and_none_of_them_changes_anything() -> None:
    changing = ("create", "edit", "delete", "action", "set", "add", "save", "mark", "convert")
    assert not [route for route in ROUTES if route.rpartition("/")[2].lower().startswith(changing)]
    rules = CONNECTOR.about.reads
    for path in ("/BumsTaskApiV01/Task/create.api", "/BumsTaskApiV01/Task/list.api/../create.api", "/"):
        for method in ("GET", "POST"):
            assert not any(rule.allows(Request("Task", path, method)) for rule in rules)
    assert all(any(rule.allows(one) for rule in rules) for one in CONNECTOR.opening(None))


def test_a_pull_of_changes_asks_a_day_early_for_what_changed() -> None:

    asked = {
        one.context.get("list"): one.path for one in CONNECTOR.opening(datetime(2025, 10, 2, tzinfo=UTC))
    }
    assert "greaterOrEqual%5D=2025-10-01%2000%3A00%3A00" in asked["all deals"]
    assert "TimeUpdated" not in asked["Event"]


def test_a_picture_within_a_text_is_a_file_unless_the_record_lists_it() -> None:
    shown = "/attach/SdfFileM_File/File/1/aa.png/plan.png"
    listed = "/attach/SdfFileM_File/File/2/bb.png/b.png"
    text = "".join(
        f'<img src="{told}">' for told in (shown, shown, listed, "https://else.example/attach/x.png")
    )
    found = files_of(Statement=text, Attaches=[{"Id": 9, "Name": "b.png", "Url": listed}]).files
    assert [(one.name, one.request.path) for one in found] == [("b.png", listed), ("plan.png", shown)]
    assert found[1].request.context["url"] == shown, "so that the other way to a file is tried for it, too"


def test_places_that_are_but_texts_are_one_record_and_no_failure() -> None:
    """What they are nobody has told; an event names its place by a text."""
    places = {"places": ["Переговорная", "Холл"]}
    (row,) = CONNECTOR.rows(first_page("EventPlace"), answer(places))
    assert (row.stream, row.value) == ("EventPlace", places)
    with pytest.raises(ValueError, match="no record"):
        CONNECTOR.rows(first_page("Severity"), answer({"severity": ["Высокая"]}))


def test_telephones_without_remarks_are_named_where_no_list_shows_them() -> None:
    def missed(*phones: Any) -> list[Any]:
        clients = answer({"clients": [{"Id": 1, "Description": "", "Phones": list(phones)}]})
        return [gap[:3] for gap in CONNECTOR.read(first_page("Contractor"), clients).gaps]

    assert missed("+7 900 000-00-01") == [("Contractor", "remarks at telephones", GapKind.NOT_GIVEN)]
    assert missed("ph_m-7-900-0000001\tОфис", "+7 900 000-00-01") == []
    assert missed({"Phone": "+7 900 000-00-01"}) == missed() == []
