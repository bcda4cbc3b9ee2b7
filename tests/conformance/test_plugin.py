"""A third party's package: installed beside crmexport, its one-line test makes a test of every check."""

import os
import subprocess
import sys
from pathlib import Path

from crmexport.conformance import all_checks

ROOT = Path(__file__).parents[2]
TEST = """
import pytest
from tests.acme import Acme, AcmeRehearsal
from tests.broken_connectors.tells_no_parent import Broken

@pytest.mark.connector("acme", quick=True)
def test_by_name(conformance):
    conformance()

@pytest.mark.connector(Broken, AcmeRehearsal, quick=True)
def test_by_class(conformance):
    conformance()
"""


def third_party(folder: Path) -> None:
    """A package as pip would have installed it."""
    told = folder / "crmexport_acme-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: crmexport-acme\nVersion: 1.0\n", encoding="utf-8"
    )
    points = "[crmexport.connectors]\nacme = tests.acme:Acme\n[crmexport.rehearsals]\nacme = tests.acme:AcmeRehearsal\n"
    (told / "entry_points.txt").write_text(points, encoding="utf-8")
    (folder / "test_acme.py").write_text(TEST, encoding="utf-8")


def pytest_in(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(folder), str(ROOT)])
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "--rootdir",
        str(folder),
    ]
    return subprocess.run(
        [*command, *arguments, "test_acme.py"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_every_check_is_a_test_of_the_third_party(tmp_path: Path) -> None:
    third_party(tmp_path)
    ended = pytest_in(tmp_path, "--collect-only", "-q")
    assert all(f"test_acme.py::test_by_name[{one.name}]" in ended.stdout for one in all_checks(quick=True))
    assert "a_stop_anywhere_costs_nothing" not in ended.stdout


def test_a_broken_promise_fails_with_its_meaning(tmp_path: Path) -> None:
    third_party(tmp_path)
    ended = pytest_in(tmp_path, "-q", "-k", "parents or options")
    assert ended.returncode == 1
    assert "1 failed, 5 passed" in ended.stdout
    assert "knows under which record it stands" in ended.stdout
    assert "note 10 has another parent" in ended.stdout


def test_a_test_without_the_mark_says_what_is_lacking(tmp_path: Path) -> None:
    third_party(tmp_path)
    (tmp_path / "test_acme.py").write_text("def test_it(conformance):\n    conformance()\n", encoding="utf-8")
    ended = pytest_in(tmp_path, "-q")
    assert ended.returncode != 0
    assert "needs @pytest.mark.connector(...)" in ended.stdout + ended.stderr
