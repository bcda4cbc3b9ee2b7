"""Windows refuses what has just been written for a moment, and paths that are long: neither may end a pull or an export."""

import errno
import os
import sys
import tempfile
from pathlib import Path, PureWindowsPath

import pytest

from crmexport import disk
from crmexport.cli import log
from crmexport.disk import anew, move, must_be_writable, reachable, remove, typed
from crmexport.errors import OutputError
from crmexport.mapping.to.scratch import scratch
from crmexport.target.folder import alone, replacing
from crmexport.temporary import temporary


class Scanner:
    """A virus scanner: the first calls are refused."""

    def __init__(
        self,
        monkeypatch: pytest.MonkeyPatch,
        module: object,
        name: str,
        refusals: int,
        failure: OSError | None = None,
    ) -> None:
        self.left = refusals
        self._failure = failure or PermissionError(13, "in use")
        self._work = getattr(module, name)
        monkeypatch.setattr(module, name, self)

    def __call__(self, *paths: Path) -> None:
        self.left -= 1
        if self.left >= 0:
            raise self._failure
        self._work(*paths)


def test_what_is_refused_for_a_moment_moves_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "PATIENCE", 5.0)
    scanner = Scanner(monkeypatch, os, "replace", refusals=2)
    (tmp_path / "new").write_text("new", encoding="utf-8")
    (tmp_path / "old").write_text("old", encoding="utf-8")
    move(tmp_path / "new", tmp_path / "old")
    assert scanner.left == -1
    assert [(path.name, path.read_text(encoding="utf-8")) for path in tmp_path.iterdir()] == [("old", "new")]


def test_what_is_refused_for_a_moment_goes_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "PATIENCE", 5.0)
    scanner = Scanner(monkeypatch, disk.shutil, "rmtree", refusals=1)
    (tmp_path / "folder" / "within").mkdir(parents=True)
    remove(tmp_path / "folder")
    assert scanner.left == -1 and not list(tmp_path.iterdir())


def test_a_folder_goes_once_nobody_looks_into_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a scanner holds is deleted when it lets go of it, and until then stands in its folder (CPython issue 84324)."""
    monkeypatch.setattr(disk, "PATIENCE", 5.0)
    full = OSError(errno.ENOTEMPTY, "Directory not empty")
    scanner = Scanner(monkeypatch, disk.shutil, "rmtree", refusals=2, failure=full)
    (tmp_path / "folder" / "within").mkdir(parents=True)
    remove(tmp_path / "folder")
    assert scanner.left == -1 and not list(tmp_path.iterdir())


def test_a_file_goes_too_and_nothing_is_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "PATIENCE", 5.0)
    scanner = Scanner(monkeypatch, os, "unlink", refusals=1)
    (tmp_path / "file").touch()
    remove(tmp_path / "file")
    remove(tmp_path / "file")
    assert scanner.left == -1 and not list(tmp_path.iterdir())


def test_what_stays_refused_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "PATIENCE", 0.05)
    Scanner(monkeypatch, os, "replace", refusals=10_000)
    (tmp_path / "new").touch()
    with pytest.raises(PermissionError, match="in use"):
        move(tmp_path / "new", tmp_path / "old")


@pytest.mark.parametrize(
    ("path", "written_out"),
    [
        (r"C:\Users\Мария\export", r"\\?\C:\Users\Мария\export"),
        (r"\\server\share\export", r"\\?\UNC\server\share\export"),
        (r"\\?\C:\export", r"\\?\C:\export"),
    ],
)
def test_a_path_is_written_out_for_windows(
    monkeypatch: pytest.MonkeyPatch, path: str, written_out: str
) -> None:
    monkeypatch.setattr(disk, "IS_WINDOWS", True)
    monkeypatch.setattr(disk, "Path", PureWindowsPath)
    monkeypatch.setattr(os.path, "abspath", str)
    assert str(reachable(PureWindowsPath(path))) == written_out  # type: ignore[arg-type]


def test_elsewhere_a_path_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "IS_WINDOWS", False)
    assert reachable(Path("export")) == Path("export")


def test_on_windows_the_sign_of_a_home_means_the_persons_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """`os.path.expanduser` would make `C:\\Users\\archive` of `~archive` there, be there such a person or not."""
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, "/home/anna")
    monkeypatch.setattr(disk, "IS_WINDOWS", True)
    assert typed("~/archive") == Path("/home/anna/archive")
    assert typed("~root/archive") == Path("~root/archive")


def test_what_was_not_written_to_its_end_leaves_the_old_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    with anew(path) as new:
        new.write_text("old", encoding="utf-8")
    with pytest.raises(OSError, match="full"), anew(path) as new:
        new.write_text("ha", encoding="utf-8")
        raise OSError("full")
    assert [(one.name, one.read_text(encoding="utf-8")) for one in tmp_path.iterdir()] == [
        ("report.json", "old")
    ]


def no_temporary(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Every usual place for temporary files is full, or may not be written."""
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: [str(folder / "nowhere")])


def test_where_nothing_temporary_can_be_made_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_temporary(monkeypatch, tmp_path)
    with pytest.raises(OutputError, match="let TMPDIR"), temporary():
        pass


def test_an_export_says_that_it_needs_room_for_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock is among them, too: without it, one goes on."""
    no_temporary(monkeypatch, tmp_path)
    with alone(tmp_path / "out"):
        pass
    with pytest.raises(OutputError, match="let TMPDIR"), replacing(tmp_path / "out"), scratch():
        pass
    assert not (tmp_path / "out").exists()


def test_a_log_has_no_place_where_nothing_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor where nobody can tell whose home it is: the reason why it is written must not get lost in another traceback."""

    def homeless(*_args: object, **_more: object) -> Path:
        raise RuntimeError("could not determine the home directory")

    monkeypatch.setattr(log, "user_log_path", homeless)
    assert log.write_log(ValueError("x")).is_file()
    no_temporary(monkeypatch, tmp_path)
    assert log.write_log(ValueError("x")) == Path(os.devnull)


class Denying:
    """What `tempfile` knows of a computer with Windows that lets nobody write into a folder, though it says that everybody may."""

    name, O_TEMPORARY = "nt", 0

    def __init__(self) -> None:
        self.tries = 0

    def __getattr__(self, name: str) -> object:
        return getattr(os, name)

    def access(self, *_args: object) -> bool:
        return True

    def open(self, path: str, *_args: object) -> int:
        self.tries += 1
        assert self.tries < 100, "tries for ever"
        raise PermissionError(13, "Permission denied", path)


def test_a_folder_that_windows_denies_is_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """https://github.com/python/cpython/issues/66305"""
    monkeypatch.setattr(tempfile, "_os", Denying())
    monkeypatch.setattr(tempfile, "TemporaryFile", tempfile.NamedTemporaryFile)
    monkeypatch.setattr(Path, "open", Denying().open)
    with pytest.raises(PermissionError):
        must_be_writable(tmp_path)


def test_a_trial_leaves_nothing(tmp_path: Path) -> None:
    must_be_writable(tmp_path)
    assert not list(tmp_path.iterdir())
    with pytest.raises(FileNotFoundError):
        must_be_writable(tmp_path / "nowhere")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows counts letters, not bytes")
def test_a_typed_name_that_no_disk_takes_is_refused_at_once(tmp_path: Path) -> None:
    """Whoever is told later has been asked for a password before."""
    with pytest.raises(OSError, match="too long"):
        typed(str(tmp_path / ("и" * 200)))
