"""Whose sign-in a pull was made with, and until when the account is open: told, never a loss."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from crmexport_megaplan import Megaplan
from crmexport_megaplan.standing import REQUESTS
from sqlalchemy import update

from crmexport.archive import Archive
from crmexport.archive.schema import about
from crmexport.archive.standings import ENTRY, standings
from crmexport.cli.progress import sentence
from crmexport.errors import SourceError
from crmexport.proof import verify
from crmexport.proof.page import page
from crmexport.proof.remarks import remarks
from crmexport.pull import Event, pull
from crmexport.pull.greeting import greet
from crmexport.source import Account, Credentials, Standing
from tests.faults.inprocess import URL, Sandboxed, line_to, pulled, small
from tests.faults.kinds import WAYS
from tests.megaplan.builders import answer, connector

PATHS = [one.path for one in REQUESTS]
CLOSES = datetime(2025, 12, 4, tzinfo=UTC)


def told(*objects: dict[str, object]) -> Standing:
    return connector.standing([(REQUESTS[0], answer(one)) for one in objects])


def test_name_position_and_id() -> None:
    person = {"contentType": "Employee", "id": "7", "name": "Пётр Образцов", "position": {"name": "Директор"}}
    assert told(person).person == "Пётр Образцов, Директор (7)"
    assert told({"contentType": "Employee", "id": "7", "lastName": "Образцов"}).person == "Образцов (7)"
    assert told({"contentType": "Employee", "id": "7"}).person == ""


@pytest.mark.parametrize(
    "end",
    [
        {"paidToDate": {"contentType": "DateTime", "value": "2025-12-04T03:00:00+03:00"}},
        {"licenceEndDate": {"contentType": "DateOnly", "year": 2025, "month": 11, "day": 4}},
        {"licenceEndDate": "2025-12-04", "paidToDate": "2026-01-01T00:00:00+00:00"},
    ],
)
def test_the_earliest_end_counts_in_whatever_form(end: dict[str, object]) -> None:
    assert told({"contentType": "AccountInfo", **end}).open_until == CLOSES


@pytest.mark.parametrize(
    ("name", "account"),
    [
        ("ООО «Ромашка» ", "ООО «Ромашка»"),
        (None, ""),
        ({"a": 1}, ""),
        ("Юг \ud83d", "Юг \\ud83d"),
        ("Юг\n Завершено: ", "Юг Завершено:"),
    ],
)
def test_how_the_account_calls_itself(name: object, account: str) -> None:
    assert (
        greet(connector, lambda request: answer({"contentType": "AccountInfo", "name": name})).account
        == account
    )


def test_what_is_not_told_is_unknown() -> None:
    assert connector.standing([]) == Standing()
    assert told({"contentType": "AccountInfo", "paidToDate": None}) == Standing()


@pytest.mark.parametrize(
    "end",
    ["soon", {"value": "soon"}, {"value": None}, {"year": 2025}, {"year": 2025, "month": None, "day": 4}, 7],
)
def test_an_end_that_is_no_date_hides_neither_the_other_nor_the_person(end: object) -> None:
    account = {"contentType": "AccountInfo", "paidToDate": end, "licenceEndDate": "2025-12-04"}
    person = {"contentType": "Employee", "id": "7", "name": "Anna"}
    assert told(account, person) == Standing("Anna (7)", CLOSES)


def asked(adapter: Sandboxed) -> list[str]:
    return [one.path for one in adapter.asked if one.path in PATHS]


def greeted(folder: Path, adapter: Sandboxed) -> Event:
    """What a complete pull tells of the sign-in and the account."""
    events = list[Event]()
    assert pull(
        folder,
        Megaplan(Account(URL)),
        Credentials(token=adapter.box.token),
        rate=0,
        clock=adapter.clock,
        line=line_to(adapter, folder),
        watch=events.append,
    ).complete
    (event,) = [one for one in events if one.kind == "signed_in"]
    return event


def test_it_is_asked_once_a_pull_and_kept(tmp_path: Path) -> None:
    adapter = small()
    event = greeted(tmp_path, adapter).values
    assert len(asked(adapter)) == 2
    with Archive.open(tmp_path) as archive:
        known = standings(archive.database)
    assert known.persons == (event["person"],) != ("",)
    assert event["others"] == [] and known.open_until is not None
    assert event["open_until"] == known.open_until.isoformat()
    assert known.accounts == (event["account"],) == ("Вымышленная компания",) and event["called_before"] == []


def test_another_person_is_told_of_those_before(tmp_path: Path) -> None:
    adapter = small()
    assert pulled(tmp_path, adapter).complete
    with Archive.open(tmp_path) as archive:
        before = standings(archive.database)
    adapter.box.edits.change("employee", "1000001", name="Другая Анна")
    assert pulled(tmp_path, adapter).complete
    with Archive.open(tmp_path) as archive:
        now = standings(archive.database)
    assert now.pull == before.pull + 1
    assert now.persons[:1] == before.persons and "Другая Анна" in now.persons[1]


def test_the_same_name_spelled_otherwise_is_no_other_company(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter = small()
    assert pulled(tmp_path, adapter).complete
    monkeypatch.setattr("crmexport_megaplan.standing._name", lambda account: "«Вымышленная  Компания»")
    told = greeted(tmp_path, adapter).values
    assert (told["account"], told["called_before"]) == ("«Вымышленная  Компания»", [])


def test_another_company_behind_the_same_address_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who brings back copies of accounts to pull them, one after another, has them all at one address."""
    adapter = small()
    assert pulled(tmp_path, adapter).complete
    monkeypatch.setattr("crmexport_megaplan.standing._name", lambda account: "Василёк")
    for event in (greeted(tmp_path, adapter), greeted(tmp_path, adapter)):
        assert event.values["account"] == "Василёк"
        assert event.values["called_before"] == ["Вымышленная компания"]
        assert "earlier pulls found Вымышленная компания here" in sentence(event)
    report = verify(tmp_path, None)
    assert report.source["accounts"] == ["Вымышленная компания", "Василёк"]
    assert any("this archive holds records of each" in words for words in remarks(report))
    assert "<dt>Name of the account</dt><dd>Вымышленная компания; Василёк</dd>" in page(report)


