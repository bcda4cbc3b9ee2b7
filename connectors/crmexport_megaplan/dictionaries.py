"""The small lists that explain other records: types, statuses, units, tags, saved filters, and who is who in the company.

Their rows come as the source shows them: no fields are named, for nobody has told which there are (Megaplan reference, §7).
"""

from crmexport_megaplan.spec import ListSpec

# Stream and route of the dictionaries that have one list.
_ROUTES = {
    "group": "/group",
    "position": "/position",
    "duty": "/duty",
    "holiday": "/holiday",
    "holidayDay": "/holidayDay",  # a holiday has a name only; the days tell when it is
    "contractorType": "/contractor/types",
    "addressType": "/contractor/addressTypes",
    "contractorStatus": "/contractorStatus",
    "contractorActivityType": "/contractorActivityType",
    "contractorAdvertisingWay": "/contractorAdvertisingWay",
    "employeeStatus": "/employeeStatus",
    "todoStatus": "/todoStatus",
    "todoCategory": "/todoCategory",
    "place": "/place",
    "warehouseType": "/warehouseType",
    "unit": "/unit",
    "currency": "/currency",
    "payForm": "/payForm",
    "finOperationType": "/finOperation/types",
    "realAccount": "/invoice/realAccounts",
    "filterGroup": "/filterGroup",
    "commentTemplate": "/commentTemplate",
    "invoiceTemplate": "/invoice/template",
}
# Settings of the whole company, in one list each: what is not shown any more is not there any more.
COMPANYS = frozenset(_ROUTES) - {"group", "filterGroup", "commentTemplate"}
_TAGGED = ("task", "project", "deal", "contractor", "doc")
# Saved filters by what they filter; the route wants that told besides.
_FILTERED = {
    "task": "task",
    "trade": "deal",
    "crm": "contractor",
    "todo": "todo",
    "employee": "employee",
    "offer": "offer",
    "invoice": "invoice",
    "fileStorage": "fileStorage",
}


def _small(stream: str, route: str, **more: object) -> ListSpec:
    return ListSpec(stream, route, sorted=False, small=True, uncertain=True, **more)  # type: ignore[arg-type]


DICTIONARIES = {
    **{stream: _small(stream, route) for stream, route in _ROUTES.items()},
    **{f"tags of {of}": _small("tag", f"/{of}/tags", scope="") for of in _TAGGED},
    **{
        f"filters of {of}": _small("filter", f"/{name}Filter", scope=of, only={"entityType": of}, typed=True)
        for name, of in _FILTERED.items()
    },
}
