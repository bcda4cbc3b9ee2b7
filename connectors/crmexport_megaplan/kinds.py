"""Which of Megaplan's types are streams here, and what a row says about itself (Megaplan reference, §8)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

STREAM_OF = {
    "Employee": "employee",
    "Department": "department",
    "Program": "program",
    "ContractorCompany": "contractorCompany",
    "ContractorHuman": "contractorHuman",
    "Payer": "payer",
    "Deal": "deal",
    "Task": "task",
    "Project": "project",
    "Todo": "todo",
    "Invoice": "invoice",
    "Group": "group",
    "Offer": "offer",
    "Warehouse": "warehouse",
    "Consignment": "consignment",
    "ConsignmentRow": "consignmentRow",
    "FinOperation": "finOperation",
    "CallInfo": "callInfo",
    "ClientChat": "clientChat",
    "KnowledgeArticle": "knowledgeArticle",
    "Element": "element",
}
KIND_OF = {stream: kind for kind, stream in STREAM_OF.items()}
OWNER_OF = {
    **STREAM_OF,
    "Comment": "comment",
    "Doc": "doc",
    "DocVersion": "docVersion",
    "KnowledgeBase": "knowledgeBase",
    "Message": "message",
}
# By the type of a row, the stream it stands in: to know the rows of one list when they come as the answer to another. A type that
# is not named here is taken as it comes, so a name that a source writes otherwise does no harm.
_FIELDS = """BigIntField BoolField DateField DateTimeField DurationField EnumField ExternalSourceField FloatField
    IntegerField MoneyField RatingField RefLinkField RefSetField ResourceField StringField"""
_FILTERS = """TaskFilter TradeFilter CrmFilter TodoFilter EmployeeFilter OfferFilter InvoiceFilter FileStorageFilter"""
_DICTIONARIES = """AddressType ContractorActivityType ContractorAdvertisingWay ContractorStatus ContractorType
    CommentTemplate Currency DocFolder Duty EmployeeStatus File FilterGroup FinOperationType Holiday HolidayDay InvoiceTemplate
    OfferCategory PayForm Place Position RealAccount Tag TodoCategory TodoStatus Unit WarehouseType"""
LISTED_IN = {
    **OWNER_OF,
    **dict.fromkeys(_FIELDS.split(), "extraField"),
    **dict.fromkeys(_FILTERS.split(), "filter"),
    **{kind: kind[0].lower() + kind[1:] for kind in _DICTIONARIES.split()},
    "DealStatusHistory": "statusHistory",
    "FinRealAccount": "realAccount",
    "NegotiationItem": "negotiationItem",
    "NoteEdition": "noteEdition",
    "IframeUrl": "iframeUrl",
    "AccessSettingsItem": "elementMember",
    "DataSourceField": "widgetField",
    "CustomDataSourceField": "widgetField",
    "WidgetLayout": "widgetLayout",
    "InfoGraphicsLayout": "widgetLayout",
    "WidgetLayoutDataRow": "widgetRow",
}
# Letters have cards, too. They are no part of STREAM_OF, by which links are followed: what names one seldom leads to anything new.
CARDS = frozenset({*STREAM_OF.values(), "message"})
# The streams of which the source tells what changed (Megaplan reference, §4.6), so that a pull of changes is no full walk.
SWEPT = ("contractorCompany", "contractorHuman", "deal", "project", "task")

# Streams of small lists that explain other records.
EXPLAINING = [
    "position",
    "duty",
    "holiday",
    "holidayDay",
    "contractorType",
    "addressType",
    "contractorStatus",
    "contractorActivityType",
    "contractorAdvertisingWay",
    "employeeStatus",
    "todoStatus",
    "todoCategory",
    "place",
    "warehouseType",
    "unit",
    "currency",
    "payForm",
    "finOperationType",
    "realAccount",
    "filterGroup",
    "commentTemplate",
    "invoiceTemplate",
    "filter",
    "tag",
    "group",
]

WORTH = {
    **dict.fromkeys(EXPLAINING, 97),
    "program": 100,
    "extraField": 99,
    "employee": 98,
    "department": 96,
    "contractorCompany": 85,
    "contractorHuman": 85,
    "deal": 80,
    "payer": 75,
    "task": 65,
    "project": 65,
    "todo": 60,
    "invoice": 58,
    "offerCategory": 97,
    "docFolder": 97,
    "knowledgeBase": 53,
    "knowledgeArticle": 52,
    "doc": 51,
    "element": 94,  # a tree: each level of it is known by the one above, and shares batches with dictionaries
    "noteEdition": 50,
    "iframeUrl": 48,
    "elementMember": 48,
    "widgetField": 49,
    "widgetLayout": 49,
    "widgetRow": 49,
    "callInfo": 47,
    "clientChat": 47,
    "message": 46,
    "offer": 58,
    "finOperation": 57,
    "warehouse": 56,
    "consignment": 55,
    "consignmentRow": 54,
    "comment": 40,
    "file": 10,
}


def stream_of(value: Mapping[str, Any], otherwise: str) -> str:
    """The stream a row belongs to by its own type; `otherwise` for a type that is no stream of ours."""
    return STREAM_OF.get(value.get("contentType", ""), otherwise)


def id_of(value: Mapping[str, Any]) -> str:
    """A row's id as text. Raises ValueError for a row without one."""
    id = value.get("id")
    if id is None or isinstance(id, (dict, list)):
        raise ValueError("a row has no id")
    return str(id)


def instant(told: Any) -> datetime | None:
    """A moment as Megaplan tells it, an object with a `value` or that itself; in UTC where it names no zone, None for what is none."""
    text = told.get("value") if isinstance(told, dict) else told
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


def modified(value: Mapping[str, Any]) -> str | None:
    """When a row was last changed, as written; tasks tell only of their last activity (§4.6)."""
    told = value.get("timeUpdated") or value.get("activity")
    moment = told.get("value") if isinstance(told, dict) else told
    return moment if isinstance(moment, str) else None
