"""What the people of a small company may do whose CRM is Megaplan's older API, and what tells of it (Megaplan reference, Part II).

Tasks, projects and deals have a mark of change that lists go by, and the lists of clients, events, invoices and people come whole.
A comment of a task or project tells of itself; that of a deal or client moves a mark, if anything does.
"""

from collections import defaultdict
from pathlib import Path
from typing import Any

from crmexport_megaplan.sandbox.sandbox import MegaplanV1Sandbox
from crmexport_megaplan.sandbox.v1.behaviour import V1Behaviour
from crmexport_megaplan.sandbox.v1.rehearsal import HABITS as READINGS
from crmexport_megaplan.sandbox.v1.rehearsal import SMALL_PAGES, ZONE, MegaplanV1Rehearsal
from crmexport_megaplan.sandbox.values import moment
from crmexport_megaplan.v1 import MegaplanV1

from crmexport.sandbox.exchange import Answer
from crmexport.sandbox.rehearsal import Key, Topic
from crmexport.source import Account, Credentials
from tests.lives.life import Deed, Life
from tests.lives.lived import Living, Told

STREAMS = {
    "task": "Task",
    "project": "Project",
    "deal": "Deal",
    "contractorCompany": "Contractor",
    "contractorHuman": "Contractor",
    "todo": "Event",
    "invoice": "Invoice",
    "payer": "Payer",
    "comment": "Comment",
    "file": "file",
    "employee": "Employee",
}
KINDS = {
    "Task": "task",
    "Project": "project",
    "Deal": "deal",
    "ContractorCompany": "contractorCompany",
    "ContractorHuman": "contractorHuman",
}
MARKED = ("task", "project", "deal")
RELISTED = ("contractorCompany", "contractorHuman", "todo", "invoice", "employee")
BORN = ("task", "deal", "contractorHuman", "contractorCompany", "todo", "invoice", "comment", "file")
DELETED = ("task", "project", "deal", "contractorHuman", "contractorCompany", "todo", "invoice")
BINNED = ("contractorCompany", "contractorHuman", "payer")
OF_ITSELF = ("Task", "Project")  # comments of these tell of themselves
WHAT = (
    "create",
    "create",
    "change",
    "delete",
    "delete",
    "bin",
    "comment",
    "comment",
    "attach",
    "pay",
    "merge",
)
HABITS = (
    None,
    None,
    *(name for name, (topic, *_more) in READINGS.items() if topic not in (Topic.SHAPE, Topic.TOKENS)),
)
REFUSABLE = (
    "Task/list.",
    "Deal/list.",
    "Contractor/list.",
    "Contractor/card",
    "Deal/listFields",
    "Comment/list",
    "Employee/list",
    "Payer/list.",
    "Event/list",
    "/attach/",
    "DroppedOnly",
    "Operation/card",
)
WORDS = b'{"status": {"code": "error", "message": "You can not see this"}, "params": {}, "data": []}'


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


