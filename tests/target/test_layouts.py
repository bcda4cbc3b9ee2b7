"""A mistake in a layout file is a sentence with file, line, key and the nearest right word; a right one makes its tables."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, date, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crmexport.errors import ConfigurationError
from crmexport.mapping.to import (
    References,
    Shown,
    fill_children,
    fill_references,
    load_layout,
    needs,
    plans,
    scratch,
    zone_named,
)
from crmexport.mapping.to.shaping import as_html
from crmexport.model import Money, Ref
from crmexport.target import load_target, target_names
from tests.target.invented import FIELDS, Entities, Mapped, entities, moment, phone

Tables = Callable[..., dict[str, list[list[Any]]]]


def layout(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "my.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def tables(tmp_path: Path) -> Tables:
    """The rows (and headings first) of every table of a layout over the invented entities."""

    def make(text: str, made: Entities | None = None, lang: str = "en") -> dict[str, list[list[Any]]]:
        source = Mapped(made or entities())
        with scratch() as database:
            references = References(database)
            found = plans(load_layout(layout(tmp_path, text)), source, lang, UTC)
            shown = Shown(references, source="megaplan")
            fill_references(references, source, needs(found))
            fill_children(shown, source, needs(found))
            all_tables = [plan.table(source, shown) for plan in found]
            rows = {
                one.name: [[c.heading for c in one.columns], *(line.cells for line in one.lines())]
                for one in all_tables
            }
            return rows | {"notes": [dict(one.notes) for one in all_tables]}  # type: ignore[list-item]

    return make


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("format: xslx\nentities: all", ["line 1", "format", "xlsx"]),
        ("format: csv", ["needs “tables”"]),
        ("format: csv\nentities: [compny]", ["line 2", "compny", "company"]),
        ("format: csv\ntabels: {}\nentities: all", ["line 2", "tables"]),
        ("format: csv\nzone: Mars/Base\nentities: all", ["line 2", "Mars/Base", "Europe/Moscow"]),
        ("format: csv\nentities: all\ncsv:\n  delimiter: ';;'", ["line 4", "delimiter", "one sign"]),
        ("format: csv\nentities: all\ncsv:\n  encoding: utf-9", ["line 4", "utf-9"]),
        *(
            (
                f"format: csv\nentities: all\ncsv: {{encoding: {name}}}",
                ["line 3", f"“{name}” cannot hold every text"],
            )
            for name in ("idna", "iso2022_jp", "iso2022_kr", "euc_kr", "raw_unicode_escape")
        ),
        (
            "format: csv\ntables:\n  t: {from: deal, columns: {A: {path: name, replace: {'': x}}}}",
            ["line 3, “tables.t.columns.A”: “replace” needs a sign"],
        ),
        (f"format: csv\nlimits: {{rows: {10**21}}}\nentities: all", ["line 2, “limits.rows”: no more than"]),
        (
            "format: json\ndocuments:\n  a.json: [{rows_of: {t: 1}}]\ntables:\n  t: {from: deal, columns: {A: name}}",
            ["line 3, “documents.a.json”: behind “rows_of” stands the name of a table."],
        ),
        (
            "format: csv\ntables:\n  t:\n    from: deal\n    columns: {}",
            ["line 5, “tables.t.columns”: at least 1"],
        ),
        (
            "format: csv\ntables:\n  t:\n    from: deal\n    columns: {A: {path: name, is: dte}}",
            ["line 5, “tables.t.columns.A.is”: “dte” cannot", "'email', 'midday'", "Did you mean “date”?"],
        ),
        ("format: csv\ntables:\n  t:\n    from: dael\n    columns: {A: name}", ["line 4", "dael", "deal"]),
        (
            "format: csv\ntables:\n  t:\n    from: deal\n    columns:\n      A: nmae",
            ["line 6", "tables.t.columns.A", "nmae", "name"],
        ),
        (
            "format: csv\ntables:\n  t:\n    from: deal\n    columns:\n      A: owner.full_nam",
            ["line 6", "user", "full_nam"],
        ),
        (
            "format: csv\ntables:\n  t:\n    from: deal\n    columns: {A: name.x}",
            ["nothing more can follow “name”"],
        ),
        ("format: csv\ntables:\n  t:\n    from: deal\n    columns: {A: 'name[0]'}", ["not a list"]),
        (
            "format: csv\ntables:\n  t:\n    from: deal\n    columns: {A: 'phones[0].nmber'}",
            ["nmber", "number"],
        ),
        ("format: csv\ntables:\n  t:\n    from: note\n    columns: {A: parent.name}", ["many kinds"]),
        ("format: csv\ntables:\n  t:\n    from: deal\n    columns: {A: 'a b'}", ["not a path"]),
        ("format: csv\ntables:\n  t:\n    from: deal\n    columns: {A: {is: text}}", ["needs “path”"]),
        (
            "format: csv\ntables:\n  t:\n    from: deal\n    columns: {A: {path: name, label: []}}",
            ["phones.number"],
        ),
        (
            "format: csv\ntables:\n  t:\n    from: deal\n    columns: {A: {path: links.title, shared: suffix}}",
            ["company.name"],
        ),
        (
            "format: csv\ntables:\n  t:\n    from: deal\n    columns: {A: {path: result, choice: {won: x}}}",
            ["active, lost"],
        ),
        (
            "format: csv\ntables:\n  t:\n    from: task\n    columns: {A: {path: owner.name, only: {name: x}}}",
            ["watchers.name"],
        ),
        (
            "format: csv\ntables:\n  t:\n    from: task\n    columns: {A: {path: watchers.name, only: {nmae: x}}}",
            ["nmae", "name"],
        ),
        (
            "format: csv\ntables:\n  t:\n    from: deal\n    columns: {A: {path: name, repeat: 2}}",
            ["needs a list"],
        ),
        *(
            (
                f"format: csv\ntables:\n  t:\n    from: deal\n    columns: {{A: {{path: tags.name, repeat: 2, {key}: {value}}}}}",
                [f"“{key}”"],
            )
            for key, value in {
                "is": "text",
                "choice": "{'*': x}",
                "default": "x",
                "shared": "suffix",
                "join": "', '",
                "label": "[]",
                "multiply": "2",
            }.items()
        ),
        (
            "format: csv\ntables:\n  t:\n    from: deal\n    columns: {A: {children: nota.parent}}",
            ["nota", "note"],
        ),
        (
            "format: csv\ntables:\n  t:\n    from: deal\n    columns: {A: {children: note.parent}}",
            ["“repeat” or “join”"],
        ),
        (
            "format: csv\ntables:\n  t:\n    from: deal\n    columns: {A: {text: '{name|nice}'}}",
            ["nice", "dd.mm.yyyy"],
        ),
        ("format: csv\ntables:\n  t:\n    from: deal\n    columns: {A: links(dael).name}", ["dael", "deal"]),
        ("format: csv\ntables:\n  t:\n    from: deal\n    columns: {A: name(deal)}", ["no link"]),
        (
            "format: csv\ntables:\n  t:\n    from: deal\n    columns: {A: {text: '{name'}}",
            ["line 5", "“{name” a brace is alone"],
        ),
        (
            "format: csv\ntables:\n  t:\n    from: deal\n    columns: {A: {text: 'name}'}}",
            ["“name}” a brace"],
        ),
        (
            "format: csv\ntables:\n  t:\n    from: deal\n    columns: {A: {text: '{created_at|yyyy-MM-dd}'}}",
            ["“MM” is no part of a date", "dd, mm and yyyy"],
        ),
        (
            "format: csv\nentities: all\ncsv: {dates: dd.MM.yyyy}",
            ["line 3", "csv.dates", "“MM” is no part of a date"],
        ),
        ("format: csv\nentities: all\ncsv: {times: ДД.ММ.ГГГГ}", ["csv.times", "“ДД” is no part of a date"]),
        ("format: csv\nentities: all\ncsv: {times: '-'}", ["“-” is no part of a date"]),
        ("format: json\njson: {dates: yy-mm-dd}", ["json.dates", "“yy” is no part of a date"]),
        (
            "format: csv\ntables:\n  t:\n    from: deal\n    columns: {A: {path: result, choice: {Won: x, '*': y}}}",
            ["“result” is never “Won”. Did you mean “won”?"],
        ),
        (
            "format: csv\ntables:\n  t:\n    from: deal\n    columns: {A: {path: result, choice: {'LOST ': x, '*': y}}}",
            ["Did you mean “lost”?"],
        ),
        (
            "format: csv\ntables:\n  t:\n    from: deal\n    columns: {A: {path: is_paid, choice: {yes: x, '*': y}}}",
            ["true or false, never “yes”"],
        ),
        (
            "format: csv\ntables:\n  t:\n    from: deal\n    columns: {A: {path: phones.number, each: tel, join: ','}}",
            ["nowhere in “tel”"],
        ),
        (
            "format: csv\ntables:\n  t:\n    from: deal\n    columns: {A: {path: name, text: '{number}'}}",
            ["one of “path”, “text” and “children”"],
        ),
        (
            "format: csv\ntables:\n  t:\n    from: deal\n    columns: {A: {path: name, limit: 0}}",
            ["at least 1 is needed here"],
        ),
        (
            "format: csv\ntables:\n  t:\n    from: deal\n    columns: {A: {path: name, limit: 2.5}}",
            ["a whole number is needed here"],
        ),
        ("format: csv\ncsv: {truth: [a, b, c]}\nentities: all", ["no more than 2"]),
        ("format: csv\ntables:\n  t:\n    from: DEAL\n    columns: {A: name}", ["Did you mean “deal”?"]),
        (
            "format: csv\ntables:\n  t:\n    from: deal\n    columns: {A: name}\n    leave_out: files",
            ["leave_out", "a list is needed here"],
        ),
        (
            "format: csv\ntables:\n  t:\n    from: deal\n    columns: {A: name}\n    where: {stage: Новая}",
            [
                "line 6",
                "“stage” is no word, so it is never “Новая”. Ask for “stage.title”, or for {not: null}.",
            ],
        ),
        (
            "format: csv\ntables:\n  t:\n    from: deal\n    columns: {A: {path: name, when: {amount: 5}}}",
            ["amount.amount"],
        ),
        (
            "format: csv\ntables:\n  t:\n    from: deal\n    columns: {A: {path: name, when: {phones: {not: 'x'}}}}",
            ["phones.number"],
        ),
        (
            "format: csv\ntables:\n  t:\n    from: task\n    columns: {A: {path: deadline, not_before: name}}",
            ["line 5", "not_before"],
        ),
        (
            "format: csv\ntables:\n  t:\n    from: task\n    columns: {A: name}\n    below: deals",
            ["line 6", "“deals” is no link from one “task” to another."],
        ),
        ("like: bitrix25\nformat: csv", ["line 1", "bitrix25", "bitrix24"]),
        ("like: my.yaml", ["line 1", "circle"]),
        (
            "format: csv\ntables:\n  t:\n    from: deal\n    columns: {Aa: name}\n    overflow: Ab",
            ["line 6", "Ab", "Aa"],
        ),
        (
            "format: csv\ntables:\n  t:\n    from: deal\n    columns: {A: name}\n    where: {nam: x}",
            ["nam", "name"],
        ),
        (
            "format: csv\ntables:\n  t:\n    from: deal\n    columns: {A: name}\n    where: {is_deleted: maybe}",
            ["line 6, “tables.t.where.is_deleted”: “is_deleted” is true or false, never “maybe”"],
        ),
        (
            "format: csv\ntables:\n  t:\n    from: task\n    columns: {A: {path: name, when: {status: {not: [done, cancelld]}}}}",
            ["line 5", "“status” is never “cancelld”. Did you mean “cancelled”?"],
        ),
        (
            "format: csv\ntables:\n  t:\n    from: deal\n    columns: {A: name}\n    leave_out: [nam]",
            ["nam", "name"],
        ),
    ],
)
def test_mistakes_are_sentences(tmp_path: Path, text: str, sentences: list[str]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_layout(layout(tmp_path, text))
    message = str(caught.value)
    assert "my.yaml" in message
    assert [one for one in sentences if one not in message] == []


@pytest.mark.parametrize(
    "name",
    ["utf-8-sig", "utf-16", "cp1251", "cp932", "gb18030", "big5", "shift_jis", "cp949", "latin-1", "ascii"],
)
def test_encodings_that_write_each_sign_for_itself_are_taken(tmp_path: Path, name: str) -> None:
    text = f"format: csv\nentities: all\ncsv: {{encoding: {name}}}"
    assert load_target(str(layout(tmp_path, text))).layout.csv.encoding == name


def test_an_unknown_target_names_the_nearest() -> None:
    with pytest.raises(ConfigurationError, match="excel"):
        load_target("exel")
    with pytest.raises(ConfigurationError, match=r"nowhere\.yaml"):
        load_target("nowhere.yaml")
    assert {"excel", "csv", "bitrix24", "raw"} <= set(target_names())


def test_a_layout_of_ones_own_must_not_take_a_folder_in_use(tmp_path: Path) -> None:
    path = tmp_path / "Files.yaml"
    path.write_text("format: csv\nentities: all", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="another name"):
        load_target(str(path))


def test_zones_are_names_or_offsets() -> None:
    assert zone_named("utc") is UTC
    assert zone_named("-03:30") == timezone(-timedelta(hours=3, minutes=30))
    assert str(zone_named("Europe/Moscow")) == "Europe/Moscow"
    for wrong in ("+99:00", "../etc", "Moscow"):
        with pytest.raises(ConfigurationError):
            zone_named(wrong)


COLUMNS = """
format: csv
tables:
  t:
    from: %s
    columns:
      A: %s
    %s
