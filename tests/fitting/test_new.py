"""A copy of a layout with the archive's own fields: it loads, writes what they hold, and nothing in them breaks it."""

from pathlib import Path
from typing import Any

import pytest

from crmexport.errors import ConfigurationError
from crmexport.fitting.new import with_custom_fields, write_new
from crmexport.mapping import CustomField
from crmexport.mapping.to import layout_file, layout_names, load_layout
from crmexport.mapping.to.nesting import JSON
from crmexport.mapping.to.properties import CONTENT_FORMATS
from crmexport.model import ENTITIES, Type
from tests.fitting.conftest import Covering
from tests.fitting.test_coverage import fates
from tests.target.invented import Entities, Mapped, entities

NASTY = [
    "\n      evil: name",
    "# x",
    "a: b",
    "'",
    '"',
    "\u2028evil: name",
    "\x85evil: name",
    "{",
    "]",
    "*",
    "&a",
    "!x",
    "%",
    "@",
    "`",
    "=1+1",
    "\ud800",
    "no",
]


class With(Mapped):
    """The invented entities with custom fields of any name."""

    def __init__(self, made: Entities, fields: list[CustomField]) -> None:
        super().__init__(made)
        self.own = fields

    def custom_fields(self, kind: str) -> list[CustomField]:
        return [field for field in self.own if field.entity == kind]


