"""The connection to an archive's database: opened so that a kill at any instant loses nothing, errors told as sentences."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import ClauseElement

from crmexport.archive import schema
from crmexport.errors import ArchiveDamagedError, ConfigurationError, OutputError
from crmexport.text import _

FILE = "archive.sqlite"


class Database:
    """One connection, confined to the thread that made it. `sql` compiles a Core statement once for the driver's hot path."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.engine = _engine(path)
        self.connection: Connection = self.engine.connect()
        self._compiled: dict[int, tuple[ClauseElement, str]] = {}

    def sql(self, statement: ClauseElement) -> str:
        """`statement` as text for this driver. Statements are module constants, so each is compiled once."""
        known = self._compiled.get(id(statement))
        if known is None:
            known = (statement, str(statement.compile(dialect=self.engine.dialect)))
            self._compiled[id(statement)] = known
        return known[1]

    def many(self, statement: ClauseElement, rows: Sequence[tuple[Any, ...]]) -> int:
        """Run `statement` for every tuple of `rows`, in one call to the driver; how many table rows it changed."""
        if not rows:
            return 0
        return self.connection.exec_driver_sql(self.sql(statement), list(rows)).rowcount

    def one(self, statement: ClauseElement, row: tuple[Any, ...]) -> Any:
        """Run `statement` for one tuple; gives the cursor result."""
        return self.connection.exec_driver_sql(self.sql(statement), row)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, on disk when it ends. A full disk and a damaged file become sentences."""
        try:
            yield
            self.connection.commit()
        except DBAPIError as failure:
            self.connection.rollback()
            raise told(self.path, failure) from failure
        except BaseException:
            self.connection.rollback()
            raise

    def size(self) -> int:
        """Bytes of the database on disk."""
        return self.path.stat().st_size

    def give_back(self) -> None:
        """Give the room of dropped rows back to the disk. Needs as much free room as the database takes, for a moment."""
        try:
            self.connection.execute(text("VACUUM"))
            self.connection.commit()
            self.connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        except DBAPIError as failure:
            raise told(self.path, failure) from failure

    def close(self) -> None:
        """End the connection; what was committed stays."""
        self.connection.close()
        self.engine.dispose()


def _engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def durable(connection: sqlite3.Connection, record: object) -> None:
        for setting in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "cache_size=-8000"):
            connection.execute(f"PRAGMA {setting}")

    return engine


def told(path: Path, failure: DBAPIError) -> Exception:
    """The database's complaint as one of our errors."""
    words = str(failure.orig)
    if "full" in words or "disk I/O" in words or "readonly" in words:
        return OutputError(
            _(
                "The archive {path} cannot be written ({words}). Free some space or mend the folder's permissions; "
                "then start the same command again, it goes on where it stopped."
            ).format(path=path, words=words)
        )
    return ArchiveDamagedError(
        _(
            "The archive {path} cannot be read ({words}). Restore it from a copy, or pull into a new folder."
        ).format(path=path, words=words)
    )


def create(path: Path, about: dict[str, str]) -> Database:
    """Make the tables and say whose archive it is, in one transaction; an existing archive stays as it is."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        database = Database(path)
        with database.transaction():
            schema.metadata.create_all(database.connection)
            if database.connection.execute(select(schema.about)).first() is None:
                known = {"schema": schema.VERSION, **about}
                database.connection.execute(
                    insert(schema.about), [{"name": k, "value": v} for k, v in known.items()]
                )
    except DBAPIError as failure:
        raise told(path, failure) from failure
    except OSError as failure:
        raise ConfigurationError(
            _("The folder {path} cannot be made ({words}). Choose another place for the archive.").format(
                path=path.parent, words=failure.strerror
            )
        ) from failure
    return database


def open_existing(path: Path) -> Database:
    """The database of an archive that is there. Raises ConfigurationError when it is not."""
    if not path.is_file():
        raise ConfigurationError(
            _(
                "There is no archive in {path}. Give the folder that “crmexport pull --archive” filled."
            ).format(path=path.parent)
        )
    try:
        database = Database(path)
        known = card(database)
        database.connection.rollback()
    except DBAPIError as failure:
        raise told(path, failure) from failure
    if known.get("schema") != schema.VERSION:
        raise ConfigurationError(
            _(
                "The archive {path} was written by another version of crmexport (its form is {found}, this program knows {own}). "
                "Use that version."
            ).format(path=path, found=known.get("schema"), own=schema.VERSION)
        )
    return database


def card(database: Database) -> dict[str, str]:
    """What the archive says of itself: form, source, address, options."""
    rows = database.connection.execute(select(schema.about))
    return {row.name: row.value for row in rows}
