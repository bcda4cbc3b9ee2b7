"""The lists of the older API: which rows, under which key, and what they show (Megaplan reference, §16)."""

from collections.abc import Callable
from typing import NamedTuple

from crmexport_megaplan.sandbox import clients
from crmexport_megaplan.sandbox.account import InventedAccount
from crmexport_megaplan.sandbox.dictionaries import WHOLE
from crmexport_megaplan.sandbox.lists import Family, Plain, Rows
from crmexport_megaplan.sandbox.programs import SCHEMES
from crmexport_megaplan.sandbox.v1.behaviour import V1Behaviour
from crmexport_megaplan.sandbox.v1.bodies import (
    DEAL_EXTRA,
    EMPLOYEE_LIST,
    INVOICE_LIST,
    ISSUE_CARD,
    Bodies,
    bare_phone,
    shown,
)
from crmexport_megaplan.sandbox.v1.telling import number
from crmexport_megaplan.sandbox.values import Body, moment

Query = dict[str, str]
FOLDERS = ("incoming", "outgoing")
SUBJECTS = {
    "task": ("Task",),
    "project": ("Project",),
    "deal": ("Deal",),
    "contractor": ("ContractorCompany", "ContractorHuman"),
}
_PLAIN = {
    "BumsStaffApiV01/Department": ("departments", "Department"),
    "BumsStaffApiV01/Employee": ("employees", "Employee"),
    "BumsTimeApiV01/Event": ("", "Todo"),
    "BumsTaskApiV01/Task": ("tasks", "Task"),
    "BumsProjectApiV01/Project": ("projects", "Project"),
    "BumsInvoiceApiV01/Invoice": ("invoices", "Invoice"),
    "BumsTradeApiV01/Program": ("programs", "Program"),
    "BumsTradeApiV01/Deal": ("deals", "Deal"),
    "BumsCrmApiV01/Payer": ("payers", "Payer"),
}
STREAMS = {
    "Department": "Department",
    "Employee": "Employee",
    "Todo": "Event",
    "Task": "Task",
    "Project": "Project",
    "Invoice": "Invoice",
    "Program": "Program",
    "Deal": "Deal",
    "Payer": "Payer",
    "ContractorCompany": "Contractor",
    "ContractorHuman": "Contractor",
    "Comment": "Comment",
}


class Table(NamedTuple):
    """One list: the key its rows stand under ("": `data` is the array), how many there are, and the row at a place.

    `keeps` tells whether a place is shown at all. `sortable` tells that it takes SortBy; `ordered` that it comes by id unasked.
    """

    key: str
    size: int
    keeps: Callable[[int], bool]
    row: Callable[[int], Body]
    sortable: bool = False
    ordered: bool = False


