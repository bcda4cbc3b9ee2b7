"""What an Odoo has and this connector does not ask for, or does not get, is named."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from crmexport_odoo import Odoo
from crmexport_odoo.models import TIMESHEETS
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


def test_other_models_that_hold_records_are_named(firm: Firm, tmp_path: Path) -> None:
    """The fullest first; neither what is pulled, nor machinery, nor wizards, nor what is empty."""
    (gap,) = [one for one in firm.gaps(tmp_path / "a") if one.id == "other models"]
    assert gap.kind is GapKind.NOT_GIVEN
    assert "Модель hr.leave (hr.leave): 4; Модель x_visit (x_visit): 2." in gap.reason


@pytest.mark.parametrize("status", [403, 404, 500])
def test_whoever_may_not_see_the_list_of_models_is_told_that_it_is_not_known(
    firm: Firm, tmp_path: Path, status: int
) -> None:
    usual = firm.box.answer
    refused = Answer(status, b'{"name": "odoo.exceptions.AccessError", "message": "no"}')
    firm.box.answer = lambda asked: refused if "ir.model/" in asked.path else usual(asked)  # type: ignore[method-assign]
    (gap,) = [one for one in firm.gaps(tmp_path / "a") if one.id == "other models"]
    assert gap.kind is GapKind.NOT_GIVEN and "administrator" in gap.reason


def test_lines_of_accounting_are_hours_where_they_tell_of_a_project(
    firm: Firm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where hours are not kept, the model has no such field; whether it may be read does not matter then."""
    firm.gaps(tmp_path / "a")
    with Archive.open(tmp_path / "a") as archive:
        assert {id for id, *_more in archive.records(TIMESHEETS)} == {"1", "2"}
    monkeypatch.setitem(data._OWN, TIMESHEETS, {"amount": ("float", None)})
    usual = firm.box.answer
    refused = Answer(403, b'{"name": "odoo.exceptions.AccessError", "message": "no"}')

    def answer(asked: Asked) -> Answer:
        reads = TIMESHEETS in asked.path and not asked.path.endswith("fields_get")
        return refused if reads else usual(asked)

    firm.box.answer = answer  # type: ignore[method-assign]
    assert not [gap for gap in firm.gaps(tmp_path / "b") if gap.stream == TIMESHEETS]
    with Archive.open(tmp_path / "b") as archive:
        assert archive.counts().get(TIMESHEETS, 0) == 0


def test_meetings_changes_and_accounts_are_pulled(firm: Firm, tmp_path: Path) -> None:
    firm.gaps(tmp_path / "a")
    with Archive.open(tmp_path / "a") as archive:
        counts = archive.counts()
    assert {counts[model] for model in ("calendar.event", "mail.tracking.value", "res.partner.bank")} == {3}
