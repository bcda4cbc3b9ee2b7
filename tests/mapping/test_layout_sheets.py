"""A layout goes into a workbook and comes back equal; a mistake in the workbook names sheet and cell."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from crmexport.errors import ConfigurationError
from crmexport.mapping.layout_cells import from_cell, to_cell
from crmexport.mapping.layout_sheets import COLUMNS, SETTINGS, TABLES, from_workbook, keys_of, to_workbook
from crmexport.mapping.sheets import Sheet, read_book, write_book
from crmexport.mapping.to import layout_file, layout_names, load_layout
from crmexport.mapping.to.dialects import Dialect, Json, Limits, Sql, VCard
from crmexport.mapping.to.schema import ColumnRule, Entries, Layout, TableRule, Within
from crmexport.text import use_language

DOCS = Path(__file__).parents[2] / "docs"


def back(path: Path, folder: Path) -> Path:
    new = folder / "back.yaml"
    new.write_text(from_workbook(path), encoding="utf-8")
    return new


@pytest.mark.parametrize("name", layout_names())
def test_every_layout_of_ours_comes_back_equal(tmp_path: Path, name: str) -> None:
    to_workbook(layout_file(name), tmp_path / "map.xlsx")
    assert load_layout(back(tmp_path / "map.xlsx", tmp_path)) == load_layout(layout_file(name))


NASTY = """
format: csv
csv: {delimiter: "\\t", line_breaks: "", truth: null}
zone: "+03:00"
tables:
  "1":
    from: deal
    where: {name: [a, null, true, 5], is_deleted: {not: true}}
    title: "=1+1"
    columns:
      "12": name
      "  blank ": {text: "[a {name}] ", join: "", default: "'x"}
      "no": {path: [name, number], label: null}
      "=x": {path: result, choice: {"": "0", won: "null", "*": null}}
      '"q"': {path: phones.number, label: [], limit: 3}
      "l\\nl": {default: "a\\tb\\u2028c"}