class Tables:
    """All lists of one account."""

    def __init__(self, account: InventedAccount, behaviour: V1Behaviour, bodies: Bodies) -> None:
        self._account = account
        self._behaviour = behaviour
        self._bodies = bodies
        count = account.contractors
        first, second = ("ContractorCompany", "ContractorHuman")
        self._clients = Family(first, second, clients.COMPANIES, clients.FAMILY, count)

    def table(self, entity: str, query: Query) -> Table | None:
        """The list of an entity such as “BumsTaskApiV01/Task”; None when there is none."""
        if entity == "BumsCrmApiV01/Contractor":
            return self._table("clients", self._clients, None, query, ordered=True)
        if entity in _PLAIN:
            key, kind = _PLAIN[entity]
            rows = Plain(kind, self._account.kinds[kind].count)
            wanted = {"Employee": EMPLOYEE_LIST, "Invoice": INVOICE_LIST}.get(kind)
            return self._table(key, rows, wanted, query, sortable=kind in ("Task", "Project"))
        return None

    def small(self, route: str) -> tuple[str, list[Body]] | None:
        """The rows of a dictionary and the key they stand under."""
        found = dictionaries().get(route)
        return found and (found[0], found[1])

    def operations(self) -> list[Body]:
        """Payments: one for each invoice that has been paid."""
        invoices = self._account.kinds["Invoice"]
        return [
            self._operation(index)
            for index in range(invoices.count)
            if ("Invoice", index) not in self._account.removed and invoices.body(index)["status"] == "paid"
        ]

    def comments(self, subject: str, id: str) -> list[Body]:
        """The comments of a record, oldest first. Raises KeyError for an unknown subject."""
        for kind in SUBJECTS[subject]:
            index = self._account.find(kind, id)
            if index is not None:
                found = self._account.comments_of(kind, index)
                kept = [one for one in found if ("Comment", one) not in self._account.removed]
                return [self._bodies.card("Comment", one) for one in kept]
        return []

    def new_comments(self, query: Query) -> list[Body]:
        """The comments of tasks and projects that were made or changed since, each with what it stands under."""
        since, found = query.get("TimeUpdated", "").replace("T", " "), []
        for index in range(self._account.counts["Comment"]):
            kind, owner = self._account.comments.owner(index)
            is_gone = {("Comment", index), (kind, owner)} & self._account.removed
            body = self._account.body("Comment", index)
            at = self._bodies.tell.time(body["timeUpdated"] or body["timeCreated"])
            if kind in ("Task", "Project") and not is_gone and at >= since:
                of = {"SubjectType": kind.lower(), "SubjectId": number(self._account.kinds[kind].id(owner))}
                found.append(self._bodies.card("Comment", index) | of)
        return found

    def _operation(self, index: int) -> Body:
        invoice = self._bodies.card("Invoice", index)
        deal = self._bodies.card("Deal", self._account.invoices.owner(index)[1])
        return {
            "Id": number(str(7000 + index)),
            "Number": f"ПП-{index + 1}",
            "Date": invoice["Date"],
            "Kind": "income",
            "Sum": invoice["Sum"],
            "Contractor": deal["Contractor"],
            "Deal": invoice["Deal"],
            "RealAccount": {"Id": 1, "Name": "Расчётный счёт"},
            "Type": {"Id": 1, "Name": "Оплата"},
            "Description": "",
        }

    def _table(
        self, key: str, rows: Rows, wanted: frozenset[str] | None, query: Query, **options: bool
    ) -> Table:
        def keeps(place: int) -> bool:
            kind, index = rows.at(place)
            return (kind, index) not in self._account.removed and not self._hides(kind, index, query)

        def row(place: int) -> Body:
            kind, index = rows.at(place)
            return self.cut(kind, self._bodies.card(kind, index), wanted, query, is_list=True)

        return Table(key, len(rows), keeps, row, **options)

    def cut(
        self, kind: str, body: Body, wanted: frozenset[str] | None, query: Query, *, is_list: bool
    ) -> Body:
        """What a request is shown of a card: extra fields of some kinds only when named, and those of deals by scheme."""
        named = _names(query, "ExtraFields") or frozenset()
        if kind in ("Task", "Project"):
            whole = not is_list or (self._behaviour.detailed and query.get("Detailed") == "1")
            hidden = frozenset() if whole else ISSUE_CARD
            return {
                n: v for n, v in body.items() if n not in hidden and ("CustomField" not in n or n in named)
            }
        if kind in ("Deal", "Payer"):
            fixed = kind == "Payer" or not is_list or "FilterFields[Program]" in query
            extra = {n for n in body if "CustomField" in n or (kind == "Deal" and n in DEAL_EXTRA)}
            return {n: v for n, v in body.items() if n not in extra or (fixed and n in named)}
        if kind.startswith("Contractor"):
            wanted = _names(query, "RequestedFields") or frozenset({"Status", "Type", "Responsibles"})
            if "RequestedFields[ContactInfo][0]" in query:
                wanted |= {"ContactInfo"}
            if query.get("FormatSettings[phone]") != "full":
                body = {**body, "Phones": list(map(bare_phone, body["Phones"]))}
            return shown(body, wanted) | {n: "" for n in wanted if "CustomField" in n and n not in body}
        return body if wanted is None else shown(body, wanted)

    def _hides(self, kind: str, index: int, query: Query) -> bool:
        if self._is_older(kind, index, query):
            return True
        if kind == "Deal":
            program = query.get("FilterFields[Program]")
            return program is not None and SCHEMES[self._account.deal_kind.program(index)].id != program
        if kind == "Program":
            return not (self._behaviour.retired_programs or self._account.program_kind.is_active(index))
        if kind in ("ContractorCompany", "ContractorHuman", "Payer"):
            return self._is_dropped(kind, index) != (query.get("DroppedOnly") == "1")
        if kind in ("Task", "Project"):
            hidden = query.get("Status") != "any" and not self._account.issues(kind).is_active(index)
            return hidden or query.get("Folder", "all") != "all"
        return False

    def _is_older(self, kind: str, index: int, query: Query) -> bool:
        """Whether a list of changes leaves this record out."""
        field = {"Deal": "timeUpdated", "Task": "activity", "Project": "activity"}.get(kind)
        since = query.get("FilterFields[TimeUpdated][greaterOrEqual]") or query.get("TimeUpdated")
        if field is None or not since:
            return False
        changed = self._account.when(kind, index, field)
        return self._bodies.tell.time(moment(changed or 0)) < since.replace("T", " ")

    def _is_dropped(self, kind: str, index: int) -> bool:
        if kind == "Payer":
            return bool(self._account.body(kind, index)["isDropped"])
        edited = self._account.changed.get((kind, index), {}).get("isDropped")
        drawn = kind == "ContractorCompany" and self._account.company_kind.is_dropped(index)
        return drawn if edited is None else bool(edited)


