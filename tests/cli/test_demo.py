"""`crmexport demo` makes the whole journey and ends complete; it never deletes what no demo made."""

import json
from pathlib import Path

import pytest

from crmexport.cli import demo
from crmexport.errors import ConfigurationError
from tests.cli.conftest import Run


def test_the_journey_ends_complete(run: Run, tmp_path: Path) -> None:
    code, out, err = run("demo", "--cards", "30", "--out", "d")
    assert code == 0, err
    report = json.loads((tmp_path / "d" / "report.json").read_text(encoding="utf-8"))
    assert report["complete"] is True and not report["foreign"]
    for name in ("excel", "csv", "bitrix24"):
        assert any((tmp_path / "d" / name).iterdir())
    assert all(command in out for command in demo.COMMANDS)
    assert str(tmp_path / "d") in out
    assert "Complete: " in out


def test_a_second_demo_starts_anew(tmp_path: Path) -> None:
    demo.prepared(tmp_path / "d")
    old = tmp_path / "d" / "archive" / "old"
    old.parent.mkdir()
    old.write_text("", encoding="utf-8")
    demo.prepared(tmp_path / "d")
    assert not old.exists()


def test_an_archive_that_no_demo_made_is_left_alone(tmp_path: Path) -> None:
    precious = tmp_path / "archive" / "archive.sqlite"
    precious.parent.mkdir()
    precious.write_text("precious", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="no demo made"):
        demo.prepared(tmp_path)
    assert precious.read_text(encoding="utf-8") == "precious"


@pytest.mark.parametrize("url", ["https://mycompany.megaplan.ru", "http://localhost:8069"])
def test_an_export_that_no_demo_made_is_left_alone(tmp_path: Path, url: str) -> None:
    """A CRM of one's own may be on this very computer, as the imitations are."""
    text = json.dumps({"source": {"name": "odoo", "url": url}, "lang": "ru", "targets": [], "files": {}})
    (tmp_path / "export.json").write_text(text, encoding="utf-8")
    for _time in range(2):
        with pytest.raises(ConfigurationError, match="no demo made"):
            demo.run(tmp_path, {"cards": 30})
    assert (tmp_path / "export.json").read_text(encoding="utf-8") == text


def test_a_company_keeps_its_proportions() -> None:
    assert demo.sizes(2000) == {"cards": 2000, "tasks": 3000, "comments": 6000}


def test_a_folder_that_cannot_be_made_is_told(run: Run, tmp_path: Path) -> None:
    """The first thing that anybody tries must not end with a log for the authors."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    code, _out, err = run("demo", "--cards", "30", "--out", "file/d")
    assert code == 1
    assert "file/d" in err.replace("\\", "/") and "unforeseen" not in err


def test_a_demo_may_be_made_twice_in_one_folder(run: Run, tmp_path: Path) -> None:
    """Each imitation has a port of its own: the export of the one before looked like that of another account."""
    assert run("demo", "--cards", "30", "--out", "d")[0] == 0
    card = tmp_path / "d" / "export.json"
    before = json.loads(card.read_text(encoding="utf-8"))["source"]["url"]
    code, _out, err = run("demo", "--cards", "30", "--out", "d")
    assert code == 0, err
    assert json.loads(card.read_text(encoding="utf-8"))["source"]["url"] != before


def test_an_export_of_an_account_is_not_taken_over(tmp_path: Path) -> None:
    mine = {
        "source": {"name": "megaplan", "url": "https://mycompany.megaplan.ru"},
        "lang": "ru",
        "targets": [],
    }
    text = json.dumps({**mine, "files": {}})
    (tmp_path / "export.json").write_text(text, encoding="utf-8")
    demo.taken_over(tmp_path, "http://127.0.0.1:1")
    assert (tmp_path / "export.json").read_text(encoding="utf-8") == text
