"""What an Odoo has and this connector does not ask for, or does not get, is named."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from crmexport_odoo import Odoo
from crmexport_odoo.sandbox import OdooRehearsal, data

from crmexport.archive import Archive
from crmexport.mapping import MappedArchive, load_source_mapping
from crmexport.pull import pull
from crmexport.sandbox.exchange import Answer, Asked
from crmexport.source import Account, Gap, GapKind
from tests.memory import in_memory
from tests.toy import TestClock

MORE: Mapping[str, Mapping[str, Any]] = {
    "contract_scan": {"store": True, "attachment": False},
    "signature_file": {"store": True, "attachment": True},
    "property_discount": {"store": True, "company_dependent": True},
}


class Firm:
    """An account with a module of its own."""

    def __init__(self) -> None:
        self.app = self
        self.box = OdooRehearsal()

    def respond(self, asked: Asked) -> Answer:
        """What Odoo answers."""
        return self.box.answer(asked)

    def gaps(self, folder: Path) -> list[Gap]:
        """What an archive of it lacks."""
        with in_memory(self) as url:
            pull(folder, Odoo(Account(url, {})), self.box.credentials, rate=0, clock=TestClock())
        with Archive.open(folder) as archive:
            return archive.gaps()


@pytest.fixture
def firm(monkeypatch: pytest.MonkeyPatch) -> Firm:
    usual: Callable[..., dict[str, Any]] = data._definition
    monkeypatch.setattr(data, "_definition", lambda name, *told: usual(name, *told) | MORE.get(name, {}))
    own = {
        "contract_scan": ("binary", None),
        "signature_file": ("binary", None),
        "property_discount": ("char", None),
    }
    monkeypatch.setitem(data._OWN, "res.partner", data._OWN["res.partner"] | own)
    attachments = data._OWN["ir.attachment"] | {"url": ("char", None)}
    monkeypatch.setitem(data._OWN, "ir.attachment", attachments)
    return Firm()


def test_bytes_in_a_table_and_values_of_other_companies_are_named(firm: Firm, tmp_path: Path) -> None:
    found = {gap.id: gap for gap in firm.gaps(tmp_path / "a") if gap.stream == "res.partner"}
    assert found.keys() == {"field contract_scan", "other companies"}
    assert {gap.kind for gap in found.values()} == {GapKind.NOT_GIVEN}
    assert "property_discount" in found["other companies"].reason


def test_a_file_that_lies_with_another_keeper_is_missed(firm: Firm, tmp_path: Path) -> None:
    firm.box.records["ir.attachment"][3] |= {
        "type": "cloud_storage",
        "url": "https://cloud.example/contract.pdf",
    }
    missed = [gap for gap in firm.gaps(tmp_path / "a") if gap.stream == "file"]
    assert [(gap.id, gap.kind) for gap in missed] == [("3", GapKind.REFUSED)]
    assert "https://cloud.example/contract.pdf" in missed[0].reason
    with Archive.open(tmp_path / "a") as archive:
        mapped = MappedArchive(
            archive, Odoo(Account("https://firm.example", {})), load_source_mapping("odoo")
        )
        assert "https://cloud.example/contract.pdf" in {file.get("url") for file in mapped.iterate("file")}
