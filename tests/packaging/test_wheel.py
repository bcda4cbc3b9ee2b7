"""The built wheel works in an empty environment, far from the checkout: commands, mapping files, both languages, the demo."""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

pytestmark = pytest.mark.real
ROOT = Path(__file__).parents[2]
FOLDER = "Scripts" if os.name == "nt" else "bin"


def called(*command: str | Path, cwd: Path) -> str:
    """What `command` says; it must succeed. Nothing of the checkout or of this test's environment leaks into it."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "CRMEXPORT", "VIRTUAL"))
    }
    done = subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env=kept,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an environment `venv` in it, into which the wheel was installed."""
    folder = tmp_path_factory.mktemp("elsewhere")
    called(sys.executable, "-m", "build", "--wheel", "--outdir", folder / "dist", ROOT, cwd=folder)
    venv.create(folder / "venv", with_pip=True)
    (wheel,) = (folder / "dist").glob("*.whl")
    called(
        folder / "venv" / FOLDER / "python",
        "-m",
        "pip",
        "install",
        "--quiet",
        f"{wheel}[sandbox]",
        cwd=folder,
    )
    return folder


def crmexport(folder: Path, *arguments: str) -> str:
    return called(folder / "venv" / FOLDER / "crmexport", *arguments, cwd=folder)


def test_it_starts_in_both_languages(elsewhere: Path) -> None:
    assert crmexport(elsewhere, "--version").startswith("crmexport ")
    assert "Использование: crmexport" in crmexport(elsewhere, "--help", "--lang", "ru")


def test_connectors_and_mapping_files_are_found(elsewhere: Path) -> None:
    assert {"megaplan", "odoo"} <= {
        line.partition(":")[0] for line in crmexport(elsewhere, "connectors").splitlines()
    }
    said = crmexport(elsewhere, "targets")
    assert all(name in said for name in ("excel", "csv", "bitrix24", "raw"))


def test_the_demo_ends_complete(elsewhere: Path) -> None:
    crmexport(elsewhere, "demo", "--cards", "60", "--out", "demo")
    report = json.loads((elsewhere / "demo" / "report.json").read_text(encoding="utf-8"))
    assert report["complete"] is True
    assert list((elsewhere / "demo" / "excel").glob("*.xlsx"))
