"""A module that is installed, or a field drawn in Studio, gives every record a value and moves no mark of change."""

import json
from pathlib import Path

import pytest
from crmexport_odoo.sandbox import rehearsal
from crmexport_odoo.sandbox.data import Record, definitions

from crmexport.archive import Archive
from tests.odoo.firm import Firm

NEW = "x_studio_region"


@pytest.fixture
def with_region(monkeypatch: pytest.MonkeyPatch) -> None:
    """Partners have one more field."""

    def more(model: str) -> dict[str, Record]:
        field = {NEW: {"type": "char", "string": "Регион", "store": True}}
        return definitions(model) | (field if model == "res.partner" else {})

    monkeypatch.setattr(rehearsal, "definitions", more)


@pytest.fixture
def firm(tmp_path: Path, request: pytest.FixtureRequest) -> Firm:
    """Pulled before there was the field."""
    with Firm(tmp_path / "archive") as firm:
        assert firm.pull().complete
        firm.clock.now += 7200
        request.getfixturevalue("with_region")
        for id, partner in firm.box.records["res.partner"].items():
            partner[NEW] = f"регион {id}"
        yield firm


def regions(firm: Firm) -> dict[str, str | None]:
    """What is held of the new field."""
    with Archive.open(firm.folder) as archive:
        return {id: json.loads(body).get(NEW) for id, body, *_more in archive.records("res.partner")}


def test_a_new_field_comes_for_records_that_nobody_edited(firm: Firm) -> None:
    assert set(regions(firm).values()) == {None}
    assert firm.pull().complete
    assert regions(firm) == {id: f"регион {id}" for id in regions(firm)}


def test_only_the_model_that_has_it_is_read_whole_and_once(firm: Firm) -> None:
    firm.pull()
    whole = [
        asked
        for asked in firm.asked
        if b"search_read" in asked.path.encode() and b"write_date" not in asked.body
    ]
    assert {asked.path.split("/")[-2] for asked in whole if b'"id",">"' in asked.body} == {"res.partner"}
    firm.clock.now += 7200
    firm.pull()
    assert not [asked for asked in firm.asked if "res.partner/read" in asked.path]


def test_what_is_asked_for_no_more_is_not_hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Older archives hold drawings of numbers: the teams lack them for ever from then on, and no rights are the reason."""
    drawing = {"dashboard_graph_data": {"type": "text", "string": "График", "store": False}}

    def drawn(model: str) -> dict[str, Record]:
        return definitions(model) | (drawing if model == "crm.team" else {})

    monkeypatch.setattr(rehearsal, "definitions", drawn)
    with Firm(tmp_path / "archive") as firm:
        with monkeypatch.context() as before:
            before.setattr("crmexport_odoo.definitions.HEAVY", frozenset({"index_content"}))
            for team in firm.box.records["crm.team"].values():
                team["dashboard_graph_data"] = "[1, 2, 3]"
            assert firm.pull().complete
        for team in firm.box.records["crm.team"].values():
            team["name"] += " anew"
        assert firm.pull(full=True).complete
        assert [gap for (stream, _id), gap in firm.gaps().items() if stream == "crm.team"] == []
