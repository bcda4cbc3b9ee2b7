"""Answers of Megaplan made by hand, and a connector to read them. Everything invented."""

import json
from typing import Any

from crmexport_megaplan import Megaplan

from crmexport.source import Account, Reading, Request, Response

HOST = "https://acme.example.test"
JSON = {"content-type": "application/json"}

connector = Megaplan(Account(HOST, {"history": False}))  # the history of records has tests of its own


def link(kind: str, id: str, **more: Any) -> dict[str, Any]:
    return {"contentType": kind, "id": id, **more}


def file(id: str, **more: Any) -> dict[str, Any]:
    """A file as an embedded array shows it."""
    return link(
        "File",
        id,
        **{"name": f"{id}.pdf", "size": 10, "path": f"/attach/SdfFileM_File/File/{id}.pdf/{id}.pdf", **more},
    )


def answer(data: Any, *, status: int = 200, http: int = 200, errors: Any = (), **pagination: Any) -> Response:
    """An envelope; without pagination figures an empty array stands there, as in a card's."""
    meta = {"status": status, "errors": list(errors), "pagination": pagination or []}
    return Response(
        http,
        JSON,
        json.dumps({"meta": meta, "data": data}, ensure_ascii=False).encode("utf-8", "backslashreplace"),
    )


def page(rows: list[Any], more: bool | None = False, count: int | None = None, **told: Any) -> Response:
    """A page of a list."""
    figures = {"hasMoreNext": more, "count": count, "limit": 100, **told}
    return answer(rows, **{name: value for name, value in figures.items() if value is not None})


def refused(words: str, field: str | None = None, status: int = 422) -> Response:
    return answer([], status=status, http=status, errors=[{"field": field, "message": words}])


def read(request: Request, response: Response) -> Reading:
    return connector.read(request, response)


def asked_paths(reading: Reading) -> list[str]:
    """The routes asked next, without their queries."""
    return [request.path.partition("?")[0].removeprefix("/api/v3") for request in reading.asks]


def opening(stream: str) -> Request:
    """The request of a full pull's opening that is about `stream` (for definitions: their scope)."""
    return next(
        request
        for request in connector.opening(None)
        if request.stream == stream or request.context.get("scope") == stream
    )


def listing(scope: str, *names: str) -> Request:
    """The list that waits for the definitions of `scope`, once these extra fields are known."""
    fields = [link("StringField", str(place), name=name) for place, name in enumerate(names)]
    found = connector_definitions(scope)
    while found.context["kind"] == "fields":
        found = read(found, page(fields)).asks[0]
    return found


def connector_definitions(scope: str) -> Request:
    """The request for the field definitions of `scope`."""
    if not scope.startswith("program/"):
        return opening(scope)
    program = link("Program", scope.partition("/")[2], states=[])
    found = read(opening("program"), page([program])).asks
    return next(request for request in found if request.context["kind"] == "fields")
