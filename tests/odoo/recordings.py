"""Recorded answers, and the questions they are answers to.

Recorded from Odoo 19.0 filled by tests/real/filling.py; trimmed to a few records and fields, tracebacks taken out.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from crmexport_odoo import Odoo
from msgspec.structs import asdict

from crmexport.source import Account, Connector, Reading, Request, Response

One = TypeVar("One")
HERE = Path(__file__).parent
URL = "https://firm.odoo.example"


def odoo(**options: Any) -> Odoo:
    """The connector of an invented account."""
    return Odoo(Account(URL, options))


def answer(name: str, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """The recorded answer called `name`."""
    return Response(status, headers or {}, (HERE / "recorded" / f"{name}.json").read_bytes())


def definitions_asked(connector: Odoo, model: str, first: Request | None = None) -> Request:
    """The question for the fields of `model`, reached as a pull reaches it."""
    companies = only(connector.read(first or only(connector.opening(None)), _as(connector, "who")).requests)
    asked = connector.read(companies, _as(connector, "companies")).requests
    return next(request for request in asked if request.context["model"] == model)


def page_asked(connector: Odoo, model: str = "res.partner") -> Request:
    """The question for the first page of `model`, with the recorded fields."""
    asked = connector.read(
        definitions_asked(connector, model), _as(connector, f"definitions.{model}")
    ).requests
    return next(request for request in asked if request.context["step"] == "page")


def records_asked(connector: Odoo, model: str = "res.partner") -> Request:
    """The question for records of `model`, whose numbers a page has listed: those of the recorded answer."""
    numbers = [{"id": value["id"]} for value in json.loads(answer(f"page.{model}").body)]
    listed = _wrapped(connector, made(numbers))
    asked = connector.read(page_asked(connector, model), listed).requests
    return next(request for request in asked if request.context["step"] == "records")


def card_asked(connector: Odoo, model: str, number: str) -> Request:
    """The question for one record, at the end of its chain."""
    asked = definitions_asked(connector, model, connector.card(model, number))
    return only(connector.read(asked, _as(connector, f"definitions.{model}")).requests)


def made(value: Any) -> Response:
    """An answer of the JSON-2 API that gives `value`."""
    return Response(200, {}, json.dumps(value, ensure_ascii=False).encode())


def only(found: Iterable[One]) -> One:
    """The one member of `found`."""
    (one,) = list(found)
    return one


def _as(connector: Odoo, name: str) -> Response:
    """A recorded answer in the connector's own protocol."""
    return _wrapped(connector, answer(name))


def _wrapped(connector: Odoo, plain: Response) -> Response:
    if connector.options.api == "json2":
        return plain
    return Response(200, {}, b'{"jsonrpc": "2.0", "id": null, "result": ' + plain.body + b"}")


def shown(connector: Connector, request: Request, response: Response) -> dict[str, Any]:
    """Verdict and reading as JSON values, the exact bytes of every record as text."""
    reading = connector.read(request, response)
    return {
        "verdict": connector.verdict(request, response).value,
        "records": [
            [row.stream, row.id, row.parent, row.modified, response.body[row.start : row.end].decode()]
            for row in reading.records
        ],
        "requests": [asdict(one) for one in reading.requests],
        "files": [
            {**file._asdict(), "request": asdict(file.request), "meta": json.loads(file.meta)}
            for file in reading.files
        ],
        **_rest(reading),
    }


def _rest(reading: Reading) -> dict[str, Any]:
    return {
        "announced": reading.announced,
        "gaps": [[gap.stream, gap.id, gap.kind.value, gap.reason] for gap in reading.gaps],
        "links": sorted(reading.links),
    }


def check_golden(name: str, value: Any) -> None:
    """Compare with the golden file; CRMEXPORT_GOLDEN=write writes it anew, to be looked at before it is kept."""
    path = HERE / "golden" / f"{name}.json"
    text = json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n"
    if os.environ.get("CRMEXPORT_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert json.loads(text) == json.loads(path.read_text(encoding="utf-8"))
