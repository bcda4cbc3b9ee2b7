"""An account that lives a life, an archive of it, and the judge of both.

What is promised of each record: what was told before the moment that the archive is true of (by a mark of change; by its being
there or not, and by its links, where a sweep looked) is held as it was at that moment, or as it came to be since; what nothing tells is
held as it was at some moment since everything was read. What is gone is marked as deleted and kept, what is there never is. Or
the pull does not end as complete, and the kind of what is missing is named.
"""

import random
import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, NamedTuple

import pytest
from crmexport_odoo.others import OTHERS

from crmexport.archive import Archive
from crmexport.archive.equation import unexplained
from crmexport.archive.extent import GONE, UNDER, UNLISTED
from crmexport.archive.journal import Journal, Kind, Pass, as_of
from crmexport.archive.replay import current_rows
from crmexport.conformance.bench import unmeddled
from crmexport.conformance.lines import RehearsalLine
from crmexport.errors import CrmExportError
from crmexport.pull import PullResult, pull
from crmexport.sandbox.exchange import Answer, Asked
from crmexport.sandbox.rehearsal import ABSENT, Fact, Rehearsal
from crmexport.source import Connector, Credentials, GapKind, Key
from tests.lives.life import DAY, HOUR, Deed, Life, Night, failed
from tests.toy import TestClock

State = dict[Key, Fact]
BESIDES = (
    OTHERS,
)  # what is named as not asked for, and says nothing of the stream under whose name it stands


class Killed(BaseException):
    """The process is no more."""


class OurClock(TestClock):
    """Which is `wrong` by some seconds; what passes is what passes at the source."""

    wrong = 0.0

    def time(self) -> float:
        return self.now + self.wrong


class Told(NamedTuple):
    """The records of which a deed tells something: by a mark of change, or by what a list shows to whoever looks.

    Of those that are `lost` nothing tells any more, not even the mark of what was done to them before: it went with them.
    """

    said: tuple[Key, ...] = ()
    seen: tuple[Key, ...] = ()
    lost: tuple[Key, ...] = ()


