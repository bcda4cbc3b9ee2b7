"""What an account says of its own API is held against what is asked for: what is new there is told, and can be asked for."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from crmexport_megaplan import Megaplan
from crmexport_megaplan.about import MegaplanOptions
from crmexport_megaplan.described import ASKED, kinds_in, question, with_wanted
from crmexport_megaplan.lists import first_page
from crmexport_megaplan.sandbox import Behaviour, MegaplanSandbox
from crmexport_megaplan.sandbox.description import description

from crmexport.archive import Archive
from crmexport.pull.run import PullResult
from crmexport.sandbox.exchange import HTML
from crmexport.source import Account, Gap, GapKind, Response, Verdict
from crmexport.source.options import OptionError
from tests.faults.inprocess import URL, Sandboxed, pulled
from tests.toy import TestClock

PAGE = b"""#%RAML 1.0
version: r2510.27309.181
types:
    AccessSettingsItem:
        type: BaseValue
        properties:
            element:
                type: Element
    Deal:
        type: BaseEntity
        description: 'properties: and more'
        properties:
            name:
                description: 'id:'
                type: string
            timeCreated:
                type: DateTime
    Task:
        type: BaseEntity
        properties:
            id:
                type: string
baseUri: 'http://demo.megaplan.ru/api/v3'
/account:
    get:
        queryParameters:
            limit:
                type: integer
"""


def connector(**options: Any) -> Megaplan:
    return Megaplan(Account(URL, options))


def told_by(status: int, body: bytes, **headers: str) -> list[Gap]:
    response = Response(status, headers, body)
    assert connector().verdict(question(), response) is Verdict.ANSWER
    assert connector().rows(question(), response) == []
    return connector().read(question(), response).gaps


def fields_of(asked: list[Any], route: str) -> list[list[str]]:
    """The fields that each request of a whole page of the list asked for."""
    queries = [
        json.loads(unquote(one.query)) for one in asked if one.path == f"/api/v3/{route}" and one.query
    ]
    return [query["fields"] for query in queries if "onlyRequestedFields" not in query]


class Office:
    """An account and the archive of it."""

    def __init__(self, folder: Path, **behaviour: Any) -> None:
        self.folder = folder / "archive"
        box = MegaplanSandbox(cards=20, tasks=20, comments=20, files=9, behaviour=Behaviour(**behaviour))
        self.adapter = Sandboxed(box, TestClock())

    def pull(self, **options: Any) -> PullResult:
        self.adapter.asked.clear()
        return pulled(self.folder, self.adapter, options=options)

    def told(self) -> list[str]:
        with Archive.open(self.folder) as archive:
            return [gap.reason for gap in archive.gaps() if gap.kind is GapKind.NOT_GIVEN and "API" in gap.id]


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRMEXPORT_STATE", str(tmp_path / "state"))


def test_kinds_of_records_and_their_fields_are_read_from_the_description() -> None:
    found = {"Deal": ["name", "timeCreated"], "Task": ["id"]}
    assert kinds_in(PAGE) == kinds_in(PAGE.replace(b"\n", b"\r\n")) == found
    assert kinds_in(PAGE.partition(b"baseUri")[0]) == found
    assert kinds_in(b"{}") == kinds_in(b"") == {}


def test_of_what_is_known_nothing_is_told() -> None:
    assert told_by(200, description()) == []


def test_kinds_and_fields_that_are_new_are_told() -> None:
    (gap,) = told_by(200, description(newer=True))
    assert gap.kind is GapKind.NOT_GIVEN
    assert "Ticket" in gap.reason and "deal.forecast" in gap.reason
    assert "--set fields=deal.forecast" in gap.reason


def test_an_accounts_own_fields_and_new_counters_are_not_told() -> None:
    before = b"            timeCreated:\n"
    assert before in description()
    for name, is_told in {
        b"Category130CustomFieldInn": False,
        b"newThingsCount": False,
        b"newThings": True,
    }.items():
        more = description().replace(before, b"            %b:\n%b" % (name, before))
        assert bool(told_by(200, more)) is is_told


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b'{"meta": {"status": 200, "errors": []}, "data": []}'),
        (200, b"#%RAML 1.0\n"),
        (403, b"{}"),
        (404, b"{}"),
        (500, b""),
    ],
)
def test_an_account_without_a_description_lacks_nothing(status: int, body: bytes) -> None:
    (gap,) = told_by(status, body)
    assert gap.kind is GapKind.NOT_GIVEN and "does not show" in gap.reason


def test_a_page_to_sign_in_at_is_no_description() -> None:
    page = Response(200, {"content-type": HTML}, b"<html><form><input type=password></form></html>")
    assert connector().verdict(question(), page) is Verdict.EXPIRED


@pytest.mark.parametrize(("told", "number"), [("known", 0), ("newer", 1), ("absent", 1)])
def test_a_pull_is_complete_whatever_the_description_says(tmp_path: Path, told: str, number: int) -> None:
    office = Office(tmp_path, description=told)
    assert office.pull().complete
    assert len(office.told()) == number


def test_fields_that_a_person_wants_are_asked_for_of_their_own_lists_alone(tmp_path: Path) -> None:
    office = Office(tmp_path, description="newer")
    assert office.pull().complete
    assert not any("forecast" in fields for fields in fields_of(office.adapter.asked, "deal"))
    assert office.pull(fields="deal.forecast").complete
    asked = [fields for fields in fields_of(office.adapter.asked, "deal") if fields != ["program"]]
    assert asked and all(fields.count("forecast") == 1 for fields in asked)
    assert not any("forecast" in fields for fields in fields_of(office.adapter.asked, "task"))
    assert [reason.partition(": ")[2] for reason in office.told()] == ["Ticket."]


def test_a_wanted_field_that_there_is_none_of_is_dropped_once_and_for_all(tmp_path: Path) -> None:
    office = Office(tmp_path)
    assert office.pull(fields="deal.nonsense, task.forecast").complete
    with Archive.open(office.folder) as archive:
        assert archive.counts()["deal"] and archive.counts()["task"]


def test_a_list_that_names_no_fields_names_none_of_these_either() -> None:
    whole = first_page("docFolder")
    assert with_wanted(whole, frozenset({"docFolder.x"})) == whole
    assert not ASKED["comment"]


@pytest.mark.parametrize("typed", ["forecast", "deal.", "deal.a b", "comment.forecast", "sale.forecast"])
def test_what_is_no_field_is_told(typed: str) -> None:
    with pytest.raises(
        OptionError, match=f"“{typed}” is no field. Write deal.fieldName; kinds are: .*contractorHuman"
    ):
        connector(fields=f"task.one,{typed}")


@pytest.mark.parametrize(
    ("before", "now", "more"),
    [
        (None, "deal.a", True),
        ("deal.a", "deal.a, deal.b", True),
        ("deal.a,deal.b", "deal.b", False),
        ("deal.a", None, False),
    ],
)
def test_more_fields_ask_for_more(before: str | None, now: str | None, more: bool) -> None:
    assert MegaplanOptions(fields=now).asks_more(MegaplanOptions(fields=before)) is more
