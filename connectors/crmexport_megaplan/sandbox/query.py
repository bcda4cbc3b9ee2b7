"""The query of a request: one percent-encoded JSON object, checked as Megaplan checks it (Megaplan reference, §1, §4)."""

import json
from typing import Any
from urllib.parse import unquote

COMMON = frozenset(
    {"limit", "pageAfter", "pageBefore", "pageWith", "fields", "sortBy", "onlyRequestedFields", "filter", "q"}
)


class Refused(Exception):  # noqa: N818 - it is an answer of the sandbox, not an error of ours
    """The request is answered with a status that is no success."""

    def __init__(self, status: int, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.field = field


def parsed(query: str) -> dict[str, Any]:
    """The JSON object in a query string; key=value pairs are ignored, as Megaplan does."""
    text = unquote(query)
    if not text.startswith("{"):
        return {}
    try:
        value: dict[str, Any] = json.loads(text)
    except ValueError as broken:
        raise Refused(400, f"Syntax error in query: {broken}") from broken
    return value


def check_names(
    query: dict[str, Any], owner: str, more: frozenset[str] = frozenset(), less: frozenset[str] = frozenset()
) -> None:
    """Refuse a parameter that does not exist: neither a common one (but those in `less`) nor one of `more`."""
    for name in query:
        if name not in COMMON - less and name not in more:
            kind = f"{owner}ListRequest"
            raise Refused(
                422, f'There is extra field "{name}", which is not defined for content type "{kind}"'
            )


def limit_of(query: dict[str, Any], cap: int) -> int:
    """How many rows to give: what is asked, never more than the cap."""
    limit = query.get("limit", 100)
    if not isinstance(limit, int) or limit < 1:
        raise Refused(422, "'limit' must be a positive integer", "limit")
    return min(limit, cap)


def cursor_of(query: dict[str, Any], content_types: frozenset[str]) -> tuple[str, str] | None:
    """The link in `pageAfter`: exactly two keys, and the concrete type of a row."""
    for other in ("pageBefore", "pageWith"):
        if other in query:
            raise Refused(
                422, f"'{other}' is not supported by the sandbox: page forward with pageAfter", other
            )
    cursor = query.get("pageAfter")
    if cursor is None:
        return None
    if not isinstance(cursor, dict) or set(cursor) != {"contentType", "id"}:
        raise Refused(422, "'pageAfter' must be a link of exactly contentType and id", "pageAfter")
    if cursor["contentType"] not in content_types:
        raise Refused(
            422, f"'{cursor['contentType']}' is not the content type of a row of this list", "pageAfter"
        )
    return cursor["contentType"], str(cursor["id"])


def sort_of(query: dict[str, Any], sortable: frozenset[str]) -> tuple[str, bool] | None:
    """(field, descending), or None for the internal order. The first sort field counts."""
    given = query.get("sortBy")
    if not given:
        return None
    first = given[0] if isinstance(given, list) else given
    if not isinstance(first, dict) or first.get("contentType") != "SortField" or "fieldName" not in first:
        raise Refused(422, "'array' is not assignable to 'SortField[]'", "sortBy")
    if first["fieldName"] not in sortable:
        raise Refused(422, f"Sorting by field {first['fieldName']} is not available", "sortBy")
    return first["fieldName"], bool(first.get("desc"))


def fields_of(query: dict[str, Any]) -> list[str]:
    """The names in `fields`."""
    names = query.get("fields") or []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise Refused(422, "'fields' must be an array of strings", "fields")
    return names
