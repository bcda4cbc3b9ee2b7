"""Megaplan as one function: a request goes in, an answer comes out. Everything below HTTP is the shell's affair."""

import json
from collections.abc import Callable, Mapping
from time import time
from urllib.parse import unquote

from crmexport.sandbox.exchange import HTML, Answer, Asked
from crmexport.sandbox.faults import LOGIN_PAGE
from crmexport_megaplan.sandbox.account import InventedAccount
from crmexport_megaplan.sandbox.behaviour import Behaviour
from crmexport_megaplan.sandbox.description import description
from crmexport_megaplan.sandbox.files import ROOT
from crmexport_megaplan.sandbox.forms import form_of
from crmexport_megaplan.sandbox.pages import Pages
from crmexport_megaplan.sandbox.people import is_seen
from crmexport_megaplan.sandbox.programs import SCHEMES, scopes
from crmexport_megaplan.sandbox.query import Refused, parsed
from crmexport_megaplan.sandbox.render import encoded, envelope
from crmexport_megaplan.sandbox.tokens import Tokens
from crmexport_megaplan.sandbox.values import DAY, Body, moment

API = "/api/v3"
DAYS_LEFT = 13
STORAGE = "/storage"  # where a download is redirected to, under the switch
CARDS = {
    "employee": "Employee",
    "department": "Department",
    "program": "Program",
    "contractorCompany": "ContractorCompany",
    "contractorHuman": "ContractorHuman",
    "payer": "Payer",
    "deal": "Deal",
    "task": "Task",
    "project": "Project",
    "todo": "Todo",
    "comment": "Comment",
    "invoice": "Invoice",
    "group": "Group",
    "offer": "Offer",
    "warehouse": "Warehouse",
    "consignment": "Consignment",
    "consignmentRow": "ConsignmentRow",
    "finOperation": "FinOperation",
    "callInfo": "CallInfo",
    "message": "Message",
    "clientChat": "ClientChat",
    "changeset": "Changeset",
    "knowledgeArticle": "KnowledgeArticle",
}
# these have no card, but lists under them
UNDER = {"doc": "Doc", "knowledgeBase": "KnowledgeBase"}
NO_MODEL = "There is no model class for Bums\\Crm\\Api\\V03\\Contractor"
CONTRACTORS = ("ContractorCompany", "ContractorHuman")


