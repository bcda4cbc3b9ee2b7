"""The program as people with Windows have it: the built wheel, their Python, their names of files, their locks."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import openpyxl
import pytest
from crmexport_megaplan import Megaplan
from crmexport_megaplan.sandbox import MegaplanSandbox

from crmexport.pull import pull
from crmexport.source import Account, Credentials
from tests.pull.test_kill import content
from tests.windows.wine import Done, Windows

pytestmark = pytest.mark.windows
ROOT = Path(__file__).parents[2]
DESK = "Рабочий стол/Выгрузка из Мегаплана"
# As Excel has it: others may read the file, and nothing else.
HOLD = """
import ctypes, sys, time
READ_AND_WRITE, OTHERS_READ, EXISTING, AS_USUAL = 0xC0000000, 1, 3, 128
opened = ctypes.windll.kernel32.CreateFileW
opened.restype = ctypes.c_void_p
file = opened(sys.argv[1], READ_AND_WRITE, OTHERS_READ, None, EXISTING, AS_USUAL, None)
print("held" if file != ctypes.c_void_p(-1).value else "not held", flush=True)
time.sleep(600)
"""
# What the console does with clicks: before, meanwhile, afterwards.
CLICKED = """
import msvcrt
from ctypes import byref, windll, wintypes
from crmexport.cli.window import heedless_of_clicks

def mode():
    told = wintypes.DWORD()
    assert windll.kernel32.GetConsoleMode(wintypes.HANDLE(msvcrt.get_osfhandle(0)), byref(told))
    return hex(told.value & 0x40)

modes = [mode()]
with heedless_of_clicks():
    modes.append(mode())
print(*modes, mode())
"""


@pytest.fixture(scope="module")
def windows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Windows]:
    folder = tmp_path_factory.mktemp("windows")
    build = [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder / "dist"), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = (folder / "dist").glob("*.whl")
    computer = Windows(folder, f"{wheel}[sandbox]")
    yield computer
    computer.stop()


@pytest.fixture(scope="module")
def desk(windows: Windows, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a demo has been run; it ended well."""
    folder = tmp_path_factory.mktemp("users") / DESK
    folder.mkdir(parents=True)
    done = crmexport(windows, folder, "demo", "--cards", "60", "--out", "демо")
    assert done.code == 0, done.said
    return folder


def crmexport(windows: Windows, folder: Path, *arguments: str) -> Done:
    return windows.run("-m", "crmexport", *arguments, cwd=folder)


def test_the_whole_journey_is_complete(desk: Path) -> None:
    out = desk / "демо"
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert report["complete"] is True
    lines = (out / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    told = {path: digest for digest, path in (line.split("  ", 1) for line in lines)}
    assert len(told) > 50 and all(digest_of(out / path) == digest for path, digest in told.items())
    (workbook,) = (out / "excel").glob("*.xlsx")
    assert openpyxl.load_workbook(workbook, read_only=True).sheetnames


def digest_of(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def test_the_same_files_come_out_as_elsewhere(windows: Windows, desk: Path, tmp_path: Path) -> None:
    """Nothing in them depends on the system: neither line ends, nor slashes, nor the encoding of the country."""
    to = ["--to", "csv", "--to", "bitrix24", "--to", "vcard", "--to", "jsonl", "--to", "raw"]
    done = crmexport(windows, desk, "export", "--archive", "демо/archive", *to, "--out", "ещё раз")
    assert done.code == 0, done.said
    command = [sys.executable, "-m", "crmexport", "--lang", "en", "export", "--archive", "демо/archive", *to]
    subprocess.run([*command, "--out", str(tmp_path / "here")], cwd=desk, check=True, capture_output=True)
    assert contents(desk / "ещё раз") == contents(tmp_path / "here")


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_a_workbook_that_is_open_is_told_at_once(windows: Windows, desk: Path) -> None:
    (workbook,) = (desk / "демо" / "excel").glob("*.xlsx")
    before = workbook.read_bytes()
    with windows.start("-c", HOLD, workbook.relative_to(desk), cwd=desk) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        done = crmexport(
            windows, desk, "export", "--archive", "демо/archive", "--to", "excel", "--out", "демо"
        )
        holder.terminate()
    assert done.code == 1 and "Is it open in another program?" in done.said
    assert "reading records" not in done.said and workbook.read_bytes() == before


def test_a_click_into_the_window_halts_nothing(windows: Windows, tmp_path: Path) -> None:
    screen, terminal = pty.openpty()
    with windows.start("-c", CLICKED, cwd=tmp_path, stdin=terminal) as process:
        said = process.communicate(timeout=60)[0]
    os.close(terminal)
    os.close(screen)
    assert said.split() == ["0x40", "0x0", "0x40"], said


def test_a_pull_that_is_killed_goes_on(windows: Windows, tmp_path: Path) -> None:
    """And while it runs, nobody else writes into its archive."""
    box = MegaplanSandbox(cards=60, tasks=40, comments=80, latency_ms=100)
    with box.running() as url:
        assert pull(tmp_path / "here", Megaplan(Account(url)), Credentials(token=box.token), rate=0).complete
        command = [
            "-m",
            "crmexport",
            "pull",
            "--source",
            "megaplan",
            "--url",
            url,
            "--archive",
            "there",
            "--json",
        ]
        with windows.start(*command, "--rate", "2", cwd=tmp_path, CRMEXPORT_TOKEN=box.token) as first:
            await_records(first, 100)  # so slow that it lasts until it is killed
            second = windows.run(*command, cwd=tmp_path, CRMEXPORT_TOKEN=box.token)
            first.kill()
        windows.stop()
        third = windows.run(*command, "--rate", "25", cwd=tmp_path, CRMEXPORT_TOKEN=box.token)
    assert second.code == 6, second.said
    assert third.code == 0, third.said
    assert content(tmp_path / "there") == content(tmp_path / "here")


def await_records(process: "subprocess.Popen[str]", number: int) -> None:
    """Read what a pull tells until it holds so many."""
    assert process.stdout is not None
    for line in process.stdout:
        if sum(json.loads(line).get("records", {}).values()) >= number:
            return
    raise AssertionError("it ended before")
