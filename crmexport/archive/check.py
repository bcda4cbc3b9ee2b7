"""Whether the archive still holds exactly what was stored: every body, every record, every file, by its sha256."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam, func, select

from crmexport.archive import schema
from crmexport.archive.misfiled import misfiled
from crmexport.archive.packing import DamagedError, unpack
from crmexport.archive.store import Archive
from crmexport.archive.walking import steps
from crmexport.errors import ArchiveDamagedError, OutputError
from crmexport.source import Request
from crmexport.text import _
from crmexport.watch import Watch, counted, nobody

BATCH = 200
_INDEXES = (schema.records, schema.versions)
_HELD_IN = tuple(
    select(table.c.stream, table.c.id, table.c.sha256, table.c.start, table.c.end).where(
        table.c.response == bindparam("response")
    )
    for table in _INDEXES
)
_ORPHANS = tuple(
    select(func.count())
    .select_from(table)
    .where(~select(schema.responses.c.id).where(schema.responses.c.id == table.c.response).exists())
    for table in _INDEXES
)


def check(archive: Archive, watch: Watch = nobody) -> Iterator[str]:
    """One sentence for every damaged thing, naming it. Memory stays flat; reads everything once."""
    try:
        watch(_("the database itself"), 0, None)
        yield from (unsound := list(archive.database.unsound()))
        yield from _answers(archive, watch)
        archive.database.must_be_there()
        yield from _files(archive, watch)
        if unsound:
            yield from misfiled(archive)
    except (ArchiveDamagedError, OutputError) as failure:
        yield str(failure)
    except (TypeError, ValueError, LookupError, ArithmeticError) as failure:
        yield _("The archive holds a value that cannot be one ({words}); the check ends here.").format(
            words=f"{type(failure).__name__}: {failure}"
        )


def _answers(archive: Archive, watch: Watch) -> Iterator[str]:
    table = schema.responses
    last_of_all = _rows(archive, select(func.max(table.c.id)))[0][0]
    line = select(table.c.id, table.c.sha256, table.c.request, table.c.body).order_by(table.c.id).limit(BATCH)
    for batch in steps(
        lambda last: _rows(archive, line.where(table.c.id > last)), lambda row: row.id, before=0
    ):
        for row in batch:
            yield from _answer(archive, row)
        watch(_("stored answers"), batch[-1].id, last_of_all)
    if lost := sum(_rows(archive, orphans)[0][0] for orphans in _ORPHANS):
        yield _("{number} records name an answer that is not in the archive any more.").format(number=lost)


def _answer(archive: Archive, row: Any) -> Iterator[str]:
    try:
        Request.load(unpack(row.request).decode())
        body = unpack(row.body)
    except (DamagedError, ValueError, TypeError):
        body = None
    if body is None or sha256(body).digest() != row.sha256:
        yield _("Answer {number} is damaged.").format(number=row.id)
        body = body or b""
    for question in _HELD_IN:
        for record in archive.database.one(question, (row.id,)):
            if sha256(body[record.start : record.end]).digest() != record.sha256:
                yield _("Record {stream} {id} is damaged.").format(stream=record.stream, id=record.id)


def _files(archive: Archive, watch: Watch) -> Iterator[str]:
    for file in counted(archive.files(), watch, _("files"), archive.files_known()):
        if file.sha256 and not archive.content.is_whole(file.sha256):
            yield _(
                "The bytes of file {id} ({name}) are damaged or missing. “crmexport pull --full” fetches them again."
            ).format(id=file.id, name=file.name)


def _rows(archive: Archive, line: Any) -> list[Any]:
    return list(archive.database.connection.execute(line))