def test_of_an_archive_that_one_person_alone_has_ever_pulled_it_is_known_who_goes_on(tmp_path: Path) -> None:
    """Versions before did not note who signed in for a pull: that one need not be asked for everything once more."""
    adapter = small()
    assert pulled(tmp_path, adapter).complete
    with Archive.open(tmp_path, alone=True) as archive, archive.database.transaction():
        told = {"pull": 1, "persons": ["Анна"], "open_until": None, "is_new": False, "before": 0}
        line = update(about).where(about.c.name == ENTRY).values(value=json.dumps(told))
        archive.database.connection.execute(line)
        assert standings(archive.database).here == ("Анна",)
        line = update(about).where(about.c.name == ENTRY)
        archive.database.connection.execute(
            line.values(value=json.dumps(told | {"persons": ["Анна", "Борис"]}))
        )
        assert standings(archive.database).here == ()


def test_a_name_that_was_cut_in_the_middle_of_an_emoji_can_be_kept() -> None:
    person = {"contentType": "Employee", "id": "7", "name": "Anna \ud83d"}
    assert greet(connector, lambda request: answer(person)).person == "Anna \\ud83d (7)"


@pytest.mark.parametrize("way", ["403", "500", "empty 200", "cut JSON", "login page 200", "timeout"])
def test_a_refusal_is_no_loss(tmp_path: Path, way: str) -> None:
    adapter = small()
    adapter.strikes.append(lambda number, one, line: WAYS[way](one, line) if one.path in PATHS else None)
    assert pulled(tmp_path, adapter).complete
    with Archive.open(tmp_path) as archive:
        assert standings(archive.database).persons == ()


def test_silence_ends_the_run_with_a_sentence(tmp_path: Path) -> None:
    adapter = small()
    adapter.strikes.append(
        lambda number, one, line: (
            WAYS["timeout"](one, line) if asked(line) else None
        )  # from the first word on
    )
    with pytest.raises(SourceError, match="answered nothing since"):
        pulled(tmp_path, adapter)
