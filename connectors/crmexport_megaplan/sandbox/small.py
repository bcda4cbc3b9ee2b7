"""Short lists of the account that nobody counts by the thousand: dictionaries, saved filters, tags."""

from collections.abc import Callable, Iterator
from typing import Any

from crmexport_megaplan.sandbox import chats, papers, spaces
from crmexport_megaplan.sandbox.dictionaries import WHOLE
from crmexport_megaplan.sandbox.goods import CATEGORIES
from crmexport_megaplan.sandbox.issues import TALKING, negotiated
from crmexport_megaplan.sandbox.kinds import Kind
from crmexport_megaplan.sandbox.values import DAY, NOW, Body, birthday, day, link
from crmexport_megaplan.sandbox.world import World


class Small(Kind):
    """A kind whose records are given one by one. Its class attributes are the instance's own here."""

    first_id = 1

    def __init__(self, world: World, content_type: str, stream: str, rows: list[Body]) -> None:
        self.content_type = content_type  # type: ignore[misc]
        self.stream = stream  # type: ignore[misc]
        self._rows = rows
        self._places = {row["id"]: place for place, row in enumerate(rows) if "id" in row}
        self.unseen = frozenset(UNSEEN.get(content_type, ()))  # type: ignore[misc]
        self.listed = frozenset(name for row in rows for name in row)  # type: ignore[misc]
        super().__init__(world)

    @property
    def count(self) -> int:
        """As many as were given."""
        return len(self._rows)

    def id(self, index: int) -> str:
        """As given; of what has none, its place."""
        return str(self._rows[index].get("id", index))

    def index(self, id: str) -> int | None:
        """Which record has this id, or None."""
        return self._places.get(id)

    def created(self, index: int) -> int:
        """All at the beginning."""
        return index

    def body(self, index: int) -> Body:
        """The record: a fresh copy, for rendering changes it in place."""
        copied: Body = _copy(self._rows[index])
        return copied


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copy(part) for name, part in value.items()}
    return [_copy(part) for part in value] if isinstance(value, list) else value


# contentType → stream, for what stands in the table of dictionaries already.
KNOWN = {
    "ContractorType": "contractorType",
    "AddressType": "addressType",
    "ContractorStatus": "contractorStatus",
    "EmployeeStatus": "employeeStatus",
    "TodoStatus": "todoStatus",
    "TodoCategory": "todoCategory",
    "Place": "place",
    "Unit": "unit",
    "Currency": "currency",
    "PayForm": "payForm",
    "Tag": "tag",
}


# Fields that exist, though no record of ours has a value in them.
UNSEEN = {
    "ClientChat": ("lastComment",),
    "Element": ("defaultLayoutId", "defaultLayoutType", "systemName"),
    "DataSourceField": (
        *("elementType", "values", "linkType", "isRequired", "isReadOnly", "isDefault", "isLocked"),
        "settings",
    ),
    "NegotiationItem": ("actualVersion", "userCreated", "userUpdated", "timeCreated", "timeUpdated"),
    "KnowledgeBase": ("description", "isDropped", "timeCreated", "timeUpdated"),
    "CallInfo": (
        "name",
        "direction",
        "attaches",
        "status",
        "from",
        "to",
        "duration",
        "employee",
        "contractor",
        "deal",
    ),
    "Message": (
        "email",
        "messageId",
        "lastErrorMessage",
        "content",
        "employee",
        "contractor",
        "deal",
        "task",
        "timeUpdated",
    ),
    "Doc": (
        "generatedName",
        "actualVersion",
        "isTemplate",
        "templateObject",
        "userUpdated",
        "hiddenCommentsCount",
    ),
}


def _numbered(kind: str, *names: str, **more: object) -> list[Body]:
    return [
        {"contentType": kind, "id": str(place), "name": name, **more} for place, name in enumerate(names, 1)
    ]


def members(group: int, staff: int) -> range:
    """The members of a group; its card names the first few of them only."""
    return range(group, min(staff, 20), 3)


def _groups(world: World) -> list[Body]:
    staff = world.counts["Employee"]
    return [
        {
            "contentType": "Group",
            "id": str(2_000_001 + place),
            "name": name,
            "children": [link("Employee", str(1_000_001 + who)) for who in members(place, staff)[:3]],
        }
        for place, name in enumerate(("Все продавцы", "Дежурные 🚀", "=Группа"))
    ]


def _vacations(world: World) -> list[Body]:
    """Two for each person who has any to come."""
    return [
        {
            "contentType": "Vacation",
            "id": str(5_500_001 + place),
            "type": "Ежегодный отпуск",
            "firstDay": day(NOW + (place + 1) * 30 * DAY),
            "lastDay": day(NOW + (place + 1) * 30 * DAY + 13 * DAY),
        }
        for place in range(2 * len(range(1, world.counts["Employee"], 6)))
    ]


