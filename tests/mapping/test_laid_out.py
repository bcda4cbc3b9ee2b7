"""What lies in an object of a record, or in a list apart, is read like the record's own fields, and nothing of it gets lost."""

from pathlib import Path
from typing import Any

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
