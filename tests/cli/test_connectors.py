"""The list of connectors tells what each permits, and what one may choose."""

from pathlib import Path

import pytest
from crmexport_megaplan import Megaplan
from crmexport_odoo import Odoo

from crmexport.cli.connectors import told
from crmexport.source import connector_class, connector_names
from tests.cli.conftest import Run


def test_the_limit_an_hour_is_told_where_there_is_one() -> None:
    assert told(Megaplan.about)[0] == "megaplan: Megaplan; up to 3 requests a second, 3\u00a0000 an hour"
    assert told(Odoo.about)[0] == "odoo: Odoo; up to 10 requests a second"


def test_every_option_is_told_with_what_it_may_be() -> None:
    assert told(Odoo.about)[3].startswith("  --set api=json2|jsonrpc  Which API to speak; json2: ")


@pytest.mark.parametrize("name", connector_names())
def test_what_an_option_is_for_begins_as_a_sentence(name: str) -> None:
    """`init` asks with it, and one list shows those of all connectors."""
    known = connector_class(name).about.options.known().values()
    assert all(one.option.description[:1].isupper() for one in known)


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package of somebody's, as pip would have installed it, with a slip in it."""
    told = tmp_path / "crmexport_broken-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: crmexport-broken\nVersion: 1.0\n", "utf-8")
    points = (
        "[crmexport.connectors]\nbroken = crmexport_broken:Broken\nabsent = crmexport_broken.absent:Absent\n"
    )
    points += "megaplan_v9 = crmexport_megaplan:Megaplan\nmodule = crmexport_megaplan\n"
    points += (
        "[crmexport.rehearsals]\nodoo = crmexport_broken:Rehearsal\nbroken = crmexport_broken:Rehearsal\n"
    )
    (told / "entry_points.txt").write_text(points, "utf-8")
    (tmp_path / "crmexport_broken.py").write_text("import this_is_nowhere\n", "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))


@pytest.mark.usefixtures("broken")
def test_one_that_cannot_be_loaded_hides_no_other(run: Run) -> None:
    code, out, error = run("connectors")
    assert code == 2
    assert "\nmegaplan: " in f"\n{out}" and "\nodoo: " in out
    assert "No module named 'this_is_nowhere' (crmexport_broken.py, line 1)" in error
    assert "crmexport_broken.absent:Absent cannot be loaded" in error
    assert "crmexport_megaplan is no connector" in error


@pytest.mark.usefixtures("broken")
@pytest.mark.parametrize(
    "typed", ["connector check broken", "connector check absent", "sandbox broken --port 0"]
)
def test_its_author_is_told_what_is_wrong_with_it(run: Run, typed: str) -> None:
    """And not that the authors of something else should be told."""
    code, _out, error = run(*typed.split())
    assert code == 2
    assert "cannot be loaded: ModuleNotFoundError: " in error


@pytest.mark.usefixtures("broken")
def test_one_that_is_installed_by_another_name_is_refused_before_a_pull(run: Run, tmp_path: Path) -> None:
    """Its archive would be known by the name of its own, of which nothing is installed."""
    archive = str(tmp_path / "archive")
    code, _out, error = run(
        "pull", "--source", "megaplan_v9", "--url", "https://a.example", "--archive", archive
    )
    assert code == 2
    assert "installed as “megaplan_v9” calls itself “megaplan”" in error
    assert not Path(archive).exists()
