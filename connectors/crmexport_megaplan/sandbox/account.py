"""The whole account: the world with every kind of record, found by contentType."""

from copy import deepcopy

from crmexport_megaplan.sandbox.clients import Companies, Humans, Payers
from crmexport_megaplan.sandbox.comments import Comments
from crmexport_megaplan.sandbox.deals import Deals, Invoices
from crmexport_megaplan.sandbox.dictionaries import WHOLE
from crmexport_megaplan.sandbox.files import Files
from crmexport_megaplan.sandbox.goods import ConsignmentRows, Consignments, FinOperations, Offers, Warehouses
from crmexport_megaplan.sandbox.issues import PICTURED, Issues, Projects, Tasks
from crmexport_megaplan.sandbox.kinds import DELETED, Kind
from crmexport_megaplan.sandbox.lists import Key
from crmexport_megaplan.sandbox.past import (
    Changesets,
    RelationLinks,
    StatusHistories,
    linked_deals,
    linked_tasks,
)
from crmexport_megaplan.sandbox.people import Departments, Employees
from crmexport_megaplan.sandbox.programs import ALL_STATES, Programs, definitions
from crmexport_megaplan.sandbox.small import smalls
from crmexport_megaplan.sandbox.todos import Todos
from crmexport_megaplan.sandbox.values import Body, seconds_of
from crmexport_megaplan.sandbox.world import Sizes, World
from crmexport_megaplan.unasked import GUESSED

_DICTIONARIES = {**WHOLE, **ALL_STATES}


class InventedAccount(World):
    """The invented company with all its records, and what has been changed since."""

    def __init__(
        self, sizes: Sizes, seed: int = 1, *, shortens: bool = False, as_described: bool = False
    ) -> None:
        super().__init__(sizes, seed, shortens=shortens)
        self.unknown = GUESSED if as_described else {}
        self.comment_kind, self.file_kind, self.todo_kind = Comments(self), Files(self), Todos(self)
        self.program_kind = Programs(self)
        self.deal_kind, self.company_kind, self.employee_kind = Deals(self), Companies(self), Employees(self)
        self._issues: dict[str, Issues] = {"Task": Tasks(self), "Project": Projects(self)}
        self.operation_kind = FinOperations(self)
        self.past, self.relations = Changesets(self), RelationLinks(self)
        self.kinds = {kind.content_type: kind for kind in (self.company_kind, self.file_kind)}
        self.first_ids = {kind: known.first_id for kind, known in self.kinds.items()}
        typed: list[Kind] = [
            self.employee_kind,
            Departments(self),
            self.program_kind,
            self.company_kind,
            Humans(self),
            Payers(self),
            self.deal_kind,
            *self._issues.values(),
            self.todo_kind,
            self.comment_kind,
            Invoices(self),
            self.file_kind,
            Offers(self),
            Warehouses(self),
            Consignments(self),
            ConsignmentRows(self),
            self.operation_kind,
            self.past,
            self.relations,
            StatusHistories(self),
            *smalls(self),
        ]
        self.kinds = {kind.content_type: kind for kind in typed}
        self.first_ids |= {kind.content_type: kind.first_id for kind in typed}
        self.removed: set[Key] = set()
        self.changed: dict[Key, Body] = {}
        self.linked: dict[
            int, dict[str, list[int]]
        ] = {}  # deals whose links were edited, with all they have now
        self.unmade: set[str] = set()  # custom fields that nobody has made yet, by their names
        self.revision = 0  # how many edits there were: what was counted or sorted before counts no more

    def issues(self, kind: str) -> Issues:
        """The kind of tasks or of projects."""
        return self._issues[kind]

    def is_there(self, kind: str, index: int) -> bool:
        """Whether nobody has removed the record."""
        return (kind, index) not in self.removed

    def operations(self, kind: str, index: int) -> Body:
        """The financial operations that hang on a deal or a task, as an array with its counter."""
        return self.operation_kind.hung(kind, index)

    def related(self, kind: str, index: int) -> Body:
        """The relation links of a record, as an array with its counter."""
        return self.relations.hung(kind, index)

    def links(self, index: int) -> dict[str, list[int]]:
        """The deals and tasks that a deal is linked with, by kind."""
        found = self.linked.get(index) or {
            "Deal": linked_deals(index, self.counts["Deal"]),
            "Task": linked_tasks(index, self.counts["Task"]),
        }
        return {kind: [one for one in many if self.is_there(kind, one)] for kind, many in found.items()}

    def is_touched(self, kind: str, index: int) -> bool:
        """Whether anything happened to a record after it was made."""
        return self.kinds[kind].is_touched(index) or (kind == "Deal" and any(self.links(index).values()))

    def find(self, kind: str, id: str) -> int | None:
        """The index of the record with this id, if it exists (any more)."""
        index = self.kinds[kind].index(id)
        return None if index is None or (kind, index) in self.removed else index

    def is_gone(self, kind: str, index: int) -> bool:
        """Whether the record, or the one that a comment or file hangs on, has been removed."""
        if not self.removed:
            return False
        if (kind, index) in self.removed:
            return True
        if kind == "Comment":
            return self.comments.owner(index) in self.removed
        if kind == "File" and index == self.picture:
            return ("Task", PICTURED) in self.removed
        owner = self.files.owner(index) if kind == "File" else None
        return owner is not None and self.is_gone(owner[0].partition(".")[0], owner[1])

    def body(self, kind: str, index: int) -> Body:
        """The whole card as it is now."""
        body = self.kinds[kind].body(index)
        if self.changed:
            body |= deepcopy(self.changed.get((kind, index), {}))
        for name in (*self.unknown.get(kind, ()), *self.unmade):
            body.pop(name, None)
            body.pop(f"{name}Count", None)
        return body

    def definitions(self, scope: str) -> list[Body]:
        """The definitions of the custom fields of a scope that there are."""
        kind, _slash, id = scope.partition("/")
        if kind == "program" and self.find("Program", id) is None:
            return []
        return [one for one in definitions(scope) if one["name"] not in self.unmade]

    def when(self, kind: str, index: int, field: str) -> int | None:
        """A time of the record, seconds since 1970; None if it has none of that name."""
        changed = self.changed.get((kind, index), {}).get(field)
        return seconds_of(changed) if changed else self.kinds[kind].when(index, field)

    def mention(self, content_type: str, id: str) -> Body:
        """The short form in which a record is shown within another."""
        known = _DICTIONARIES.get((content_type, id))
        if known is not None:
            return known
        kind = self.kinds.get(content_type)
        index = kind.index(id) if kind else None
        if kind is None or index is None or (content_type, index) in self.removed:
            gone = {"isDropped": True} if DELETED.get(content_type) == id else {}
            return {"contentType": content_type, "id": id, **gone}
        return kind.short(index) | self._renamed(kind, index)

    def _renamed(self, kind: Kind, index: int) -> Body:
        changes = self.changed.get((kind.content_type, index), {})
        return {name: changes[name] for name in kind.in_short if name in changes}
