"""Keeping an answer: the body as received, the records read from it and all it taught, in the caller's one transaction."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from crmexport.archive import schema
from crmexport.archive.database import Database
from crmexport.archive.packing import pack
from crmexport.source import Announced, FileRef, Gap, GapKind, Reading, Request, Response, Row

LINKS_REMEMBERED = 5_000
LINKED = "linked/"  # the scope of a record that no list gave, only a link


def _insert(table: Any, *columns: str) -> Any:
    return insert(table).values({name: bindparam(name) for name in columns})


_response = _insert(schema.responses, "run", "received", "status", "request", "sha256", "body")
_record_columns = (
    "stream",
    "id",
    "sha256",
    "response",
    "start",
    "end",
    "parent_stream",
    "parent_id",
    "modified",
)
_record = _insert(schema.records, *_record_columns)
_new_record = _record.on_conflict_do_nothing()
_changed_record = _record.on_conflict_do_update(
    index_elements=["stream", "id"],
    set_={name: _record.excluded[name] for name in _record_columns[2:]},
)
_version = _insert(schema.versions, "stream", "id", "sha256", "response", "start", "end", "replaced_by")
_link = _insert(schema.links, "stream", "id").on_conflict_do_nothing()
_file = _insert(schema.files, "id", "name", "size", "meta").on_conflict_do_nothing()
_owner = _insert(schema.file_owners, "file", "stream", "id").on_conflict_do_nothing()
_gap_row = _insert(schema.gaps, "stream", "id", "kind", "reason")
_gap = _gap_row.on_conflict_do_update(
    index_elements=["stream", "id"], set_={"kind": _gap_row.excluded.kind, "reason": _gap_row.excluded.reason}
)
_announcement = _insert(schema.announced, "stream", "scope", "number")
_announced = _announcement.on_conflict_do_update(
    index_elements=["stream", "scope"], set_={"number": _announcement.excluded.number}
)
_places = (
    schema.records.c.id,
    schema.records.c.sha256,
    schema.records.c.response,
    schema.records.c.start,
    schema.records.c.end,
)
_asked_ids = func.json_each(bindparam("ids")).table_valued("value")
_held = select(*_places).where(
    schema.records.c.stream == bindparam("of"), schema.records.c.id.in_(select(_asked_ids.c.value))
)
_forgotten = delete(schema.responses).where(schema.responses.c.id == bindparam("number"))
_filled = delete(schema.gaps).where(
    schema.gaps.c.stream == bindparam("s"), schema.gaps.c.id == bindparam("i")
)


class Answers:
    """Writes what a run learns. Every method belongs into the caller's transaction. `new` counts records never held before."""

    def __init__(self, database: Database, run: int) -> None:
        self._database = database
        self._run = run
        self._linked: set[tuple[str, str]] = set()
        self.new: Counter[str] = Counter()
        self._gaps = self._count_gaps()

    def keep(self, request: Request, response: Response, readings: Sequence[Reading]) -> None:
        """Keep a whole answer with everything that was read from it (several readings for a bulk answer).

        A body whose records are all known and unchanged is not kept again.
        """
        rows = {(row.stream, row.id): row for reading in readings for row in reading.records}
        number = self._keep_body(request, response)
        if rows and not self._keep_records(list(rows.values()), response.body, number):
            self._database.one(_forgotten, (number,))
        for reading in readings:
            self._keep_taught(reading)
        self._fill(rows)

    def announce(self, announced: Sequence[Announced]) -> None:
        """Note how many records there should be; the same scope again replaces the earlier figure."""
        self._database.many(_announced, [tuple(one) for one in announced])

    def gap(self, gaps: Iterable[Gap]) -> None:
        """Note what is known to exist and is not held."""
        rows = [(gap.stream, gap.id, gap.kind.value, gap.reason) for gap in gaps]
        self._database.many(_gap, rows)
        self._gaps += len(rows)

    def files_held(self, ids: Sequence[str]) -> set[str]:
        """Which of these files' bytes are held already."""
        table = schema.files
        line = select(table.c.id).where(table.c.id.in_(ids), table.c.sha256.is_not(None))
        return set(self._database.connection.execute(line).scalars())

    def file_held(self, id: str, digest: str, size: int) -> None:
        """Note that a file's bytes are in the content folder."""
        table = schema.files
        change = update(table).where(table.c.id == id).values(sha256=digest, bytes=size)
        self._database.connection.execute(change)
        self.new["file"] += 1
        self._fill([("file", id)])

    def forget_broken(self) -> None:
        """Take back the gaps that a new try may fill."""
        broken = delete(schema.gaps).where(schema.gaps.c.kind == GapKind.BROKEN.value)
        self._database.connection.execute(broken)

    def forget_gaps(self) -> None:
        """Take back all gaps: a new pull asks for everything again."""
        self._database.connection.execute(delete(schema.gaps))

    def _keep_body(self, request: Request, response: Response) -> int:
        received = datetime.now(UTC).isoformat(timespec="seconds")
        digest = sha256(response.body).digest()
        asked = pack(request.dump().encode())
        row = (self._run, received, response.status, asked, digest, pack(response.body))
        return int(self._database.one(_response, row).lastrowid)

    def _keep_records(self, rows: Sequence[Row], body: bytes, response: int) -> int:
        """Keep what is new or different, with the version it replaces; how many that were."""
        kept = [_indexed(row, body, response) for row in rows]
        added: int = self._database.many(_new_record, kept)
        if added == len(kept):
            self.new.update(row.stream for row in rows)
            return added
        return self._keep_changes(kept, response)

    def _keep_changes(self, kept: Sequence[tuple[Any, ...]], response: int) -> int:
        """Some of the records were held before: replace those that differ."""
        held = self._held(kept)
        self.new.update(row[0] for row in kept if held[row[0], row[1]].response == response)
        changed = [row for row in kept if held[row[0], row[1]].sha256 != row[2]]
        before = [(row, held[row[0], row[1]]) for row in changed]
        replaced = [(*row[:2], old.sha256, old.response, old.start, old.end, response) for row, old in before]
        self._database.many(_version, replaced)
        self._database.many(_changed_record, changed)
        added = [one for one in held.values() if one.response == response]
        return len(changed) + len(added)

    def _held(self, rows: Sequence[tuple[Any, ...]]) -> dict[tuple[str, str], Any]:
        asked: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            asked[row[0]].append(row[1])
        return {
            (stream, found.id): found
            for stream, ids in asked.items()
            for found in self._database.one(_held, (stream, json.dumps(ids)))
        }

    def _keep_taught(self, reading: Reading) -> None:
        fresh = reading.links - self._linked
        self._database.many(_link, sorted(fresh))
        if len(self._linked) < LINKS_REMEMBERED:
            self._linked |= fresh
        self._keep_files(reading.files)
        self.announce(reading.announced)
        self.gap(reading.gaps)

    def _keep_files(self, files: Sequence[FileRef]) -> None:
        self._database.many(_file, [(file.id, file.name, file.size, file.meta) for file in files])
        self._database.many(_owner, [(file.id, *file.owner) for file in files])

    def _fill(self, held: Iterable[tuple[str, str]]) -> None:
        """What is held is no gap any more."""
        if self._gaps:
            self._database.many(_filled, list(held))

    def _count_gaps(self) -> int:
        return int(
            self._database.connection.execute(select(func.count()).select_from(schema.gaps)).scalar_one()
        )


def _indexed(row: Row, body: bytes, response: int) -> tuple[Any, ...]:
    """A record's row in the index, in the order of the columns."""
    parent_stream, parent_id = row.parent or (None, None)
    digest = sha256(body[row.start : row.end]).digest()
    return row.stream, row.id, digest, response, row.start, row.end, parent_stream, parent_id, row.modified
