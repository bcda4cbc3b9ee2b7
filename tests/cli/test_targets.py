"""`crmexport targets` says of every target what it carries, as its layout has it."""

import pytest

from crmexport.cli.targets import told
from crmexport.mapping.to import Carried, Layout, carried
from crmexport.model import ENTITIES
from crmexport.target import load_target, target_names
from tests.cli.conftest import Run


def test_every_target_is_told_with_what_it_carries(run: Run) -> None:
    said = [line.partition(":")[0] if line[0] != " " else line for line in lines(run, "en")]
    assert [line for line in said if not line.startswith(" ")] == target_names()
    place = said.index("amocrm")
    assert said[place + 1 : place + 3] == [
        "  ✓ Companies, Contacts, Deals",
        "  ✓ within the rows of others: Legal details, Line items, Invoices, Payments, Tasks, Activities, Notes",
    ]
    assert "Projects" in said[place + 3]
    assert said[said.index("csv") + 1] == "  ✓ everything"


def lines(run: Run, lang: str) -> list[str]:
    return run("targets", "--lang", lang).out.splitlines()


def test_every_target_says_what_it_is_in_the_language_of_the_reader(run: Run) -> None:
    assert "bitrix24: Bitrix24, a portal in Russian" in lines(run, "en")
    assert "bitrix24: Битрикс24, портал на русском" in lines(run, "ru")
    assert [name for name in target_names() if not load_target(name).layout.title_in("ru")] == []


def test_a_title_or_a_text_beside_the_tables_may_be_given_once_for_all_languages() -> None:
    layout = Layout(format="raw", title="Acme", readme={"ru": "по-русски"})
    assert layout.title_in("en") == layout.title_in("ru") == "Acme"
    assert layout.readme_in("en") == "по-русски"  # better than nothing


@pytest.mark.parametrize("name", target_names())
def test_every_kind_of_entity_is_told_once(name: str) -> None:
    found = carried(load_target(name).layout)
    assert set(found) == set(ENTITIES)
    assert Carried.ROWS in found.values()


def test_an_old_console_gets_signs_that_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crmexport.cli.targets._can_write", lambda text: False)
    found = carried(load_target("bitrix24").layout)
    assert [line[:2] for line in told(found)] == ["+ ", "+ ", "- "]
