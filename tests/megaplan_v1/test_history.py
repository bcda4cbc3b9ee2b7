"""One change made to many records at once is a change of each of them, though its rows have no ids and say the same."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from crmexport_megaplan.sandbox import MegaplanV1Sandbox
from crmexport_megaplan.v1 import MegaplanV1, lists

from crmexport.archive import Archive
from crmexport.archive.replay import connector_of, current_rows
from crmexport.pull import pull
from crmexport.sandbox.exchange import Answer, Asked
from crmexport.source import Account, Credentials, Request, Response
from tests.megaplan_v1.truths import sandbox
from tests.memory import in_memory
from tests.toy import TestClock

MOVED = {
    "Field": "Manager",
    "OldValue": "Иванов",
    "NewValue": "Петров",
    "Time": "2025-09-01 10:00:00",
    "Author": {"Id": 1_000_001, "Name": "Директор"},
}


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[MegaplanV1Sandbox, str]]:
    """An account in which all deals were given to another person at once."""
    monkeypatch.setenv("CRMEXPORT_STATE", str(tmp_path / "state"))
    box = sandbox()
    respond = box.app.respond

    def responding(asked: Asked) -> Answer:
        answer, query = respond(asked), parse_qs(asked.query)
        if "History/list" not in asked.path or query["SubjectType"] != ["deal"]:
            return answer
        changes = [MOVED] if query["Offset"] == ["0"] else []
        document = {"status": {"code": "ok"}, "params": {}, "data": {"changes": changes}}
        return replace(answer, body=json.dumps(document).encode())

    box.app.respond = responding  # type: ignore[method-assign]
    with in_memory(box) as url:
        yield box, url


def pulled(folder: Path, account: tuple[MegaplanV1Sandbox, str], **how: Any) -> None:
    box, url = account
    connector = MegaplanV1(Account(url, {"history": True, "zone": "Europe/Moscow"}))
    credentials = Credentials(token=":".join(box.pair))
    assert pull(folder, connector, credentials, rate=0, clock=TestClock(), **how).complete


def changed_deals(folder: Path) -> Counter[str]:
    """How many changes of each deal come out of the archive."""
    with Archive.open(folder) as archive:
        rows = current_rows(archive, connector_of(archive), {"Change"})
        parents = [row.value["_parent"] for row in rows if row.value["Field"] == "Manager"]
        assert {one["stream"] for one in parents} == {"Deal"}
        return Counter(one["id"] for one in parents)


def deals(folder: Path) -> Counter[str]:
    with Archive.open(folder) as archive:
        return Counter(id for id, *_rest in archive.records("Deal"))


def test_one_change_of_many_records_is_one_of_each(
    tmp_path: Path, account: tuple[MegaplanV1Sandbox, str]
) -> None:
    pulled(tmp_path / "archive", account)
    assert changed_deals(tmp_path / "archive") == deals(tmp_path / "archive") != {}


def test_an_archive_in_which_such_changes_were_one_is_read_as_it_is_until_they_are_asked_for_again(
    tmp_path: Path, account: tuple[MegaplanV1Sandbox, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, under = tmp_path / "archive", lists.under

    def as_before(*of: str) -> Request:
        request = under(*of)
        return request.replace(context={k: v for k, v in request.context.items() if k != "apart"})

    with monkeypatch.context() as patch:
        patch.setattr(lists, "under", as_before)
        pulled(folder, account)
    assert changed_deals(folder).total() == 1
    pulled(folder, account, full=True)
    assert changed_deals(folder) == deals(folder)


def test_a_row_that_says_whose_it_is_is_the_same_by_whatever_list_it_comes() -> None:
    row = {**MOVED, "SubjectType": "deal", "SubjectId": 5}
    body = json.dumps({"status": {"code": "ok"}, "data": {"changes": [row]}}).encode()
    asked = (lists.first_page("Change"), lists.under("Deal", "5", lists.HISTORY))
    connector = MegaplanV1(Account("https://acme.example.test"))
    found = [connector.rows(one, Response(200, {}, body))[0] for one in asked]
    assert found[0].id == found[1].id
