"""Our own connectors read every stored answer as the pull did: to read all of them anew finds nothing, whatever happened meanwhile."""

from pathlib import Path

import pytest
from crmexport_megaplan import Megaplan
from crmexport_megaplan.sandbox import MegaplanSandbox
from crmexport_odoo import Odoo
from crmexport_odoo.sandbox import OdooRehearsal

from crmexport.archive import Archive
from crmexport.archive.rebuild import Rebuilt, rebuild
from crmexport.archive.replay import connector_of
from crmexport.pull import pull
from crmexport.sandbox.exchange import Answer, Asked
from crmexport.source import Account, Credentials
from tests.megaplan_v1.truths import pulled, sandbox
from tests.memory import in_memory
from tests.toy import TestClock


@pytest.fixture(autouse=True)
def private_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRMEXPORT_STATE", str(tmp_path / "state"))


def found_in(folder: Path) -> Rebuilt:
    with Archive.open(folder, alone=True) as archive:
        before = archive.counts(), archive.deleted(), archive.announced()
        found = rebuild(archive, connector_of(archive))
        assert (archive.counts(), archive.deleted(), archive.announced()) == before
    assert found.answers > 20
    return found


def test_megaplan(tmp_path: Path) -> None:
    box = MegaplanSandbox(cards=40, tasks=40, comments=60)
    ids = {stream: [line["id"] for line in box.truth([stream])] for stream in ("deal", "task", "todo")}
    with in_memory(box) as url:
        for number, full in enumerate((False, False, True)):
            pull(tmp_path, Megaplan(Account(url)), Credentials(token=box.token), rate=0, full=full)
            for stream, known in ids.items():
                box.edits.change(stream, known[3], name=f"Изменено: {number}")
                box.edits.remove(stream, known[5 + number])
        found = found_in(tmp_path)
    assert found == Rebuilt(answers=found.answers)


def test_the_older_megaplan(tmp_path: Path) -> None:
    box = sandbox()
    with in_memory(box) as url:
        pulled(tmp_path, box, url)
        box.edits.change("deal", next(box.truth(["Deal"]))["id"], name="Изменено")
        pulled(tmp_path, box, url)
        found = found_in(tmp_path)
    assert found == Rebuilt(answers=found.answers)


class Firm:
    """Odoo as its rehearsal answers."""

    def __init__(self) -> None:
        self.app, self.box = self, OdooRehearsal()

    def respond(self, asked: Asked) -> Answer:
        return self.box.answer(asked)


def test_odoo(tmp_path: Path) -> None:
    firm, clock = Firm(), TestClock()
    with in_memory(firm) as url:  # type: ignore[arg-type]
        for _again in range(2):
            pull(tmp_path, Odoo(Account(url, {})), firm.box.credentials, rate=0, clock=clock)
        found = found_in(tmp_path)
    assert found == Rebuilt(answers=found.answers)