def test_the_copy_has_every_custom_field_with_samples(tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    assert write_new(path, layout_file("bitrix24"), Mapped(entities()), "ru") == 3
    text = path.read_text(encoding="utf-8")
    assert '# filled in 1 of 3, such as: “да”\n      Скидка (Опт): "custom[f1]"' in text
    assert "custom[f2].amount" in text
    assert "custom[f2].currency" in text
    assert '# loose: "custom[loose]"' in text  # nobody described it
    assert text.startswith("# yaml-language-server: $schema=file:")
    before = layout_file("bitrix24").read_text(encoding="utf-8").splitlines()[1:]
    assert [line for line in before if line not in text.splitlines()] == []


def test_the_copy_writes_the_same_columns_as_before(tmp_path: Path, covering: Covering) -> None:
    path = tmp_path / "copy.yaml"
    write_new(path, layout_file("bitrix24"), Mapped(entities()), "ru")
    accounts = covering(path.read_text(encoding="utf-8"))
    for key in ("f1", "f2", "f3"):
        assert fates(accounts, "company", f"custom.{key}") == {"column": 1}
    assert fates(accounts, "company", "custom.loose") == {"overflow": 1}


def test_the_copy_rounds_the_numbers_that_the_layout_rounds(tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    kinds = {"n": Type.NUMBER, "m": Type.MONEY, "t": Type.TEXT}
    fields = [CustomField("deal", key, key, "", type_) for key, type_ in kinds.items()]
    write_new(path, layout_file("amocrm"), With(entities(), fields), "ru")
    text = path.read_text(encoding="utf-8")
    for rule in ('{path: "custom[n]", is: whole}', '{path: "custom[m].amount", is: whole}', '"custom[t]"\n'):
        assert f": {rule}" in text


def test_the_copy_keeps_the_limit_of_custom_fields(tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    fields = [CustomField("task", "t1", "Условия", "", Type.TEXT)]
    for name, rule in (("jira", "limit: 255"), ("jira_json", "entry: true, limit: 32000")):
        write_new(path, layout_file(name), With(entities(), fields), "ru")
        assert f'Условия: {{path: "custom[t1]", {rule}}}' in path.read_text(encoding="utf-8")
        path.unlink()


@pytest.mark.parametrize("text", NASTY)
def test_nothing_in_a_field_breaks_the_file(tmp_path: Path, text: str) -> None:
    made = entities()
    made["company"][0]["custom"] = {"k": text, f"undescribed{text}": text}
    source = With(made, [CustomField("company", "k", text, "", Type.TEXT)])
    path = tmp_path / "my.yaml"
    write_new(path, layout_file("bitrix24"), source, "ru")
    columns = load_layout(path).tables["companies"].columns
    before = load_layout(layout_file("bitrix24")).tables["companies"].columns
    assert len(columns) == len(before) + 1
    assert next(reversed(columns.values())) == "custom[k]"


@pytest.mark.parametrize("name", layout_names())
def test_every_layout_of_ours_can_be_copied(tmp_path: Path, name: str) -> None:
    try:
        write_new(tmp_path / "my.yaml", layout_file(name), Mapped(entities()), "en")
    except ConfigurationError as error:
        assert "takes its tables from another one" in str(error)
        assert load_layout(layout_file(name)).like
    else:
        load_layout(tmp_path / "my.yaml")


WITH_TABLES = [name for name in layout_names() if not load_layout(layout_file(name)).like]


@pytest.mark.parametrize("name", WITH_TABLES)
def test_a_field_stands_in_the_tables_of_its_own_entity(tmp_path: Path, name: str) -> None:
    """Also behind columns that are written at another table (`Comments: *comments`)."""
    fields = [CustomField(kind, f"of_{kind}", f"Of {kind}", "", Type.TEXT) for kind in ENTITIES]
    base = layout_file(name)
    write_new(tmp_path / "my.yaml", base, With({kind: [] for kind in ENTITIES}, fields), "en")
    before = load_layout(base)
    takes_columns = before.format not in CONTENT_FORMATS
    for table, rule in load_layout(tmp_path / "my.yaml").tables.items():
        old = before.tables[table]
        new = [one for heading, one in rule.columns.items() if heading not in old.columns]
        is_wanted = takes_columns and not old.leaves_all and (before.format != JSON or old.entries)
        paths = [one if isinstance(one, str) else one.path for one in new]
        assert paths == ([f"custom[of_{rule.from_}]"] if is_wanted else [])


@pytest.mark.parametrize("text", NASTY)
def test_a_card_can_be_given_properties_by_taking_a_mark_away(tmp_path: Path, text: str) -> None:
    made = entities()
    made["company"][0]["custom"] = {"k": text}
    path = tmp_path / "my.yaml"
    write_new(
        path, layout_file("vcard"), With(made, [CustomField("company", "k", text, "", Type.TEXT)]), "ru"
    )
    assert load_layout(path).tables == load_layout(layout_file("vcard")).tables
    path.write_text(path.read_text(encoding="utf-8").replace("# X-CRM-1:", "X-CRM-1:"), encoding="utf-8")
    assert load_layout(path).tables["companies"].columns["X-CRM-1"] == "custom[k]"


def test_a_file_that_exists_stays(tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="exists already"):
        write_new(path, layout_file("bitrix24"), Mapped(entities()), "en")
    assert path.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ("\n      A: name\n    custom: none", "      A: name\n"),
        ("\n      A: {path: name,\n        limit: 3}\n    custom: none", "        limit: 3}\n"),
        ("\n      A:\n        path: name\n    custom: none", "        path: name\n"),
        ("\n      A:\n        text: |\n          {name}\n    custom: none", "          {name}\n"),
        ("\n      A: name", "      A: name"),
        ("\n      B: &b name\n      A: *b\n    custom: none", "      A: *b\n"),
    ],
)
def test_columns_are_put_behind_the_last_one(tmp_path: Path, columns: str, expected: str) -> None:
    text = f"format: csv\ntables:\n  t:\n    from: company\n    columns:{columns}"
    path = tmp_path / "my.yaml"
    path.write_text(text, encoding="utf-8")
    made, _number = with_custom_fields(load_layout(path), text, Mapped(entities()), "ru")
    first, second = made.split("      # Custom fields found in the archive:\n")
    assert first.rstrip("\n").endswith(expected.rstrip("\n"))
    path.write_text(made, encoding="utf-8")
    assert len(load_layout(path).tables["t"].columns) == 5 + columns.count("*")
    assert second


@pytest.mark.parametrize(
    "tables",
    [
        "t: {from: company, columns: {A: name}}",
        "s: {from: stage, columns: &s {A: name}}\n  t:\n    from: company\n    columns: *s",
        "s: &s {from: company, leave_out: all, columns: {A: name}}\n  t:\n    <<: *s\n    leave_out: [name]",
    ],
    ids=["braces", "alias", "merged"],
)
def test_columns_in_braces_or_of_another_table_are_refused(tmp_path: Path, tables: str) -> None:
    text = f"format: csv\ntables:\n  {tables}\n"
    path = tmp_path / "my.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="columns of the table “t” stand in braces"):
        with_custom_fields(load_layout(path), text, Mapped(entities()), "ru")


def test_columns_in_braces_stay_where_no_field_is_to_stand_in_them(tmp_path: Path) -> None:
    text = "format: csv\ntables:\n  t: {from: stage, columns: {A: name}}\n"
    path = tmp_path / "my.yaml"
    path.write_text(text, encoding="utf-8")
    assert with_custom_fields(load_layout(path), text, Mapped(entities()), "ru") == (text, 0)


def test_parts_of_custom_values(covering: Covering, made: Any) -> None:
    text = (
        "format: csv\ntables:\n  t:\n    from: company\n    columns:\n      A: name\n      B: 'custom[f1]'\n"
    )
    accounts = covering(text)
    assert fates(accounts, "company", "custom.f1") == {"column": 1}
    assert fates(accounts, "company", "custom.f2") == {"no_column": 1}


def test_the_copy_of_a_layout_of_objects_has_them_as_entries(tmp_path: Path, covering: Covering) -> None:
    made = entities()
    made["task"][0]["custom"] = {"k": "да", "loose": "x"}
    path = tmp_path / "my.yaml"
    source = With(made, [CustomField("task", "k", "Важно. Очень", "", Type.TEXT)])
    assert write_new(path, layout_file("jira_json"), source, "ru") == 1
    rule = load_layout(path).tables["issues"].columns["Важно. Очень"]
    assert not isinstance(rule, str)
    assert (rule.path, rule.entry) == ("custom[k]", True)
    assert "# loose: {path: " in path.read_text(encoding="utf-8")
