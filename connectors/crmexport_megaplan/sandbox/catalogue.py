"""The lists there are: their rows, what they hide unless asked, and what they accept (Megaplan reference, §4.5, §7)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from crmexport_megaplan.sandbox import chats, clients, goods, issues, papers, past, small, spaces
from crmexport_megaplan.sandbox.account import InventedAccount
from crmexport_megaplan.sandbox.behaviour import Behaviour
from crmexport_megaplan.sandbox.filters import Keep, names_in, terms_of
from crmexport_megaplan.sandbox.lists import Family, Given, Plain, Rows
from crmexport_megaplan.sandbox.programs import SCHEMES
from crmexport_megaplan.sandbox.query import Refused
from crmexport_megaplan.sandbox.world import REMARKED

Query = dict[str, Any]

TALKED = ("Task", "Deal", "ContractorCompany", "ContractorHuman", "Project", "Todo")
PARENTS = (*TALKED, *REMARKED)  # have comments
BUSY = ("Employee", "Deal", "ContractorCompany", "ContractorHuman", "Task", "Project")  # have todos
PARENT_FOLDER = frozenset({"parentFolder"})
ENTITY_TYPE = frozenset({"entityType"})
LETTERS = frozenset({"isOutgoing", "withParent"})
HOLDERS = (*TALKED, "Comment")  # have attachments
OUTCOMES = {  # the words that filters of linked records know
    "DealResultTypeFilter": frozenset({"active", "negative", "positive"}),
    "TaskResultTypeFilter": frozenset({"active", "completed"}),
}


@dataclass(frozen=True, slots=True)
class Listing:
    """One list. `hides` gives, for a query, the test that a row must pass before any filter of the query."""

    name: str
    rows: Rows
    kinds: tuple[str, ...]
    filter_class: str | None = None
    more: frozenset[str] = frozenset()
    hides: Callable[[Query], Keep | None] = lambda query: None
    is_comments: bool = False

    @property
    def request_type(self) -> str:
        """The name that error texts use."""
        return self.name[:1].upper() + self.name[1:]


class Catalogue:
    """The lists of one account under one behaviour."""

    def __init__(self, account: InventedAccount, behaviour: Behaviour) -> None:
        self._account = account
        self._behaviour = behaviour
        counts = account.counts
        tasks = Family("Project", "Task", 1, issues.FAMILY, counts["Task"] + counts["Project"])
        contractors = Family(
            "ContractorCompany", "ContractorHuman", clients.COMPANIES, clients.FAMILY, account.contractors
        )
        both = ("ContractorCompany", "ContractorHuman")
        crm = {"filter_class": "CrmFilter", "hides": self._hide_dropped}
        self.lists = {
            "employee": self._plain("Employee", "EmployeeFilter", hides=self._hide_fired),
            "department": self._plain("Department"),
            "program": self._plain(
                "Program", hides=self._hide_inactive, more=frozenset({"withInactivePrograms"})
            ),
            "contractor": Listing("contractor", contractors, both, **crm),  # type: ignore[arg-type]
            "contractorCompany": self._plain("ContractorCompany", "CrmFilter", hides=self._hide_dropped),
            "contractorHuman": self._plain("ContractorHuman", "CrmFilter", hides=self._hide_dropped),
            "payer": self._plain("Payer"),
            "deal": self._plain("Deal", "TradeFilter", hides=self._hide_deals),
            "task": Listing("task", tasks, ("Task", "Project"), "TaskFilter", hides=self._hide_issues(True)),
            "project": self._plain(
                "Project",
                "TaskFilter" if behaviour.project_filter else None,
                hides=self._hide_issues(behaviour.project_list_hides_closed),
            ),
            "todo": self._plain("Todo", "TodoFilter", hides=self._hide_finished),
            "invoice": self._plain(
                "Invoice", "InvoiceFilter", more=frozenset({"statusFilterId", "periodFilterId"})
            ),
            "fileStorage": self._plain("File", "FileStorageFilter", hides=self._hide_gone),
            "offer": self._plain("Offer", "OfferFilter"),
            "warehouse": self._plain("Warehouse", "WarehouseFilter"),
            "consignment": self._plain("Consignment", "ConsignmentFilter", hides=self._pass_over),
            "finOperation/search": self._search(),
            "offerCategory": Listing(
                "offerCategory",
                Plain("OfferCategory", len(goods.CATEGORIES)),
                ("OfferCategory",),
                more=frozenset({"parent"}),
                hides=_hide_other_branches,
            ),
            **{route: self._small(route, kind) for route, kind in (small.ROUTES | small.PAPERS).items()},
            **{route: Listing(route, Given([]), (), more=ENTITY_TYPE) for route in small.EMPTY},
            "doc": self._plain("Doc", more=PARENT_FOLDER, hides=self._hide_other_folders),
            "docFolder": self._plain("DocFolder", more=PARENT_FOLDER, hides=self._hide_other_folders),
            **{route: self._mixed(route, kinds) for route, kinds in small.MIXED.items()},
            **{route: self._elements(route, ids) for route, ids in spaces.LISTS.items()},
        }

    def templates(self, kind: str) -> Listing:
        """/task/templates, /project/templates."""
        found = [
            index
            for index in range(self._account.counts[kind])
            if self._account.issues(kind).is_template(index)
        ]
        return Listing(f"{kind}Template", Given([(kind, index) for index in found]), (kind,))

    def _elements(self, name: str, ids: Sequence[str]) -> Listing:
        places = [*spaces.ELEMENTS]
        shown = () if name == "spaces/element" and self._behaviour.spaces_apart else ids
        return Listing(name, Given([("Element", places.index(id)) for id in shown]), ("Element",))

    def under_element(self, steps: tuple[str, ...]) -> Listing | None:
        """The list at a path below /spaces: what lies in an element, its members, the columns, views and rows of a table."""
        match steps:
            case ("element", id, "children") if id in spaces.ELEMENTS:
                return self._elements("spaces/children", spaces.within(id))
            case ("element", id, "members"):
                return _of_element(id, "AccessSettingsItem")
            case ("widget", id, "fields"):
                return _of_element(id, "DataSourceField")
            case ("widget", id, "layouts"):
                return _of_element(id, "WidgetLayout")
            case ("widget", id, "layout", view, "rows") if spaces.VIEWS.get(view, ("",))[0] == id:
                own, shown = spaces.row_places(id), spaces.VIEWS[view][3]
                if self._behaviour.views == "filtered":
                    shown = spaces.HIDING.get(view, shown)
                keys = [("WidgetLayoutDataRow", own[row]) for row in shown]
                more = frozenset({"withSelectAllFields"})
                return Listing("spaces/rows", Given(keys), ("WidgetLayoutDataRow",), more=more)
        return None

    def comments(self, kind: str, index: int) -> Listing:
        """The comments of a record, with history rows between them; a chat has none of those."""
        if kind == "ClientChat":
            told = chats.said(self._account, index)
            return Listing("comment", Given([("Comment", one) for one in told]), ("Comment",))
        rows = list(self._account.comment_kind.rows(kind, index))
        if not self._behaviour.hidden_comments_listed:
            hidden = self._account.hidden_comments(kind, index)
            rows = [row for row in rows if row[1] not in hidden]
        return Listing("comment", Given(rows), ("Comment", "FieldChange", "BasedOnHistory"), is_comments=True)

    def todos(self, kind: str, index: int) -> Listing:
        """The todos of a record (or of an employee): without {"all": true} only those not finished."""
        account = self._account
        if kind == "Employee":
            found = list(range(index, account.counts["Todo"], account.counts["Employee"]))
        else:
            found = account.todo_indices(kind, index)
        more = frozenset({"all", "finished", "period", "filters"})
        rows = Given([("Todo", one) for one in found])
        return Listing("todo", rows, ("Todo",), more=more, hides=self._hide_in_card)

    def children(self, kind: str, index: int, name: str) -> Listing | None:
        """The sub-list `name` of a record, or None where there is no such route."""
        account = self._account
        if name == "comments" and kind in PARENTS:
            return self.comments(kind, index)
        # nobody has said anything of one, and no counter says so
        if name == "comments" and kind == "Consignment":
            return Listing(
                "comment", Given([]), ("Comment", "FieldChange", "BasedOnHistory"), is_comments=True
            )
        if name == "todos" and kind in BUSY:
            return self.todos(kind, index)
        if name == "attaches" and kind in HOLDERS:
            return Listing(
                "file", Given([("File", file) for file in account.files.of(kind, index)]), ("File",)
            )
        if name in ("invoices", "finOperations", "payers"):
            return self._money(kind, index, name)
        if name == "negotiationItems" and kind == "Task":
            keys = [] if index % issues.TALKING else [("NegotiationItem", index // issues.TALKING)]
            return Listing("negotiationItem", Given(keys), ("NegotiationItem",))
        if name == "history" and kind in past.PARENTS:
            rows = account.past.rows(kind, index) if account.is_touched(kind, index) else []
            keys = [("Changeset", row) for row in reversed(rows)]
            return Listing("history", Given(keys), ("Changeset",))
        if name == "statusHistory" and kind == "Deal":
            keys = [("DealStatusHistory", index)] if account.deal_kind.is_touched(index) else []
            return Listing("statusHistory", Given(keys), ("DealStatusHistory",))
        if name in ("linkedDeals", "linkedTasks") and kind == "Deal":
            other = "Deal" if name == "linkedDeals" else "Task"
            keys = [(other, one) for one in account.links(index)[other]]
            return Listing(other, Given(keys), (other,), more=frozenset({"filters"}), hides=self._hide_closed)
        if name == "versions" and kind == "Doc":
            keys = [("DocVersion", one) for one in papers.versions_of(index)]
            return Listing("docVersion", Given(keys), ("DocVersion",))
        if name == "vacations" and kind == "Employee":
            keys = [("Vacation", one) for one in small.vacations_of(index)]
            return Listing("vacation", Given(keys), ("Vacation",))
        if name == "articles" and kind == "KnowledgeBase":
            section = account.kinds[kind].id(index)
            own = [place for place, of in enumerate(papers.SECTION_OF.values()) if of == section]
            keys = [("KnowledgeArticle", place) for place in own]
            return Listing("sectionArticles", Given(keys), ("KnowledgeArticle",))
        if name == "relationLinks":
            keys = [("RelationLink", one) for one in account.relations.of(kind, index)]
            return Listing("relationLink", Given(keys), ("RelationLink",))
        if name == "participants" and kind == "Group":
            keys = [("Employee", one) for one in small.members(index, account.counts["Employee"])]
            return Listing("employee", Given(keys), ("Employee",))
        if name == "issues" and kind == "Project":
            tasks = issues.tasks_in(index, account.counts["Task"])
            return Listing("issue", Given([("Task", task) for task in tasks]), ("Task",))
        if name == "subTasks" and kind == "Task":
            child = [("Task", index + 1)] if index % 6 == 0 and index + 1 < account.counts["Task"] else []
            return Listing("task", Given(child), ("Task",))
        return None

    def _money(self, kind: str, index: int, name: str) -> Listing | None:
        """Invoices of a deal, operations of a task or a project, requisites of a client."""
        account = self._account
        if name == "invoices" and kind == "Deal":
            keys = [("Invoice", one) for one in account.invoices.of(kind, index)]
            return Listing("invoice", Given(keys), ("Invoice",))
        if name == "finOperations" and kind in ("Task", "Project"):
            found = account.body(kind, index)["financeOperations"]
            operations = account.kinds["FinOperation"]
            keys = [
                ("FinOperation", place) for one in found if (place := operations.index(one["id"])) is not None
            ]
            return Listing("finOperations", Given(keys), ("FinOperation",))
        if name == "payers" and kind.startswith("Contractor"):
            keys = [("Payer", one) for one in account.payers.of(kind, index)]
            return Listing("payer", Given(keys), ("Payer",))
        return None

    def _plain(self, kind: str, filter_class: str | None = None, **options: Any) -> Listing:
        name = kind[:1].lower() + kind[1:]
        count = self._account.kinds[kind].count
        return Listing(name, Plain(kind, count), (kind,), filter_class, **options)

    def _search(self) -> Listing:
        """An empty search finds all, or nothing; nobody searches for anything else here."""
        count = self._account.counts["FinOperation"] if self._behaviour.empty_search == "all" else 0
        return Listing("finOperation", Plain("FinOperation", count), ("FinOperation",))

    def _small(self, route: str, kind: str) -> Listing:
        more = ENTITY_TYPE if route.endswith("Filter") else frozenset[str]()
        if kind == "Message":
            return Listing(route, self._every(kind), (kind,), more=LETTERS, hides=self._hide_letters)
        hides = self._hide_calls(route) if kind == "CallInfo" else lambda query: None
        return Listing(route, Plain(kind, self._account.kinds[kind].count), (kind,), more=more, hides=hides)

    def _mixed(self, route: str, kinds: tuple[str, ...]) -> Listing:
        known = self._account.kinds
        rows = [(kind, place) for kind in kinds for place in range(known[kind].count)]
        return Listing(
            route, Given([row for row in rows if known[row[0]].id(row[1]) != papers.THROWN_AWAY]), kinds
        )

    def _every(self, kind: str) -> Rows:
        return Plain(kind, self._account.kinds[kind].count)

    def _hide_letters(self, query: Query) -> Keep | None:
        """Letters that were sent, or received; those that answer one, or none."""
        way = query.get("isOutgoing", False if self._behaviour.sent_apart else None)
        above = (query.get("withParent") or {}).get("id")
        if above is None and way is None and not self._behaviour.threads_apart:
            return None

        def is_wanted(kind: str, index: int) -> bool:
            body = self._account.body(kind, index)
            if above is not None:
                return bool(body["parent"]) and bool(body["parent"]["id"] == str(above))
            is_first = body["parent"] is None or not self._behaviour.threads_apart
            return is_first and (way is None or bool(body["isOutgoing"] is way))

        return is_wanted

    def _hide_inactive(self, query: Query) -> Keep | None:
        if query.get("withInactivePrograms") is True:
            return None
        return lambda kind, index: self._account.program_kind.is_active(index)

    def _hide_fired(self, query: Query) -> Keep | None:
        if not self._behaviour.employee_list_hides_fired:
            return None
        return lambda kind, index: not self._account.employee_kind.is_fired(index)

    def _hide_dropped(self, query: Query) -> Keep | None:
        if not self._behaviour.contractor_list_hides_dropped:
            return None
        return lambda kind, index: (
            kind != "ContractorCompany" or not self._account.company_kind.is_dropped(index)
        )

    def _hide_deals(self, query: Query) -> Keep | None:
        """Only those of one program when the filter names one; else, perhaps, none of retired programs."""
        deals = self._account.deal_kind
        program = ((query.get("filter") or {}).get("program") or {}).get("id", "all")
        if str(program) != "all" and self._behaviour.program_filter:
            return lambda kind, index: SCHEMES[deals.program(index)].id == str(program)
        if not self._behaviour.deal_list_hides_inactive_programs:
            return None
        return lambda kind, index: self._account.program_kind.is_active(deals.program(index))

    def _hide_issues(self, closed: bool) -> Callable[[Query], Keep]:
        """Templates never; closed ones (if `closed`) only when the filter speaks of the status."""
        account = self._account

        def hides(query: Query) -> Keep:
            if not closed or "status" in names_in(terms_of(query.get("filter") or {})):
                return lambda kind, index: not account.issues(kind).is_template(index)
            return lambda kind, index: (
                account.issues(kind).is_active(index) and not account.issues(kind).is_template(index)
            )

        return hides

    def _hide_calls(self, route: str) -> Callable[[Query], Keep | None]:
        """Each second call is shown by the history of calls alone, perhaps."""
        if not self._behaviour.calls_apart:
            return self._pass_over
        is_history = route == papers.CALLS_BEFORE
        return lambda query: lambda kind, index: index % 2 == is_history

    def _pass_over(self, query: Query) -> Keep | None:
        if not self._behaviour.passes_over:
            return None
        return lambda kind, index: index != papers.PASSED_OVER

    def _hide_finished(self, query: Query) -> Keep | None:
        if not self._behaviour.todo_list_hides_finished:
            return None
        return lambda kind, index: not self._account.todo_kind.is_finished(index)

    def _hide_gone(self, query: Query) -> Keep | None:
        """Files of what has been removed, and a picture within a text: the inventory knows attachments only."""
        picture = self._account.picture
        return lambda kind, index: index != picture and not self._account.is_gone(kind, index)

    def _hide_other_folders(self, query: Query) -> Keep | None:
        """What lies in the folder that is named; without one, what lies in none, or everything."""
        wanted = (query.get("parentFolder") or {}).get("id")
        if wanted is None and not self._behaviour.folders_apart:
            return None

        def lies_there(kind: str, index: int) -> bool:
            body = self._account.body(kind, index)
            folder = body.get("folder" if kind == "Doc" else "parent")
            return bool((folder["id"] if folder else None) == wanted)

        return lies_there

    def _hide_closed(self, query: Query) -> Keep | None:
        """Linked deals and tasks: those going on, unless a filter names other outcomes, in the words of its own kind."""
        named: set[str] = set()
        for one in query.get("filters") or ():
            known, told = OUTCOMES.get(one.get("contentType"), frozenset()), set(one.get("types", ()))
            if not told <= known:
                raise Refused(422, f"'types' must be of: {', '.join(sorted(known))}", "filters")
            named |= told
        if named > {"active"}:
            return None
        return lambda kind, index: self._account.kinds[kind].is_active(index)

    def _hide_in_card(self, query: Query) -> Keep | None:
        if query.get("all") is True or query.get("finished") is True:
            return None
        return lambda kind, index: not self._account.todo_kind.is_finished(index)


def _of_element(id: str, kind: str) -> Listing | None:
    if id not in spaces.ELEMENTS:
        return None
    return Listing(f"spaces/{kind}", Given([(kind, one) for one in spaces.places_under(id, kind)]), (kind,))


def _hide_other_branches(query: Query) -> Keep | None:
    """One level of the tree at a time."""
    shown = goods.under((query.get("parent") or {}).get("id"))
    return lambda kind, index: str(index + 1) in shown
