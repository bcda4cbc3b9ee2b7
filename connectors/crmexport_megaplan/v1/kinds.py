"""The streams of the older API: where the card of each is, what it links to, which may be talked about (Megaplan reference, §16, §18)."""

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from crmexport.source import Key
from crmexport.text import _

# The route of a card, and the key it stands under.
CARDS = {
    "Task": ("BumsTaskApiV01/Task/card", "task"),
    "Project": ("BumsProjectApiV01/Project/card", "project"),
    "Contractor": ("BumsCrmApiV01/Contractor/card", "contractor"),
    "Deal": ("BumsTradeApiV01/Deal/card", "deal"),
    "Invoice": ("BumsInvoiceApiV01/Invoice/card", "invoice"),
    "Offer": ("BumsInvoiceApiV01/Offer/card", "offer"),
    "Operation": ("BumsFinApiV01/Operation/card", "operation"),
    "Employee": ("BumsStaffApiV01/Employee/card", "employee"),
    "Event": ("BumsTimeApiV01/Event/card", "event"),
}
SUBJECTS = {"Task": "task", "Project": "project", "Contractor": "contractor", "Deal": "deal"}
STREAM_OF = {subject: stream for stream, subject in SUBJECTS.items()}

WORTH = {
    "Account": 100,
    "Program": 99,
    "Field": 98,
    "Employee": 97,
    "Department": 96,
    "ContractorType": 95,
    "Severity": 95,
    "Currency": 95,
    "Tax": 95,
    "OperationType": 95,
    "RealAccount": 95,
    "EventCategory": 95,
    "EventPlace": 95,
    "TodoList": 95,
    "Filter": 95,
    "PhoneType": 95,
    "Tag": 94,
    "Contractor": 85,
    "Deal": 80,
    "Payer": 75,
    "Task": 65,
    "Project": 65,
    "Event": 60,
    "Invoice": 58,
    "Offer": 57,
    "Operation": 56,
    "Message": 46,
    "Checklist": 45,
    "Comment": 40,
    "Change": 20,
    "file": 10,
}
_COMMENTED = {"Deal": 44, "Contractor": 43, "Task": 40, "Project": 40}

NAMELESS = frozenset(
    {"Filter", "PhoneType", "Message", "Change", "Checklist", "EventPlace", "Currency", "Tax", "Tag"}
)
_PEOPLE = ("Owner", "Responsible", "Manager", "Executors", "Auditors", "Responsibles", "Author", "Head")
_LINKS = {
    **dict.fromkeys(_PEOPLE, "Employee"),
    **dict.fromkeys(("Employees", "Participants", "Coordinators"), "Employee"),
    **dict.fromkeys(("Contractor", "Contact", "Contractors", "Customer", "ParentCompany"), "Contractor"),
    **dict.fromkeys(("ChildContacts", "ResponsibleContractors"), "Contractor"),
    **dict.fromkeys(("SuperTask", "SubTasks", "Tasks"), "Task"),
    **dict.fromkeys(("Project", "SuperProject", "SubProjects"), "Project"),
    "Program": "Program",
    "Deal": "Deal",
    "Invoice": "Invoice",
    "OriginOffer": "Offer",
    **dict.fromkeys(("Payer", "Payers"), "Payer"),
}


def comments_worth(stream: str) -> int:
    """How soon the comments of a record of `stream` are asked for."""
    return _COMMENTED[stream]


def id_of(stream: str, value: Mapping[str, Any], of: Sequence[str] | None = None) -> str:
    """A row's id as text. Of some kinds nobody says that they have one: what they say names them. Raises ValueError.

    `of` is the record (stream, id) under which the row was asked for. It counts unless the row itself says whose it is: one
    change made to many records at once has the same words at each.
    """
    id = value.get("Id")
    if id is not None and id != "" and not isinstance(id, (dict, list)):
        return str(id)
    if stream in NAMELESS:
        whose = {"of": list(of)} if of and "SubjectId" not in value else {}
        # however the server spells it
        text = json.dumps({**value, **whose}, ensure_ascii=False, sort_keys=True)
        return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]
    raise ValueError(_("A row has no id."))


def links_of(value: Mapping[str, Any]) -> Iterator[Key]:
    """(stream, id) of every record that a row names in a field known to name one.

    An owner that is a bare number is that of an event: the number of the user, which is not that of the employee (§13, §18).
    """
    for name in _LINKS.keys() & value.keys():
        told = value[name]
        for one in told if isinstance(told, list) else [told]:
            if name == "Owner" and not isinstance(one, dict):
                continue
            id = one.get("Id") if isinstance(one, dict) else one
            if str(id if id is not None else "").isdigit() and str(id) != "0":
                yield _LINKS[name], str(id)
    yield from _told_with_kind(value.get("RelatedObjects"))
    for position in value.get("Positions") or ():
        offer = position.get("Offer") if isinstance(position, dict) else None
        if isinstance(offer, dict):  # what the deal has is a copy; the product is named in it
            yield from links_of({"OriginOffer": offer.get("OriginOffer")})


def _told_with_kind(related: Any) -> Iterator[Key]:
    """What a record is tied to besides: each says what it is, in the words that comments are asked for by."""
    for one in related if isinstance(related, list) else ():
        if isinstance(one, dict) and one.get("Type") in STREAM_OF and str(one.get("Id", "")).isdigit():
            yield STREAM_OF[one["Type"]], str(one["Id"])
