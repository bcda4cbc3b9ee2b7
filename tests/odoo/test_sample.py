"""A sample of an Odoo: its cards take several questions, and say much that no edit of theirs has changed."""

from pathlib import Path

import pytest
from crmexport_odoo import Odoo
from crmexport_odoo.sandbox import OdooRehearsal

from crmexport.archive import Archive
from crmexport.conformance.bench import unmeddled
from crmexport.conformance.lines import RehearsalLine
from crmexport.proof.report import Sample
from crmexport.proof.sample import sample
from crmexport.pull import pull
from crmexport.source import Account
from crmexport.transport.coats import Coats
from tests.toy import TestClock


class Asking:
    """Pulls an account, and samples what is held of it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.box, self.folder, self.clock = OdooRehearsal(), folder, TestClock()
        self.connector = Odoo(Account(self.box.url))
        monkeypatch.setattr("crmexport.proof.sample.Coats", self._coats)

    def pull(self) -> None:
        done = pull(
            self.folder, self.connector, self.box.credentials, rate=0, clock=self.clock, line=self._line()
        )
        assert done.complete

    def _line(self) -> RehearsalLine:
        return RehearsalLine(self.box, self.folder / "files" / "incoming", unmeddled)

    def _coats(self, *given: object, **options: object) -> Coats:
        return Coats(*given, **{**options, "line": self._line(), "clock": self.clock})  # type: ignore[arg-type]

    def sample(self) -> Sample:
        with Archive.open(self.folder) as archive:
            return sample(archive, self.connector, self.box.credentials)


@pytest.fixture
def asking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Asking:
    asking = Asking(tmp_path / "archive", monkeypatch)
    asking.pull()
    return asking


def test_what_others_changed_is_no_difference(asking: Asking) -> None:
    """A client has another name now, which stands in each of its deals; a deal has a message more."""
    before = asking.sample()
    assert before.same == before.asked > 30
    for partner in asking.box.records["res.partner"].values():
        partner["name"] = f"{partner['name']}, renamed"
    now = asking.sample()
    told = {one.partition(" ")[0] for one in now.different}
    assert told == {"res.partner"}, "their mark of change was not moved"
    for partner in asking.box.records["res.partner"].values():
        partner["write_date"] = "2027-01-01 00:00:00"
    later = asking.sample()
    assert (later.changed, later.different) == (len(now.different), []), "every day of work were an alarm"


def test_each_record_that_is_begun_with_gets_all_its_questions(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many there are: else none would be read where there are many."""
    monkeypatch.setattr("crmexport.proof.sample.MOST_REQUESTS", 20)
    monkeypatch.setattr("crmexport.proof.sample.TOGETHER", 4)
    found = asking.sample()
    assert found.same >= 5 and not found.different
