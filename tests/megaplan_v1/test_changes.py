"""A later pull brings what changed, whole; what is gone is marked and kept."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from time import time
from typing import Any
from urllib.parse import unquote

import pytest
from crmexport_megaplan.sandbox.values import moment
from crmexport_megaplan.v1 import MegaplanV1

from crmexport.archive import Archive, schema
from crmexport.pull import pull
from crmexport.sandbox.exchange import Answer, Asked
from crmexport.source import Account, Credentials, Response
from tests.megaplan_v1.truths import differences, pulled, sandbox
from tests.memory import in_memory
from tests.toy import TestClock


@pytest.fixture(autouse=True)
def private_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRMEXPORT_STATE", str(tmp_path / "state"))


def deleted(folder: Path) -> set[tuple[str, str]]:
    table = schema.records
    with Archive.open(folder) as archive:
        line = table.select().where(table.c.deleted.is_not(None))
        return {(row.stream, row.id) for row in archive.database.connection.execute(line)}


@pytest.mark.parametrize(
    "behaviour", [{}, {"detailed": False, "sort_by_id": False}], ids=["whole rows", "cards"]
)
def test_a_later_pull_holds_what_is_true_then(behaviour: dict[str, Any], tmp_path: Path) -> None:
    box = sandbox(**behaviour)
    folder = tmp_path / "archive"
    tasks, deals = box.account.kinds["Task"], box.account.kinds["Deal"]
    humans, invoices = box.account.kinds["ContractorHuman"], box.account.kinds["Invoice"]
    with in_memory(box) as url:
        pulled(folder, box, url)
        assert deleted(folder) == set()
        box.edits.change("task", tasks.id(3), statement="<p>Иначе</p>")
        box.edits.change("deal", deals.id(5), description="<p>Договорились</p>")
        box.edits.change("contractorHuman", humans.id(2), description="<p>Переехал</p>")
        box.edits.change("invoice", invoices.id(1), number="00099")
        pulled(folder, box, url)
        assert differences(folder, box, url) == []
        box.edits.remove("invoice", invoices.id(0))
        pulled(folder, box, url)
        gone = {line for line in differences(folder, box, url) if "not true" not in line}
    assert gone == set()
    assert ("Invoice", invoices.id(0)) in deleted(folder)


@pytest.mark.parametrize("route", ["Deal/listFields", "Task/listFields"])
def test_the_values_of_a_new_field_come_for_records_that_nobody_changed(route: str, tmp_path: Path) -> None:
    """It may be new to this sign-in only."""
    box, folder = sandbox(), tmp_path / "archive"
    respond = box.app.respond
    hidden: list[str] = []

    def without_a_field(asked: Asked) -> Answer:
        answer = respond(asked)
        if "listFields" not in asked.path or route not in unquote(asked.path):
            return answer
        told = json.loads(answer.body)
        fields = told["data"]["Fields"]
        hidden.extend(one["Name"] for one in fields if "CustomField" in one["Name"])
        told["data"]["Fields"] = [one for one in fields if "CustomField" not in one["Name"]]
        return replace(answer, body=json.dumps(told).encode())

    box.app.respond = without_a_field  # type: ignore[method-assign]
    with in_memory(box) as url:
        pulled(folder, box, url)
        lacking = differences(folder, box, url)
        assert hidden and lacking
        box.app.respond = respond  # type: ignore[method-assign]
        pulled(folder, box, url)
        assert differences(folder, box, url) == []


def test_what_no_list_of_changes_tells_is_found_by_its_mark_in_the_sweep(tmp_path: Path) -> None:
    """What a filter means that is not understood nobody says (Megaplan reference, §17): it may show nothing, for ever."""
    box, folder, clock = sandbox(), tmp_path / "archive", TestClock()
    respond = box.app.respond
    ids = {name: box.account.kinds[name].id(1) for name in ("Task", "Project", "Deal")}

    def responding(asked: Asked) -> Answer:
        today = format_datetime(datetime.fromtimestamp(clock.now, UTC), usegmt=True)
        answer = respond(asked)
        answer = replace(answer, headers={**answer.headers, "Date": today})
        if "TimeUpdated=" not in asked.query and "greaterOrEqual" not in asked.query:
            return answer
        told = json.loads(answer.body)
        return replace(answer, body=json.dumps({**told, "data": {key: [] for key in told["data"]}}).encode())

    box.app.respond = responding  # type: ignore[method-assign]
    connector, credentials = MegaplanV1, Credentials(login=box.login, password=box.password)
    with in_memory(box) as url:
        for week in range(3):
            asked = len(box.ledger.entries)
            pull(folder, connector(Account(url)), credentials, rate=0, clock=clock)
            assert week == 0 or differences(folder, box, url) == []
            for name, id in ids.items() if week == 0 else ():
                told = "description" if name == "Deal" else "statement"
                box.edits.change(name.lower(), id, **{told: "<p>Иначе</p>"})
            clock.now += 8 * 24 * 3600
    later = [entry.path for entry in box.ledger.entries][asked:]
    assert any("Task/list.api?Offset" in path for path in later)
    assert not any("Task/card" in path for path in later)


def test_a_comment_that_moves_no_mark_of_its_task_or_project_comes_with_a_later_pull(tmp_path: Path) -> None:
    box = sandbox()
    comments = box.account.kinds["Comment"]
    first = {
        box.account.comments.owner(place)[0]: comments.id(place) for place in reversed(range(comments.count))
    }
    made = [first["Task"], first["Project"]]
    for id in made:
        box.edits.remove("comment", id)
    folder = tmp_path / "archive"
    with in_memory(box) as url:
        pulled(folder, box, url)
        for id in made:
            box.edits.restore("comment", id)
            box.edits.change_quietly("comment", id, timeUpdated=moment(int(time())))
        pulled(folder, box, url)
        assert differences(folder, box, url) == []


@pytest.mark.parametrize("is_gone", [False, True])
def test_a_task_of_which_a_comment_alone_tells_is_asked_for_by_itself(is_gone: bool, tmp_path: Path) -> None:
    """The list of tasks is refused. Where the task is gone before its card comes, so are its comments; that is believed when the list comes."""
    box, folder = sandbox(), tmp_path / "archive"
    respond, comments, tasks = box.app.respond, box.account.kinds["Comment"], box.account.kinds["Task"]
    words = b'{"status": {"code": "error", "message": "You can not see this"}, "data": []}'
    chosen: list[tuple[str, str]] = []
    refused = ["Task/list."]

    def responding(asked: Asked) -> Answer:
        for task, _comment in chosen if is_gone else ():
            if "Task/card" in asked.path and task in asked.query:
                box.edits.remove("task", task)
        return Answer(200, words) if any(part in asked.path for part in refused) else respond(asked)

    box.app.respond = responding  # type: ignore[method-assign]
    with in_memory(box) as url:
        pulled(folder, box, url)
        known = held(folder)
        owners = {comments.id(place): box.account.comments.owner(place) for place in range(comments.count)}
        ids = {comment: tasks.id(owner) for comment, (kind, owner) in owners.items() if kind == "Task"}
        chosen.extend((task, one) for one, task in ids.items() if ("Task", task) not in known)
        box.edits.change("comment", chosen[0][1])
        del chosen[1:]
        pulled(folder, box, url)
        now = held(folder)
        assert (("Task", chosen[0][0]) in now) is not is_gone
        assert ("Comment", chosen[0][1]) in now
        refused.clear()
        pulled(folder, box, url)
        assert (("Comment", chosen[0][1]) in held(folder)) is not is_gone
        assert is_gone is (("Comment", chosen[0][1]) in deleted(folder))


def held(folder: Path) -> set[tuple[str, str]]:
    table = schema.records
    with Archive.open(folder) as archive:
        line = table.select().where(table.c.deleted.is_(None))
        return {(row.stream, row.id) for row in archive.database.connection.execute(line)}


def test_an_account_that_does_not_tell_new_comments_by_themselves_is_pulled_whole(tmp_path: Path) -> None:
    """Nor has every account messages, filters and kinds of telephones."""
    box = sandbox()
    respond = box.app.respond
    absent = ("Comment/all", "Message/list", "Filter/list", "phoneTypes")

    def responding(asked: Asked) -> Answer:
        lacks = any(route in asked.path for route in absent)
        return Answer(404, b"<html>404</html>", "text/html") if lacks else respond(asked)

    box.app.respond = responding  # type: ignore[method-assign]
    with in_memory(box) as url:
        assert pulled(tmp_path / "archive", box, url).complete
        assert pulled(tmp_path / "archive", box, url).complete


def test_a_card_that_a_list_leads_to_is_asked_for_in_one_way(tmp_path: Path) -> None:
    """With its fields named, and not once more without."""
    box = sandbox(detailed=False)
    with in_memory(box) as url:
        result = pulled(tmp_path / "archive", box, url)
    asked = {entry.path for entry in box.ledger.entries if "Task/card" in entry.path}
    assert len(asked) == result.records["Task"]


def test_an_account_that_shows_all_comments_for_new_ones_is_not_asked_for_all_of_them_again() -> None:
    connector = MegaplanV1(Account("https://acme.example.test"))
    since = datetime(2026, 11, 20, tzinfo=UTC)
    (asked,) = [one for one in connector.opening(since) if "Comment/all" in one.path]

    def asks(*days: int) -> int:
        rows = [
            {
                "Id": place,
                "SubjectType": "task",
                "SubjectId": place,
                "TimeCreated": f"2026-11-{day:02d} 10:00:00",
            }
            for place, day in enumerate(days, 1)
        ]
        body = json.dumps({"status": {"code": "ok"}, "data": {"comments": rows}}).encode()
        reading = connector.read(asked, Response(200, {"content-type": "application/json"}, body))
        return sum("Comment/list" in one.path for one in reading.requests)

    assert asks(*[21] * 60, *[1] * 40) == 100  # old ones are edited, too
    assert asks(*[21] * 5, *[1] * 10) == 15
    assert asks(*[21] * 5, *[1] * 95) == 0
