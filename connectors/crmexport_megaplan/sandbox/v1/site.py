"""The older API as one function: a signed request goes in, an answer comes out (Megaplan reference, §12 to §17)."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from crmexport.sandbox.exchange import HTML, Answer, Asked
from crmexport.sandbox.faults import LOGIN_PAGE
from crmexport_megaplan.sandbox.account import InventedAccount
from crmexport_megaplan.sandbox.files import ROOT
from crmexport_megaplan.sandbox.programs import SCHEMES
from crmexport_megaplan.sandbox.render import encoded
from crmexport_megaplan.sandbox.v1.behaviour import V1Behaviour
from crmexport_megaplan.sandbox.v1.bodies import Bodies
from crmexport_megaplan.sandbox.v1.definitions import definitions
from crmexport_megaplan.sandbox.v1.keys import Keys
from crmexport_megaplan.sandbox.v1.tables import (
    Query,
    Table,
    Tables,
    changes,
    checklists,
    messages,
    offers,
    tags,
)
from crmexport_megaplan.sandbox.v1.telling import Telling
from crmexport_megaplan.sandbox.v1.truth import truth
from crmexport_megaplan.sandbox.values import Body

PREFIX = "/Bums"
COMMON = "BumsCommonApiV01"
_CARDS = {
    "BumsTaskApiV01/Task": ("task", ("Task",)),
    "BumsProjectApiV01/Project": ("project", ("Project",)),
    "BumsCrmApiV01/Contractor": ("contractor", ("ContractorCompany", "ContractorHuman")),
    "BumsTradeApiV01/Deal": ("deal", ("Deal",)),
    "BumsInvoiceApiV01/Invoice": ("invoice", ("Invoice",)),
    "BumsStaffApiV01/Employee": ("employee", ("Employee",)),
    "BumsTimeApiV01/Event": ("event", ("Todo",)),
}


class Failed(Exception):  # noqa: N818 - it is an answer of the sandbox, not an error of ours
    """The request is answered with `status.code: error`."""

    def __init__(self, message: Any, status: int = 200) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


class V1Site:
    """The account behind its older API."""

    def __init__(self, account: InventedAccount, behaviour: V1Behaviour, keys: Keys) -> None:
        self.keys = keys
        self._account = account
        self._behaviour = behaviour
        self._bodies = Bodies(account, Telling(account, behaviour.zone))
        self._tables = Tables(account, behaviour, self._bodies)
        self._special: dict[str, Callable[[Query], Any]] = {
            f"{COMMON}/System/datetime": self._now,
            f"{COMMON}/UserInfo/id": lambda query: {"UserId": 1_000_021, "EmployeeId": "1000001"},
            f"{COMMON}/Comment/list": self._comments,
            f"{COMMON}/Comment/all": lambda query: self._some(
                "comments", self._tables.new_comments(query), query
            ),
            f"{COMMON}/Tags/list": lambda query: {"tags": tags()},
            f"{COMMON}/Checklist/all": lambda query: self._some("checklists", checklists(account), query),
            f"{COMMON}/History/all": lambda query: self._some("changes", changes(account), query),
            f"{COMMON}/History/list": self._history,
            f"{COMMON}/Message/list": lambda query: self._some(
                "messages", messages(query.get("Folder")), query
            ),
            "BumsFinApiV01/Operation/list": self._operations,
        }

    def __call__(self, asked: Asked) -> Answer | None:
        """Answer a request to the older API or for a file of it; None for what belongs elsewhere."""
        if asked.path.startswith(ROOT) and "x-authorization" in asked.headers:
            return self._attachment(asked)
        if not (asked.path.startswith(PREFIX) and asked.path.endswith(".api")):
            return None
        route = asked.path[1:].removesuffix(".api")
        try:
            if route.startswith(f"{COMMON}/User/"):
                return self._told(self._signed_in(route, asked))
            if not self.keys.admits(asked):
                raise Failed("Wrong signature", {"401": 401, "403": 403}.get(self._behaviour.refusal, 200))
            query = _query(asked)
            if route == f"{COMMON}/File/downloadAttach":
                return self._bytes(query.get("url", ""))
            return self._told(self._answer(route, query))
        except Failed as failed:
            return self._envelope("error", failed.message, [], failed.status)

    def truth(self) -> Iterator[Body]:
        """What a complete pull must hold (see truth.truth)."""
        return truth(self._account, self._tables, self._bodies)

    def _told(self, data: Any) -> Answer:
        return self._envelope("ok", None, data)

    def _envelope(self, code: str, message: Any, data: Any, status: int = 200) -> Answer:
        document = {"status": {"code": code, "message": message}, "params": {}, "data": data}
        return Answer(status, encoded(document, self._behaviour.json_form))

    def _signed_in(self, route: str, asked: Asked) -> Any:
        try:
            if route.endswith("/createOneTimeKeyAuth") and self._behaviour.one_time_key != "absent":
                return self.keys.one_time_key(asked)
            if route.endswith("/authorize"):
                return self.keys.authorize(asked)
        except ValueError as refused:
            raise Failed({"msg": str(refused)}) from refused
        raise Failed("Action not found", 404)

    def _answer(self, route: str, query: Query) -> Any:
        if route in self._special:
            return self._special[route](query)
        small = self._tables.small(route)
        if small is not None:
            return self._some(*small, query)
        entity, _slash, action = route.rpartition("/")
        if action == "list" and (table := self._tables.table(entity, query)):
            return self._page(table, query)
        if action == "listFields":
            return {"Fields": self._fields(entity, query)}
        if action == "card":
            return self._card(entity, query)
        raise Failed("Action not found", 404)

    def _page(self, table: Table, query: Query) -> Any:
        """A page by Limit and Offset. Hidden rows count for neither."""
        limit, offset = _window(query, self._behaviour.page_cap)
        asks = query.get("SortBy") if table.sortable else None
        if asks and (asks != "id" or not self._behaviour.sort_by_id):
            raise Failed("SQLSTATE[42S22]: Column not found: 1054 Unknown column 'id' in 'order clause'")
        places = range(table.size)
        falling = self._behaviour.newest_first and not asks and not table.ordered
        found = filter(table.keeps, reversed(places) if falling else places)
        return self._listed(table.key, [table.row(place) for place in islice(found, offset, offset + limit)])

    def _listed(self, key: str, rows: list[Body]) -> Any:
        empty = "" if self._behaviour.empty_list == '""' else []
        return {key: rows or empty} if key else rows or empty

    def _some(self, key: str, rows: list[Body], query: Query) -> Any:
        limit, offset = _window(query, self._behaviour.page_cap) if "Limit" in query else (len(rows), 0)
        return self._listed(key, rows[offset : offset + limit])

    def _comments(self, query: Query) -> Any:
        try:
            rows = self._tables.comments(query.get("SubjectType", ""), query.get("SubjectId", ""))
        except KeyError as unknown:
            raise Failed(["Unknown SubjectType"]) from unknown
        return self._some("comments", rows if query.get("Order") == "asc" else rows[::-1], query)

    def _history(self, query: Query) -> Any:
        rows = [one for one in changes(self._account) if str(one["SubjectId"]) == query.get("SubjectId")]
        return self._some("changes", rows, query)

    def _operations(self, query: Query) -> Any:
        rows = [{name: row[name] for name in ("Id", "Number", "Date")} for row in self._tables.operations()]
        return self._some("operations", rows, query)

    def _fields(self, entity: str, query: Query) -> list[Body]:
        stream = entity.rpartition("/")[2]
        if stream != "Deal":
            return definitions(stream, self._account.unmade)
        if query.get("ProgramId") not in {
            one.id for one in SCHEMES if self._account.find("Program", one.id) is not None
        }:
            raise Failed("ProgramId is required")
        return definitions(f"Deal/{query['ProgramId']}", self._account.unmade)

    def _card(self, entity: str, query: Query) -> Any:
        id = query.get("Id", "")
        for name, rows in (("offer", offers()), ("operation", self._tables.operations())):
            if entity.lower().endswith(f"/{name}"):
                return {name: next((row for row in rows if str(row["Id"]) == id), None) or _missing(id)}
        key, kinds = _CARDS.get(entity, ("", ()))
        for kind in kinds:
            index = self._account.find(kind, id)
            if index is not None:
                body = self._bodies.card(kind, index)
                return {key: self._tables.cut(kind, body, None, query, is_list=False)}
        return _missing(id)

    def _now(self, query: Query) -> Any:
        if self._behaviour.clock == "absent":
            raise Failed("Action not found", 404)
        now = datetime.now(UTC).astimezone(ZoneInfo(self._behaviour.zone))
        form = "%Y-%m-%dT%H:%M:%S%z" if self._behaviour.clock == "offset" else "%Y-%m-%d %H:%M:%S"
        return {"datetime": now.strftime(form)}

    def _attachment(self, asked: Asked) -> Answer:
        if not self._behaviour.attach_by_url or asked.method != "GET" or not self.keys.admits(asked):
            return Answer(200, LOGIN_PAGE, HTML)
        return self._bytes(asked.path)

    def _bytes(self, url: str) -> Answer:
        files = self._account.file_kind
        index = files.at(url)
        if index is None:
            return Answer(404, b"<html>404</html>", HTML)
        return Answer(200, files.contents(index), "application/octet-stream")


def _missing(id: str) -> Any:
    raise Failed(f"Entity with id {id} not found", 404)


def _query(asked: Asked) -> Query:
    """The parameters of a query and of a form alike."""
    return dict(parse_qsl(asked.query) + parse_qsl(asked.body.decode() if asked.method == "POST" else ""))


def _window(query: Query, cap: int) -> tuple[int, int]:
    try:
        limit, offset = int(query.get("Limit", 50)), int(query.get("Offset", 0))
    except ValueError as wrong:
        raise Failed("Limit must be a number", 400) from wrong
    if not 1 <= limit <= 100 or offset < 0:
        raise Failed("Limit must be from 1 to 100", 400)
    return min(limit, cap), offset