"""


@pytest.mark.parametrize(
    ("kind", "rule", "values"),
    [
        ("contact", "company.name", ["ООО «Ромашка»", "ооо  «ромашка»", None]),
        ("contact", "company.owner.last_name", ["Петров", None, None]),
        ("contact", "company.phones[1].number", ["+7 903 1", None, None]),
        ("contact", "company.created_at", ["2025-03-10 06:00:00+00:00", None, None]),
        ("contact", "company.balance.currency", ["RUB", None, None]),
        ("contact", "company.id", ["1", "2", None]),
        ("contact", "{path: [first_name, name]}", ["Анна", "Анна", "Некто"]),
        ("contact", "{path: gender, choice: {female: F, '*': '', '': X}}", ["F", "X", "X"]),
        ("contact", "{path: birthday, is: date}", ["1985-04-12", None, None]),
        (
            "contact",
            "{path: last_name, default: 'n {source_id}', default_unless: gender}",
            ["Сидорова", "Сидорова", "n 23"],
        ),
        (
            "contact",
            "{path: birthday, is: date, default: none, default_unless: {name: Некто, gender: [male, null]}}",
            ["1985-04-12", "none", None],
        ),
        (
            "contact",
            "{text: '[имя {first_name}], {name}'}",
            ["имя Анна, Сидорова Анна", "имя Анна, Сидорова Анна", ", Некто"],
        ),
        ("contact", "{path: name, limit: 5}", ["Сидо…", "Сидо…", "Некто"]),
        ("task", "executors.name", ["Петров Иван; Петров Иван"]),
        ("task", "{path: tags.title, each: '[*]{}', join: ''}", ["[*]VIP[*]опт"]),
        ("deal", "links.kind", ["task; company", None]),
        ("deal", "company.title", ["ООО «Ромашка»", "Забытая"]),
        ("deal", "company.name", ["ООО «Ромашка»", "Забытая"]),
        ("deal", "{path: number, is: number}", ["17", None]),
        ("deal", "{path: amount.amount, is: whole}", ["1234568", None]),
        ("deal", "{path: amount.amount, multiply: 60}", ["74074073.40", None]),
        (
            "deal",
            "{path: expected_on, is: moment}",
            ["1899-12-31 00:00:00+00:00", "2026-01-02 10:20:30.500000+00:00"],
        ),
        ("deal", "links(company).name", ["ООО «Ромашка»", None]),
        ("deal", "'links(company)[0].owner.last_name'", ["Петров", None]),
        ("deal", "'links(task)[0].responsible.first_name'", ["Иван", None]),
        ("note", "parent(deal).company.phones[1].number", ["+7 903 1"]),
        ("note", "parent(task).name", [None]),
        ("deal", "{path: name, when: {result: {not: won}}}", [None, "Вторая"]),
        ("deal", "{path: name, when: {stage.name: [Успех, Новая]}}", ["+Поставка", None]),
        ("deal", "{path: name, when: {links.kind: task}}", ["+Поставка", None]),
        ("deal", "{text: '{created_at|dd.mm.yyyy hh:mm zzzz}'}", ["31.12.2025 23:30 +0000", None]),
        ("deal", "{text: '{expected_on|yyyy/mm/dd hh:mm}'}", ["1899/12/31", "2026/01/02 10:20"]),
        ("deal", "{text: '{owner.name, company.name, \"nobody\"}'}", ["ООО «Ромашка»", "Забытая"]),
        ("deal", "{text: '{source}:{source_id} {number, \"-\"}'}", ["megaplan:31 00017", "megaplan:32 -"]),
        ("company", "{text: '[тел. {phones[0].number}]'}", ["тел. +7 495 111-22-33", None, None]),
        (
            "task",
            "{text: '{name|id}'}",
            [
                "_41f__43e__437__432__43e__43d__438__442__44c__b__5f_x000D_5f__d__a__441__435__439__447__430__441_"
            ],
        ),
        ("deal", "{path: number, choice: {'1': a, '*': b}}", ["b", None]),
        (
            "company",
            "{path: name, replace: {«: '\"', р: r}}",
            ['ООО "Ромашка»', 'ооо  "rомашка»', "Удалённая"],
        ),
        (
            "deal",
            "{children: note.parent, each: '{author.name}: {text}', join: '; '}",
            ["Петров Иван: @cmd ? одиночный", None],
        ),
        ("deal", "{path: expected_on, is: date}", ["1899-12-31", "2026-01-02"]),
        ("company", "{path: emails.address, label: [], is: email}", ["info@romashka.example", None, None]),
        ("company", "{path: phones.number, label: [моб]}", ["+7 903 1", None, None]),
        ("company", "{path: name, shared: suffix}", ["ООО «Ромашка» #1", "ооо  «ромашка» #2", "Удалённая"]),
        ("company", "{path: name, shared: overflow}", [None, None, "Удалённая"]),
    ],
)
def test_columns_are_what_their_rules_say(
    tables: Tables, kind: str, rule: str, values: list[str | None]
) -> None:
    rows = tables(COLUMNS % (kind, rule, ""))["t"][1:]
    assert [None if row[0] is None else str(row[0]) for row in rows] == values


@pytest.mark.parametrize(
    ("kind", "rule", "field"),
    [
        ("company", "name", "name"),
        ("contact", "'emails[0].address'", "emails"),
        ("deal", "company.name", "company"),
    ],
)
def test_a_name_that_is_ambiguous_is_counted_under_the_field_it_is_of(
    tables: Tables, kind: str, rule: str, field: str
) -> None:
    made: Entities = entities()
    for one in made["contact"]:
        one["emails"] = [{"address": "same@x.example"}]
    text = f"format: csv\ntables:\n  t: {{from: {kind}, overflow: B, columns: {{A: {{path: {rule}, shared: overflow}}, B: source_id}}}}\n"
    (notes,) = tables(text, made)["notes"]
    assert f"overflow.{field}" in notes
    assert "overflow." not in notes


def test_phones_go_to_their_columns_and_the_rest_to_overflow_counted(tables: Tables) -> None:
    made: Entities = {
        "contact": [
            {
                "source_id": "1",
                "phones": [phone("1"), phone("2", "Моб."), phone("3", "факс"), phone("4"), phone("5" * 300)],
            }
        ]
    }
    text = """
