"""What lies deep in records is read, carried along, or named: nothing of it is in no list."""

from pathlib import Path
from typing import Any

import pytest

from crmexport.mapping.leaves import Leaves
from tests.mapping.support import mapping_of, row

MAPPING = """
kinds: {User: {ref: user}, Sum: {is: money}}
ignore: ["*Count", noise]
deal:
  from: deal
  where: "!sort.hidden"
  ignore: [own*]
  fields:
    name: name.text || name
    owner: owner
    amount: sum
    kind: {path: sort.kind, map: {new: active}}
    client_name: {template: "{who.first} {who.last}"}
    contact: {path: link.to, stream: link.kind}
    cost: {path: off.much, currency: off.unit}
company:
  from: deal
  custom: none
  fields:
    phones: {path: phones, each: {number: title}}
    emails: {path: "ways[?kind=='mail']", each: {address: value}}
    sites: {path: "[page.url, page.other]", each: {url: "@"}}
    addresses: {path: "@", each: {text: place.text}}
    number: length(long.list)
line_item:
  from: deal
  each: rows
  custom: item
  fields: {name: what}
change:
  from: deal
  each: moves
  custom: items
  fields: {field: what, parent: $._parent}
tag:
  from: deal
  each: marks.all
  fields: {name: what}
note:
  from: memo
  fields: {text: name}
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
        ({"name": {"tone": None, "tones": "", "loud": False, "toneCount": 3, "noise": 1, "owned": 1}}, {}),
        ({"phones": [{"title": "a", "by": "b"}, {"title": "c", "by": "d"}]}, {"phones[].by": 2}),
        ({"phones": [{"title": "a", "more": {"most": [{"deep": 0}]}}]}, {"phones[].more.most[].deep": 1}),
        ({"name": {"text": "a", "title": "b"}}, {"name.title": 1}),  # named, but within another field
        ({"rows": [], "phones": [{"what": "a"}]}, {"phones[].what": 1}),
        ({"name": {"text": "a"}, "phones": [{"text": "b"}]}, {"phones[].text": 1}),
        (
            {"sort": {"kind": "a", "hidden": "", "more": "b", "active": "c"}},
            {"sort.more": 1, "sort.active": 1},
        ),
        ({"name": "a", "sort": {"kind": "a", "hidden": "b"}}, {}),
        ({"link": {"to": "a", "kind": "b"}, "off": {"much": 5, "unit": "RUB"}}, {}),
        ({"who": {"first": "a", "last": "b", "middle": "c"}}, {"who.middle": 1}),
        ({"owner": {"kind": "User", "id": 5, "mood": "good"}}, {}),  # a record, held by itself
        ({"owner": {"stream": "users", "id": "5"}}, {}),
        ({"sum": {"kind": "Sum", "value": 5}}, {}),
        ({"sum": {"kind": "Sum", "value": 5, "valueInMain": 5.01, "rate": 1}}, {}),
        (
            {"sum": {"kind": "Sum", "value": 5, "valueInMain": 450, "rate": 90}},
            {"sum.valueInMain": 1, "sum.rate": 1},
        ),
        ({"sum": {"kind": "Sum", "value": 5, "valueInMain": None, "rate": 90}}, {"sum.rate": 1}),
        ({"sum": {"kind": "Sum", "value": 5, "valueInMain": 5}}, {}),
        ({"sum": {"kind": "Shift", "days": 5}}, {"sum.kind": 1, "sum.days": 1}),
        ({"rows": [{"what": "a", "more": "b"}]}, {}),  # carried along with the item, and counted there
        ({"moves": [{"what": "a", "more": "b"}]}, {}),
        (
            {"marks": {"all": [{"what": "a", "more": "b"}]}},
            {"marks.all[].more": 1},
        ),  # this one carries nothing
        ({"long": {"list": 5}}, {}),  # a path that stumbles has it carried along
        # named, but the paths lead past it
        ({"who": [{"first": "a"}], "link": [{"to": "b"}]}, {"who[].first": 1, "link[].to": 1}),
        ({"ways": [{"kind": "phone", "value": "1"}]}, {"ways[].kind": 1, "ways[].value": 1}),
        ({"ways": [{"kind": "mail", "value": "1"}]}, {}),
        ({"page": {"url": "a"}, "place": {"text": "b"}}, {}),
        ({"page": [{"url": "a"}], "place": [{"text": "b"}]}, {"page[].url": 1, "place[].text": 1}),
        ({"marks": [{"all": "a", "what": "b"}]}, {"marks[].all": 1, "marks[].what": 1}),
        (
            {"unnamed": {"more": "b"}, "_parent": {"stream": "x", "id": "1", "title": "a"}},
            {},
        ),  # carried as a whole
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


def test_what_one_stream_names_is_not_named_in_another(tmp_path: Path) -> None:
    leaves = Leaves(mapping_of(tmp_path, MAPPING))
    list(leaves.passing([row(stream, {"name": {"text": "a"}}) for stream in ("deal", "memo")]))
    assert {stream: list(places) for stream, places in leaves.found.items()} == {"memo": ["name.text"]}


def test_without_kinds_whatever_has_an_id_is_a_record(tmp_path: Path) -> None:
    mapping = mapping_of(
        tmp_path, "deal: {from: deal, fields: {owner: o, name: n.text}}", "source: toy\nid_key: Id\n"
    )
    leaves = Leaves(mapping)
    list(leaves.passing([row("deal", {"o": {"Id": 5, "mood": "good"}, "n": {"id": 5, "text": "a"}})]))
    assert list(leaves.found["deal"]) == ["n.id"]
