"""An attachment that gets as many other bytes is fetched anew: Odoo's checksum, or else its time of change, is another."""

from datetime import UTC, datetime
from hashlib import sha1, sha256
from pathlib import Path

import pytest
from crmexport_odoo import Odoo
from crmexport_odoo.questions import odoo_time
from crmexport_odoo.sandbox import OdooRehearsal
from crmexport_odoo.sandbox.data import FILES, Record

from crmexport.archive import Archive
from crmexport.pull import PullResult, pull
from crmexport.sandbox.exchange import Answer, Asked
from crmexport.source import Account
from tests.memory import in_memory
from tests.toy import TestClock

NUMBER = 3
OTHER = bytes(reversed(FILES[NUMBER][1]))


class Firm:
    """An account, and an archive of it; `fetched` counts how often bytes were asked for."""

    def __init__(self, folder: Path) -> None:
        self.app = self
        self.folder = folder
        self.box = OdooRehearsal()
        self.clock = TestClock()
        self.fetched = 0

    @property
    def attachment(self) -> Record:
        """The attachment as Odoo has it."""
        return self.box.records["ir.attachment"][NUMBER]

    def respond(self, asked: Asked) -> Answer:
        """What Odoo answers."""
        self.fetched += b'"datas"' in asked.body
        return self.box.answer(asked)

    def pull(self, url: str, full: bool = False) -> PullResult:
        """Once more."""
        self.fetched = 0
        odoo = Odoo(Account(url, {}))
        return pull(self.folder, odoo, self.box.credentials, rate=0, clock=self.clock, full=full)

    def holds(self, content: bytes) -> bool:
        """Whether these are the bytes of the attachment in the archive."""
        with Archive.open(self.folder) as archive:
            held = {file.id: file.sha256 for file in archive.files()}
        return held[str(NUMBER)] == sha256(content).hexdigest()


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("has_checksum", [False, True])
def test_other_bytes_of_the_same_length(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_checksum: bool, full: bool
) -> None:
    """By pulls of changes as by full ones."""
    firm = Firm(tmp_path / "archive")
    if not has_checksum:
        firm.attachment["checksum"] = False
    with in_memory(firm) as url:
        assert firm.pull(url).complete and firm.fetched == len(FILES)
        firm.box.files[NUMBER] = OTHER
        if has_checksum:
            firm.attachment["checksum"] = sha1(OTHER).hexdigest()
        firm.attachment["write_date"] = odoo_time(datetime.now(UTC))
        assert firm.pull(url, full).complete
    assert (firm.fetched, firm.holds(OTHER)) == (1, True)


def test_another_name_alone_fetches_nothing(tmp_path: Path) -> None:
    """The checksum is the same: so are the bytes."""
    firm = Firm(tmp_path / "archive")
    with in_memory(firm) as url:
        assert firm.pull(url).complete
        firm.attachment.update(name="другое имя.bin", write_date=odoo_time(datetime.now(UTC)))
        assert firm.pull(url, full=True).complete
    assert (firm.fetched, firm.holds(FILES[NUMBER][1])) == (0, True)