def vacations_of(person: int) -> range:
    """The vacations of an employee, as places."""
    return range(person // 6 * 2, person // 6 * 2 + 2) if person % 6 == 1 else range(0)


def _days_off(world: World) -> list[Body]:
    """Several days may belong to one holiday."""
    days = (("1", birthday(2026, 1, 1)), ("1", birthday(2026, 1, 2)), ("2", day(NOW + 40 * DAY)))
    return [
        {"contentType": "HolidayDay", "id": str(place), "date": date, "holiday": link("Holiday", holiday)}
        for place, (holiday, date) in enumerate(days, 1)
    ]


def _negotiations(world: World) -> list[Body]:
    return [negotiated(world, task) for task in range(0, world.counts["Task"], TALKING)]


def _letters(world: World) -> list[Body]:
    """Templates of letters: words of the company, which stand nowhere else."""
    return _numbered(
        "CommentTemplate", "Приветствие", subject="Здравствуйте!", content="<p>Добрый день; спасибо</p>"
    )


def _filters(kind: str, *ids: str) -> Callable[[World], list[Body]]:
    return lambda world: [
        {"contentType": kind, "id": id, "name": f"Фильтр {place}", "config": {"contentType": "FilterConfig"}}
        for place, id in enumerate(ids, 1)
    ]


MADE: dict[str, tuple[str, Callable[[World], list[Body]]]] = {
    "Group": ("group", _groups),
    "Vacation": ("vacation", _vacations),
    "Position": ("position", lambda world: _numbered("Position", "Директор", "Менеджер", "Бухгалтер")),
    "Duty": ("duty", lambda world: _numbered("Duty", "Дежурство; ночное")),
    "Holiday": ("holiday", lambda world: _numbered("Holiday", "Новый год", "Перенос; с субботы")),
    "HolidayDay": ("holidayDay", _days_off),
    "OfferCategory": (
        "offerCategory",
        lambda world: [
            {
                "contentType": "OfferCategory",
                "id": id,
                "name": name,
                "parent": link("OfferCategory", above) if above else None,
            }
            for id, (name, above) in CATEGORIES.items()
        ],
    ),
    "DocFolder": ("docFolder", papers.folders),
    "Doc": ("doc", papers.docs),
    "DocVersion": ("docVersion", papers.versions),
    "NegotiationItem": ("negotiationItem", _negotiations),
    "KnowledgeBase": ("knowledgeBase", papers.sections),
    "KnowledgeArticle": ("knowledgeArticle", papers.articles),
    "KnowledgeTrashItem": ("knowledgeTrashItem", papers.trash),
    "CallInfo": ("callInfo", papers.calls),
    "Message": ("message", papers.messages),
    "ClientChat": ("clientChat", chats.chats),
    "Element": ("element", spaces.elements),
    "NoteEdition": ("noteEdition", spaces.notes),
    "IframeUrl": ("iframeUrl", spaces.sites),
    "AccessSettingsItem": ("elementMember", spaces.members),
    "DataSourceField": ("widgetField", spaces.columns),
    "WidgetLayout": ("widgetLayout", spaces.views),
    "WidgetLayoutDataRow": ("widgetRow", spaces.rows),
    "FinOperationType": (
        "finOperationType",
        lambda world: _numbered("FinOperationType", "Оплата по счёту", "Аренда"),
    ),
    "RealAccount": ("realAccount", lambda world: _numbered("RealAccount", "Касса", "Расчётный счёт")),
    "CommentTemplate": ("commentTemplate", _letters),
    "InvoiceTemplate": (
        "invoiceTemplate",
        lambda world: _numbered("InvoiceTemplate", "Счёт; обычный", conditions="Оплата в течение 5 дней"),
    ),
    "FilterGroup": ("filterGroup", lambda world: _numbered("FilterGroup", "Мои фильтры")),
    "TaskFilter": ("filter", _filters("TaskFilter", "incoming", "17")),
    "TradeFilter": ("filter", _filters("TradeFilter", "17")),
    "CrmFilter": ("filter", _filters("CrmFilter", "all")),
}

# The routes of the lists, by contentType; tags are shown by four, each with what is used there.
ROUTES = {
    "group": "Group",
    "position": "Position",
    "duty": "Duty",
    "holiday": "Holiday",
    "holidayDay": "HolidayDay",
    "contractorStatus": "ContractorStatus",
    "employeeStatus": "EmployeeStatus",
    "todoStatus": "TodoStatus",
    "todoCategory": "TodoCategory",
    "place": "Place",
    "unit": "Unit",
    "currency": "Currency",
    "payForm": "PayForm",
    "filterGroup": "FilterGroup",
    "commentTemplate": "CommentTemplate",
    "invoice/template": "InvoiceTemplate",
    "taskFilter": "TaskFilter",
    "tradeFilter": "TradeFilter",
    "crmFilter": "CrmFilter",
    "contractor/types": "ContractorType",
    "contractor/addressTypes": "AddressType",
    "finOperation/types": "FinOperationType",
    "invoice/realAccounts": "RealAccount",
    "task/tags": "Tag",
    "deal/tags": "Tag",
    "contractor/tags": "Tag",
    "project/tags": "Tag",
    "doc/tags": "Tag",
    "docFolder": "DocFolder",
    papers.TRASH: "KnowledgeTrashItem",
    papers.CALLS_BEFORE: "CallInfo",
}
# The tree of the knowledge base: sections and articles in one list.
MIXED = {papers.TREE: ("KnowledgeBase", "KnowledgeArticle")}
PAPERS = {
    "doc": "Doc",
    "knowledgeBase": "KnowledgeBase",
    "callInfo": "CallInfo",
    "message": "Message",
    "clientChat": "ClientChat",
}
EMPTY = (
    *("todoFilter", "employeeFilter", "offerFilter", "invoiceFilter", "fileStorageFilter"),
    *("contractorActivityType", "contractorAdvertisingWay", "warehouseType"),
)


def smalls(world: World) -> Iterator[Small]:
    """All of them."""
    for kind, stream in KNOWN.items():
        yield Small(world, kind, stream, [body for (of, _id), body in WHOLE.items() if of == kind])
    for kind, (stream, make) in MADE.items():
        yield Small(world, kind, stream, make(world))
