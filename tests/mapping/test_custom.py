"""Custom fields keep their key, get their label, scope and type from the source, and their values are read by their shape."""

import random
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crmexport.mapping import SourceMapping
from crmexport.model import Moment, Money, Ref, Type
from tests.mapping.support import archive_of, mapping_of

FRAME = """
source: toy
kind_key: kind
month_base: 0
kinds:
  Person: {ref: contact}
  File: {ref: file}
  Day: {is: date}
  Time: {is: datetime}
  Sum: {is: money}
  Span: {is: minutes}
  Label: {path: name}
ignore: [id, program, kind, firm]
custom_fields:
  from: fields
  where: own
  key: name
  label: title
  stream: _parent.stream
  streams: {programs: deals}
  scope: _parent.id
  type: type
  types: {B: bool, D: date, N: number, T: moment, H: html, L: ref, M: refs, S: text, P: texts}
  choices: words
  target: to
"""
TEXT = """
pipeline: {from: programs, fields: {name: n}}
deal: {from: deals, fields: {name: n}}
company: {from: partners, where: firm, fields: {name: n}}
contact: {from: partners, where: "!firm", fields: {name: n}}
"""
PROGRAMS = [{"id": 13, "n": "Продажи"}, {"id": 14, "n": "Тендеры"}]


@pytest.fixture
def mapping(tmp_path: Path) -> SourceMapping:
    return mapping_of(tmp_path, TEXT, FRAME)


def defined(name: str, program: int | None = 13, **more: Any) -> dict[str, Any]:
    parent = {"stream": "programs", "id": str(program)} if program else {"stream": "partners", "id": ""}
    return {
        "id": f"{program}:{name}",
        "name": name,
        "title": f"Поле {name}",
        "own": True,
        "_parent": parent,
        **more,
    }


def values(mapping: SourceMapping, value: Any, *definitions: dict[str, Any]) -> Any:
    """What the custom field `f` of a deal becomes."""
    records = {"programs": PROGRAMS, "fields": list(definitions), "deals": [{"id": 1, "f": value}]}
    (deal,) = archive_of(mapping, records).iterate("deal")
    return deal.get("custom", {}).get("f")


def test_the_same_label_in_two_schemes_is_two_fields(mapping: SourceMapping) -> None:
    definitions = [defined("a13", title="Источник"), defined("a14", 14, title="Источник")]
    fields = archive_of(mapping, {"programs": PROGRAMS, "fields": definitions}).custom_fields("deal")
    assert [(field.key, field.label, field.scope, field.scope_id) for field in fields] == [
        ("a13", "Источник", "Продажи", "13"),
        ("a14", "Источник", "Тендеры", "14"),
    ]


@pytest.mark.parametrize("seed", range(5))
def test_fields_stand_in_one_order_whenever_their_definitions_came(mapping: SourceMapping, seed: int) -> None:
    """Each pull brings them in another order, and one that is renamed comes behind all others: of two alike the first stays the first."""
    definitions = [
        defined(f"f{number}", program, id=f"{program}:{number}", title="Источник")
        for program in (9, 13, 140)
        for number in (2, 10, 11)
    ]
    random.Random(seed).shuffle(definitions)
    fields = archive_of(mapping, {"programs": PROGRAMS, "fields": definitions}).custom_fields("deal")
    assert [(field.scope_id, field.key) for field in fields] == [
        (scope, key) for scope in ("9", "13", "140") for key in ("f2", "f10", "f11")
    ]


def test_a_field_of_a_shared_stream_belongs_to_all_its_entities(mapping: SourceMapping) -> None:
    archive = archive_of(mapping, {"fields": [defined("x", None, type="B")]})
    assert [(one.entity, one.type, one.scope) for one in archive.described] == [
        ("company", Type.BOOL, ""),
        ("contact", Type.BOOL, ""),
    ]


def test_a_field_without_a_label_is_called_by_its_key(mapping: SourceMapping) -> None:
    archive = archive_of(mapping, {"fields": [defined("x", title=None)]})
    assert [field.label for field in archive.custom_fields("deal")] == ["x"]


