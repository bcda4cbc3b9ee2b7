"""An archive as its readers see it: whose it is, what it holds, page by page, and what is known to be missing."""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from sqlalchemy import and_, func, select

from crmexport.archive import asking as sql
from crmexport.archive import schema
from crmexport.archive.content import Content
from crmexport.archive.database import Database
from crmexport.archive.frontier import State
from crmexport.archive.opening import create, open_existing
from crmexport.archive.packing import DamagedError, unpack
from crmexport.archive.place import Place
from crmexport.archive.walking import steps
from crmexport.errors import ArchiveDamagedError, ConfigurationError, NoArchiveError
from crmexport.source import FILES, Gap, GapKind, Key, Request, Response
from crmexport.text import _
from crmexport.watch import Watch, nobody

_last_pass = select(func.max(schema.requests.c["pass"])).scalar_subquery()
_is_waiting = and_(schema.requests.c["pass"] == _last_pass, schema.requests.c.state == int(State.WAITING))


@dataclass(frozen=True, slots=True)
class Source:
    """Whose data this is: the connector's name, the account's address, the connector's options.

    Of the options, those in `apart` keep accounts at one address apart.
    """

    name: str
    url: str
    options: dict[str, Any] = field(default_factory=dict)
    apart: tuple[str, ...] = ()

    def about(self) -> dict[str, str]:
        """As the archive's own card keeps it."""
        options = json.dumps(self.options, ensure_ascii=False, sort_keys=True)
        return {"source": self.name, "url": self.url, "options": options}

    def is_of(self, other: "Source", siblings: Collection[str]) -> bool:
        """Whether that is the same account. Where one of both does not say of what is `apart`, it does not count."""
        told = [(self.options.get(name), other.options.get(name)) for name in other.apart]
        is_apart = any(one and another and one != another for one, another in told)
        return self.url == other.url and self.name in (other.name, *siblings) and not is_apart

    def beside(self, other: "Source") -> str:
        """What a person calls it, where it is to be told from `other`."""
        if self.url != other.url:
            return self.url
        told = [str(self.options[name]) for name in {*self.apart, *other.apart} if self.options.get(name)]
        return f"{self.url} ({', '.join(told)})" if self.name == other.name else self.name


class Page(NamedTuple):
    """A stored answer, where in it the current records are: (stream, id) → first byte and the one after the last, and under
    which others they stand.
    """

    request: Request
    response: Response
    current: dict[Key, tuple[int, int]]
    parents: dict[Key, Key]


class HeldFile(NamedTuple):
    """A file the source told of. `path` is None while its bytes are not held; `size` is as told, else that of the bytes held."""

    id: str
    name: str
    size: int | None
    owners: list[Key]
    meta: dict[str, Any]
    sha256: str | None
    path: Path | None


