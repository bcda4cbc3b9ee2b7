"""What the built-in mapping makes of records that say little, or say it in an odd way. Shapes of Odoo 19 (`mail`, `base`)."""

from typing import Any

import pytest

from crmexport.mapping import load_source_mapping
from crmexport.model import Ref
from tests.mapping.support import archive_of

NOTHING: dict[str, Any] = {
    f"{side}_value_{form}": empty
    for side in ("old", "new")
    for form, empty in {"char": False, "text": False, "datetime": False, "float": 0.0, "integer": 0}.items()
}


def entities(kind: str, stream: str, value: dict[str, Any]) -> list[dict[str, Any]]:
    """What one record becomes."""
    return list(archive_of(load_source_mapping("odoo"), {stream: [{"id": 1, **value}]}).iterate(kind))


@pytest.mark.parametrize(
    ("told", "old", "new"),
    [
        ({"old_value_float": 1000.0}, "1000", "0"),
        ({"new_value_float": 0.5}, "0", "0.5"),
        ({"old_value_integer": 1}, "1", "0"),
        ({"new_value_integer": 1}, "0", "1"),
        ({"old_value_char": "Анна", "old_value_integer": 7}, "Анна", None),
        ({"new_value_char": "Анна", "new_value_integer": 7}, None, "Анна"),
        ({"old_value_datetime": "2026-01-31 00:00:00"}, "2026-01-31 00:00:00", None),
        ({"old_value_char": "a", "new_value_char": "b"}, "a", "b"),
        ({}, None, None),
    ],
)
def test_a_number_that_became_nought_did_not_become_nothing(
    told: dict[str, Any], old: str | None, new: str | None
) -> None:
    """Odoo writes 0 where a value is of another type; which type it is shows in the other value."""
    (change,) = entities("change", "mail.tracking.value", {**NOTHING, **told})
    assert (change.get("old_value"), change.get("new_value")) == (old, new)


@pytest.mark.parametrize(("name", "expected"), [("Анна", "Анна"), (False, "ООО «Ромашка», Адрес доставки")])
def test_an_address_without_a_name_is_called_as_odoo_calls_it(name: str | bool, expected: str) -> None:
    """Where a parcel goes is a contact of its own, and seldom has a name; systems that want one would drop it."""
    told = {
        "name": name,
        "type": "delivery",
        "is_company": False,
        "display_name": "ООО «Ромашка», Адрес доставки",
    }
    (contact,) = entities("contact", "res.partner", told)
    assert contact["name"] == expected and "custom" not in contact


def test_a_stage_tells_its_result_in_every_version() -> None:
    """Without one it would count as a stage of tasks, and no file would bring what deals link to."""
    told = [
        entities("stage", "crm.stage", {"name": "x", **fields})[0]["result"]
        for fields in ({"is_won": True}, {"is_won": False}, {"probability": 100}, {"probability": 10.0}, {})
    ]
    assert told == ["won", "active", "won", "active", "active"]


def test_a_stage_tells_its_teams() -> None:
    """Up to Odoo 18 there is one, from 19 on several; a stage of none is one of all."""
    (older,) = entities("stage", "crm.stage", {"name": "Новая", "team_id": [5, "Продажи"]})
    (newer,) = entities("stage", "crm.stage", {"name": "Новая", "team_ids": [5, 6]})
    (common,) = entities("stage", "crm.stage", {"name": "Новая", "team_ids": []})
    assert [one.get("pipeline") and one["pipeline"].id for one in (older, newer, common)] == ["5", "5", None]
    (link,) = entities("link", "crm.stage", {"name": "Новая", "team_ids": [5, 6]})
    assert (link["origin"], link["target"], link["kind"]) == (
        Ref("stage", "crm.stage:1"),
        Ref("pipeline", "6"),
        "stage",
    )