format: csv
tables:
  t:
    from: contact
    columns:
      Моб: {path: phones.number, label: [моб]}
      Раб: {path: phones.number, label: [], limit: 250}
      Ещё: {path: phones.number, label: [], limit: 250}
      Комм: description
    overflow: Комм
"""
    found = tables(text, made)
    assert found["t"][1] == ["2", "1", "3", f"Phones: 3 (факс); 4; {'5' * 300}"]
    assert found["notes"] == [{"overflow.phones": 3}]


def test_nothing_is_left_out_uncounted_without_an_overflow_column(tables: Tables) -> None:
    notes = tables(COLUMNS % ("company", "name", "where: {is_deleted: false}"))["notes"][0]
    assert {
        name: notes[name]
        for name in ("left_out.phones", "left_out.inn", "left_out.custom", "rows_not_wanted")
    } == {  # type: ignore[call-overload]
        "left_out.phones": 1,
        "left_out.inn": 1,
        "left_out.custom": 4,
        "rows_not_wanted": 1,
    }


def test_deleted_namesakes_are_told_apart_where_they_have_rows(tables: Tables) -> None:
    """From whoever is there, and from one another; whoever is there keeps the name."""
    gone = {"1": False, "2": True, "3": True}
    companies = [{"source_id": id, "name": "Ромашка", "is_deleted": deleted} for id, deleted in gone.items()]
    contacts = [{"source_id": id, "name": id, "company": Ref("company", id)} for id in gone]
    for kind, name in (("company", "name"), ("contact", "company.name")):
        text = COLUMNS % (kind, f"{{path: {name}, shared: suffix}}", "")
        made = tables(text, {"company": companies, "contact": contacts})["t"][1:]
        assert made == [["Ромашка"], ["Ромашка #2"], ["Ромашка #3"]]


GOOD = [
    "a@b.ru",
    " a@b.ru\n",
    "INFO@Дело.рф",
    "o'hara+crm@x-y.co.uk",
    "1@2.museum",
    "a_b@xn--d1acufc.xn--p1ai",
]
BAD = ["a..b@x.ru", "a.@x.ru", ".a@x.ru", "a@x..ru", "a@x", "a@x.ru.", "a@-x.ru", "a@x_y.ru", "a@1.2.3.4"]
BAD += ["ivan\u043ev@mail.ru", "ivan@m\u0430il.ru", "«a@mail.ru»", '"a b"@x.ru', "mailto:a@x.ru"]


@pytest.mark.parametrize("address", [*GOOD, *BAD])
def test_an_address_that_an_importer_would_refuse_goes_to_the_overflow(tables: Tables, address: str) -> None:
    """Bitrix24, Salesforce and Zoho refuse the whole row."""
    column = "{path: emails.address, label: [], is: email}"
    made = {"contact": [{"source_id": "1", "emails": [{"address": address}]}]}
    (row,) = tables(COLUMNS % ("contact", column, "  N: position\n    overflow: N"), made)["t"][1:]
    address = address.strip()
    assert row == ([address, None] if address in GOOD else [None, f"E-mails: {address}"])


def test_custom_fields_have_headings_that_differ(tables: Tables) -> None:
    rows = tables(
        COLUMNS.replace("A:", "Скидка:") % ("company", "name", "custom: columns\n    overflow: Скидка")
    )["t"]
    assert rows[0] == ["Скидка", "Скидка (Опт)", "Скидка (Розница)", "Комментарий", "Комментарий, currency"]
    assert rows[1][1:4] == ["да", None, 10]
    assert rows[1][4] == "USD"
    assert "loose: 1; x" in rows[1][0]


@pytest.mark.parametrize(("number", "whole", "is_told"), [("2.5", 3, True), ("2.00", 2, False)])
def test_a_custom_field_of_whole_numbers_tells_a_fraction(
    tables: Tables, number: str, whole: int, is_told: bool
) -> None:
    key = next(field.key for field in FIELDS if field.entity == "company")
    made: Entities = {"company": [{"source_id": "1", "custom": {key: Decimal(number)}}]}
    more = "custom: columns\n    custom_numbers: whole\n    overflow: A"
    headings, row = tables(COLUMNS % ("company", "name", more), made)["t"]
    assert row[1] == whole
    assert row[0] == (f"{headings[1]}: {number}" if is_told else None)


def test_all_entities_become_tables_with_every_field(tables: Tables) -> None:
    found = tables("format: xlsx\nentities: all")
    assert list(found) == [
        "company",
        "contact",
        "requisite",
        "deal",
        "pipeline",
        "stage",
        "task",
        "note",
        "change",
        "file",
        "user",
        "notes",
    ]
    deals = [dict(zip(found["deal"][0], row, strict=True)) for row in found["deal"][1:]]
    assert (deals[0]["Company"], deals[0]["Company: ID"], deals[0]["Amount, currency"]) == (
        "ООО «Ромашка»",
        "1",
        "RUB",
    )
    assert (deals[0]["Linked to"], deals[0]["Linked to: kind"]) == (
        "Позвонить _x000D_ сейчас; ООО «Ромашка»",
        "Tasks; Companies",
    )
    assert '"loose": {"a": [1, "x"]}' in found["company"][1][-1]


def test_titles_are_found_however_many_there_are(tables: Tables) -> None:
    many = 5_000
    made: Entities = {
        "user": [{"source_id": str(n), "name": f"U{n}"} for n in range(many)],
        "deal": [
            {
                "source_id": str(n),
                "owner": entities()["contact"][0]["company"]._replace(entity="user", id=str(n)),
            }
            for n in range(many)
        ],
    }
    rows = tables(COLUMNS % ("deal", "owner.name", ""), made)["t"][1:]
    assert [row[0] for row in rows] == [f"U{n}" for n in range(many)]


LONG = "Федеральное  государственное бюджетное учреждение " * 6 + "конец"


@pytest.mark.parametrize("is_held", [True, False], ids=["held", "not held"])
def test_a_link_tells_a_long_title_whole_on_one_line(tables: Tables, is_held: bool) -> None:
    """Nothing else may tell it: the archive need not hold the company, nor the target have a table for it."""
    company = Ref("company", "1", "" if is_held else LONG)
    made: Entities = {
        "company": [{"source_id": "1", "name": LONG}] if is_held else [],
        "deal": [{"source_id": "2", "company": company, "links": [company]}],
    }
    whole = " ".join(LONG.split())
    for rule in ("company", "company.title", "links.title"):
        assert tables(COLUMNS % ("deal", rule, ""), made)["t"][1] == [whole]
    told = tables(COLUMNS % ("deal", "name\n    overflow: A", ""), made)["t"][1][0]
    assert told.count(whole) == 2
    limited = tables(COLUMNS % ("deal", "{path: company, limit: 200}", ""), made)
    assert (limited["t"][1], limited["notes"][0]["cut_texts"]) == ([f"{whole[:199]}…"], 1)  # type: ignore[call-overload]


def test_a_list_becomes_columns_of_one_heading(tables: Tables) -> None:
    made: Entities = {
        "contact": [{"source_id": "1", "phones": [phone("1"), phone("2"), phone("3")]}, {"source_id": "2"}]
    }
    rule = "{path: phones.number, repeat: %s, heading: Тел}\n      Комм: description\n    overflow: Комм"
    found = tables(COLUMNS % ("contact", rule % "all", ""), made)
    assert found["t"] == [["Тел"] * 3 + ["Комм"], ["1", "2", "3", None], [None] * 4]
    found = tables(COLUMNS % ("contact", rule % "2", ""), made)
    assert found["t"][:2] == [["Тел", "Тел", "Комм"], ["1", "2", "Тел: 3"]]
    assert found["notes"] == [{"overflow.phones": 1}]
    found = tables(COLUMNS % ("contact", rule % "0", ""), made)
    assert found["t"][:2] == [["Комм"], ["Тел: 1\n2\n3"]]
    assert found["notes"] == [{"overflow.phones": 3}]


def test_passes_go_over_the_entities_one_after_another(tables: Tables) -> None:
    where = "where: [{company: null}, {company: {not: null}, gender: null}]"
    found = tables(COLUMNS % ("contact", "source_id", where))
    assert found["t"][1:] == [["23"], ["22"]]
    assert found["notes"][0]["rows_not_wanted"] == 1  # type: ignore[call-overload]


def test_a_record_that_two_passes_want_has_one_row(tables: Tables) -> None:
    """Twice in the file it would be twice in the next system."""
    where = "where: [{gender: null}, {company: {not: null}}, {}]"
    found = tables(COLUMNS % ("contact", "source_id", where))
    assert found["t"][1:] == [["22"], ["23"], ["21"]]


def test_what_many_records_need_is_one_row(tables: Tables) -> None:
    """It stands for none of them: what they say is another table's to show, and none is missed here."""
    found = tables(COLUMNS % ("contact", "gender", "once: true\n    where: {company: {not: null}}"))
    assert (found["t"], found["notes"]) == ([["A"], ["female"]], [{}])
    found = tables(COLUMNS % ("contact", "source_id", "once: true\n    where: {source_id: gone}"))
    assert (found["t"], found["notes"]) == ([["A"]], [{}])


