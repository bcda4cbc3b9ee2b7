"""The account as the conformance kit plays it: calls in, answers out, and the truth."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, ClassVar

from crmexport.sandbox.exchange import Answer, Asked
from crmexport.sandbox.rehearsal import Fact, Habit, Rehearsal, Topic
from crmexport.source import Credentials, Key, Request
from crmexport_odoo.definitions import HEAVY, SECRETS, SENT_AS_FILES
from crmexport_odoo.models import FIELDS, MODELS, TIMESHEETS
from crmexport_odoo.others import LIST
from crmexport_odoo.questions import odoo_time
from crmexport_odoo.sandbox.data import FILES, LEADS, Record, definitions, models, records

KEY = "sandbox-api-key-of-nobody"
USER, COMPANIES, ARCHIVED_COMPANY = 1, [1, 2], 3
SPELLINGS: dict[str, dict[str, Any]] = {
    "spaces": {"ensure_ascii": False, "indent": 1},
    "no escapes": {"ensure_ascii": False, "separators": (",", ":")},
}
MESSAGE = "mail.message"
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda held, told: bool(held == told),
    "!=": lambda held, told: bool(held != told),
    ">": lambda held, told: bool(held > told),
    ">=": lambda held, told: bool(held >= told),
    "in": lambda held, told: held in told,
    "not in": lambda held, told: held not in told,
}


class OdooRehearsal(Rehearsal):
    """Odoo 19 by its JSON-2 API: a dozen partners, some archived, one app not installed."""

    habits: ClassVar[Mapping[str, Habit]] = {
        "sieved": Habit(Topic.CAPS, "rights take rows out of pages after they are cut"),
        "no leads": Habit(Topic.EMPTY, "there are no leads"),
        **{name: Habit(Topic.SHAPE, f"JSON comes with {name}") for name in SPELLINGS},
    }

    def __init__(self, habit: str | None = None) -> None:
        """The account; `habit` is a name in `habits`."""
        super().__init__(habit)
        self.records = records(list(MODELS))
        self.files = {id: content for id, (_name, content) in FILES.items()}
        self._gone: dict[Key, Record] = {}
        self.unmade: set[tuple[str, str]] = set()  # (model, field)
        if habit == "no leads":
            for model in (LEADS, MESSAGE, "ir.attachment"):
                self.records[model].clear()

    @property
    def credentials(self) -> Credentials:
        """An API key."""
        return Credentials(token=KEY)

    def answer(self, asked: Asked) -> Answer:
        """What the called method gives; failures as Odoo tells them."""
        if asked.headers.get("authorization") != f"Bearer {KEY}":
            return self._json({"name": "werkzeug.exceptions.Unauthorized", "message": "Invalid apikey"}, 401)
        model, method = asked.path.split("/")[-2:]
        if model == LIST:
            domain = json.loads(asked.body)["domain"]
            return self._json([one for one in models(self.records) if _matches(one, list(domain))])
        if model not in self.records:
            message = f"the model '{model}' does not exist"
            return self._json({"name": "werkzeug.exceptions.NotFound", "message": message}, 404)
        told = json.loads(asked.body)
        if ARCHIVED_COMPANY in told.get("context", {}).get("allowed_company_ids", ()):
            message = "Access to unauthorized or invalid companies."
            return self._json({"name": "odoo.exceptions.AccessError", "message": message}, 403)
        return self._json(self._call(model, method, told))

    def _json(self, value: Any, status: int = 200) -> Answer:
        return Answer(status, json.dumps(value, **SPELLINGS.get(self.habit or "", {})).encode())

    def _call(self, model: str, method: str, told: Record) -> Any:
        if method == "context_get":
            return {"lang": "ru_RU", "tz": "Europe/Moscow", "uid": USER}
        if method == "fields_get":
            return self.definitions(model)
        if method == "read" and told.get("fields") == ["company_id", "company_ids"]:
            return [{"id": USER, "company_id": COMPANIES[0], "company_ids": self._companies(told)}]
        if method == "read":
            known = self.records[model]
            show = self._bare if told.get("load") == "" else self._shown
            return [show(model, known[id], told["fields"]) for id in told["ids"] if id in known]
        found = [one for one in self.records[model].values() if self._is_found(model, one, told)]
        return len(found) if method == "search_count" else self._page(model, found, told)

    @staticmethod
    def _companies(told: Record) -> list[int]:
        hides = told["context"].get("active_test", True)
        return COMPANIES if hides else [*COMPANIES, ARCHIVED_COMPANY]

    def _page(self, model: str, found: list[Record], told: Record) -> list[Record]:
        page = sorted(found, key=lambda one: int(one["id"]))[: told["limit"]]
        if self.habit == "sieved" and model == MESSAGE:
            page = page[:2]
        return [{"id": one["id"]} for one in page]

    def _is_found(self, model: str, record: Record, told: Record) -> bool:
        hides = told.get("context", {}).get("active_test", True)
        return not (hides and record.get("active") is False) and _matches(record, list(told["domain"]))

    def _shown(self, model: str, record: Record, fields: list[str]) -> Record:
        known = self.definitions(model)
        return {"id": record["id"], **{name: self._value(record, name, known[name]) for name in fields}}

    def _bare(self, model: str, record: Record, fields: list[str]) -> Record:
        """One linked record as its number alone."""
        links = [name for name in fields if self.definitions(model)[name]["type"] == "many2one"]
        return {**self._shown(model, record, fields), **{name: record.get(name, False) for name in links}}

    def _value(self, record: Record, name: str, definition: Record) -> Any:
        """One linked record as number and title, none as false (Odoo reference, §2)."""
        if name == "datas":
            return base64.b64encode(self.files[record["id"]]).decode() or False
        value = record.get(name, False)
        if definition["type"] != "many2one" or value is False:
            return value
        linked = self.records.get(definition["relation"], {}).get(value, {"name": f"№ {value}"})
        return [value, linked["name"]]

    def definitions(self, model: str) -> dict[str, Record]:
        """The fields of a model, but for those that nobody has made yet."""
        return {name: one for name, one in definitions(model).items() if (model, name) not in self.unmade}

    def truth(self) -> Iterator[Fact]:
        """Records with all fields that are asked for, definitions, and the files."""
        for model, held in self.records.items():
            known = self.definitions(model)
            asked = [name for name, one in known.items() if _is_asked(name, one)]
            yield from (Fact(FIELDS, f"{model}.{name}", one, (model, "")) for name, one in known.items())
            for id, record in held.items():
                if model == TIMESHEETS and not record["project_id"]:
                    continue  # money alone, no hours
                parent = (str(record["model"]), str(record["res_id"])) if model == MESSAGE else None
                yield Fact(model, str(id), self._shown(model, record, asked), parent)
        for id, record in self.records["ir.attachment"].items():
            content, on = self.files[id], record.get("res_id")
            owners = ((str(record["res_model"]), str(on)),) if on else ()
            told = {"name": record["name"]}
            yield Fact("file", str(id), told, None, sha256(content).hexdigest(), len(content), owners)

    def change(self) -> set[Key]:
        """Rename a task, a message and a lead of whom nobody shows the name."""
        keys = {("project.task", "2"), (MESSAGE, "3"), (LEADS, "5")}
        for model, id in keys:
            self.records[model][int(id)] |= {"name": f"Переименовано: {id}", "write_date": _now()}
        return keys

    def remove(self) -> set[Key]:
        """Delete a lead and a message that nothing hangs on."""
        keys = {(LEADS, "7"), (MESSAGE, "9")}
        self._gone |= {(model, id): self.records[model].pop(int(id)) for model, id in keys}
        return keys

    def restore(self, gone: set[Key]) -> None:
        """Bring them back, as written just now."""
        for model, id in gone:
            self.records[model][int(id)] = self._gone.pop((model, id)) | {"write_date": _now()}

    def writes(self) -> Iterator[Request]:
        """Calls that write, in both protocols; one hides behind an address that reads."""
        for method in ("create", "write", "unlink", "message_post"):
            yield Request("res.partner", f"/json/2/res.partner/{method}", "POST", body='{"ids":[1]}')
        call = {"params": {"model": "res.partner", "method": "unlink", "args": [[1]]}}
        yield Request("res.partner", "/web/dataset/call_kw/res.partner/read", "POST", body=json.dumps(call))


def _is_asked(name: str, definition: Record) -> bool:
    return definition["type"] != SENT_AS_FILES and name not in SECRETS and name not in HEAVY


def _matches(record: Record, domain: list[Any]) -> bool:
    """Whether a record is in a domain: terms in Polish notation, joined by "and" where no sign stands."""
    return all(_terms(record, domain))


def _terms(record: Record, domain: list[Any]) -> Iterator[bool]:
    while domain:
        yield _term(record, domain)


def _term(record: Record, domain: list[Any]) -> bool:
    first = domain.pop(0)
    if first == "|":
        sides = [_term(record, domain), _term(record, domain)]
        return any(sides)
    field, operator, value = first
    return COMPARE[operator](record.get(field, False), value)


def _now() -> str:
    return odoo_time(datetime.now(UTC))