def _names(query: Query, parameter: str) -> frozenset[str] | None:
    found = frozenset(value for name, value in query.items() if name.startswith(f"{parameter}["))
    return found or None


def dictionaries() -> dict[str, tuple[str, list[Body]]]:
    """The dictionaries that never change: route → (key, rows)."""

    def of(kind: str, **names: str) -> list[Body]:
        rows = [(id, value) for (content_type, id), value in WHOLE.items() if content_type == kind]
        more = [{ours: value[theirs] for ours, theirs in names.items()} for _id, value in rows]
        return [{"Id": number(id), "Name": v["name"]} | m for (id, v), m in zip(rows, more, strict=True)]

    return {
        "BumsCrmApiV01/ContractorType/list": ("contractorTypes", of("ContractorType")),
        "BumsTaskApiV01/Severity/list": (
            "severity",
            [{"Id": 1, "Name": "Обычная"}, {"Id": 2, "Name": "Высокая"}],
        ),
        "BumsCommonApiV01/Currency/list": ("currencies", of("Currency", Abbreviation="abbreviation")),
        "BumsCommonApiV01/Tax/list": ("taxes", of("Tax", Rate="rate")),
        "BumsFinApiV01/OperationType/list": (
            "operationTypes",
            [{"Id": 1, "Name": "Оплата"}, {"Id": "2", "Name": "Аренда"}],
        ),
        "BumsFinApiV01/RealAccount/list": (
            "realAccounts",
            [{"Id": 1, "Name": "Расчётный счёт"}, {"Id": 2, "Name": "Касса"}],
        ),
        "BumsTimeApiV01/Event/categories": ("categories", of("TodoCategory")),
        "BumsTimeApiV01/Event/places": ("places", [{"Id": 1, "Name": "Переговорная; 2 этаж"}]),
        "BumsTimeApiV01/TodoList/list": (
            "todoLists",
            [{"Id": 1, "Name": "Мои"}, {"Id": 2, "Name": "=Общие"}],
        ),
        "BumsCommonApiV01/Filter/list": (
            "filters",
            [{"Id": "incoming", "Name": "Входящие"}, {"Id": 17, "Name": "Мои"}],
        ),
        "BumsStaffApiV01/Employee/phoneTypes": (
            "phoneTypes",
            [{"Id": 1, "Name": "Рабочий"}, {"Id": 2, "Name": "Моб."}],
        ),
        "BumsInvoiceApiV01/Offer/list": ("offers", [shown(one, ()) for one in offers()]),
    }


def offers() -> list[Body]:
    """The first few products, whole."""
    return [
        {"Id": 55 + place, "Name": f"Товар {place}", "Article": f"{place:04d}", "Type": "product"}
        for place in range(7)
    ]


def messages(folder: str | None = "incoming") -> list[Body]:
    """The messages in a folder."""
    return [
        {
            "Id": 9_501 + place,
            "Subject": f"Re: счёт № {place}" if place % 4 else "",
            "Content": "<p>Добрый день!</p>",
            "Folder": FOLDERS[place % 2],
            "To": [{"Id": 1_000_001, "Name": "Директор"}],
        }
        for place in range(30)
        if FOLDERS[place % 2] == (folder or "incoming")
    ]


def tags() -> list[Body]:
    """The tags, the same for every kind of record."""
    found = [value for (kind, _id), value in WHOLE.items() if kind == "Tag"]
    return [{"Id": number(one["id"]), "Name": one["name"]} for one in found]


def checklists(account: InventedAccount) -> list[Body]:
    """A checklist at every fiftieth task."""
    tasks = account.kinds["Task"]
    return [
        {
            "Id": 9000 + index,
            "SubjectType": "task",
            "SubjectId": number(tasks.id(index)),
            "Items": [{"Name": "Проверить", "IsDone": index % 2}],
        }
        for index in range(0, tasks.count, 50)
        if ("Task", index) not in account.removed
    ]


def changes(account: InventedAccount) -> list[Body]:
    """A change at every fortieth task; changes have no ids."""
    tasks = account.kinds["Task"]
    return [
        {
            "SubjectType": "task",
            "SubjectId": number(tasks.id(index)),
            "Field": "Status",
            "OldValue": "assigned",
            "NewValue": "accepted",
            "Time": f"2025-09-{1 + index // 40 % 28:02d} 10:00:00",
        }
        for index in range(0, tasks.count, 40)
        if ("Task", index) not in account.removed
    ]
