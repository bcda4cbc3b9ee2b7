"""The invented company on the day it leaves: all that the layouts for other CRMs have to deal with, in a few records."""

from datetime import date
from decimal import Decimal
from typing import Any

from crmexport.model import Money, Ref
from tests.target.invented import IVAN, ROMASHKA, Entities, entities, moment

ALLA = Ref("user", "12", "Алла Орлова")


def leaving() -> Entities:
    """The invented entities of bearable length, and beside them people with addresses, comments, sub-tasks, a project."""
    made = entities()
    made["deal"][1]["description"] = "длинно " * 20
    made["user"][0]["emails"] = [{"address": "i.petrov@firm.example"}]
    made["user"].append(
        {"source_id": "12", "name": "Орлова Алла", "first_name": "Алла", "last_name": "Орлова"}
    )
    made["tag"] = [{"source_id": "9", "name": "VIP"}, {"source_id": "10", "name": "опт, розница"}]
    made["company"][0]["phones"][0]["label"] = "офис; добавочный 12"
    made["company"][0]["sites"] = [{"url": "https://romashka.example"}]
    made["company"][0]["addresses"] = [{"text": "127055, Москва, ул. Лесная, 5", "city": "Москва"}]
    made["contact"][0] |= {
        "emails": [{"address": "anna@romashka.example"}],
        "phones": [{"number": "+7 903 111-22-33", "label": "моб"}],
        "position": "Директор",
        "owner": ALLA,
    }
    made["deal"][0] |= {"owner": IVAN, "contacts": [Ref("contact", "21"), Ref("contact", "22")]}
    made["deal"][1]["amount"] = Money(Decimal("100"), "USD")
    made["project"] = [
        {"source_id": "61", "name": "Открытие склада", "responsible": IVAN, "status": "in_progress"}
    ]
    made["task"] = tasks()
    made["note"] = notes()
    made["change"] += changes()
    made["activity"] = [
        {
            "source_id": "71",
            "name": "Встреча у клиента",
            "kind": "meeting",
            "status": "planned",
            "start": moment("2026-02-02T10:00:00+03:00"),
            "finish": moment("2026-02-02T11:30:00+03:00"),
            "responsible": IVAN,
            "participants": [IVAN, ALLA],
            "description": "Взять образцы",
            "links": [Ref("deal", "31"), ROMASHKA],
        }
    ]
    made["file"][0]["attached_to"] = [Ref("task", "41"), Ref("deal", "31")]
    return made | sold()


def sold() -> Entities:
    """What two deals sold: positions of their own, lines of an order, an invoice with a row that is nobody's position."""
    deal, bill, order = (
        Ref("deal", "31"),
        Ref("invoice", "301", "Счёт № 00001"),
        Ref("record", "sale.order:5"),
    )
    price = Money(Decimal("125000.50"), "RUB")
    return {
        "product": [{"source_id": "55", "name": "Станок; «Х»", "article": "0055"}],
        "invoice": [
            {
                "source_id": "301",
                "number": "00001",
                "date": date(2026, 1, 20),
                "status": "paid",
                "deal": deal,
                "sum": price,
                "paid_at": moment("2026-01-22T23:30:00+03:00"),
            }
        ],
        "payment": [
            {
                "source_id": "44",
                "number": "12",
                "date": date(2026, 1, 22),
                "kind": "income",
                "sum": price,
                "company": ROMASHKA,
                "deal": deal,
                "account": "Касса",
            }
        ],
        "record": [
            {
                "source_id": "sale.order:5",
                "kind": "sale.order",
                "name": "S00005",
                "status": "cancel",
                "links": [ROMASHKA, Ref("deal", "32")],
            }
        ],
        "line_item": [
            {
                "source_id": "901",
                "deal": deal,
                "invoice": bill,
                "position": 1,
                "name": "Станок; «Х»",
                "product": Ref("product", "55"),
                "quantity": Decimal("1.5"),
                "unit": "шт.",
                "price": price,
                "discount": Decimal(0),
                "discount_kind": "absolute",
                "tax": "НДС 20%",
                "sum": Money(Decimal("187500.75"), "RUB"),
            },
            {
                "source_id": "902",
                "deal": deal,
                "position": 2,
                "name": "Доставка\nдо двери",
                "discount": Decimal("12.5"),
                "tax_percent": Decimal(0),
            },
            {"source_id": "invoice:301:0", "invoice": bill, "position": 1, "name": "Станок; «Х»"},
            {
                "source_id": "8",
                "order": order,
                "name": "Работы",
                "quantity": Decimal(0),
                "discount": Decimal(10),
                "discount_kind": "percent",
            },
        ],
    }


