"""Fills an empty Odoo through its own API with an invented company: enough of everything to go wrong."""

import base64
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import requests

from tests.real.odoo_server import Access

COMPANIES, PEOPLE, LEADS, TASKS, ORDERS = 100, 400, 200, 300, 30
EVERY_ARCHIVED = 17
NASTY = [
    "=cmd|' /C calc'!A0",
    "+7 (495) 000-00-00",
    "ООО «Ромашка» & Ко",
    "Кофейня ☕😀",
    "<b>Жирный</b>",
    'Кавычка " и запятая, и ; точка',
    "  пробелы по краям  ",
    "007",
    "Перенос\nстроки",
]
HOSTILE_FILES = [
    ("../../etc/passwd", b"not a password file"),
    ("..\\..\\boot.ini", b"[boot]"),
    ("CON", b"a device"),
    ("пустой файл.txt", b""),
    ("a" * 200 + ".txt", b"long name"),
    ("накладная\tс\nпереносом.pdf", b"%PDF-1.4\n\x00\xff\x80binary"),
    ("=1+1.csv", "имя;телефон\n".encode()),
    (".htaccess", b"deny from all"),
    ("double.pdf", b"first"),
    ("double.pdf", b"second"),
    ("emoji 😀.bin", bytes(range(256)) * 300),
    ("aux. ", b"trailing dot and blank"),
]
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class Client:
    """Calls any method; unlike the connector it writes, too."""

    def __init__(self, access: Access) -> None:
        self._url = access.url
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers.update({"Authorization": f"Bearer {access.key}"})

    def call(self, model: str, method: str, **named: Any) -> Any:
        """The method's value; an error of the server's is raised with its message."""
        answer = self._session.post(f"{self._url}/json/2/{model}/{method}", json=named, timeout=120)
        if not answer.ok:
            raise AssertionError(f"{model}.{method}: {answer.status_code} {answer.json().get('message')}")
        return answer.json()

    def create(self, model: str, values: list[dict[str, Any]]) -> list[int]:
        """The numbers of the records made."""
        numbers: list[int] = self.call(model, "create", vals_list=values, context={"lang": "ru_RU"})
        return numbers

    def reference(self, name: str) -> int:
        """The number behind an external id such as base.ru."""
        module, _dot, bare = name.partition(".")
        domain = [["module", "=", module], ["name", "=", bare]]
        found: list[dict[str, int]] = self.call(
            "ir.model.data", "search_read", domain=domain, fields=["res_id"]
        )
        return found[0]["res_id"]


@dataclass
class Filled:
    """What was put in and has to come out: the bytes of each attachment by number, and some records by number."""

    files: dict[int, bytes] = field(default_factory=dict)
    archived: dict[str, list[int]] = field(default_factory=dict)
    of_branch: dict[str, list[int]] = field(default_factory=dict)


def fill(client: Client) -> Filled:
    """The whole company, in the order in which things depend on each other."""
    filled = Filled()
    branch = _branch(client)
    _custom_fields(client)
    users = _users(client)
    partners = _partners(client, filled, users, branch)
    leads = _leads(client, filled, partners, users, branch)
    tasks = _tasks(client, filled, partners, users)
    _orders(client, partners, leads, users)
    _messages(client, filled, {"res.partner": partners, "crm.lead": leads, "project.task": tasks})
    _attachments(client, filled, {"res.partner": partners, "crm.lead": leads, "project.task": tasks})
    _activities(client, leads, users)
    return filled


def _branch(client: Client) -> int:
    """A second company of the administrator's: its records are hidden from who does not ask for it by name."""
    (branch,) = client.create("res.company", [{"name": "ООО «Филиал»"}])
    client.call(
        "res.users", "write", ids=[client.reference("base.user_admin")], vals={"company_ids": [[4, branch]]}
    )
    return branch


def _custom_fields(client: Client) -> None:
    kinds: list[tuple[str, dict[str, Any]]] = [
        ("char", {}),
        ("integer", {}),
        ("float", {}),
        ("boolean", {}),
        ("date", {}),
        ("datetime", {}),
        ("text", {}),
        ("selection", {"selection_ids": [[0, 0, {"value": "vip", "name": "ВИП"}]]}),
        ("many2one", {"relation": "res.partner"}),
        ("many2many", {"relation": "res.partner.category"}),
    ]
    for model in ("res.partner", "crm.lead", "project.task"):
        (number,) = client.call("ir.model", "search_read", domain=[["model", "=", model]], fields=["id"])
        shared = {"model_id": number["id"], "state": "manual"}
        client.create(
            "ir.model.fields",
            [
                {
                    **shared,
                    "name": f"x_{kind}",
                    "ttype": kind,
                    "field_description": f"Своё поле {kind}",
                    **more,
                }
                for kind, more in kinds
            ],
        )