"""


def test_nothing_a_layout_may_say_is_lost(tmp_path: Path) -> None:
    first = tmp_path / "first.yaml"
    first.write_text(NASTY, encoding="utf-8")
    to_workbook(first, tmp_path / "map.xlsx")
    assert load_layout(back(tmp_path / "map.xlsx", tmp_path)) == load_layout(first)


def test_what_a_person_sees_is_plain(tmp_path: Path) -> None:
    to_workbook(layout_file("bitrix24"), tmp_path / "map.xlsx")
    book = read_book(tmp_path / "map.xlsx", [SETTINGS, COLUMNS])
    column = next(line.cells for line in book[COLUMNS] if line.cells["column"] == "Название компании")
    assert column == {
        "table": "companies",
        "column": "Название компании",
        "path": "name",
        "default": "Компания #{source_id}",
        "limit": 250,
        "shared": "suffix",
    }
    assert {"key": "csv.delimiter", "value": ";"} in [line.cells for line in book[SETTINGS]]


SETTING: list[list[Any]] = [["key", "value"], ["format", "csv"]]
TABLE: list[list[Any]] = [["table", "from", "overflow"], ["t", "deal"]]
COLUMN: list[list[Any]] = [["table", "column", "path", "choice"], ["t", "A", "name"]]


@pytest.mark.parametrize(
    ("setting", "table", "column", "sentence"),
    [
        ([["key", "value"], ["formt", "csv"]], TABLE, COLUMN, "sheet “Settings”, cell A2: there is no key “formt” here. Did you mean “format”"),
        ([["key", "value"], ["format", "cvs"]], TABLE, COLUMN, "sheet “Settings”, cell B2: “cvs” cannot stand here"),
        ([*SETTING, ["csv.delimiter", ";;"]], TABLE, COLUMN, "sheet “Settings”, cell B3: one sign"),
        ([*SETTING, ["zone", "UTC"], ["zone", "+03:00"]], TABLE, COLUMN, "sheet “Settings”, cell A4: “zone” stands here twice"),
        (SETTING, [["table", "from"], ["t", "dael"]], COLUMN, "sheet “Tables”, cell B2: there is no entity “dael”"),
        (SETTING, [["table", "from", "overflow"], ["t", "deal", "B"]], COLUMN, "sheet “Tables”, cell C2: there is no column “B”"),
        (SETTING, [*TABLE, ["t", "task"]], COLUMN, "sheet “Tables”, cell A3: “t” stands here twice"),
        (SETTING, TABLE, [["table", "column", "path"], ["t", "A", "nmae"]], "sheet “Columns”, cell B2: “deal” has no field “nmae”. Did you mean “name”"),
        (SETTING, TABLE, [["table", "column", "pth"], ["t", "A", "x"]], "sheet “Columns”, cell C1: there is no heading “pth”. Did you mean “path”"),
        (SETTING, TABLE, [["table", "column", "path"], ["s", "A", "name"]], "sheet “Columns”, cell A2: there is no table “s”"),
        (SETTING, TABLE, [*COLUMN, [None, "B", "name"]], "sheet “Columns”, cell A3: something is needed here"),
        (SETTING, TABLE, [*COLUMN, ["t", "A", "number"]], "sheet “Columns”, cell B3: “A” stands here twice"),
        (SETTING, TABLE, [*COLUMN, ["t", "B", "result", "{won: Y"]], "sheet “Columns”, cell D3: this is not YAML"),
        (SETTING, TABLE, [["table", "column", "path", "limit"], ["t", "A", "name", "x"]], "sheet “Columns”, cell D2: a whole number is needed here"),
        (SETTING, TABLE, [*COLUMN, ["t", "B", "result", "{won: Y, won: N, '*': O}"]], "sheet “Columns”, cell D3: this is not YAML (a key stands here twice)"),
        (SETTING, TABLE, [*COLUMN, ["t", "B", "result", "[" * 5000]], "sheet “Columns”, cell D3: this is not YAML (lists or keys within each other"),
        (SETTING, TABLE, [*COLUMN, ["t", "B", "result", "{won: 1, '*': O}"]], "sheet “Columns”, cell D3: “won”: a text is needed here"),
        ([["key", "value"]], TABLE, COLUMN, "sheet “Settings”, cell A1: “format”: this key is needed here and is missing"),
        (SETTING, [*TABLE, ["s", "task"]], COLUMN, "sheet “Tables”, cell A3: “columns”: at least 1 is needed here"),
        (SETTING, [*TABLE, ["s"]], COLUMN, "sheet “Tables”, cell A3: “from”: this key is needed here and is missing"),
    ],
)  # fmt: skip
def test_a_mistake_names_sheet_and_cell(
    tmp_path: Path, setting: Any, table: Any, column: Any, sentence: str
) -> None:
    path = tmp_path / "map.xlsx"
    sheets = zip((SETTINGS, TABLES, COLUMNS), (setting, table, column), strict=True)
    write_book(path, [Sheet(title, rows[0], rows[1:]) for title, rows in sheets])
    with pytest.raises(ConfigurationError) as caught:
        from_workbook(path)
    assert sentence in str(caught.value)


def test_the_keys_in_a_cell_are_what_they_are_in_a_file() -> None:
    """A map from true and false, or from numbers, is one from words."""
    assert from_cell("{true: Y, false: N, 1: one}", text=False) == {"true": "Y", "false": "N", "1": "one"}


def test_a_workbook_without_its_sheets(tmp_path: Path) -> None:
    write_book(tmp_path / "map.xlsx", [Sheet("Setings", ["key"], [])])
    with pytest.raises(ConfigurationError, match="no sheet “Settings”. Did you mean “Setings”"):
        from_workbook(tmp_path / "map.xlsx")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=150)
@given(VALUES)
def test_any_value_survives_a_cell(value: Any) -> None:
    assert from_cell(to_cell(value, text=False), text=False) == value


@settings(max_examples=150)
@given(st.text(max_size=20))
def test_any_text_survives_a_cell(value: str) -> None:
    assert from_cell(to_cell(value, text=True), text=True) == value


MODELS = (Layout, TableRule, ColumnRule, Dialect, Limits, Within, Entries, VCard, Sql, Json)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_key_of_a_layout_is_explained(model: type[BaseModel]) -> None:
    assert [name for name, field in model.model_fields.items() if not field.description] == []


@pytest.mark.parametrize("page", ["targets.md", "ru/targets.md"])
def test_every_key_of_a_layout_stands_on_its_page(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    keys = {key for model in MODELS for key in keys_of(model)}
    assert (
        sorted(key for key in keys if not re.search(rf"`[^`\n]*\b{key}\b[^`\n]*`|^ *{key}:", text, re.M))
        == []
    )


def test_the_last_sheet_says_what_each_heading_means(tmp_path: Path) -> None:
    use_language("ru")
    try:
        to_workbook(layout_file("bitrix24"), tmp_path / "map.xlsx")
    finally:
        use_language("en")
    sheets = (SETTINGS, TABLES, COLUMNS, "Что это значит")
    *others, meanings = (read_book(tmp_path / "map.xlsx", sheets)[sheet] for sheet in sheets)
    told = {
        (line.cells["Лист"], line.cells["Заголовок или ключ"]): line.cells["Значение"] for line in meanings
    }
    assert told[COLUMNS, "limit"] == "Самое большее число знаков; остальное идёт в столбец для остального."
    used = {(one.sheet, heading) for lines in others[1:] for one in lines for heading in one.columns}
    assert used | {(SETTINGS, line.cells["key"]) for line in others[0]} <= set(told)
