"""What stands in the rows of others by `children` has arrived, and nothing else has: held against the cells of an export."""

import csv
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crmexport.fitting.check import checked
from crmexport.model import Money, Ref
from crmexport.target import export, load_target
from tests.fitting.conftest import Covering
from tests.fitting.test_coverage import fates, layout
from tests.target.invented import Entities

DEAL, OTHER = Ref("deal", "31"), Ref("deal", "32")


@pytest.fixture(autouse=True)
def notes(made: Entities) -> None:
    made["note"] = [
        {"source_id": "n1", "parent": DEAL, "text": "eins"},
        {"source_id": "n2", "parent": OTHER, "text": "zwei und mehr"},
        {"source_id": "n3", "parent": DEAL, "text": "drei mit langem Text"},
        {"source_id": "n4", "parent": DEAL, "text": "vier"},
    ]


def cells(archive: Any, tmp_path: Path) -> str:
    export(archive, None, None, [load_target(str(tmp_path / "my.yaml"))], tmp_path / "out", lang="en")  # type: ignore[arg-type]
    with (tmp_path / "out/my/t.csv").open(encoding="utf-8", newline="") as file:
        return " ".join(cell for row in csv.reader(file) for cell in row)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("join: ' / '", {"column": 4}),
        ("repeat: all", {"column": 4}),
        ("repeat: 1", {"column": 2, "no_column": 2}),
        ("repeat: 0", {"no_column": 4}),
        ("repeat: 2, limit: 13", {"column": 2, "limit": 1, "no_column": 1}),
        ("join: ' / ', limit: 13", {"column": 2, "limit": 2}),
        ("join: ' / ', when: {result: won}", {"column": 3, "no_column": 1}),
        ("repeat: all, when: {result: won}", {"column": 3, "no_column": 1}),
    ],
)
def test_what_the_row_has_no_room_for_does_not_arrive(
    covering: Covering, archive: Any, made: Entities, tmp_path: Path, rule: str, expected: dict[str, int]
) -> None:
    columns = {"A": "name", "B": "{children: note.parent, each: '{text}', " + rule + "}"}
    accounts = covering(layout("deal", columns))
    written = cells(archive, tmp_path)
    assert fates(accounts, "note", "text") == expected
    assert sum(one["text"] in written for one in made["note"]) == expected.get("column", 0)
    told = sum(one.lost for one in checked(accounts) if one.kind == "no_column" and one.where == "note.text")
    assert told == expected.get("no_column", 0)
    whole = covering(layout("deal", columns, "    overflow: A"))
    assert fates(whole, "note", "text") == {"column": 4}


def test_a_row_of_another_table_shows_nothing(covering: Covering) -> None:
    text = """
format: csv
tables:
  a: {from: deal, where: {result: won}, columns: {A: {children: note.parent, join: ' '}}}
  b: {from: deal, columns: {A: name}}
"""
    assert fates(covering(text), "note", "text") == {"column": 3, "table": 1}


def test_of_several_paths_in_the_text_of_another_only_the_shown_one_arrives(
    covering: Covering, made: Entities
) -> None:
    made["note"][0] |= {"subject": "Betreff", "text": "ein Betreff"}
    made["note"][1] |= {"subject": "über mehr"}
    rule = "{children: note.parent, each: '{text, subject}', join: ' '}"
    accounts = covering(layout("deal", {"A": rule}))
    assert fates(accounts, "note", "text") == {"column": 4}
    assert fates(accounts, "note", "subject") == {"column": 1, "elsewhere": 1}


def test_of_an_amount_the_currency_must_be_told_too(covering: Covering, made: Entities) -> None:
    made["line_item"] = [
        {"source_id": "7", "deal": DEAL, "price": Money(Decimal(5), "RUB"), "discount": Decimal(0)},
        {"source_id": "8", "deal": DEAL, "price": Money(Decimal(6), "RUB"), "discount": Decimal(3)},
    ]
    for each, expected in (("{price.amount}", "part"), ("{price.amount} {price.currency}", "column")):
        rule = "{children: line_item.deal, join: ' ', each: '" + each + "[, {discount|not 0} off]'}"
        accounts = covering(layout("deal", {"A": rule}))
        assert fates(accounts, "line_item", "price") == {expected: 2}
        assert fates(accounts, "line_item", "discount") == {"column": 1, "left_out": 1}


def test_of_custom_fields_and_links_only_those_named_arrive(covering: Covering, made: Entities) -> None:
    made["note"][0] |= {"custom": {"a": "x", "b": "y"}, "author": Ref("user", "404")}
    rule = "{children: note.parent, each: '{custom[a]} {author.name}', join: ' '}"
    accounts = covering(layout("deal", {"A": rule}))
    assert fates(accounts, "note", "custom.a") == {"column": 1}
    assert fates(accounts, "note", "custom.b") == {"no_column": 1}
    assert fates(accounts, "note", "author") == {"not_held": 1}


@pytest.mark.parametrize(("limit", "expected"), [(100, {"column": 4}), (60, {"column": 3, "limit": 1})])
def test_what_the_overflow_column_cuts_of_them_does_not_arrive(
    covering: Covering, archive: Any, made: Entities, tmp_path: Path, limit: int, expected: dict[str, int]
) -> None:
    made["deal"] = [{"source_id": "31", "name": "x"}, {"source_id": "32"}]
    made["note"][2]["text"] += " und noch vielen Worten, die nicht alle hineingehen"
    columns = {
        "A": f"{{path: name, limit: {limit}}}",
        "B": "{children: note.parent, each: '{text}', repeat: 0}",
    }
    made["note"][2:] = made["note"][:1:-1]  # the long one stands last
    accounts = covering(layout("deal", columns, "    overflow: A"))
    written = cells(archive, tmp_path)
    assert fates(accounts, "note", "text") == expected
    assert sum(one["text"] in written for one in made["note"]) == expected["column"]


def test_of_several_links_only_those_to_records_with_a_row_arrive(covering: Covering, made: Entities) -> None:
    """What else an event is linked to, the row in which it stands does not tell; unless its text names it."""
    made["activity"] = [{"source_id": "a1", "name": "Anruf", "links": [DEAL, Ref("activity", "9", "Brief")]}]
    for each, expected in (
        ("{name}", {"column": 1, "no_column": 1}),
        ("{name} {links.title}", {"column": 2}),
    ):
        rule = "{children: activity.links, each: '" + each + "', join: ' '}"
        accounts = covering(layout("deal", {"A": "name", "B": rule}))
        assert fates(accounts, "activity", "links") == expected