def _own_values(number: int, tag: int, partner: int | None = None) -> dict[str, Any]:
    return {
        "x_char": NASTY[number % len(NASTY)],
        "x_integer": number - 50,
        "x_float": number / 8,
        "x_boolean": number % 2 == 0,
        "x_date": f"2025-03-{number % 28 + 1:02}",
        "x_datetime": f"2025-03-{number % 28 + 1:02} 23:59:59",
        "x_text": "строка\n" * (number % 5),
        "x_selection": "vip" if number % 3 == 0 else False,
        "x_many2one": partner or False,
        "x_many2many": [[6, 0, [tag]]] if number % 2 else False,
    }


def _users(client: Client) -> list[int]:
    group = client.reference("base.group_user")
    people = [("Анна Сидорова", "anna"), ("Иван Петров", "ivan"), ("Уволенный Сотрудник", "gone")]
    users = client.create(
        "res.users",
        [
            {"name": name, "login": login, "email": f"{login}@firm.example", "group_ids": [[6, 0, [group]]]}
            for name, login in people
        ],
    )
    client.call("res.users", "write", ids=[users[-1]], vals={"active": False})
    return users


def _partners(client: Client, filled: Filled, users: list[int], branch: int) -> list[int]:
    tags = client.create("res.partner.category", [{"name": name} for name in ("ВИП", "Опт", "=формула")])
    companies = client.create("res.partner", [_company(number, tags, users) for number in range(COMPANIES)])
    people = client.create("res.partner", [_person(number, companies, tags) for number in range(PEOPLE)])
    client.call(
        "res.partner", "write", ids=[companies[0]], vals={"image_1920": base64.b64encode(PIXEL).decode()}
    )
    client.call("res.partner", "write", ids=people[-20:], vals={"company_id": branch})
    filled.of_branch["res.partner"] = people[-20:]
    _archive(client, filled, "res.partner", people[:-20:EVERY_ARCHIVED])
    return companies + people


def _company(number: int, tags: list[int], users: list[int]) -> dict[str, Any]:
    return {
        "name": f"{NASTY[number % len(NASTY)]} {number}",
        "is_company": True,
        "vat": f"{7700000000 + number}",
        "company_registry": f"0{1027700000000 + number}",
        "phone": f"+7 495 {number:03}-00-00",
        "email": f"info{number}@firm{number}.example",
        "street": "ул. Лесная, 5",
        "city": "Москва",
        "comment": f"<p>Заметка №{number}</p>" + "<p>текст</p>" * (number * 20),
        "category_id": [[6, 0, tags[: number % 4]]],
        "user_id": users[number % 2],
        **_own_values(number, tags[0]),
    }


def _person(number: int, companies: list[int], tags: list[int]) -> dict[str, Any]:
    return {
        "name": f"Человек {NASTY[number % len(NASTY)]} {number}",
        "parent_id": companies[number % len(companies)] if number % 5 else False,
        "function": "Директор",
        "email": f"person{number}@mail.example",
        **_own_values(number, tags[1], companies[number % len(companies)]),
    }


def _leads(client: Client, filled: Filled, partners: list[int], users: list[int], branch: int) -> list[int]:
    stages = [stage["id"] for stage in client.call("crm.stage", "search_read", domain=[], fields=["id"])]
    tags = client.create("crm.tag", [{"name": name} for name in ("Новый", "Выставка")])
    (label,) = client.create("res.partner.category", [{"name": "Для сделок"}])
    leads = client.create(
        "crm.lead",
        [
            {
                "name": f"Сделка {NASTY[number % len(NASTY)]} {number}",
                "type": "opportunity" if number % 3 else "lead",
                "partner_id": partners[number],
                "stage_id": stages[number % len(stages)],
                "user_id": users[number % 2],
                "expected_revenue": number * 1000.55,
                "date_deadline": "2027-01-31",
                "tag_ids": [[6, 0, tags[: number % 3]]],
                "description": f"<p>Описание {number}</p>",
                **_own_values(number, label, partners[number]),
            }
            for number in range(LEADS)
        ],
    )
    client.call(
        "crm.lead",
        "write",
        ids=leads[:10],
        vals={"company_id": branch, "team_id": False, "partner_id": False, "user_id": False},
    )
    filled.of_branch["crm.lead"] = leads[:10]
    _archive(client, filled, "crm.lead", leads[10::EVERY_ARCHIVED])
    return leads


