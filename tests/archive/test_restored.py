"""A copy that was put back: its parts may be of several moments, and what lies in the folder already of another database."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from crmexport.archive import Archive
from crmexport.archive.database import FILE
from crmexport.archive.fingerprint import NAME
from crmexport.errors import ArchiveDamagedError
from tests.archive.test_archive import SOURCE, bodies, keep, row

LOG = f"{FILE}-wal"


@pytest.fixture
def restored(tmp_path: Path) -> Path:
    """A database with its fingerprint, in the folder of an archive that went on from there and was cut off."""
    folder, copy = tmp_path / "archive", tmp_path / "copy"
    with Archive.open_for(folder, SOURCE) as archive:
        keep(archive, b"[11]", row("1", 0, 4))
    shutil.copytree(folder, copy)
    with Archive.open(folder, alone=True) as archive:
        keep(archive, b"[22]", row("2", 0, 4))
        log = (folder / LOG).read_bytes()
    shutil.copytree(copy, folder, dirs_exist_ok=True)
    (folder / LOG).write_bytes(log)
    return folder


@pytest.mark.parametrize(
    "opening",
    [
        Archive.open,
        lambda folder: Archive.open(folder, alone=True),
        lambda folder: Archive.open_for(folder, SOURCE),
    ],
)
def test_the_log_of_another_database_is_not_mixed_into_a_copy(
    restored: Path, opening: Callable[[Path], Archive]
) -> None:
    before = {path.name: path.read_bytes() for path in restored.iterdir() if path.is_file()}
    for _again in range(2):
        with pytest.raises(ArchiveDamagedError, match=f"move {LOG} away"):
            opening(restored)
    assert {path.name: path.read_bytes() for path in restored.iterdir() if path.is_file()} == before
    (restored / LOG).unlink()
    with opening(restored) as archive:
        assert bodies(archive) == {"1": b"[11]"} and list(archive.check()) == []


def test_the_log_of_a_run_that_was_cut_off_is_its_own(restored: Path) -> None:
    (restored / NAME).unlink()
    with Archive.open(restored) as archive:
        assert bodies(archive) == {"1": b"[11]", "2": b"[22]"}


def test_a_database_restored_without_its_fingerprint_says_how_to_go_on(restored: Path) -> None:
    (restored / LOG).unlink()
    (restored / NAME).write_text("0" * 64 + f"  {FILE}\n", encoding="utf-8")
    for _night in range(2):
        with Archive.open(restored) as archive:
            (told,) = archive.check()
        assert f"delete {NAME}: the next pull makes it anew" in told
        Archive.open(restored, alone=True).close()
    (restored / NAME).unlink()
    Archive.open(restored, alone=True).close()
    assert (restored / NAME).exists()
    with Archive.open(restored) as archive:
        assert list(archive.check()) == []
