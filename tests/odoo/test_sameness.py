"""What Odoo works out anew at each asking is no change of a record: neither for a pull nor for `verify`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from crmexport_odoo import Odoo
from crmexport_odoo.glimpses import linking
from crmexport_odoo.sandbox import data, rehearsal

from crmexport.archive import Archive
from crmexport.proof.sample import sample
from crmexport.sandbox.exchange import Asked
from crmexport.source import Account, Row
from tests.odoo.firm import Firm
from tests.odoo.recordings import odoo

TICKING = {
    "duration_tracking": "json",
    "message_ids": "one2many",
    "my_activity_date_deadline": "date",
    "task_count": "integer",
}


@pytest.fixture(autouse=True)
def _ticking(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Leads have fields that are others at each asking."""
    known = data.definitions

    def definitions(model: str) -> dict[str, data.Record]:
        more = {
            name: {"name": name, "type": form, "store": False, "relation": "x"}
            for name, form in TICKING.items()
        }
        return known(model) | (more if model == "crm.lead" else {})

    monkeypatch.setattr(rehearsal, "definitions", definitions)
    yield


@pytest.fixture
def firm(tmp_path: Path) -> Iterator[Firm]:
    def own(asked: Asked) -> None:
        seconds = len(firm.asked)
        for lead in firm.box.records["crm.lead"].values():
            lead |= {"duration_tracking": {"1": seconds}, "message_ids": [seconds], "task_count": seconds}

    with Firm(tmp_path / "a", own) as firm:
        yield firm


def test_a_pull_makes_no_versions_of_it_and_gets_quiet(firm: Firm) -> None:
    assert firm.pull().complete
    first = held(firm)
    assert firm.pull(full=True).complete
    assert held(firm) == first
    with Archive.open(firm.folder) as archive:
        assert not archive.database.connection.exec_driver_sql("select count(*) from versions").scalar()


def held(firm: Firm) -> list[Any]:
    with Archive.open(firm.folder) as archive:
        return list(archive.records("crm.lead"))


def test_verify_finds_no_difference(firm: Firm) -> None:
    assert firm.pull().complete
    with Archive.open(firm.folder) as archive:
        found = sample(archive, Odoo(Account(firm.url, {})), firm.box.credentials, rate=0)
    assert found.same and not found.different


@pytest.mark.parametrize(
    ("before", "now", "is_same"),
    [
        ({"name": "a", "im_status": "online"}, {"name": "a", "im_status": "offline"}, True),
        ({"name": "a", "score": 1}, {"name": "a"}, True),
        ({"name": "a"}, {"name": "a", "x_new": 1}, False),
        ({"name": "a", "write_date": "1"}, {"name": "a", "write_date": "2"}, False),
        ({"stage_id": [1, "Новая"]}, {"stage_id": [1, "Первая"]}, False),
        ({"name": "a"}, {"name": False}, False),
    ],
)
def test_what_says_the_same(before: dict[str, Any], now: dict[str, Any], is_same: bool) -> None:
    """What could not be worked out this time stays as it was; a new field, a new title and every edit are news."""
    assert odoo().is_same("crm.lead", before, now) is is_same


def test_a_definition_that_says_less_is_another_one_and_lacks_nothing() -> None:
    """A newer Odoo describes fields in other words; what a definition said before is missed by nobody."""
    before = {"name": "title", "type": "char", "help": "Words", "message_ids": 1}
    now = {"name": "title", "type": "char", "message_ids": 2}
    for stream, same, lacked in (("fields", False, []), ("crm.lead", True, ["help"])):
        assert odoo().is_same(stream, before, now) is same
        assert list(odoo().missing_fields(stream, before, now)) == lacked


def test_lists_of_tags_and_who_wrote_are_not_looked_at() -> None:
    """Each of very many records would be read again for a tag that is deleted, which the sweep finds by itself."""

    def linked(name: str, type_: str, to: str) -> Row:
        value = {"name": name, "type": type_, "relation": to, "store": True}
        return Row("fields", name, value, 0, 0)

    rows = [
        linked("partner_id", "many2one", "res.partner"),
        linked("stage_id", "many2one", "crm.stage"),
        linked("partner_ids", "many2many", "res.partner"),
        linked("tag_ids", "many2many", "crm.tag"),
        linked("order_ids", "one2many", "sale.order"),
        linked("write_uid", "many2one", "res.users"),
        linked("country_id", "many2one", "res.country"),
    ]
    assert linking("crm.lead", rows) == ["partner_id", "stage_id", "partner_ids"]
    assert linking("mail.message", rows) == ["partner_id", "stage_id"]
