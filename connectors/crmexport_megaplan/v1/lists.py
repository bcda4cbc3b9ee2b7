"""The lists of an account: a table of what to ask of each, and the request for its first page (Megaplan reference, §16, §17).

There are no batches here; requests that hang on single records are marked as if there were, so that a plan counts them by
what a page of records makes ask, and does not ask them itself.

What hides something unless told otherwise is told otherwise: every folder and status of tasks, clients and payers in the bin,
events that are over, checklists of what is done, messages that were sent. Extra fields come only when named, those of deals only
within one scheme; so do some of the fields that every account has (a deal's contact and payer, a product's unit). Which of these
names a list takes nobody has written down, so they are wishes: where a question with them is refused, it is asked again with fewer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from crmexport.source import Request
from crmexport_megaplan.v1.kinds import CARDS, SUBJECTS, WORTH, comments_worth
from crmexport_megaplan.v1.query import PAGE, Params, posted, question

ALL_DEALS = "all deals"
NEW_COMMENTS = "new comments"
MARK = "CustomField"
ALL = 2  # of the wishes; 1 are the likely ones, 0 none


@dataclass(frozen=True, slots=True)
class ListSpec:
    """How one list is asked for.

    `key` is where its rows stand ("": in `data` itself). `names` is the parameter that extra fields are named in; with `all_told`
    every field that definitions tell of is named there, and with `besides` these as well; those that the manual tells of are
    the `likely` ones. `whole` is
    a field by which a row shows that it is a whole card ("": it always is; "-": it never is). `changed` tells how a pull of
    changes narrows it: by a parameter, by a filter, or not. Where the list may be missing in some accounts, it is `uncertain`.
    """

    stream: str
    route: str
    key: str
    params: Params = field(default_factory=dict)
    names: str = ""
    all_told: bool = False
    besides: tuple[str, ...] = ()
    likely: tuple[str, ...] = ()
    whole: str = ""
    changed: str = ""
    paged: bool = True
    uncertain: bool = False


_ISSUES: Params = {"Folder": "all", "Status": "any", "Detailed": True, "SortBy": "id", "SortOrder": "asc"}
_BIN: Params = {"DroppedOnly": True}
# What a client's card tells where nothing is named, by the manual and by clients that ran live (§17, §18). Where anything is
# named, only that comes, and the definitions do not tell of all of these.
_CLIENT = (
    "Id Name Type Status PersonType CompanyName FirstName LastName MiddleName Birthday Description Email Phones "
    "Locations Site Skype Icq Jabber Facebook Twitter GUID ParentCompany ChildContacts Payers Responsibles "
    "ResponsibleContractors Attaches PreferTransport PromisingRate AdvertisingWay ActivityType TimeCreated "
    "TimeUpdated ContactInfo"
)
# All e-mails of a client come by this name only, and only with their own parts named; `Email` is one of them (§17).
_PARTS = {"ContactInfo": ["Type", "Value", "IsMain"]}
# Without this, telephones come without their kinds and remarks (§16).
_PHONES: Params = {"FormatSettings": {"phone": "full"}}


def _crm(name: str, stream: str, key: str, names: str, **more: Any) -> ListSpec:
    return ListSpec(stream, f"BumsCrmApiV01/{name}/list", key, names=names, all_told=True, **more)


def _clients(**more: Any) -> ListSpec:
    besides = tuple(_CLIENT.split())
    return _crm(
        "Contractor", "Contractor", "clients", "RequestedFields", besides=besides, whole="Description", **more
    )


def _dictionary(stream: str, route: str, key: str, **more: Any) -> ListSpec:
    return ListSpec(stream, route, key, paged=False, **more)


LISTS = {
    "Program": ListSpec("Program", "BumsTradeApiV01/Program/list", "programs"),
    "Employee": ListSpec(
        "Employee", "BumsStaffApiV01/Employee/list", "employees", {"OrderBy": "name"}, whole="Behaviour"
    ),
    "Department": ListSpec("Department", "BumsStaffApiV01/Department/list", "departments"),
    "ContractorType": _dictionary("ContractorType", "BumsCrmApiV01/ContractorType/list", "contractorTypes"),
    "Severity": _dictionary("Severity", "BumsTaskApiV01/Severity/list", "severity"),
    "Currency": _dictionary("Currency", "BumsCommonApiV01/Currency/list", "currencies"),
    "Tax": _dictionary("Tax", "BumsCommonApiV01/Tax/list", "taxes"),
    "OperationType": _dictionary("OperationType", "BumsFinApiV01/OperationType/list", "operationTypes"),
    "RealAccount": _dictionary("RealAccount", "BumsFinApiV01/RealAccount/list", "realAccounts"),
    "EventCategory": _dictionary("EventCategory", "BumsTimeApiV01/Event/categories", "categories"),
    "EventPlace": _dictionary("EventPlace", "BumsTimeApiV01/Event/places", "places"),
    "Filter": _dictionary("Filter", "BumsCommonApiV01/Filter/list", "filters", uncertain=True),
    "PhoneType": _dictionary(
        "PhoneType", "BumsStaffApiV01/Employee/phoneTypes", "phoneTypes", uncertain=True
    ),
    "TodoList": _dictionary("TodoList", "BumsTimeApiV01/TodoList/list", "todoLists"),
    **{
        f"{subject} tags": _dictionary(
            "Tag",
            "BumsCommonApiV01/Tags/list",
            "tags",
            params={"SubjectType": subject, "IncludeGlobal": True},
        )
        for subject in SUBJECTS.values()
    },
    "Contractor": _clients(params=_PHONES),
    "dropped contractors": _clients(params=_PHONES | _BIN),
    "Payer": _crm("Payer", "Payer", "payers", "ExtraFields"),
    "dropped payers": _crm("Payer", "Payer", "payers", "ExtraFields", params=_BIN),
    "Deal": ListSpec(
        "Deal",
        "BumsTradeApiV01/Deal/list",
        "deals",
        names="ExtraFields",
        all_told=True,
        likely=("Contact", "Payer", "Attaches", "Description", "Status", "Manager", "Auditors"),
        whole="Positions",
        changed="filter",
    ),
    ALL_DEALS: ListSpec("Deal", "BumsTradeApiV01/Deal/list", "deals", changed="filter"),
    "Task": ListSpec(
        "Task",
        "BumsTaskApiV01/Task/list",
        "tasks",
        _ISSUES,
        "ExtraFields",
        whole="Statement",
        changed="TimeUpdated",
    ),
    "Project": ListSpec(
        "Project",
        "BumsProjectApiV01/Project/list",
        "projects",
        _ISSUES,
        "ExtraFields",
        whole="Statement",
        changed="TimeUpdated",
    ),
    "Event": ListSpec(
        "Event", "BumsTimeApiV01/Event/list", "events", {"OnlyActual": False}, whole="Description"
    ),
    "Invoice": ListSpec(
        "Invoice", "BumsInvoiceApiV01/Invoice/list", "invoices", names="ExtraFields", all_told=True, whole="-"
    ),
    "Offer": ListSpec(
        "Offer",
        "BumsInvoiceApiV01/Offer/list",
        "offers",
        names="ExtraFields",
        all_told=True,
        likely=("Unit",),
        whole="-",
    ),
    "Operation": ListSpec("Operation", "BumsFinApiV01/Operation/list", "operations", whole="-"),
    "Checklist": ListSpec("Checklist", "BumsCommonApiV01/Checklist/all", "checklists", {"OnlyActual": False}),
    "Message": ListSpec(
        "Message", "BumsCommonApiV01/Message/list", "messages", {"Folder": "incoming"}, uncertain=True
    ),
    "sent messages": ListSpec(
        "Message", "BumsCommonApiV01/Message/list", "messages", {"Folder": "outgoing"}, uncertain=True
    ),
    "Change": ListSpec("Change", "BumsCommonApiV01/History/all", "changes"),
    NEW_COMMENTS: ListSpec(
        "Comment",
        "BumsCommonApiV01/Comment/all",
        "comments",
        {"OnlyActual": False},
        changed="TimeUpdated",
        uncertain=True,
    ),
}
# What is in the bin has a list of its own, and need not say by itself where it is (§18).
BINS = {"Contractor": "dropped contractors", "Payer": "dropped payers"}
# The definitions of extra fields by scope; the list of that name waits for them, and deals for those of their scheme.
FIELDS = {
    "Task": "BumsTaskApiV01/Task/listFields",
    "Project": "BumsProjectApiV01/Project/listFields",
    "Contractor": "BumsCrmApiV01/Contractor/listFields",
    "Payer": "BumsCrmApiV01/Payer/listFields",
    "Invoice": "BumsInvoiceApiV01/Invoice/listFields",
    "Offer": "BumsInvoiceApiV01/Offer/listFields",
}
DEAL_FIELDS = "BumsTradeApiV01/Deal/listFields"
COMMENTS = "BumsCommonApiV01/Comment/list"
HISTORY = "BumsCommonApiV01/History/list"
# Whose every record a sweep shows, and whose lists come whole in each pull of changes, for nothing tells what changed.
SWEPT = ("Task", "Project", ALL_DEALS)
RELISTED = ("Contractor", "Employee", "Event", "Invoice", "Offer", "Operation")
_WAITING = frozenset((*FIELDS, *BINS.values(), "Deal", NEW_COMMENTS))
AT_ONCE = tuple(name for name in LISTS if name not in _WAITING)
# What tells of changes besides: a comment need not move the mark of the task or project that it stands under.
OF_CHANGES = (NEW_COMMENTS,)


def first_page(name: str, since: str | None = None, names: Sequence[str] = (), **context: Any) -> Request:
    """The first page of list `name`, with the extra fields `names`; `since` is ISO 8601.

    Of `context`: `program` fixes the scheme of deals; `cards` wants the card of every row, whatever the row holds; `in_use`
    are ids that a list of what is in the bin does not show; `wishes` tells how many fields are named that need not be taken.
    """
    spec = LISTS[name]
    wishes = _useful(spec, names, context.pop("wishes", ALL))
    params = {
        **spec.params,
        **_narrowed(spec, since, context.get("program")),
        **_naming(spec, names, wishes),
    }
    told: dict[str, Any] = {"kind": "list", "list": name, "names": list(names), **context}
    if since:
        told["since"] = since
    if "SortBy" in params:
        told["sorted"] = True
    if wishes:
        told["wishes"] = wishes
    first = page(spec.stream, spec.route, params, told, paged=spec.paged)
    return first.replace(family=f"list {spec.route}") if spec.uncertain else first


def bare_page(name: str) -> Request:
    """The first page of list `name`, for the ids of its rows and nothing else.

    Its parameters stand in another order, which makes it another question than that of a pull for the same page.
    """
    spec = LISTS[name]
    params = {"Offset": 0, **{key: value for key, value in spec.params.items() if key != "Detailed"}}
    told = {"kind": "list", "list": name, "names": [], **({"sorted": True} if "SortBy" in params else {})}
    return page(spec.stream, spec.route, params, told)


def page(stream: str, route: str, params: Params, context: dict[str, Any], *, paged: bool = True) -> Request:
    """The request for a page of a list, its first page unless `params` say otherwise; they travel in the context."""
    if paged:
        params = {**params, "Limit": params.get("Limit", PAGE), "Offset": params.get("Offset", 0)}
    subject = context.get("of")
    return question(
        stream,
        route,
        params,
        worth=comments_worth(subject[0]) if subject else WORTH[stream],
        bulk=subject is not None,
        subject=(stream, "/".join(subject) if subject else str(context.get("program", ""))),
        context={**context, "route": route, "params": params},
    )


def definitions(scope: str, since: str | None = None) -> Request:
    """The request for the field definitions of `scope`: a stream, or “Deal/13” for the deals of scheme 13."""
    route, params = _fields_route(scope)
    context = {"kind": "fields", "scope": scope, **({"since": since} if since else {})}
    return question("Field", route, params, worth=WORTH["Field"], subject=("Field", scope), context=context)


def definitions_for_card(scope: str, id: str) -> Request:
    """The same once more for the card of one record, by another method so that it counts as another question."""
    route, params = _fields_route(scope)
    context = {"kind": "card fields", "scope": scope, "id": id}
    more = {"worth": 30, "bulk": True, "subject": ("Field", scope), "context": context}
    return posted("Field", route, params | {"Id": id}, **more)


def waiting_list(scope: str, since: str | None, names: Sequence[str], **context: Any) -> Request:
    """The list that waited for the definitions of `scope`."""
    stream, _slash, program = scope.partition("/")
    scheme = {"program": program} if stream == "Deal" else {}
    return first_page(stream, since, names, **scheme, **context)


def bin_list(request: Request, in_use: Sequence[str]) -> Iterator[Request]:
    """The list of what is in the bin, once the first page of the list of all else is read, which holds the records `in_use`.

    Not before: by that page it shows whether the account knows a bin, or gives the same list twice.
    """
    context = request.context
    if context["list"] in BINS and "before" not in context:
        more = {"cards": True} if context.get("cards") else {}
        name, since = BINS[context["list"]], context.get("since")
        yield first_page(name, since, context["names"], in_use=list(in_use), **more)


def card(stream: str, id: str, names: Sequence[str] = (), **context: Any) -> Request:
    """The request for one record, with its extra fields named where that is needed; with `wishes` also those fields."""
    route, _key = CARDS[stream]
    wishes = _useful(LISTS[stream], names, context.pop("wishes", 0))
    params: Params = {"Id": id, **_naming(LISTS[stream], names, wishes)}
    told = {"wishes": wishes} if wishes else {}
    if stream == "Contractor":
        params |= _PHONES
    return question(
        stream,
        route,
        params,
        worth=max(WORTH[stream] - 5, 45),
        bulk=True,
        subject=(stream, id),
        context={"kind": "card", "names": list(names), **told, **context},
    )


def under(stream: str, id: str, route: str) -> Request:
    """The first page of what hangs under a record: its comments, or its history.

    The rows are told `apart` by that record where they have no ids. Archives have older answers, whose rows are not.
    """
    params: Params = {"SubjectType": SUBJECTS[stream], "SubjectId": id}
    if route == COMMENTS:
        params |= {"Order": "asc", "TextHtml": True}
    wanted = "Comment" if route == COMMENTS else "Change"
    return page(wanted, route, params, {"kind": "under", "of": [stream, id], "apart": True})


def _fields_route(scope: str) -> tuple[str, Params]:
    stream, _slash, program = scope.partition("/")
    return (DEAL_FIELDS, {"ProgramId": program}) if program else (FIELDS[stream], {})


def named(spec: ListSpec, names: Sequence[str], wishes: int) -> list[str]:
    """Which fields a question names, of the `names` that definitions told: with all `wishes`, with the likely ones, or with none."""
    if not names:
        return []
    if spec.besides:
        more = [name for name in spec.besides if name not in names and (wishes == ALL or name not in _PARTS)]
        return [*names, *(more if wishes else [])]
    return [name for name in names if MARK in name or wishes == ALL or (wishes and name in spec.likely)]


def fewer(spec: ListSpec, names: Sequence[str], wishes: int) -> int:
    """The next step down at which fewer fields are named; 0 where there is none."""
    told = named(spec, names, wishes)
    return next((step for step in range(wishes - 1, 0, -1) if named(spec, names, step) != told), 0)


def _naming(spec: ListSpec, names: Sequence[str], wishes: int) -> Params:
    """The parameter that names fields."""
    wanted = named(spec, names, wishes) if spec.names else []
    if not spec.besides or wishes < ALL:
        return {spec.names: wanted} if wanted else {}
    flat = [name for name in wanted if name not in _PARTS]
    return {spec.names: {**{str(place): name for place, name in enumerate(flat)}, **_PARTS}} if wanted else {}


def _useful(spec: ListSpec, names: Sequence[str], wishes: int) -> int:
    """These wishes, or 0 where they name nothing that is not named anyway."""
    return wishes if spec.names and named(spec, names, wishes) != named(spec, names, 0) else 0


def _narrowed(spec: ListSpec, since: str | None, program: str | None) -> Params:
    """What fixes the scheme of deals, and what asks for changes only: a day early, because the times meant are local."""
    params: Params = {}
    filters: Params = {"Program": program} if program else {}
    if since and spec.changed:
        moment = datetime.fromisoformat(since) - timedelta(days=1)
        if spec.changed == "filter":
            filters["TimeUpdated"] = {"greaterOrEqual": moment.strftime("%Y-%m-%d %H:%M:%S")}
        else:
            params[spec.changed] = moment.strftime("%Y-%m-%dT%H:%M:%S")
    return {**params, "FilterFields": filters} if filters else params
