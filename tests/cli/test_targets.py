"""`crmexport targets` says of every target what it carries, as its layout has it."""

import pytest

from crmexport.cli.targets import told
from crmexport.mapping.to import Carried, carried
from crmexport.model import ENTITIES
from crmexport.target import load_target, target_names
from tests.cli.conftest import Run


def test_every_target_is_told_with_what_it_carries(run: Run) -> None:
    said = run("targets", "--lang", "en").out.splitlines()
    assert [line for line in said if not line.startswith(" ")] == target_names()
    place = said.index("amocrm")
    assert said[place + 1 : place + 3] == [
        "  ✓ Companies, Contacts, Deals",
        "  ✓ within the rows of others: Tasks, Notes",
    ]
    assert "Projects" in said[place + 3]
    assert said[said.index("csv") + 1] == "  ✓ everything"


@pytest.mark.parametrize("name", target_names())
def test_every_kind_of_entity_is_told_once(name: str) -> None:
    found = carried(load_target(name).layout)
    assert set(found) == set(ENTITIES)
    assert Carried.ROWS in found.values()


def test_an_old_console_gets_signs_that_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crmexport.cli.targets._can_write", lambda text: False)
    found = carried(load_target("bitrix24").layout)
    assert [line[:2] for line in told(found)] == ["+ ", "- "]