def _tasks(client: Client, filled: Filled, partners: list[int], users: list[int]) -> list[int]:
    stages = client.create("project.task.type", [{"name": name} for name in ("В работе", "Готово")])
    tags = client.create("project.tags", [{"name": "Срочно"}])
    (label,) = client.create("res.partner.category", [{"name": "Для задач"}])
    projects = client.create(
        "project.project",
        [
            {
                "name": f"Проект {number}",
                "partner_id": partners[number],
                "type_ids": [[6, 0, stages]],
                "user_id": users[0],
            }
            for number in range(5)
        ],
    )
    tasks = client.create(
        "project.task",
        [
            {
                "name": f"Задача {NASTY[number % len(NASTY)]} {number}",
                "project_id": projects[number % 5],
                "stage_id": stages[number % 2],
                "user_ids": [[6, 0, users[: number % 3]]],
                "date_deadline": "2027-02-01 18:00:00",
                "tag_ids": [[6, 0, tags]],
                "description": "<p>Сделать &amp; проверить</p>",
                "state": "1_done" if number % 4 == 0 else "01_in_progress",
                **_own_values(number, label, partners[number]),
            }
            for number in range(TASKS)
        ],
    )
    for parent in tasks[:5]:
        client.call(
            "project.task", "write", ids=[parent + 100], vals={"parent_id": parent, "project_id": projects[0]}
        )
    client.call("project.project", "write", ids=projects[-1:], vals={"active": False})
    _archive(client, filled, "project.task", tasks[20::EVERY_ARCHIVED])
    return tasks


def _orders(client: Client, partners: list[int], leads: list[int], users: list[int]) -> None:
    products = client.create(
        "product.product",
        [
            {"name": f"Товар {name}", "default_code": f"00{number}", "list_price": 99.95}
            for number, name in enumerate(NASTY)
        ],
    )
    orders = client.create(
        "sale.order",
        [
            {
                "partner_id": partners[number],
                "opportunity_id": leads[50 + number],
                "user_id": users[0],
                "note": f"<p>Доставка {NASTY[number % len(NASTY)]}</p>",
                "order_line": [
                    [
                        0,
                        0,
                        {
                            "product_id": products[(number + place) % len(products)],
                            "product_uom_qty": place + 0.5,
                        },
                    ]
                    for place in range(number % 4)
                ],
            }
            for number in range(ORDERS)
        ],
    )
    client.call("sale.order", "action_confirm", ids=orders[1::4])


def _archive(client: Client, filled: Filled, model: str, numbers: list[int]) -> None:
    client.call(model, "write", ids=numbers, vals={"active": False})
    filled.archived[model] = numbers


def _messages(client: Client, filled: Filled, records: dict[str, list[int]]) -> None:
    note = client.reference("mail.mt_note")
    (author,) = client.create("res.partner", [{"name": "Автор писем"}])
    letters = [_attachment("вложение письма.txt", b"from a letter", "mail.compose.message", 0)]
    (enclosed,) = client.create("ir.attachment", letters)
    filled.files[enclosed] = b"from a letter"
    values = [
        {
            "model": model,
            "res_id": numbers[number % len(numbers)],
            "message_type": "comment",
            "subtype_id": note,
            "author_id": author,
            "date": f"2024-{number % 12 + 1:02}-14 09:20:00",
            "body": f"<p>Клиент просит {NASTY[number % len(NASTY)]}</p>",
            "attachment_ids": [[6, 0, [enclosed]]] if number == 0 else False,
        }
        for model, numbers in records.items()
        for number in range(40)
    ]
    client.create("mail.message", values)


def _attachments(client: Client, filled: Filled, records: dict[str, list[int]]) -> None:
    owners = _spread(records)
    values = [_attachment(name, content, *next(owners)) for name, content in HOSTILE_FILES]
    filled.files.update(
        zip(client.create("ir.attachment", values), (content for _, content in HOSTILE_FILES), strict=True)
    )
    model, number = next(owners)
    client.create(
        "ir.attachment",
        [
            {
                "name": "ссылка",
                "type": "url",
                "url": "https://firm.example/x",
                "res_model": model,
                "res_id": number,
            }
        ],
    )


def _attachment(name: str, content: bytes, model: str, number: int) -> dict[str, Any]:
    return {"name": name, "datas": base64.b64encode(content).decode(), "res_model": model, "res_id": number}


def _spread(records: dict[str, list[int]]) -> Iterator[tuple[str, int]]:
    turns = [(model, numbers[turn]) for turn in range(3) for model, numbers in records.items()]
    return itertools.cycle(turns)


def _activities(client: Client, leads: list[int], users: list[int]) -> None:
    kind = client.reference("mail.mail_activity_data_call")
    model = client.call("ir.model", "search_read", domain=[["model", "=", "crm.lead"]], fields=["id"])[0][
        "id"
    ]
    client.create(
        "mail.activity",
        [
            {
                "res_model_id": model,
                "res_id": lead,
                "activity_type_id": kind,
                "summary": "Позвонить",
                "note": "<p>обсудить цену</p>",
                "date_deadline": "2027-01-15",
                "user_id": users[0],
            }
            for lead in leads[:30]
        ],
    )
