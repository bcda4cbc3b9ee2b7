"""The real engine holds exactly what is true: whatever the source's habits, whatever fails on the way.

What HTTP has a part in goes over real HTTP; the rest is answered from memory.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from crmexport_megaplan import Megaplan, sublists
from crmexport_megaplan.sandbox import Behaviour, MegaplanSandbox
from crmexport_megaplan.sandbox.faults import expired_inside
from crmexport_megaplan.sandbox.query import Refused
from crmexport_megaplan.sandbox.site import Site

from crmexport.archive import Archive, Place, place_of
from crmexport.pull import PullResult, pull
from crmexport.sandbox import faults
from crmexport.sandbox.faults import Fault
from crmexport.source import Account, Credentials, GapKind, Request
from tests.conftest import address
from tests.memory import in_memory
from tests.pull.truths import differences
from tests.toy import TestClock

READINGS = {
    "as is likely": Behaviour(),
    "pageAfter inclusive": Behaviour(page_after_inclusive=True),
    "count of the page": Behaviour(count_is="page"),
    "no count": Behaviour(count_is="absent"),
    "projects take no filter": Behaviour(project_filter=False, project_list_hides_closed=True),
    "no hasMoreNext": Behaviour(has_more_flag=False),
    "pages capped at 30": Behaviour(page_cap=30, comments_page_cap=20),
    "no sort by id": Behaviour(sort_by_id=False),
    "included always": Behaviour(included="always"),
    "included never": Behaviour(included="never"),
    "rows named before are bare": Behaviour(bare_rows=True),
    "foreign custom fields refused": Behaviour(foreign_custom_fields="refused"),
    "lists hide": Behaviour(
        employee_list_hides_fired=True,
        contractor_list_hides_dropped=True,
        deal_list_hides_inactive_programs=True,
        project_list_hides_closed=True,
        todo_list_hides_finished=True,
    ),
    "no bulk": Behaviour(bulk="off"),
    "small bulk": Behaviour(bulk_max=7),
    "tokens die, told by HTTP": Behaviour(token_requests=9),
    "tokens die, told inside": Behaviour(token_requests=9, expiry="meta", error_data="null"),
    "files redirect": Behaviour(file_redirect=True),
    "spaced JSON": Behaviour(json_form="spaced"),
    "escaped JSON": Behaviour(json_form="escaped"),
    "an empty search finds nothing": Behaviour(empty_search="nothing"),
}
OVER_HTTP = ("as is likely", "files redirect", "tokens die, told by HTTP")
ON_A_SERVER = (
    "as is likely",
    "lists hide",
    pytest.param("pageAfter inclusive", marks=pytest.mark.soak),
    pytest.param("included always", marks=pytest.mark.soak),
)


def paged(behaviour: Behaviour | None = None) -> MegaplanSandbox:
    """More than a page of some kinds."""
    return MegaplanSandbox(cards=120, tasks=120, comments=200, behaviour=behaviour)


def small(behaviour: Behaviour | None = None) -> MegaplanSandbox:
    """Something of everything."""
    return MegaplanSandbox(cards=40, tasks=40, comments=60, behaviour=behaviour)


def pulled(url: str, box: MegaplanSandbox, place: Place, **options: object) -> PullResult:
    by_password = Credentials(login=box.login, password=box.password)
    return pull(place, Megaplan(Account(url)), by_password, rate=0, **options)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def private_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRMEXPORT_STATE", str(tmp_path / "state"))


@pytest.mark.parametrize("reading", READINGS)
def test_the_archive_equals_the_truth_under_every_reading(reading: str, tmp_path: Path) -> None:
    box = paged(READINGS[reading])
    with box.running() if reading in OVER_HTTP else in_memory(box) as url:
        result = pulled(url, box, tmp_path / "archive", clock=TestClock())
        assert differences(tmp_path / "archive", box, url) == []
    assert result.complete


@pytest.mark.parametrize("reading", ON_A_SERVER)
def test_an_archive_in_postgresql_equals_the_truth(reading: str, postgresql: str, tmp_path: Path) -> None:
    box, place = paged(READINGS[reading]), place_of(address(postgresql, tmp_path / "archive"))
    with in_memory(box) as url:
        results = [pulled(url, box, place, clock=TestClock()) for _again in range(2)]
        assert differences(place, box, url) == []
    assert all(result.complete for result in results)


SURVIVED: dict[str, Callable[[], Fault]] = {
    "429 in seconds": faults.throttled,
    "429 with a date": faults.throttled_until,
    "429 that says nothing": faults.throttled_bare,
    "500": faults.broken,
    "502 with a page": faults.bad_gateway,
    "503": faults.unavailable,
    "reset in mid-body": faults.reset,
    "short body": faults.short_body,
    "cut JSON": faults.cut_json,
    "empty 200": faults.empty,
    "login page 200": faults.login_page,
    "401 as HTTP": faults.unauthorized,
    "401 in meta.status": expired_inside,
}
CUT_SHORT = (
    "502 with a page",
    "reset in mid-body",
    "short body",
)  # over HTTP: half an answer, and one not ours


@pytest.mark.parametrize("name", SURVIVED)
def test_a_fault_now_and_then_changes_nothing(name: str, tmp_path: Path) -> None:
    """Now once, now twice in a row."""
    box = small()
    for place, nth in enumerate(range(2, 60, 9)):
        box.faults.add(SURVIVED[name](), nth=nth, path="/(api/v3/(?!auth)|attach)", times=1 + place % 2)
    with box.running() if name in CUT_SHORT else in_memory(box) as url:
        result = pulled(url, box, tmp_path / "archive", clock=TestClock())
        assert box.faults.happened
        assert differences(tmp_path / "archive", box, url) == []
    assert result.complete


@pytest.mark.parametrize(
    ("name", "fault", "kind"),
    [
        ("403", faults.forbidden, GapKind.REFUSED),
        ("500", faults.broken, GapKind.REFUSED),
        ("502", faults.bad_gateway, GapKind.BROKEN),
        ("cut JSON", faults.cut_json, GapKind.BROKEN),
        ("login page", faults.login_page, GapKind.BROKEN),
    ],
)
def test_a_fault_for_ever_is_a_gap_with_its_reason(
    name: str, fault: Callable[[], Fault], kind: GapKind, tmp_path: Path
) -> None:
    box = small()
    box.faults.add(fault(), path="/api/v3/invoice", times=None)
    with in_memory(box) as url:
        result = pulled(url, box, tmp_path / "archive", clock=TestClock())
        missing = differences(tmp_path / "archive", box, url)
    assert not result.complete
    assert all(line.startswith("invoice ") or "file" in line for line in missing)
    with Archive.open(tmp_path / "archive") as archive:
        gaps = [gap for gap in archive.gaps() if gap.stream == "invoice"]
    assert gaps and {gap.kind for gap in gaps} == {kind} and all(gap.reason for gap in gaps)


def test_contractor_comments_that_always_fail_are_named_and_stop_nothing(tmp_path: Path) -> None:
    """Trap 15 of the Megaplan reference, §20."""
    box = small(Behaviour(contractor_comments=False))
    with in_memory(box) as url:
        result = pulled(url, box, tmp_path / "archive", clock=TestClock())
        missing = differences(tmp_path / "archive", box, url)
    assert not result.complete
    lost = [line for line in missing if not line.startswith(("comment ", "file "))]
    assert lost == []
    with Archive.open(tmp_path / "archive") as archive:
        assert {gap.kind for gap in archive.gaps() if gap.stream == "comment"} == {GapKind.REFUSED}


@pytest.mark.parametrize("never", ["program/14/fields", "task/extraFields", "/api/v3/program\\?"])
def test_where_a_dictionary_is_never_given_all_records_come_another_way(never: str, tmp_path: Path) -> None:
    """Lists that wait for field definitions or schemes are then read by card; only the dictionary itself is a gap."""
    box = small()
    box.faults.add(faults.broken(), path=never, times=None)
    with in_memory(box) as url:
        result = pulled(url, box, tmp_path / "archive", clock=TestClock())
        missing = differences(tmp_path / "archive", box, url)
    assert not result.complete
    assert {line.split()[0] for line in missing} <= {"extraField", "program"}


def test_clients_that_are_shown_in_part_are_held_so_and_named(tmp_path: Path) -> None:
    """The sign-in has no right to the rest: what is missing is known to be there."""
    box = paged(Behaviour(shortens=True))
    with in_memory(box) as url:
        result = pulled(url, box, tmp_path / "archive", clock=TestClock())
        assert differences(tmp_path / "archive", box, url) == []
    short = {f"{line['id']}/canSeeFull" for line in box.truth() if line["body"].get("canSeeFull") is False}
    with Archive.open(tmp_path / "archive") as archive:
        gaps = [gap for gap in archive.gaps() if gap.kind is not GapKind.VANISHED]
    assert {(gap.id, gap.kind) for gap in gaps} == {(id, GapKind.REFUSED) for id in short}
    assert short and not result.complete


def test_a_list_that_this_account_does_not_have_is_named_and_no_loss(tmp_path: Path) -> None:
    box = small(Behaviour(absent=("duty", "taskFilter")))
    with in_memory(box) as url:
        result = pulled(url, box, tmp_path / "archive", clock=TestClock())
        missing = differences(tmp_path / "archive", box, url)
    assert result.complete
    assert {line.split()[0] for line in missing} == {"duty", "filter"}
    with Archive.open(tmp_path / "archive") as archive:
        told = {(gap.stream, gap.id) for gap in archive.gaps() if gap.kind is GapKind.NOT_GIVEN}
    assert told == {("duty", "list /duty"), ("filter", "list /taskFilter")}


def test_a_list_of_files_that_is_not_there_is_missing_where_its_record_counts_more_than_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They counted as deleted with their record. The inventory of files knows them, where there is one, but not on what they hang."""
    absent, there = {"attaches"}, Site._children

    def children(site: Site, name: str, id: str, child: str, *asked: Any) -> Any:
        if child in absent:
            raise Refused(404, "Not Found")
        return there(site, name, id, child, *asked)

    monkeypatch.setattr(Site, "_children", children)
    box = paged()
    with in_memory(box) as url:
        result = pulled(url, box, tmp_path / "archive", clock=TestClock())
        with Archive.open(tmp_path / "archive") as archive:
            lost = [gap for gap in archive.gaps() if gap.kind is GapKind.REFUSED]
        assert not result.complete and lost
        assert all((gap.stream, gap.id[:5]) == ("file", "deal/") for gap in lost)
        assert "The source shows 5 of 11" in lost[0].reason
        absent.clear()
        assert pulled(url, box, tmp_path / "archive", clock=TestClock()).complete


