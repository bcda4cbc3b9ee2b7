"""Keeping an answer: the body as received, the records read from it and all it taught, in the caller's one transaction."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from sqlalchemy import and_, delete, select

from crmexport.archive import keeping as sql
from crmexport.archive import schema
from crmexport.archive.database import Database
from crmexport.archive.held import HeldRecords, Same, by_stream, equal, has_moved
from crmexport.archive.known_files import KnownFiles
from crmexport.archive.packing import pack
from crmexport.archive.wording import LINKED
from crmexport.source import FILES, Announced, Gap, GapKind, Key, Reading, Request, Response, Row
from crmexport.text import _, encodable

LINKS_REMEMBERED = 5_000


class Answers:
    """Writes what a pass learns. Every method belongs into the caller's transaction.

    - `new` counts, by stream, records that were never held before;
    - `held` looks at those that are;
    - `replaced` are the records of the last answer that said something else before;
    - `files` are the files that the last answer describes.

    `same` tells whether two decoded bodies of a record say the same (see `Connector.is_same`); `told` makes of the reason of a gap
    what may be told of it.
    """

    def __init__(
        self,
        database: Database,
        run: int,
        pass_: int = 1,
        same: Same = equal,
        new: Counter[str] | None = None,
        told: Callable[[str], str] = str,
    ) -> None:
        self._database = database
        self._run = run
        self._reason_told = told
        self._pass = pass_
        self.held = HeldRecords(database, same)
        self._linked: set[Key] = set()
        self.new: Counter[str] = Counter() if new is None else new
        self._gaps = self._count_gaps()
        self.replaced: set[Key] = set()
        self.files = KnownFiles(database)

    def keep(
        self,
        request: Request,
        response: Response,
        readings: Sequence[Reading],
        by_card: Collection[Key] = (),
        named: Collection[Key] = (),
    ) -> set[Key]:
        """Keep a whole answer with everything that was read from it (several readings for a bulk answer).

        `named` are the records that were asked for by name, `by_card` those of them that no list shows. Gives the records that
        are new or changed. A body that brought none of these, only known ones, is not kept again.
        """
        rows = {(row.stream, row.id): row for reading in readings for row in reading.records}
        self.replaced = set()
        self.files.turn_over()
        number = self._keep_body(request, response)
        changed = self._keep_records(rows, response.body, number, frozenset(by_card)) if rows else set()
        if not changed and (rows or any(reading.present for reading in readings)):
            self._database.many(sql.FORGOTTEN, [(number,)])
        self._keep_taught(readings)
        fresh = (changed - self.replaced) | (rows.keys() & set(named))
        self._fill(fresh)
        self._come_back(rows.keys() - fresh)
        if self._pass > 1:
            self._no_link_needed(rows.keys() - set(by_card))
        return changed

    def undone(self) -> None:
        """The transaction of the last answer was taken back: what is remembered of it is not in the archive."""
        self._linked.clear()

    def sent(self, requests: int) -> None:
        """Note how many requests the run has sent so far, and when: a process that is killed says nothing afterwards."""
        self._database.many(sql.SENT, [(_now(), requests, self._run)])

    def announce(self, announced: Sequence[Announced]) -> None:
        """Note how many records there should be; the same scope again replaces the earlier figure."""
        self._database.many(sql.ANNOUNCED, [(*one, self._pass) for one in announced])
        self._told.update(one.stream for one in announced)

    def lost_lists(self) -> set[str]:
        """The streams of which a whole list is missing: what it does not show says nothing."""
        return {stream for (stream,) in self._database.found(sql.LOST_LISTS, ())}

    def forget_announced(self, streams: Collection[str] | None) -> None:
        """Drop what no list of this pass announced again: of `streams`, or (None) of all. What only links told of stays."""
        if streams is None:
            self._database.many(sql.NOT_ANNOUNCED_AGAIN, [(self._pass,)])
        else:
            its = self._database.listed(sorted(streams))
            self._database.many(sql.NOT_ANNOUNCED_AGAIN_OF, [(self._pass, its)])

    def gap(self, gaps: Iterable[Gap]) -> list[Gap]:
        """Note what is known to exist and is not held, and give it. What is held and has vanished is marked as deleted instead.

        But a record that only its card shows has no second witness: its gap, which is not given, stands until `believe_gone`.
        """
        told = (self._doubted(one._replace(reason=self._reason_told(one.reason))) for one in gaps)
        noted = [
            gap
            for gap in told
            if gap.kind is not GapKind.VANISHED or not self._mark_deleted((gap.stream, gap.id))
        ]
        rows = [(gap.stream, gap.id, gap.kind.value, encodable(gap.reason)) for gap in noted]
        self._database.many(sql.GAP, rows)
        self._gaps += len(noted)
        lists = [gap for gap in noted if gap.kind is GapKind.REFUSED and not gap.id]
        self._database.many(sql.DOUBTED, [(_behind(one), one.stream) for one in lists])
        return [gap for gap in noted if gap.kind is not GapKind.VANISHED or self.held.lacking([gap[:2]])]

    def _doubted(self, gap: Gap) -> Gap:
        """The same; but refused where that it has vanished is not to be believed, until a later look tells.

        It is not where a list of this pass shows the record, nor where its whole list is refused, in whatever words: then a door is
        closed. A list under a record is asked for again while that is there, and stays what it was.
        """
        if gap.kind is not GapKind.VANISHED:
            return gap
        if self._database.found(sql.SHOWN, (*gap[:2], self._pass)):
            words = _("A list shows it, but when asked for by itself: {words}").format(words=gap.reason)
        elif "/" not in gap.id and self._database.found(sql.LIST_REFUSED, (gap.stream,)):
            words = _behind(gap)
        else:
            return gap
        return gap._replace(kind=GapKind.REFUSED, reason=words)

    def file_held(self, id: str, digest: str, size: int) -> None:
        """Note that a file's bytes are in the content folder."""
        self._database.many(sql.FILE_HELD, [(digest, size, id)])
        self.new[FILES] += 1
        self._fill([(FILES, id)])

    def miss_unnamed_files(self, *, in_whole: bool, was_whole: bool) -> None:
        """Name the files that were not got and that nothing names: what they hung on is deleted, says something else since this pull
        or, after a pass that `was_whole`, was shown by it without them. Nobody would ask for them again. What was not shown may name
        them still; so may a list of all files, but not `in_whole` pulls, which have read it.
        """
        words = _(
            "The records on which it hung do not name this file any more, and it had not been fetched before."
        )
        unnamed = sql.UNSHOWN_FILES if in_whole else sql.UNNAMED_FILES
        self._gaps += self._database.many(unnamed, [(words, self._pass + (not was_whole), self._pass)])

    def reason(self, stream: str, id: str) -> str:
        """Why something is a gap; nothing where it is none."""
        line = select(schema.gaps.c.reason).where(schema.gaps.c.stream == stream, schema.gaps.c.id == id)
        return str(self._database.connection.execute(line).scalar() or "")

    def not_given(self, keys: Collection[Key]) -> set[Key]:
        """Those of these that are noted as a class of things that the source does not give."""
        return self._gaps_of(GapKind.NOT_GIVEN) & set(keys)

    def vanished(self) -> set[Key]:
        """What the source answered with “no such thing” when it was asked for by itself."""
        return self._gaps_of(GapKind.VANISHED)

    def missing(self) -> set[Key]:
        """What did not come when it was asked for by itself: it was not there, was refused, or every try failed."""
        return self.vanished() | self._gaps_of(GapKind.REFUSED) | self._gaps_of(GapKind.BROKEN)

    def _gaps_of(self, kind: GapKind) -> set[Key]:
        line = select(schema.gaps.c.stream, schema.gaps.c.id).where(schema.gaps.c.kind == kind.value)
        return {(row.stream, row.id) for row in self._database.connection.execute(line)}

    def in_vain(self, subjects: Iterable[Key]) -> set[Key]:
        """Those of these lists that stand under a record marked as deleted: when that is there again, all under it is asked for."""
        places = {(stream, id): id.split("/") for stream, id in subjects}
        parents = {subject: (place[0], place[1]) for subject, place in places.items() if len(place) > 1}
        deleted = {key for key, old in self.held.places(set(parents.values())).items() if old.deleted}
        return {subject for subject, parent in parents.items() if parent in deleted}

    def forget_broken(self) -> None:
        """Take back the gaps that a new try may fill."""
        broken = delete(schema.gaps).where(schema.gaps.c.kind == GapKind.BROKEN.value)
        self._database.connection.execute(broken)

    def forget_gaps(self, subjects: Iterable[Key] | None = None) -> None:
        """Take back all gaps, or those of `subjects`: they are asked for again.

        All but those of files that were deleted: nothing may name them any more, and then nothing asks for them.
        """
        if subjects is None:
            table = schema.gaps
            is_deleted_file = and_(table.c.stream == FILES, table.c.kind == GapKind.VANISHED.value)
            self._database.connection.execute(delete(table).where(~is_deleted_file))
        else:
            self._database.many(sql.FILLED, list(subjects))

    def whole_lists(self) -> set[str]:
        """The streams of which this pass was shown the whole list (`Reading.whole`), until `end_sublists`."""
        return {stream for (stream,) in self._database.found(sql.WHOLE_LISTS, ())}

    def believe_gone(self, keys: Iterable[Key]) -> None:
        """Mark records as deleted that the source answered with “no such thing”, or that whole lists do not show any more."""
        for key in keys:
            self._mark_deleted(key, believing=True)

    def _mark_deleted(self, key: Key, *, believing: bool = False) -> bool:
        """Mark a record as deleted at the source; False when there is nothing to mark.

        It is not held, or it was marked before: then a list showed it once more, and it was gone again when it was asked for.
        """
        if not self._database.many(sql.DELETED, [(_now(), *key, 0 if believing else 1)]):
            return False
        self._fill([key])
        self._no_link_needed([key])
        self._database.many(sql.SILENCED, [(stream, *_all_under(key)) for stream in self._told])
        return True

    @cached_property
    def _told(self) -> set[str]:
        """The streams of which anything was announced."""
        return {stream for (stream,) in self._database.found(sql.ANNOUNCED_STREAMS, ())}

    def forget_ended(self) -> None:
        """What an earlier pass has read to its end says nothing of a new one: that one may have been killed, and never ended itself."""
        self._database.many(sql.NO_LONGER_ENDED, [()])

    def end_sublists(self) -> None:
        """Mark as deleted what did not come again in sub-lists that this pass read to their end, and what hung under the deleted, or
        under what was gone before it was got.
        """
        self._database.many(sql.NOT_COME_AGAIN, [(_now(), self._pass)])
        self.forget_ended()
        if self._pass > 1:
            gone = dict(self._database.found(sql.COUNT_ORPHANS, (self._pass,)))
            self._database.many(sql.ORPHANED, [(_now(), self._pass)])
            self._announce_fewer(gone)

    def _announce_fewer(self, gone: Mapping[str, int]) -> None:
        """What other scopes than those of the deleted record counted; until the next full pull this takes it back."""
        scope = f"under deleted/{self._pass}"
        self.announce(
            [Announced(stream, scope, -number) for stream, number in gone.items() if stream in self._told]
        )

    def _keep_body(self, request: Request, response: Response) -> int:
        digest = sha256(response.body).digest()
        asked = pack(request.dump().encode())
        row = (self._run, _now(), response.status, asked, digest, pack(response.body))
        return self._database.added(sql.RESPONSE, row)

    def _keep_records(
        self, rows: Mapping[Key, Row], body: bytes, response: int, by_card: frozenset[Key]
    ) -> set[Key]:
        """Keep what is new or different, with the version it replaces; which records that were."""
        listed = {key: 0 if key in by_card else self._pass for key in rows} if by_card else {}
        kept = [indexed(row, body, response, listed.get(key, self._pass)) for key, row in rows.items()]
        added: int = self._database.many(sql.NEW_RECORD, kept)
        if added == len(kept):
            self.new.update(row.stream for row in rows.values())
            changed = set(rows)
        else:
            changed = self._keep_changes(kept, body, response)
            self._mark_listed(rows.keys() - by_card)
            self._mark_hidden(rows.keys() & by_card)
        if changed:
            self._database.many(sql.MORE_CHANGED, [(len(changed), self._pass)])
        return changed

    def _keep_changes(self, kept: Sequence[tuple[Any, ...]], body: bytes, response: int) -> set[Key]:
        """Some of the records were held before: replace those that differ."""
        held = self.held.places([row[:2] for row in kept])
        added = {key for key, old in held.items() if old.response == response}
        self.new.update(stream for stream, _id in added)
        differing = [row for row in kept if held[row[:2]].sha256 != row[2] or has_moved(row, held[row[:2]])]
        bodies = self.held.bodies({held[row[:2]].response for row in differing})
        changed = [row for row in differing if not self.held.says_the_same(row, body, held[row[:2]], bodies)]
        restored = {key for key, old in held.items() if old.deleted}
        before = [(row, held[row[:2]]) for row in changed]
        now = _now()
        replaced = [(*row[:2], old.sha256, old.response, old.start, old.end, now) for row, old in before]
        self._database.many(sql.VERSION, replaced)
        self._database.many(sql.CHANGED_RECORD, changed)
        self._database.many(sql.BACK_UNDER, [_all_under(key) for key in sorted(restored)])
        self.replaced = restored | {row[:2] for row in changed}
        return added | self.replaced

    def _mark_listed(self, keys: Iterable[Key]) -> None:
        """Note that a list shows these held records."""
        for stream, ids in by_stream(sorted(keys)).items():
            self._database.many(sql.LISTED, [(self._pass, stream, self._database.listed(ids))])

    def _mark_hidden(self, keys: Iterable[Key]) -> None:
        """Note that these held records are there, and, if no list of this pass showed them, that lists hide them."""
        for stream, ids in by_stream(sorted(keys)).items():
            self._database.many(sql.NOT_LISTED, [(self._pass, stream, self._database.listed(ids))])

    def _keep_taught(self, readings: Sequence[Reading]) -> None:
        self._keep_links(set().union(*(reading.links for reading in readings)))
        self.announce([one for reading in readings for one in reading.announced])
        for reading in readings:
            self._keep_present(reading.present)
            self.files.keep(reading.files)
            self.gap(reading.gaps)
        if self._pass > 1:
            ended = [(one.stream, *one.parent) for reading in readings for one in reading.ended]
            ended += [(stream, *_NOWHERE) for reading in readings for stream in reading.whole]
            self._database.many(sql.ENDED, ended)

    def _keep_links(self, links: set[Key]) -> None:
        fresh = links - self._linked
        self._database.many(sql.LINK, sorted(fresh))
        if len(self._linked) < LINKS_REMEMBERED:
            self._linked |= fresh

    def _keep_present(self, present: Collection[Key]) -> None:
        """Lists show these. One that is marked as deleted stays so until its card comes: what hangs under it comes with it."""
        for stream, ids in by_stream(sorted(present)).items():
            self._database.many(sql.PRESENT, [(self._pass, stream, self._database.listed(ids))])
        self._no_link_needed(present)

    def _no_link_needed(self, keys: Iterable[Key]) -> None:
        """The total of a list counts these: no link need announce them any more."""
        self._database.many(sql.UNLINKED, [(stream, LINKED + id) for stream, id in keys])

    def _fill(self, held: Iterable[Key]) -> None:
        """What is held is no gap any more."""
        if self._gaps:
            self._database.many(sql.FILLED, list(held))

    def _come_back(self, shown: Collection[Key]) -> None:
        """What had vanished is there again; of what was refused, a list shows no more than it did when that was."""
        if self._gaps:
            self._database.many(sql.BACK, sorted(shown))

    def _count_gaps(self) -> int:
        return int(self._database.found(sql.COUNT_GAPS, ())[0][0])


def _behind(gap: Gap) -> str:
    """What to say of a record that is not there, and neither is its whole list."""
    words = _("Its list is missing as well, or a part of it, so it need not be deleted: {words}")
    return encodable(words.format(words=gap.reason))


_NOBODY = (None, None)
_NOWHERE = ("", "")  # what the list of a whole stream stands under


def _all_under(key: Key) -> tuple[str, str, str, str]:
    """How the lists under a record are called, and between which names those further down lie, as `keeping` asks for them."""
    its = "/".join(key)
    return its, f"{its}0", its, f"{its}/"  # "0" follows "/"


def indexed(row: Row, body: bytes, response: int, pass_: int) -> tuple[Any, ...]:
    """A record's row in the index, in the order of the columns."""
    stream, id, _value, start, end, parent, modified = row
    digest = sha256(body[start:end]).digest()
    return stream, id, digest, response, start, end, *(parent or _NOBODY), modified, pass_


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
