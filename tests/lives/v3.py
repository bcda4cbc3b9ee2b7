"""What the people of a small company may do whose CRM is Megaplan's newer API, and what tells of it (Megaplan reference, Part I).

Tasks, projects, deals and clients have a mark of change that lists go by; events, invoices, payers and people come whole. A comment moves the
mark of what it stands at, or none. Links move none: counters tell of them, in a sweep.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from crmexport_megaplan import Megaplan
from crmexport_megaplan.sandbox import Behaviour, MegaplanSandbox, faults
from crmexport_megaplan.sandbox.query import Refused
from crmexport_megaplan.sandbox.rehearsal import HABITS as READINGS
from crmexport_megaplan.sandbox.rehearsal import SMALL_PAGES, MegaplanRehearsal

from crmexport.source import Account, Key
from tests.lives.company import WORK, Company, habits
from tests.lives.life import FIELD, Deed, Life
from tests.lives.lived import Living, Told
from tests.megaplan.test_readings import lot

WHAT = (*WORK, "link", "merge", FIELD, "turn")
LOT = "lot "
HABITS = (*habits(READINGS), *(f"{LOT}{number}" for number in range(24)))  # the lots: many readings at once
REFUSABLE = (
    "/task?",
    "/project?",
    "/deal?",
    "/contractorHuman?",
    "/contractorCompany?",
    "/comments",
    "/program?",
    "/extraField",
    "/employee?",
    "/payer?",
    "/todo?",
    "/invoice?",
    "/attach",
    "/bulk",
    "/history",
)


CLOSABLE = (
    "todo",
    "invoice",
    "payer",
    "offer",
    "project",
    "callInfo",
    "message",
    "consignment",
    "warehouse",
    "deal",
    "task",
    "contractorHuman",
)


def _readings(habit: str) -> Mapping[str, Any]:
    """All but those under which something cannot be had: what a link alone leads to, once that is deleted; histories of clients that are
    refused, where too few are asked for to tell that there are none.
    """
    if habit.startswith(LOT):
        given = {"contractor_history": True, "empty_search": "all", "passes_over": False}
        return lot(int(habit.removeprefix(LOT))) | given
    return READINGS[habit][2] if habit else {}


class NewerCompany(Company, MegaplanRehearsal):
    """A company whose CRM speaks the newer API."""

    marked = ("task", "project", "deal", "contractorCompany", "contractorHuman")
    relisted = ("todo", "invoice", "employee")
    fielded = ("task", "project", "contractorCompany", "contractorHuman", "employee")

    def __init__(self, habit: str | None = None) -> None:
        super().__init__()
        switches = {**SMALL_PAGES, **_readings(habit or "")}
        self.open(MegaplanSandbox(24, 20, 24, behaviour=Behaviour(**switches)))
        self.living: Living | None = None
        self._document = self.box.site._document
        self.box.site._document = self._shown  # type: ignore[method-assign]

    def _shown(self, steps: tuple[str, ...], *asked: Any) -> Any:
        """Within batches, too. Of a module that is closed, neither lists nor cards are there."""
        if self.living and steps[0] == self.living.night.closed:
            raise Refused(404, "Not Found")
        return self._document(steps, *asked)

    def do(self, deed: Deed, now: float) -> Told:
        """What a list never shows, none tells of."""
        told = super().do(deed, now)
        if deed.what == "turn":
            return told
        return Told(lost=told.lost) if any(map(self.is_hidden, (*told.said, *told.seen))) else told

    def is_hidden(self, key: Key) -> bool:
        hides, account = self.box.behaviour, self.account
        found = {
            "todo": ("Todo", hides.todo_list_hides_finished, account.todo_kind.is_finished),
            "employee": ("Employee", hides.employee_list_hides_fired, account.employee_kind.is_fired),
            "contractorCompany": (
                "ContractorCompany",
                hides.contractor_list_hides_dropped,
                account.company_kind.is_dropped,
            ),
        }.get(key[0])
        return bool(found and found[1] and found[2](account.kinds[found[0]].index(key[1])))

    def _turn(self, deed: Deed, now: float) -> Told:
        """An event is finished or begun anew, a person leaves or comes back. What a list hides from now on, it does not show: that tells."""
        found = self._one(("todo", "employee"), deed)
        if not found or (
            found[0] == "todo" and self.account.todo_owner(self.account.todo_kind.index(found[1])) is None
        ):
            return Told()
        self.box.edits.turn(*found)
        return self._stamped(*found, now)

    def field_key(self, scope: str, name: str) -> Key:
        return "extraField", f"{scope}:{name}"

    def _link(self, deed: Deed, now: float) -> Told:
        """A deal and another, or a task, are linked or parted. Whoever counts them may count as many as before."""
        found = self._one(("deal",), deed)
        other = self._one((("deal", "task")[deed.said],), deed._replace(number=deed.number // 3))
        if found and other and found != other:
            self.box.edits.link(found[1], *other)
        return Told()


def company(folder: Path, life: Life) -> Living:
    """A company that lives a life."""
    box = NewerCompany(life.habit)
    box.hold_back(life)
    refusal = faults.told(403, "Доступ запрещён")
    assert refusal.instead is not None
    living = Living(box, Megaplan(Account(box.url)), box.do, refusal.instead(), folder, life.pace)
    box.living = living
    hung_on = (
        "task",
        "project",
        "deal",
        "contractorCompany",
        "contractorHuman",
        "comment",
        "todo",
        "invoice",
    )
    fielded = dict.fromkeys(box.fielded, ("extraField",))
    living.under = {**fielded, "deal": ("program", "extraField"), "file": hung_on}
    return living
