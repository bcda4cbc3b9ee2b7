"""How a question to Megaplan is written: the query string is one JSON object (Megaplan reference, §1, §4)."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote

Query = dict[str, Any]

API = "/api/v3"
PAGE = 100
LONGEST_PATH = 7000  # web servers commonly refuse a request line over 8 KiB; the cursor still has to fit
YEARS_AHEAD = 10
_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def asked(route: str, query: Mapping[str, Any] | None = None) -> str:
    """The path of `route` ("/deal") with `query` as one encoded JSON object."""
    if not query:
        return API + route
    members = [_quoted(f"{_written(name)}:{_written(value)}") for name, value in query.items()]
    return f"{API}{route}?%7B{'%2C'.join(members)}%7D"


@lru_cache(maxsize=64)
def _quoted(member: str) -> str:
    """Remembered, for the pages of a list differ by the row after which they are asked alone."""
    return quote(member, safe="")


def query_of(path: str) -> Query:
    """The query that `asked` wrote into `path`."""
    return dict(_decoded(path.partition("?")[2]))


@lru_cache(maxsize=16)
def _decoded(text: str) -> Query:
    """Remembered, for each page of a list looks at its query several times. Not to be changed in place."""
    query: Query = json.loads(unquote(text)) if text else {}
    return query


def with_query(path: str, query: Mapping[str, Any]) -> str:
    """`path` with another query."""
    return asked(path.partition("?")[0].removeprefix(API), query)


def cursor(value: Mapping[str, Any]) -> dict[str, Any]:
    """The link to a row by which the page after it is asked: two keys exactly, of the row's own type (§4.1)."""
    return {"contentType": value["contentType"], "id": value["id"]}


def step(id: str) -> str:
    """An id as a step of a path."""
    return id if id.isalnum() and id.isascii() else quote(id, safe="")


def sort_by(field: str, *, newest_first: bool = False) -> list[dict[str, Any]]:
    """The order of a list (§4.2)."""
    return [{"contentType": "SortField", "fieldName": field, "desc": newest_first}]


BY_ACTIVITY = sort_by("activity", newest_first=True)
BY_CREATION = sort_by("timeCreated", newest_first=True)


def filtered(kind: str, terms: Sequence[Mapping[str, Any]], **more: Any) -> dict[str, Any]:
    """A filter of class `kind` that wants all of `terms` (§4.4)."""
    group = {"contentType": "FilterTermGroup", "join": "and", "terms": list(terms)}
    config = {"contentType": "FilterConfig", "termGroup": group}
    return {"contentType": kind, "id": None, **more, "config": config}


def any_status() -> dict[str, Any]:
    """The term without which a task list hides whatever is closed (§4.5)."""
    return _term("FilterTermEnum", "status", "equals", ["filter_any"])


def updated_since(moment: datetime) -> dict[str, Any]:
    """The term for records updated since `moment`, a day early: days are the account's own, not ours (§4.6)."""
    first = overlapping(moment)
    last = {"contentType": "DateOnly", "year": first.year + YEARS_AHEAD, "month": 11, "day": 31}
    span = {"contentType": "IntervalDates", "from": _day(first), "to": last}
    return _term("FilterTermDate", "timeUpdated", "equals", span)


def overlapping(moment: datetime) -> datetime:
    """The moment from which changes are asked again: a day before `moment`, in UTC."""
    return moment.astimezone(UTC) - timedelta(days=1)


def program(id: str) -> dict[str, Any]:
    """The link to a deal scheme."""
    return {"contentType": "Program", "id": id}


def _day(moment: datetime) -> dict[str, Any]:
    """A day as Megaplan writes it: months count from 0 (§5)."""
    return {"contentType": "DateOnly", "year": moment.year, "month": moment.month - 1, "day": moment.day}


def _term(kind: str, field: str, comparison: str, value: Any) -> dict[str, Any]:
    return {"contentType": kind, "field": field, "comparison": comparison, "value": value}
