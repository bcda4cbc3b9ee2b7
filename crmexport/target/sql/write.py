"""Write relations into a database: everything in one transaction, so that a reader sees the old tables or the new ones."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from errno import ENOSPC
from functools import partial
from os import strerror
from typing import TYPE_CHECKING, Any

from crmexport.errors import OutputError
from crmexport.mapping.to.scratch import is_full
from crmexport.model import ENTITIES
from crmexport.target.job import Job
from crmexport.target.names import safe_name
from crmexport.target.output import Output, output
from crmexport.target.relational.rows import Row
from crmexport.target.relational.schema import Is, Relation, relations
from crmexport.target.relational.source import Relational, relational
from crmexport.target.sql.dialects import LINKED_AT_ONCE, UNLINKED, drop, settle, takes
from crmexport.target.sql.numbers import fits_whole
from crmexport.target.sql.place import connected, engine_of
from crmexport.target.sql.written import note
from crmexport.text import _, translations

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, MetaData

_BATCH = 1000
_CHARACTERS = 1_000_000  # of a batch: some drivers send it in one packet, of which MariaDB takes 16 MB


def write(job: Job) -> list[Output]:
    """The tables, and for a database elsewhere a file that tells what is in it."""
    place = job.folder / safe_name(f"{job.shop.archive.source.name}.sqlite", fallback="crm.sqlite")
    address = job.target.layout.sql.address
    engine = engine_of(address, job.target.secret, place)
    fits = partial(takes, engine.dialect.name)
    with relational(job, ENTITIES, fits) as source, telling_database_failures(address), closed(engine):
        counts = _Load(engine, source, translations(job.lang).gettext).run(job)
    if address:
        note(address)
        place = job.folder / "database.txt"
        lines = [address, *(f"{name}: {number}" for name, number in sorted(counts.items()))]
        place.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    return [output(job.root, place, sum(counts.values()), job.target.name, source.notes)]


@contextmanager
def closed(engine: "Engine") -> Iterator[None]:
    """The engine lets go of its file at the end: Windows moves no file that is open."""
    try:
        yield
    finally:
        engine.dispose()


@contextmanager
def telling_database_failures(address: str) -> Iterator[None]:
    """Turn what a database says into a sentence for a person, without statements and their values. Our own file is like any other."""
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError

    try:
        yield
    except UnicodeEncodeError as error:
        raise OutputError(
            _(
                "The driver for {address} does not send every character, of a text or of the password ({reason}). "
                "Take another driver, or another charset in the address, and start again."
            ).format(address=address, reason=error.encoding)
        ) from None
    except SQLAlchemyError as error:
        if not address and isinstance(error, DBAPIError) and is_full(error.orig):
            raise OSError(ENOSPC, strerror(ENOSPC)) from None
        said = " ".join(str(error.orig).split()) if isinstance(error, DBAPIError) else ""
        raise OutputError(
            _("The database {address} cannot be written ({reason}). Mend that, and start again.").format(
                address=address or "sqlite", reason=said or type(error).__name__
            )
        ) from None


class _Load:
    """One load of all tables."""

    def __init__(self, engine: "Engine", source: Relational, translate: Callable[[str], str]) -> None:
        from crmexport.target.sql.tables import tables

        self._engine = engine
        self._source = source
        self._translate = translate
        self._dialect = engine.dialect.name
        self._relations = relations(ENTITIES)
        self._tables: MetaData = tables(self._relations, self._dialect, translate)

    def run(self, job: Job) -> Counter[str]:
        """Make the tables anew and fill them; the number of rows of each."""
        with connected(self._engine) as connection, connection.begin():
            self._prepare(connection)
            counts = self._fill(connection, job.watched(self._source.rows(), "sql"))
            self._finish(connection)
        return counts

    def _prepare(self, connection: "Connection") -> None:
        """Drop what we made earlier, never what somebody else made, and make the tables."""
        from sqlalchemy import inspect

        from crmexport.target.sql.tables import DICTIONARY

        if self._dialect == "sqlite":
            connection.exec_driver_sql("BEGIN")
        there = set(inspect(connection).get_table_names())
        if DICTIONARY not in there and (strange := sorted(there & self._tables.tables.keys())):
            raise OutputError(
                _(
                    "The database {address} has a table “{name}” that crmexport did not make. Give another database or schema; "
                    "nothing was changed."
                ).format(address=self._engine.url.render_as_string(hide_password=True), name=strange[0])
            )
        settle(connection)
        drop(connection, [name for name in self._tables.tables if name in there])
        # the first: whatever happens in a database that commits each table by itself, they are known for ours
        self._tables.tables[DICTIONARY].create(connection)
        others = [one for one in self._tables.tables.values() if one.name != DICTIONARY]
        self._tables.create_all(connection, others, checkfirst=False)

    def _fill(self, connection: "Connection", rows: Iterable[Row]) -> Counter[str]:
        counts: Counter[str] = Counter()
        waiting: dict[str, list[dict[str, Any]]] = {one.name: [] for one in self._relations}
        characters: Counter[str] = Counter()
        names = {one.name: [a.name for a in one.attributes] for one in self._relations}
        rounded = {one.name: _numbers(one) for one in self._relations if self._dialect == "sqlite"}
        for table, cells in rows:
            counts[table] += 1
            self._source.notes["rounded_numbers"] += sum(
                _is_rounded(cells[place]) for place in rounded.get(table, ())
            )
            batch = waiting[table]
            batch.append(dict(zip(names[table], cells, strict=True)))
            characters[table] += sum(len(cell) for cell in cells if isinstance(cell, str))
            if len(batch) == _BATCH or characters[table] > _CHARACTERS:
                connection.execute(self._tables.tables[table].insert(), batch)
                batch.clear()
                characters[table] = 0
        for table, batch in waiting.items():
            if batch:
                connection.execute(self._tables.tables[table].insert(), batch)
        return counts

    def _finish(self, connection: "Connection") -> None:
        """The links, where they could not be there from the beginning, and the table that explains all columns."""
        from sqlalchemy.schema import AddConstraint

        from crmexport.target.sql.tables import DICTIONARY, dictionary_rows, links

        for relation in self._relations if self._dialect not in (*LINKED_AT_ONCE, *UNLINKED) else ():
            for link in links(relation, self._dialect):
                self._tables.tables[relation.name].append_constraint(link)
                connection.execute(AddConstraint(link))
        explained = dictionary_rows(self._relations, self._translate)
        connection.execute(self._tables.tables[DICTIONARY].insert(), explained)


def _numbers(relation: Relation) -> Sequence[int]:
    """Where the numbers stand."""
    return [place for place, one in enumerate(relation.attributes) if one.type is Is.NUMBER]


def _is_rounded(value: Decimal | None) -> bool:
    """Whether SQLite keeps a number only nearly: it holds whole numbers of 64 bits and floats."""
    if value is None or fits_whole(value):
        return False
    return Decimal(repr(float(value))) != value
