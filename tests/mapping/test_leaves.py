"""What lies deep in records is read, carried along, or named: nothing of it is in no list."""

from pathlib import Path
from typing import Any

import pytest

from crmexport.mapping.leaves import Leaves
from tests.mapping.support import mapping_of, row

MAPPING = """
kinds: {User: {ref: user}, Sum: {is: money}}
ignore: ["*Count"]
deal:
  from: deal
  fields:
    name: name.text || name
    owner: owner
    amount: sum
company:
  from: deal
  custom: none
  fields: {phones: {path: phones, each: {number: title}}}
line_item:
  from: deal
  each: rows
  custom: item
  fields: {name: what}
"""


def deep(folder: Path, value: dict[str, Any]) -> dict[str, int]:
    leaves = Leaves(mapping_of(folder, MAPPING))
    rows = [row("deal", value)]
    assert list(leaves.passing(rows)) == rows
    return {place: met.count for place, met in leaves.found.get("deal", {}).items()}


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"name": {"text": "a"}}, {}),
        ({"name": {"text": "a", "tone": "b"}}, {"name.tone": 1}),
        ({"name": {"tone": None, "tones": "", "loud": False, "toneCount": 3}}, {}),
        ({"phones": [{"title": "a", "by": "b"}, {"title": "c", "by": "d"}]}, {"phones[].by": 2}),
        ({"phones": [{"title": "a", "more": {"most": [{"deep": 0}]}}]}, {"phones[].more.most[].deep": 1}),
        ({"name": {"text": "a", "title": "b"}}, {"name.title": 1}),  # named, but within another field
        ({"rows": [], "phones": [{"what": "a"}]}, {"phones[].what": 1}),
        ({"owner": {"kind": "User", "id": 5, "mood": "good"}}, {}),  # a record, held by itself
        ({"sum": {"kind": "Sum", "value": 5}}, {}),
        ({"sum": {"kind": "Sum", "value": 5, "valueInMain": 5.01, "rate": 1}}, {}),
        (
            {"sum": {"kind": "Sum", "value": 5, "valueInMain": 450, "rate": 90}},
            {"sum.valueInMain": 1, "sum.rate": 1},
        ),
        ({"sum": {"kind": "Shift", "days": 5}}, {"sum.kind": 1, "sum.days": 1}),
        ({"rows": [{"what": "a", "more": "b"}]}, {}),  # carried along with the item, and counted there
        ({"unnamed": {"more": "b"}, "_parent": {"stream": "x", "id": "1"}}, {}),  # carried along as a whole
    ],
)
def test_what_no_path_names_is_counted_by_its_place(
    tmp_path: Path, value: dict[str, Any], found: dict[str, int]
) -> None:
    assert deep(tmp_path, value) == found


def test_records_are_counted_whatever_is_in_them(tmp_path: Path) -> None:
    leaves = Leaves(mapping_of(tmp_path, MAPPING))
    list(leaves.passing([row("deal", {"id": id}) for id in range(3)]))
    assert leaves.records == {"deal": 3}
