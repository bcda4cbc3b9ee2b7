"""Every transform reads the forms that real systems write, and refuses what it cannot read instead of guessing."""

import time
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from crmexport.mapping.transforms import BY_TYPE, TRANSFORMS, UNREADABLE
from crmexport.model import LISTS, Moment, Money, Ref, Type

NOON = datetime(2025, 10, 3, 12, 0, tzinfo=UTC)
YAN = Ref("user", "3", "Ян")
COST = Money(Decimal("2.50"), "RUB")


def read(name: str, value: Any, **options: Any) -> Any:
    return TRANSFORMS[name].make(**options)(value)


CASES: list[tuple[str, Any, Any, dict[str, Any]]] = [
    ("plain", "as is ", "as is ", {}),
    ("plain", 5, "5", {}),
    ("plain", 5.0, "5", {}),
    ("plain", 0.1, "0.1", {}),
    ("plain", True, "true", {}),
    ("plain", ["a", 5], "a, 5", {}),
    ("plain", {"a": "ё"}, '{"a":"ё"}', {}),
    ("words", "as is ", "as is ", {}),
    ("words", {"a": "ё"}, '{"a":"ё"}', {}),
    ("words", 1, "b", {"read": {1: "b"}.get}),
    ("words", 1, "false", {"read": {1: False}.get}),
    ("words", 1, "Ян", {"read": {1: YAN}.get}),
    ("words", 1, None, {"read": {1: Ref("user", "3")}.get}),
    ("words", 1, "Ян #3, user #4, 2.50 RUB", {"read": {1: [YAN, YAN._replace(id="4", title=""), COST]}.get}),
    ("words", 1, "1000 RUB", {"read": {1: COST._replace(amount=Decimal("1E+3"))}.get}),
    ("words", 1, "2025-10-03", {"read": {1: date(2025, 10, 3)}.get}),
    ("words", 1, "3.10.2025 12:00", {"read": {1: Moment(NOON, "3.10.2025 12:00")}.get}),
    ("cells", [{"field": "a", "value": 0}, {"field": "b", "value": None}, {"field": "c"}], "a: 0", {}),
    (
        "cells",
        [{"field": "a", "value": [1, "б"]}, {"field": "b", "value": False}],
        "a: 1, б\nb: false",
        {"read": lambda value: value},
    ),
    ("cells", [], None, {}),
    ("label", "f1", "Скидка", {"labels": {"f1": "Скидка"}}),
    ("label", "f2", None, {"labels": {"f1": "Скидка"}}),
    ("described", {"type": "char", "string": "Номер", "value": "17"}, "Номер: 17", {}),
    ("described", {"type": "integer", "string": "", "name": "n", "value": 0}, "n: 0", {}),
    ("described", {"type": "char", "string": "Номер"}, None, {}),
    (
        "described",
        {"type": "selection", "string": "Цвет", "selection": [["r", "к"]], "value": "r"},
        "Цвет: к",
        {},
    ),
    ("text", "<p>a</p>", "a", {}),
    ("phone", "8 (900) 000-00-01", "+79000000001", {}),
    ("phone", "+7 900 000-00-01", "+79000000001", {}),
    ("phone", "9000000001", "+79000000001", {}),
    ("phone", "+44 20 7946 0000", "+442079460000", {}),
    ("phone", "8 900 000-00-01 доб. 12", "+79000000001 доб. 12", {}),
    ("phone", "12-34", "12-34", {}),
    ("phone", "спросить Машу 89000000001", "спросить Машу 89000000001", {}),
    ("phone", "2345678901", "2345678901", {}),
    ("phone", "12345678901", "12345678901", {}),
    ("phone", "8 900 00", "8 900 00", {}),
    ("phone", "900-00-01", "900-00-01", {}),
    ("phone", "+999 999", "+999 999", {}),
    ("phone", "+999 999 9", "+9999999", {}),
    ("phone", "+123 456 789 012 345", "+123456789012345", {}),
    ("phone", "+123 456 789 012 3456", "+123 456 789 012 3456", {}),
    ("date", {"year": 2025, "month": 9, "day": 3}, date(2025, 10, 3), {"month_base": 0}),
    ("date", {"year": 2025, "month": 0, "day": 31}, date(2025, 1, 31), {"month_base": 0}),
    ("date", {"year": 2025, "month": 10, "day": 3}, date(2025, 10, 3), {}),
    ("date", {"month": 1, "day": 29}, "--02-29", {"month_base": 0}),
    ("date", "2025-10-03", date(2025, 10, 3), {}),
    ("date", "2025-10-03 00:00:00", date(2025, 10, 3), {}),
    ("datetime", {"value": "2025-10-03T12:00:00+00:00"}, Moment(NOON, "2025-10-03T12:00:00+00:00"), {}),
    ("datetime", "2025-10-03T15:00:00+03:00", Moment(NOON, "2025-10-03T15:00:00+03:00"), {}),
    ("datetime", "2025-10-03T12:00:00Z", Moment(NOON, "2025-10-03T12:00:00Z"), {}),
    ("datetime", "2025-10-03 12:00:00", Moment(NOON, "2025-10-03 12:00:00"), {}),
    ("datetime", "2025-10-03 15:00:00", Moment(NOON, "2025-10-03 15:00:00"), {"zone": "Europe/Moscow"}),
    ("datetime", 1759492800000, Moment(NOON, "1759492800000"), {"unit": "milliseconds"}),
    ("datetime", "1759492800", Moment(NOON, "1759492800"), {"unit": "seconds"}),
    ("datetime", "2025-10-03T12:00:00Z", Moment(NOON, "2025-10-03T12:00:00Z"), {"unit": "milliseconds"}),
    ("when", "1759492800000", Moment(NOON, "1759492800000"), {"unit": "milliseconds"}),
    ("when", "2025-10-03", date(2025, 10, 3), {"unit": "milliseconds"}),
    ("when", "2025-10-03", date(2025, 10, 3), {}),
    ("when", {"year": 2025, "month": 9, "day": 3}, date(2025, 10, 3), {"month_base": 0}),
    ("when", {"value": "2025-10-03T12:00:00+00:00"}, Moment(NOON, "2025-10-03T12:00:00+00:00"), {}),
    ("local_date", {"value": "2025-10-01T21:00:00+00:00"}, date(2025, 10, 2), {"zone": "Europe/Moscow"}),
    ("local_date", "2025-10-01T21:00:00+00:00", date(2025, 10, 1), {}),
    ("local_date", 1759352400, date(2025, 10, 2), {"unit": "seconds", "zone": "Europe/Moscow"}),
    ("midnight", {"value": "2025-10-01T21:00:00+00:00"}, date(2025, 10, 2), {"zone": "Europe/Moscow"}),
    ("midnight", "2025-10-01T22:00:00Z", date(2025, 10, 2), {"zone": "Europe/Moscow"}),  # Kaliningrad
    ("midnight", "2025-10-01T19:00:00Z", date(2025, 10, 2), {"zone": "Europe/Moscow"}),  # Yekaterinburg
    ("midnight", "2025-10-01T18:30:00Z", date(2025, 10, 2), {"zone": "Europe/Moscow"}),
    ("midnight", "2025-10-01T12:00:00Z", date(2025, 10, 2), {"zone": "Europe/Moscow"}),  # Kamchatka
    ("midnight", "2025-10-01T00:00:00Z", date(2025, 10, 1), {"zone": "Europe/Moscow"}),
    ("midnight", "2025-10-01T20:17:00Z", date(2025, 10, 1), {"zone": "Europe/Moscow"}),
    ("midnight", "2025-10-01T21:17:00Z", date(2025, 10, 2), {"zone": "Europe/Moscow"}),
    (
        "money",
        {"value": 125000, "currency": "RUB", "valueInMain": 125000.00000001},
        Money(Decimal(125000), "RUB"),
        {},
    ),
    ("money", {"value": 0.1, "currency": "USD"}, Money(Decimal("0.1"), "USD"), {}),
    ("money", {"value": None, "currency": "USD"}, None, {}),
    ("money", 12.5, Money(Decimal("12.5"), ""), {}),
    ("number", 0.1, Decimal("0.1"), {}),
    ("number", "1 250,50", Decimal("1250.50"), {}),
    ("number", 9_007_199_254_740_993, Decimal("9007199254740993"), {}),
    ("integer", "12", 12, {}),
    ("integer", 12.0, 12, {}),
    ("bool", True, True, {}),
    ("bool", "Да", True, {}),
    ("bool", "0", False, {}),
    ("bool", 1, True, {}),
    ("not", True, False, {}),
    ("not", "0", True, {}),
    ("minutes", {"value": 7200}, 120, {}),
    ("minutes", {"seconds": 90}, 2, {}),
    ("minutes", 1.5, 90, {"unit": "hours"}),
    ("minutes", "90000", 2, {"unit": "milliseconds"}),
    ("choice", "a", "b", {"map": {"a": "b"}}),
    ("choice", "unknown", "unknown", {"map": {"a": "b"}}),
    ("choice", True, "high", {"map": {"true": "high"}}),
    ("choice", False, "normal", {"map": {"false": "normal"}}),
    ("choice", False, None, {"map": {"a": "b"}}),
    ("choice", 2, "high", {"map": {"2": "high"}}),
]