class Archive:
    """Reads an archive. One thread uses it; several processes may read while one pulls."""

    def __init__(self, database: Database) -> None:
        self.folder = database.folder
        self.database = database
        self.content = Content(self.folder / "files")
        self.source = self._whose(database.about())

    def _whose(self, known: Mapping[str, str]) -> Source:
        try:
            return Source(known["source"], known["url"], json.loads(known["options"]))
        except (KeyError, TypeError, ValueError) as damage:
            self.close()
            raise ArchiveDamagedError(
                _(
                    "The archive {folder} does not say any more whose it is. Restore it from a copy, or pull into a new folder."
                ).format(folder=self.folder)
            ) from damage

    @classmethod
    def open(cls, place: Place, *, alone: bool = False) -> Self:
        """Open an archive that is there, for changing it `alone` if so wished.

        Raises ConfigurationError, ArchiveDamagedError, ArchiveUnreachableError or ArchiveInUseError with a sentence.
        """
        return cls(open_existing(place, alone=alone))

    @classmethod
    def source_in(cls, place: Place) -> Source | None:
        """Whose archive is there; None when there is none, or no sign-in to that source was accepted yet. Raises as `open` does."""
        try:
            with cls.open(place) as archive:
                return archive.source if archive.runs() else None
        except NoArchiveError:
            return None

    @classmethod
    def open_for(cls, place: Place, source: Source) -> Self:
        """Open the archive of `source` for changing it alone, making it if need be.

        Raises ArchiveInUseError when another process does so, ConfigurationError when it is another account's.
        """
        archive = cls(create(place, source.about()))
        try:
            archive.must_be_of(source)
            if (archive.source.name, archive.source.url) != (source.name, source.url):
                archive._become(source)
        except BaseException:
            archive.close()
            raise
        return archive

    def _become(self, source: Source) -> None:
        """Be the archive of another account: nobody came in by the address that was typed first."""
        with self.database.transaction():
            for name, value in source.about().items():
                self.database.note_about(name, value)
        self.source = source

    def must_be_of(self, source: Source, siblings: Collection[str] = ()) -> None:
        """Raises ConfigurationError when it is another account's. `siblings` are other connectors that `source` may turn out to want.

        An archive into which no pull has begun is nobody's: its address may have been a mistake.
        """
        if not self.runs() and not self.counts():
            return
        if not self.source.is_of(source, siblings):
            raise _of_another(self.database.place, self.source, source, is_empty=not self.counts())

    def note_options(self, options: Mapping[str, Any]) -> None:
        """Keep with which options the connector pulls from now on. Belongs into the caller's transaction."""
        self.source = replace(self.source, options=dict(options))
        self.database.note_about("options", self.source.about()["options"])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()

    def unchanged(self) -> AbstractContextManager[None]:
        """What is read within is of one moment, though a pull goes on beside it: else a record that it moves would be met nowhere."""
        return self.database.unchanged()

    def counts(self) -> dict[str, int]:
        """How many records of each stream are held; `file` counts the files whose bytes are held. Deleted ones are left out."""
        lines = dict(self.database.found(sql.COUNT_HELD, ()))
        ((files,),) = self.database.found(sql.COUNT_FILES_HELD, ())
        return {**lines, **({FILES: files} if self.files_known() else {})}

    def deleted(self) -> dict[str, int]:
        """How many records of each stream are kept though the source has deleted them."""
        return dict(self.database.found(sql.COUNT_DELETED, ()))

    def files_known(self) -> int:
        """How many files the source told of."""
        return int(self.database.found(sql.COUNT_FILES, ())[0][0])

    def pages(self, streams: Collection[str]) -> Iterator[Page]:
        """The stored answers that hold current records of `streams`, in the order they came."""
        table = schema.records
        numbers = (
            select(table.c.response)
            .where(table.c.stream.in_(streams), table.c.deleted.is_(None))
            .distinct()
            .order_by(table.c.response)
        )
        for (number,) in self._rows(numbers):
            yield self.page(number, streams)

    def page(self, number: int, streams: Collection[str]) -> Page:
        """One stored answer by its number."""
        here = [row for row in self.database.found(sql.PLACES, (number,)) if row[0] in streams]
        current = {(stream, id): (start, end) for stream, id, start, end, *_parent in here}
        parents = {(row[0], row[1]): (row[4], row[5]) for row in here if row[4] is not None}
        return Page(*self.answer(number), current, parents)

    def records(self, stream: str) -> Iterator[tuple[str, bytes, str | None, Key | None]]:
        """Every current record of `stream`: id, exact bytes, time of change, parent (stream, id); in the order they came."""
        for (number,) in self.database.found(sql.ANSWERS_WITH, (stream,)):
            body = self.answer(number)[1].body
            here = self.database.found(sql.RECORDS, (stream, number))
            for id, start, end, modified, parent_stream, parent_id in here:
                yield id, body[start:end], modified, (parent_stream, parent_id) if parent_stream else None

    def cut(self, number: int, start: int, end: int) -> tuple[str, bytes]:
        """When a stored answer was received (ISO 8601, UTC), and a piece of its body."""
        table = schema.responses
        received = self._rows(select(table.c.received).where(table.c.id == number))
        return received[0][0] if received else "?", self.answer(number)[1].body[start:end]

    def files(self) -> Iterator[HeldFile]:
        """Every file the source told of, by id."""
        for batch in steps(self._files_after, lambda row: row[0], before=""):
            owners = self._owners([id for id, *_more in batch])
            for id, name, size, meta, digest, length in batch:
                path = self.content.path(digest) if digest else None
                told = length if size is None else size
                yield HeldFile(id, name, told, owners.get(id, []), self._description(id, meta), digest, path)

    def _files_after(self, last: str) -> list[Any]:
        """The next rows. One changed byte is enough for SQLite to take a text for something else."""
        rows = self.database.found(sql.FILES, (last,))
        for id, name, _size, meta, digest, _length in rows:
            if not all(isinstance(one, str) for one in (id, name, meta, digest or "")):
                raise self._damaged_file(id)
        return rows

    def _description(self, id: str, meta: str) -> dict[str, Any]:
        try:
            return dict(json.loads(meta))
        except (TypeError, ValueError) as damage:
            raise self._damaged_file(id) from damage

    def _damaged_file(self, id: object) -> ArchiveDamagedError:
        return ArchiveDamagedError(
            _(
                "The description of file {id} in the archive {folder} is damaged. Restore a copy, or pull into a new folder."
            ).format(id=id, folder=self.folder)
        )

    def check(self, watch: Watch = nobody) -> Iterator[str]:
        """One sentence for every damaged thing; none when all is as it was stored."""
        from crmexport.archive.check import check

        return check(self, watch)

    def gaps(self) -> list[Gap]:
        """What is known to exist and is not held.

        A list of what stands under a record is no record: while that one is there and announces some, the list is refused and
        not deleted, though the source says that there is no such thing.
        """
        words = _("The record is there and tells of some, but when its list is asked for: {words}")
        return [
            Gap(stream, id, GapKind.REFUSED, words.format(words=reason))
            if doubtful
            else Gap(stream, id, GapKind(kind), reason)
            for stream, id, kind, reason, doubtful in self.database.found(sql.GAPS, ())
        ]

    def announced(self) -> dict[str, tuple[int, int]]:
        """How many records there should be, as far as the source said so: stream → (by its lists, by links alone).

        A stream that only links told of is left out.
        """
        found = self.database.found(sql.ANNOUNCED, ())
        sums = {(stream, bool(link)): int(number) for stream, link, number in found}
        return {s: (number, sums.get((s, True), 0)) for (s, link), number in sums.items() if not link}

    def announced_in(self, stream: str, scope: str) -> int:
        """How many records of `stream` the source said there are within `scope`; 0 when it did not say."""
        found = self.database.found(sql.ANNOUNCED_IN, (stream, scope))
        return int(found[0][0]) if found else 0

    def runs(self) -> list[dict[str, Any]]:
        """All runs so far, oldest first. Of one that goes on or was killed, `ended` is None; all have a `last` sign of life."""
        found = [row._mapping for row in self._rows(select(schema.runs).order_by(schema.runs.c.id))]
        return [
            {**run, "ended": run["ended"] if run["outcome"] else None, "last": run["ended"] or run["started"]}
            for run in found
        ]

    def state(self) -> str:
        """How far the archive has come: another text after every pull, and while one goes on; the same whatever is pruned."""
        seen, table = self.runs(), schema.responses
        if not seen:
            return ""
        line = select(table.c.id, table.c.run).order_by(table.c.id.desc()).limit(1)
        answer = self.database.connection.execute(line).first()
        last = seen[-1]
        number = answer.id if answer and answer.run == last["id"] else 0
        return f"{last['id']} {last['ended'] or last['started']} {number}"

    def unasked(self) -> dict[str, int]:
        """How many requests the last pull has still to make, by the stream they are about."""
        line = select(schema.requests.c.payload).where(_is_waiting)
        waiting = (
            Request.load(unpack(payload).decode()) for (payload,) in self.database.connection.execute(line)
        )
        return dict(sorted(Counter(request.stream for request in waiting).items()))

    def waiting(self) -> int:
        """How many requests the last pull has still to make."""
        return int(self._rows(select(func.count()).where(_is_waiting))[0][0])

    def answer(self, number: int) -> tuple[Request, Response]:
        """One stored answer and what was asked. Raises ArchiveDamagedError when it is not as it was stored."""
        found = self.database.found(sql.ANSWER, (number,))
        try:
            ((asked, status, body),) = found
            return Request.load(unpack(asked).decode()), Response(status, {}, unpack(body))
        except (DamagedError, ValueError) as damage:
            raise ArchiveDamagedError(
                _(
                    "Answer {number} in the archive {folder} is damaged. “crmexport archive check” lists what is; "
                    "restore a copy, or pull into a new folder."
                ).format(number=number, folder=self.database.place)
            ) from damage

    def _owners(self, ids: Collection[str]) -> dict[str, list[Key]]:
        """On what files hang; on deleted records only those that hang on no other, as they do after two have been merged."""
        found: dict[str, list[Key]] = {}
        told = self.database.found(sql.OWNERS, (self.database.listed(ids),))
        for file, its in groupby(told, itemgetter(0)):
            owners = list(its)
            any_held = any(response is not None and deleted is None for *_key, response, deleted in owners)
            found[file] = [
                (stream, id)
                for _file, stream, id, _response, deleted in owners
                if deleted is None or not any_held
            ]
        return found

    def _rows(self, line: Any) -> list[Any]:
        return list(self.database.connection.execute(line))


def _of_another(place: str, held: Source, asked: Source, *, is_empty: bool) -> ConfigurationError:
    """One mistyped address makes an archive of its own: whoever types the right one shall know that nothing is lost with it."""
    names = {"held": held.beside(asked), "asked": asked.beside(held)}
    sentences = [
        _("The archive in {folder} belongs to {held}, not to {asked}. Give another folder for --archive.")
    ]
    if is_empty:
        sentences.append(
            _("Nothing has been pulled into this one: if that address was a mistake, you may delete it.")
        )
    return ConfigurationError(" ".join(sentences).format(folder=place, **names))
