"""Imports files into a real Odoo as its web client does: upload, have the columns matched, import with what was matched."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.real.filling import Client
from tests.real.odoo_server import Access

# What the web client sends of itself (Odoo 19, addons/base_import/static/src/import_model.js); what is empty, Odoo finds out.
OPTIONS = {
    "import_skip_records": [],
    "import_set_empty_fields": [],
    "fallback_values": {},
    "name_create_enabled_fields": {},
    "encoding": "",
    "separator": "",
    "quoting": '"',
    "date_format": "",
    "datetime_format": "",
    "float_thousand_separator": ",",
    "float_decimal_separator": ".",
    "advanced": True,
    "has_headers": True,
    "keep_matches": False,
    "limit": 2000,
    "skip": 0,
    "sheets": [],
    "sheet": "",
    "tracking_disable": True,
}
PREFIX = "__import__."
"""Stands before the External IDs of records that came by files."""


@dataclass(frozen=True)
class Imported:
    """What Odoo said of a file: the field that it found for each heading, how many records came of it, and its complaints."""

    fields: dict[str, str]
    records: int
    complaints: list[str]


class Importer:
    """Somebody in the browser, who reads times in Moscow."""

    def __init__(self, access: Access) -> None:
        self._client = Client(access)
        self._web = requests.Session()
        self._web.trust_env = False
        self._url = access.url
        told = {"login": access.login, "password": access.password, "csrf_token": self._mark("/web/login")}
        self._web.post(f"{self._url}/web/login", data=told, timeout=60).raise_for_status()
        self._token = self._mark("/odoo")
        self.context = {"lang": "ru_RU", "tz": "Europe/Moscow", "active_test": False}

    def _mark(self, page: str) -> str:
        """What a form of this page has to send so that it is believed."""
        text = self._web.get(self._url + page, timeout=120).text
        found = re.search(r'csrf_token: "([^"]+)"', text)
        assert found, f"{page} has no mark"
        return found[1]

    def load(self, model: str, path: Path) -> Imported:
        """Import one file."""
        (wizard,) = self._client.create("base_import.import", [{"res_model": model}])
        upload = {"ufile": (path.name, path.read_bytes(), "text/csv")}
        sent = {"csrf_token": self._token, "id": wizard}
        self._web.post(
            f"{self._url}/base_import/set_file", data=sent, files=upload, timeout=60
        ).raise_for_status()
        preview = self._call("parse_preview", wizard, options=OPTIONS)
        assert "error" not in preview, preview["error"]
        matches = {int(place): "/".join(match) for place, match in preview["matches"].items()}
        fields = [matches.get(place, False) for place in range(len(preview["headers"]))]
        done = self._call(
            "execute_import",
            wizard,
            fields=fields,
            columns=[heading.lower() for heading in preview["headers"]],
            options=OPTIONS | preview["options"],
        )
        complaints = [str(one["message"]) for one in done["messages"]]
        matched = dict(zip(preview["headers"], map(str, fields), strict=True))
        return Imported(matched, len(done["ids"] or ()), complaints)

    def _call(self, method: str, wizard: int, **named: Any) -> Any:
        return self._client.call("base_import.import", method, ids=[wizard], context=self.context, **named)

    def known(self, model: str) -> dict[str, int]:
        """The records that came by files, by their External IDs."""
        rows = self._client.call(
            "ir.model.data",
            "search_read",
            domain=[["model", "=", model], ["module", "=", PREFIX[:-1]]],
            fields=["name", "res_id"],
        )
        return {row["name"]: row["res_id"] for row in rows}

    def exported(self, model: str, ids: list[int], fields: list[str]) -> list[list[Any]]:
        """The same fields as Odoo itself exports them."""
        named = {"ids": ids, "fields_to_export": fields, "context": self.context}
        rows: list[list[Any]] = self._client.call(model, "export_data", **named)["datas"]
        return rows
