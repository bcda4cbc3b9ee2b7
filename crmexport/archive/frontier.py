"""The requests still to make: durable, each asked once a pass, the worthiest first."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, delete, func, literal_column, or_, select, update
from sqlalchemy.dialects.postgresql import insert  # SQLite writes its ON CONFLICT in the same words

from crmexport.archive.among import among
from crmexport.archive.database import Database
from crmexport.archive.packing import pack, unpack
from crmexport.archive.schema import requests
from crmexport.source import Request
from crmexport.text import _


class State(IntEnum):
    """What became of a request."""

    WAITING = 0
    DONE = 1
    GIVEN_UP = 2  # a later try may succeed
    REFUSED = 3
    VANISHED = 4


@dataclass(eq=False)
class Waiting:
    """A request of the frontier: its number there, how often it failed, and the request itself, decoded when it is needed."""

    id: int
    attempts: int
    worth: int
    payload: bytes

    @cached_property
    def request(self) -> Request:
        """The request as it was added."""
        return Request.load(unpack(self.payload).decode())


class Lost(NamedTuple):
    """A request that a pass, whose number it is, did not get an answer to."""

    pass_: int
    request: Request


NONE: Mapping[int, int] = {}
MOST_ROUNDS = 3
_pass = requests.c["pass"]
_columns = ("pass", "key", "worth", "state", "bulk", "attempts", "not_before", "payload")
_add = insert(requests).values({name: bindparam(name) for name in _columns}).on_conflict_do_nothing()
_is_lost = requests.c.state.in_((int(State.GIVEN_UP), int(State.REFUSED)))
_numbered = requests.c.id == bindparam("number")
_cross_out = update(requests).where(_numbered).values(state=bindparam("to"), payload=bindparam("kept"))
_set_aside = update(requests).where(_numbered).values(state=bindparam("to"))
_its = and_(_pass == bindparam("of"), requests.c.key == bindparam("its"))
_renew = delete(requests).where(_its, requests.c.state == bindparam("was"))
_drop = delete(requests).where(_its, requests.c.state != bindparam("was"))
_reword = update(requests).where(_its).values(payload=bindparam("words"))
_change = update(requests).where(_its, requests.c.state == bindparam("was")).values(state=bindparam("to"))
_in_line = and_(_pass == bindparam("of"), requests.c.state == bindparam("line"))
_count = select(func.count()).select_from(requests).where(_in_line)
_count_lines = select(requests.c.bulk, func.count()).where(_in_line).group_by(requests.c.bulk)
_count_later = _count.where(requests.c.not_before > bindparam("now"))
_first_time = select(func.min(requests.c.not_before)).where(_in_line)
_sooner = (
    update(requests)
    .where(_in_line, requests.c.not_before > bindparam("latest"))
    .values(not_before=bindparam("then"))
)
_is_either = or_(requests.c.state == bindparam("given_up"), requests.c.state == bindparam("refused"))
_are_these = and_(_pass == bindparam("of"), among(requests.c.key, "keys"))
_these = select(requests.c.key, requests.c.payload).where(_are_these)
_these_lost = select(requests.c.key).where(_is_either, among(requests.c.key, "keys")).distinct()
_next = (
    select(requests.c.id, requests.c.attempts, requests.c.worth, requests.c.payload)
    .where(_in_line, requests.c.not_before <= bindparam("now"))
    .where(requests.c.bulk == bindparam("batched"), ~among(requests.c.id, "but"))
    .order_by(requests.c.worth.desc(), requests.c.id)
    .limit(bindparam("most"))
    .offset(literal_column("0"))  # without one, SQLite's dialect adds a parameter of its own
)


class Frontier:
    """The requests of one pass. Changes become durable with the transaction they are made in."""

    def __init__(self, database: Database, pass_: int) -> None:
        self._database = database
        self._line = (pass_, int(State.WAITING))
        self.number = pass_
        self._asked_again: set[str] = set()
        self._reworded: set[str] = set()
        self._rounds: Counter[str] = Counter()  # how often a page was asked for again

    def add(self, new: Iterable[Request]) -> int:
        """Add requests; gives how many were new. Raises ValueError where a list leads in circles.

        Those asked or waiting already in this pass are left as they are, but for owed ones and further pages of lists.
        """
        new = list(new)
        if pages := {one.key: one for one in new if one.goes_on}:
            self._go_on(pages)
        if owed := {one.key: one for one in new if one.owed and not one.is_file}:
            self._owe(owed)
        rows = [
            (self.number, one.key, one.worth, int(State.WAITING), one.bulk, 0, 0.0, pack(one.dump().encode()))
            for one in new
        ]
        return self._database.many(_add, rows)

    def add_lost(self, lost: Sequence[Request]) -> None:
        """Add what passes for changes lost.

        The same question may stand in this pass already with another context, so that what follows from its answer is asked since
        another moment. The words of the one that reaches furthest back are taken. What follows from its answer may have been asked
        already since the later moment, so it is owed; but nothing that hangs under records held.
        """
        told: dict[str, Request] = {}
        for one in lost:
            told[one.key] = _owed(told[one.key], one) if one.key in told else one
        for key in self._here(told):
            told[key] = told[key].replace(owed=told[key].owed or int("since" in told[key].context))
        self._owe({key: one for key, one in told.items() if not one.is_file})
        self.add(told.values())

    def _go_on(self, pages: Mapping[str, Request]) -> None:
        """A list that has come to a page once more has moved meanwhile (its cursor row to the top, say): what stands behind that page
        may not have been shown.
        """
        done = [key for key, payload in self._here(pages).items() if payload is None]
        self._rounds.update(done)
        if any(self._rounds[key] > MOST_ROUNDS for key in done):
            raise ValueError(_("the list leads in circles: the same page follows again and again"))
        self.renew(pages[key] for key in done)

    def read_on(self, id: int, pages: Collection[Request]) -> bool:
        """Read a list on from elsewhere instead of with a page that is refused: the row after which it was asked may be gone.
        False where that leads in circles.
        """
        try:
            self.add(pages)
        except ValueError:
            return False
        self.done([id])
        return True

    def _owe(self, owed: Mapping[str, Request]) -> None:
        """Have these owed from now on where they wait; where they were answered in this pass, ask once more.

        But only once: lists may lead in circles.
        """
        here = self._here(owed)
        done = [key for key, payload in here.items() if payload is None and key not in self._asked_again]
        self._asked_again.update(done)
        self.renew(owed[key] for key in done)
        kept = {key: Request.load(unpack(payload).decode()) for key, payload in here.items() if payload}
        told = {key: _owed(owed[key], one) for key, one in kept.items()}
        words = {key: pack(one.dump().encode()) for key, one in told.items()}
        self._reworded.update(key for key in words if words[key] != here[key])
        self._database.many(_reword, [(packed, self.number, key) for key, packed in words.items()])

    def _here(self, keys: Iterable[str]) -> dict[str, bytes | None]:
        """Those of these requests that are in this pass, with what they are; without, where they are crossed out."""
        return dict(self._database.found(_these, (self.number, self._database.listed(sorted(keys)))))

    def renew(self, again: Iterable[Request]) -> None:
        """Let requests be asked once more that were answered in this pass: what they are about has changed since."""
        self._database.many(_renew, [(self.number, one.key, int(State.DONE)) for one in again])

    def ask_anew(self, again: Collection[Request]) -> None:
        """Let requests be asked, in these words, whatever became of them in this pass: those that wait, and those on their way
        if they fail, in these words too.
        """
        self._database.many(_drop, [(self.number, one.key, int(State.WAITING)) for one in again])
        self._database.many(_reword, [(pack(one.dump().encode()), self.number, one.key) for one in again])
        self.add(again)

    def waiting(self, most: int, now: float, *, bulk: bool, but: Collection[int] = ()) -> list[Waiting]:
        """Up to `most` requests that may be asked at `now` (seconds since the epoch), the worthiest first, without those in `but`.

        Those that may be batched and those that may not stand in two lines, `bulk` or not.
        """
        asked = (*self._line, now, bulk, self._database.listed(but), most)
        return [Waiting(*row) for row in self._database.found(_next, asked)]

    def done(self, ids: Iterable[int]) -> None:
        """Cross out requests whose answers are kept."""
        self._database.many(_cross_out, [(int(State.DONE), None, id) for id in ids])

    def answered(self, waiting: Iterable[Waiting]) -> None:
        """Cross out requests whose answers are kept.

        But those that came to be owed while they were on their way were not asked in these words: they wait once more. Only once, for
        lists may lead in circles.
        """
        self.done([one.id for one in waiting if not self._is_owed_since(one)])

    def _is_owed_since(self, sent: Waiting) -> bool:
        reworded = self._reworded - self._asked_again
        if (
            not reworded
            or (key := sent.request.key) not in reworded
            or self._here([key])[key] == sent.payload
        ):
            return False
        self._asked_again.add(key)
        return True

    def defer(self, id: int, until: float, attempts: int) -> None:
        """Ask again, but not before `until` (seconds since the epoch); it counts as having failed so many times."""
        change = update(requests).where(requests.c.id == id).values(not_before=until, attempts=attempts)
        self._database.connection.execute(change)

    def bring_forward(self, latest: float) -> None:
        """Let no request of this pass wait beyond `latest` (seconds since the epoch)."""
        self._database.many(_sooner, [(latest, *self._line, latest)])

    def set_aside(self, id: int, state: State) -> None:
        """Ask no more for a request, for the reason that `state` tells."""
        self._database.many(_set_aside, [(int(state), id)])

    def set_again(self, aside: Iterable[Request], state: State) -> None:
        """Take requests of this pass that were set aside as refused or vanished for what `state` tells."""
        for one in aside:
            for was in (State.REFUSED, State.VANISHED):
                self._database.many(_change, [(int(state), self.number, one.key, int(was))])

    def refuse(self, vanished: Request) -> bool:
        """Take what was answered with “no such thing” in this pass for refused; False when that was not its answer."""
        return (
            self._database.many(
                _change, [(int(State.REFUSED), self.number, vanished.key, int(State.VANISHED))]
            )
            > 0
        )

    def retry(self) -> None:
        """Put everything given up or deferred back in line, as a new run may."""
        again = update(requests).where(_pass == self.number, requests.c.state == int(State.GIVEN_UP))
        self._database.connection.execute(again.values(state=int(State.WAITING)))
        waiting = and_(_pass == self.number, requests.c.state == int(State.WAITING))
        self._database.connection.execute(update(requests).where(waiting).values(not_before=0.0, attempts=0))

    def take_over(self, since: int, whole: Mapping[int, int] = NONE) -> list[Lost]:
        """What earlier passes, from the one with the number `since` on, gave up: it is lost there no more, and may be asked in this one.

        `whole` passes ask for all that hangs under what they are shown: what one of them lost is owed, after as many answers as told.
        """
        theirs = and_(self._earlier(since), requests.c.state == int(State.GIVEN_UP))
        found = list(self._those(theirs, whole))
        done = update(requests).where(theirs).values(state=int(State.DONE), payload=None)
        self._database.connection.execute(done)
        return found

    def lost(self, since: int, whole: Mapping[int, int] = NONE) -> list[Lost]:
        """The requests of earlier passes, from the one with the number `since` on, that were refused or given up. Owed as above."""
        return list(self._those(and_(self._earlier(since), _is_lost), whole))

    def are_lost(self, keys: Iterable[str]) -> set[str]:
        """Which of these keys are of requests, of this pass or an earlier one, that were refused or given up."""
        asked = (int(State.GIVEN_UP), int(State.REFUSED), self._database.listed(keys))
        return {key for (key,) in self._database.found(_these_lost, asked)}

    def vanished(self, whole: Mapping[int, int] = NONE) -> Iterator[Request]:
        """The requests of earlier passes that were answered with “no such thing”, or that it was in vain to ask. Owed as above."""
        those = and_(_pass < self.number, requests.c.state == int(State.VANISHED))
        return (one.request for one in self._those(those, whole))

    def _earlier(self, since: int) -> ColumnElement[bool]:
        return and_(_pass >= since, _pass < self.number)

    def _those(self, which: ColumnElement[bool], whole: Mapping[int, int]) -> Iterator[Lost]:
        line = select(_pass, requests.c.payload).where(which).order_by(requests.c.id)
        for pass_, payload in self._database.connection.execute(line):
            request = Request.load(unpack(payload).decode())
            yield Lost(pass_, request.replace(owed=whole[pass_]) if pass_ in whole else request)

    def forget_earlier(self) -> None:
        """Drop the requests of earlier passes."""
        self._database.connection.execute(delete(requests).where(_pass < self.number))

    def has_answers(self) -> bool:
        """Whether anything of this pass was answered."""
        return bool(self._database.found(_count, (self.number, int(State.DONE)))[0][0])

    def left(self, batch: int) -> int:
        """How many requests are still to be sent, deferred ones included: of those that may be batched, `batch` go at once."""
        lines = self._database.found(_count_lines, self._line)
        return sum(math.ceil(number / max(1, batch)) if bulk else number for bulk, number in lines)

    def has_deferred(self, now: float) -> bool:
        """Whether anything waits that may not be asked at `now` (seconds since the epoch)."""
        return bool(self._database.found(_count_later, (*self._line, now))[0][0])

    def next_time(self) -> float | None:
        """When the first of the waiting requests may be asked (seconds since the epoch); None when nothing waits."""
        found: float | None = self._database.found(_first_time, self._line)[0][0]
        return found


def _owed(request: Request, waiting: Request) -> Request:
    """The owed form of a question and the one that waits, made one: with the engine's notes of both, and the context of the one that
    reaches further back, or else of the owed one.

    In a pull of changes, what follows from the other is asked for as far as it has changed.
    """
    here, there = _since(waiting), _since(request)
    words = waiting if here < there or (waiting.owed and here == there) else request
    return words.replace(
        owed=max(waiting.owed, request.owed),
        listed=waiting.listed or request.listed,
        anew=waiting.anew or request.anew,
    )


def _since(request: Request) -> str:
    """The moment since which changes are asked for (see `Request.context`); before all others where none is told."""
    return str(request.context.get("since") or "")