@pytest.mark.parametrize(
    ("of_list", "of_card", "first"),
    [
        (503, 503, GapKind.BROKEN),
        (404, 503, GapKind.BROKEN),
        (404, 404, GapKind.VANISHED),
        (404, 403, GapKind.REFUSED),
    ],
)
def test_a_list_of_files_that_comes_a_night_later_is_not_missed_for_what_its_record_counts(
    of_list: int, of_card: int, first: GapKind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What its record counts is looked at again only where its list is not there again: it counts as many where all of them came."""
    failing, children, document = {"now"}, Site._children, Site._document

    def below(site: Site, name: str, id: str, child: str, *asked: Any) -> Any:
        if failing and child == "attaches":
            raise Refused(of_list, "No list")
        return children(site, name, id, child, *asked)

    def told(site: Site, steps: tuple[str, ...], *asked: Any) -> Any:
        if failing and len(steps) == 2 and steps[0] == "deal":
            raise Refused(of_card, "No card")
        return document(site, steps, *asked)

    monkeypatch.setattr(Site, "_children", below)
    monkeypatch.setattr(Site, "_document", told)
    box = paged()
    with in_memory(box) as url:
        pulled(url, box, tmp_path / "archive", clock=TestClock())
        with Archive.open(tmp_path / "archive") as archive:
            lists = [gap for gap in archive.gaps() if gap.stream == "file" and gap.id[:5] == "deal/"]
        assert {gap.kind for gap in lists} == {first}
        failing.clear()
        assert pulled(url, box, tmp_path / "archive", clock=TestClock()).complete


def test_a_list_of_files_that_was_not_there_for_an_earlier_version_is_looked_at_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That asked nothing of its record, and its question, kept as it was, would be answered in the same words every night."""
    there, links = Site._children, sublists._links

    def children(site: Site, name: str, id: str, child: str, *asked: Any) -> Any:
        if child == "attaches":
            raise Refused(404, "Not Found")
        return there(site, name, id, child, *asked)

    def uncounted(name: str, stream: str, id: str, number: Any) -> Request:
        return links(name, stream, id, None)

    monkeypatch.setattr(Site, "_children", children)
    box = paged()
    with in_memory(box) as url:
        with monkeypatch.context() as before:
            before.setattr(sublists, "_links", uncounted)
            before.setattr(Megaplan, "about", replace(Megaplan.about, revision=7))
            assert pulled(url, box, tmp_path / "archive", clock=TestClock()).complete
        assert not pulled(url, box, tmp_path / "archive", clock=TestClock()).complete


def test_a_route_that_always_fails_is_one_gap_for_its_class_and_is_not_asked_for_every_record(
    tmp_path: Path,
) -> None:
    box = small(Behaviour(contractor_history=False))
    with in_memory(box) as url:
        result = pulled(url, box, tmp_path / "archive", clock=TestClock())
        missing = differences(tmp_path / "archive", box, url)
    assert result.complete
    assert all(line.startswith("history contractor") for line in missing)
    with Archive.open(tmp_path / "archive") as archive:
        gaps = {(gap.stream, gap.id, gap.kind) for gap in archive.gaps() if gap.stream == "history"}
    families = ("contractorCompany", "contractorHuman")
    assert gaps == {("history", family, GapKind.NOT_GIVEN) for family in families}


def test_a_file_that_only_the_inventory_knows_is_held_and_hangs_on_nothing(tmp_path: Path) -> None:
    box = small()
    last = box.account.file_kind.id(box.account.counts["File"] - 1)
    with in_memory(box) as url:
        pulled(url, box, tmp_path / "archive", clock=TestClock())
    with Archive.open(tmp_path / "archive") as archive:
        (file,) = [file for file in archive.files() if file.id == last]
        assert file.sha256 and file.owners == [("file", last)]
