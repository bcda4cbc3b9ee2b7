"""An archive in PostgreSQL: one schema of a database, held by an advisory lock, and a folder for the bytes of files.

Three things differ from SQLite and are made equal here: text sorts by its bytes (COLLATE "C"), text may hold NUL
characters (escaped on the way in and out, see escaping.py), and a lost connection is never replaced in silence, because the
lock was lost with it.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

import psycopg
from sqlalchemy import BigInteger, Integer, MetaData, String
from sqlalchemy.sql import ClauseElement

from crmexport.archive import schema
from crmexport.archive.content import Content
from crmexport.archive.database import FILE, Database
from crmexport.archive.libpq import line_to, quoted, without_secrets
from crmexport.archive.lock import in_use
from crmexport.archive.place import Server
from crmexport.archive.sound import unsound
from crmexport.errors import (
    ArchiveDamagedError,
    ArchiveUnreachableError,
    ConfigurationError,
    CrmExportError,
    NoArchiveError,
    OutputError,
)
from crmexport.text import _

FOLDER = "folder"  # the entry of the card that remembers where the files are
AT_A_TIME = 2_000  # rows
PATIENCE = "2s"  # as long as the server may need to notice that the process which held the archive was killed


class PostgreSQL(Database):
    """The tables in one schema of a database."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.metadata = _tables()
        self._inserts: dict[int, tuple[ClauseElement, ClauseElement]] = {}
        super().__init__(str(server), server.folder or Path(server.schema), line_to(server))

    @classmethod
    def open(cls, server: Server, *, alone: bool = False) -> Self:
        """The archive that is there, held for this process `alone` if so wished.

        Raises ConfigurationError when there is none, ArchiveUnreachableError when the server does not let us in,
        ArchiveInUseError when another process holds it.
        """
        database = cls(server)
        try:
            if alone:
                database._hold()
            if database._scalar("SELECT to_regclass('about')") is None:
                raise NoArchiveError(
                    _(
                        "There is no archive in {path}. Give the address that “crmexport pull --archive” filled."
                    ).format(path=server)
                )
            database.folder = server.folder or database._noted() or database.folder
        except BaseException:
            database.close()
            raise
        return database

    @classmethod
    def make(cls, server: Server) -> Self:
        """A new archive, or the one that is there, held for this process alone. Raises as `open` does."""
        database = cls(server)
        try:
            database._hold()
            database._make_schema()
            database._settle()
        except BaseException:
            database.close()
            raise
        return database

    def begin(self) -> None:
        """The connection commits by itself outside of transactions, so that none stays open while a pull waits."""
        if self.connection.invalidated:
            raise self._gone("")
        self.connection.exec_driver_sql("BEGIN")

    def begin_reading(self) -> None:
        """As SQLite does it by itself: each statement would else see what was committed before it."""
        self.connection.exec_driver_sql("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def remembered(self) -> dict[str, str]:
        """The folder of the files."""
        return {FOLDER: str(self.folder)}

    def added(self, statement: ClauseElement, row: tuple[Any, ...]) -> int:
        """The number that the server gave the row."""
        known = self._inserts.get(id(statement))
        if known is None:
            table: Any = statement
            known = (statement, table.returning(*table.table.primary_key.columns))
            self._inserts[id(statement)] = known
        return int(self.one(known[1], row).scalar_one())

    def listed(self, values: Iterable[str] | Iterable[int]) -> list[str] | list[int]:
        """As they are."""
        return [*values]

    def told(self, failure: BaseException) -> CrmExportError | ValueError:
        """By the class of the server's own error code; where it could not even send one, the connection broke."""
        is_broken = isinstance(failure, psycopg.OperationalError | psycopg.InterfaceError)
        code = getattr(failure, "sqlstate", None) or ("08000" if is_broken else "")
        words = self._words(failure)
        if code[:2] in ("08", "57"):
            return self._gone(words)
        if code[:2] == "22":
            return ValueError(words)
        if code[:2] == "53" or code in ("25006", "42501"):
            return OutputError(
                _(
                    "The archive {path} cannot be written ({words}). Free some space on the server or ask for the right to write there; "
                    "then start the same command again, it goes on where it stopped."
                ).format(path=self.place, words=words)
            )
        return ArchiveDamagedError(
            _(
                "The archive {path} cannot be read ({words}). Restore it from a copy, or pull into another schema."
            ).format(path=self.place, words=words)
        )

    def must_be_there(self) -> None:
        """It is: the server would have told of a schema that is gone."""

    def size(self) -> int:
        """Of all tables with their indexes."""
        tables = "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class c JOIN pg_namespace n "
        where = "ON n.oid = c.relnamespace WHERE n.nspname = %s AND c.relkind = 'r'"
        return int(self._scalar(tables + where, self._server.schema))

    def give_back(self) -> None:
        """Table by table, each written anew without holes; who reads meanwhile waits."""
        for table in self.metadata.sorted_tables:
            self.connection.exec_driver_sql(f"VACUUM FULL {quoted(table.name)}")

    def rows(self, question: ClauseElement) -> Iterator[Any]:
        """The rows one by one: the server keeps them, in a transaction of its own, and hands out some at a time."""
        self.connection.exec_driver_sql("BEGIN")
        try:
            yield from self.connection.execute(question, execution_options={"yield_per": AT_A_TIME})  # type: ignore[call-overload]
        finally:
            self.connection.exec_driver_sql("ROLLBACK")

    def unsound(self) -> Iterator[str]:
        """What amcheck says of tables and indexes; without it, rows that a table and its index do not both have."""
        yield from unsound(self.connection, self._server.schema)

    def _gone(self, words: str) -> ArchiveUnreachableError:
        return ArchiveUnreachableError(
            _(
                "The connection to the archive {path} is lost ({words}). What is held is kept: when the server answers again, "
                "start the same command again, it goes on where it stopped."
            ).format(path=self.place, words=words or _("the server closed it"))
        )

    def _words(self, failure: BaseException) -> str:
        primary = getattr(getattr(failure, "diag", None), "message_primary", None)
        return without_secrets(self._server, str(primary or failure))

    def _scalar(self, statement: str, *values: object) -> Any:
        return self.connection.exec_driver_sql(statement, values).scalar()

    def _hold(self) -> None:
        """The lock belongs to this very connection: who lost the one lost the other, and writes no more."""
        self._scalar("SELECT set_config('lock_timeout', %s, false)", PATIENCE)
        try:
            self._scalar("SELECT pg_advisory_lock(%s)", lock_of(self._server))
        except CrmExportError as failure:
            if isinstance(failure.__cause__, psycopg.errors.LockNotAvailable):
                raise in_use(self.place) from failure
            raise
        self._scalar("SELECT set_config('lock_timeout', '0', false)")

    def _make_schema(self) -> None:
        """Only where it is not there: who may use a schema may not always make one."""
        encoding = self._scalar("SELECT current_setting('server_encoding')")
        if encoding != "UTF8":
            raise ConfigurationError(
                _(
                    "The database of {path} keeps text as {encoding}, which has no room for every letter. Make one for the archive: "
                    "CREATE DATABASE crm ENCODING 'UTF8' TEMPLATE template0"
                ).format(path=self.place, encoding=encoding)
            )
        if self._scalar("SELECT 1 FROM pg_namespace WHERE nspname = %s", self._server.schema) is None:
            self.connection.exec_driver_sql(f"CREATE SCHEMA {quoted(self._server.schema)}")

    def _settle(self) -> None:
        """Agree on the folder of the files: the one given, if the archive remembers none or its folder is gone."""
        noted = self._noted()
        self.folder = (self._server.folder or noted or Path(self._server.schema)).resolve()
        if noted is None:
            _must_be_free(self.folder)
        if noted is None or noted == self.folder:
            return
        if noted.is_dir():
            raise ConfigurationError(
                _(
                    "The files of the archive {path} are in {noted}. Leave out folder=…, or move that folder to {asked} first."
                ).format(path=self.place, noted=noted, asked=self.folder)
            )
        self._scalar("UPDATE about SET value = %s WHERE name = %s RETURNING value", str(self.folder), FOLDER)

    def _noted(self) -> Path | None:
        if self._scalar("SELECT to_regclass('about')") is None:
            return None
        found = self._scalar("SELECT value FROM about WHERE name = %s", FOLDER)
        return Path(found) if found else None


def _must_be_free(folder: Path) -> None:
    """Two archives with one folder would take each other's files for what was replaced: `prune` of the one dropped those of the other.

    Raises ConfigurationError.
    """
    if (folder / FILE).exists() or any(Content(folder / "files").all()):
        raise ConfigurationError(
            _(
                "In {folder} there are the files of another archive, and each needs a folder of its own. Give another one with folder=… in "
                "the address. If that archive is gone and they are of no use, move them away."
            ).format(folder=folder)
        )


def lock_of(server: Server) -> int:
    """The number of the advisory lock on an archive."""
    return int.from_bytes(sha256(f"crmexport {server.schema}".encode()).digest()[:8], signed=True)


@cache
def _tables() -> MetaData:
    """The tables with text that sorts by its bytes, as SQLite does it, and numbers as wide as SQLite's."""
    copy = MetaData()
    for table in schema.metadata.sorted_tables:
        for column in table.to_metadata(copy).columns:
            if isinstance(column.type, String):
                column.type = String(collation="C")
            elif isinstance(column.type, Integer):
                column.type = BigInteger()
    return copy
