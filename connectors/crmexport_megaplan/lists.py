"""The lists of an account: a table of what to ask of each, and the request for its first page.

A row of a list carries only what is asked for by name, so everything useful is named here and no card need be fetched
(Megaplan reference, §4.3). Names that an account does not know are dropped when it says so (see `mend`).
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import quote

from crmexport.source import Announced, Request
from crmexport.text import N_
from crmexport_megaplan.dictionaries import DICTIONARIES
from crmexport_megaplan.goods import GOODS
from crmexport_megaplan.kinds import WORTH
from crmexport_megaplan.papers import CALLS_BEFORE, PAPERS, STORAGE, TRASH, TREE
from crmexport_megaplan.query import (
    BY_ACTIVITY,
    BY_CREATION,
    LONGEST_PATH,
    PAGE,
    Query,
    any_status,
    asked,
    filtered,
    program,
    sort_by,
    updated_since,
)
from crmexport_megaplan.spaces import ELEMENT, OTHERS, SPACES, WITHIN
from crmexport_megaplan.spec import ListSpec, named

OUTSIDE = "deals outside"
# what narrows a list to rows that it may show anyhow
NARROWED = frozenset({"folder", "outgoing", "answering", "within"})
_APART = frozenset({CALLS_BEFORE, STORAGE, TRASH, TREE, *SPACES})  # lists of what stands in another list, too
AT_LAST = 5  # after all files that are known otherwise, or these would be fetched twice
# The lists that a look for changes reads whole once more begin right after the dictionaries: each of their pages is known only by
# the one before it, and at the end nothing is left to ask beside them. It is over too soon to matter which records come first.
_LONG = 90


_CONTRACTOR = named(
    """humanNumber name type status responsibles contactInfo payers description birthday preferTransport advertisingWay
    activityType promisingRate isDropped isPublic canSeeFull financeOperations avatar photo tags attaches todos relationLinks commentsCount hiddenCommentsCount
    partners competitors balance lastDealDate lastCommunicationDate nextCommunicationDate userCreated userUpdated timeCreated timeUpdated"""
)
_PERSON = ("firstName", "middleName", "lastName")
_COMPANY = (*_CONTRACTOR, "contacts", "position")
_HUMAN = (
    *_CONTRACTOR,
    *_PERSON,
    "gender",
    "company",
    "position",
    "contacts",
    "uid",
    "canLogin",
    "loginEmail",
    "isGuestAccessEnabled",
)
_PAYER = named(
    """name type country inn kpp ogrn bank bik correspondentAccount currentAccount address legalAddress okpo edrpou mfo
    unp isDropped contractor firstName middleName lastName userCreated timeCreated timeUpdated"""
)
_DEAL = named(
    """number name description program state stateTimeUpdated result contractor contact payer manager auditors price cost
    debt paymentProgress payForm currency fixCurrencyDate isPaid isDraft positions invoices financeOperations todos relationLinks attaches
    attachesInfo allFilesCount tags dealsCount actualDealsCount tasksCount actualTasksCount commentsCount
    hiddenCommentsCount consignment userCreated userUpdated timeCreated timeUpdated"""
)
_PROJECT = named(
    """humanNumber name status isTemplate isGroup statement owner responsible userCreated executors auditors participants
    parent financeOperations deadline plannedFinish actualStart actualFinish duration plannedWork actualWork workedOffTimeTotal completed
    contractor deals milestones attaches todos relationLinks tags commentsCount hiddenCommentsCount lastCommentTimeCreated
    timeCreated activity statusChangeTime subject deadlineChangeRequest deadlineReminders originalTemplate templateUsers
    templateViewers kpiStart kpiPlanned kpiActual kpiUnit kpiPercentage"""
)
_TASK = (
    *_PROJECT,
    "isUrgent",
    "isNegotiation",
    "project",
    "previousTasks",
    "negotiationItems",
    "negotiationExecutors",
    "finalRating",
    "bonuses",
    "fine",
    "kpi",
    "schedule",
    "scheduleActive",
    "decision",
    "subTasksCount",
)
_TODO = named(
    """name status category when place description responsible userCreated participants relations contactInfo reminders resultComment
    attaches tags commentsCount hiddenCommentsCount relationLinks schedule isNeedResult timeCreated timeFinished
    isDropped isOverdue isTemplate conferenceSettings"""
)
_INVOICE = named(
    """invoiceDate number name status currency sum taxTotal recipient payer consignee deadline actualPaymentDate rows
    comment conditions invoiceTemplate publicDownloadLink financeOperations attaches commentsCount userCreated timeCreated deal"""
)
_EMPLOYEE = named(
    """uid name firstName middleName lastName position department extraDepartments gender birthday inn contactInfo
    isWorking fireInProgress canLogin login status nearestVacation appearanceDay fireDay lastOnline avatar photo aboutMe description
    passportData address extraChiefs mainVacancy vacancies emailFooter megaMail smoking drinking children behaviour commentsCount timeCreated"""
)
_DEPARTMENT = ("name", "parent", "childs", "description", "vacancies", "orderPos")
_PROGRAM = ("name", "states", "transitions", "triggers", "roles", "isActive", "isBpm", "programGroup")

_NEWEST_FIRST = {"activity": BY_ACTIVITY, "creation": BY_CREATION}

LISTS = {
    "program": ListSpec("program", "/program", _PROGRAM, only={"withInactivePrograms": True}, sorted=False),
    "employee": ListSpec("employee", "/employee", _EMPLOYEE),
    "department": ListSpec("department", "/department", _DEPARTMENT),
    "contractorCompany": ListSpec(
        "contractorCompany", "/contractorCompany", _COMPANY, filter="CrmFilter", changed="filter"
    ),
    "contractorHuman": ListSpec(
        "contractorHuman", "/contractorHuman", _HUMAN, filter="CrmFilter", changed="filter"
    ),
    "payer": ListSpec("payer", "/payer", _PAYER),
    "deal": ListSpec("deal", "/deal", _DEAL, filter="TradeFilter", changed="filter"),
    OUTSIDE: ListSpec(
        "deal",
        "/deal",
        ("program",),
        scope="outside",
        filter="TradeFilter",
        changed="filter",
        only={"onlyRequestedFields": True},
    ),
    "task": ListSpec("task", "/task", _TASK, filter="TaskFilter", changed="activity"),
    "project": ListSpec("project", "/project", _PROJECT, filter="TaskFilter", changed="activity"),
    "task templates": ListSpec("task", "/task/templates", _TASK, scope=N_("templates")),
    "project templates": ListSpec("project", "/project/templates", _PROJECT, scope=N_("templates")),
    "todo": ListSpec("todo", "/todo", _TODO),
    "invoice": ListSpec("invoice", "/invoice", _INVOICE),
    **DICTIONARIES,
    **GOODS,
    **PAPERS,
    **SPACES,
}


@cache
def fields_of(stream: str) -> frozenset[str]:
    """The names of fields that lists of a stream are asked for, without those that people made."""
    return frozenset(name for spec in LISTS.values() if spec.stream == stream for name in spec.fields)


def first_page(
    name: str,
    since: str | None = None,
    custom: Sequence[str] = (),
    **context: Any,
) -> Request:
    """The first page of list `name`, with the `custom` fields named besides; `since` is ISO 8601.

    What does not fit into a path is not named: then cards are asked for, which carry everything.
    """
    spec = LISTS[name]
    route = spec.route.format(**{name: quote(str(told), safe="") for name, told in context.items()})

    def naming(number: int) -> str:
        return asked(route, _query(spec, [*spec.fields, *custom[:number]], since, context))

    path = naming(len(custom))
    if len(path) > LONGEST_PATH and custom:
        too_many = bisect_right(range(len(custom)), LONGEST_PATH, key=lambda number: len(naming(number)))
        path = naming(max(0, too_many - 1))
        context["cards"] = True
    told = {"kind": "list", "list": name, **({"since": since} if since else {}), **context}
    return Request(
        spec.stream,
        path,
        worth=_worth(name, since),
        bulk=spec.small or name == OUTSIDE or bool(NARROWED & context.keys()),  # a look of one page
        subject=(spec.stream, _part_of(name, context)),
        family=ELEMENT if "within" in context else f"list {spec.route}" if spec.uncertain else "",
        context=told,
    )


def _worth(name: str, since: str | None) -> int:
    if name == STORAGE:
        return AT_LAST
    spec = LISTS[name]
    is_long = since is not None and not spec.changed and not spec.small
    return max(WORTH[spec.stream], _LONG) if is_long else WORTH[spec.stream]


def in_folder(id: str, since: str | None) -> Iterator[Request]:
    """The folders and the documents within a folder: the lists may show one level at a time (Megaplan reference, §7).

    Where they show all at once, the same comes twice, which does no harm; nobody asks the same question twice.
    """
    yield from (first_page(name, since, folder=id) for name in ("docFolder", "doc"))


def other_letters(request: Request, ways: Sequence[bool]) -> Iterator[Request]:
    """The letters that a list which ended has perhaps left out: sent ones, where it showed none, or received ones (§7).

    Nobody has told what the list shows that says nothing of it. Where it shows both, nothing more is asked.
    """
    if len(ways) < 2 and not NARROWED & request.context.keys():
        yield first_page("message", request.context.get("since"), outgoing=True not in ways)


def answers_to(id: str) -> Request:
    """The answers to a letter, which shows some of them only, and the list perhaps none (RAML `/message`, `withParent`)."""
    return first_page("message", answering=id)


def other_elements(since: str | None) -> Iterator[Request]:
    """The other lists of elements: which of them shows all, nobody has told (RAML `/spaces/…`)."""
    yield from (first_page(name, since) for name in OTHERS)


def elements_within(id: str, since: str | None) -> Request:
    """The elements that lie within one."""
    return first_page(WITHIN, since, within=id)


def _part_of(name: str, context: dict[str, Any]) -> str:
    """Which part of its stream a list is, to tell its gaps from those of others."""
    spec = LISTS[name]
    if "outgoing" in context:
        return N_("sent") if context["outgoing"] else N_("received")
    if "answering" in context:
        return f"message/{context['answering']}"
    if "folder" in context:
        return f"docFolder/{context['folder']}"
    if "within" in context:
        return f"{ELEMENT}/{context['within']}"
    return spec.scope if spec.typed else name if name in _APART else ""


def scope_of(request: Request) -> str:
    """What the count of this list counts, as Announced.scope."""
    context = request.context
    return f"program/{context['program']}" if "program" in context else LISTS[context["list"]].scope


def announced(request: Request, count: int | None, skipped: int) -> Iterator[Announced]:
    """How many records a list has by its `count`, less the `skipped` rows that are another list's to give.

    Who reads a part of it, from `behind` a row on, tells of those that were skipped there alone; but the count is always that of the
    whole list, as it is now.
    """
    stream = LISTS[request.context["list"]].stream
    context = request.context
    may_overlap = bool(NARROWED & context.keys()) or not LISTS[context["list"]].scope
    if count is not None and not may_overlap:
        scope, behind = scope_of(request), context.get("behind")
        yield Announced(stream, scope, count)
        if skipped:
            yield Announced(stream, f"{scope}/elsewhere" + (f"/{behind}" if behind else ""), -skipped)


def _query(spec: ListSpec, names: Sequence[str], since: str | None, context: dict[str, Any]) -> Query:
    query: Query = {"limit": PAGE, **spec.only}
    if names:
        query["fields"] = list(names)
    if spec.sorted:
        newest = _NEWEST_FIRST.get(spec.changed) if since is not None else None
        query["sortBy"] = newest or sort_by("id")
    if "folder" in context:
        query["parentFolder"] = {"contentType": "DocFolder", "id": context["folder"]}
    if "outgoing" in context:
        query["isOutgoing"] = context["outgoing"]
    if "answering" in context:
        query["withParent"] = {"contentType": "Message", "id": context["answering"]}
    narrowed = _filter(spec, since, context)
    if narrowed:
        query["filter"] = narrowed
    return query


def _filter(spec: ListSpec, since: str | None, context: dict[str, Any]) -> Query | None:
    """The filter of a list: tasks always want every status; changes want those since; deals want their scheme."""
    terms = [any_status()] if spec.filter == "TaskFilter" else []
    if since and spec.changed == "filter":
        terms.append(updated_since(datetime.fromisoformat(since)))
    more = {"program": program(context["program"])} if "program" in context else {}
    return filtered(spec.filter, terms, **more) if terms or more else None