PROPERTIES: list[dict[str, Any]] = [
    {"name": "a1", "type": "char", "string": "Номер договора", "value": "Д-17"},
    {
        "name": "a2",
        "type": "many2one",
        "string": "Партнёр",
        "comodel": "res.partner",
        "value": [7, "Ромашка"],
    },
    {"name": "a3", "type": "many2many", "string": "Люди", "value": [[7, "Ромашка"], [8, None]]},
    {"name": "a4", "type": "selection", "string": "Цвет", "selection": [["r", "Красный"]], "value": "r"},
    {"name": "a5", "type": "tags", "string": "Метки", "tags": [["t", "Срочно", 1]], "value": ["t"]},
    {"name": "a6_html", "type": "html", "string": "Заметка", "value": "<p>раз</p><p>два</p>"},
    {"name": "a7", "type": "integer", "string": "Число", "value": 0},
    {"name": "a8", "type": "boolean", "string": "Да", "value": True},
    {"name": "a9", "type": "date", "string": "", "value": "2026-01-31"},
    {"name": "b1", "type": "boolean", "string": "Нет", "value": False},
    {"name": "b2", "type": "separator", "string": "Группа"},
    {"name": "b3", "type": "char", "string": "Пусто", "value": None},
    {
        "name": "b4",
        "type": "selection",
        "string": "Не выбрано",
        "selection": [["r", "Красный"]],
        "value": False,
    },
]


def test_fields_of_one_team_are_told_in_words() -> None:
    """Each value comes with its description, and choices have no other name than a random one."""
    (deal,) = entities("deal", "crm.lead", {"name": "Сделка", "lead_properties": PROPERTIES})
    assert deal["custom"]["lead_properties"] == [
        "Номер договора: Д-17",
        "Партнёр: Ромашка #7",
        "Люди: Ромашка #7, #8",
        "Цвет: Красный",
        "Метки: Срочно",
        "Заметка: раз\n\nдва",
        "Число: 0",
        "Да: true",
        "a9: 2026-01-31",
    ]


def test_what_only_looks_like_one_stays_as_it_is() -> None:
    """Other objects of Odoo have a type, too."""
    looks = {"name": "stage_id", "desc": "Стадия", "type": "many2one"}
    (deal,) = entities("deal", "crm.lead", {"name": "Сделка", "x_json": looks})
    assert "Стадия" in str(deal["custom"]["x_json"])


@pytest.mark.parametrize(
    ("told", "is_working"),
    [
        ({"active": True, "share": False}, True),
        ({"active": True}, True),
        ({"active": True, "share": True}, False),
        ({"active": False, "share": False}, False),
    ],
)
def test_a_client_with_a_sign_in_works_for_nobody(told: dict[str, bool], is_working: bool) -> None:
    """The list of people to invite into the next system would bring clients in as colleagues."""
    (user,) = entities("user", "res.users", {"name": "Анна", **told})
    assert user["is_working"] is is_working


def test_variants_of_a_product_are_told_apart() -> None:
    """All have the name and the price of what they are variants of; a colour may cost more."""
    told = {"name": "Стол", "list_price": 750.0, "currency_id": [1, "EUR"]}
    black = {
        "product_template_variant_value_ids": [2],
        "display_name": "[ST-B] Стол (Чёрный)",
        "lst_price": 800.4,
    }
    only = {"product_template_variant_value_ids": [], "display_name": "[ST] Стол", "lst_price": 750.0}
    (variant,) = entities("product", "product.product", {**told, **black})
    (single,) = entities("product", "product.product", {**told, **only})
    (older,) = entities("product", "product.product", told)
    assert [(one["name"], float(one["price"].amount)) for one in (variant, single, older)] == [
        ("[ST-B] Стол (Чёрный)", 800.4),
        ("Стол", 750),
        ("Стол", 750),
    ]


def test_a_message_on_no_record_hangs_on_nothing() -> None:
    """Odoo writes 0 there: an id that nobody has."""
    (note,) = entities("note", "mail.message", {"model": False, "res_id": 0, "body": "<p>Всем</p>"})
    assert not {"parent", "custom"} & note.keys()