class Company(MegaplanV1Rehearsal):
    """A tiny company, whose people work while it is pulled."""

    lasting = MegaplanV1Rehearsal.lasting | {"Checklist"}  # its list alone tells of it, and is no whole one

    def __init__(self, habit: str | None = None) -> None:
        super().__init__(habit)
        switches = {**SMALL_PAGES, **(READINGS[habit][2] if habit else {})}
        self.box = MegaplanV1Sandbox(24, 20, 24, v1=V1Behaviour(zone=ZONE, **switches))
        self.account: Any = self.box.account
        self.account.comments = self.moved = Moved(self.account.comments)
        self.unborn: dict[str, list[str]] = defaultdict(list)
        self.gone: dict[str, list[str]] = defaultdict(list)
        for stream in BORN:
            for id in [id for id in self._ids(stream) if stream != "file" or self._is_hung(id)][2::6]:
                self.box.edits.remove(stream, id)
                self.unborn[stream].append(id)

    @property
    def credentials(self) -> Credentials:
        return Credentials(login=self.box.login, password=self.box.password)

    def do(self, deed: Deed, now: float) -> Told:
        told: Told = getattr(self, f"_{deed.what}")(deed, now)
        return told

    def _there(self, stream: str) -> list[str]:
        gone = {*self.unborn[stream], *self.gone[stream]}
        return [id for id in self._ids(stream) if id not in gone and not self._is_gone(stream, id)]

    def _is_gone(self, stream: str, id: str) -> bool:
        kind, index = self.box.edits._key(stream, id)
        return bool(self.account.is_gone(kind, index))

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
            if not deed.said and stream in MARKED:
                self.box.edits.restore(stream, id)
                return Told(seen=(key(stream, id),))
        else:
            return Told()
        self.box.edits.restore(stream, id)
        if stream == "comment":
            return self._commented(id, deed, now, moment(int(now)))
        if stream == "file":
            return self._owner_stamped(id, now)
        self.box.edits.change(stream, id, now)
        return Told(said=(key(stream, id),))

    def _change(self, deed: Deed, now: float) -> Told:
        found = self._one((*MARKED, *RELISTED, "payer"), deed)
        return self._stamped(*found, now, name=f"{found} at {now}") if found else Told()

    def _stamped(self, stream: str, id: str, now: float, **fields: object) -> Told:
        self.box.edits.change(stream, id, now, **fields)
        return Told(said=(key(stream, id),))

    def _delete(self, deed: Deed, now: float) -> Told:
        found = self._one(DELETED, deed)
        return self._removed(*found) if found else Told()

    def _removed(self, stream: str, id: str) -> Told:
        self.gone[stream].append(id)
        self.box.edits.remove(stream, id)
        told = (key(stream, id),)
        return Told(seen=told) if stream in MARKED else Told(said=told)

    def _bin(self, deed: Deed, now: float) -> Told:
        """Into the bin, or out of it: another list shows it."""
        found = self._one(BINNED, deed)
        if not found:
            return Told()
        kind, index = self.box.edits._key(*found)
        is_in = bool(self.account.body(kind, index)["isDropped"])
        self.box.edits.change_quietly(*found, isDropped=not is_in)
        return Told(said=(key(*found),))

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
        return Told(lost=(("Comment", found[1]),))

    def _commented(self, id: str, deed: Deed, now: float, made: Any = None) -> Told:
        if made:
            self.box.edits.change("comment", id, now, timeCreated=made)
        kind, owner = self._parent(id)
        if deed.said and kind in KINDS and self._is_there(kind, owner):
            told = self._stamped(KINDS[kind], owner, now).said
        else:
            told = ()
        return Told(said=(*told, *([("Comment", id)] if told or kind in OF_ITSELF else [])))

    def _is_there(self, kind: str, id: str) -> bool:
        return self.account.find(kind, id) is not None

    def _parent(self, comment: str) -> Key:
        kind, owner = self.moved.owner(self.account.comment_kind.index(comment))
        return kind, self.account.kinds[kind].id(owner)

    def _attach(self, deed: Deed, now: float) -> Told:
        """A file is taken off."""
        found = self._one(("file",), deed)
        if not (found and self._is_hung(found[1])):
            return Told()
        self.box.edits.remove(*found)
        self.gone["file"].append(found[1])
        return self._owner_stamped(found[1], now)

    def _is_hung(self, file: str) -> bool:
        """Whether it is attached to a record, and to no field of it."""
        hung = self.account.files.owner(self.account.file_kind.index(file))
        return hung is not None and hung[0] in (*KINDS, "Comment")

    def _owner_stamped(self, file: str, now: float) -> Told:
        hung = self.account.files.owner(self.account.file_kind.index(file))
        if hung is None or hung[0] == "Comment":
            return Told()
        kind, id = hung[0], self.account.kinds[hung[0]].id(hung[1])
        return self._stamped(KINDS[kind], id, now) if self._is_there(kind, id) else Told()

    def _pay(self, deed: Deed, now: float) -> Told:
        """An invoice is paid, which is a payment; or not any more."""
        found = self._one(("invoice",), deed)
        if not found:
            return Told()
        index = self.account.kinds["Invoice"].index(found[1])
        is_paid = self.account.body("Invoice", index)["status"] == "paid"
        told = self._stamped(*found, now, status="sent" if is_paid else "paid")
        return Told(said=(*told.said, ("Operation", str(7000 + index))))

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
        told = self._stamped("contractorHuman", kind.id(new), now).said
        return Told(said=(*told, *self._removed(*found).said))


def key(stream: str, id: str) -> Key:
    return STREAMS[stream], id


def company(folder: Path, life: Life) -> Living:
    """A company that lives a life."""
    box = Company(life.habit)
    connector = MegaplanV1(Account(box.url, {"zone": ZONE}))
    living = Living(box, connector, box.do, Answer(200, WORDS), folder, life.pace)
    hung_on = ("Task", "Project", "Deal", "Contractor", "Comment", "Field")
    living.under = {"Operation": ("Invoice",), "Deal": ("Program", "Field"), "file": hung_on}
    return living
