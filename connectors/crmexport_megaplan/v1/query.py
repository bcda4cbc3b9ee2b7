"""How a question to the older API is written: PHP's way of putting arrays into a query (Megaplan reference, §12)."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from crmexport.source import Request

Params = dict[str, Any]

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PAGE = 100
LONGEST_PATH = 7000  # web servers commonly refuse a request line over 8 KiB


def address(route: str) -> str:
    """The path of a route such as “BumsTaskApiV01/Task/list”."""
    return f"/{route}.api"


def encoded(params: Mapping[str, Any]) -> str:
    """The parameters as a query string or form: nested ones as `FilterFields[Program]=13`, `ExtraFields[0]=Name`."""
    return "&".join(f"{quote(name, safe='')}={quote(text, safe='')}" for name, text in _flat(params))


def question(stream: str, route: str, params: Mapping[str, Any], **more: Any) -> Request:
    """The request that asks `route` with `params`: a GET, or a POST where they are too long for an address (§12)."""
    query = encoded(params)
    path = f"{address(route)}?{query}" if query else address(route)
    if len(path) <= LONGEST_PATH:
        return Request(stream, path, **more)
    return posted(stream, route, params, **more)


def posted(stream: str, route: str, params: Mapping[str, Any], **more: Any) -> Request:
    """The same question as a POST, which is another question to whoever compares them."""
    return Request(stream, address(route), "POST", encoded(params), headers=FORM, **more)


def _flat(params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in params.items():
        if isinstance(value, Mapping):
            yield from _flat({f"{name}[{key}]": inner for key, inner in value.items()})
        elif isinstance(value, (list, tuple)):
            yield from _flat({f"{name}[{place}]": inner for place, inner in enumerate(value)})
        else:
            yield name, str(int(value) if isinstance(value, bool) else value)
