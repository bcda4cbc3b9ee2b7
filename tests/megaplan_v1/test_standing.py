"""Whose sign-in a pull through the older API was made with: another person is asked for everything."""

import json
from pathlib import Path

import pytest
from crmexport_megaplan.sandbox import MegaplanV1Sandbox
from crmexport_megaplan.v1 import MegaplanV1

from crmexport.archive import Archive
from crmexport.archive.journal import Journal, Kind
from crmexport.archive.standings import standings
from crmexport.pull import Event, pull
from crmexport.source import Account, Credentials, Response
from tests.memory import in_memory

CONNECTOR = MegaplanV1(Account("https://firm.megaplan.ru"))


def told(data: object) -> str:
    body = json.dumps({"status": {"code": "ok", "message": None}, "data": data}).encode()
    (asked,) = CONNECTOR.greetings()
    return CONNECTOR.standing([(asked, Response(200, {}, body))]).person


def test_the_number_of_the_employee_or_else_of_the_user() -> None:
    assert told({"UserId": 21, "EmployeeId": "7"}) == "Employee 7"
    assert told({"UserId": 21, "EmployeeId": None}) == "User 21"
    assert told({}) == told([]) == CONNECTOR.standing([]).person == ""


def test_it_only_reads_and_is_no_question_of_the_pull() -> None:
    (asked,) = CONNECTOR.greetings()
    assert any(rule.allows(asked) for rule in CONNECTOR.about.reads)
    asks = [*CONNECTOR.opening(None), *CONNECTOR.sweep()]
    assert asked.key not in {one.key for request in asks for one in (request, *CONNECTOR.instead(request))}


def test_another_person_is_asked_for_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[Event] = []
    box = MegaplanV1Sandbox(cards=20, tasks=20, comments=20, files=9)
    with in_memory(box) as url:

        def pulled() -> list[Kind]:
            secrets = Credentials(token=box.token)
            result = pull(tmp_path, MegaplanV1(Account(url)), secrets, rate=0, watch=events.append)
            assert result.complete
            with Archive.open(tmp_path) as archive:
                return [one.kind for one in Journal(archive.database).passes()]

        pulled()
        assert pulled()[-1:] == [Kind.CHANGES]
        monkeypatch.setitem(
            box.v1._special,
            "BumsCommonApiV01/UserInfo/id",
            lambda query: {"UserId": 22, "EmployeeId": "1000002"},
        )
        assert pulled()[-3:] == [Kind.CHANGES, Kind.EVERYTHING, Kind.CHANGES]
        with Archive.open(tmp_path) as archive:
            assert standings(archive.database).persons == ("Employee 1000001", "Employee 1000002")
    told = [(one.values["person"], one.values["others"]) for one in events if one.kind == "signed_in"]
    first, second = "Employees, no. 1000001", "Employees, no. 1000002"
    assert told[0] == (first, []) and told[-1] == (second, [first]), (
        "the archive keeps what no language changes"
    )
