"""Every way a command can end gives the exit code scripts rely on, and says why in one sentence."""

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from crmexport import errors
from crmexport.cli import start
from crmexport.cli.log import write_log
from crmexport.cli.progress import Count, watching
from crmexport.text import language, use_language
from tests.cli.conftest import Run

CODES = [
    (errors.CrmExportError, 1),
    (errors.ConfigurationError, 2),
    (errors.SignInRefusedError, 4),
    (errors.ArchiveInUseError, 6),
    (errors.ArchiveDamagedError, 1),
    (errors.SourceError, 1),
    (errors.OutputError, 1),
]


def ends_with(error: BaseException) -> Any:
    def run() -> int:
        raise error

    return run


@pytest.mark.parametrize(("kind", "code"), CODES)
def test_an_error_of_ours_is_its_sentence_and_its_code(
    kind: type[Exception], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert start.guarded(ends_with(kind("What happened, and what to do."))) == code
    assert capsys.readouterr().err == "What happened, and what to do.\n"


def test_ctrl_c_says_that_the_same_command_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert start.guarded(ends_with(KeyboardInterrupt())) == 130
    assert "the same command goes on" in capsys.readouterr().err


def test_a_command_that_was_interrupted_says_so_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert start.guarded(lambda: 130) == 130
    assert "the same command goes on" in capsys.readouterr().err


def test_ctrl_c_while_modules_are_imported_ends_without_a_traceback() -> None:
    code = """
import sys
class Pressed:
    def find_spec(self, name, *more):
        if name == "typer":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Pressed())
from crmexport.cli import main
sys.exit(main(["--help"]))
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, b"", b"")


def test_a_reader_that_left_is_no_error_message(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", sys.stdout)
    monkeypatch.setattr(sys, "stderr", sys.stderr)
    assert start.guarded(ends_with(BrokenPipeError())) == 1
    assert capsys.readouterr().err == ""


def test_the_unforeseen_leaves_a_log_without_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CRMEXPORT_TOKEN", "tok-12345")
    monkeypatch.setenv("CRMEXPORT_PASSWORD", "pass-12345")
    monkeypatch.setattr("crmexport.cli.log.user_log_path", lambda *_, **__: tmp_path)
    assert start.guarded(ends_with(RuntimeError("sent tok-12345 and pass-12345"))) == 1
    said = capsys.readouterr().err
    (log,) = tmp_path.glob("*.log")
    assert str(log) in said
    assert "Traceback" not in said
    text = log.read_text(encoding="utf-8")
    assert "Traceback" in text
    assert "RuntimeError: sent […] and […]" in text


def test_a_log_is_written_elsewhere_when_its_folder_cannot_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    monkeypatch.setattr("crmexport.cli.log.user_log_path", lambda *_, **__: blocked / "logs")
    monkeypatch.setattr("crmexport.cli.log.gettempdir", lambda: str(tmp_path))
    assert write_log(RuntimeError("x")).parent == tmp_path


@pytest.mark.skipif(os.name == "nt", reason="Windows lets nobody delete a folder that a window is in")
@pytest.mark.parametrize("typed", [["archive", "show", "--archive", "/nowhere"], ["init"]])
def test_a_folder_that_was_deleted_below_the_window_is_a_sentence(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: list[str]
) -> None:
    (tmp_path / "crm").mkdir()
    monkeypatch.chdir(tmp_path / "crm")
    (tmp_path / "crm").rmdir()
    code, _out, err = run(*typed)
    assert code == 2 and "is not there any more" in err


@pytest.mark.parametrize("typed", [["--lang", "ru", "pul"], ["pul", "--lang", "ru"], ["pul", "--lang=ru"]])
def test_the_language_may_stand_anywhere(run: Run, typed: list[str]) -> None:
    assert run(*typed).err.startswith("Команды «pul» нет")
    assert language() == "ru"


def test_the_language_of_the_system_is_used(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CRMEXPORT_LANG")
    monkeypatch.setenv("LC_ALL", "ru_RU.UTF-8")
    assert run("pul").err.startswith("Команды «pul» нет")


def test_output_is_utf8_whatever_the_code_page(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="cp1251"))
    start.speak_utf8()
    sys.stdout.write("Ω 😀 \udcff")
    sys.stdout.flush()
    assert written.getvalue().decode("utf-8") == "Ω 😀 \\udcff"


def test_where_names_of_files_have_a_code_page_it_is_said_before_anything_else(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An export would end in its middle, at the first attachment that is called by an emoji."""
    monkeypatch.setattr(sys, "getfilesystemencoding", lambda: "koi8-r")
    assert start.main(["targets"]) == 2
    said = capsys.readouterr()
    assert not said.out
    assert "koi8-r" in said.err and "LC_ALL=C.UTF-8" in said.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk that is always full")
@pytest.mark.parametrize(
    ("typed", "code"), [("targets > /dev/full", 1), ("targets 2> /dev/full", 0), ("pul 2> /dev/full", 2)]
)
def test_a_full_disk_below_the_output_ends_with_a_code_of_ours(typed: str, code: int) -> None:
    command, env = f"'{sys.executable}' -m crmexport {typed}", {**os.environ, "CRMEXPORT_LANG": "en"}
    ended = subprocess.run(command, shell=True, check=False, capture_output=True, encoding="utf-8", env=env)
    assert ended.returncode == code
    assert ("cannot be written" in ended.stderr) == (code == 1)
    assert "Exception ignored" not in ended.stderr


@pytest.mark.parametrize("as_json", [True, False])
def test_there_is_a_way_without_standard_streams(monkeypatch: pytest.MonkeyPatch, as_json: bool) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    start.speak_utf8()
    with watching("Pull", as_json) as watch:
        watch(Count("said to nobody", 1, 2))
    use_language("en")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows counts letters, not bytes")
@pytest.mark.parametrize(
    "typed",
    [
        ("pull", "--source", "megaplan", "--url", "https://acme.megaplan.ru", "--archive", "и" * 200),
        ("export", "--archive", "archive", "--to", "csv", "--out", "и" * 200),
    ],
)
def test_a_name_that_is_too_long_for_the_disk_is_a_sentence(run: Run, typed: tuple[str, ...]) -> None:
    outcome = run(*typed)
    assert outcome.code == 2 and "is too long for this disk" in outcome.err
