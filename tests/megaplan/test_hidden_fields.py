"""Fields that rights hide are left out by Megaplan (§4.3): a record that changed otherwise is replaced by one without them, and that is told."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from crmexport_megaplan.sandbox import Behaviour, MegaplanSandbox
from crmexport_megaplan.sandbox.values import money

from crmexport.archive import Archive
from crmexport.archive.accepted import accept
from crmexport.archive.extent import HIDDEN
from crmexport.archive.prune import Keep, prune
from crmexport.archive.replay import connector_of, current_rows
from crmexport.archive.withheld import LOOKED_BACK
from crmexport.mapping import MappedArchive, load_source_mapping
from crmexport.pull import PullResult
from crmexport.sandbox.exchange import Answer, Asked
from tests.faults.holding import wrong
from tests.faults.inprocess import Sandboxed
from tests.megaplan.nightly import Nightly


class Office(Nightly):
    """An account in which those who sign in may not see one field of deals, while it is `hidden`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, MegaplanSandbox(60, 20, 20, behaviour=Behaviour(bulk="off")))
        self.adapter.strikes.append(self._strike)
        self.hidden = self.another = ""
        self.shown: set[str] = set()  # the deals in which it is seen all the same

    def _strike(self, _number: int, asked: Asked, _adapter: Sandboxed) -> Answer | None:
        if not (self.hidden and asked.path.startswith("/api/v3/deal")):
            return None
        whole = self.box.site(asked)
        told = json.loads(whole.body)
        for deal in told["data"] if isinstance(told["data"], list) else [told["data"]]:
            if deal.get("contentType") == "Deal" and deal["id"] not in self.shown:
                deal.pop(self.hidden, None)
                deal.pop(self.another, None)
        return Answer(whole.status, json.dumps(told).encode(), whole.content_type, whole.headers)

    def pull(self, hidden: str = "", *, full: bool = False) -> PullResult:
        """A night later."""
        self.hidden = hidden
        return self.pulled(full=full)

    def deals(self) -> dict[str, dict[str, Any]]:
        with Archive.open(self.folder) as archive:
            rows = current_rows(archive, connector_of(archive), ["deal"])
            return {row.id: row.value for row in rows if row.value.get("price")}

    def exported(self, field: str) -> dict[str, Any]:
        """A field of the deals as exports show it."""
        with Archive.open(self.folder) as archive:
            mapped = MappedArchive(archive, connector_of(archive), load_source_mapping("megaplan"))
            return {deal["source_id"]: deal.get(field) for deal in mapped.iterate("deal")}

    def work(self, number: int, words: str = "переписали") -> list[str]:
        """People go on working with so many deals that have a price."""
        return self.rewrite(sorted(self.deals())[:number], words)

    def rewrite(self, ids: list[str], words: str) -> list[str]:
        """People go on working with these."""
        for id in ids:
            self.box.edits.change("deal", id, description=words)
        return ids

    def told(self) -> dict[str, str]:
        return {gap.stream: gap.reason for gap in self.gaps() if gap.id == HIDDEN}


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setenv("CRMEXPORT_STATE", str(tmp_path / "state"))
    office = Office(tmp_path / "archive")
    assert office.pull().complete
    assert office.told() == {}
    return office


@pytest.mark.parametrize("full", [False, True])
def test_it_is_told_until_somebody_who_sees_them_pulls_everything(office: Office, full: bool) -> None:
    worked_with = office.work(4)
    assert not office.pull(hidden="price", full=full).complete
    assert f"price ({worked_with[0]} …)" in office.told()["deal"]
    assert not office.deals().keys() & set(worked_with), "they came without it"
    office.shown = {*worked_with[:3]}
    assert not office.pull(hidden="price").complete, "what does not come again is as it was"
    assert office.pull(full=True).complete
    assert (office.told(), wrong(office.folder, office.box)) == ({}, [])
    assert office.deals().keys() >= set(worked_with)


