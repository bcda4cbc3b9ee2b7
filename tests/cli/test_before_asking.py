"""What can be found wrong without a sign-in is told before anybody is asked for one."""

import errno
from pathlib import Path

import pytest
from crmexport_odoo import Odoo

from crmexport.archive import Archive, Source
from crmexport.archive.journal import Journal
from crmexport.cli import init
from crmexport.errors import ConfigurationError, OutputError
from crmexport.pull import look_ahead, pull
from crmexport.source import Account, Credentials
from tests.cli.conftest import Run

ACCOUNT = "https://crm.example.com"
PULL = ("pull", "--source", "megaplan", "--url", ACCOUNT, "--archive")


@pytest.fixture(autouse=True)
def unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is asked, or looks for the network, fails."""

    def never(*given: object) -> None:
        raise AssertionError("asked for a sign-in, or the network, too early")

    monkeypatch.setattr("crmexport.cli.sign_in.credentials", never)
    monkeypatch.setattr("crmexport.transport.line.Line.send", never)


def made(folder: Path, source: Source) -> None:
    Archive.open_for(folder, source).close()


def test_verify_looks_for_the_archive_first(run: Run) -> None:
    code, _out, err = run("verify", "--archive", "nowhere")
    assert code == 2 and "no archive in nowhere" in err
    assert "begin with “crmexport pull”" in err, "who forgot a step of the journey hears which"


def test_verify_looks_for_the_export_first(run: Run, tmp_path: Path) -> None:
    made(tmp_path / "a", Source("megaplan", ACCOUNT))
    code, _out, err = run("verify", "--archive", "a", "--out", "nowhere")
    assert code == 2 and "no export" in err


def test_verify_reads_its_options_first(run: Run, tmp_path: Path) -> None:
    made(tmp_path / "a", Source("megaplan", ACCOUNT))
    code, _out, err = run("verify", "--archive", "a", "--lang", "de")
    assert code == 2 and "“ru” or “en”" in err


@pytest.mark.parametrize("place", ["file.txt", "file.txt/archive"])
def test_a_pull_into_a_file_is_told_so(run: Run, tmp_path: Path, place: str) -> None:
    (tmp_path / "file.txt").write_text("")
    code, _out, err = run(*PULL, place)
    assert code == 2 and "file.txt is a file" in err


def test_a_pull_into_the_archive_of_another_account_is_told_so(run: Run, tmp_path: Path) -> None:
    made(tmp_path / "a", Source("megaplan", "https://other.example.com"))
    with Archive.open(tmp_path / "a", alone=True) as archive, archive.database.transaction():
        Journal(archive.database).begin(1)
    code, _out, err = run(*PULL, "a")
    assert code == 2 and "belongs to https://other.example.com" in err


@pytest.mark.parametrize(
    ("held", "asked", "is_other"),
    [("a", "b", True), ("a", "a", False), (None, "b", False), ("a", None, False)],
)
def test_another_database_at_the_same_address_is_another_account(
    tmp_path: Path, held: str | None, asked: str | None, is_other: bool
) -> None:
    """Its records have the same numbers: those of the first would count as changed, and the rest as deleted."""
    connector = Odoo(Account(ACCOUNT, {"database": asked, "api": "jsonrpc"}))
    made(tmp_path / "a", Source("odoo", ACCOUNT, {"database": held}))
    with Archive.open(tmp_path / "a", alone=True) as archive, archive.database.transaction():
        Journal(archive.database).begin(1)
    if not is_other:
        look_ahead(tmp_path / "a", connector)
        return
    with pytest.raises(ConfigurationError, match=rf"belongs to {ACCOUNT} \(a\), not to {ACCOUNT} \(b\)"):
        look_ahead(tmp_path / "a", connector)
    with pytest.raises(ConfigurationError, match="belongs to"):
        pull(tmp_path / "a", connector, Credentials("x"))


def test_a_pull_beside_another_one_is_told_so(run: Run, tmp_path: Path) -> None:
    with Archive.open_for(tmp_path / "a", Source("megaplan", ACCOUNT)):
        code, _out, err = run(*PULL, "a")
    assert code == 6 and "Another crmexport" in err


def test_an_archive_of_the_sibling_api_is_no_other_account(run: Run, tmp_path: Path) -> None:
    made(tmp_path / "a", Source("megaplan_v1", ACCOUNT))
    with pytest.raises(AssertionError, match="asked"):
        _unguarded(run, tmp_path)


def _unguarded(run: Run, folder: Path) -> None:
    from crmexport.cli import options, pull

    pull.run(options.connector("megaplan", ACCOUNT, {}), str(folder / "a"), {}, False)


def test_a_folder_that_may_not_be_written_is_told_of(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """As root, to whom nothing is forbidden, it can only be played."""

    def forbidden(folder: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(folder))

    monkeypatch.setattr("crmexport.archive.lock.must_be_writable", forbidden)
    code, _out, err = run(*PULL, "locked/archive")
    assert code == 2 and "Permission denied" in err and "locked" in err


def test_a_folder_without_room_is_told_of(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crmexport.archive.lock.must_be_writable", no_room)
    code, _out, err = run(*PULL, "deep/in/archive")
    assert code == 2 and "No space left" in err
    assert not (tmp_path / "deep").exists()


def no_room(folder: Path) -> None:
    raise OSError(28, "No space left on device")


def test_init_looks_whether_it_may_write_before_it_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crmexport.disk.must_be_writable", no_room)

    def never(question: str) -> str:
        raise AssertionError(question)

    with pytest.raises(OutputError, match="room"):
        init.run(tmp_path / "crmexport.toml", never)