class Site:
    """The account behind its API."""

    def __init__(self, account: InventedAccount, behaviour: Behaviour, tokens: Tokens) -> None:
        self._account = account
        self._behaviour = behaviour
        self._tokens = tokens
        self._pages = Pages(account, behaviour)

    def __call__(self, asked: Asked) -> Answer:
        """Answer a request."""
        if asked.path.startswith(API + "/"):
            return self._api(asked)
        if asked.path == API:
            return self._description()
        if asked.path.startswith((ROOT, STORAGE)):
            return self._download(asked)
        return Answer(404, b"<html>404</html>", HTML)

    def _description(self) -> Answer:
        """Under the switch that it is absent, the mark alone, which tells which API this is."""
        told = self._behaviour.description
        text = b"#%RAML 1.0\n" if told == "absent" else description(newer=told == "newer")
        return Answer(200, text, "application/raml+yaml")

    def _api(self, asked: Asked) -> Answer:
        steps = tuple(unquote(step) for step in asked.path[len(API) + 1 :].strip("/").split("/"))
        if steps == ("auth", "access_token"):
            return self._grant(asked)
        if not self._tokens.admits(asked.headers.get("authorization", "")):
            inside = self._behaviour.expiry == "meta"
            return self._told(200 if inside else 401, self._failure(401, "Unauthorized"))
        if steps == ("bulk",):
            return self._bulk(asked)
        return self._told(*self._answer(asked, steps))

    def _answer(self, asked: Asked, steps: tuple[str, ...]) -> tuple[int, Body]:
        try:
            if asked.method != "GET":
                raise Refused(405, "Method Not Allowed")
            return 200, self._document(steps, parsed(asked.query), self._is_included(asked))
        except Refused as refused:
            return refused.status, self._failure(refused.status, refused.message, refused.field)

    def _is_included(self, asked: Asked) -> bool:
        asks = asked.headers.get("x-use-included-response", "").lower() == "true"
        return {"always": True, "never": False, "on_header": asks}[self._behaviour.included]

    def _failure(self, status: int, message: str, field: str | None = None) -> Body:
        data: list[Body] | None = [] if self._behaviour.error_data == "list" else None
        return envelope(status, data, errors=[{"field": field, "message": message}])

    def _told(self, status: int, document: object) -> Answer:
        return Answer(status, encoded(document, self._behaviour.json_form))

    def _document(self, steps: tuple[str, ...], query: Body, included: bool) -> Body:
        """What a GET below /api/v3 gives. Raises Refused."""
        match steps:
            case ("spaces", *_below) if self._behaviour.spaces != "given":
                told = {"absent": (404, "Not Found"), "refused": (403, "Access denied")}
                raise Refused(*told[self._behaviour.spaces])
            case ("currentUser",):
                return self._pages.card("Employee", 0, query, included)
            case ("accountInfo",):
                return envelope(200, _account_info())
            case (("task" | "project") as kind, "templates"):
                return self._pages.page(self._pages.catalogue.templates(CARDS[kind]), query, included)
            case _ if scope := scope_of(steps):
                return self._definitions(scope)
            case _ if listing := self._pages.catalogue.lists.get("/".join(steps)):
                if listing.name in self._behaviour.absent:
                    raise Refused(404, "Not Found")
                return self._pages.page(listing, query, included)
            case ("spaces", *below):
                return self._space(tuple(below), query, included)
            case ("employee", "me"):
                raise Refused(405, "Method Not Allowed")
            case (name, id):
                return self._pages.card(*self._record(name, id), query, included)
            case (name, id, child):
                return self._children(name, id, child, query, included)
        raise Refused(404, "Not Found")

    def _space(self, steps: tuple[str, ...], query: Body, included: bool) -> Body:
        """An element, what hangs under one, or what a note or a frame holds, which is known by the element."""
        listing = self._pages.catalogue.under_element(steps)
        if listing is not None:
            if listing.name in self._behaviour.absent:
                raise Refused(404, "Not Found")
            return self._pages.page(listing, query, included)
        known = {"element": "Element", "note": "NoteEdition", "iframe": "IframeUrl"}
        match steps:
            case ((("element" | "note" | "iframe") as name), id):
                return self._pages.card(*self._record(name, id, known), query, included)
            case ("widget", _table, "layout", _view, "row", id):
                return self._pages.card(
                    *self._record("row", id, {"row": "WidgetLayoutDataRow"}), query, included
                )
        raise Refused(404, "Not Found")

    def _definitions(self, scope: str) -> Body:
        if scope == "deal":
            rows = [row for scheme in SCHEMES for row in self._account.definitions(f"program/{scheme.id}")]
        else:
            rows = self._account.definitions(scope)
        more = {"hasMoreNext": False, "hasMorePrev": False}
        return envelope(
            200, rows, {"count": len(rows), "limit": max(100, len(rows)), "currentPage": 1, **more}
        )

    def _record(self, name: str, id: str, known: Mapping[str, str] = CARDS) -> tuple[str, int]:
        """(contentType, index) of what a card's path names. Raises Refused."""
        for kind in CONTRACTORS if name == "contractor" else (known.get(name, ""),):
            index = self._account.find(kind, id) if kind else None
            if index is not None and self._behaviour.restricted and not is_seen(kind, index):
                raise Refused(403, f"No act_view rights for model {id}")
            if index is not None:
                return kind, index
        raise Refused(404, f"Entity {name} with id {id} is not found")

    def _children(self, name: str, id: str, child: str, query: Body, included: bool) -> Body:
        kind, index = self._record(name, id, CARDS | UNDER)
        if name == "contractor" and child in ("comments", "todos", "history"):
            raise Refused(500, NO_MODEL)
        if kind in CONTRACTORS and child == "comments" and not self._behaviour.contractor_comments:
            raise Refused(500, NO_MODEL)
        if kind in CONTRACTORS and child == "history" and not self._behaviour.contractor_history:
            raise Refused(500, NO_MODEL)
        if kind == "Task" and child == "milestones":
            raise Refused(500, "Internal server error")
        listing = self._pages.catalogue.children(kind, index, child)
        if listing is None or listing.name in self._behaviour.absent:
            raise Refused(404, "Not Found")
        return self._pages.page(listing, query, included)

    def _grant(self, asked: Asked) -> Answer:
        if asked.method != "POST":
            return Answer(405, b'{"error":"method_not_allowed"}')
        try:
            form = form_of(asked.headers.get("content-type", ""), asked.body)
            return self._told(200, self._tokens.grant(form))
        except ValueError as refused:
            error, description = (*refused.args, "")[:2]
            return self._told(400, {"error": str(error), "error_description": str(description)})

    def _bulk(self, asked: Asked) -> Answer:
        """Several GETs in one request; every answer has its own status inside (Megaplan reference, §10)."""
        if self._behaviour.bulk == "off":
            return self._told(404, self._failure(404, "Not Found"))
        calls = bulk_calls(asked)
        if calls is None or asked.method != "POST":
            return self._told(422, self._failure(422, "'stdClass' is not assignable to 'BulkApiCall'"))
        if len(calls) > self._behaviour.bulk_max:
            return self._told(422, self._failure(422, f"Too many calls, at most {self._behaviour.bulk_max}"))
        return self._told(200, envelope(200, [self._call(asked, call) for call in calls]))

    def _call(self, asked: Asked, call: Body) -> Body:
        path, _, query = str(call.get("url", "")).partition("?")
        if call.get("method", "GET") != "GET" or not path.startswith(API + "/"):
            return self._failure(404, "Not Found")
        inner = Asked("GET", path, query, asked.headers)
        return self._answer(
            inner, tuple(unquote(step) for step in path[len(API) + 1 :].strip("/").split("/"))
        )[1]

    def _download(self, asked: Asked) -> Answer:
        """The bytes of a file; a login page for whoever is not signed in (Megaplan reference, §9)."""
        if not self._tokens.admits(asked.headers.get("authorization", "")):
            return Answer(200, LOGIN_PAGE, HTML)
        path = asked.path.removeprefix(STORAGE)
        index = self._account.file_kind.at(path)
        if index is None or asked.method != "GET":
            return Answer(404, b"<html>404</html>", HTML)
        if self._behaviour.file_redirect and path == asked.path:
            return Answer(302, headers={"Location": STORAGE + asked.path})
        return Answer(200, self._account.file_kind.contents(index), "application/octet-stream")


