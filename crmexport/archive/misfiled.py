"""Which records the index has wrong: every answer is read once more by its connector and compared with the index.

Done when the database as a whole is not what it was: then the bodies may be sound while what points to them is not. Both
sides go row by row into a database of their own, which lies in a temporary file, so that memory stays flat at any size.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime
from tempfile import gettempdir
from typing import Any

from sqlalchemy import select

from crmexport.archive import schema
from crmexport.archive.replay import connector_of
from crmexport.archive.store import Archive
from crmexport.archive.walking import steps
from crmexport.errors import CrmExportError, OutputError
from crmexport.source import Connector, connector_names
from crmexport.source.contract import rows_in
from crmexport.text import _

Entry = tuple[str, str, int, int, int, str | None, str | None]
"""Stream and id of a record, the number of its answer, its place there, stream and id of its parent."""

BATCH = 200
_COLUMNS = "stream, id, answer, start, stop, parent_stream, parent_id"
_PLACE = " AND ".join(f"given.{name} IS held.{name}" for name in _COLUMNS.split(", ")[:5])
_UNDER = " AND ".join(
    f"{{0}}.{name} IS held.{name}" for name in ("stream", "id", "parent_stream", "parent_id")
)
# An answer that names no parent leaves the record where an earlier one told it to be.
_SAME = f"""{_PLACE} AND ({_UNDER.format("given")} OR given.parent_stream IS NULL
    AND EXISTS (SELECT 1 FROM given AS earlier WHERE {_UNDER.format("earlier")}))"""  # noqa: S608 - made of the names above
_WRONG = f"""
    SELECT stream, id, NULL FROM held WHERE NOT EXISTS (SELECT 1 FROM given WHERE {_SAME})
    UNION ALL
    SELECT stream, id, max(answer) FROM given
    WHERE NOT EXISTS (SELECT 1 FROM held WHERE held.stream = given.stream AND held.id = given.id)
    GROUP BY stream, id
    ORDER BY 1, 2
"""  # noqa: S608 - made of the names above


def misfiled(archive: Archive) -> Iterator[str]:
    """One sentence for every record that the index does not have as some answer gave it. Raises OutputError without room."""
    if archive.source.name not in connector_names():
        return
    try:
        for stream, id, answer in differing(_given(archive, connector_of(archive)), _held(archive)):
            if answer is None:
                yield _wrongly_told(stream, id)
            else:
                yield _("Record {stream} {id} is in answer {number}, but not in the index.").format(
                    stream=stream, id=id, number=answer
                )
    except sqlite3.Error as failure:
        raise OutputError(
            _(
                "The answers cannot be compared with the index ({words}). Free some room in {folder}, and check once more."
            ).format(words=failure, folder=gettempdir())
        ) from failure
    yield from (_wrongly_told(stream, id) for stream, id in _undated(archive))


def _wrongly_told(stream: str, id: str) -> str:
    return _("What the index says of record {stream} {id} is damaged.").format(stream=stream, id=id)


def _undated(archive: Archive) -> Iterator[tuple[str, str]]:
    """Records that are marked as deleted at no moment: a mark that nobody made, and for which no reader would meet them."""
    table = schema.records.c
    line = select(table.stream, table.id, table.deleted).where(table.deleted.is_not(None))
    for stream, id, moment in archive.database.rows(line.order_by(table.stream, table.id)):
        try:
            datetime.fromisoformat(moment)
        except (TypeError, ValueError):
            yield stream, id


def differing(given: Iterable[Entry], held: Iterable[Entry]) -> Iterator[tuple[str, str, int | None]]:
    """The records that are held otherwise than any answer gave them, and (with the last answer) those that are not held.

    In order of stream and id. Neither side is held in memory.
    """
    with closing(sqlite3.connect("")) as beside:
        for name, entries in (("given", given), ("held", held)):
            beside.execute(f"CREATE TABLE {name} ({_COLUMNS})")
            beside.executemany(f"INSERT INTO {name} VALUES (?, ?, ?, ?, ?, ?, ?)", entries)  # noqa: S608
            beside.execute(f"CREATE INDEX {name}_key ON {name} (stream, id)")
        yield from beside.execute(_WRONG)


def _given(archive: Archive, connector: Connector) -> Iterator[Entry]:
    """Where the answers have each record. Damaged answers give none; they are named on their own account."""
    for number in _numbers(archive):
        for row in _rows(archive, connector, number):
            yield row.stream, row.id, number, row.start, row.end, *(row.parent or (None, None))


def _numbers(archive: Archive) -> Iterator[int]:
    number = schema.responses.c.id
    question = select(number).order_by(number).limit(BATCH)
    ask = archive.database.connection.execute
    for batch in steps(lambda last: list(ask(question.where(number > last)).scalars()), int, before=0):
        yield from batch


def _rows(archive: Archive, connector: Connector, number: int) -> list[Any]:
    try:
        page = archive.page(number, [])
        return list(rows_in(connector, page.request, page.response))
    except (CrmExportError, ValueError, LookupError, TypeError):
        return []


def _held(archive: Archive) -> Iterator[Entry]:
    table = schema.records.c
    place = (table.stream, table.id, table.response, table.start, table.end)
    for row in archive.database.rows(select(*place, table.parent_stream, table.parent_id)):
        yield tuple(row)
