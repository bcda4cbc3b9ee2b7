"""An archive's database, whatever it is: one connection, statements for the hot path, errors told as sentences."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import (
    Connection,
    Dialect,
    Engine,
    Index,
    MetaData,
    Table,
    delete,
    event,
    insert,
    inspect,
    select,
)
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.sql import ClauseElement

from crmexport.archive import schema
from crmexport.errors import CrmExportError

FILE = "archive.sqlite"
_about = select(schema.about.c.name, schema.about.c.value)


class Database(ABC):
    """One connection, confined to the thread that made it. `sql` compiles a Core statement once for the driver's hot path.

    `place` is where the archive is, for a person to read; `folder` holds the bytes of files, under `files`. Whatever the
    driver complains about is raised as one of our errors.
    """

    metadata: MetaData = schema.metadata
    _compiled: ClassVar[dict[tuple[int, str], tuple[ClauseElement, str]]] = {}
    _shared: ClassVar[dict[str, tuple[Dialect, dict[Any, Any]]]] = {}

    def __init__(self, place: str, folder: Path, engine: Engine) -> None:
        self.place = place
        self.folder = folder
        self.engine = engine
        self._share()
        self.connection: Connection = engine.connect()

    def sql(self, statement: ClauseElement) -> str:
        """`statement` as text for this driver. Statements are module constants, so each is compiled once in a process."""
        known = self._compiled.get(key := (id(statement), self.engine.driver))
        if known is None:
            known = (statement, str(statement.compile(dialect=self.engine.dialect)))
            self._compiled[key] = known
        return known[1]

    def many(self, statement: ClauseElement, rows: Sequence[tuple[Any, ...]]) -> int:
        """Run `statement` for every tuple of `rows`, in one call to the driver; how many table rows it changed."""
        if not rows:
            return 0
        return self.connection.exec_driver_sql(self.sql(statement), list(rows)).rowcount

    def one(self, statement: ClauseElement, row: tuple[Any, ...]) -> Any:
        """Run `statement` for one tuple; gives the cursor result."""
        return self.connection.exec_driver_sql(self.sql(statement), row)

    def found(self, question: ClauseElement, row: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        """All rows of an answer as plain tuples: for what is asked for every answer that is kept."""
        return [tuple(found) for found in self.one(question, row)]

    def rows(self, question: ClauseElement) -> Iterator[Any]:
        """The rows of an answer one by one, however many there are: they are never all in memory."""
        yield from self.connection.execute(question)  # type: ignore[call-overload]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, on disk when it ends."""
        try:
            self.begin()
            yield
            self.connection.commit()
        except BaseException:
            self.connection.rollback()
            raise

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """What is read within is of one moment, whatever another process writes meanwhile. Nothing is written within."""
        self.begin_reading()
        try:
            yield
        finally:
            self.connection.rollback()

    def create_tables(self) -> None:
        """Make the tables that are not there. Belongs into the caller's transaction."""
        there = {*inspect(self.connection).get_table_names()}
        for table in self.metadata.sorted_tables:
            for words in _made(table, self.engine.dialect) if table.name not in there else ():
                self.connection.exec_driver_sql(words)

    def about(self) -> dict[str, str]:
        """What the archive says of itself: form, source, address, options."""
        return dict(self.found(_about, ()))

    def note_about(self, name: str, value: str) -> None:
        """Keep what the archive says of itself under `name`. Belongs into the caller's transaction."""
        self.connection.execute(delete(schema.about).where(schema.about.c.name == name))
        self.connection.execute(insert(schema.about).values(name=name, value=value))

    def close(self) -> None:
        """End the connection; what was committed stays. Lets go of the archive if it was held alone."""
        self.connection.close()
        self.engine.dispose()

    def remembered(self) -> dict[str, str]:
        """What a new archive in such a database must remember beside whose it is."""
        return {}

    @abstractmethod
    def begin(self) -> None:
        """Begin a transaction, where the driver does not do so by itself."""

    @abstractmethod
    def begin_reading(self) -> None:
        """Begin a transaction that sees everything as it is when it first looks."""

    @abstractmethod
    def added(self, statement: ClauseElement, row: tuple[Any, ...]) -> int:
        """Run an insert for one tuple; gives the number of the new row."""

    @abstractmethod
    def listed(self, values: Iterable[str] | Iterable[int]) -> Any:
        """`values` as this driver takes them for `among`."""

    @abstractmethod
    def told(self, failure: BaseException) -> CrmExportError | ValueError:
        """The driver's complaint as one of our errors; ValueError for a value that no column takes, such as a number too big."""

    @abstractmethod
    def must_be_there(self) -> None:
        """Raises OutputError when what is written goes to where nobody will look for it."""

    @abstractmethod
    def size(self) -> int:
        """Bytes of the database on disk."""

    def has_holes(self) -> bool:
        """Whether much of the database is the room of dropped rows, which was not given back: there was no room to write it anew."""
        return False

    @abstractmethod
    def give_back(self) -> None:
        """Give the room of dropped rows back to the disk. Needs as much free room as the database takes, for a moment."""

    @abstractmethod
    def unsound(self) -> Iterator[str]:
        """One sentence for everything that the database itself finds wrong with its pages and indexes."""

    def _share(self) -> None:
        """Give all archives of a driver one dialect and the statements compiled for it: every process opens its archive often.

        The listener for errors is the dialect's too: of whom one tells, it knows by an option of the engine.
        """
        driver = self.engine.driver
        if driver not in self._shared:
            event.listen(self.engine, "handle_error", _raise)
            self._shared[driver] = (self.engine.dialect, {})
        self.engine.dialect, compiled = self._shared[driver]
        self.engine.update_execution_options(archive=self, compiled_cache=compiled)


@cache
def _made(table: Table, dialect: Dialect) -> list[str]:
    """The statements that make a table with its indexes."""
    indexes = sorted(table.indexes, key=_name)
    makers: list[ClauseElement] = [CreateTable(table), *(CreateIndex(index) for index in indexes)]
    return [str(one.compile(dialect=dialect)) for one in makers]


def _name(index: Index) -> str:
    return str(index.name)


def _raise(context: ExceptionContext) -> None:
    """Tell what the driver complains about in our words."""
    if context.sqlalchemy_exception is not None and context.engine is not None:
        archive: Database = context.engine.get_execution_options()["archive"]
        raise archive.told(context.original_exception) from context.original_exception