def test_a_definition_may_name_an_entity_of_ours_and_one_of_nothing_of_ours_is_passed_over(
    mapping: SourceMapping,
) -> None:
    definitions = [
        defined(name, _parent={"stream": stream, "id": "13"})
        for name, stream in (("x", "deal"), ("y", "rockets"))
    ]
    assert [(one.entity, one.key) for one in archive_of(mapping, {"fields": definitions}).described] == [
        ("deal", "x")
    ]


def test_fields_of_the_source_itself_are_no_custom_fields(mapping: SourceMapping) -> None:
    archive = archive_of(mapping, {"fields": [defined("x", own=False), defined("y")]})
    assert [field.key for field in archive.custom_fields("deal")] == ["y"]


TIME = "2025-10-03T12:00:00+00:00"
PERSON = {"kind": "Person", "id": "5", "name": "Анна"}


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("0123", "0123"),
        (True, True),
        (9_007_199_254_740_993, 9_007_199_254_740_993),
        (0.1, Decimal("0.1")),
        (["Опт", "VIP"], ["Опт", "VIP"]),
        ({"kind": "Day", "year": 2025, "month": 9, "day": 3}, date(2025, 10, 3)),
        ({"kind": "Time", "value": TIME}, Moment(datetime(2025, 10, 3, 12, tzinfo=UTC), TIME)),
        ({"kind": "Sum", "value": 5, "currency": "RUB"}, Money(Decimal(5), "RUB")),
        ({"kind": "Span", "value": 7200}, 120),
        ({"kind": "Label", "name": "Север"}, "Север"),
        (PERSON, Ref("contact", "5", "Анна")),
        ([PERSON, {"kind": "Team", "id": "6"}], [Ref("contact", "5", "Анна"), Ref("Team", "6", "")]),
        ([{"kind": "File", "id": "700", "name": "a.pdf"}], [Ref("file", "700", "a.pdf")]),
        ({"kind": "Day", "year": 2025, "month": 90}, '{"kind":"Day","year":2025,"month":90}'),
        ({"kind": "Mail", "id": "9"}, Ref("Mail", "9", "")),
        ({"kind": "Mail", "id": "9", "text": "a"}, '{"kind":"Mail","id":"9","text":"a"}'),
        ({"strange": [1]}, '{"strange":[1]}'),
        (None, None),
        ("", None),
        ([], None),
        ({}, None),
    ],
)
def test_a_value_is_read_by_its_shape(mapping: SourceMapping, raw: Any, expected: Any) -> None:
    assert values(mapping, raw) == expected


def test_a_shape_goes_before_a_definition(mapping: SourceMapping) -> None:
    assert values(mapping, PERSON, defined("f", type="D")) == Ref("contact", "5", "Анна")


@pytest.mark.parametrize(
    ("raw", "definition", "expected"),
    [
        ("2025-10-03", {"type": "D"}, date(2025, 10, 3)),
        (
            "2025-10-03 12:00:00",
            {"type": "T"},
            Moment(datetime(2025, 10, 3, 12, tzinfo=UTC), "2025-10-03 12:00:00"),
        ),
        ("<p>a &amp; b</p>", {"type": "H"}, "a & b"),
        (False, {"type": "B"}, False),
        (False, {"type": "S"}, None),
        (0, {"type": "N"}, Decimal(0)),
        ("nonsense", {"type": "D"}, "nonsense"),
        ([5, "Ромашка"], {"type": "L", "to": "deals"}, Ref("deal", "5", "Ромашка")),
        ([5, "Россия"], {"type": "L", "to": "countries"}, Ref("countries", "5", "Россия")),
        ([5, 6], {"type": "M", "to": "deals"}, [Ref("deal", "5", ""), Ref("deal", "6", "")]),
        ([None], {"type": "M", "to": "deals"}, None),
        ("vip", {"type": "S", "words": [["vip", "Важный"]]}, "Важный"),
        ("new", {"type": "S", "words": [["vip", "Важный"]]}, "new"),
        ([1, 3, None], {"type": "P", "words": [[1, "Опт"], [2, "VIP"]]}, ["Опт", "3"]),
        (2, {"type": "P", "words": [[1, "Опт"], [2, "VIP"]]}, "VIP"),
        ([1, 2], {"type": "S", "words": [[1, "Опт"], [2, "VIP"]]}, "Опт, VIP"),
        (
            "a",
            {"type": "S", "words": ["vip", "ab", ["a", "b", "c"]]},
            "a",
        ),  # labels that stand for themselves
        ([5, "Россия"], {"type": "L"}, [5, "Россия"]),  # nobody tells what is linked
        ([5, 6], {"type": "M"}, [5, 6]),
    ],
)
def test_a_value_without_a_shape_is_read_by_its_definition(
    mapping: SourceMapping, raw: Any, definition: dict[str, Any], expected: Any
) -> None:
    assert values(mapping, raw, defined("f", **definition)) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"value": 5, "currency": "RUB"}, Money(Decimal(5), "RUB")),
        ({"value": 5, "currency": None}, Money(Decimal(5), "")),
        ({"value": 5, "unit": "кг"}, '{"value":5,"unit":"кг"}'),
        ({"value": None, "locality": "Тверь"}, '{"value":null,"locality":"Тверь"}'),
    ],
)
def test_an_object_is_an_amount_only_where_it_has_a_place_for_the_currency(
    tmp_path: Path, raw: Any, expected: Any
) -> None:
    """Pipedrive writes addresses, spans and times as objects with a `value`, too (reference of its API v2, custom fields)."""
    frame = FRAME.replace("kind_key: kind", "money_keys: [value, currency]").partition("month_base")[0]
    mapping = mapping_of(tmp_path, "deal: {from: deals, fields: {name: n}}\n", frame)
    (deal,) = archive_of(mapping, {"deals": [{"id": 1, "f": raw}]}).iterate("deal")
    assert deal["custom"]["f"] == expected


