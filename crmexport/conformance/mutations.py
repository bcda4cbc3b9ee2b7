"""An answer as it came, with something added or spelt otherwise: what a connector must carry through without knowing it."""

import json
from collections.abc import Callable
from typing import Any

from crmexport.conformance.bench import Answered
from crmexport.source import Connector, Response, Row

HOSTILE = (
    "Знаки: \x00\x01\x1f\x7f\u2028\u202e\ufeff, emoji 👩‍👩‍👧‍👦🇷🇺, e\u0301, <b>&amp;</b>, \"'\\/ "
    + "д" * 40_000
)


def with_member(one: Answered, row: Row, name: str, value: Any, *, plain: bool = True) -> Response:
    """The answer with one more member at the head of a record. `plain` spells letters as they are, else escaped."""
    body = one.response.body
    start = body.index(b"{", row.start) + 1
    rest = body[start : row.end].lstrip()
    told = f"{json.dumps(name)}:{json.dumps(value, ensure_ascii=not plain)}{'' if rest.startswith(b'}') else ','}"
    return replaced(one.response, body[:start] + told.encode() + body[start:])


def spelt(one: Answered, dump: Callable[[Any], str]) -> Response | None:
    """The same JSON in another spelling; None for an answer that is no JSON."""
    try:
        return replaced(one.response, dump(json.loads(one.response.body)).encode())
    except ValueError:
        return None


def replaced(response: Response, body: bytes) -> Response:
    """The response with another body."""
    return Response(response.status, response.headers, body)


def objects(connector: Connector, one: Answered) -> list[Row]:
    """The records of an answer that stand in it as objects."""
    return [
        row for row in connector.rows(*one) if one.response.body[row.start : row.end].lstrip()[:1] == b"{"
    ]
