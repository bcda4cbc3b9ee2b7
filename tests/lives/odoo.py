"""What the people of a small Odoo may do, and what tells of it (Odoo reference, §2; `base.partner.merge` of Odoo 19)."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha1
from pathlib import Path
from typing import Any

from crmexport_odoo import Odoo
from crmexport_odoo.answers import Answers
from crmexport_odoo.glimpses import is_looked_at
from crmexport_odoo.models import MODELS
from crmexport_odoo.questions import LISTED, Questions, odoo_time
from crmexport_odoo.sandbox import OdooRehearsal
from crmexport_odoo.sandbox.data import LEADS, Record, definitions

from crmexport.sandbox.exchange import Answer
from crmexport.sandbox.rehearsal import Unlike
from crmexport.source import Account, Key, Request
from tests.lives.life import FIELD, MASS, Deed, Life
from tests.lives.lived import Living, Told

PARTNERS, MESSAGES, ATTACHMENTS, EVENTS = "res.partner", "mail.message", "ir.attachment", "calendar.event"
DELETED = (
    LEADS,
    PARTNERS,
    MESSAGES,
    ATTACHMENTS,
    EVENTS,
    "project.task",
    "crm.stage",
    "crm.tag",
    "mail.tracking.value",
)
MADE = (LEADS, PARTNERS, EVENTS, "project.task", "crm.stage", "res.partner.bank", "sale.order")
CHANGED = (*MADE, MESSAGES, ATTACHMENTS, "res.users")
ARCHIVED = (LEADS, PARTNERS, EVENTS)
LATER = (
    (PARTNERS, "x_studio_inn"),
    (LEADS, "expected_revenue"),
    (EVENTS, "description"),
    ("project.task", "description"),
)
OWNERS = {MESSAGES: "model", ATTACHMENTS: "res_model"}
REFUSABLE = (
    "/crm.lead/",
    "/crm.lead/read",
    "/res.partner/search_read",
    "/res.partner/search_count",
    "/mail.message/search_read",
    "/ir.attachment/",
    "/calendar.event/fields_get",
    "/ir.model/",
)
CLOSABLE = (
    "/crm.lead/",
    "/calendar.event/",
    "/project.task/",
    "/sale.order/",
    "/crm.tag/",
    "/crm.stage/",
    "/mail.message/",
    "/res.partner/",
    "/ir.attachment/",
    "/product.product/",
)
NOT_THERE = b'{"name": "werkzeug.exceptions.NotFound", "message": "the model does not exist"}'
WORDS = b'{"name": "odoo.exceptions.AccessError", "message": "You are not allowed to access these records."}'
_title = re.compile(r"\.\w+\[1\]").fullmatch


class Short(Questions):
    """Asks for so few records at a time that those of a small firm fill several pages."""

    def page(self, told: Mapping[str, Any], after: int = 0, limit: int = LISTED) -> Request:
        return super().page(told, after, SHORTEST if limit == LISTED else limit)


class Patient(Odoo):
    """An Odoo of many pages."""

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self._questions = Short(self._protocol)
        self._answers = Answers(self._protocol, self._questions, self.options.language, account.url)


class Firm(OdooRehearsal):
    """An Odoo in which people work. The name of a linked record is its own: a link has changed only if its number has."""

    def __init__(self, habit: str | None = None) -> None:
        super().__init__(None if habit == SHORT else habit)
        self.made = 100
        self.deeds: dict[str, Callable[[Deed, str], Told]] = {
            name: getattr(self, f"_{name}") for name in (*WHAT, MASS)
        }

    def compare(self, stream: str, held: Any, true: Any) -> Iterator[Unlike]:
        yield from (one for one in super().compare(stream, held, true) if not _title(one.place))

    def do(self, deed: Deed, now: float) -> Told:
        return self.deeds[deed.what](deed, odoo_time(datetime.fromtimestamp(now, UTC)))

    def _one(self, models: tuple[str, ...], deed: Deed) -> tuple[str, Record] | None:
        """One record of one of these models."""
        model = models[deed.number % len(models)]
        there = list(self.records[model].values())
        return (model, there[deed.number // len(models) % len(there)]) if there else None

    def _written(self, model: str, record: Record, at: str, **values: Any) -> Told:
        record.update(values, write_date=at)
        return Told(said=(key(model, record),))

    def _create(self, deed: Deed, at: str) -> Told:
        model = MADE[deed.number % len(MADE)]
        like = next(iter(self.records[model].values()), {})
        return self._made(model, at, like | {"name": f"new at {at}"})

    def _made(self, model: str, at: str, values: Record) -> Told:
        self.made += 1
        record = self.records[model][self.made] = values | {"id": self.made}
        return self._written(model, record, at)

    def _change(self, deed: Deed, at: str) -> Told:
        found = self._one(CHANGED, deed)
        return self._written(*found, at, name=f"changed at {at}") if found else Told()

    def _mass(self, deed: Deed, at: str) -> Told:
        """All have the same mark of change then."""
        model = CHANGED[deed.number % len(CHANGED)]
        told = [
            self._written(model, one, at, name=f"{id} at {at}") for id, one in self.records[model].items()
        ]
        return Told(said=tuple(key for one in told for key in one.said))

    def _archive(self, deed: Deed, at: str) -> Told:
        """Or back."""
        found = self._one(ARCHIVED, deed)
        return self._written(*found, at, active=not found[1]["active"]) if found else Told()

    def _move(self, deed: Deed, at: str) -> Told:
        """A lead to another stage, or a message to another lead."""
        model = (LEADS, MESSAGES)[deed.said]
        found, field = self._one((model,), deed), ("stage_id", "res_id")[deed.said]
        to = list(self.records[(LEADS if deed.said else "crm.stage")])
        if not (found and to) or (deed.said and found[1]["model"] != LEADS):
            return Told()
        return self._written(*found, at, **{field: to[deed.number // 7 % len(to)]})

    def _comment(self, deed: Deed, at: str) -> Told:
        found = self._one((LEADS, PARTNERS), deed)
        if not found:
            return Told()
        on = {"model": found[0], "res_id": found[1]["id"]}
        return self._made(MESSAGES, at, {**on, "name": "new", "body": f"<p>written at {at}</p>"})

    def _attach(self, deed: Deed, at: str) -> Told:
        """A new file, or other bytes for an old one."""
        content = f"bytes at {at}".encode()
        told = {
            "file_size": len(content),
            "checksum": sha1(content, usedforsecurity=False).hexdigest(),
            "type": "binary",
        }
        if deed.said and (found := self._one((ATTACHMENTS,), deed)):
            self.files[found[1]["id"]] = content
            return self._written(*found, at, **told)
        if not (found := self._one((LEADS, PARTNERS), deed)):
            return Told()
        on = {"res_model": found[0], "res_id": found[1]["id"], "res_field": False}
        self.files[self.made + 1] = content
        return self._made(ATTACHMENTS, at, {**told, **on, "name": "new.bin"})

    def _link(self, deed: Deed, at: str) -> Told:
        """A meeting and a contact are linked or parted from the contact's side: nothing is written at the meeting."""
        found, other = self._one((EVENTS,), deed), self._one((PARTNERS,), deed)
        if not (found and other):
            return Told()
        linked = found[1]["partner_ids"]
        found[1]["partner_ids"] = sorted({*linked} ^ {other[1]["id"]})
        return Told(seen=(key(*found),))

    def _field(self, deed: Deed, at: str) -> Told:
        """Somebody makes a field, and all records of the model have values in it: those for new ones. Its definition tells of it."""
        if not self.unmade:
            return Told()
        model, name = made = sorted(self.unmade)[deed.number % len(self.unmade)]
        self.unmade.discard(made)
        return Told(
            said=(("fields", f"{model}.{name}"), *(key(model, one) for one in self.records[model].values()))
        )

    def _delete(self, deed: Deed, at: str) -> Told:
        found = self._one(DELETED, deed)
        is_kept = found and found[0] == PARTNERS and self._users_of(found[1]["id"])
        return self._unlinked(*found) if found and not is_kept else Told()

    def _merge(self, deed: Deed, at: str) -> Told:
        """Links go over without a word; what hangs on the one that goes is written anew."""
        found = self._one((PARTNERS,), deed)
        others = [one for one in self.records[PARTNERS] if found and one != found[1]["id"]]
        if not (found and others) or self._users_of(found[1]["id"]):
            return Told()
        old, new = found[1]["id"], others[deed.number // 5 % len(others)]
        said: list[Key] = []
        for model, field in OWNERS.items():
            for record in self.records[model].values():
                if (record[field], record["res_id"]) == (PARTNERS, old):
                    said += self._written(model, record, at, res_id=new).said
        return Told(tuple(said), (*self._relinked(PARTNERS, old, new), *self._unlinked(*found).seen))

    def _users_of(self, partner: int) -> bool:
        """Such a contact is neither deleted nor merged away."""
        return any(user["partner_id"] == partner for user in self.records["res.users"].values())

    def _unlinked(self, model: str, record: Record) -> Told:
        """With all that hangs on it; links to it are emptied."""
        id, seen = record["id"], [key(model, record)]
        del self.records[model][id]
        for hung, field in OWNERS.items():
            for one in list(self.records[hung].values()):
                if (one[field], one["res_id"]) == (model, id):
                    seen += self._unlinked(hung, one).seen
        for change in list(self.records["mail.tracking.value"].values()) if model == MESSAGES else ():
            if change.get("mail_message_id") == id:
                seen += self._unlinked("mail.tracking.value", change).seen
        return Told(seen=(*seen, *self._relinked(model, id, None)))

    def _relinked(self, to: str, old: int, new: int | None) -> Iterator[Key]:
        """The records that were linked to one and are now to another, or to none, as far as a sweep looks at such links."""
        for model, held in self.records.items():
            for name, told in definitions(model).items():
                if told.get("relation") != to:
                    continue
                is_many = told["type"] == "many2many"
                is_seen = is_looked_at(model) and not (is_many and MODELS[to].dictionary)
                for record in held.values():
                    before = record.get(name)
                    now = _many(before, old, new) if is_many else (new or False) if before == old else before
                    if before != now:
                        record[name] = now
                        if is_seen:
                            yield key(model, record)


def _many(before: list[int] | None, old: int, new: int | None) -> list[int] | None:
    if not before or old not in before:
        return before
    return sorted({*before, *([new] if new else [])} - {old})


def key(model: str, record: Record) -> Key:
    return model, str(record["id"])


WHAT = ("create", "change", "archive", "move", "comment", "attach", "link", "delete", "merge", FIELD)
SHORT, SHORTEST = "short pages", 3
HABITS = (None, None, "sieved", SHORT)


def firm(folder: Path, life: Life) -> Living:
    """An Odoo that lives a life."""
    box = Firm(life.habit)
    if life.has(FIELD):
        box.unmade.update(LATER)
    connector = (Patient if life.habit == SHORT else Odoo)(Account(box.url))
    living = Living(box, connector, box.do, Answer(403, WORDS), folder, life.pace)
    living.absence, living.forgets = Answer(404, NOT_THERE), True
    living.first, living.under = ("fields",), {"file": (ATTACHMENTS,)}
    return living