def tasks() -> list[dict[str, Any]]:
    """A child that stands above its parent, a grandchild, a child of a deleted parent, and words that Jira does not know."""
    return [
        {
            "source_id": "42",
            "name": "Согласовать с юристом",
            "status": "completed",
            "parent": Ref("task", "41", "Позвонить"),
            "responsible": ALLA,
            "actual_finish": moment("2026-01-14T16:00:00+03:00"),
            "created_at": moment("2026-01-10T09:05:00+03:00"),
        },
        {
            "source_id": "41",
            "name": "Позвонить\r\nсейчас",
            "status": "in_progress",
            "priority": "high",
            "owner": ALLA,
            "responsible": IVAN,
            "watchers": [IVAN, ALLA],
            "executors": [IVAN],
            "project": Ref("project", "61"),
            "tags": [Ref("tag", "9", "VIP"), Ref("tag", "10", "опт, розница")],
            "deadline": date(2026, 1, 15),
            "planned_work": 90,
            "company": ROMASHKA,
            "deals": [Ref("deal", "31")],
            "text": "Проверить {реквизиты}",
            "files": [Ref("file", "f1", "Договор.pdf")],
            "created_at": moment("2026-01-10T09:00:00+03:00"),
            "actual_finish": moment("2026-01-11T09:00:00+03:00"),
        },
        {"source_id": "43", "name": "Внучка", "status": "в ожидании", "parent": Ref("task", "42")},
        {"source_id": "44", "name": "Старая", "is_deleted": True},
        {"source_id": "45", "name": "Сирота", "status": "new", "parent": Ref("task", "44", "Старая")},
        {"source_id": "46", "name": "Шаблон", "status": "template", "is_template": True},
    ]


def notes() -> list[dict[str, Any]]:
    """Six comments to one deal, two to a task, one to something else."""
    to_deal = [
        {
            "source_id": f"n{number}",
            "parent": Ref("deal", "31"),
            "author": IVAN,
            "created_at": moment(f"2026-01-0{number}T12:00:00+03:00"),
            "text": f"Комментарий {number}",
        }
        for number in range(1, 7)
    ]
    to_task = [
        {
            "source_id": "n7",
            "parent": Ref("task", "41"),
            "author": IVAN,
            "created_at": moment("2026-01-11T10:15:00+03:00"),
            "text": "Реквизиты получены; жду подпись\n{code}",
        },
        {"source_id": "n8", "parent": Ref("task", "41"), "author": ALLA, "text": "Хорошо"},
    ]
    to_others = [
        {"source_id": "n9", "parent": Ref("company", "1"), "author": ALLA, "text": "Звонили"},
        {"source_id": "n10", "parent": Ref("project", "61"), "author": IVAN, "text": "Начали"},
    ]
    return [*to_deal, *to_task, *to_others]


def changes() -> list[dict[str, Any]]:
    """What happened to a task: to its status, to the person who does it, and to a text; by somebody without an address too."""
    of_task = {"parent": Ref("task", "41"), "kind": "change"}
    return [
        of_task
        | {
            "source_id": "h3",
            "author": IVAN,
            "created_at": moment("2026-01-11T10:00:00+03:00"),
            "field": "status",
            "old_value": "assigned",
            "new_value": "accepted",
            "text": "Статус",
        },
        of_task
        | {
            "source_id": "h4",
            "author": ALLA,
            "created_at": moment("2026-01-11T11:00:00+03:00"),
            "field": "responsible",
            "label": "Ответственный",
            "old_link": ALLA,
            "new_value": "Ваня",
            "new_link": IVAN,
        },
        {"source_id": "h5", "parent": Ref("task", "44"), "field": "name", "new_value": "у удалённой"},
    ]
