"""Entries of small lists have no cards: one is deleted when two whole lists of one pull, shown to the same person, pass it over."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from crmexport_megaplan import Megaplan
from crmexport_megaplan.sandbox import Behaviour, MegaplanSandbox

from crmexport.archive import Archive, Place
from crmexport.archive.equation import balances
from crmexport.pull import PullResult, pull
from crmexport.sandbox.exchange import Answer, Asked
from crmexport.source import Account, Credentials, Standing
from tests.faults.inprocess import URL, Sandboxed, line_to
from tests.pull.test_second_looks import Meddling, refusal
from tests.toy import TestClock

DAY = 86_400
STATUSES = "todoStatus"
Rows = list[dict[str, Any]]


class Office:
    """A Megaplan in memory, without batches, so that every answer passes by; and an archive of it."""

    def __init__(self, folder: Path, place: Place | None = None) -> None:
        self.place = place or folder
        self.box = MegaplanSandbox(cards=20, tasks=20, comments=20, behaviour=Behaviour(bulk="off"))
        self.site, self.folder, self.clock = Meddling(self.box), folder, TestClock()
        self.ids = [line["id"] for line in self.box.truth([STATUSES])]

    def pull(self, **options: bool) -> PullResult:
        self.clock.now += DAY
        line = line_to(Sandboxed(self.box, self.clock), self.folder)
        secrets = Credentials(token=self.box.token)
        return pull(
            self.place, Megaplan(Account(URL)), secrets, rate=0, clock=self.clock, line=line, **options
        )

    def changes(self, change: Callable[[Rows, dict[str, Any]], Answer | None]) -> None:
        """Let the list of statuses be another one."""

        def look(asked: Asked, document: dict[str, Any]) -> Answer | None:
            if asked.path != "/api/v3/todoStatus":
                return None
            return change(document["data"], document["meta"]["pagination"])

        self.site.change = look

    def held(self) -> set[str]:
        with Archive.open(self.place) as archive:
            return {id for id, *_more in archive.records(STATUSES)}

    def deleted(self) -> int:
        with Archive.open(self.place) as archive:
            return archive.deleted().get(STATUSES, 0)


@pytest.fixture
def office(place: Place, tmp_path: Path) -> Office:
    office = Office(tmp_path / "archive", place)
    assert office.pull().complete and len(office.ids) > 1
    assert office.held() == set(office.ids)
    return office


def test_what_two_lists_pass_over_is_deleted_and_comes_back_when_it_is_shown(office: Office) -> None:
    office.box.edits.remove(STATUSES, office.ids[0])
    result = office.pull(full=True)
    assert result.complete and result.news and result.news[STATUSES].deleted == 1
    assert (office.held(), office.deleted()) == (set(office.ids[1:]), 1)
    with Archive.open(office.place) as archive:
        balance = balances(archive, [])[STATUSES]
    assert (balance.announced, balance.held, balance.deleted) == (len(office.ids) - 1, len(office.ids) - 1, 1)
    office.box.edits.restore(STATUSES, office.ids[0])
    assert office.pull().complete
    assert (office.held(), office.deleted()) == (set(office.ids), 0)


def test_a_night_with_one_look_proves_nothing_and_one_with_two_does(office: Office) -> None:
    office.box.edits.remove(STATUSES, office.ids[0])
    assert office.pull().complete
    assert office.held() == set(office.ids)
    deal = next(line["id"] for line in office.box.truth(["deal"]))
    office.box.edits.change("deal", deal, at=office.clock.now + DAY - 60, name="changed")
    assert office.pull().complete
    assert office.held() == set(office.ids[1:])


def emptied(rows: Rows, told: dict[str, Any]) -> None:
    rows.clear()
    told["count"] = 0


def cut(rows: Rows, told: dict[str, Any]) -> None:
    del rows[0]


def uncounted(rows: Rows, told: dict[str, Any]) -> None:
    """Nothing tells that the list ends here."""
    del rows[0]
    told.clear()


def refused(rows: Rows, told: dict[str, Any]) -> Answer:
    return refusal(403)


@pytest.mark.parametrize("change", [emptied, cut, uncounted, refused])
def test_a_list_that_is_not_whole_proves_nothing(
    office: Office, change: Callable[[Rows, dict[str, Any]], Answer | None]
) -> None:
    office.changes(change)
    for believe in (False, True):
        office.pull(full=True, believe_deletions=believe)
        assert (office.held(), office.deleted()) == (set(office.ids), 0)


def test_a_list_that_is_whole_only_once_proves_nothing(office: Office) -> None:
    times = [0]

    def change(rows: Rows, told: dict[str, Any]) -> Answer | None:
        times[0] += 1
        del rows[0]
        told["count"] -= times[0] % 2
        return None

    office.changes(change)
    office.pull(full=True)
    assert times[0] == 2 and office.held() == set(office.ids)


def hidden(rows: Rows, told: dict[str, Any]) -> None:
    del rows[0]
    told["count"] -= 1


def test_what_another_person_is_not_shown_is_not_deleted(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often that person pulls; nor when the first one, who sees it, comes back."""
    anna = Megaplan.standing
    monkeypatch.setattr(Megaplan, "standing", lambda *given: replace_person(anna(*given), "Boris"))
    office.changes(hidden)
    for _again in range(3):
        office.pull(full=True)
        assert (office.held(), office.deleted()) == (set(office.ids), 0)
    monkeypatch.setattr(Megaplan, "standing", anna)
    office.pull(full=True)
    assert (office.held(), office.deleted()) == (set(office.ids), 0)


def test_where_nobody_ever_tells_whose_sign_in_it_is_nothing_is_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Megaplan, "standing", lambda *given: Standing())
    office = Office(tmp_path / "archive")
    office.pull()
    office.changes(hidden)
    for _again in range(2):
        office.pull(full=True)
        assert (office.held(), office.deleted()) == (set(office.ids), 0)


def test_more_than_a_half_is_believed_by_a_person_alone(office: Office) -> None:
    def change(rows: Rows, told: dict[str, Any]) -> None:
        rows[:] = [row for row in rows if row["id"] == office.ids[0]]
        told["count"] = 1

    office.changes(change)
    assert len(office.ids) > 2
    office.pull(full=True)
    assert office.held() == set(office.ids)
    office.pull(full=True, believe_deletions=True)
    assert office.held() == {office.ids[0]}


def replace_person(standing: Standing, person: str) -> Standing:
    return replace(standing, person=person)
