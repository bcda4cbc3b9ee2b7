"""A disk that is full or may not be written, and clocks that jump: the archive stays whole, a sentence says what to do, the next run goes on."""

import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from crmexport import disk as disk_module
from crmexport.archive import Archive
from crmexport.errors import ExitCode, NoArchiveError, OutputError
from crmexport.pull import PullResult
from crmexport.sandbox.exchange import Asked
from crmexport.sandbox.faults import unavailable
from crmexport.transport import line as line_module
from tests.faults.holding import wrong
from tests.faults.inprocess import Sandboxed, pulled, small
from tests.faults.kinds import Struck
from tests.toy import TestClock

PASSES, DAY = 20, 24 * 3600.0
unix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")


class Disk:
    """An archive, its sandbox and a clock."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.adapter = folder, small()
        self.box, self.clock = self.adapter.box, self.adapter.clock

    def pull(self) -> PullResult:
        return pulled(self.folder, self.adapter)

    def limited(self, what: str) -> tuple[int, str]:
        """A pull in a process that may do less; its exit code and what it says."""
        command = [sys.executable, "-m", "tests.faults.once_limited", str(self.folder), what]
        child = subprocess.run(command, check=False, timeout=120, capture_output=True, text=True)
        return child.returncode, child.stderr

    def is_sound(self) -> bool:
        try:
            with Archive.open(self.folder) as archive:
                return list(archive.check()) == []
        except NoArchiveError:
            return True  # nothing was begun

    def ends_true(self) -> None:
        assert self.pull().complete
        assert wrong(self.folder, self.box) == []


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path / "archive")


def full(disk: Disk, limits: list[int]) -> None:
    """Passes at growing limits; each says so and leaves a sound archive; then there is room, and it ends as ever."""
    refused = 0
    for limit in limits:
        code, words = disk.limited(str(limit))
        assert code in (ExitCode.COMPLETE, ExitCode.FAILED, ExitCode.USAGE), words
        assert code == ExitCode.COMPLETE or "Traceback" not in words, words
        refused += code != ExitCode.COMPLETE
        assert disk.is_sound(), limit
    assert refused > len(limits) // 2
    disk.ends_true()


@unix
def test_a_full_disk(disk: Disk) -> None:
    full(disk, [60_000, 200_000, 1_000_000])


@unix
@pytest.mark.soak
def test_a_full_disk_twenty_times(disk: Disk) -> None:
    full(
        disk,
        [4_000 * 2**number // 2 for number in range(8)] + [300_000 + 60_000 * n for n in range(PASSES - 8)],
    )


@pytest.mark.parametrize("pages", [12, 40, 70])
def test_a_full_database(disk: Disk, monkeypatch: pytest.MonkeyPatch, pages: int) -> None:
    """SQLite's own word for a full disk."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    def limited(connection: object, record: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")  # type: ignore[attr-defined]

    event.listen(Engine, "connect", limited)
    try:
        with pytest.raises(OutputError, match="Free some space"):
            disk.pull()
    finally:
        event.remove(Engine, "connect", limited)
    disk.ends_true()


@pytest.mark.parametrize(("number", "is_fat"), [(1, False), (7, False), (14, False), (7, True)])
def test_no_room_for_a_file(disk: Disk, monkeypatch: pytest.MonkeyPatch, number: int, is_fat: bool) -> None:
    """Or no more of it on this disk, which Windows calls by the same word."""
    left, fsync = [number], os.fsync

    def failing(handle: int) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(handle)

    with monkeypatch.context() as patch:
        patch.setattr(line_module.os, "fsync", failing)
        if is_fat:
            patch.setattr(disk_module, "_NEARLY", disk_module.FAT_HOLDS)
        with pytest.raises(OutputError, match="FAT32" if is_fat else "Free some space"):
            disk.pull()
    assert disk.is_sound()
    disk.ends_true()


@unix
def test_a_folder_that_may_not_be_written(disk: Disk) -> None:
    disk.folder.parent.chmod(0o755)
    assert disk.pull().complete
    places = [disk.folder, *disk.folder.rglob("*")]
    for place in places:
        place.chmod(0o555 if place.is_dir() else 0o444)
    code, words = disk.limited("nobody")
    for place in places:
        place.chmod(0o755 if place.is_dir() else 0o644)
    assert (
        code in (ExitCode.FAILED, ExitCode.USAGE) and "Traceback" not in words and str(disk.folder) in words
    )
    assert disk.is_sound()
    disk.ends_true()


class Jumping(TestClock):
    """A clock whose time of day is set anew in mid-run; intervals go on as before."""

    shift = 0.0

    def time(self) -> float:
        return super().time() + self.shift


@pytest.mark.parametrize("days", [-1, 1])
@pytest.mark.parametrize("call", [5, 30, 70, 95])
def test_the_clock_jumps_by_a_day(disk: Disk, days: int, call: int) -> None:
    disk.clock = disk.adapter.clock = clock = Jumping()

    def jump(number: int, asked: Asked, line: Sandboxed) -> Struck | None:
        clock.shift = days * DAY if number >= call else 0.0
        return None

    disk.adapter.strikes.append(jump)
    disk.ends_true()
    deal = next(line["id"] for line in disk.box.truth() if line["stream"] == "deal")
    disk.box.edits.change("deal", deal, at=clock.now + 10, name="changed after it")
    clock.now += 3600
    disk.ends_true()


def test_a_wait_set_by_a_clock_that_ran_ahead_is_not_waited_for(disk: Disk) -> None:
    """A call fails while the clock is a year ahead and is asked again later; by then the clock has been set right."""
    disk.clock = disk.adapter.clock = clock = Jumping()
    since, struck = clock.now, [0]

    def fail(number: int, asked: Asked, line: Sandboxed) -> Struck | None:
        is_struck = asked.path == "/api/v3/invoice" and clock.now < since + 600
        struck[0] = number if is_struck else struck[0]
        clock.shift = 365 * DAY if struck[0] and number < struck[0] + 8 else 0.0
        return unavailable().instead() if is_struck else None  # type: ignore[misc]

    disk.adapter.strikes.append(fail)
    disk.ends_true()
    assert clock.now - since < DAY


@unix
@pytest.mark.parametrize("moment", ["2026-10-25T00:30:00+00:00", "2026-03-29T00:30:00+00:00"])
def test_the_hour_that_comes_twice_or_never(disk: Disk, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    """Changes on both sides of the night in which summer time ends or begins are found."""
    from datetime import datetime

    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        disk.clock.now = datetime.fromisoformat(moment).timestamp()
        disk.ends_true()
        deals = [line["id"] for line in disk.box.truth() if line["stream"] == "deal"]
        for number, deal in enumerate(deals[:4]):
            disk.clock.now += 1800
            disk.box.edits.change("deal", deal, at=disk.clock.now, name=f"changed {number}")
            disk.ends_true()
    finally:
        monkeypatch.undo()
        time.tzset()
