"""Every value has one fate, and the fate is the true one: held against what is really written in the cells."""

from collections import Counter
from typing import Any

import pytest

from crmexport.fitting import Accounts, Fate, tracing
from crmexport.fitting.check import checked
from crmexport.fitting.told import percent
from crmexport.mapping.to.custom_path import CustomPath, custom_path
from crmexport.model import Money, Ref
from crmexport.target import target_names
from tests.fitting.conftest import Covering
from tests.target.invented import Entities, phone

LAYOUT = """
format: csv
tables:
  t:
    from: %s
    columns:
%s
%s
"""


def layout(entity: str, columns: dict[str, str], more: str = "") -> str:
    lines = "\n".join(f"      {heading}: {rule}" for heading, rule in columns.items())
    return LAYOUT % (entity, lines, more)


def fates(accounts: Accounts, entity: str, field: str) -> dict[str, int]:
    return {fate.value: count for fate, count in accounts.fields[entity, field].fates.items() if count}


def values_in(entities: Entities) -> int:
    """All values, counted by the shape of the entities alone."""
    number = 0
    for one in (one for several in entities.values() for one in several):
        for name, value in one.items():
            number += len(value) if name == "custom" or isinstance(value, list) else value is not None
    return number


@pytest.mark.parametrize("name", target_names())
def test_every_value_of_every_target_is_accounted_for(name: str, covering: Covering, made: Entities) -> None:
    made["file"][1]["held_path"] = "exporting gives both files a place"
    accounts = covering(name)
    assert accounts.total().values == values_in(made)
    assert accounts.total().fates[Fate.UNTOLD] == 0


def test_a_column_carries_and_the_rest_has_no_column(covering: Covering) -> None:
    accounts = covering(layout("contact", {"A": "name"}))
    assert fates(accounts, "contact", "name") == {"column": 3}
    assert fates(accounts, "contact", "gender") == {"no_column": 1}
    assert fates(accounts, "deal", "name") == {"table": 2}


def test_the_overflow_carries_what_has_no_column(covering: Covering) -> None:
    accounts = covering(layout("contact", {"A": "name", "B": "description"}, "    overflow: B"))
    assert fates(accounts, "contact", "gender") == {"overflow": 1}


def test_left_out_on_purpose_is_no_loss(covering: Covering) -> None:
    accounts = covering(layout("contact", {"A": "name"}, "    leave_out: [gender]") + "\nleave_out: [deal]")
    assert fates(accounts, "contact", "gender") == {"left_out": 1}
    assert fates(accounts, "deal", "name") == {"left_out": 2}
    assert accounts.fields["contact", "gender"].lost == accounts.fields["deal", "name"].lost == 0


def test_unwanted_rows_are_told_apart(covering: Covering) -> None:
    accounts = covering(layout("company", {"A": "name"}, "    where: {is_deleted: false}"))
    assert fates(accounts, "company", "name") == {"column": 2, "row": 1}
    assert (accounts.entities["company"], accounts.rows["company"]) == (3, 2)


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"A": "phones"}, {"column": 4}),
        ({"A": "'phones[0].number'"}, {"column": 1, "no_column": 3}),
        ({"A": "{path: phones.number, label: [моб]}"}, {"column": 1, "no_column": 3}),
        ({"A": "{path: phones.number, label: []}", "B": "'phones[3].number'"}, {"column": 2, "no_column": 2}),
    ],
)
def test_items_of_lists_count_one_by_one(
    covering: Covering, columns: dict[str, str], expected: dict[str, int]
) -> None:
    assert fates(covering(layout("company", columns)), "company", "phones") == expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("links(company).name", {"column": 1, "part": 1}),
        ("{path: links(company).name, when: {name: x}}", {"no_column": 2}),
    ],
)
def test_of_a_list_of_links_those_that_no_column_shows_do_not_arrive(
    covering: Covering, rule: str, expected: dict[str, int]
) -> None:
    assert fates(covering(layout("deal", {"A": rule})), "deal", "links") == expected


@pytest.mark.parametrize(
    ("rule", "fate"),
    [
        ("custom[f2]", "column"),
        ("'{custom[f2].amount} {custom[f2].currency}'", "column"),
        ("custom[f2].amount", "part"),
        ("custom[f2].id", "elsewhere"),
    ],
)
def test_of_a_custom_field_that_a_column_shows_in_part_the_rest_does_not_arrive(
    covering: Covering, rule: str, fate: str
) -> None:
    text = f"{{text: {rule}}}" if "{" in rule else rule
    for more, expected in (("", fate), ("    overflow: B\n    custom: overflow", "overflow")):
        accounts = covering(layout("company", {"A": text, "B": "description"}, more))
        expected = "column" if fate == "column" else expected
        assert fates(accounts, "company", "custom.f2") == {expected: 1}


