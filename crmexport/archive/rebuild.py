"""Read all stored answers anew, as the connector reads them today, and put into the index what it lacks.

A connector may have overlooked records, or read them at the wrong place. What the source once answered is all here, so that a
later version can mend that, even after the account is gone. Nothing is dropped, and nothing that a later answer said is undone:
what is held stays as it is where the connector reads it as before.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, func, select

from crmexport.archive import keeping
from crmexport.archive.answers import indexed
from crmexport.archive.held import Held, HeldRecords, has_moved
from crmexport.archive.known_files import described
from crmexport.archive.schema import passes, responses, runs
from crmexport.archive.store import Archive
from crmexport.archive.walking import steps
from crmexport.archive.wording import step
from crmexport.errors import ArchiveDamagedError
from crmexport.source import Announced, Connector, FileRef, Key, Reading, Request, Row
from crmexport.source.contract import readings_in

_count = select(func.count()).select_from(responses)
_answers = step(
    select(responses.c.id, responses.c.received, func.max(passes.c.id))
    .join(runs, runs.c.id == responses.c.run)
    .join(passes, passes.c.pull == runs.c.pull)
    .where(responses.c.id > bindparam("last"))
    .group_by(responses.c.id, responses.c.received)
    .order_by(responses.c.id)
)


@dataclass
class Rebuilt:
    """What reading `answers` anew found: records by stream that the index lacked (`added`) or had otherwise (`changed`), and
    `files` it did not know; `unread` answers the connector cannot read, or they are damaged."""

    answers: int = 0
    unread: int = 0
    added: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    files: int = 0


def rebuild(
    archive: Archive,
    connector: Connector,
    *,
    really: bool = True,
    watch: Callable[[], object] = lambda: None,
) -> Rebuilt:
    """Do it, in one transaction; without `really`, only say what would be found. `watch` is called after each answer.

    The caller holds the archive's lock.
    """
    rebuilding = _Rebuilding(archive, connector)
    with archive.database.transaction():
        for number, received, pass_ in _stored(archive):
            rebuilding.look(number, received, pass_)
            watch()
        if not really:
            archive.database.connection.rollback()
        archive.database.must_be_there()
    return rebuilding.found


def stored(archive: Archive) -> int:
    """How many answers there are."""
    return int(archive.database.found(_count, ())[0][0])


def _stored(archive: Archive) -> Iterator[tuple[int, str, int]]:
    """Every answer, in the order they came: its number, when it came, and the last pass of its pull."""
    for batch in steps(
        lambda last: archive.database.found(_answers, (last,)), lambda row: int(row[0]), before=0
    ):
        yield from ((int(number), received, int(pass_)) for number, received, pass_ in batch)


class _Rebuilding:
    def __init__(self, archive: Archive, connector: Connector) -> None:
        self._archive, self._connector = archive, connector
        self._database = archive.database
        self._held = HeldRecords(archive.database, connector.is_same)
        self._told = {stream for (stream,) in self._database.found(keeping.ANNOUNCED_STREAMS, ())}
        self.found = Rebuilt()

    def look(self, number: int, received: str, pass_: int) -> None:
        """Read one answer anew, and keep what the index lacks of it."""
        self.found.answers += 1
        try:
            request, response = self._archive.answer(number)
            readings = readings_in(self._connector, request, response)
        except (ValueError, ArchiveDamagedError):
            self.found.unread += 1
            return
        rows = {
            (row.stream, row.id): indexed(row, response.body, number, _listed(row, one, pass_))
            for one, reading in readings
            for row in reading.records
        }
        held = self._held.places(rows)
        self._add([row for key, row in rows.items() if key not in held])
        self._mend([row for key, row in rows.items() if key in held], response.body, number, held, received)
        for _one, reading in readings:
            self._learn(reading, pass_, rows, number)

    def _add(self, rows: list[tuple[Any, ...]]) -> None:
        self._database.many(keeping.NEW_RECORD, rows)
        self.found.added.update(row[0] for row in rows)

    def _mend(
        self,
        rows: list[tuple[Any, ...]],
        body: bytes,
        number: int,
        held: Mapping[Key, Held],
        received: str,
    ) -> None:
        """Records that lie elsewhere in this answer than was thought, and those that it shows otherwise than an earlier one."""
        misread = [row for row in rows if _is_misread(row, held[row[:2]])]
        earlier = [row for row in rows if held[row[:2]].response < number]
        differing = [row for row in earlier if row[2] != held[row[:2]].sha256]
        bodies = self._held.bodies({held[row[:2]].response for row in differing})
        missed = [row for row in differing if not self._held.says_the_same(row, body, held[row[:2]], bodies)]
        before = [(*row[:2], held[row[:2]]) for row in missed]
        versions = [
            (stream, id, old.sha256, old.response, old.start, old.end, received) for stream, id, old in before
        ]
        self._database.many(keeping.VERSION, versions)
        self._database.many(keeping.CHANGED_RECORD, misread + missed)
        self.found.changed.update(row[0] for row in misread + missed)

    def _learn(self, reading: Reading, pass_: int, shown: Collection[Key], number: int) -> None:
        """Links and files, and how many there should be of kinds of which nobody told that before.

        What hangs on a record is told by its last version, and by none of one that is deleted.
        """
        self._database.many(keeping.LINK, sorted(reading.links))
        self._know(reading.files)
        new = [one for one in reading.announced if one.stream not in self._told]
        held = self._held.places({_bearer(one) for one in new})
        past = {key for key, old in held.items() if old.deleted or (key in shown and old.response != number)}
        announced = [(*one, pass_) for one in new if _bearer(one) not in past]
        self._database.many(keeping.ANNOUNCED, announced)

    def _know(self, files: list[FileRef]) -> None:
        told = {file.id: file for file in files}
        rows = (
            self._database.found(keeping.KNOWN_FILES, (self._database.listed(sorted(told)),)) if told else []
        )
        new = [told[id] for id in sorted(told.keys() - {id for id, *_more in rows})]
        self._database.many(keeping.FILE, [described(file) for file in new])
        self._database.many(keeping.OWNER, [(file.id, *file.owner) for file in told.values()])
        self.found.files += len(new)


def _bearer(announced: Announced) -> Key:
    """The record on which what is announced hangs, by its scope; no record's key where that is a list."""
    stream, _slash, rest = announced.scope.partition("/")
    return stream, rest.partition("/")[0]


def _listed(row: Row, request: Request, pass_: int) -> int:
    """In which pass a list showed the record; 0 when it was asked for by itself."""
    return 0 if request.subject == (row.stream, row.id) and not request.listed else pass_


def _is_misread(row: tuple[Any, ...], old: Held) -> bool:
    """Whether a record (as its row in the index) lies elsewhere in its answer than was thought, or under another record."""
    is_elsewhere = (row[4], row[5]) != (old.start, old.end)
    return row[3] == old.response and (is_elsewhere or has_moved(row, old))
