"""Whatever a record holds becomes a cell: nothing that comes out of JSON may be too strange for it."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest

from crmexport.mapping.to.references import References
from crmexport.mapping.to.shown import Shown
from crmexport.model import Moment, Money

NOBODY = cast(References, SimpleNamespace(title=lambda ref: None))
PEOPLE, MACHINES = Shown(NOBODY), Shown(NOBODY, as_json=True)


@pytest.mark.parametrize(
    ("value", "cell", "text"),
    [
        (1.5, Decimal("1.5"), "1.5"),
        (0.1, Decimal("0.1"), "0.1"),
        (1e-7, Decimal("1E-7"), "0.0000001"),
        (-0.0, Decimal("-0.0"), "-0.0"),
        (1e16, Decimal("1E+16"), "10000000000000000"),
        (float("inf"), "inf", "inf"),
        (float("nan"), "nan", "nan"),
        ([0.5, 2], "0.5; 2", "0.5; 2"),
        ({"a": 0.5, "b": [1.25]}, "0.5, 1.25", "0.5, 1.25"),
        (UUID(int=5), "00000000-0000-0000-0000-000000000005", "00000000-0000-0000-0000-000000000005"),
    ],
)
def test_a_float_is_the_number_that_it_is_written_as(value: Any, cell: Any, text: str) -> None:
    shown = PEOPLE.cell(value)
    assert (type(shown), repr(shown)) == (type(cell), repr(cell))
    assert PEOPLE.text(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Money(Decimal("1E+3"), "USD"), "1000 USD"),
        (Money(Decimal("1E-7"), "USD"), "0.0000001 USD"),
        (Money(Decimal("1250.50"), ""), "1250.50"),
        (Money(Decimal("1E+3"), ""), "1000"),
        (Moment(datetime(1, 1, 1, 2, 3, 4, tzinfo=UTC), ""), "0001-01-01 02:03:04 UTC"),
        (
            Moment(datetime(2026, 5, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=3))), ""),
            "2026-04-30 23:03:04 UTC",
        ),
        (date(1, 1, 1), "0001-01-01"),
    ],
)
def test_money_and_times_are_written_in_figures(value: Any, text: str) -> None:
    assert PEOPLE.text(value) == text


def test_machines_get_floats_as_json_has_them() -> None:
    assert MACHINES.cell([0.1, {"rate": 97.35}]) == '[0.1, {"rate": 97.35}]'
    assert json.loads(str(MACHINES.cell([float("nan")]))) == ["nan"]


@pytest.mark.parametrize(
    ("address", "text"),
    [
        (
            {"text": "050000 Алматы", "city": "Алматы", "region": "Область", "country": "Казахстан"},
            "050000 Алматы, Область, Казахстан",
        ),
        ({"text": "Минск, Ленина 1", "city": "Минск", "label": "склад"}, "Минск, Ленина 1 (склад)"),
        ({"city": "Минск", "country": "Беларусь"}, "Минск, Беларусь"),
        (
            {"text": "Ленинградское ш., 12", "city": "Ленинград", "postcode": "1"},
            "Ленинградское ш., 12, Ленинград, 1",
        ),
    ],
)
def test_all_of_an_address_is_in_its_text(address: dict[str, str], text: str) -> None:
    assert PEOPLE.text(address) == text
