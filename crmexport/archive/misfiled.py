"""Which records the index has wrong: every answer is read once more by its connector and compared with the index.

Done when the database as a whole is not what it was: then the bodies may be sound while what points to them is not.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from crmexport.archive import schema
from crmexport.archive.replay import connector_of
from crmexport.archive.store import Archive
from crmexport.errors import CrmExportError
from crmexport.source import Connector, connector_names
from crmexport.source.contract import rows_in
from crmexport.text import _

Key = tuple[str, str]
Entry = tuple[int, int, int, str | None, str | None]


def misfiled(archive: Archive) -> Iterator[str]:
    """One sentence for every record that the index does not have as some answer gave it."""
    if archive.source.name not in connector_names():
        return
    given = _given(archive, connector_of(archive))
    held = _held(archive)
    for stream, id in sorted(held.keys() | given.keys()):
        entry, told = held.get((stream, id)), given.get((stream, id), [])
        if entry is None:
            yield _("Record {stream} {id} is in answer {number}, but not in the index.").format(
                stream=stream, id=id, number=told[-1][0]
            )
        elif entry not in told:
            yield _("What the index says of record {stream} {id} is damaged.").format(stream=stream, id=id)


def _given(archive: Archive, connector: Connector) -> dict[Key, list[Entry]]:
    """Where the answers have each record. Damaged answers give none; they are named on their own account."""
    given: dict[Key, list[Entry]] = defaultdict(list)
    numbers = archive.database.connection.execute(select(schema.responses.c.id)).scalars().all()
    for number in sorted(numbers):
        for row in _rows(archive, connector, number):
            entry = (number, row.start, row.end, *(row.parent or (None, None)))
            given[row.stream, row.id].append(entry)
    return given


def _rows(archive: Archive, connector: Connector, number: int) -> list[Any]:
    try:
        page = archive.page(number, [])
        return list(rows_in(connector, page.request, page.response))
    except (CrmExportError, ValueError, LookupError, TypeError):
        return []


def _held(archive: Archive) -> dict[Key, Entry]:
    table = schema.records.c
    columns = (
        table.stream,
        table.id,
        table.response,
        table.start,
        table.end,
        table.parent_stream,
        table.parent_id,
    )
    return {(row[0], row[1]): tuple(row[2:]) for row in archive.database.connection.execute(select(*columns))}
