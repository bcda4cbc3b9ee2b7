"""The built wheel works in an empty environment, far from the checkout: commands, mapping files, both languages, the demo.

With the newest of what it needs, as people get it, and with the oldest that it says it can do with, as it meets where other programs
are installed beside it.
"""

import json
import os
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

import pytest
from packaging.requirements import Requirement

pytestmark = pytest.mark.real
ROOT = Path(__file__).parents[2]
NEWEST = "3.15"  # of python.org's, in November 2026
FOLDER = "Scripts" if os.name == "nt" else "bin"


def called(*command: str | Path, cwd: Path, code: int = 0) -> str:
    """What `command` says; it must end with `code`. Nothing of the checkout or of this test's environment leaks into it."""
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
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    called(sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module", params=["newest", "oldest"])
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A folder with an environment `venv` in it, into which the wheel was installed."""
    folder = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder / "venv", with_pip=True)
    (folder / "held.txt").write_text(oldest() if request.param == "oldest" else "", encoding="utf-8")
    wanted = ["--constraint", folder / "held.txt", f"{wheel}[sandbox]"]
    called(folder / "venv" / FOLDER / "python", "-m", "pip", "install", "--quiet", *wanted, cwd=folder)
    return folder


def oldest() -> str:
    """A line for each package that the wheel needs by itself, with the oldest version that it asks for."""
    return "".join(f"{one.name}{str(one.specifier).replace('>=', '==')}\n" for one in needed())


def needed() -> list[Requirement]:
    """What the wheel asks for, with what the demo needs."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return list(map(Requirement, project["dependencies"] + project["optional-dependencies"]["sandbox"]))


def crmexport(folder: Path, *arguments: str, code: int = 0) -> str:
    return called(folder / "venv" / FOLDER / "crmexport", *arguments, cwd=folder, code=code)


def test_it_starts_in_both_languages(elsewhere: Path) -> None:
    assert crmexport(elsewhere, "--version").startswith("crmexport ")
    assert "Использование: crmexport" in crmexport(elsewhere, "--help", "--lang", "ru")


@pytest.mark.parametrize("elsewhere", ["newest"], indirect=True)
@pytest.mark.parametrize("computer", ["win_amd64", "macosx_11_0_arm64", "manylinux_2_28_x86_64"])
def test_nobody_needs_a_compiler(elsewhere: Path, computer: str) -> None:
    """Whoever follows the page on installing gets the newest Python there is, for which not every package has wheels at once."""
    python = elsewhere / "venv" / FOLDER / "python"
    installed = called(python, "-m", "pip", "freeze", "--exclude", "crmexport", cwd=elsewhere)
    names = {line.partition("==")[0] for line in installed.splitlines()}
    names -= {
        one.name for one in needed() if one.marker and not one.marker.evaluate({"python_version": NEWEST})
    }
    for_it = ["--platform", computer, "--python-version", NEWEST, "--only-binary", ":all:"]
    called(
        python,
        *("-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed", "--no-deps", "--target", "x"),
        *for_it,
        *names,
        cwd=elsewhere,
    )


def test_a_mistake_is_answered_by_a_sentence(elsewhere: Path) -> None:
    assert "NAME" in crmexport(elsewhere, "sandbox", code=2)
    assert "--too" in crmexport(elsewhere, "export", "--too", "excel", code=2)


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