def test_rows_stand_below_those_that_they_belong_to(tables: Tables) -> None:
    """A parent that is not held, or of another kind, is none; in a circle nothing can stand above."""
    above = {"1": "4", "2": "1", "3": "gone", "5": "6", "6": "5"}
    made: Entities = {
        "task": [{"source_id": "0", "parent": Ref("project", "4")}]
        + [{"source_id": str(n), "parent": Ref("task", above[str(n)])} for n in (1, 2, 3, 5, 6)]
        + [{"source_id": "4"}]
    }
    rows = tables(COLUMNS % ("task", "source_id", "below: parent"), made)["t"][1:]
    assert [row[0] for row in rows] == ["0", "3", "4", "1", "2", "5", "6"]
    where = "below: parent\n    where: [{source_id: '2'}, {source_id: {not: '2'}}]"
    rows = tables(COLUMNS % ("task", "source_id", where), made)["t"][1:]
    assert [row[0] for row in rows] == ["2", "0", "3", "4", "1", "5", "6"]


def test_however_deep_rows_stand_the_entities_are_gone_over_once(
    tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once for each generation would take a hundred times as long where tasks stand below tasks a hundred deep."""
    whole: Counter[str] = Counter()
    iterate = Mapped.iterate

    def counted(self: Mapped, kind: str, only: Collection[str] | None = None) -> Iterator[Any]:
        whole.update([kind] if only is None else [])
        return iterate(self, kind, only)

    monkeypatch.setattr(Mapped, "iterate", counted)
    chain = [{"source_id": str(n), "parent": Ref("task", str(n + 1))} for n in range(60)]
    rows = tables(COLUMNS % ("task", "source_id", "below: parent"), {"task": chain})["t"][1:]
    assert [row[0] for row in rows] == [str(n) for n in reversed(range(60))]
    assert whole["task"] == 1


def test_what_makes_no_row_and_stands_in_none_is_counted(tables: Tables) -> None:
    """Who has no item of the list whose items make the rows, and a note to what has no row or is not held."""
    people: Entities = {
        "contact": [{"source_id": "1", "phones": [phone("1"), phone("2")]}, {"source_id": "2"}]
    }
    found = tables(COLUMNS % ("contact", "source_id", "each: phones"), people)
    assert found["t"][1:] == [["1"], ["1"]]
    assert found["notes"] == [{"left_out.phones": 2, "rows_not_wanted": 1}]
    deals: Entities = {
        "deal": [{"source_id": "1", "name": "a"}, {"source_id": "2", "name": "b", "is_deleted": True}],
        "note": [
            {"source_id": f"n{id}", "text": f"of {id}", "parent": Ref("deal", id)} for id in ("1", "2", "404")
        ],
    }
    text = COLUMNS % ("deal", "{children: note.parent, join: ;}", "where: {is_deleted: false}")
    text += "  n:\n    from: note\n    where: {parent.kind: company}\n    columns: {A: text}\n"
    found = tables(text, deals)
    assert found["t"][1:] == [["of 1"]]
    assert [notes["rows_not_wanted"] for notes in found["notes"]] == [1, 2]  # type: ignore[call-overload]


def test_a_link_that_no_column_can_show_is_told(tables: Tables) -> None:
    rule = "company.phones[0].number\n      B: description\n    overflow: B"
    assert tables(COLUMNS % ("contact", rule, ""))["t"][1:3] == [
        [
            "+7 495 111-22-33",
            "Full name: Сидорова Анна\nLast name: Сидорова\nFirst name: Анна\nBirthday: 1985-04-12\nGender: female",
        ],
        [None, "Full name: Сидорова Анна\nLast name: Сидорова\nFirst name: Анна\nCompany: ооо «ромашка»"],
    ]


def test_a_currency_without_a_column_is_told(tables: Tables) -> None:
    rule = "balance.amount\n      B: description\n      C: {path: balance.currency}\n    overflow: B"
    made: Entities = {"company": [{"source_id": "1", "balance": entities()["company"][0]["balance"]}]}
    assert tables(COLUMNS % ("company", rule, ""), made)["t"][1][1] is None
    without = tables(
        (COLUMNS % ("company", rule, "")).replace("      C: {path: balance.currency}\n", ""), made
    )
    assert without["t"][1][1] == "Balance: 1250.50 RUB"


def test_a_layout_like_another_changes_what_it_says(tmp_path: Path) -> None:
    mine = load_layout(layout(tmp_path, "like: bitrix24\nzone: Europe/Moscow"))
    ours = load_target("bitrix24").layout
    assert (mine.zone, mine.tables, mine.csv) == ("Europe/Moscow", ours.tables, ours.csv)


ANNA = {"source_id": "1", "first_name": "Анна", "middle_name": "Петровна"}
NAMELESS = {"source_id": "2", "middle_name": "Петровна"}


@pytest.mark.parametrize(
    ("rule", "anna", "nameless"),
    [
        ("{path: [first_name, middle_name]}", "Анна", "Петровна"),
        ("{text: '{first_name, middle_name}!'}", "Анна!", "Петровна!"),
        ("{text: '{first_name} || {middle_name}'}", "Анна", "Петровна"),
        ("{path: first_name, default: '{middle_name}'}", "Анна", "Петровна"),
    ],
)
def test_what_is_passed_over_for_another_goes_to_the_overflow(
    tables: Tables, rule: str, anna: str, nameless: str
) -> None:
    """It does so unless a column of its own shows it, or the layout leaves it out."""
    text = f"format: csv\ntables:\n  t:\n    from: contact\n    columns:\n      A: {rule}\n      N: name\n"
    made = {"contact": [ANNA, NAMELESS]}
    told = tables(text + "    overflow: N\n", made)["t"][1:]
    assert told == [[anna, "Middle name: Петровна"], [nameless, None]]
    left = tables(text + "    overflow: N\n    leave_out: [middle_name]\n", made)["t"][1:]
    assert left == [[anna, None], [nameless, None]]
    shown = tables(text + "      B: middle_name\n    overflow: N\n", made)["t"][1:]
    assert shown == [[anna, None, "Петровна"], [nameless, None, "Петровна"]]


def test_a_zero_that_is_passed_over_goes_to_the_overflow(tables: Tables) -> None:
    text = "format: csv\ntables:\n  t:\n    from: deal\n    columns:\n      A: {path: [probability, paid_percent]}\n      N: name\n    overflow: N\n"
    deal = {"source_id": "1", "probability": Decimal(50), "paid_percent": Decimal(0)}
    assert tables(text, {"deal": [deal]})["t"][1] == [Decimal(50), "Paid, %: 0"]


def test_what_only_says_that_no_default_is_needed_goes_to_the_overflow(tables: Tables) -> None:
    columns = "      A: {path: first_name, default: x, default_unless: middle_name}\n      N: name\n"
    text = f"format: csv\ntables:\n  t:\n    from: contact\n    columns:\n{columns}    overflow: N\n"
    assert tables(text, {"contact": [NAMELESS]})["t"][1] == [None, "Middle name: Петровна"]


def test_a_custom_field_that_is_passed_over_goes_to_the_overflow(tables: Tables) -> None:
    columns = "      A: {path: [first_name, 'custom[x]']}\n      N: name\n"
    text = f"format: csv\ntables:\n  t:\n    from: contact\n    columns:\n{columns}    overflow: N\n    custom: overflow\n"
    made = {"contact": [ANNA | {"custom": {"x": "y"}}, {"source_id": "3", "custom": {"x": "z"}}]}
    assert tables(text, made)["t"][1:] == [["Анна", "Middle name: Петровна\nx: y"], ["z", None]]


HOME = {"text": "Москва, Тверская 1", "city": "Москва", "street": "Тверская 1", "label": "дом"}
MAIL = {"address": "a@x.example", "label": "личная"}


@pytest.mark.parametrize(
    ("path", "cell", "told"),
    [
        ("addresses.text", "Москва, Тверская 1", "Addresses: Москва, Тверская 1 (дом)"),
        ("addresses.city", "Москва", "Addresses: Москва, Тверская 1 (дом)"),
        ("addresses[0].city", "Москва", "Addresses: Москва, Тверская 1 (дом)"),
        ("addresses.label", "дом", "Addresses: Москва, Тверская 1 (дом)"),
        ("addresses", "Москва, Тверская 1 (дом)", None),
        ("emails.address", "a@x.example", "E-mails: a@x.example (личная)"),
        ("emails[0].label", "личная", "E-mails: a@x.example (личная)"),
        ("balance.currency", "RUB", "Balance: 5 RUB"),
        ("balance.amount", Decimal(5), "Balance: 5 RUB"),
    ],
)
def test_what_has_its_column_in_part_goes_to_the_overflow_whole(
    tables: Tables, path: str, cell: Any, told: str | None
) -> None:
    kept = {"balance": Money(Decimal(5), "RUB")} if "balance" in path else {}
    kept |= {"addresses": [HOME]} if "addresses" in path else {"emails": [MAIL]} if "emails" in path else {}
    columns = f"      A: {{path: '{path}'}}\n      N: name\n"
    text = f"format: csv\ntables:\n  t:\n    from: company\n    columns:\n{columns}    overflow: N\n"
    assert tables(text, {"company": [{"source_id": "1", **kept}]})["t"][1] == [cell, told]


def test_what_other_columns_or_the_text_itself_say_is_not_told_again(tables: Tables) -> None:
    unlabelled = {key: value for key, value in HOME.items() if key != "label"}
    one = {"source_id": "1", "addresses": [unlabelled], "phones": [phone("1")]}
    for columns in (
        "{A: 'addresses[0].text', N: name, P: phones.number}",
        "{A: 'addresses[0].city', B: 'addresses[0].street', N: name, P: phones.number}",
    ):
        text = f"format: csv\ntables:\n  t:\n    from: company\n    columns: {columns}\n    overflow: N\n"
        assert "Тверская" not in str(tables(text, {"company": [one]})["t"][1][2 if "B:" in columns else 1])


@pytest.mark.parametrize(
    ("rule", "cell", "told"),
    [
        ("'tags[0].name'", "VIP", "Tags: опт; склад"),
        ("'tags[1].title'", "опт", "Tags: VIP; склад"),
        ("'tags[7].name'", None, "Tags: VIP; опт; склад"),
        ("{text: 'x {tags[0].name}'}", "x VIP", "Tags: опт; склад"),
        ("{default: '{tags[2].name}'}", "склад", "Tags: VIP; опт"),
        ("tags.name", "VIP; опт; склад", None),
        ("'links(tag)[0].name'", "опт", "Linked to: Ромашка"),
        ("{text: '{phones[0].number}'}", "1", "Phones: 1 (дом); 2"),
    ],
)
def test_of_a_list_of_which_a_column_picks_one_the_overflow_tells_the_others(
    tables: Tables, rule: str, cell: str | None, told: str | None
) -> None:
    tags = [{"source_id": str(number), "name": name} for number, name in enumerate(("VIP", "опт", "склад"))]
    links = [Ref("company", "5", "Ромашка"), Ref("tag", "1", "опт")]
    kept = {
        "tags": {"tags": [Ref("tag", one["source_id"], one["name"]) for one in tags]},
        "links": {"links": links},
        "phones": {"phones": [phone("1", "дом"), phone("2")]},
    }
    value = next(value for name, value in kept.items() if name in rule)
    made = {"tag": tags, "company": [{"source_id": "1", **value}]}
    columns = f"      A: {rule}\n      N: name\n"
    text = f"format: csv\ntables:\n  t:\n    from: company\n    columns:\n{columns}    overflow: N\n"
    assert tables(text, made)["t"][1] == [cell, told]


@pytest.mark.parametrize(
    ("head", "names", "is_refused"),
    [
        ("format: csv", ["T", "t"], True),
        ("format: csv", ["a/b", "a_b"], True),
        ("format: csv\nlimits: {rows: 5}", ["t", "T-2"], True),
        ("format: csv\nlimits: {megabytes: 5}", ["t", "t-12", "u"], True),
        ("format: csv", ["t", "t-2"], False),
        ("format: csv\nlimits: {rows: 5}", ["t-2", "u"], False),
        ("format: xlsx\nworkbook: each", ["T", "t"], True),
        ("format: xlsx", ["T", "t"], False),
    ],
)
def test_no_two_tables_become_one_file(tmp_path: Path, head: str, names: list[str], is_refused: bool) -> None:
    tables = "".join(f"  '{name}': {{from: deal, columns: {{A: name}}}}\n" for name in names)
    path = layout(tmp_path, f"{head}\ntables:\n{tables}")
    if not is_refused:
        assert list(load_target(str(path)).layout.tables) == names
        return
    with pytest.raises(
        ConfigurationError, match=f"the tables “{names[0]}” and “{names[1]}” would be one file"
    ):
        load_target(str(path))


PEOPLE: Entities = {
    "contact": [
        {"source_id": "1", "name": "Anna", "emails": [{"address": "a@b.ru"}], "is_main": True},
        {"source_id": "2", "name": "Boris"},
    ],
    "company": [{"source_id": "1", "name": "Rose"}],
    "task": [{"source_id": "2", "name": "Call"}],
    "note": [{"source_id": "n1", "text": "so;so", "parent": Ref("deal", "1")}],
    "deal": [
        {
            "source_id": "1",
            "links": [Ref("company", "1"), Ref("task", "2")],
            "contacts": [Ref("contact", "1"), Ref("contact", "2"), Ref("contact", "404")],
        }
    ],
}


@pytest.mark.parametrize(
    ("rule", "cell", "told"),
    [
        ("links(company).name", "Rose", "All contacts: Anna; Boris; 404\nLinked to: Call"),
        ("{text: '{links(company).name}'}", "Rose", "All contacts: Anna; Boris; 404\nLinked to: Call"),
        ("contacts.emails[0].address", "a@b.ru", "Linked to: Rose; Call\nAll contacts: Boris; 404"),
        (
            "{path: 'contacts.emails[0].address', join: ' '}",
            "a@b.ru",
            "Linked to: Rose; Call\nAll contacts: Boris; 404",
        ),
        (
            "{path: contacts.name, join: ' ', only: {name: Anna}}",
            "Anna",
            "Linked to: Rose; Call\nAll contacts: Boris; 404",
        ),
        ("contacts", "Anna; Boris; 404", "Linked to: Rose; Call"),
        (
            "{path: contacts, each: '{name}', join: ' '}",
            "Anna Boris",
            "Linked to: Rose; Call\nAll contacts: 404",
        ),
        (
            "{path: contacts.name, repeat: 3, when: {name: x}}",
            None,
            "Linked to: Rose; Call\nAll contacts: Anna; Boris; 404",
        ),
    ],
)
def test_of_a_list_of_links_the_overflow_tells_those_that_no_column_shows(
    tables: Tables, rule: str, cell: str | None, told: str
) -> None:
    found = tables(COLUMNS % ("deal", f"{rule}\n      N: description\n    overflow: N", ""), PEOPLE)
    row = found["t"][1]
    assert (row[0], row[-1]) == (cell, told)


TWO = [Ref("contact", "1"), Ref("contact", "2")]


@pytest.mark.parametrize(
    ("deal", "rule", "row"),
    [
        ({"probability": 5}, "{path: probability, shared: suffix}", [5, None]),
        ({"contacts": TWO}, "{path: contacts.name, repeat: 2, when: {name: null}}", ["Anna", "Boris", None]),
        (
            {"contacts": TWO},
            "{path: contacts.name, repeat: 2, when: {name: x}}",
            [None, "All contacts: Anna; Boris"],
        ),
        ({}, "{children: note.parent, repeat: 2, replace: {';': ','}}", ["a,b", "c", None]),
        ({}, "{children: note.parent, repeat: 2, when: {name: x}}", [None, "A: a;b\nc"]),
        ({}, "{children: note.parent, join: ' + ', when: {name: x}}", [None, "A: a;b\nc"]),
        ({}, "{children: note.parent, join: ' + ', when: {name: null}}", ["a;b + c", None]),
    ],
)
def test_what_a_rule_does_to_a_value_it_does_to_those_of_a_list(
    tables: Tables, deal: dict[str, Any], rule: str, row: list[Any]
) -> None:
    """And a number that stands where names are is no name."""
    made: Entities = {
        "contact": [{"source_id": "1", "name": "Anna"}, {"source_id": "2", "name": "Boris"}],
        "deal": [{"source_id": "1", **deal}],
        "note": [{"source_id": text, "text": text, "parent": Ref("deal", "1")} for text in ("a;b", "c")],
    }
    found = tables(COLUMNS % ("deal", f"{rule}\n      N: description\n    overflow: N", ""), made)
    assert found["t"][1] == row


def test_signs_are_replaced_in_the_items_of_a_list_taken_one_by_one(tables: Tables) -> None:
    made: Entities = {"contact": [{"source_id": "1", "phones": [phone("1;2")]}]}
    rule = "{path: phones.number, label: [], replace: {';': ','}}"
    found = tables(COLUMNS % ("contact", rule, ""), made)
    assert (found["t"][1:], found["notes"]) == ([["1,2"]], [{"replaced_characters": 1}])


@pytest.mark.parametrize(
    ("rule", "cell", "told"),
    [
        ("'custom[sum]'", "5 USD", []),
        ("{path: 'custom[sum].amount'}", 5, ["sum: 5 USD"]),
        ("{path: 'custom[sum].currency'}", "USD", ["sum: 5 USD"]),
        ("{text: '{custom[sum].amount} in {custom[sum].currency}'}", "5 in USD", []),
        ("{path: 'custom[sum]', tell: true}", "5 USD", ["sum: 5 USD"]),
        ("{path: 'custom[sum]', when: {name: null}}", "5 USD", []),
        ("{path: 'custom[sum]', when: {name: x}}", None, ["sum: 5 USD"]),
        ("{path: 'custom[who].id'}", "1", []),
        ("{path: 'custom[who].title'}", "Rose", []),
        ("{path: 'custom[number].amount'}", 3, []),
        ("{path: 'custom[number].currency'}", None, ["number: 3"]),
        ("{path: 'custom[word].id'}", None, ["word: no link"]),
        ("{path: 'custom[mixed].id'}", "2", ["mixed: no link; Call"]),
        ("{path: 'custom[mixed].title'}", "no link; Call", []),
    ],
)
def test_of_a_custom_field_that_columns_show_in_part_or_at_times_the_overflow_tells(
    tables: Tables, rule: str, cell: Any, told: list[str]
) -> None:
    custom = {
        "sum": Money(Decimal(5), "USD"),
        "who": Ref("company", "1", "Rose"),
        "word": "no link",
        "number": 3,
        "mixed": ["no link", Ref("task", "2", "Call")],
    }
    named = re.findall(r"custom\[(\w+)\]", rule)
    made: Entities = {"deal": [{"source_id": "1", "custom": {key: custom[key] for key in named}}]}
    text = COLUMNS % ("deal", f"{rule}\n      N: description\n    overflow: N\n    custom: overflow", "")
    assert tables(text, made)["t"][1] == [cell, "\n".join(told) or None]


@pytest.mark.parametrize(
    ("shape", "said", "cell", "is_told"),
    [
        ("is: number", "1 250,50", Decimal("1250.50"), False),
        ("is: number", "a few", None, True),
        ("is: number", "Infinity", None, True),
        ("is: whole", "-2,5", -3, True),
        ("is: whole", "2,00", 2, False),
        ("is: whole", "a few", None, True),
        ("is: duration", "90", "PT1H30M", False),
        ("is: duration", "1,5", None, True),
        ("is: duration", "-5", None, True),
        ("is: duration", "a few", None, True),
        ("multiply: 60", "1,5", Decimal("90.0"), False),
        ("multiply: 60", "a few", None, True),
        ("is: truth", "TRUE", True, False),
        ("is: truth", "maybe", None, True),
    ],
)
def test_what_a_column_of_numbers_cannot_hold_exactly_is_told(
    tables: Tables, shape: str, said: str, cell: Any, is_told: bool
) -> None:
    rule = f"{{path: 'custom[n]', {shape}}}\n      N: name\n    overflow: N"
    made: Entities = {"deal": [{"source_id": "1", "custom": {"n": said}}]}
    assert tables(COLUMNS % ("deal", rule, ""), made)["t"][1] == [cell, f"A: {said}" if is_told else None]


@pytest.mark.parametrize(("word", "row"), [("1", ["a", None]), ("7", [None, "A: 7"]), ("", ["b", None])])
def test_a_word_that_no_value_map_has_is_told(tables: Tables, word: str, row: list[Any]) -> None:
    rule = "{path: number, choice: {'1': a, '': b}}\n      N: name\n    overflow: N"
    made: Entities = {"deal": [{"source_id": "1", "number": word or None}]}
    assert tables(COLUMNS % ("deal", rule, ""), made)["t"][1] == row


@pytest.mark.parametrize(("ages", "is_marked"), [((-1, -1), True), ((-1, 0), True), ((0, -1), False)])
def test_of_two_new_namesakes_both_are_told_apart(ages: tuple[int, int], is_marked: bool) -> None:
    """What is written keeps the name it was written by."""
    people = [{"source_id": "1", "name": "Anna"}, {"source_id": "2", "name": "Anna"}]
    with scratch() as database:
        references = References(database)
        references.fill("contact", people, {"name"}, {"contact.name": lambda one: str(one["name"])})
        found = references.going_on(lambda kind, id: ages[int(id) - 1])
        assert found.is_marked("contact.name", "1", "Anna") == is_marked


@pytest.mark.parametrize(
    ("hour", "clock"),
    [(0, "12:05:09 AM"), (9, "09:05:09 AM"), (12, "12:05:09 PM"), (13, "01:05:09 PM"), (23, "11:05:09 PM")],
)
def test_a_clock_has_twelve_hours_twice(tables: Tables, hour: int, clock: str) -> None:
    made: Entities = {"deal": [{"source_id": "1", "created_at": moment(f"2026-01-01T{hour:02}:05:09Z")}]}
    assert tables(COLUMNS % ("deal", "{path: created_at, is: clock}", ""), made)["t"][1] == [clock]


RUB = Money(Decimal(7), "RUB")
CELL = {"number": "1", "label": "моб"}


@pytest.mark.parametrize(
    ("value", "always", "at_times", "told"),
    [
        ({"amount": RUB}, "source_id", "amount.amount", "Amount: 7 RUB"),
        ({"amount": RUB}, "amount.amount", "amount.currency", "Amount: 7 RUB"),
        ({"custom": {"sum": RUB}}, "'custom[sum].amount'", "'custom[sum].currency'", "sum: 7 RUB"),
        ({"phones": [CELL]}, "source_id", "phones.number", "Phones: 1 (моб)"),
        ({"phones": [CELL]}, "phones.number", "phones.label", "Phones: 1 (моб)"),
        ({"links": [Ref("task", "2", "A")]}, "links(company).name", "links.title", "Linked to: A"),
        ({"number": "5"}, "{path: number, choice: {'5': few}, tell: true}", "number", "Number: 5"),
    ],
)
@pytest.mark.parametrize("is_shown", [True, False])
def test_what_a_column_shows_at_times_is_told_once_where_it_does_not(
    tables: Tables, value: dict[str, Any], always: str, at_times: str, told: str, is_shown: bool
) -> None:
    kind, when = ("contact" if "phones" in value else "deal"), "null" if is_shown else "x"
    made: Entities = {kind: [{"source_id": "1", **value}], "task": [{"source_id": "2", "name": "A"}]}
    rules = f"{{path: {at_times}, when: {{name: {when}}}}}\n      B: {always}\n      N: description\n    overflow: N"
    found = tables(COLUMNS % (kind, rules, "custom: overflow"), made)["t"][1][-1]
    if not is_shown:
        assert found == told
    elif always != "source_id":
        assert found is None


def test_an_amount_of_which_a_column_shows_the_currency_alone_is_told(tables: Tables) -> None:
    made: Entities = {"deal": [{"source_id": "1", "amount": Money(Decimal(7), "")}]}
    rule = "amount.currency\n      N: description\n    overflow: N"
    assert tables(COLUMNS % ("deal", rule, ""), made)["t"][1] == [None, "Amount: 7"]


def test_a_list_behind_another_path_is_told_though_a_column_takes_items_of_it(tables: Tables) -> None:
    made: Entities = {
        "contact": [{"source_id": "1", "last_name": "A", "phones": [phone("1"), phone("2", "моб")]}]
    }
    columns = "{path: [last_name, phones]}\n      B: {path: phones.number, label: []}\n      N: position\n    overflow: N"
    assert tables(COLUMNS % ("contact", columns, ""), made)["t"][1] == ["A", "1", "Phones: 1; 2 (моб)"]


def test_a_label_that_a_column_takes_with_some_items_is_told_with_the_others(tables: Tables) -> None:
    made: Entities = {"contact": [{"source_id": "1", "phones": [phone("1", "раб"), phone("2", "моб")]}]}
    columns = "{path: phones.label, label: [моб]}\n      B: phones.number\n      N: position\n    overflow: N"
    row = tables(COLUMNS % ("contact", columns, ""), made)["t"][1]
    assert row[:2] == ["моб", "1; 2"] and "1 (раб)" in row[2]


LINKS = [Ref("company", "1"), Ref("task", "2")]


@pytest.mark.parametrize(
    ("value", "rule", "cell", "told"),
    [
        ({"amount": RUB}, "{text: '{amount.currency, amount.amount}'}", "RUB", "Amount: 7 RUB"),
        (
            {"custom": {"sum": RUB}},
            "{text: '{custom[sum].currency, custom[sum].amount}'}",
            "RUB",
            "sum: 7 RUB",
        ),
        (
            {"company": LINKS[0], "number": "5"},
            "{text: '{company.phones[0].number, number}'}",
            "5",
            "Company: Rose",
        ),
        (
            {"company": LINKS[0], "number": "5"},
            "{path: ['company.phones[0].number', number]}",
            "5",
            "Company: Rose",
        ),
        (
            {"company": LINKS[0], "number": "5"},
            "{path: number, default: '{company.name}'}",
            "5",
            "Company: Rose",
        ),
        ({"phones": [CELL]}, "{text: '{phones.label} || {phones.number}'}", "моб", "Phones: 1 (моб)"),
        (
            {"phones": [CELL], "position": "5"},
            "{path: position, default: '{phones}'}",
            "5",
            "Phones: 1 (моб)",
        ),
        ({"links": LINKS}, "{text: '{links(company).name} || {links.title}'}", "Rose", "Linked to: Call"),
        ({"links": LINKS, "number": "5"}, "{path: [number, links]}", "5", "Linked to: Rose; Call"),
    ],
)
def test_of_what_a_column_might_have_shown_the_overflow_tells_what_it_has_not(
    tables: Tables, value: dict[str, Any], rule: str, cell: str, told: str
) -> None:
    """A path that stands behind another one shows nothing where that one has a value, nor does one without any itself."""
    kind = "contact" if "phones" in value else "deal"
    made: Entities = {
        kind: [{"source_id": "1", **value}],
        "company": [{"source_id": "1", "name": "Rose"}],
        "task": [{"source_id": "2", "name": "Call"}],
    }
    text = COLUMNS % (kind, f"{rule}\n      N: description\n    overflow: N\n    custom: overflow", "")
    assert tables(text, made)["t"][1] == [cell, told]


def test_the_time_of_another_day_is_not_told_as_that_of_a_whole_day(tables: Tables) -> None:
    made: Entities = {
        "activity": [
            {"source_id": "1", "start": date(2026, 5, 10), "finish": moment("2026-05-11T06:00:00+00:00")},
            {"source_id": "2", "finish": moment("2026-05-11T06:00:00+00:00")},
        ]
    }
    rule = "{path: [start, finish], is: date}\n      T: {text: '{start, finish| hh:mm}'}\n      N: description\n    overflow: N"
    (day, time) = tables(COLUMNS % ("activity", rule, ""), made)["t"][1:]
    assert [str(cell) for cell in day] == ["2026-05-10", "None", "Finish: 2026-05-11 06:00:00 UTC"]
    assert [str(cell) for cell in time] == ["2026-05-11", "06:00", "None"]


@pytest.mark.parametrize(("length", "is_cut"), [(20, False), (21, True), (500, True)])
def test_what_does_not_even_fit_the_overflow_column_is_cut_and_counted(
    tables: Tables, length: int, is_cut: bool
) -> None:
    head = "own\nDeal: "
    name = "x" * (length - len(head))
    made: Entities = {"deal": [{"source_id": "1", "name": name, "description": "own"}]}
    rule = "source_id\n      N: {path: description, limit: 20}\n    overflow: N"
    found = tables(COLUMNS % ("deal", rule, ""), made)
    assert found["t"][1][1] == (f"{head}{name[:9]}…" if is_cut else f"{head}{name}")
    assert found["notes"] == [{"overflow.name": 1, **({"cut_overflows": 1} if is_cut else {})}]


def test_the_link_to_the_row_that_a_row_is_within_is_not_told(tables: Tables) -> None:
    text = """
format: json
documents: {all.json: {deals: [{rows_of: deals}]}}
tables:
  deals: {from: deal, columns: {id: source_id}}
  n: {from: note, within: {table: deals, by: parent}, columns: {text: text, more: subject}, overflow: more}
"""
    made: Entities = {
        "deal": [{"source_id": "1"}],
        "note": [
            {"source_id": "2", "parent": Ref("deal", "1"), "author": Ref("user", "3", "Anna"), "text": "so"}
        ],
    }
    assert tables(text, made)["n"][1] == ["so", "Author: Anna"]


def test_a_number_of_nought_takes_its_part_with_it(tables: Tables) -> None:
    """A discount of nothing is none, whatever kind it would be of."""
    text = "format: csv\ntables:\n  t:\n    from: line_item\n    columns: {A: {text: \"{name}[, {discount|not 0} ({discount_kind, '?'})]\"}}"
    made = [
        {"source_id": "1", "name": "a", "discount": Decimal("0.0"), "discount_kind": "percent"},
        {"source_id": "2", "name": "b", "discount": Decimal("0.5"), "discount_kind": "percent"},
        {"source_id": "3", "name": "c", "discount_kind": "percent"},
        {"source_id": "4", "name": "d", "discount": Decimal(2)},
    ]
    assert tables(text, {"line_item": made})["t"][1:] == [["a"], ["b, 0.5 (percent)"], ["c"], ["d, 2 (?)"]]


@pytest.mark.parametrize(
    ("text", "cell", "told"),
    [
        ("{name|8}", "Льняные…", ["Company: Льняные занавески"]),
        ("{name|17}", "Льняные занавески", []),
        ("{phones[0].number|4} {name}", "+79… Льняные занавески", ["Phones: +79000000001"]),
        ("{owner.name|4} {name}", "Пет… Льняные занавески", ["Responsible: Петров Иван"]),
    ],
)
def test_what_a_text_has_no_room_for_goes_to_the_overflow(
    tables: Tables, text: str, cell: str, told: list[str]
) -> None:
    """As the page on layouts has it: cut as a limit cuts."""
    made = entities()
    more = {"phones": [phone("+79000000001")], "owner": Ref("user", "11")}
    shown = {name: value for name, value in more.items() if name in text}
    made["company"] = [{"source_id": "1", "name": "Льняные занавески", **shown}]
    rule = f"{{A: {{text: '{text}'}}, N: inn}}, overflow: N"
    rows = tables(f"format: csv\ntables:\n  t: {{from: company, columns: {rule}}}", made)["t"]
    assert rows[1] == [cell, "\n".join(told) or None]


def test_a_list_of_those_that_refer_over_another(tables: Tables) -> None:
    text = (
        "format: csv\ntables:\n  t:\n    from: deal\n    columns:\n"
        "      A: {children: line_item.order.links(deal), join: '; '}\n"
    )
    order = {"source_id": "o", "kind": "sale.order", "links": [Ref("company", "1"), Ref("deal", "2")]}
    made = {
        "deal": [{"source_id": "1", "name": "x"}, {"source_id": "2", "name": "y"}],
        "record": [order],
        "line_item": [
            {"source_id": "1", "name": "a", "order": Ref("record", "o")},
            {"source_id": "2", "name": "b", "order": Ref("record", "gone")},
            {"source_id": "3", "name": "c", "order": Ref("record", "o")},
        ],
    }
    assert tables(text, made)["t"][1:] == [[None], ["a; c"]]


@pytest.mark.parametrize(
    ("text", "kept"),
    [("<" * 23, 23), ("<" * 24, 22), ("<" * 90, 23), ("x\n" * 50, 37), ("x" * 93, 93), ("x" * 94, 92)],
)
def test_a_text_that_is_too_long_as_markup_loses_no_more_than_it_must(
    tables: Tables, text: str, kept: int
) -> None:
    """Each sign may become five: cut by as many signs as are too many, nothing would be left of a page of XML."""
    made: Entities = {"deal": [{"source_id": "1", "description": text}]}
    found = tables(COLUMNS % ("deal", "{path: description, markup: html, limit: 100}", ""), made)
    written = as_html(text if kept == len(text) else f"{text[:kept]}…")
    assert len(written) in range(95, 101)
    assert found["t"][1][0] == written
    assert found["notes"][0].get("cut_overflows", 0) == (kept < len(text))


@pytest.mark.parametrize(("last", "after"), [("2026-12-31", "2027-01-01"), ("9999-12-31", "9999-12-31")])
def test_no_day_comes_after_the_last_of_all(tables: Tables, last: str, after: str) -> None:
    made: Entities = {"absence": [{"source_id": "1", "finish": date.fromisoformat(last)}]}
    found = tables(COLUMNS % ("absence", "{path: finish, is: day_after}", ""), made)
    assert (str(found["t"][1][0]), found["notes"]) == (after, [{}])


def test_what_does_not_fit_is_cut_from_the_longest(tables: Tables) -> None:
    """A hundred calls to a client do not push the number of a tax payer out of the text."""
    text = (
        "format: csv\ntables:\n  t:\n    from: company\n    columns:\n"
        "      A: {path: description, limit: 60}\n"
        "      Calls: {children: note.parent, each: '{text}', repeat: 0}\n"
        "    overflow: A\n    custom: overflow\n"
    )
    said = [{"source_id": str(n), "text": f"звонок {n}", "parent": Ref("company", "1")} for n in range(100)]
    company = {"source_id": "1", "name": "x", "inn": "0077012345", "description": "Давний клиент"}
    made = tables(text, {"company": [company], "note": said})
    ((cell,),) = made["t"][1:]
    assert cell.startswith("Давний клиент\n") and "INN: 0077012345" in cell and len(cell) == 60
    assert cell.endswith("…") and made["notes"][0]["cut_overflows"] == 1


@pytest.mark.parametrize(("length", "is_cut"), [(40, False), (41, True), (500, True)])
def test_a_text_that_fills_the_overflow_column_leaves_room_for_what_is_short(
    tables: Tables, length: int, is_cut: bool
) -> None:
    """It is cut anyway; the number of a tax payer and the calls of a client would be gone, too."""
    text = (
        "format: csv\ntables:\n  t:\n    from: company\n    columns:\n"
        "      A: {path: description, limit: 40}\n    overflow: A\n"
    )
    company = {"source_id": "1", "inn": "0077012345", "kpp": "1234567890123", "description": "ы" * length}
    ((cell,),) = tables(text, {"company": [company]})["t"][1:]
    own, *lines = cell.split("\n")
    assert len(cell) == 40 and own.strip("ы…") == "" and cell.endswith("…")
    assert lines == (["INN: 0077012345", "…"] if is_cut else [])