@pytest.mark.parametrize(("name", "value", "expected", "options"), CASES)
def test_a_transform_reads(name: str, value: Any, expected: Any, options: dict[str, Any]) -> None:
    assert read(name, value, **options) == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("date", {"year": 2025, "month": 12, "day": 40}),
        ("date", {"month": 2, "day": 30}),
        ("date", "soon"),
        ("date", 5),
        ("datetime", "soon"),
        ("datetime", {"unit": "day", "value": 3}),
        ("datetime", 1759492800000),
        ("money", {"value": "much", "currency": "RUB"}),
        ("number", "NaN"),
        ("number", "1e5000"),
        ("number", True),
        ("integer", 1.5),
        ("bool", "perhaps"),
        ("minutes", "long"),
        ("minutes", {"hours": 3}),
    ],
)
def test_what_cannot_be_read_is_refused(name: str, value: Any) -> None:
    with pytest.raises(UNREADABLE):
        read(name, value)


@pytest.mark.parametrize("value", [True, "soon", "NaN", "Infinity", 10**30, [1]])
def test_no_number_of_seconds_is_guessed(value: Any) -> None:
    with pytest.raises(UNREADABLE):
        read("datetime", value, unit="seconds")


def test_every_transform_is_tried_and_described() -> None:
    assert {name for name, *_rest in CASES} == set(TRANSFORMS)
    assert all(transform.make.__doc__ for transform in TRANSFORMS.values())


def test_every_type_of_field_has_its_transform() -> None:
    assert set(BY_TYPE) == set(Type) - LISTS - {Type.REF} | {Type.TEXTS}
    assert set(BY_TYPE.values()) <= set(TRANSFORMS)


def test_thousands_of_blanks_in_a_telephone_number_cost_no_time() -> None:
    typed = "8 900 000-00-01" + " " * 10_000 + "evenings"
    begun = time.monotonic()
    assert read("phone", typed) == typed
    assert time.monotonic() - begun < 1
    assert read("phone", "8 900 000-00-01 , доб 5") == "+79000000001 доб. 5"
