"""Fields that rights hide are left out by Megaplan (§4.3): a record that changed otherwise is replaced by one without them, and that is told."""

import json
from pathlib import Path
from typing import Any

import pytest
from crmexport_megaplan.sandbox import Behaviour, MegaplanSandbox

from crmexport.archive import Archive
from crmexport.archive.replay import connector_of, current_rows
from crmexport.pull import PullResult
from crmexport.pull.closing import HIDDEN
from crmexport.sandbox.exchange import Answer, Asked
from tests.faults.holding import wrong
from tests.faults.inprocess import Sandboxed
from tests.megaplan.nightly import Nightly


class Office(Nightly):
    """An account in which those who sign in may not see one field of deals, while it is `hidden`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, MegaplanSandbox(60, 20, 20, behaviour=Behaviour(bulk="off")))
        self.adapter.strikes.append(self._strike)
        self.hidden = ""
        self.shown: set[str] = set()  # the deals in which it is seen all the same

    def _strike(self, _number: int, asked: Asked, _adapter: Sandboxed) -> Answer | None:
        if not (self.hidden and asked.path.startswith("/api/v3/deal")):
            return None
        whole = self.box.site(asked)
        told = json.loads(whole.body)
        for deal in told["data"] if isinstance(told["data"], list) else [told["data"]]:
            if deal.get("contentType") == "Deal" and deal["id"] not in self.shown:
                deal.pop(self.hidden, None)
        return Answer(whole.status, json.dumps(told).encode(), whole.content_type, whole.headers)

    def pull(self, hidden: str = "", *, full: bool = False) -> PullResult:
        """A night later."""
        self.hidden = hidden
        return self.pulled(full=full)

    def deals(self) -> dict[str, dict[str, Any]]:
        with Archive.open(self.folder) as archive:
            rows = current_rows(archive, connector_of(archive), ["deal"])
            return {row.id: row.value for row in rows if row.value.get("price")}

    def work(self, number: int) -> list[str]:
        """People go on working with so many deals that have a price."""
        ids = sorted(self.deals())[:number]
        for id in ids:
            self.box.edits.change("deal", id, description="переписали")
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
    assert not office.deals().keys() & set(worked_with), "no file would show them"
    office.shown = {*worked_with[:3]}
    assert not office.pull(hidden="price").complete, "what does not come again is as it was"
    assert office.pull(full=True).complete
    assert (office.told(), wrong(office.folder, office.box)) == ({}, [])
    assert office.deals().keys() >= set(worked_with)


def test_a_field_that_only_some_have_no_more_is_no_sign(office: Office) -> None:
    """A deal that goes over to another scheme has other fields than before."""
    for id in office.work(5)[:4]:
        office.box.edits.change("deal", id, price=None)
    assert office.pull().complete
    assert office.told() == {}