def test_another_field_that_comes_no_more_was_not_accepted(office: Office) -> None:
    worked_with = office.work(4)
    assert not office.pull(hidden="price").complete
    with Archive.open(office.folder, alone=True) as archive, archive.database.transaction():
        accept(archive.database, archive.gaps(), {}, "")
    office.rewrite(worked_with, "ещё раз")
    assert office.pull(hidden="price").accepted
    office.another = "manager"
    office.rewrite(worked_with, "и ещё раз")
    result = office.pull(hidden="price")
    assert "manager" in office.told()["deal"] and not result.accepted


def test_a_field_that_only_some_have_no_more_is_no_sign(office: Office) -> None:
    for id in office.work(5)[:4]:
        office.box.edits.change("deal", id, price=None)
    assert office.pull().complete
    assert office.told() == {}


def test_deals_that_go_over_to_another_scheme_lack_nothing(office: Office) -> None:
    """They have its extra fields, and not those of the one before, and no pull can ever bring these."""
    with Archive.open(office.folder) as archive:
        deals = {row.id: row.value for row in current_rows(archive, connector_of(archive), ["deal"])}
    moved = [id for id, deal in deals.items() if deal["program"]["id"] == "13"][:4]
    marked = [{name for name in deals[id] if "CustomField" in name} for id in moved]
    assert len(moved) == 4 and all(marked)
    for id in moved:
        office.box.edits.scheme(id, 1)
    assert office.pull().complete
    office.rewrite(moved, "и в новой схеме")
    assert office.pull().complete, "its version before is of the new scheme already"
    assert office.told() == {}


@pytest.mark.parametrize("again", [4, 2])
def test_it_is_told_however_often_a_record_changes_without_them(office: Office, again: int) -> None:
    """Its version before lacks them as well, then."""
    worked_with = office.work(4)
    assert not office.pull(hidden="price").complete
    for night in range(LOOKED_BACK + 1):
        office.rewrite(worked_with[:again], f"ночь {night}")
        assert not office.pull(hidden="price").complete
        assert "price (" in office.told()["deal"]


def test_it_is_told_of_records_that_change_one_by_one(office: Office) -> None:
    """Three have to lack it before it is a sign; by then, some have changed twice."""
    ids = sorted(office.deals())[:3]
    ended = [
        office.pull(hidden="price").complete
        for number in (1, 2, 3)
        if office.rewrite(ids[:number], f"ночь {number}")
    ]
    assert ended == [True, True, False]
    assert "price (" in office.told()["deal"]


def test_exports_show_what_records_said_last(office: Office) -> None:
    worked_with = office.work(4)
    for id in worked_with[:2]:
        office.box.edits.change("deal", id, price=money(4711))
    assert office.pull().complete
    before = office.exported("amount")
    assert {before[id].amount for id in worked_with[:2]} == {Decimal(str(money(4711)["value"]))}
    for night in range(2):
        office.rewrite([*worked_with, sorted(before)[-1]], f"ночь {night}")
        assert not office.pull(hidden="price").complete
    assert office.exported("amount") == before
    assert office.exported("description")[worked_with[0]] == "ночь 1", "all else is of today"


def test_links_are_shown_as_they_were(office: Office) -> None:
    """What stands in an answer as a bare link is told in another place of the same."""
    before = office.exported("owner")
    office.work(6)
    assert not office.pull(hidden="manager").complete
    assert office.exported("owner") == before
    assert any(before.values())


def test_prune_keeps_what_they_said(office: Office) -> None:
    before = office.exported("amount")
    for night in range(3):
        office.rewrite(sorted(before)[:4], f"ночь {night}")
        office.pull(hidden="price")
    with Archive.open(office.folder, alone=True) as archive:
        assert prune(archive, Keep()).versions == 0
    assert office.exported("amount") == before
    assert not office.pull(hidden="price").complete


def test_what_was_emptied_before_it_was_hidden_stays_empty(office: Office) -> None:
    emptied, *others = office.work(4)
    office.box.edits.change("deal", emptied, price=None)
    assert office.pull().complete
    office.rewrite([emptied, *others], "и ещё раз")
    assert not office.pull(hidden="price").complete
    assert office.exported("amount")[emptied] is None
    assert all(office.exported("amount")[id] for id in others)
