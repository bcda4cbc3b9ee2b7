"""Records that no other entity is about: goods, documents, small lists. Each has a row, and links to it lead there."""

from decimal import Decimal
from typing import Any

import pytest

from crmexport.mapping import SourceMapping, load_source_mapping
from crmexport.mapping.normaliser import Normaliser
from crmexport.model import Money, Ref
from tests.mapping.support import TOY, row
from tests.mapping.test_megaplan_shapes import day, link, moment, one


@pytest.fixture(scope="module")
def megaplan() -> SourceMapping:
    return load_source_mapping("megaplan")


def sum_of(value: int) -> dict[str, Any]:
    return {"contentType": "Money", "currency": "RUB", "value": value, "valueInMain": value}


def test_a_consignment_with_its_goods(megaplan: SourceMapping) -> None:
    told = one(
        megaplan,
        "record",
        "consignment",
        contentType="Consignment",
        number="Н-1",
        type="expense",
        actualTime=moment("2026-01-02T03:04:05+00:00"),
        manager=link("Employee", "7", name="Пётр"),
        warehouse=link("Warehouse", "3", name="Склад"),
        contractor=link("ContractorCompany", "9", name="ООО"),
        rows=[link("ConsignmentRow", "4", name="Кабель")],
        price=sum_of(500),
    )
    assert (told["source_id"], told["kind"], told["name"]) == ("Consignment:1", "Consignment", "Н-1")
    assert told["amount"] == Money(Decimal(500), "RUB") and told["owner"] == Ref("user", "7", "Пётр")
    assert told["links"] == [
        Ref("company", "9", "ООО"),
        Ref("record", "Warehouse:3", "Склад"),
        Ref("record", "ConsignmentRow:4", "Кабель"),
    ]
    assert told["custom"] == {"type": "expense"}


def test_what_lies_under_a_record_leads_to_it(megaplan: SourceMapping) -> None:
    version = row(
        "docVersion", link("DocVersion", "4", name="Версия 2", _parent={"stream": "doc", "id": "3"})
    )
    (told,) = Normaliser(megaplan, TOY).entities([version], "record")
    assert told["parent"] == Ref("record", "Doc:3", "") and told["kind"] == "DocVersion"
    member = row("groupMember", link("Employee", "7", name="Пётр", _parent={"stream": "group", "id": "5"}))
    (told,) = Normaliser(megaplan, TOY).entities([member], "record")
    assert told["parent"] == Ref("record", "Group:5", "") and told["links"] == [Ref("user", "7", "Пётр")]


def test_links_to_it_lead_there_wherever_they_stand(megaplan: SourceMapping) -> None:
    """In a field that a rule names, and in one that none does."""
    told = one(megaplan, "record", "doc", contentType="Doc", folder=link("DocFolder", "2", name="Договоры"))
    assert told["parent"] == Ref("record", "DocFolder:2", "Договоры")
    told = one(megaplan, "deal", "deal", consignment=link("Consignment", "6", name="Н-6"))
    assert told["custom"]["consignment"] == Ref("record", "Consignment:6", "Н-6")


def test_a_chat_is_found_by_what_is_said_in_it(megaplan: SourceMapping) -> None:
    said = row("comment", {"id": "1", "content": "Да", "_parent": {"stream": "clientChat", "id": "8"}})
    (told,) = Normaliser(megaplan, TOY).entities([said], "note")
    (chat,) = Normaliser(megaplan, TOY).entities([row("clientChat", {"id": "8"})], "activity")
    assert told["parent"] == Ref("activity", chat["source_id"], "")


@pytest.mark.parametrize(
    ("stream", "told"),
    [
        ("position", link("Position", "1", name="Директор")),
        ("unit", link("Unit", "1", name="шт.")),
        ("currency", link("Currency", "1", name="Рубль", abbreviation="RUB")),
    ],
)
def test_small_lists_do_not_share_their_numbers(
    megaplan: SourceMapping, stream: str, told: dict[str, Any]
) -> None:
    (found,) = Normaliser(megaplan, TOY).entities([row(stream, told)], "record")
    assert found["source_id"] == f"{told['contentType']}:1" and found["name"] == told["name"]
    assert found.get("custom", {}) == {key: told[key] for key in told.keys() - {"contentType", "id", "name"}}


def test_a_vacation_keeps_both_of_its_days(megaplan: SourceMapping) -> None:
    told = one(megaplan, "record", "vacation", firstDay=day(2026, 0, 19), lastDay=day(2026, 1, 1))
    assert str(told["date"]) == "2026-01-19" and str(told["custom"]["lastDay"]) == "2026-02-01"


def test_an_order_of_odoo_with_its_lines() -> None:
    odoo = load_source_mapping("odoo")
    order = row("sale.order", {"id": 5, "name": "S00005", "amount_total": 12.5, "currency_id": [1, "EUR"]})
    order.value.update(partner_id=[7, "ООО"], opportunity_id=False)
    (told,) = Normaliser(odoo, TOY).entities([order], "record")
    assert told["links"] == [Ref("contact", "7", "ООО")]
    assert (told["source_id"], told["kind"], told["name"]) == ("sale.order:5", "sale.order", "S00005")
    assert told["amount"] == Money(Decimal("12.5"), "EUR")
    line = row(
        "sale.order.line", {"id": 6, "name": "Стол", "order_id": [5, "S00005"], "product_uom_qty": 2.0}
    )
    (told,) = Normaliser(odoo, TOY).entities([line], "line_item")
    assert told["order"] == Ref("record", "sale.order:5", "S00005") and told["quantity"] == 2
    said = row("mail.message", {"id": 1, "body": "<p>Да</p>", "model": "sale.order", "res_id": 5})
    (note,) = Normaliser(odoo, TOY).entities([said], "note")
    assert note["parent"] == Ref("record", "sale.order:5", "")
