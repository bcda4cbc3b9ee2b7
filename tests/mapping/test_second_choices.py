"""What a rule reads only where another field is empty (`a || b`) is carried along where both are filled and differ."""

from typing import Any

import pytest

from crmexport.mapping import SourceMapping, load_source_mapping
from crmexport.mapping.paths import choices
from tests.mapping.support import archive_of, readable


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
    (made,) = archive.iterate(kind)
    assert readable(made.get("custom")) == carried
    assert set(archive.coverage.streams[stream].unmapped) == set(carried or ())


def test_a_field_that_another_rule_reads_is_not_carried_again(mapping: SourceMapping) -> None:
    """A deal's client stands for a contact that is not told, and has a column of its own."""
    deal = {
        "id": "5",
        "contact": {"contentType": "ContractorHuman", "id": "1"},
        "contractor": {"contentType": "ContractorCompany", "id": "2"},
    }
    archive = archive_of(mapping, {"deal": [deal]})
    (made,) = archive.iterate("deal")
    assert "custom" not in made and made["company"].id == "2"


def test_only_a_choice_between_plain_paths_is_taken_apart() -> None:
    assert [path.name for path in choices("a || b || c")] == ["a", "b", "c"]
    assert [path.whole for path in choices("$.a || b")] == [True, True]
    assert len(choices("a[?b == `1` || c].d")) == 1
