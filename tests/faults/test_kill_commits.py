"""SIGKILL at every commit of a pull, before it and after it, and between a file and the commit that notes it: nothing is lost.

The other kills, at random instants, are in tests/pull/test_kill.py.
"""

import signal
import sys
from pathlib import Path

import pytest

from crmexport.archive import Archive
from tests.faults.holding import wrong
from tests.faults.inprocess import in_order, pulled, small
from tests.faults.once_killed import counted, pull_killed
from tests.killable import started
from tests.pull.test_kill import content

PLACES = ("commit", "before commit", "file")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no SIGKILL")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    folder = tmp_path_factory.mktemp("undisturbed")
    with in_order():
        assert pulled(folder, small()).complete
    return content(folder)


def killed_at(folder: Path, place: str, number: int) -> bool:
    """Whether a pull in a process that kills itself at that moment was killed."""
    process = started(pull_killed, folder, place, number)
    process.join(timeout=120)
    return process.exitcode == -signal.SIGKILL


def moments(folder: Path, place: str) -> int:
    """How many such moments a pull has."""
    with in_order(), counted(place) as passed:
        assert pulled(folder, small()).complete
    return passed[0]


def survived(folder: Path, undisturbed: dict[str, object], place: str, number: int) -> None:
    assert killed_at(folder, place, number)
    if (folder / "archive.sqlite").exists() and number > 1:
        with Archive.open(folder) as archive:
            assert list(archive.check()) == []
    adapter = small()
    with in_order():
        assert pulled(folder, adapter).complete
    assert content(folder) == undisturbed
    assert wrong(folder, adapter.box) == []
    assert list((folder / "files" / "incoming").iterdir()) == []


@pytest.mark.parametrize(("place", "part"), [("commit", 0.02), ("before commit", 0.5), ("file", 1.0)])
def test_killed_at_a_commit(tmp_path: Path, undisturbed: dict[str, object], place: str, part: float) -> None:
    number = max(1, int(part * moments(tmp_path / "clean", place)))
    survived(tmp_path / "archive", undisturbed, place, number)


@pytest.mark.soak
@pytest.mark.parametrize("place", PLACES)
def test_killed_at_every_commit(tmp_path: Path, undisturbed: dict[str, object], place: str) -> None:
    for number in range(1, moments(tmp_path / "clean", place) + 1):
        survived(tmp_path / str(number), undisturbed, place, number)
