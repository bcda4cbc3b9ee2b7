"""A client that asks a sandbox without any server between, and the filters that Megaplan's clients send."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from crmexport_megaplan.sandbox import Behaviour, MegaplanSandbox

from crmexport.sandbox.exchange import Answer, Asked

ANY = [{"contentType": "FilterTermEnum", "field": "status", "comparison": "equals", "value": ["filter_any"]}]
BY_ID = [{"contentType": "SortField", "fieldName": "id", "desc": False}]


def filtered(terms: list[dict[str, Any]], kind: str = "TaskFilter", join: str = "and") -> dict[str, Any]:
    """A filter of the given terms."""
    group = {"contentType": "FilterTermGroup", "join": join, "terms": terms}
    config = {"contentType": "FilterConfig", "termGroup": group}
    return {"contentType": kind, "id": None, "config": config}


class Client:
    """Asks as a client with the application token would."""

    def __init__(self, sandbox: MegaplanSandbox) -> None:
        self.sandbox = sandbox
        self.headers = {"authorization": f"Bearer {sandbox.token}"}

    def answer(self, path: str, query: Mapping[str, Any] | None = None, **headers: str) -> Answer:
        text = quote(json.dumps(query)) if query else ""
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.sandbox.site(Asked("GET", f"/api/v3/{path}", text, self.headers | more))

    def get(self, path: str, query: Mapping[str, Any] | None = None, **headers: str) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.answer(path, query, **headers).body)
        return document

    def refusal(self, path: str, query: Mapping[str, Any] | None = None) -> tuple[int, str]:
        """The status and the words of a refusal."""
        answer = self.answer(path, query)
        return answer.status, json.loads(answer.body)["meta"]["errors"][0]["message"]

    def walk(self, path: str, query: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """All rows, page after page, until hasMoreNext is false; a repeated cursor row is dropped."""
        rows: list[dict[str, Any]] = []
        asked = dict(query or {})
        while True:
            page = self.get(path, asked)
            fresh = [row for row in page["data"] if key(row) != (key(rows[-1]) if rows else None)]
            rows += fresh
            if not page["meta"]["pagination"]["hasMoreNext"] or not fresh:
                return rows
            asked["pageAfter"] = {"contentType": rows[-1]["contentType"], "id": rows[-1]["id"]}

    def post(self, path: str, body: bytes, content_type: str = "application/json", **headers: str) -> Answer:
        sent = {"content-type": content_type, **self.headers, **headers}
        return self.sandbox.site(Asked("POST", f"/api/v3/{path}", "", sent, body))


def key(row: Mapping[str, Any]) -> tuple[str, str]:
    """What tells a row from all others."""
    return row["contentType"], row["id"]


def small(**behaviour: Any) -> Client:
    """A client of a small sandbox that behaves as told."""
    return Client(MegaplanSandbox(200, 300, 600, behaviour=Behaviour(**behaviour)))