def scope_of(steps: tuple[str, ...]) -> str | None:
    """Whose field definitions a path asks for: "program/13", "task", "payer/ru/Legal" …; None for any other path."""
    match steps:
        case (("program" | "offerCategory") as kind, id, "fields"):
            scope = f"{kind}/{id}"
        case (entity, "extraFields", *rest):
            scope = "/".join((entity, *rest))
        case _:
            return None
    return scope if scope in (*scopes(), "deal") else None


def bulk_calls(asked: Asked) -> list[Body] | None:
    """The calls within a bulk request, or None if it is not one."""
    try:
        value = json.loads(asked.body)
        calls: list[Body] = value["calls"]
    except (ValueError, KeyError, TypeError):
        return None
    return calls if value.get("contentType") == "BulkApiCall" else None


def counting(behaviour: Behaviour) -> Callable[[Asked], int]:
    """How many requests a request is worth to the limiter: a bulk request, under the switch, as many as it has calls."""

    def calls(asked: Asked) -> int:
        if behaviour.bulk != "counted" or asked.path != f"{API}/bulk":
            return 1
        return max(1, len(bulk_calls(asked) or []))

    return calls


def _account_info() -> Body:
    """Of no record, so that it may tell of today: the account closes in thirteen days."""
    end = moment(int(time()) + DAYS_LEFT * DAY)
    return {
        "contentType": "AccountInfo",
        "host": "sandbox.example.test",
        "name": "Вымышленная компания",
        "build": "sandbox",
        "paidToDate": end,
        "licenceEndDate": end,
        "daysRemaining": DAYS_LEFT,
    }