class Living(Rehearsal):
    """Plays `box` while it lives; `do` does a deed to it, `refusal` is what a refused list answers."""

    first: Collection[str] = ()  # the streams on whose first answers all others wait
    under: Mapping[str, Sequence[str]] = {}  # which streams tell of the records of another
    absence: Answer | None = None  # what addresses of a module answer that is not there
    forgets = False  # an account that never had a module looks like one in which it is not there

    def __init__(
        self,
        box: Rehearsal,
        connector: Connector,
        do: Callable[[Deed, float], Told],
        refusal: Answer,
        folder: Path,
        pace: float,
    ) -> None:
        super().__init__()
        self.box, self.connector, self.folder = box, connector, folder
        self._do, self._refusal, self._pace = do, refusal, pace
        self.clock = OurClock()
        self.clock.now = 1_780_000_000.0
        self.said: dict[Key, list[float]] = defaultdict(list)
        self.seen: dict[Key, list[float]] = defaultdict(list)
        self.past: list[tuple[float, State]] = []
        self.lacked: dict[int, set[str]] = {}
        self.ever_lacked: set[str] = set()
        self.night, self.calls = Night(False), 0
        self._dead = False
        self.remember()

    @property
    def credentials(self) -> Credentials:
        return self.box.credentials

    def truth(self) -> Iterator[Fact]:
        yield from self.box.truth()

    def remember(self) -> None:
        self.past.append((self.clock.now, {(fact.stream, fact.id): fact for fact in self.box.truth()}))

    def pull(self, night: Night, believe: bool = False) -> PullResult | None:
        """Pull while this happens; None where that did not come to an end."""
        self.night, self.calls, self._dead, self.clock.wrong = night, 0, False, night.wrong
        self._happen()
        with self._mortal():
            try:
                return pull(
                    self.folder,
                    self.connector,
                    self.credentials,
                    rate=0,
                    full=night.full,
                    believe_deletions=believe,
                    clock=self.clock,
                    line=RehearsalLine(self, self.folder / "files" / "incoming", unmeddled),
                )
            except (Killed, CrmExportError):
                return None

    @contextmanager
    def _mortal(self) -> Iterator[None]:
        """A process that is killed writes nothing down any more."""
        with pytest.MonkeyPatch.context() as patch:
            end = Journal.end
            patch.setattr(Journal, "end", lambda *told: None if self._dead else end(*told))
            yield

    def answer(self, asked: Asked) -> Answer:
        """What comes, after what happens before it."""
        self.calls += 1
        self.clock.now += self._pace
        self._happen()
        if self.calls == self.night.killed:
            self._dead = True
            raise Killed
        hows = [one.how for one in self.night.troubles if one.at <= self.calls < one.at + one.times]
        if hows and hows[0] != "cut":
            return failed(hows[0])
        answer = self._dated(self._asked(asked))
        is_cut = hows and answer.content_type.startswith(
            "application/json"
        )  # how long a file is need not be told
        return replace(answer, body=answer.body[: len(answer.body) // 2]) if is_cut else answer

    def _asked(self, asked: Asked) -> Answer:
        if self.absence and self.night.closed and self.night.closed in asked.target:
            return self.absence
        is_refused = self.night.refused and self.night.refused in asked.target
        return self._refusal if is_refused else self.box.answer(asked)

    def _dated(self, answer: Answer) -> Answer:
        now = format_datetime(datetime.fromtimestamp(self.clock.now, UTC), usegmt=True)
        return replace(answer, headers={**answer.headers, "Date": now})

    def _happen(self) -> None:
        for deed in [deed for deed in self.night.deeds if deed.at == self.calls]:
            self._live(deed)

    def rest(self, night: Night) -> None:
        """The days until the next pull."""
        ended = self.clock.now
        for deed in night.after:
            self.clock.now = max(self.clock.now, ended + deed.at * HOUR)
            self._live(deed)
        self.clock.now = max(self.clock.now, ended + night.days * DAY)

    def _live(self, deed: Deed) -> None:
        """Each deed has a moment of its own."""
        told = self._do(deed, self.clock.now)
        for key in told.lost:
            self.said.pop(key, None)
        for key in told.said:
            self.said[key].append(self.clock.now)
        for key in told.seen:
            self.seen[key].append(self.clock.now)
        self.remember()
        self.clock.now += 1

    def since(self, moment: float) -> list[State]:
        """All that was true at a moment or later, oldest first."""
        before = [state for at, state in self.past if at <= moment]
        return [*before[-1:], *(state for at, state in self.past if at > moment)]


class Held(NamedTuple):
    """What an archive holds: records as (value, parent), files by their digests, all keys that it ever held; of which streams
    it says that something is missing, and of which that links could not be looked at; its passes.
    """

    now: dict[Key, tuple[Any, Key | None]]
    ever: set[Key]
    named: set[str]
    unseen: set[str]
    passes: list[Pass]


def held(one: Living) -> Held:
    with Archive.open(one.folder) as archive:
        streams = [name for name in archive.counts() if name != "file"]
        now: dict[Key, tuple[Any, Key | None]] = {}
        for row in current_rows(archive, one.connector, streams):
            row.value.pop("_parent", None)
            now[row.stream, row.id] = (row.value, row.parent)
        now |= {("file", file.id): (file.sha256, None) for file in archive.files() if file.sha256}
        ever = archive.database.connection.exec_driver_sql("SELECT stream, id FROM records")
        gaps = archive.gaps()
        named = {gap.stream for gap in gaps if gap.kind.is_loss} | unexplained(archive).keys()
        not_given = {gap.stream for gap in gaps if gap.kind is GapKind.NOT_GIVEN and gap.id not in BESIDES}
        unseen = not_given | {gap.stream for gap in gaps if gap.id == "links"}
        passes = list(Journal(archive.database).passes())
        return Held(now, {(stream, id) for stream, id in ever}, named, unseen, passes)


def wrong(one: Living, result: PullResult) -> Iterator[str]:
    """One line for everything that the archive does not hold as promised."""
    archive = held(one)
    if result.complete == bool(archive.named):
        yield f"it ended as {'' if result.complete else 'not '}complete, and names {archive.named}"
    sealed = as_of(archive.passes)
    assert sealed is not None
    whole = [one for one in archive.passes if one.kind is Kind.EVERYTHING][-1]
    one.ever_lacked |= archive.named
    for sweep in archive.passes:
        if sweep.kind is Kind.SWEEP and sweep.ended:
            one.lacked.setdefault(sweep.id, archive.named | archive.unseen)
    known = archive.now.keys() | {key for state in one.since(whole.started.timestamp()) for key in state}
    for key in sorted(known):
        yield from _wrong(one, key, archive, whole.started.timestamp(), sealed.timestamp())


def _wrong(one: Living, key: Key, archive: Held, whole: float, sealed: float) -> Iterator[str]:
    swept = _swept(one, key, archive)
    said = [at for at in one.said.get(key, ()) if at < sealed]
    seen = [at for at in one.seen.get(key, ()) if at < swept]
    facts = [state.get(key) for state in one.since(max([whole, *said, *seen]))]
    body = archive.now.get(key)
    if body is None and all(facts):
        if _never_was(one, key, archive):
            return
        was_always = key in archive.ever and all(key in state for _at, state in one.past)
        if was_always or not is_named(one, key, archive.named | archive.unseen):
            yield f"{key} is {'marked as deleted' if key in archive.ever else 'missing'}, though it was there"
    if body is None or _is_unseen(one, key, swept, said):
        return
    lacks = is_named(one, key, archive.named | archive.unseen)
    lasts = key[0] in one.box.lasting or key[0] == "file"
    forms = [state.get(key) for _at, state in one.past] if lasts or lacks else facts
    # mostly as it was last: then nobody looks at the dozens of forms before
    unlike = (
        list(_unlike(one, key, body, fact, lacks)) if fact else ["it is gone"] for fact in reversed(forms)
    )
    last = next(unlike)
    if last and all(unlike):
        yield f"{key} is held as it was not: {last[:3]}"


def _never_was(one: Living, key: Key, archive: Held) -> bool:
    """Whether this is of a module that is not there and of which nothing was ever held."""
    module = one.night.closed.strip("/")
    is_its = key[0] == module or (key[0] in one.first and key[1].startswith(f"{module}."))
    return one.forgets and is_its and all(stream != module for stream, _id in archive.ever)


def _is_unseen(one: Living, key: Key, swept: float, said: list[float]) -> bool:
    """Whether a record is gone, and nothing has looked for it since: what is held of it is what was got before.

    What no list has shown, for it was refused, is not missed by the next list, but by the next sweep.
    """
    there = [number for number, (_at, state) in enumerate(one.past) if key in state]
    if not there or there[-1] + 1 == len(one.past):
        return False
    gone = one.past[there[-1] + 1][0]
    return gone >= swept and (gone not in said or is_named(one, key, one.ever_lacked))


def _swept(one: Living, key: Key, archive: Held) -> float:
    """When the last sweep began that looked at records of this kind: one that was refused them may be a week older."""
    looked = [
        sweep.started.timestamp()
        for sweep in archive.passes
        if sweep.id in one.lacked and not is_named(one, key, one.lacked[sweep.id])
    ]
    return looked[-1] if looked else 0.0


def is_named(one: Living, key: Key, named: set[str]) -> bool:
    """Whether something of this kind is `named`, or of what it stands under."""
    if not named.isdisjoint((key[0], *one.first)):
        return True
    parents = {state[key].parent for _at, state in one.past if key in state}
    owners = {owner[0] for _at, state in one.past if key in state for owner in state[key].owners}
    hangs_on = {key[0], *owners, *(parent[0] for parent in parents if parent)}
    hangs_on |= {above for stream in hangs_on for above in one.under.get(stream, ())}
    return not hangs_on.isdisjoint(named)


def _unlike(one: Living, key: Key, body: tuple[Any, Key | None], fact: Fact, lacks: bool) -> Iterator[str]:
    """Where a record is held otherwise; what is not there at all counts as named where the archive `lacks` something."""
    value, parent = body
    if key[0] == "file":
        if value != fact.sha256:
            yield "other bytes"
        return
    if fact.parent is not None and parent != fact.parent:
        yield f"under {parent} instead of {fact.parent}"
    for place, there, true in one.box.compare(key[0], value, fact.body):
        if not (lacks and there is ABSENT):
            yield f"{place}: {there!r} instead of {true!r}"


def lived(make: Callable[[Path, Life], Living], life: Life) -> list[str]:
    """What is wrong after one of the pulls of a life, or after an undisturbed one that follows.

    What was refused before a pull was killed is asked for again by the pull after it: so that one ends first.
    """
    folder = Path(mkdtemp())
    random.seed(0)  # waits between tries are drawn: the same life would be another one
    try:
        one = make(folder / "archive", life)
        result = None
        for number, night in enumerate(life.nights, 1):
            result = one.pull(night)
            if result and (found := list(wrong(one, result))):
                return [f"night {number}: {line}" for line in found]
            one.rest(night)
        if not (result or life.full):
            one.pull(Night(False))
        return [f"at last: {line}" for line in _wrong_at_last(one, pulled_at_last(one, life.full))]
    finally:
        shutil.rmtree(folder)


def pulled_at_last(one: Living, full: bool) -> PullResult | None:
    """Undisturbed; and once more where a person is asked whether all that was gone was deleted, and says so."""
    result = one.pull(Night(full))
    with Archive.open(one.folder) as archive:
        is_asked = any(gap.id in (UNLISTED, GONE, UNDER) for gap in archive.gaps())
    return one.pull(Night(True), believe=True) if is_asked else result


def _wrong_at_last(one: Living, result: PullResult | None) -> Iterator[str]:
    if result is None or not result.complete:
        yield f"it is not complete: {held(one).named}"
    if result is not None:
        yield from wrong(one, result)
    with Archive.open(one.folder) as archive:
        yield from map(str, archive.check())


def least(make: Callable[[Path, Life], Living], life: Life) -> list[str]:
    """What is wrong with a life, told for about the fewest happenings that make it wrong."""
    found = lived(make, life)
    if not found:
        return []
    smaller = True
    while smaller:
        smaller = False
        for other in _smaller(life):
            if shape(lines := lived(make, other)) & shape(found[:1]):
                found, life, smaller = lines, other, True
                break
    return [*found, str(life)]


def shape(lines: list[str]) -> set[str]:
    """What is wrong, whatever the numbers."""
    return {re.sub(r"^.*?: |'?\d+'?|: \[.*", "", line) for line in lines}


def _smaller(life: Life) -> Iterator[Life]:
    for place, night in enumerate(life.nights):
        if len(life.nights) > 1:
            yield life._replace(nights=[*life.nights[:place], *life.nights[place + 1 :]])
        for other in _calmer(night):
            yield life._replace(nights=[*life.nights[:place], other, *life.nights[place + 1 :]])
    if life.habit:
        yield life._replace(habit=None)


def _calmer(night: Night) -> Iterator[Night]:
    for name, quiet in {"full": False, "killed": 0, "refused": "", "closed": "", "wrong": 0.0}.items():
        if getattr(night, name):
            yield night._replace(**{name: quiet})
    for name in ("deeds", "after", "troubles"):
        many = list(getattr(night, name))
        for half in (many[: len(many) // 2], many[len(many) // 2 :]) if len(many) > 2 else ():
            yield night._replace(**{name: half})
        for place in range(len(many)):
            yield night._replace(**{name: [*many[:place], *many[place + 1 :]]})
