"""What lies in an object of a record, or in a list apart, is read like the record's own fields, and nothing of it gets lost."""

from pathlib import Path
from typing import Any

import pytest

from crmexport.mapping import MappedArchive
from tests.mapping.support import archive_of, mapping_of, readable

FRAME = """
source: toy
unfold: [properties]
lists:
  companies: {from: contact_company, path: to}
  letters: {from: letter}
custom_fields: {from: property, key: name, label: label, stream: of}
"""
BLOCKS = """
company: {from: company, fields: {name: name}}
contact:
  from: contact
  fields:
    name: name
    company: {path: "companies[0]", ref: company}
    is_archived: archived
"""
CONTACT = {"stream": "contact", "id": "1"}
RECORDS: dict[str, list[dict[str, Any]]] = {
    "contact": [
        {"id": "1", "archived": True, "properties": {"name": "Анна", "own": "да", "id": "x", "none": None}},
        {"id": "2", "archived": False, "properties": {"name": "Борис"}},
        {"id": "3", "archived": False, "properties": None},
        {"id": "4", "archived": False, "letters": "два"},
    ],
    "company": [{"id": "55", "properties": {"name": "ООО «Раз»"}}],
    "contact_company": [
        {"id": "1-55", "to": 55, "label": "Главная", "_parent": CONTACT},
        {"id": "1-56", "to": 56, "label": None, "_parent": CONTACT},
        {"id": "0-57", "to": 57, "label": None, "_parent": {"stream": "company", "id": "1"}},
        {"id": "9", "to": 58},
    ],
    "letter": [
        {"id": "7", "text": "Письмо", "_parent": CONTACT},
        {"id": "8", "text": "Ответ", "_parent": {"stream": "contact", "id": "4"}},
    ],
    "property": [{"id": "own", "name": "own", "label": "Своё поле", "of": "contact"}],
}


def held(folder: Path) -> MappedArchive:
    return archive_of(mapping_of(folder, BLOCKS, FRAME), RECORDS)


def test_fields_within_an_object_are_fields_of_the_record(tmp_path: Path) -> None:
    archive = held(tmp_path)
    anna, boris, empty, _own = (readable(one) for one in archive.iterate("contact"))
    assert (anna["source_id"], anna["name"], anna["is_archived"]) == ("1", "Анна", True)
    assert (anna["custom"]["own"], anna["custom"]["properties.id"]) == ("да", "x")
    assert boris["name"] == "Борис"
    assert (empty["source_id"], empty["custom"]) == ("3", {"id": "3"})
    assert [field.label for field in archive.custom_fields("contact")] == ["Своё поле"]
    assert archive.coverage.streams["contact"].custom == {"own": 1}


def test_a_list_apart_is_a_list_in_its_record(tmp_path: Path) -> None:
    anna, boris, *_others = (readable(one) for one in held(tmp_path).iterate("contact"))
    assert anna["company"].startswith("company 55")
    assert "company" not in boris


def test_what_no_rule_names_of_a_list_apart_is_carried(tmp_path: Path) -> None:
    anna, _boris, _empty, own = (readable(one) for one in held(tmp_path).iterate("contact"))
    assert "Письмо" in str(anna["custom"]["letters"])
    assert "56" not in str(anna["custom"])  # named by the rule
    assert own["custom"]["letters"] == "два"
    assert "Ответ" in str(own["custom"]["lists.letters"])


def test_a_stream_that_is_taken_in_part_only_is_told(tmp_path: Path) -> None:
    left = held(tmp_path).mapping.raw_only({"contact": 4, "contact_company": 4, "letter": 2, "property": 1})
    assert left == {"contact_company": 4}


LISTED = """
source: toy
unfold:
  - {from: fields, name: "code || id", value: "code && values || values[*].value", ignore: [title]}
custom_fields:
  from: [contact_field, company_field]
  key: id
  label: label
  stream: of
  type: type
  types: {date: date, moment: moment, many: texts}
  unit: seconds
"""
LISTED_BLOCKS = """
contact:
  from: contact
  fields:
    name: name
    phones: {path: PHONE, each: {number: value, label: kind}}
"""


def of_list(folder: Path, fields: Any) -> dict[str, Any]:
    definitions = [
        {"id": 7, "label": "Регион", "of": "contact", "type": "text"},
        {"id": 8, "label": "Договор от", "of": "contact", "type": "date"},
        {"id": 9, "label": "Встреча", "of": "contact", "type": "moment"},
        {"id": 10, "label": "Интересы", "of": "contact", "type": "many"},
    ]
    records = {
        "contact": [{"id": "1", "name": "Анна", "9": "своё", "fields": fields}],
        "contact_field": definitions,
        "company_field": [],
    }
    archive = archive_of(mapping_of(folder, LISTED_BLOCKS, LISTED), records)
    assert [field.label for field in archive.custom_fields("contact")] == [
        one["label"] for one in definitions
    ]
    (anna,) = (readable(one) for one in archive.iterate("contact"))
    return anna  # type: ignore[no-any-return]


