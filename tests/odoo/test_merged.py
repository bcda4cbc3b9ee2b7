"""What Odoo changes past its own models, with no time of change: the sweep finds it, and the record is read again."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from crmexport_odoo import Odoo
from crmexport_odoo.sandbox import data
from crmexport_odoo.sandbox.data import LEADS, definitions

from crmexport.archive import Archive
from crmexport.archive.extent import HIDDEN
from crmexport.archive.replay import connector_of, current_rows
from crmexport.conformance.differences import differences
from crmexport.mapping import MappedArchive, load_source_mapping
from crmexport.sandbox.exchange import Answer, Asked
from crmexport.source import Account
from tests.odoo.firm import Firm

PARTNERS = "res.partner"
OLD, NEW = 3, 2
WEEK = 8 * 86_400


class Dated(Firm):
    """A firm whose Odoo goes by the clock of the pull."""

    def respond(self, asked: Asked) -> Answer:
        """What Odoo answers, and when."""
        answer = super().respond(asked)
        now = datetime.fromtimestamp(self.clock.now, UTC)
        return replace(answer, headers={"Date": format_datetime(now, usegmt=True), **answer.headers})

    def merge(self) -> None:
        """Two contacts become one: whatever was linked to the one is linked to the other."""
        for model, held in self.box.records.items():
            links = {name: told["type"] for name, told in definitions(model).items() if _is_to_partners(told)}
            for record in held.values():
                record.update({name: _merged(record[name]) for name in links if record.get(name)})
        del self.box.records[PARTNERS][OLD]

    def differences(self) -> list[str]:
        """What the archive holds otherwise than it is."""
        return sorted(map(str, differences(self.folder, Odoo(Account(self.url, {})), self.box)))

    def versions(self) -> int:
        """How many versions of records were replaced."""
        with Archive.open(self.folder) as archive:
            return int(
                archive.database.connection.exec_driver_sql("SELECT count(*) FROM versions").scalar_one()
            )


def _is_to_partners(told: dict[str, Any]) -> bool:
    return told.get("relation") == PARTNERS


def _merged(value: Any) -> Any:
    if isinstance(value, list):
        return sorted({NEW if number == OLD else number for number in value})
    return NEW if value == OLD else value


@pytest.fixture
def firm(tmp_path: Path) -> Iterator[Dated]:
    with Dated(tmp_path / "archive") as firm:
        firm.clock.now = 1_780_000_000.0
        assert firm.pull().complete
        yield firm


def test_what_was_linked_to_a_merged_contact_is_read_again(firm: Dated) -> None:
    firm.merge()
    firm.clock.now += WEEK
    assert firm.pull().complete
    assert firm.differences() == []


def test_what_was_linked_to_a_deleted_record_is_read_again(firm: Dated) -> None:
    leads = firm.box.records[LEADS].values()
    for lead in leads:
        lead["stage_id"] = lead["stage_id"] != 3 and lead["stage_id"]
    del firm.box.records["crm.stage"][3]
    firm.clock.now += WEEK
    assert firm.pull().complete
    assert firm.differences() == []


def test_another_title_of_a_linked_record_is_no_other_link(firm: Dated) -> None:
    """Each of very many records would have to be read again."""
    now = datetime.fromtimestamp(firm.clock.now + WEEK, UTC)
    firm.box.records[PARTNERS][OLD] |= {"name": "Другое имя", "write_date": f"{now:%Y-%m-%d %H:%M:%S}"}
    firm.clock.now += WEEK
    assert firm.pull().complete
    assert firm.versions() == 1


def at_the_sweep(firm: Dated, deed: Callable[[], Answer | None]) -> None:
    """Do something when the sweep asks for the fields of leads, for which the changes have asked before; or answer instead."""
    times = [0]

    def own(asked: Asked) -> Answer | None:
        is_it = asked.path.endswith(f"{LEADS}/fields_get") and b"crmexport_card" not in asked.body
        times[0] += is_it
        return deed() if is_it and times[0] > 1 else None

    firm.own = own


def fails() -> Answer:
    return Answer(500, b'{"name": "builtins.KeyError", "message": "x"}')


def held_leads(firm: Dated) -> set[str]:
    with Archive.open(firm.folder) as archive:
        return {row.id for row in current_rows(archive, Odoo(Account(firm.url, {})), [LEADS])}


@pytest.mark.parametrize("is_described", [True, False])
def test_a_sweep_goes_on_where_links_cannot_be_looked_at(firm: Dated, is_described: bool) -> None:
    if is_described:
        is_look = f"{LEADS}/read"
        firm.own = lambda asked: fails() if asked.path.endswith(is_look) and b'"load"' in asked.body else None
    else:
        at_the_sweep(firm, fails)
    del firm.box.records[LEADS][7]
    firm.clock.now += WEEK
    assert firm.pull().complete
    assert held_leads(firm) == {str(number) for number in firm.box.records[LEADS]}
    assert "could not be looked at (x)" in firm.gaps()[LEADS, "links"].reason


def test_a_field_that_is_new_to_a_sweep_comes_for_all_records(
    firm: Dated, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made after the last look for changes. The next pull would know its description, and ask for nothing."""

    def make() -> None:
        monkeypatch.setitem(data._OWN, LEADS, {**data._OWN[LEADS], "x_new": ("char", None)})
        for lead in firm.box.records[LEADS].values():
            lead["x_new"] = "новое"

    at_the_sweep(firm, make)
    firm.clock.now += WEEK
    assert firm.pull().complete
    assert firm.differences() == []


def test_a_field_that_is_for_another_group_now_is_told_until_it_is_seen_again(firm: Dated) -> None:
    """Only what is described is asked for: leads that changed otherwise, too, come without it."""
    leads = list(firm.box.records[LEADS].values())[:4]
    amounts = _amounts(firm)

    def own(asked: Asked) -> Answer | None:
        if not asked.path.endswith(f"{LEADS}/fields_get"):
            return None
        described = json.loads(firm.box.answer(asked).body)
        return Answer(
            200,
            json.dumps(
                {name: told for name, told in described.items() if name != "expected_revenue"}
            ).encode(),
        )

    firm.own = own
    firm.clock.now += WEEK
    now = datetime.fromtimestamp(firm.clock.now, UTC)
    for lead in leads:
        lead |= {"name": "Переписали", "write_date": f"{now:%Y-%m-%d %H:%M:%S}"}
    assert not firm.pull().complete
    assert "expected_revenue" in firm.gaps()[LEADS, HIDDEN].reason
    assert any(amounts.values())
    assert _amounts(firm) == amounts, "exports show what it said last"
    firm.own = lambda _asked: None
    firm.clock.now += WEEK
    assert firm.pull().complete, "a field that is new comes for all records"
    assert firm.differences() == []


def _amounts(firm: Dated) -> dict[str, Any]:
    """How much each deal is worth, as exports show it."""
    with Archive.open(firm.folder) as archive:
        mapped = MappedArchive(archive, connector_of(archive), load_source_mapping("odoo"))
        return {deal["source_id"]: deal.get("amount") for deal in mapped.iterate("deal")}
