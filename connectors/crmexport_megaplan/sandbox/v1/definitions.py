"""What listFields of the older API tells (Megaplan reference, §16, §17)."""

from collections.abc import Collection

from crmexport_megaplan.sandbox.customs import PROGRAM_FIELDS, SCOPE_FIELDS
from crmexport_megaplan.sandbox.values import Body

_SCOPES = {
    "Contractor": ("contractorCompany", "contractorHuman"),
    "Payer": ("payer/ru/Legal", "payer/ru/Natural"),
}
_CLIENT: tuple[str, ...] = (
    *("Name", "CompanyName", "FirstName", "LastName", "MiddleName", "Birthday", "Description"),
    *("Email", "Phones", "Site", "Skype", "GUID", "Locations", "ChildContacts", "ParentCompany", "Payers"),
    *(
        "Responsibles",
        "ResponsibleContractors",
        "Status",
        "Type",
        "PreferTransport",
        "PromisingRate",
    ),
    *("IsDropped", "TimeCreated", "TimeUpdated"),
)
_FIELDS: dict[str, tuple[str, ...]] = {
    "Contractor": _CLIENT,
    "Deal": ("Name", "Contact", "Payer", "Attaches"),
}


def definitions(scope: str, unmade: Collection[str] = ()) -> list[Body]:
    """What listFields tells: the fields of a card, and the extra ones, but for those that are `unmade`. “Deal/13” are those of
    deals in scheme 13.
    """
    stream, _slash, program = scope.partition("/")
    own = _FIELDS.get(stream, ())
    if stream == "Deal":
        extra = list(PROGRAM_FIELDS[program])
    else:
        scopes = _SCOPES.get(stream, (stream.lower(),))
        extra = [field for name in scopes for field in SCOPE_FIELDS.get(name, ())]
    rows: dict[str, Body] = {name: {"Name": name, "Translation": name, "Type": "string"} for name in own}
    rows |= {
        one.name: {"Name": one.name, "Translation": one.label, "Type": one.kind}
        for one in extra
        if one.name not in unmade
    }
    return list(rows.values())
