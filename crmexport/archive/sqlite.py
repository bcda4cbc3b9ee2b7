"""An archive in a folder: one SQLite file, opened so that a kill at any instant loses nothing, and a lock file beside it."""

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import Any, Self

from filelock import BaseFileLock
from sqlalchemy import URL, Engine, create_engine, event, text
from sqlalchemy.sql import ClauseElement

from crmexport.archive import fingerprint
from crmexport.archive.database import FILE, Database
from crmexport.archive.escaping import escaped
from crmexport.archive.lock import hold
from crmexport.disk import IS_WINDOWS, is_all_that_fat_holds, must_be_writable
from crmexport.errors import (
    ArchiveDamagedError,
    ArchiveInUseError,
    ConfigurationError,
    CrmExportError,
    NoArchiveError,
    OutputError,
)
from crmexport.text import _

_IMMUTABLE = "immutable"


class SQLite(Database):
    """The file `archive.sqlite` of a folder."""

    def __init__(self, folder: Path, lock: BaseFileLock | None) -> None:
        self._lock = lock
        self._is_sound = lock is not None and _is_forgotten(folder, lock)
        self._before = _as_it_lies(folder / FILE)
        super().__init__(str(folder), folder, _engine(folder / FILE))
        self._driver: Any = self.connection.connection.driver_connection

    @classmethod
    def open(cls, folder: Path, *, alone: bool = False) -> Self:
        """The archive that is there, held for this process `alone` if so wished.

        Raises ConfigurationError when there is none, ArchiveInUseError when another process holds it.
        """
        if not _is_there(folder):
            raise _no_archive(folder)
        _must_be_its_own(folder)
        database = cls(folder, hold(folder) if alone else None)
        if not database.is_begun() and not (folder / fingerprint.NAME).exists():
            database.close()
            raise _no_archive(folder)
        return database

    @classmethod
    def make(cls, folder: Path) -> Self:
        """A new archive, or the one that is there, held for this process alone.

        Raises ArchiveInUseError, ConfigurationError, and ArchiveDamagedError for one whose database is gone: it is not begun
        anew, or a scheduled pull would hide that it was lost with all its history.
        """
        if not _is_there(folder) and (folder / fingerprint.NAME).exists():
            raise ArchiveDamagedError(
                _(
                    "The archive in {path} has lost its database {name}. Restore it from a copy, or pull into a new folder."
                ).format(path=folder, name=FILE)
            )
        _must_be_its_own(folder)
        return cls(folder, hold(folder))

    def close(self) -> None:
        """End the connection, let go of the lock."""
        is_whole = self._is_sound and self._has_begun()
        super().close()
        if is_whole:
            fingerprint.take(self.folder)
        if self._lock is not None:
            self._lock.release()

    def must_be_there(self) -> None:
        """Where files may be moved and deleted while they are open, all goes on well with a file that is in no folder any more."""
        if not (self.folder / FILE).is_file():
            raise OutputError(
                _(
                    "The archive {path} is not there any more: it was moved or deleted meanwhile. If it was moved, start the same "
                    "command with its new folder for --archive; else what it held is lost, and the command begins anew."
                ).format(path=self.folder / FILE)
            )
        self._must_be_still()

    def is_begun(self) -> bool:
        """Whether there are tables. None: whoever made the file was killed, or the disk was full, before anything was kept."""
        return bool(self.connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar())

    def _has_begun(self) -> bool:
        try:
            return self.is_begun()
        except CrmExportError:  # what is wrong was told already
            return False

    def create_tables(self) -> None:
        """All or none: the driver itself would begin no transaction for them."""
        self.connection.exec_driver_sql("BEGIN IMMEDIATE")
        super().create_tables()

    def begin(self) -> None:
        """The driver begins with the first change; SQLAlchemy has to know, so that it commits what went past it."""
        if not self.connection.in_transaction():
            self.connection.begin()

    def begin_reading(self) -> None:
        """The driver itself would begin none for what is only read."""
        self.begin()
        self.connection.exec_driver_sql("BEGIN")

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """SQLite keeps no moment of what is opened as one that does not change. Raises ArchiveInUseError when it did."""
        try:
            with super().unchanged():
                yield
        except ArchiveDamagedError:
            self._must_be_still()
            raise
        self._must_be_still()

    def _must_be_still(self) -> None:
        if self._has_moved():
            raise self._moved()

    def _has_moved(self) -> bool:
        """Whether what was opened as one that does not change has been written to: half of what is read since is of another moment."""
        return _IMMUTABLE in self.engine.url.query and _as_it_lies(self.folder / FILE) != self._before

    def _moved(self) -> ArchiveInUseError:
        return ArchiveInUseError(
            _(
                "The archive {path} was written to while it was read, and you may not write into its folder, so the two cannot be kept "
                "apart. Nothing of it is damaged: wait until “crmexport pull” has ended, and start the same command again."
            ).format(path=self.folder / FILE)
        )

    def many(self, statement: ClauseElement, rows: Sequence[tuple[Any, ...]]) -> int:
        """Past SQLAlchemy: what is done for every answer that is kept costs a third so."""
        if not rows:
            return 0
        with self._telling():
            return int(self._driver.executemany(self.sql(statement), rows).rowcount)

    def found(self, question: ClauseElement, row: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        """Past SQLAlchemy, as well. Damage may show only when the rows are taken out: text that is none any more."""
        with self._telling():
            rows: list[tuple[Any, ...]] = self._driver.execute(self.sql(question), row).fetchall()
        return rows

    def added(self, statement: ClauseElement, row: tuple[Any, ...]) -> int:
        """The number that SQLite gave the row."""
        with self._telling():
            return int(self._driver.execute(self.sql(statement), row).lastrowid)

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as failure:
            raise self.told(failure) from failure

    def listed(self, values: Iterable[str] | Iterable[int]) -> str:
        """As JSON, because SQLite takes no lists; in it SQLite ends a text at the first NUL character."""
        return json.dumps([escaped(value) if isinstance(value, str) else value for value in values])

    def told(self, failure: BaseException) -> CrmExportError:
        """A full or read-only disk, a file that a program of somebody else's holds or that cannot be opened, else a damaged one."""
        words, path = str(failure), self.folder / FILE
        if self._has_moved():
            return self._moved()
        if "protocol" in words:
            return ConfigurationError(
                _(
                    "The disk on which the archive {path} lies keeps no locks ({words}), as many network drives do not: then it cannot be "
                    "kept whole there. Nothing of it is damaged: move its folder to a disk of this computer."
                ).format(path=path, words=words)
            )
        if "locked" in words:
            return ArchiveInUseError(
                _(
                    "Another program holds the archive {path} ({words}), maybe one in which you look at databases. Close it, and start "
                    "the same command again: nothing is lost, and it goes on where it stopped."
                ).format(path=path, words=words)
            )
        if ("full" in words or "disk I/O" in words) and is_all_that_fat_holds(path):
            return OutputError(
                _(
                    "The archive {path} has become as big as a file may be on its disk ({words}): FAT32, as USB sticks have it, keeps none "
                    "beyond 4 GB. Copy its folder to a disk with NTFS, exFAT or APFS, and start the same command with that one: nothing is "
                    "lost, and it goes on where it stopped."
                ).format(path=path, words=words)
            )
        if "full" in words or "disk I/O" in words or "readonly" in words:
            return OutputError(
                _(
                    "The archive {path} cannot be written ({words}). Free some space or mend the folder's permissions, or move it from a "
                    "network drive to a disk of this computer; then start the same command again, it goes on where it stopped."
                ).format(path=path, words=words)
            )
        if "unable to open" in words:
            return ConfigurationError(
                _(
                    "The archive {path} cannot be opened ({words}): its folder may not be entered or written, or the path is too long. "
                    "Mend the permissions, or give a shorter path."
                ).format(path=path, words=words)
            )
        return ArchiveDamagedError(
            _(
                "The archive {path} cannot be read ({words}). Restore it from a copy, or pull into a new folder."
            ).format(path=path, words=words)
        )

    def size(self) -> int:
        """Of the one file."""
        self.must_be_there()
        return (self.folder / FILE).stat().st_size

    def has_holes(self) -> bool:
        """A tenth of its pages."""
        ask = self.connection.exec_driver_sql
        empty, pages = (int(ask(f"PRAGMA {name}").scalar_one()) for name in ("freelist_count", "page_count"))
        return empty * 10 > pages

    def give_back(self) -> None:
        """By writing the file anew, without holes."""
        self.connection.execute(text("VACUUM"))
        self.connection.commit()
        self.connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))

    def unsound(self) -> Iterator[str]:
        """The fingerprint of the whole file, then SQLite's own view of its pages and indexes."""
        if self._lock is None and fingerprint.fits(self.folder) is False:
            yield _(
                "The database file is not as the last pull left it: something in it was changed since, or its fingerprint {name}. If you "
                "restored the one without the other, delete {name}: the next pull makes it anew."
            ).format(name=fingerprint.NAME)
        for (word,) in self.connection.execute(text("PRAGMA integrity_check")):
            if word != "ok":
                yield _("The database file is damaged: {words}").format(words=word)


