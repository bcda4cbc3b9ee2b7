"""Read the tables of a database back: each row that was meant is asked for by its key, and none more may be there."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from crmexport.errors import OutputError
from crmexport.model import ENTITIES
from crmexport.target.job import Job
from crmexport.target.output import Output
from crmexport.target.readback.mismatch import Mismatch, held, of_file, shown
from crmexport.target.relational.rows import Cells
from crmexport.target.relational.schema import Relation
from crmexport.target.relational.source import Relational, relational
from crmexport.target.sql.dialects import takes
from crmexport.target.sql.numbers import fits_whole
from crmexport.target.sql.place import connected, engine_of
from crmexport.target.sql.write import closed, telling_database_failures
from crmexport.target.sql.written import is_noted
from crmexport.text import _

if TYPE_CHECKING:
    from sqlalchemy import Connection

_BATCH = 300
_NEARLY = Decimal("1e-15")  # of a number: what SQLite keeps of it


def differences(job: Job, outputs: Sequence[Output]) -> Iterator[Mismatch]:
    """Every row of the database that is not as meant. A database that cannot be read is one mismatch."""
    for one in outputs:
        job.watch(one.path, 0, one.rows)
        address = job.target.layout.sql.address
        file = job.root / one.path
        if not file.is_file():
            yield of_file(one.path, _("a readable file"), _("nothing"))
            continue
        if address and not is_noted(address):
            yield of_file(one.path, _("the tables in {address}").format(address=address), _unread())
            continue
        try:
            engine = engine_of(address, job.target.secret, file)
            with (
                relational(job, ENTITIES, partial(takes, engine.dialect.name)) as source,
                telling_database_failures(address),
                closed(engine),
                connected(engine) as connection,
            ):
                yield from _Reading(one.path, connection, source).differences()
        except OutputError as error:
            yield of_file(one.path, _("a readable file"), str(error))


def _unread() -> str:
    return _(
        "not looked at: no export by this user of this computer has written there, and no password goes where only a file says "
        "(export there once from here, or let CRMEXPORT_STATE name the folder that was used for it)"
    )


class _Reading:
    """One reading of all tables."""

    def __init__(self, path: str, connection: "Connection", source: Relational) -> None:
        self._path = path
        self._connection = connection
        self._source = source
        self._relations = {one.name: one for one in source.relations}
        self._is_sqlite = connection.dialect.name == "sqlite"

    def differences(self) -> Iterator[Mismatch]:
        """Every row that is missing or different, then the tables that have more rows than meant."""
        counts: Counter[str] = Counter()
        waiting: defaultdict[str, list[tuple[int, Cells]]] = defaultdict(list)
        for table, cells in self._source.rows():
            counts[table] += 1
            waiting[table].append((counts[table], cells))
            if len(waiting[table]) >= _BATCH:
                yield from self._batch(self._relations[table], waiting.pop(table))
        for table, batch in waiting.items():
            yield from self._batch(self._relations[table], batch)
        for name in self._relations:
            yield from self._number(name, counts[name])

    def _number(self, table: str, meant: int) -> Iterator[Mismatch]:
        from sqlalchemy import func, select
        from sqlalchemy.sql import table as named

        found = self._connection.scalar(select(func.count()).select_from(named(table)))
        if found != meant:
            yield of_file(self._path, f"{table}: {meant}", f"{table}: {found}")

    def _batch(self, relation: Relation, meant: Sequence[tuple[int, Cells]]) -> Iterator[Mismatch]:
        names = [one.name for one in relation.attributes]
        places = [names.index(name) for name in relation.key]
        found = {tuple(row[place] for place in places): row for row in self._rows(relation, meant)}
        for number, cells in meant:
            key = tuple(cells[place] for place in places)
            row = found.get(key)
            if row is None:
                place = f"{relation.name}.{relation.key[0]}"
                yield Mismatch(self._path, number, place, shown(key), _("nothing"))
                continue
            for name, cell, value in zip(names, cells, row, strict=True):
                if not self._same(cell, value):
                    place = f"{relation.name}.{name}"
                    yield Mismatch(self._path, number, place, shown(cell), shown(value))

    def _rows(self, relation: Relation, meant: Sequence[tuple[int, Cells]]) -> Iterator[Sequence[Any]]:
        """The rows whose first key column is one of those meant, as the database gives them."""
        from sqlalchemy import ColumnElement, column, select
        from sqlalchemy.sql import table as named

        columns: list[ColumnElement[Any]] = [column(one.name) for one in relation.attributes]
        first = columns[[one.name for one in relation.attributes].index(relation.key[0])]
        place = [one.name for one in relation.attributes].index(relation.key[0])
        wanted = list(dict.fromkeys(cells[place] for _number, cells in meant))
        asked = select(*columns).select_from(named(relation.name)).where(first.in_(wanted))
        yield from self._connection.execute(asked)

    @held
    def _same(self, meant: Any, found: Any) -> bool:
        if meant is None or found is None:
            return meant is found
        if isinstance(meant, Decimal):
            return _same_number(meant, found, nearly=self._is_sqlite)
        if isinstance(meant, datetime):
            return bool(_moment(found) == meant)
        if isinstance(meant, bool):
            return found in (0, 1) and bool(found) is meant
        if isinstance(meant, date):
            return str(found) == meant.isoformat()
        return bool(found == meant)


def _same_number(meant: Decimal, found: Any, nearly: bool) -> bool:
    number = Decimal(repr(found)) if isinstance(found, float) else Decimal(str(found))
    if number == meant:
        return True
    # The float nearest to a long fraction may be a whole number: SQLite gives it back as such. Where it has no longer floats to
    # reckon with, as on Windows, it misses the nearest one by some last places.
    return (
        nearly
        and not fits_whole(meant)
        and (float(meant) == found or abs(number - meant) <= abs(meant) * _NEARLY)
    )


def _moment(found: Any) -> datetime:
    """An instant as the database has it: with a zone, or in UTC without one."""
    at = datetime.fromisoformat(found) if isinstance(found, str) else found
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
