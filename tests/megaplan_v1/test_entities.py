"""The same entities come out of an account, whichever of its APIs was pulled."""

from pathlib import Path
from typing import Any

import pytest
from crmexport_megaplan import Megaplan
from crmexport_megaplan.sandbox import MegaplanSandbox, V1Behaviour
from crmexport_megaplan.sandbox.kinds import DELETED
from openpyxl import load_workbook

from crmexport.archive import Archive
from crmexport.archive.replay import connector_of
from crmexport.mapping import MappedArchive, load_source_mapping
from crmexport.model import Moment, Ref
from crmexport.proof.verify import verify
from crmexport.pull import pull
from crmexport.source import Account, Credentials
from crmexport.target import export, load_target
from crmexport.target.card import card
from tests.megaplan_v1.truths import SIZES
from tests.memory import in_memory
from tests.toy import TestClock

Entities = dict[str, dict[str, dict[str, Any]]]


@pytest.fixture(scope="module")
def pulled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same account pulled by both APIs."""
    folder = tmp_path_factory.mktemp("both")
    box = MegaplanSandbox(*SIZES, v1=V1Behaviour(zone="Asia/Yekaterinburg"))
    tokens = {"v3": box.token, "v1": ":".join(box.pair)}
    with in_memory(box) as url:
        for api, token in tokens.items():
            connector = Megaplan(Account(url, {"api": api}))
            assert pull(folder / api, connector, Credentials(token=token), rate=0, clock=TestClock()).complete
    return {api: folder / api for api in tokens}


@pytest.fixture(scope="module")
def made(pulled: dict[str, Path]) -> dict[str, Entities]:
    """All entities of both archives, by kind and id."""
    return {api: entities(folder) for api, folder in pulled.items()}


def entities(folder: Path) -> Entities:
    with Archive.open(folder) as archive:
        mapped = MappedArchive(archive, connector_of(archive), load_source_mapping(archive.source.name))
        return {kind: {made["source_id"]: made for made in mapped.iterate(kind)} for kind in mapped.kinds}


# What both APIs tell, each in its own shape. The older one tells less; what only one of them tells is not compared.
_CLIENT = """name type status owner responsibles emails description description_html requisites prospects is_deleted files
created_at modified_at"""
_ISSUE = """name status owner executors watchers deadline actual_start actual_finish completed_percent activity_at text html
tags files created_at"""
TOLD_BY_BOTH = {
    "company": f"{_CLIENT} contacts",
    "contact": f"{_CLIENT} last_name first_name middle_name company",
    "requisite": "name company kind inn kpp ogrn bank bik account correspondent_account address is_deleted",
    "deal": """name pipeline stage owner watchers amount currency requisite description description_html is_paid is_draft
    created_at created_by modified_at""",
    "line_item": "name deal quantity price discount discount_kind sum",
    "invoice": "number name date status deal payer sum created_at",
    "task": f"{_ISSUE} project",
    "project": f"{_ISSUE} parent",
    "activity": "name kind category participants place description created_at created_by",
    "note": "parent created_at text html author files",
    "time_entry": "parent person date minutes text created_at",
    "user": """name last_name first_name middle_name position department login status is_working gender hired_on fired_on
    inn account_id last_seen_at created_at""",
    "department": "name head members",
    "pipeline": "name",
    "file": "name sha256",
}


MAIL = "Message:"  # nobody knows what the older API tells of it, and the sandbox tells very little
CLIENT_WHO_WRITES = "1000508"
OWN_CATEGORY = (
    "Отпуск за свой счёт"  # of a category that somebody made, the older one tells no more than the name
)


def plain(value: Any) -> Any:
    """A value without what the APIs may write differently: the original text of a time, the title of a link."""
    if isinstance(value, Moment):
        return value.at
    if isinstance(value, Ref):
        # The older one does not say whether somebody who writes or is charged is a colleague or a client.
        entity = "user" if value.id == CLIENT_WHO_WRITES and value.entity == "contact" else value.entity
        return None if value.id in DELETED.values() else (entity, value.id)
    if isinstance(value, list):
        return sorted(filter(None, map(plain, value)), key=repr)
    return value


@pytest.mark.parametrize("kind", TOLD_BY_BOTH)
def test_what_both_apis_tell_is_the_same(kind: str, made: dict[str, Entities]) -> None:
    newer, older = made["v3"][kind], made["v1"][kind]
    both = newer.keys() & older.keys()
    assert len(both) >= len(older) / 2
    different = [
        (id, name, newer[id].get(name), older[id].get(name))
        for id in sorted(both)
        for name in TOLD_BY_BOTH[kind].split()
        if (plain(newer[id].get(name)) or None) != (plain(older[id].get(name)) or None)
        if not id.startswith(MAIL)
        if not (name == "kind" and older[id].get("category") == OWN_CATEGORY)
    ]
    assert different == []


def test_everything_the_newer_api_gives_comes_out_but_for_what_the_older_one_has_not(
    made: dict[str, Entities],
) -> None:
    """It has no comments at events, products and people, stages only where a deal stands in them, no holidays, calls, chats, knowledge base, spaces."""
    missing = {
        kind: newer.keys() - made["v1"][kind].keys()
        for kind, newer in made["v3"].items()
        if kind in TOLD_BY_BOTH or kind == "stage"
    }
    allowed = {"note", "time_entry", "stage", "file", "line_item", "activity"}
    assert {kind for kind, ids in missing.items() if ids} <= allowed
    notes = made["v3"]["note"]
    assert {id.partition(":")[0] for id in missing["activity"]} == {"HolidayDay", "Call", "ClientChat"}
    articles = {id for id in missing["note"] if notes[id].get("kind") == "knowledge"}
    parents = {notes[id]["parent"].entity for id in missing["note"] - articles}
    assert parents == {"activity", "product", "user", "record"}
    of_records = [notes[id] for id in missing["note"] - articles if notes[id]["parent"].entity == "record"]
    assert {note["kind"] for note in of_records} == {"page"}


def test_absences_that_are_events_come_out_of_both(made: dict[str, Entities]) -> None:
    newer = {one["person"].id for id, one in made["v3"]["absence"].items() if id.startswith("Todo:")}
    assert newer and len(made["v1"]["absence"]) >= len(newer)
    assert {one["kind"] for one in made["v1"]["absence"].values()} == {OWN_CATEGORY}


def test_every_change_belongs_to_a_record_and_tells_what_happened(made: dict[str, Entities]) -> None:
    """The newer API tells of stages and of people by links, the older one in words."""
    for found in made.values():
        changes = found["change"].values()
        assert changes and all(one["parent"].id in found[one["parent"].entity] for one in changes)
        assert all(one["created_at"] and one["field"] for one in changes)
    newer, older = ([*found["change"].values()] for found in made.values())
    assert {one["old_link"].entity for one in newer if "old_link" in one} == {"stage", "user"}
    assert {(one["field"], one["old_value"], one["new_value"]) for one in older} == {
        ("Status", "assigned", "accepted")
    }


def test_custom_fields_keep_their_labels_and_amounts(
    made: dict[str, Entities], pulled: dict[str, Path]
) -> None:
    name = "Category131CustomFieldByudzhet"
    budgets = {
        api: {id: one["custom"][name] for id, one in found["project"].items() if name in one["custom"]}
        for api, found in made.items()
    }
    assert budgets["v1"] == budgets["v3"] != {}
    with Archive.open(pulled["v1"]) as archive:
        mapped = MappedArchive(archive, connector_of(archive), load_source_mapping("megaplan_v1"))
        labels = {(one.entity, one.key): (one.label, one.scope) for one in mapped.described}
    assert labels["project", name] == ("Бюджет", "")
    assert labels["deal", "Category1000063CustomFieldIstochnik"] == ("Источник", "=Старая воронка (2019)")


def test_times_are_those_of_the_accounts_zone_and_never_universal(made: dict[str, Entities]) -> None:
    """The sandbox lives in Yekaterinburg and says so nowhere but by its clock: 06:00 UTC is written as 11:00 there."""
    first = min(made["v1"]["deal"].values(), key=lambda deal: deal["created_at"].at)
    assert first["created_at"].original == "2018-01-01 11:00:00"
    assert first["created_at"].at.isoformat() == "2018-01-01T06:00:00+00:00"


def test_the_journey_ends_with_files_and_a_report_that_find_nothing_wrong(
    pulled: dict[str, Path], tmp_path: Path
) -> None:
    targets = [load_target(name) for name in ("excel", "csv", "bitrix24")]
    with Archive.open(pulled["v1"]) as archive:
        mapping = load_source_mapping(archive.source.name)
        export(archive, connector_of(archive), mapping, targets, tmp_path, lang="ru")
    report = verify(pulled["v1"], tmp_path)
    assert report.complete and not report.mismatches and not report.unreadable


def test_excel_shows_times_in_the_zone_of_the_account(pulled: dict[str, Path], tmp_path: Path) -> None:
    known = {"v1": "Asia/Yekaterinburg", "v3": "Europe/Moscow"}  # v3 tells none: the mapping does
    for api, zone in known.items():
        with Archive.open(pulled[api]) as archive:
            mapping = load_source_mapping(archive.source.name)
            excel = load_target("excel")
            export(archive, connector_of(archive), mapping, [excel], tmp_path / api, lang="ru")
        (written,) = card(tmp_path / api)["targets"]
        assert written["layout"]["zone"] == zone
        (book,) = (tmp_path / api / "excel").glob("*.xlsx")
        about = load_workbook(book, read_only=True).worksheets[0]
        assert zone in [cell for row in about.iter_rows(values_only=True) for cell in row]
