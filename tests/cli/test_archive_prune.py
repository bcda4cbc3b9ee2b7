"""`archive prune` says what it drops, and with --dry-run what it would."""

from pathlib import Path

import pytest

from crmexport.archive import Archive
from crmexport.errors import ExitCode
from tests.cli.conftest import Run
from tests.pull.test_files import OLD, Office


@pytest.fixture
def archive(tmp_path: Path) -> str:
    """An archive of two whole pulls: a record and its file were replaced between them."""
    office = Office(tmp_path / "archive")
    office.replace(version="a", content=OLD)
    office.pull()
    office.replace(version="b")
    office.pull(full=True)
    return str(office.folder)


def test_what_is_dropped_is_told(archive: str, run: Run) -> None:
    code, out, err = run("archive", "prune", "--archive", archive, "--keep-daily", "1", "--dry-run")
    assert (code, err) == (ExitCode.COMPLETE, "")
    versions, files = out.splitlines()
    assert versions.startswith("Would drop 0 old versions and ") and versions.endswith("; kept: 1 pulls.")
    assert files == "Would drop what attachments were before they were replaced: 1, 7 bytes."
    again = run("archive", "prune", "--archive", archive, "--keep-daily", "1").out
    assert again == out.replace("Would drop", "Dropped")
    assert run("archive", "prune", "--archive", archive, "--keep-daily", "1").out.startswith(
        "Dropped 0 old versions and 0 answers;"
    )
    with Archive.open(Path(archive)) as held:
        assert list(held.check()) == []


@pytest.mark.parametrize("number", ["-1", "ten"])
def test_only_numbers_are_numbers(archive: str, run: Run, number: str) -> None:
    code, _out, err = run("archive", "prune", "--archive", archive, f"--keep-daily={number}")
    assert code == ExitCode.USAGE and f"“{number}”" in err and "--keep-daily" in err