def _is_there(folder: Path) -> bool:
    try:
        return (folder / FILE).is_file()
    except OSError as failure:
        raise ConfigurationError(
            _(
                "The folder {path} cannot be read ({words}). Mend its permissions, or give another one for --archive."
            ).format(path=folder, words=failure.strerror)
        ) from failure


def _is_forgotten(folder: Path, lock: BaseFileLock) -> bool:
    """Whether the fingerprint fitted, and is gone now. Raises ConfigurationError where the disk does not let it be read or go."""
    try:
        return fingerprint.forget(folder)
    except OSError as failure:
        lock.release()
        raise ConfigurationError(
            _(
                "{path} cannot be read, or not be changed ({words}): it is write-protected, as what comes from a DVD or a backup, or the disk "
                "is failing. Mend that, or copy the archive to another disk."
            ).format(path=failure.filename or folder / FILE, words=failure.strerror)
        ) from failure


def _must_be_its_own(folder: Path) -> None:
    """A log that is not of the database would be mixed into it, and both were spoiled. Raises ArchiveDamagedError."""
    if fingerprint.has_another_log(folder):
        raise ArchiveDamagedError(
            _(
                "Beside the database {name} in {path} lies a log that no crmexport wrote for it, {log}: a copy was restored into the folder "
                "of an archive that had been cut off, or another program changes the database. Nothing was changed. Close that program, or "
                "move {log} away: the database is whole without it."
            ).format(name=FILE, path=folder, log=f"{FILE}-wal")
        )


