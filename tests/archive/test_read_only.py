"""An archive in a folder that whoever reads it may not write into, though somebody else does."""

import errno
import os
import sqlite3
from contextlib import closing
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

import pytest

from crmexport import disk
from crmexport.archive import Archive, fingerprint, sqlite
from crmexport.archive.database import FILE
from crmexport.archive.fingerprint import NAME
from crmexport.errors import (
    ArchiveDamagedError,
    ArchiveInUseError,
    ConfigurationError,
    CrmExportError,
    OutputError,
)
from tests.archive.test_archive import SOURCE, bodies, keep, row


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Records enough that reading them takes more than one look at the disk."""
    with Archive.open_for(tmp_path, SOURCE) as archive:
        for number in range(200):
            keep(archive, os.urandom(3000), row(str(number), 0, 3000))
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    return tmp_path


def moved(folder: Path, least: int) -> None:
    """What a pull does to records that have changed, and how it leaves the database when it ends."""
    with closing(sqlite3.connect(folder / FILE)) as other:
        other.execute("PRAGMA journal_mode=WAL")
        with other:
            other.execute(
                "INSERT INTO responses SELECT id + 1000, run, received, status, request, sha256, body FROM responses "
                "WHERE id > ?",
                (least,),
            )
            other.execute("UPDATE records SET response = response + 1000 WHERE response > ?", (least,))
    assert [path.name for path in folder.iterdir() if path.name.endswith("-wal")] == []


def read(archive: Archive, folder: Path, least: int) -> int:
    """How many records are met by one who reads while some of them are moved."""
    met = 0
    for page in archive.pages(["thing"]):
        if not met:
            moved(folder, least)
        met += len(page.current)
    return met


@pytest.mark.parametrize("least", [0, 150, 190])
def test_an_archive_that_is_written_to_while_it_is_read_is_no_whole_one(folder: Path, least: int) -> None:
    """SQLite has no locks there, and what is read is of two moments: records were met nowhere, or the archive called damaged."""
    with Archive.open(folder) as archive:
        with pytest.raises(ArchiveInUseError, match="was written to while it was read"), archive.unchanged():
            read(archive, folder, least)
        with pytest.raises(ArchiveInUseError, match="Nothing of it is damaged"):
            list(archive.check())


def test_an_archive_that_lies_still_is_read(folder: Path) -> None:
    with Archive.open(folder) as archive:
        with archive.unchanged():
            assert len(bodies(archive)) == 200
        with pytest.raises(ArchiveDamagedError), archive.unchanged():
            raise ArchiveDamagedError
        assert list(archive.check()) == []


@pytest.mark.parametrize(
    ("name", "failure"),
    [
        ("remove", PermissionError(errno.EACCES, "Permission denied", NAME)),
        ("digest_of", OSError(errno.EIO, "Input/output error")),
    ],
)
def test_an_archive_that_cannot_be_read_or_changed_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, failure: OSError
) -> None:
    """What comes from a DVD is write-protected file by file on Windows; a disk may fail where the database lies."""

    def failing(path: Path) -> None:
        raise failure

    with Archive.open_for(tmp_path, SOURCE):
        pass
    with monkeypatch.context() as patch:
        patch.setattr(fingerprint, name, failing)
        for opening in (
            lambda: Archive.open(tmp_path, alone=True),
            lambda: Archive.open_for(tmp_path, SOURCE),
        ):
            with pytest.raises(ConfigurationError, match=f"{failure.strerror}.*copy the archive"):
                opening()
    Archive.open_for(tmp_path, SOURCE).close()


@pytest.mark.parametrize(
    ("words", "kind"), [("locking protocol", ConfigurationError), ("disk I/O error", OutputError)]
)
def test_a_network_drive_is_no_damage(tmp_path: Path, words: str, kind: type[CrmExportError]) -> None:
    """What SQLite says where the disk keeps no locks for it (https://www.sqlite.org/rescode.html#protocol)."""
    with Archive.open_for(tmp_path, SOURCE) as archive:
        told = archive.database.told(sqlite3.OperationalError(words))
    assert type(told) is kind and "network drive" in str(told) and words in str(told)


@pytest.mark.parametrize("words", ["disk I/O error", "database or disk is full"])
def test_a_disk_that_keeps_no_longer_file_is_not_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    """FAT32 keeps none beyond 4 GB: Linux and macOS call that a failure of the disk, and Windows a full one."""
    monkeypatch.setattr(disk, "_NEARLY", disk.FAT_HOLDS - 4096)
    with Archive.open_for(tmp_path, SOURCE) as archive:
        told = archive.database.told(sqlite3.OperationalError(words))
        assert type(told) is OutputError and "FAT32" in str(told) and "Free some space" not in str(told)
        monkeypatch.setattr(disk, "_NEARLY", 0)
        assert "FAT32" not in str(archive.database.told(sqlite3.OperationalError(words)))
        monkeypatch.setattr(disk, "FAT_HOLDS", 1)
        told = archive.database.told(sqlite3.OperationalError(words))
        assert "FAT32" not in str(told), "a disk that keeps a longer file is another one, and full"


def test_what_windows_calls_writable_is_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It calls every folder so, and then SQLite has no place for the file that it wants beside the database."""

    def denied(folder: Path) -> None:
        raise PermissionError(errno.EACCES, "Access is denied", str(folder))

    with Archive.open_for(tmp_path, SOURCE) as archive:
        keep(archive, b"[11]", row("1", 0, 4))
    monkeypatch.setattr(sqlite, "IS_WINDOWS", True)
    beside = {path.name for path in tmp_path.iterdir()}
    with Archive.open(tmp_path) as archive:
        assert bodies(archive) == {"1": b"[11]"}
        assert {path.name for path in tmp_path.iterdir()} > beside
    monkeypatch.setattr(sqlite, "must_be_writable", denied)
    with Archive.open(tmp_path) as archive:
        assert bodies(archive) == {"1": b"[11]"}
        assert {path.name for path in tmp_path.iterdir()} == beside


@pytest.mark.parametrize(
    ("place", "uri"),
    [
        (PureWindowsPath(r"\\server\share\a b\c.sqlite"), "file:////server/share/a%20b/c.sqlite"),
        (PureWindowsPath(r"D:\a b\c.sqlite"), "file:///D:/a%20b/c.sqlite"),
        (PurePosixPath("/mnt/a b/c.sqlite"), "file:///mnt/a%20b/c.sqlite"),
    ],
)
def test_a_share_that_may_be_read_only_is_no_host_of_which_sqlite_knows(place: PurePath, uri: str) -> None:
    """“Invalid uri authority” was told as damage."""
    assert sqlite._uri(place) == uri
    with closing(sqlite3.connect(f"{uri}?mode=memory", uri=True)) as opened:
        assert opened.execute("SELECT 1").fetchone() == (1,)
