"""What the people of a small company may do whose CRM is Megaplan's, and what tells of it, in whichever of its two APIs."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from crmexport_megaplan.sandbox import MegaplanSandbox
from crmexport_megaplan.sandbox.customs import PROGRAM_FIELDS, SCOPE_FIELDS
from crmexport_megaplan.sandbox.programs import SCHEMES
from crmexport_megaplan.sandbox.rehearsal import InventedCompany
from crmexport_megaplan.sandbox.values import moment

from crmexport.sandbox.rehearsal import Topic
from crmexport.source import Key
from tests.lives.life import FIELD, Deed, Life
from tests.lives.lived import Told

KINDS = {
    "Task": "task",
    "Project": "project",
    "Deal": "deal",
    "ContractorCompany": "contractorCompany",
    "ContractorHuman": "contractorHuman",
}
BORN = ("task", "deal", "contractorHuman", "contractorCompany", "todo", "invoice", "comment", "file")
BINNED = ("contractorCompany", "contractorHuman", "payer")
WORK = (
    "create",
    "create",
    "change",
    "delete",
    "delete",
    "bin",
    "comment",
    "comment",
    "attach",
    "scheme",
    "found",
    "retire",
    "hire",
)
HIRED = ("employee", "project")
NEW_SCHEME = 1  # which is founded in lives where any is
DELETED = ("task", "project", "deal", "contractorHuman", "contractorCompany", "todo", "invoice")


def habits(readings: Mapping[str, tuple[Any, ...]]) -> tuple[str | None, ...]:
    """The likely reading, twice as often as each of the others; spelling and dying tokens are left out."""
    others = (name for name, (topic, *_more) in readings.items() if topic not in (Topic.SHAPE, Topic.TOKENS))
    return (None, None, *others)


def _fields() -> dict[str, str]:
    """The last custom field of each scope, but for those with files."""
    every = {**{f"program/{id}": own for id, own in PROGRAM_FIELDS.items()}, **SCOPE_FIELDS}
    plain = {scope: [one.name for one in own if one.kind != "ResourceField"] for scope, own in every.items()}
    return {scope: names[-1] for scope, names in plain.items() if names}


class Moved:
    """Which comments stand where, when some have gone over from one record to another."""

    def __init__(self, drawn: Any) -> None:
        self._drawn = drawn
        self.to: dict[int, tuple[str, int]] = {}

    def of(self, kind: str, index: int) -> list[int]:
        own = [one for one in self._drawn.of(kind, index) if one not in self.to]
        return sorted([*own, *(one for one, to in self.to.items() if to == (kind, index))])

    def owner(self, comment: int) -> tuple[str, int]:
        found: tuple[str, int] = self.to.get(comment) or self._drawn.owner(comment)
        return found


class Hung:
    """Which files hang where, without those that were taken off."""

    def __init__(self, account: Any) -> None:
        self._account, self._drawn = account, account.files
        self.owner = self._drawn.owner

    def of(self, place: str, index: int) -> list[int]:
        return [one for one in self._drawn.of(place, index) if ("File", one) not in self._account.removed]


class Company(InventedCompany):
    """A tiny company, whose people work while it is pulled.

    Lists go by the mark of change of the streams `marked`, and those of `relisted` come whole; comments `of_itself` are those
    of records of these kinds, which tell of themselves. Besides deals, records of the streams `fielded` have custom fields.
    """

    marked: tuple[str, ...]
    relisted: tuple[str, ...]
    of_itself: tuple[str, ...] = ()
    fielded: tuple[str, ...]

    def open(self, box: MegaplanSandbox) -> None:
        """Let some records of each kind be still to come."""
        self.box = box
        self.account: Any = box.account
        self.account.comments = self.moved = Moved(self.account.comments)
        self.account.files = Hung(self.account)
        self.unborn: dict[str, list[str]] = defaultdict(list)
        self.gone: dict[str, list[str]] = defaultdict(list)
        self.unmade: list[tuple[str, str]] = []  # the scopes and names of custom fields
        for stream in BORN:
            for id in [id for id in self._ids(stream) if stream != "file" or self._is_hung(id)][2::6]:
                self._hold_back(stream, [id])

    def _hold_back(self, stream: str, ids: list[str]) -> None:
        for id in ids:
            self.box.edits.remove(stream, id)
            self.unborn[stream].append(id)

    def _has_events(self, stream: str, id: str) -> bool:
        """Which, if they are over, nothing else tells of."""
        events = (self.account.body("Todo", index) for index in range(self.account.counts["Todo"]))
        return stream == "employee" and any(event["responsible"]["id"] == id for event in events)

    def key(self, stream: str, id: str) -> Key:
        """What a record is called in the archive."""
        return stream, id

    def field_key(self, scope: str, name: str) -> Key:
        """The same of the definition of a custom field."""
        raise NotImplementedError

    def hold_back(self, life: Life) -> None:
        """Let some custom fields, a scheme and some people be still to come, if any come in this life."""
        if life.has("hire"):
            for stream in HIRED:
                self._hold_back(
                    stream, [id for id in self._ids(stream)[3::6] if not self._has_events(stream, id)]
                )
        if life.has("found"):
            deals = self.account.deal_kind
            moved = [index for index in range(deals.count) if deals.program(index) == NEW_SCHEME]
            self.account.schemed.update(dict.fromkeys(moved, 0))
            self._hold_back("program", [SCHEMES[NEW_SCHEME].id])
        if life.has(FIELD):
            self.unmade = [
                one for one in _fields().items() if one[0] in self.fielded or one[0].startswith("program/")
            ]
            self.account.unmade.update(name for _scope, name in self.unmade)

    def do(self, deed: Deed, now: float) -> Told:
        told: Told = getattr(self, f"_{deed.what}")(deed, now)
        return told

    def _there(self, stream: str) -> list[str]:
        gone = {*self.unborn[stream], *self.gone[stream]}
        return [id for id in self._ids(stream) if id not in gone and self._is_there(stream, id)]

    def _is_there(self, stream: str, id: str) -> bool:
        """Whether there is such a record; pictures in texts are none."""
        kind = next(kind for kind in self.account.kinds.values() if kind.stream == stream)
        index = kind.index(id)
        return index is not None and not self.account.is_gone(kind.content_type, index)

    def _one(self, streams: tuple[str, ...], deed: Deed) -> Key | None:
        stream = streams[deed.number % len(streams)]
        there = self._there(stream)
        return (stream, there[deed.number // len(streams) % len(there)]) if there else None

    def _create(self, deed: Deed, now: float) -> Told:
        """Make what never was, or take out of nowhere what was deleted: with its mark moved, or as it was."""
        stream = BORN[deed.number % len(BORN)]
        if self.unborn[stream]:
            id = self.unborn[stream].pop()
        elif self.gone[stream]:
            id = self.gone[stream].pop(deed.number % len(self.gone[stream]))
            if not deed.said and stream in self.marked:
                self.box.edits.restore(stream, id)
                return Told(seen=(self.key(stream, id),))
        else:
            return Told()
        self.box.edits.restore(stream, id)
        if stream == "comment":
            return self._commented(id, deed, now, moment(int(now)))
        if stream == "file":
            return self._owner_stamped(id, now)
        self.box.edits.change(stream, id, now)
        return Told(said=(self.key(stream, id),))

    def _change(self, deed: Deed, now: float) -> Told:
        found = self._one((*self.marked, *self.relisted, "payer"), deed)
        return self._stamped(*found, now, name=f"{found} at {now}") if found else Told()

    def _mass(self, deed: Deed, now: float) -> Told:
        """All have the same mark of change then."""
        streams = (*self.marked, *self.relisted)
        stream = streams[deed.number % len(streams)]
        told = [self._stamped(stream, id, now, name=f"{id} at {now}") for id in self._there(stream)]
        return Told(said=tuple(key for one in told for key in one.said))

    def _stamped(self, stream: str, id: str, now: float, **fields: object) -> Told:
        self.box.edits.change(stream, id, now, **fields)
        return Told(said=(self.key(stream, id),))

    def _delete(self, deed: Deed, now: float) -> Told:
        found = self._one(DELETED, deed)
        return self._removed(*found) if found else Told()

    def _removed(self, stream: str, id: str) -> Told:
        self.gone[stream].append(id)
        self.box.edits.remove(stream, id)
        told = (self.key(stream, id),)
        return Told(seen=told) if stream in self.marked else Told(said=told)

    def _bin(self, deed: Deed, now: float) -> Told:
        """Into the bin, or out of it."""
        found = self._one(BINNED, deed)
        if not found:
            return Told()
        kind, index = self.box.edits._key(*found)
        return self._drop(*found, now, not self.account.body(kind, index)["isDropped"])

    def _drop(self, stream: str, id: str, now: float, is_in: bool) -> Told:
        return self._stamped(stream, id, now, isDropped=is_in)

    def _comment(self, deed: Deed, now: float) -> Told:
        """Another text, or none any more."""
        found = self._one(("comment",), deed)
        if not found:
            return Told()
        if deed.number % 3:
            self.box.edits.change("comment", found[1], now, content=f"<p>at {now}</p>")
            return self._commented(found[1], deed, now)
        self.gone["comment"].append(found[1])
        self.box.edits.remove("comment", found[1])
        kind, owner = self._parent(found[1])
        if deed.said and kind in KINDS:
            return self._stamped(KINDS[kind], owner, now)
        return Told(lost=(self.key("comment", found[1]),))

    def _commented(self, id: str, deed: Deed, now: float, made: Any = None) -> Told:
        if made:
            self.box.edits.change("comment", id, now, timeCreated=made)
        kind, owner = self._parent(id)
        if deed.said and kind in KINDS and self.account.find(kind, owner) is not None:
            told = self._stamped(KINDS[kind], owner, now).said
        else:
            told = ()
        return Told(said=(*told, *([self.key("comment", id)] if told or kind in self.of_itself else [])))

    def _parent(self, comment: str) -> Key:
        kind, owner = self.moved.owner(self.account.comment_kind.index(comment))
        return kind, self.account.kinds[kind].id(owner)

    def _field(self, deed: Deed, now: float) -> Told:
        """Somebody makes a field, and all records of its scope show it; its definition tells of it."""
        if not self.unmade:
            return Told()
        scope, name = self.unmade.pop(deed.number % len(self.unmade))
        self.box.edits.make_field(name)
        _program, _slash, program = scope.partition("/")
        stream = "deal" if program else scope
        shown = [id for id in self._there(stream) if not program or self._program(id) == program]
        told = [self.key(stream, id) for id in shown if not self.is_hidden((stream, id))]
        return Told(said=(*told, self.field_key(scope, name)))

    def _program(self, deal: str) -> str:
        kind = self.account.deal_kind
        return SCHEMES[kind.program(kind.index(deal))].id

    def _scheme(self, deed: Deed, now: float) -> Told:
        """A deal goes over to another scheme."""
        found, to = self._one(("deal",), deed), self._one(("program",), deed)
        if not (found and to):
            return Told()
        self.box.edits.scheme(found[1], self.account.program_kind.index(to[1]), now)
        return Told(said=(self.key(*found),))

    def _found(self, deed: Deed, now: float) -> Told:
        """A new scheme, which a deal goes over to."""
        if not self.unborn["program"]:
            return Told()
        id = self.unborn["program"].pop()
        self.box.edits.restore("program", id)
        fields = [self.field_key(f"program/{id}", one.name) for one in PROGRAM_FIELDS[id]]
        made = [one for one in fields if one[1].rpartition(":")[2] not in self.account.unmade]
        found = self._one(("deal",), deed)
        if found:
            self.box.edits.scheme(found[1], NEW_SCHEME, now)
        return Told(said=(self.key("program", id), *made, *([self.key(*found)] if found else [])))

    def _retire(self, deed: Deed, now: float) -> Told:
        """A scheme takes no more deals, or does again."""
        found = self._one(("program",), deed)
        if not found:
            return Told()
        self.box.edits.turn(*found)
        return Told(said=(self.key(*found),))

    def _hire(self, deed: Deed, now: float) -> Told:
        """A person or a project that never was."""
        stream = HIRED[deed.number % len(HIRED)]
        if not self.unborn[stream]:
            return Told()
        id = self.unborn[stream].pop()
        self.box.edits.restore(stream, id)
        return self._stamped(stream, id, now)

    def is_hidden(self, key: Key) -> bool:
        """Whether no list shows a record that is there."""
        return False

    def _attach(self, deed: Deed, now: float) -> Told:
        """A file is taken off."""
        found = self._one(("file",), deed)
        if not (found and self._is_hung(found[1])):
            return Told()
        self.box.edits.remove(*found)
        self.gone["file"].append(found[1])
        return self._owner_stamped(found[1], now)

    def _is_hung(self, file: str) -> bool:
        """Whether it is attached to a record: to no field of it, and not a picture in its text."""
        index = self.account.file_kind.index(file)
        hung = None if index is None else self.account.files.owner(index)
        return hung is not None and hung[0] in (*KINDS, "Comment")

    def _owner_stamped(self, file: str, now: float) -> Told:
        hung = self.account.files.owner(self.account.file_kind.index(file))
        if hung is None or hung[0] == "Comment":
            return Told()
        kind, id = hung[0], self.account.kinds[hung[0]].id(hung[1])
        return self._stamped(KINDS[kind], id, now) if self.account.find(kind, id) is not None else Told()

    def _merge(self, deed: Deed, now: float) -> Told:
        """A client becomes part of another, and so do its comments."""
        found = self._one(("contractorHuman",), deed)
        others = [id for id in self._there("contractorHuman") if found and id != found[1]]
        if not (found and others):
            return Told()
        kind = self.account.kinds["ContractorHuman"]
        old, new = kind.index(found[1]), kind.index(others[deed.number // 5 % len(others)])
        for comment in self.account.comments_of("ContractorHuman", old):
            self.moved.to[comment] = ("ContractorHuman", new)
        told, gone = self._stamped("contractorHuman", kind.id(new), now), self._removed(*found)
        return Told((*told.said, *gone.said), gone.seen)