def field(id: int, *values: Any, **more: Any) -> dict[str, Any]:
    return {"id": id, "title": "…", "values": [{"value": value} for value in values], **more}


def test_fields_in_a_list_are_fields_of_the_record(tmp_path: Path) -> None:
    phone = {"id": 5, "code": "PHONE", "values": [{"value": "+79000000001", "kind": "MOB"}, {"value": "22"}]}
    many = field(10, "лодки", "рыба")
    anna = of_list(tmp_path, [phone, field(7, "Север"), field(8, 1751230800), many, field(9, 0)])
    assert anna["phones"] == [{"number": "+79000000001", "label": "MOB"}, {"number": "22"}]
    assert (anna["custom"]["7"], anna["custom"]["8"]) == ("Север", "2025-06-29")
    assert anna["custom"]["10"] == ["лодки", "рыба"]
    assert (anna["custom"]["9"], anna["custom"]["fields.9"]) == ("своё", 0)
    assert "fields" not in anna["custom"]


def test_what_of_such_a_list_is_not_taken_stays_in_it(tmp_path: Path) -> None:
    anna = of_list(tmp_path, [field(7, "Север", secret="да"), "слово", {"values": [{"value": 1}]}])
    left = str(anna["custom"]["fields"])
    assert anna["custom"]["7"] == "Север"
    assert (
        "слово" in left and '"secret":"да"' in left and '"id":7' in left and '"values":[{"value":1}]' in left
    )
    assert "Север" not in left


def test_objects_are_a_list_however_many_there_are(tmp_path: Path) -> None:
    for number in (1, 2):
        phones = [{"value": f"+7900000000{n}", "kind": "MOB"} for n in range(number)]
        anna = of_list(tmp_path, [{"id": 5, "code": "PHONE", "values": phones}])
        assert [one["number"] for one in anna["phones"]] == [one["value"] for one in phones]
        anna = of_list(tmp_path, [{"id": 5, "code": "MAIN", "values": phones}])
        assert len(anna["custom"]["MAIN"]) == number


def test_a_field_that_the_list_tells_twice_has_both_values(tmp_path: Path) -> None:
    assert of_list(tmp_path, [field(7, "Север"), field(7, "Юг")])["custom"]["7"] == "Север, Юг"


def test_another_thing_than_a_list_is_left_alone(tmp_path: Path) -> None:
    assert of_list(tmp_path, "нет полей")["custom"]["fields"] == "нет полей"
    assert "fields" not in of_list(tmp_path, None)["custom"]


def test_an_item_whose_value_is_missed_stays_in_its_list(tmp_path: Path) -> None:
    other = {"id": 7, "values": [{"catalog": 5, "element": 6}]}
    left = str(of_list(tmp_path, [other, field(8), field(9, False)])["custom"]["fields"])
    assert '"element":6' in left
    assert '"id":8' not in left and '"id":9' not in left


@pytest.mark.parametrize(
    ("beside", "is_left"),
    [
        ({"element": 6}, True),
        ({"value": "Юг", "element": 6}, True),
        ({"value": "Юг", "element": None, "title": "…"}, False),
    ],
)
def test_what_lies_beside_a_value_and_is_not_taken_stays_in_its_list_with_all_around_it(
    tmp_path: Path, beside: dict[str, Any], is_left: bool
) -> None:
    """A path to values passes over those that have none of it, and over what else they tell; that is in no table then."""
    anna = of_list(tmp_path, [{"id": 7, "values": [{"value": "Север"}, beside]}])
    assert anna["custom"]["7"].startswith("Север")
    assert ('"id":7' in str(left := anna["custom"].get("fields")) and '"element":6' in str(left)) is is_left


def test_of_lists_that_are_taken_whole_and_of_what_is_ignored_nothing_stays(tmp_path: Path) -> None:
    frame = "source: toy\nunfold: [{from: fields, name: id, value: value, ignore: [meta]}]\n"
    mapping = mapping_of(tmp_path, "contact: {from: contact, fields: {name: name}}", frame)
    fields = [{"id": 7, "value": [[{"a": 1}]], "meta": {"b": 2}}, {"id": 8, "value": {"c": 3}}]
    archive = archive_of(mapping, {"contact": [{"id": "1", "name": "Анна", "fields": fields}]})
    (anna,) = (readable(one) for one in archive.iterate("contact"))
    assert "fields" not in anna["custom"] and '"a":1' in str(anna["custom"]["7"])


def test_an_item_over_which_a_path_stumbles_stays_in_its_list(tmp_path: Path) -> None:
    frame = 'source: toy\nunfold: [{from: fields, name: id, value: "length(values)"}]\n'
    mapping = mapping_of(tmp_path, "contact: {from: contact, fields: {name: name}}", frame)
    fields = [{"id": 7, "values": [1, 2]}, {"id": 8, "values": None}]
    archive = archive_of(mapping, {"contact": [{"id": "1", "name": "Анна", "fields": fields}]})
    (anna,) = (readable(one) for one in archive.iterate("contact"))
    assert anna["custom"]["7"] == 2
    assert '"id":8' in str(anna["custom"]["fields"])
