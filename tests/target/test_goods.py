"""What was sold, billed, paid and said stands at the card in the files for other CRMs, whatever the source calls it, and once."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from crmexport.mapping import load_source_mapping
from crmexport.model import Ref
from crmexport.target import Output
from tests.mapping.support import archive_of
from tests.target.invented import Entities
from tests.target.test_import_layouts import as_text

RECORDS = Path(__file__).parents[1] / "mapping" / "golden"
TARGETS = [
    "amocrm",
    "bitrix24",
    "bitrix24_en",
    "hubspot",
    "kaiten",
    "odoo",
    "pipedrive",
    "planfix",
    "salesforce",
    "zoho",
]
WORDS = {
    "артикул": "article",
    "цена": "price",
    "скидка": "discount",
    "процент": "percent",
    "налог": "tax",
    "сумма": "sum",
}
Export = Callable[..., list[Output]]


def of(source: str) -> Entities:
    """What the known records of a source become."""
    records = json.loads((RECORDS / f"{source}.records.json").read_text(encoding="utf-8"))
    mapped = archive_of(load_source_mapping(source), records)
    return {kind: [dict(one) for one in mapped.iterate(kind)] for kind in mapped.kinds}


@pytest.fixture
def texts(exporting: Export, made: Entities, tmp_path: Path) -> Callable[[str, Entities], str]:
    """All files for a target that has this archive, as one text."""

    def written(target: str, entities: Entities) -> str:
        made.clear()
        made.update(entities)
        paths = {one.path for one in exporting(target) if one.target == target}
        return "\n".join(as_text(tmp_path / "out" / path).decode() for path in sorted(paths))

    return written


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("source", ["megaplan", "odoo"])
def test_what_was_sold_stands_at_the_deal(
    texts: Callable[[str, Entities], str], source: str, target: str
) -> None:
    lines = {
        "megaplan": (
            "Услуга, article 0055, 1.5 шт., price 125000 RUB, discount 5 (percent), tax НДС 20%, sum 187500 RUB",
            "Доставка, 1, discount 10 (percent)",
        ),
        "odoo": (
            "S00005 (sale): [ST-1] Станок / С доставкой, article ST-1, 2.0 шт., price 1000.0 RUB, discount 10.0 (percent), "
            "sum 2160.0 RUB",
            "S00005 (sale): Работы, price 0.0 RUB, sum 0.0 RUB",
        ),
    }[source]
    text = texts(target, of(source))
    for sign in ("\r\n", "\n", "\\n", "<br>"):
        text = text.replace(sign, " / ")
    for word, english in WORDS.items():
        text = text.replace(word, english)
    assert [text.count(line) for line in lines] == [1, 1]


@pytest.mark.parametrize("target", TARGETS)
def test_the_row_of_an_invoice_is_not_sold_once_more(
    texts: Callable[[str, Entities], str], target: str
) -> None:
    """A position of a deal names its invoice, and the invoice has a row for it: the deal sells it once."""
    found = of("megaplan")
    found["line_item"][0]["invoice"] = found["line_item"][2]["invoice"]
    sold = [one for one in found["line_item"] if one.get("deal")]
    assert len(sold) == 2 and len(found["line_item"]) == 3
    assert texts(target, found).count("Услуга, ") == 1


@pytest.mark.parametrize("target", TARGETS)
def test_the_invoices_of_a_deal_stand_at_it(texts: Callable[[str, Entities], str], target: str) -> None:
    text = texts(target, of("megaplan"))
    told = r"00001 (?:от 31.01.2025|of 2025-01-31), 125000 RUB, (?:paid|оплачен)\b"
    assert len(re.findall(told, text)) == 1


@pytest.mark.parametrize("target", [one for one in TARGETS if one != "kaiten"])
def test_payments_stand_at_the_client(texts: Callable[[str, Entities], str], target: str) -> None:
    """Kaiten takes no clients."""
    told = r"(?:30.09.2025 № |2025-09-30 )12, (?:income|приход), 100 RUB, Касса, Оплата"
    assert len(re.findall(told, texts(target, of("megaplan")))) == 1


@pytest.mark.parametrize("target", [one for one in TARGETS if one not in ("odoo", "pipedrive")])
def test_calls_and_meetings_stand_at_the_deal(texts: Callable[[str, Entities], str], target: str) -> None:
    """Odoo and Pipedrive have a file of their own for them."""
    deal = {"source_id": "1", "name": "x"}
    met = {"source_id": "2", "name": "Созвон", "kind": "call", "result": "перезвонить"}
    text = texts(target, {"deal": [deal], "activity": [{**met, "links": [Ref("deal", "1")]}]})
    assert len(re.findall(r"(?:call|звонок): Созвон: перезвонить", text)) == 1
