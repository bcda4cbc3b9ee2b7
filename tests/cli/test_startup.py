"""`crmexport --help` costs little more than typer itself: nothing heavy is imported to show words."""

import os
import subprocess
import sys
from statistics import median

import pytest

HEAVY = (
    "requests",
    "sqlalchemy",
    "rich",
    "pydantic",
    "yaml",
    "openpyxl",
    "backports.zstd",
    "tenacity",
    "jmespath",
    "uvicorn",
)
SHOW = "import sys; from crmexport.cli import main; main({args!r}); print(*sys.modules)"


@pytest.mark.parametrize("args", [["--help"], ["--version"]])
def test_help_imports_nothing_heavy(args: list[str]) -> None:
    assert not loaded_by(args) & set(HEAVY)


def test_help_of_a_command_imports_no_more_than_typer_needs_to_read_options() -> None:
    assert loaded_by(["pull", "--help"]) & set(HEAVY) <= {"pydantic"}


def test_a_pull_does_without_what_only_mapping_files_need() -> None:
    """A connector and the engine are used without the command line, too."""
    code = "import sys, crmexport.pull, crmexport_megaplan, crmexport_odoo; print(*sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert not {"pydantic", "pydantic_core", "yaml", "openpyxl"} & set(shown.stdout.split())


def test_the_module_ends_with_the_code_of_the_command() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "crmexport", "export", "--to", "csv", "--out", "o", "--archive", "nowhere"],
        capture_output=True,
        check=False,
    )
    assert shown.returncode == 2


def loaded_by(args: list[str]) -> set[str]:
    """The modules in memory after `crmexport` ran with `args`."""
    shown = subprocess.run(
        [sys.executable, "-c", SHOW.format(args=args)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    return set(shown.stdout.splitlines()[-1].split())


def cpu(code: str) -> float:
    """CPU seconds of a fresh interpreter running `code`."""
    resource = pytest.importorskip("resource", reason="Windows does not tell what a child took")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_help_costs_at_most_three_times_typer() -> None:
    ratios = [cpu("from crmexport.cli import main; main(['--help'])") / cpu("import typer") for _ in range(3)]
    assert median(ratios) <= 3