def test_a_link_to_a_shared_stream_finds_the_right_entity(mapping: SourceMapping) -> None:
    records = {
        "fields": [defined("f", type="L", to="partners")],
        "partners": [{"id": 1, "firm": True}, {"id": 2}],
        "deals": [{"id": 1, "f": [1, "Ромашка"]}, {"id": 2, "f": [2, "Анна"]}],
    }
    custom = [deal["custom"]["f"] for deal in archive_of(mapping, records).iterate("deal")]
    assert custom == [Ref("company", "1", "Ромашка"), Ref("contact", "2", "Анна")]


def test_a_history_names_fields_as_people_do(tmp_path: Path) -> None:
    """But not a name that two kinds of records give to fields of different titles."""
    text = TEXT + "change: {from: past, fields: {field: f, label: {path: f, is: label}}}\n"
    definitions = [
        *(defined("a", number, type="S") for number in (13, 14)),
        defined("b", 13, type="S"),
        defined("b", None, type="S", title="Другое"),
    ]
    records = {"fields": definitions, "past": [{"id": n, "f": name} for n, name in enumerate("abc")]}
    mapped = archive_of(mapping_of(tmp_path, text, FRAME), records)
    assert [one.get("label") for one in mapped.iterate("change")] == ["Поле a", None, None]


def test_custom_fields_are_counted_apart_from_unmapped_ones(mapping: SourceMapping) -> None:
    definitions = [defined("f"), defined("own", own=False)]
    records = {"fields": definitions, "deals": [{"id": 1, "f": "x", "g": "y", "own": "z"}]}
    archive = archive_of(mapping, records)
    list(archive.iterate("deal"))
    coverage = archive.coverage.streams["deals"]
    assert (dict(coverage.custom), list(coverage.unmapped)) == ({"f": 1}, ["g", "own"])
    assert coverage.records == 1


def test_a_custom_field_is_carried_though_its_name_looks_like_one_to_leave_out(tmp_path: Path) -> None:
    """People name their own fields as they like."""
    mapping = mapping_of(tmp_path, TEXT, FRAME.replace("ignore: [", "ignore: [tmp*, "))
    records = {"fields": [defined("tmp1")], "deals": [{"id": 1, "tmp1": "x", "tmp2": "y"}]}
    (deal,) = archive_of(mapping, records).iterate("deal")
    assert deal["custom"] == {"tmp1": "x"}


def test_a_field_named_like_a_custom_one_is_one_though_nobody_describes_it(tmp_path: Path) -> None:
    mapping = mapping_of(tmp_path, TEXT, FRAME + "  named: [x_*]\n")
    archive = archive_of(mapping, {"deals": [{"id": 1, "x_no": False, "no": False, "x_none": []}]})
    (deal,) = archive.iterate("deal")
    assert deal["custom"] == {"x_no": False}
    assert dict(archive.coverage.streams["deals"].custom) == {"x_no": 1}