def test_of_several_paths_only_the_shown_one_arrives(covering: Covering, made: Entities) -> None:
    made["contact"][0]["middle_name"] = "Петровна"
    accounts = covering(layout("contact", {"A": "{path: [first_name, middle_name]}"}))
    assert fates(accounts, "contact", "first_name") == {"column": 2}
    assert sum(fates(accounts, "contact", "middle_name").values()) == 1
    assert accounts.fields["contact", "middle_name"].reaching == 0
    assert fates(accounts, "contact", "middle_name") == {"no_column": 1}


def test_a_word_missing_in_a_value_map(covering: Covering, made: Entities) -> None:
    made["deal"][0]["result"] = "odd"
    accounts = covering(layout("deal", {"A": "{path: result, choice: {lost: L, won: W, active: A}}"}))
    assert fates(accounts, "deal", "result") == {"choice": 1}
    assert accounts.choices["t", "A"].words == {"odd": 1}


def test_a_value_that_the_cell_cannot_hold(covering: Covering) -> None:
    accounts = covering(layout("contact", {"A": "{path: birthday, is: date}"}))
    assert fates(accounts, "contact", "birthday") == {"column": 1, "unfit": 1}
    assert list(accounts.unfit["t", "A"].words) == ["--02-29"]


def test_an_ambiguous_name_that_has_no_cell(covering: Covering, made: Entities) -> None:
    """It is in the overflow; where there is none, it is lost, and the check of the layout says so."""
    for one in made["contact"]:
        one["emails"] = [{"address": "same@x.example"}, {"address": f"{one['source_id']}@x.example"}]
    for kind, rule, field in (
        ("contact", "name", "name"),
        ("contact", "'emails[0].address'", "emails"),
        ("deal", "company.name", "company"),
    ):
        columns = {"A": f"{{path: {rule}, shared: overflow}}", "B": "source_id"}
        accounts, whole = covering(layout(kind, columns)), covering(layout(kind, columns, "    overflow: B"))
        ambiguous = fates(accounts, kind, field)["shared"]
        assert fates(whole, kind, field)["overflow"] >= ambiguous and not whole.fields[kind, field].lost
        told = [(one.kind, one.lost) for one in checked(accounts) if one.where == f"{kind}.{field}"]
        assert ("shared", ambiguous) in told


def test_a_text_cut_by_a_limit(covering: Covering) -> None:
    accounts = covering(layout("deal", {"A": "{path: description, limit: 100}"}))
    assert fates(accounts, "deal", "description") == {"limit": 1}
    assert accounts.limits["t", "A"].longest == 33_000
    whole = covering(layout("deal", {"A": "{path: description, limit: 100}", "B": "team"}, "    overflow: B"))
    assert fates(whole, "deal", "description") == {"overflow": 1}


def test_excel_cuts_long_texts_also_in_the_overflow(covering: Covering) -> None:
    assert fates(covering("excel"), "deal", "description") == {"limit": 1}
    text = layout("deal", {"A": "name", "B": "team"}, "    overflow: B").replace("csv", "xlsx", 1)
    accounts = covering(text)
    assert fates(accounts, "deal", "description") == {"limit": 1}
    assert fates(accounts, "deal", "number") == {"overflow": 1}


def test_an_amount_without_its_currency_is_a_part(covering: Covering) -> None:
    part = covering(layout("deal", {"A": "amount.amount"}))
    assert fates(part, "deal", "amount") == {"part": 1}
    whole = covering(layout("deal", {"A": "amount.amount", "B": "amount.currency"}))
    assert fates(whole, "deal", "amount") == {"column": 1}


@pytest.mark.parametrize("path", ["'phones[1].label'", "phones.number"])
def test_a_phone_without_its_label_or_number_is_a_part(covering: Covering, path: str) -> None:
    assert fates(covering(layout("company", {"A": path})), "company", "phones")["part"] == 1
    assert "part" not in fates(covering(layout("company", {"A": "phones"})), "company", "phones")


