"""What the people of a small company may do whose CRM is Megaplan's older API, and what tells of it (Megaplan reference, Part II).

Tasks, projects and deals have a mark of change that lists go by, and the lists of clients, events, invoices and people come whole.
A comment of a task or project tells of itself; that of a deal or client moves a mark, if anything does.
"""

from pathlib import Path

from crmexport_megaplan.sandbox.sandbox import MegaplanV1Sandbox
from crmexport_megaplan.sandbox.v1.behaviour import V1Behaviour
from crmexport_megaplan.sandbox.v1.rehearsal import HABITS as READINGS
from crmexport_megaplan.sandbox.v1.rehearsal import SMALL_PAGES, ZONE, MegaplanV1Rehearsal
from crmexport_megaplan.v1 import MegaplanV1

from crmexport.sandbox.exchange import Answer
from crmexport.source import Account, Credentials, Key
from tests.lives.company import WORK, Company, habits
from tests.lives.life import FIELD, Deed, Life
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
    "program": "Program",
}
WHAT = (*WORK, "pay", "merge", FIELD)
SCOPES = {
    "task": "Task",
    "project": "Project",
    "contractorCompany": "Contractor",
    "contractorHuman": "Contractor",
}
HABITS = habits(READINGS)
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
CLOSABLE = ("/Event/", "/Invoice/", "/Payer/", "/Deal/", "/Task/", "/Project/", "/Contractor/", "/Comment/")
WORDS = b'{"status": {"code": "error", "message": "You can not see this"}, "params": {}, "data": []}'


class OlderCompany(Company, MegaplanV1Rehearsal):
    """A company whose CRM speaks the older API."""

    lasting = MegaplanV1Rehearsal.lasting | {"Checklist"}  # its list alone tells of it, and is no whole one
    marked = ("task", "project", "deal")
    relisted = ("contractorCompany", "contractorHuman", "todo", "invoice", "employee")
    of_itself = ("Task", "Project")
    fielded = tuple(SCOPES)

    def __init__(self, habit: str | None = None) -> None:
        super().__init__(habit)
        switches = {**SMALL_PAGES, **(READINGS[habit][2] if habit else {})}
        self.open(MegaplanV1Sandbox(24, 20, 24, v1=V1Behaviour(zone=ZONE, **switches)))

    @property
    def credentials(self) -> Credentials:
        return Credentials(login=self.box.login, password=self.box.password)

    def key(self, stream: str, id: str) -> Key:
        return STREAMS[stream], id

    def field_key(self, scope: str, name: str) -> Key:
        _program, _slash, program = scope.partition("/")
        return "Field", f"Deal/{program}:{name}" if program else f"{SCOPES[scope]}:{name}"

    def _drop(self, stream: str, id: str, now: float, is_in: bool) -> Told:
        """Another list shows it then."""
        self.box.edits.change_quietly(stream, id, isDropped=is_in)
        return Told(said=(self.key(stream, id),))

    def _pay(self, deed: Deed, now: float) -> Told:
        """An invoice is paid, which is a payment; or not any more."""
        found = self._one(("invoice",), deed)
        if not found:
            return Told()
        index = self.account.kinds["Invoice"].index(found[1])
        is_paid = self.account.body("Invoice", index)["status"] == "paid"
        told = self._stamped(*found, now, status="sent" if is_paid else "paid")
        return Told(said=(*told.said, ("Operation", str(7000 + index))))


def company(folder: Path, life: Life) -> Living:
    """A company that lives a life."""
    box = OlderCompany(life.habit)
    box.hold_back(life)
    connector = MegaplanV1(Account(box.url, {"zone": ZONE}))
    living = Living(box, connector, box.do, Answer(200, WORDS), folder, life.pace)
    living.absence = Answer(404, b"<html>404</html>", "text/html")
    hung_on = ("Task", "Project", "Deal", "Contractor", "Comment", "Field")
    fielded = dict.fromkeys(SCOPES.values(), ("Field",))
    living.under = {**fielded, "Operation": ("Invoice",), "Deal": ("Program", "Field"), "file": hung_on}
    return living
