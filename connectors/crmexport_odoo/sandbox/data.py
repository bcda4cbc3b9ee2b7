"""The company: definitions of fields and records, as Odoo gives them (Odoo reference, §2)."""

from hashlib import sha1
from typing import Any

Record = dict[str, Any]
Records = dict[str, dict[int, Record]]

PAST = "2024-05-01 09:00:00"
ACTIVITIES = "mail.activity"  # the app that is not installed
LEADS = "crm.lead"
FILES = {
    1: ("../../etc/passwd", b"bytes"),
    2: ("ноль\r\n.txt", b""),
    3: ("CON.bin", bytes(range(256))),
}

_PLAIN = {"id": ("integer", None), "name": ("char", None), "write_date": ("datetime", None)}
_OWN: dict[str, dict[str, tuple[str, str | None]]] = {
    "res.users": {
        "partner_id": ("many2one", "res.partner"),
        "active": ("boolean", None),
        "password": ("char", None),
        "company_id": ("many2one", "res.company"),
    },
    "res.partner": {
        "parent_id": ("many2one", "res.partner"),
        "category_id": ("many2many", "res.partner.category"),
        "user_id": ("many2one", "res.users"),
        "active": ("boolean", None),
        "phone": ("char", None),
        "image_1920": ("binary", None),
        "x_studio_inn": ("char", None),
    },
    LEADS: {
        "partner_id": ("many2one", "res.partner"),
        "stage_id": ("many2one", "crm.stage"),
        "user_id": ("many2one", "res.users"),
        "expected_revenue": ("monetary", None),
        "active": ("boolean", None),
    },
    "project.task": {"project_id": ("many2one", "project.project"), "description": ("html", None)},
    "res.partner.bank": {
        "partner_id": ("many2one", "res.partner"),
        "acc_number": ("char", None),
        "bank_name": ("char", None),
    },
    "calendar.event": {
        "start": ("datetime", None),
        "partner_ids": ("many2many", "res.partner"),
        "description": ("html", None),
        "active": ("boolean", None),
    },
    "account.analytic.line": {"project_id": ("many2one", "project.project"), "unit_amount": ("float", None)},
    "mail.tracking.value": {
        "mail_message_id": ("many2one", "mail.message"),
        "old_value_char": ("char", None),
        "new_value_char": ("char", None),
    },
    "mail.message": {"model": ("char", None), "res_id": ("many2one_reference", None), "body": ("html", None)},
    "ir.attachment": {
        "res_model": ("char", None),
        "res_id": ("many2one_reference", None),
        "res_field": ("char", None),
        "type": ("selection", None),
        "file_size": ("integer", None),
        "checksum": ("char", None),
        "datas": ("binary", None),
        "index_content": ("text", None),
    },
}


def definitions(model: str) -> dict[str, Record]:
    """What `fields_get` gives."""
    fields = {**_PLAIN, **_OWN.get(model, {})}
    return {name: _definition(name, *told) for name, told in fields.items()}


def _definition(name: str, form: str, relation: str | None) -> Record:
    told: Record = {
        "name": name,
        "type": form,
        "string": f"Поле {name}",
        "store": True,
    }
    return told | ({"relation": relation} if relation else {})


def records(models: list[str]) -> Records:
    """All records of all models, by number; links as numbers, to be shown as Odoo shows them."""
    found: Records = {
        model: {n: _plain(model, n) for n in range(1, 4)} for model in models if model != ACTIVITIES
    }
    found["res.partner"] = {n: _partner(n) for n in range(1, 13)}
    found["res.users"] = {n: _plain("res.users", n) | _user(n) for n in range(1, 4)}
    found[LEADS] = {n: _plain(LEADS, n) | _lead(n) for n in range(1, 9)}
    for n, task in found["project.task"].items():
        task |= {
            "project_id": n,
            "description": "<p>" + "Очень длинно. " * 3000 + "\u2028</p>" if n == 1 else False,
        }
    for n in range(1, 4):
        found["res.partner.bank"][n] |= {"partner_id": n, "acc_number": f"40702{n}", "bank_name": "Банк"}
        event: Record = {
            "start": PAST,
            "partner_ids": [1, n],
            "description": "<p>О чём</p>",
            "active": n != 2,
        }
        found["calendar.event"][n] |= event
        found["account.analytic.line"][n] |= {"project_id": False if n == 3 else n, "unit_amount": 1.5}
        change: Record = {"mail_message_id": n + 3, "old_value_char": "Новая", "new_value_char": "В работе"}
        found["mail.tracking.value"][n] |= change
    found["mail.message"] = {n: _message(n) for n in range(1, 10)}
    found["ir.attachment"] = {n: _attachment(n) for n in FILES}
    return found


def _plain(model: str, n: int) -> Record:
    return {"id": n, "name": f"{model} {n} 🚀\x01", "write_date": PAST}


def _partner(n: int) -> Record:
    parent = n - 1 if n % 4 == 2 else False
    told: Record = {
        "parent_id": parent,
        "category_id": [1, 2][: n % 3],
        "user_id": 1 + n % 3,
        "active": n % 5 != 0,
    }
    return _plain("res.partner", n) | told | {"phone": False, "x_studio_inn": f"00{n}"}


def _user(n: int) -> Record:
    return {"partner_id": n, "active": n != 3, "company_id": 1}


def _lead(n: int) -> Record:
    told: Record = {"partner_id": 1 + n % 12, "stage_id": 1 + n % 3, "user_id": 1 + n % 3}
    return told | {"expected_revenue": 0.1 * n, "active": n != 4}


def _message(n: int) -> Record:
    return _plain("mail.message", n) | {"model": LEADS, "res_id": 1 + n % 3, "body": f"<p>Сообщение {n}</p>"}


def _attachment(n: int) -> Record:
    name, content = FILES[n]
    place: Record = {"res_model": LEADS, "res_id": n, "res_field": False, "type": "binary"}
    told: Record = {"file_size": len(content), "checksum": sha1(content, usedforsecurity=False).hexdigest()}
    return _plain("ir.attachment", n) | {"name": name, **place, **told}


def models(held: Records) -> list[Record]:
    """What the list of models says: the counts of those that are pulled, of machinery, of an app and of a model of one's own."""
    more = {"ir.cron": 7, "hr.leave": 4, "x_visit": 2, "hr.job": 0}
    counts = {**{model: len(found) for model, found in held.items()}, **more}
    told: list[Record] = [
        {"id": 1, "model": "mail.compose.message", "name": "Мастер писем", "count": 3, "transient": True}
    ]
    for n, (model, count) in enumerate(counts.items(), 2):
        told.append({"id": n, "model": model, "name": f"Модель {model}", "count": count, "transient": False})
    return told
