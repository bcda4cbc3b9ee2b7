"""What a rule reads only where another field is empty (`a || b`) is carried along where both are filled and differ."""

from pathlib import Path
from typing import Any

import pytest

from crmexport.mapping import SourceMapping, load_source_mapping
from crmexport.mapping.paths import choices
from tests.mapping.support import archive_of, made, mapping_of, readable


@pytest.fixture(scope="module")
def mapping() -> SourceMapping:
    return load_source_mapping("megaplan")


def money(value: int, currency: str) -> dict[str, Any]:
    return {"contentType": "Money", "value": value, "currency": currency}


def lasts(seconds: int) -> dict[str, Any]:
    return {"contentType": "DateInterval", "value": seconds}


TRANSFER = {"contentType": "FinOperation", "id": "7", "kind": "transfer"}
TASK = {"contentType": "Task", "id": "8", "name": "T"}


@pytest.mark.parametrize(
    ("stream", "kind", "value", "carried"),
    [
        (
            "finOperation",
            "payment",
            {**TRANSFER, "incomeSum": money(7, "USD"), "expenseSum": money(630, "RUB")},
            {"expenseSum": "630 RUB"},
        ),
        ("finOperation", "payment", {**TRANSFER, "expenseSum": money(630, "RUB")}, None),
        ("task", "task", {**TASK, "plannedWork": lasts(7200), "duration": lasts(86400)}, {"duration": 1440}),
        ("task", "task", {**TASK, "plannedWork": lasts(7200), "duration": lasts(7200)}, None),
        ("task", "task", {**TASK, "plannedWork": lasts(7200), "duration": lasts(0)}, {"duration": 0}),
        ("task", "task", {**TASK, "duration": lasts(7200)}, None),
        ("callInfo", "activity", {"id": "9", "name": "Call", "type": "missed"}, {"type": "missed"}),
        ("callInfo", "activity", {"id": "9", "type": "missed"}, None),
    ],
)
def test_the_field_that_is_passed_over_is_carried_and_counted(
    mapping: SourceMapping, stream: str, kind: str, value: dict[str, Any], carried: dict[str, Any] | None
) -> None:
    archive = archive_of(mapping, {stream: [value]})
    (one,) = archive.iterate(kind)
    assert readable(one.get("custom")) == carried
    assert set(archive.coverage.streams[stream].unmapped) == set(carried or ())


def test_a_field_that_another_rule_reads_is_not_carried_again(mapping: SourceMapping) -> None:
    """A deal's client stands for a contact that is not told, and has a column of its own."""
    deal = {
        "id": "5",
        "contact": {"contentType": "ContractorHuman", "id": "1"},
        "contractor": {"contentType": "ContractorCompany", "id": "2"},
    }
    archive = archive_of(mapping, {"deal": [deal]})
    (one,) = archive.iterate("deal")
    assert "custom" not in one and one["company"].id == "2"


TOY = """
ignore: [id]
deal:
  from: s
  where: ok
  fields:
    name: a || b
    description: c || d
    number: d
    client_name: {template: "{e} {f}"}
    team: g || e
    amount: {path: h || i, currency: j}
    currency: k || j
    lost_reason: l || ok
    kind: m || rows
    addresses: {path: "@", each: {text: n || o, city: p, region: q || p}}
    priority: t || u || v
    contact: {path: y, stream: z}
    phones: {path: tel, each: {number: num}}
line_item:
  - from: s
    each: rows
    where: sold
    custom: item
    fields: {name: a || b, description: $.w || x, unit: c || d, price: cost}
  - from: s
    each: rows
    where: $.big
    custom: item
    fields: {name: a}
"""


@pytest.mark.parametrize(
    ("value", "carried"),
    [
        ({"a": "1", "b": "2"}, {"b": "2"}),
        ({"b": "2"}, {}),
        ({"c": "1", "d": "2"}, {}),  # another rule shows it
        ({"g": "1", "e": "2"}, {}),  # as a part of a template
        ({"h": 1, "i": 2, "j": "EUR", "k": "USD"}, {"i": 2}),  # as a currency
        ({"l": "1"}, {}),  # it tells whether there is a deal at all
        ({"m": "1", "rows": [{"a": "1"}]}, {}),  # it is taken to pieces
        ({"n": "1", "o": "2"}, {"o": "2"}),
        ({"q": "1", "p": "2"}, {}),
        ({"t": "1", "u": "2", "v": "3"}, {"u": "2", "v": "3"}),
        ({"u": "2", "v": "3"}, {"v": "3"}),
        ({"w": "1", "x": "2", "rows": [{}]}, {"x": "2"}),
        ({"f": "1", "y": "2", "z": "s"}, {}),
        ({"tel": [{"num": "1"}], "num": "2", "cost": "3"}, {"num": "2", "cost": "3"}),  # named, but elsewhere
    ],
)
def test_of_second_choices_only_what_no_rule_shows_otherwise_is_carried(
    tmp_path: Path, value: dict[str, Any], carried: dict[str, Any]
) -> None:
    (deal,) = made(mapping_of(tmp_path, TOY), "deal", {"id": 1, "ok": "yes", **value})
    assert deal.get("custom", {}) == carried


def test_second_choices_are_known_in_the_items_of_a_list_too(tmp_path: Path) -> None:
    items = [
        {"sold": True, "a": "1", "b": "2", "c": "3", "d": "3", "w": "4", "big": "5"},
        {"sold": True, "b": "2"},
    ]
    first, second = made(mapping_of(tmp_path, TOY), "line_item", {"id": 1, "rows": items})
    assert first["custom"] == {"b": "2", "w": "4", "big": "5"}  # the last two are read of the record
    assert "custom" not in second


def test_only_a_choice_between_plain_paths_is_taken_apart() -> None:
    assert [path.name for path in choices("a || b || c")] == ["a", "b", "c"]
    assert [path.whole for path in choices("$.a || b")] == [True, True]
    assert len(choices("a[?b == `1` || c].d")) == 1
