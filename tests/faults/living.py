"""A company that goes on working while its CRM is pulled: Megaplan's sandbox, edited between any two answers, every state remembered.

What moves a mark of change and what does not is as the Megaplan reference tells (§4.6): a record that a person edits moves
its own, links move none, a deletion is told by nothing. Where nobody knows (a comment under a deal, a record taken out of
the bin), now the one happens and now the other.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from crmexport_megaplan import Megaplan
from crmexport_megaplan.sandbox import Behaviour, MegaplanSandbox
from crmexport_megaplan.sandbox.spaces import shown_file
from crmexport_megaplan.sandbox.values import NOW, moment

from crmexport.pull import PullResult, pull
from crmexport.sandbox.exchange import Asked
from crmexport.source import Account, Credentials, Key, Reading, Request, Response
from crmexport.transport.incoming import FileResponse
from crmexport.transport.line import Transport
from tests.faults.inprocess import URL
from tests.toy import TestClock

State = dict[Key, dict[str, Any]]
DAY = 24 * 3600.0
STAMPED = ("deal", "contractorCompany", "contractorHuman", "task", "project")  # with a mark of change
RELISTED = ("todo", "payer", "invoice")  # without: each pull of changes lists all of them
UNDER = ("comment", "history", "statusHistory", "linkedDeal", "linkedTask")
KEPT = (*STAMPED, *RELISTED, *UNDER, "file")
SOUGHT = frozenset({*KEPT, "program", "extraField"})
BORN = ("deal", "contractorCompany", "contractorHuman", "task", "todo")
NOT_YET = 2  # so many of each of them are created in mid-pull only
WHAT = ("create", "create", "delete", "change", "change", "link")
WHOM = (*BORN, "comment", "comment", "payer", "invoice")
HABITS: tuple[dict[str, Any], ...] = (
    {},
    {"page_after_inclusive": True},
    {"count_is": "page"},
    {"has_more_flag": False},
    {"sort_by_id": False},
    {"deleted_cursor": "empty"},
    {"deleted_cursor": "error"},
    {"included": "always"},
    {"bulk": "off"},
)


class Deed(NamedTuple):
    """What somebody does before the call with number `at` is answered (0: before the pull begins), to which record of a stream.

    `said`: where nobody knows whether the mark of change moves, it does.
    """

    at: int
    what: str
    stream: str
    number: int
    said: bool


class Life(NamedTuple):
    """How an account behaves, how many rows its pages hold, how many seconds an answer takes, by how many seconds its clock
    is ahead of ours, and what happens during each pull: whether it is a full one, and the deeds."""

    habit: Mapping[str, Any]
    cap: int
    pace: float
    skew: float
    files: bool
    pulls: list[tuple[bool, list[Deed]]]


def life(seed: int) -> Life:
    """One of the lives that a company may live."""
    chance = random.Random(seed)
    pulls = [
        (place > 0 and chance.random() < 0.3, _deeds(chance)) for place in range(chance.choice((1, 1, 2)))
    ]
    return Life(
        chance.choice(HABITS),
        chance.choice((3, 5, 10, 100)),
        chance.choice((1.0, 600.0, 7200.0)),
        chance.choice((0.0, 0.0, 3 * 3600.0, -2 * DAY)),
        chance.random() < 0.25,
        pulls,
    )


def _deeds(chance: random.Random) -> list[Deed]:
    """A dozen or so; now all in the time that a few calls take, now all over the pull, seldom up to its very end."""
    first, last = sorted((chance.randint(0, 60), chance.randint(0, chance.choice((20, 60, 200)))))
    return [
        Deed(
            chance.randint(first, last),
            chance.choice(WHAT),
            chance.choice(WHOM),
            chance.randint(0, 40),
            chance.random() < 0.5,
        )
        for _ in range(chance.randint(2, 16))
    ]


class Narrow(Megaplan):
    """Asks for what the company works on, and not for its dictionaries: half as much. Files are asked for if it `wants_files`."""

    wants_files = False

    def opening(self, since: datetime | None) -> list[Request]:
        return [one for one in super().opening(since) if one.stream in SOUGHT]

    def read(self, request: Request, response: Response) -> Reading:
        reading = super().read(request, response)
        reading.requests = [one for one in reading.requests if one.stream in SOUGHT]
        reading.links = {link for link in reading.links if link[0] in SOUGHT}
        reading.files = reading.files if self.wants_files else []
        return reading


class Direct(Transport):
    """A line without a socket: the answers of a company's sandbox as they are, each after what happens before it."""

    def __init__(self, company: "Living") -> None:
        self._company = company

    def send(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        path, _, query = request.path.partition("?")
        given = {name.lower(): value for name, value in {**request.headers, **(headers or {})}.items()}
        self._company.live()
        answer = self._company.box.site(
            Asked(request.method, path, query, given, (request.body or "").encode())
        )
        date = format_datetime(datetime.fromtimestamp(self._company.now, UTC), usegmt=True)
        told = {"content-type": answer.content_type, "date": date}
        if not request.is_file or answer.status != 200:
            return Response(answer.status, told, answer.body)
        arrived = self._company.folder / "files" / "incoming" / request.key
        arrived.write_bytes(answer.body)
        digest = sha256(answer.body).hexdigest()
        return FileResponse(200, told, answer.body, path=arrived, sha256=digest, size=len(answer.body))


class Living:
    """A tiny company that lives a `life`, an archive of it in `folder`, and all that was ever true of it.

    `told` are the moments at which a record's change was told, by a mark, by a counter, or by its being there or not.
    """

    def __init__(self, folder: Path, life: Life) -> None:
        self.folder, self.life, self.clock = folder, life, TestClock()
        self.clock.now = NOW + 3 * DAY
        pages = Behaviour(page_cap=life.cap, comments_page_cap=life.cap, **life.habit)
        self.box = MegaplanSandbox(cards=20, tasks=20, comments=24, behaviour=pages)
        self.connector = Narrow(Account(URL))
        self.connector.wants_files = life.files
        self.told: dict[Key, list[float]] = defaultdict(list)
        self.past: list[tuple[float, State]] = []
        self._ids = {stream: self._known(stream) for stream in (*STAMPED, *RELISTED, "comment")}
        self._gone: dict[str, list[str]] = defaultdict(list)
        self._unborn: set[Key] = set()
        self._deeds: dict[int, list[Deed]] = {}
        self._calls, self._lock = 0, Lock()
        self._wait_for_birth()
        self._remember()

    @property
    def now(self) -> float:
        """The time by the CRM's clock."""
        return self.clock.now + self.life.skew

    def pull(self, deeds: Iterable[Deed] = (), *, full: bool = False) -> PullResult:
        """Pull while the company lives through `deeds`."""
        self._calls, self._deeds = 0, defaultdict(list)
        for deed in deeds:
            self._deeds[deed.at].append(deed)
        self._happen()
        return pull(
            self.folder,
            self.connector,
            Credentials(token=self.box.token),
            rate=0,
            full=full,
            clock=self.clock,
            line=Direct(self),
        )

    def live(self) -> None:
        """What happens before an answer: its deeds, and the time it takes. One call after another, or states would mix."""
        with self._lock:
            self._calls += 1
            self.clock.now += self.life.pace
            self._happen()

    def _happen(self) -> None:
        if deeds := self._deeds.get(self._calls):
            for deed in deeds:
                self._do(deed)
            self._remember()
            self.clock.now += 1

    def _do(self, deed: Deed) -> None:
        chosen = self._gone[deed.stream] if deed.what == "create" else self._there(deed.stream)
        if chosen:
            getattr(self, f"_{deed.what}")(deed.stream, chosen[deed.number % len(chosen)], deed)

    def _there(self, stream: str) -> list[str]:
        return [id for id in self._ids[stream] if id not in self._gone[stream]]

    def _create(self, stream: str, id: str, deed: Deed) -> None:
        """Create what never was, or restore what was deleted."""
        self._gone[stream].remove(id)
        self.box.edits.restore(stream, id)
        is_new = (stream, id) in self._unborn
        self._unborn.discard((stream, id))
        if stream == "comment":
            self._counted(id, deed)
            return
        self._tell(stream, id)
        if is_new:
            self._stamp(stream, id, timeCreated=moment(int(self.now) - 60))
        elif deed.said:
            self._stamp(stream, id)

    def _delete(self, stream: str, id: str, deed: Deed) -> None:
        self._gone[stream].append(id)
        self.box.edits.remove(stream, id)
        if stream == "comment":
            self._counted(id, deed)
        else:
            self._tell(stream, id)

    def _change(self, stream: str, id: str, deed: Deed) -> None:
        """A comment's change is told by the mark of what it stands under, if by anything: it has no list of its own."""
        if stream != "comment":
            self._stamp(stream, id, name=f"{stream} {id} at {self.now}")
            return
        self.box.edits.change(stream, id, self.now, content=f"<p>written at {self.now}</p>")
        parent = self.parent(id)
        if deed.said and parent[0] in STAMPED:
            self._stamp(*parent)

    def _link(self, stream: str, id: str, deed: Deed) -> None:
        """Link a deal with something, or part them: the counters of both change, their marks do not."""
        other = "task" if deed.said else "deal"
        known = [one for one in self._there(other) if one != id]
        if stream == "deal" and known:
            self.box.edits.link(id, other, known[deed.number // 7 % len(known)])

    def _counted(self, comment: str, deed: Deed) -> None:
        """There is one comment more or less: an activity of a task; whether it touches a deal, nobody knows (§4.6).

        If it does not, only the counter tells: nothing, where another comment went or came in its place.
        """
        parent = self.parent(comment)
        if parent[0] in ("task", "project") or (deed.said and parent[0] in STAMPED):
            self._stamp(*parent)

    def _stamp(self, stream: str, id: str, **fields: object) -> None:
        self.box.edits.change(stream, id, self.now, **fields)
        self._tell(stream, id)

    def _tell(self, stream: str, id: str) -> None:
        self.told[stream, id].append(self.now)

    def parent(self, comment: str) -> Key:
        """The record that a comment stands under."""
        account = self.box.account
        index = account.comment_kind.index(comment)
        assert index is not None
        kind, place = account.comments.owner(index)
        return account.kinds[kind].stream, account.kinds[kind].id(place)

    def _known(self, stream: str) -> list[str]:
        kind = next(kind for kind in self.box.account.kinds.values() if kind.stream == stream)
        return [kind.id(index) for index in range(kind.count)]

    def _wait_for_birth(self) -> None:
        for stream in (*BORN, "comment"):
            unborn = self._ids[stream][3::4] if stream == "comment" else self._ids[stream][-NOT_YET:]
            for id in unborn:
                self.box.edits.remove(stream, id)
                self._gone[stream].append(id)
                self._unborn.add((stream, id))

    def _remember(self) -> None:
        """But for the file that nothing shows but a space, which are not asked for."""
        kept = KEPT if self.life.files else KEPT[:-1]
        state = {(line["stream"], line["id"]): line for line in self.box.truth(kept)}
        state.pop(("file", shown_file(self.box.account)[0]), None)
        self.past.append((self.now, state))

    def since(self, moment: float) -> Iterator[State]:
        """All that was true at a moment or later, oldest first."""
        before = [state for at, state in self.past if at <= moment]
        yield from before[-1:]
        yield from (state for at, state in self.past if at > moment)