def _no_archive(folder: Path) -> NoArchiveError:
    return NoArchiveError(
        _(
            "There is no archive in {path}. Was nothing pulled yet? Then begin with “crmexport pull”. "
            "Else give the folder that “crmexport pull --archive” filled."
        ).format(path=folder)
    )


def _engine(path: Path) -> Engine:
    engine = create_engine(_url(path))

    @event.listens_for(engine, "connect")
    def durable(connection: sqlite3.Connection, record: object) -> None:
        for setting in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000"):
            try:
                connection.execute(f"PRAGMA {setting}")
            except UnicodeDecodeError as torn:  # the complaint itself quotes damaged text
                raise sqlite3.DatabaseError("malformed database schema") from torn
        connection.create_function("split_part", 3, _split_part, deterministic=True)

    return engine


def _url(path: Path) -> URL:
    """An archive on a medium that nobody can write to is opened as one that does not change: else SQLite wants a file beside it.

    But an open write-ahead log cannot be read so.
    """
    log = path.with_name(f"{path.name}-wal")
    is_open = log.is_file() and log.stat().st_size > 0
    if not path.is_file() or _may_be_written(path.parent) or is_open:
        return URL.create("sqlite", database=str(path))
    return URL.create("sqlite", database=_uri(path.absolute()), query={_IMMUTABLE: "1", "uri": "true"})


def _uri(path: PurePath) -> str:
    """As SQLite takes it, which knows no other host: a Windows share is a path that begins with two slashes (https://www.sqlite.org/uri.html)."""
    told = path.as_uri()
    return told if told.startswith("file:///") else told.replace("file://", "file:////", 1)


def _may_be_written(folder: Path) -> bool:
    """Windows says that every folder may be, also on a DVD or a share that may be read only: there it is tried."""
    if not IS_WINDOWS:
        return os.access(folder, os.W_OK)
    try:
        must_be_writable(folder)
    except OSError:
        return False
    return True


def _as_it_lies(file: Path) -> tuple[int, int, int] | None:
    """What is another once a file was written to: which one it is, when it was changed, its size."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _split_part(text: str, separator: str, number: int) -> str:
    """PostgreSQL's function of this name."""
    parts = text.split(separator)
    return parts[number - 1] if number <= len(parts) else ""