def test_what_its_column_shows_is_whole_though_the_overflow_has_no_room_for_it(covering: Covering) -> None:
    columns = {"A": "{path: name, tell: true}", "B": "description"}
    accounts = covering(layout("deal", columns, "    overflow: B").replace("csv", "xlsx", 1))
    assert fates(accounts, "deal", "name") == {"column": 2}


def test_a_currency_without_its_amount_is_a_part(covering: Covering) -> None:
    part = covering(layout("deal", {"A": "amount.currency"}))
    assert fates(part, "deal", "amount") == {"part": 1}


def test_a_link_to_what_is_not_held(covering: Covering, made: Entities) -> None:
    made["deal"][0]["company"] = Ref("company", "999", "")
    accounts = covering(layout("deal", {"A": "company.name"}))
    assert fates(accounts, "deal", "company") == {"not_held": 1, "column": 1}


def test_a_no_without_a_column_and_markup_are_no_losses(covering: Covering, made: Entities) -> None:
    made["deal"][0] |= {"is_paid": False, "description_html": "<b>x</b>"}
    accounts = covering(layout("deal", {"A": "name"}))
    assert fates(accounts, "deal", "is_paid") == {"no": 1}
    assert fates(accounts, "deal", "description_html") == {"markup": 1}


def test_the_paths_of_a_layout_are_looked_at_once_a_row_and_not_for_each_custom_field(
    covering: Covering, made: Entities, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There may be thousands of both."""
    looked: Counter[str] = Counter()

    def counted(text: str) -> CustomPath | None:
        looked[text] += 1
        return custom_path(text)

    monkeypatch.setattr(tracing, "custom_path", counted)
    made["company"] = [
        {"source_id": str(n), "name": "A", "custom": {"f1": "да", "f3": "нет"}} for n in range(3)
    ]
    accounts = covering(layout("company", {"A": "name"}, "    custom: columns"))
    assert fates(accounts, "company", "custom.f1") == fates(accounts, "company", "custom.f3") == {"column": 3}
    assert looked["name"] == 3


@pytest.mark.parametrize(
    ("custom", "expected"),
    [
        ("columns", ["column", "column", "overflow"]),
        ("overflow", ["overflow", "overflow", "overflow"]),
        ("none", ["no_column", "no_column", "no_column"]),
    ],
)
def test_custom_fields_one_by_one(covering: Covering, custom: str, expected: list[str]) -> None:
    more = f"    custom: {custom}\n    overflow: A"
    accounts = covering(layout("company", {"A": "name"}, more))
    found = [next(iter(fates(accounts, "company", f"custom.{key}"))) for key in ("f1", "f2", "loose")]
    assert found == expected


def test_the_best_of_two_tables_counts(covering: Covering) -> None:
    text = """
format: csv
tables:
  a: {from: deal, where: {result: won}, columns: {A: name}}
  b: {from: deal, columns: {A: number}}
"""
    accounts = covering(text)
    assert fates(accounts, "deal", "name") == {"column": 1, "no_column": 1}


def test_entities_within_the_rows_of_others(covering: Covering, made: Entities) -> None:
    made["note"] += [
        {"source_id": "n2", "parent": Ref("deal", "32"), "text": "zwei", "kind": "k"},
        {"source_id": "n3", "parent": Ref("task", "41"), "text": "drei"},
    ]
    rule = "{children: note.parent, each: '{text}', join: ' / '}"
    accounts = covering(layout("deal", {"A": "name", "B": rule}, "    where: {name: Вторая}"))
    assert fates(accounts, "note", "text") == {"table": 2, "column": 1}
    assert fates(accounts, "note", "kind") == {"no_column": 1}


def test_repeated_columns_and_what_is_beyond_them(covering: Covering) -> None:
    every = covering(layout("company", {"A": "{path: phones.number, repeat: all}"}))
    assert fates(every, "company", "phones") == {"column": 3, "part": 1}  # one has a label
    two = covering(layout("company", {"A": "{path: phones.number, repeat: 2}"}))
    assert fates(two, "company", "phones") == {"column": 1, "part": 1, "no_column": 2}


def test_rows_for_every_item_of_a_list(covering: Covering) -> None:
    accounts = covering(layout("company", {"A": "'phones[0].number'", "B": "name"}, "    each: phones"))
    assert fates(accounts, "company", "phones") == {"column": 3, "part": 1}
    assert fates(accounts, "company", "name") == {"column": 1, "row": 2}  # two companies have no phone


def test_what_only_decides_about_a_row_is_not_shown(covering: Covering) -> None:
    accounts = covering(layout("deal", {"A": "{path: name, when: {result: won}}"}))
    assert fates(accounts, "deal", "result") == {"no_column": 1}


def test_required_columns_that_are_empty(covering: Covering) -> None:
    accounts = covering(layout("contact", {"A": "{path: first_name, required: true}"}))
    assert dict(accounts.empty["t", "A"].words) == {"23": 1}


@pytest.mark.parametrize("name", ["raw", "sql", "jsonl", "parquet", "singer"])
def test_a_copy_of_all_that_there_is_holds_everything(covering: Covering, name: str) -> None:
    accounts = covering(name)
    assert accounts.total().reaching == accounts.total().values > 0
    assert accounts.rows == accounts.entities


def test_lines_of_some_kinds_hold_these(covering: Covering) -> None:
    accounts = covering("format: jsonl\nentities: [deal]\n")
    assert fates(accounts, "deal", "name") == {"column": 2}
    assert fates(accounts, "contact", "name") == {"table": 3}


def test_money_and_links_of_a_whole_layout_arrive(covering: Covering, made: Entities) -> None:
    total = covering("csv").total()
    assert total.reaching == total.values
    assert isinstance(made["company"][0]["balance"], Money)


def test_a_phone_without_a_number_is_nothing_to_read(covering: Covering, made: Entities) -> None:
    made["company"][0]["phones"] = [phone("1"), {"main": True}]
    text = layout("company", {"A": "'phones[0].number'", "B": "description"}, "    overflow: B")
    assert set(fates(covering(text), "company", "phones")) == {"column", "bare"}


def test_percents_never_round_a_loss_away() -> None:
    assert percent(1.0) == "100 %"
    assert percent(0.99999) == "99.9 %"
    assert percent(0.00001) == "0.1 %"
    assert percent(0.5) == "50 %"


def test_russian_has_a_decimal_comma(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crmexport.text._language", "ru")
    assert percent(0.415) == "41,5 %"


def test_totals_agree_with_the_parts(covering: Covering) -> None:
    accounts = covering("bitrix24")
    told: Any = accounts.as_dict()
    assert told["total"]["values"] == sum(kind["values"] for kind in told["entities"])
    for kind in told["entities"]:
        assert kind["values"] == sum(field["values"] for field in kind["fields"])
        assert all(field["values"] == sum(field["fates"].values()) for field in kind["fields"])


def test_what_the_only_table_of_a_kind_leaves_out_as_a_whole_is_left_out_on_purpose(
    covering: Covering,
) -> None:
    accounts = covering(layout("contact", {"A": "name"}, "    leave_out: all"))
    assert fates(accounts, "contact", "name") == {"column": 3}
    assert fates(accounts, "contact", "gender") == {"left_out": 1}
    assert accounts.total().fates[Fate.UNTOLD] == 0


@pytest.mark.parametrize("names", [("one", "two"), ("two", "one")])
def test_a_table_that_leaves_out_all_excuses_no_other(covering: Covering, names: tuple[str, str]) -> None:
    """The same words in a table beside it hide nothing that this one loses, whichever stands first."""
    rules = {"one": "columns: {A: name}, custom: none", "two": "columns: {A: source_id}, leave_out: all"}
    tables = ", ".join(f"{name}: {{from: contact, {rules[name]}}}" for name in names)
    accounts = covering(f"format: csv\ntables: {{{tables}}}\n")
    assert fates(accounts, "contact", "gender") == {"no_column": 1}
    assert fates(accounts, "contact", "name") == {"column": 3}


CUT = "{text: '[№ {number}] {name}', limit: 12}"


@pytest.mark.parametrize(
    ("kind", "columns", "field", "expected"),
    [
        ("deal", {"A": CUT}, "name", {"column": 1, "limit": 1}),
        ("deal", {"A": CUT}, "number", {"column": 1}),
        ("deal", {"A": "{text: '{name|7}'}"}, "name", {"column": 1, "part": 1}),
        ("deal", {"A": CUT, "B": "name"}, "name", {"column": 2}),
        ("deal", {"A": "{path: [team, description], limit: 100}"}, "description", {"limit": 1}),
        ("contact", {"A": "{path: [modified_at, name], is: number, default: x}"}, "name", {"unfit": 3}),
        (
            "company",
            {"A": "{path: 'emails[0].address', is: email}", "B": "'emails[1].address'"},
            "emails",
            {"unfit": 1, "column": 1},
        ),
        (
            "company",
            {"A": "{path: 'phones[2].number', limit: 3}", "B": "'phones[0].number'"},
            "phones",
            {"limit": 1, "column": 1, "no_column": 2},
        ),
        ("company", {"A": "{path: 'phones[2].number', limit: 3}", "B": "phones"}, "phones", {"column": 4}),
    ],
)
def test_what_a_cell_does_not_hold_is_lost_whatever_the_column_is_made_of(
    covering: Covering, kind: str, columns: dict[str, str], field: str, expected: dict[str, int]
) -> None:
    """Texts, several paths and single items as much as one path; what stands in the cell nevertheless arrives."""
    accounts = covering(layout(kind, columns))
    assert fates(accounts, kind, field) == expected
    whole = covering(layout(kind, {**columns, "Z": "source_id"}, "    overflow: Z"))
    assert not whole.fields[kind, field].lost


def test_a_table_that_leaves_all_to_others_has_no_overflow(covering: Covering) -> None:
    text = layout("deal", {"A": "{path: description, limit: 100}"}, "    leave_out: all")
    assert fates(covering(text), "deal", "description") == {"limit": 1}


def test_what_the_overflow_column_cuts_is_lost(covering: Covering, made: Entities) -> None:
    """Beyond its own limit the longest stands last, and whatever is longer than that is cut."""
    made["deal"][1] |= {"team": "short", "number": "77"}
    columns = {"A": "{path: description, limit: 5}", "B": "{path: name, limit: 200}"}
    accounts = covering(layout("deal", columns, "    overflow: B"))
    assert fates(accounts, "deal", "description") == {"limit": 1}
    assert fates(accounts, "deal", "team") == {"overflow": 1}
    assert fates(accounts, "deal", "number") == {"overflow": 2}
    made["deal"][1]["name"] = "x" * 500
    accounts = covering(layout("deal", columns, "    overflow: B"))
    assert fates(accounts, "deal", "name") == {"column": 1, "limit": 1}
    assert fates(accounts, "deal", "team") == {"overflow": 1}
    columns["B"] = "{path: name, limit: 40000}"
    accounts = covering(layout("deal", columns, "    overflow: B"))
    assert fates(accounts, "deal", "description") == {"overflow": 1}


@pytest.mark.parametrize(
    ("kind", "rule", "field", "fate"),
    [
        ("deal", "{path: description, limit: 100}", "description", "limit"),
        ("deal", "{path: result, choice: {lost: L, won: W, active: A}}", "result", "choice"),
        ("contact", "{path: birthday, is: date}", "birthday", "unfit"),
    ],
)
def test_a_check_says_of_every_loss_which_values_it_is_of(
    covering: Covering, made: Entities, kind: str, rule: str, field: str, fate: str
) -> None:
    """The exit code tells of a loss; the sentence about the column, which may have an overflow behind it, does not."""
    made["deal"][0]["result"] = "odd"
    for more, lost in (("", [1]), ("    overflow: B", [])):
        accounts = covering(layout(kind, {"A": rule, "B": "source_id"}, more))
        found = [one for one in checked(accounts) if one.where == f"{kind}.{field}" and one.kind == fate]
        assert [one.lost for one in found] == lost
        assert [one.kind for one in checked(accounts) if one.where == "t.A"] == [fate]


WITHIN = """
format: json
documents: {all.json: [{rows_of: deals}]}
tables:
  deals: {from: deal, where: {result: won}, columns: {name: name}}
  teams: {from: deal, within: {table: deals}, columns: {team: team}}
  notes: {from: note, within: {table: deals, by: parent}, columns: {text: text}}
"""


def test_what_stands_within_a_row_arrives_only_where_that_row_is(covering: Covering, made: Entities) -> None:
    made["deal"] = [
        {"source_id": "1", "result": "won", "team": "a"},
        {"source_id": "2", "result": "lost", "team": "b"},
        {"source_id": "3", "result": "lost", "team": "c"},
    ]
    parents = (("deal", "1"), ("deal", "2"), ("task", "1"))
    made["note"] = [
        {"source_id": str(number), "text": "x", "parent": Ref(*parent)}
        for number, parent in enumerate(parents)
    ]
    accounts = covering(WITHIN)
    assert fates(accounts, "deal", "team") == {"column": 1, "row": 2}
    assert fates(accounts, "note", "text") == {"column": 1, "row": 2}
