"""Nested JSON, as a layout describes it: rows in documents and in other rows, read back to the last sign."""

import json
import re
from collections.abc import Callable
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from crmexport.errors import ConfigurationError
from crmexport.mapping.to import Line, scratch
from crmexport.model import Money, Ref
from crmexport.target import Mismatch, Output, compare, load_target
from crmexport.target.nested.parts import parts
from crmexport.target.readback.json_text import Fraction, JsonText
from tests.fitting.conftest import Covering, covering
from tests.target.invented import Entities, moment

__all__ = ["covering"]

Export = Callable[..., list[Output]]

LONG = "long " * 30
LAYOUT = """
format: json
zone: "+03:00"
json: {times: "yyyy-mm-ddThh:mm:ss.000zzzz", dates: dd.mm.yyyy}
documents:
  all.json:
    version: 2
    deals:
      - {id: "0", name: written in full, note: LONG}
      - {rows_of: deals}
    pairs: [{rows_of: pairs}]
    empty: []
  index.json:
    files: [{files_of: deals, as: "./{file}"}]
    fields: [{columns_of: deals, only: entries, id: "{number}", name: "{heading}", longest: 5}]
tables:
  deals:
    from: deal
    columns:
      id: source_id
      name: name
      money.amount: {path: amount.amount}
      money.currency: amount.currency
      when: created_at
      Phones: {path: phones.number, heading: "phones[].number", repeat: all}
      "words[]": {path: tags.name, repeat: all}
      closed: {path: result, choice: {won: "true", lost: "false", active: "false"}, is: truth}
      "steps[0].name": stage.name
      "steps[0].of.id": pipeline.id
      Number: {path: number, entry: true}
      Chance in full: {path: probability, entry: true, about: {kind: number}}
    entries: {in: more, entry: {id: "f{number}", name: "{heading}", value: "<{cell}>"}}
  notes:
    from: note
    within: {table: deals, by: parent, as: comments}
    columns: {text: text, at: {path: created_at, is: date}}
  answers:
    from: note
    where: {reply_to: {not: null}}
    within: {table: notes, by: reply_to}
    columns: {"@": text}
  pairs:
    from: deal
    each: contacts
    where: {contacts.name: {not: null}}
    within: {table: deals}
    columns: {"@": {text: "{source_id}-{contacts(contact)[0].id}"}}
    leave_out: all
""".replace("LONG", LONG + "end")


@pytest.fixture
def entities(made: Entities) -> Entities:
    made["deal"][0] |= {
        "phones": [{"number": "1"}, {"number": "2"}],
        "tags": [Ref("tag", "1", "VIP")],
        "contacts": [Ref("contact", "21"), Ref("contact", "404"), Ref("contact", "22")],
        "created_at": moment("2025-12-31T23:30:00+00:00"),
    }
    # the second has what stands second in a list, and not what stands first
    made["deal"][1] |= {"phones": [{"label": "none yet"}, {"number": "3"}], "probability": Decimal(5)}
    made["note"] = [
        {
            "source_id": "n1",
            "parent": Ref("deal", "31"),
            "text": 'один \ud83d\n"{cell}"',
            "created_at": moment("2026-01-01T22:00:00+00:00"),
        },
        {"source_id": "n2", "parent": Ref("deal", "31"), "text": "два", "reply_to": Ref("note", "n1")},
        {"source_id": "n3", "parent": Ref("task", "41"), "text": "к задаче"},
        {"source_id": "n4", "parent": Ref("deal", "31"), "text": "три"},
    ]
    return made


@pytest.fixture
def written(exporting: Export, entities: Entities, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Export a layout as `my` and give the objects of its files by name."""

    def run(text: str = LAYOUT) -> dict[str, Any]:
        (tmp_path / "my.yaml").write_text(text, encoding="utf-8")
        outputs = exporting(str(tmp_path / "my.yaml"), lang="en")
        paths = [tmp_path / "out" / one.path for one in outputs if one.path.endswith(".json")]
        return {path.name: json.loads(path.read_text(encoding="utf-8")) for path in paths}

    return run


@pytest.fixture
def comparing(archive: Any, tmp_path: Path) -> Callable[[], list[Mismatch]]:
    return lambda: list(compare(archive, None, None, tmp_path / "out"))  # type: ignore[arg-type]


def test_rows_stand_where_the_document_and_their_links_say(
    written: Callable[..., Any], comparing: Callable[[], list[Mismatch]]
) -> None:
    files = written()
    assert files["all.json"] == {
        "version": 2,
        "deals": [
            {"id": "0", "name": "written in full", "note": f"{LONG}end"},
            {
                "id": "31",
                "name": "+Поставка",
                "money": {"amount": 1234567.89, "currency": "RUB"},
                "when": "2026-01-01T02:30:00.000+0300",
                "phones": [{"number": "1"}, {"number": "2"}],
                "words": ["VIP"],
                "closed": True,
                "steps": [{"name": "Успех", "of": {"id": "5"}}],
                "more": [
                    {"id": "f1", "name": "Number", "value": "<00017>"},
                    {
                        "id": "f2",
                        "name": "Chance in full",
                        "value": "<12345678901234567890>",
                        "kind": "number",
                    },
                ],
                "comments": [
                    {"text": 'один �\n"{cell}"', "at": "02.01.2026", "answers": ["два"]},
                    {"text": "два"},
                    {"text": "три"},
                ],
            },
            {
                "id": "32",
                "name": "Вторая",
                "phones": [{"number": "3"}],
                "more": [{"id": "f2", "name": "Chance in full", "value": "<5.0>", "kind": "number"}],
            },
        ],
        "pairs": ["31-21", "31-22"],
        "empty": [],
    }
    assert files["index.json"] == {
        "files": ["./all.json"],
        "fields": [{"id": "1", "name": "Numb…"}, {"id": "2", "name": "Chan…", "kind": "number"}],
    }
    assert comparing() == []


def test_rows_of_nobody_are_counted(
    exporting: Export, entities: Entities, covering: Covering, tmp_path: Path
) -> None:
    (tmp_path / "my.yaml").write_text(LAYOUT, encoding="utf-8")
    (output, *_others) = exporting(str(tmp_path / "my.yaml"))
    assert output.notes["rows_without_place"] == 1
    assert output.notes["replaced_characters"] == 1
    assert output.rows == 2 + 3 + 1 + 2
    accounts = covering(LAYOUT)
    texts = accounts.fields["note", "text"]
    assert {fate.value: count for fate, count in texts.fates.items() if count} == {"column": 3, "row": 1}
    parents = accounts.fields["note", "parent"]
    assert {fate.value: count for fate, count in parents.fates.items() if count} == {"column": 3, "row": 1}


@pytest.mark.parametrize(
    ("old", "new", "row", "column"),
    [
        ('"version": 2', '"version": 3', 0, ""),
        ('"version": 2', '"version": "2"', 0, ""),
        ("written in full", "written", 0, ""),
        ('"version": 2,', '"version": 2, "more": 1,', 0, ""),
        ("1234567.89", "1234567.8900000001", 1, "money.amount"),
        ('"currency": "RUB"', '"currency": "RUB", "x": 1', 1, "money"),
        ("+0300", "+0400", 1, "when"),
        ('{"number": "2"}', '{"number": "3"}', 1, "phones[].number"),
        (', {"number": "2"}', "", 1, "phones[].number"),
        ('"words": ["VIP"]', '"words": ["VIP", "x"]', 1, "words"),
        ('"closed": true', '"closed": 1', 1, "closed"),
        ('"<00017>"', '"<17>"', 1, "Number"),
        ('"<00017>"', '"[00017]"', 1, "Number"),
        ('"id": "f2"', '"id": "f3"', 1, "Chance in full"),
        ('"answers": ["два"]', '"answers": []', 1, "@"),
        ('"answers": ["два"]', '"answers": {}', 1, "text"),
        ('"answers": ["два"]', '"answers": ["две"]', 1, "@"),
        ('"answers": ["два"]', '"answers": ["два", "два"]', 0, ""),
        ('{"text": "два"}, ', "", 2, "text"),
        ('{"text": "два"}, ', '{"text": "два"}, {"text": "два"}, ', 4, "text"),
        ('"31-21"', '"31-23"', 1, "@"),
        ('"31-22"\n', '"31-22", "31-23"\n', 0, ""),
        ('"empty": []', '"empty": [1]', 0, ""),
        (',\n "empty": []', "", 0, ""),
        ('"version": 2,\n', "", 0, ""),
        ("long end", "long and", 0, ""),
        ('"of": {"id": "5"}', '"of": {"id": "6"}', 1, "steps[0].of.id"),
        ('{"id": "5"}}]', '{"id": "5"}}, {}]', 1, "steps"),
        ('{"id": "5"}}]', '{"id": "5", "b": 1}}]', 1, "steps"),
        ('"steps": [{"name": "Успех", "of": {"id": "5"}}]', '"steps": []', 1, "steps[0].name"),
        ('"id": "32", ', "", 2, "id"),
    ],
)
def test_a_changed_sign_is_found(
    written: Callable[..., Any],
    comparing: Callable[[], list[Mismatch]],
    tmp_path: Path,
    old: str,
    new: str,
    row: int,
    column: str,
) -> None:
    written()
    path = tmp_path / "out/my/all.json"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="\n")
    found = comparing()
    assert (found[0].path, found[0].row, found[0].column) == ("my/all.json", row, column)
    assert "saved or changed since" not in found[0].found, "by reading it, not by its fingerprint alone"


@pytest.mark.parametrize("damage", ["gone", "empty", "cut", "longer"])
def test_a_damaged_file_is_found(
    written: Callable[..., Any], comparing: Callable[[], list[Mismatch]], tmp_path: Path, damage: str
) -> None:
    written()
    path = tmp_path / "out/my/all.json"
    data = path.read_bytes()
    path.unlink()
    if damage != "gone":
        path.write_bytes({"empty": b"", "cut": data[: len(data) // 2], "longer": data + b"1"}[damage])
    found = comparing()
    assert {one.path for one in found} == {"my/all.json"}
    assert "saved or changed since" not in found[0].found


def test_a_row_that_came_or_went_since_is_found(
    written: Callable[..., Any], entities: Entities, comparing: Callable[[], list[Mismatch]]
) -> None:
    written()
    lost = entities["note"].pop(1)
    assert {one.path for one in comparing()} == {"my/all.json"}
    entities["note"] += [lost, {**lost, "source_id": "n5"}]
    assert {one.path for one in comparing()} == {"my/all.json"}
    entities["note"].pop()
    entities["note"].append({"source_id": "n6", "parent": Ref("deal", "none"), "text": "?"})
    (mismatch,) = [one for one in comparing() if one.row == 0]
    assert "2" in mismatch.meant


PARTED = """
format: json
documents:
  t.json:
    people: [{rows_of: people}]
    links: [{rows_of: links}]
    tasks: [{rows_of: tasks}]
tables:
  people: {from: user, columns: {name: name}}
  tasks:
    from: task
    limits: {rows: 2}
    together: [parent, depends_on]
    columns: {id: source_id, name: name}
  links:
    from: task
    each: depends_on
    where: {depends_on.source_id: {not: null}}
    within: {table: tasks}
    columns: {from: source_id, to: "depends_on[0].id"}
  notes: {from: note, within: {table: tasks, by: parent}, columns: {text: text}}
"""


def task(id: str, *after: str, parent: str = "") -> dict[str, Any]:
    links = {"depends_on": [Ref("task", one) for one in after]} if after else {}
    return {"source_id": id, "name": id} | links | ({"parent": Ref("task", parent)} if parent else {})


def test_linked_rows_stay_in_one_file(
    written: Callable[..., Any],
    entities: Entities,
    comparing: Callable[[], list[Mismatch]],
    tmp_path: Path,
) -> None:
    entities["task"] = [
        task("1"),
        task("2", "5"),
        task("3"),
        task("4", "404"),
        task("5", parent="6"),
        task("6", parent="7"),
        task("7"),
    ]
    entities["note"] = [{"source_id": n, "parent": Ref("task", n), "text": n} for n in ("4", "5", "9")]
    files = written(PARTED)
    found = [[one["id"] for one in file["tasks"]] for file in files.values()]
    assert found == [["1"], ["2", "5", "6", "7"], ["3", "4"]]
    assert [file["links"] for file in files.values()] == [[], [{"from": "2", "to": "5"}], []]
    assert all(len(file["people"]) == 1 for file in files.values())
    assert [one["notes"] for file in files.values() for one in file["tasks"] if "notes" in one] == [
        [{"text": "5"}],
        [{"text": "4"}],
    ]
    assert list(files) == ["t.json", "t-2.json", "t-3.json"]
    assert comparing() == []
    (tmp_path / "out/my/t-3.json").write_text(
        (tmp_path / "out/my/t-3.json").read_text(encoding="utf-8").replace('"4"', '"5"', 1), encoding="utf-8"
    )
    assert {one.path for one in comparing()} == {"my/t-3.json"}


def test_rows_of_a_row_that_is_in_every_file_are_in_every_file(
    written: Callable[..., Any], entities: Entities, comparing: Callable[[], list[Mismatch]]
) -> None:
    entities["task"] = [task("1"), task("2"), task("3")]
    entities["user"] = [{"source_id": "11", "name": "A"}, {"source_id": "12", "name": "B"}]
    entities["note"] = [
        {"source_id": n, "author": Ref("user", n), "parent": Ref("task", "3"), "text": n}
        for n in ("11", "12")
    ]
    files = written(
        PARTED.replace(
            "notes: {from: note, within: {table: tasks, by: parent}",
            "notes: {from: note, within: {table: people, by: author}",
        )
    )
    assert len(files) == 2
    for file in files.values():
        assert file["people"] == [
            {"name": "A", "notes": [{"text": "11"}]},
            {"name": "B", "notes": [{"text": "12"}]},
        ]
    assert comparing() == []


def test_a_file_that_was_never_written_is_found(
    written: Callable[..., Any], entities: Entities, comparing: Callable[[], list[Mismatch]]
) -> None:
    """With all that should stand in it, and what should stand in the others."""
    entities["task"] = [task("1"), task("2"), task("3")]
    assert len(written(PARTED)) == 2
    entities["task"] += [task("4"), task("5")]
    assert [(one.path, one.row) for one in comparing()] == [("my/t.json", 0), ("my/t-2.json", 4)]


def test_parts_are_filled_with_whole_groups() -> None:
    lines = [Line(str(n), [], (str(n - 10),) if n % 10 == 0 else ()) for n in range(100)]
    with scratch() as database:
        files = list(parts(lines, 30, database))
    assert len({files[n] for n in range(0, 100, 10)}) == 1
    assert sorted(files.count(one) for one in set(files)) == [10, 30, 30, 30]


def test_an_empty_table_is_an_empty_list(written: Callable[..., Any], entities: Entities) -> None:
    for kind in ("task", "note", "user"):
        entities[kind] = []
    assert written(PARTED) == {"t.json": {"people": [], "links": [], "tasks": []}}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("rows_of: deals", "rows_of: deels", "Did you mean “deals”?"),
        ("    pairs: [{rows_of: pairs}]", "    pairs: [{rows_of: pairs}, {rows_of: pairs}]", "one place"),
        ("within: {table: deals, by: parent, as: comments}", "title: x", "one place"),
        ("by: reply_to", "by: author", "“author” is no link from “note” to “note”"),
        ("{table: notes, by: reply_to}", "{table: nots, by: reply_to}", "Did you mean “notes”?"),
        ("{table: deals, by: parent, as: comments}", "{table: deals}", "“by” is needed"),
        ("{table: deals, by: parent, as: comments}", "{table: answers, by: reply_to}", "in a circle"),
        ('"phones[].number"', "phones.number", "phones.number[]"),
        ('"words[]"', '"words[0]"', "is no key"),
        ('"steps[0].of.id"', '"steps[]"', "“steps[]” and “steps[0].name” cannot stand in one object"),
        ('"steps[0].of.id"', '"steps[0].name.id"', "cannot stand in one object"),
        ("      id: source_id", "      money: source_id", "cannot stand in one object"),
        ("entries: {in", "title: x\n    x: {in", "there is no key “x” here"),
        ("as: comments", "as: money", "“money” cannot stand twice"),
        ("in: more", "in: comments", "“comments” cannot stand twice"),
        ('"@": text', '"@": text, b: text', "nothing can be beside it"),
        ("format: json", "format: jsonl", "only the format “json” knows this"),
        ("      - {rows_of: deals}\n", "      - {rows_of: deals}\n      - {id: 1}\n", "before “rows_of”"),
        ("version: 2", "version: 2\nlimits: {rows: 2}", ""),
        ("    each: contacts", "    limits: {rows: 5}\n    each: contacts", "is not “within” another"),
        (
            "    from: deal\n    each",
            "    together: [company]\n    from: deal\n    each",
            "no link from one “deal”",
        ),
    ],
)
def test_mistakes_are_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in LAYOUT
    path = tmp_path / "my.yaml"
    path.write_text(LAYOUT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigurationError) as error:
        load_target(str(path))
    assert told in str(error.value)


def test_entries_need_their_list(tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    text = "".join(line for line in LAYOUT.splitlines(keepends=True) if not line.startswith("    entries:"))
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="“entry” needs “entries” at the table"):
        load_target(str(path))


@pytest.mark.parametrize("size", [1, 7, 1 << 16])
def test_json_is_read_piece_by_piece(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr("crmexport.target.readback.json_text._CHUNK", size)
    text = JsonText(
        StringIO(' {"a": [ 12, 3.10, "x\\u00e9\\"," , {"b": null}] ,"c":true, "d": {}, "e": []}\n')
    )
    found: dict[str, Any] = {}
    for key in text.object():
        found[key] = [text.value() for _item in text.list()] if key in "ae" else text.value()
    text.end()
    assert found == {"a": [12, Fraction("3.10"), 'xé",', {"b": None}], "c": True, "d": {}, "e": []}


@pytest.mark.parametrize("wrong", ["[1 2]", "[1,]", '{"a" 1}', "{1: 2}", "[1", '{"a": 1}}', "", '["a'])
def test_what_is_no_json_is_refused(wrong: str) -> None:
    text = JsonText(StringIO(wrong))

    def read() -> None:
        if wrong.startswith("["):
            for _item in text.list():
                text.value()
        else:
            for _key in text.object():
                text.value()
        text.end()

    with pytest.raises(ValueError):
        read()


@pytest.mark.parametrize(
    ("minutes", "told"),
    [(90, "PT1H30M"), (60, "PT1H"), (5, "PT5M"), (0, "PT0M"), (6000, "PT100H"), (-5, None)],
)
def test_minutes_are_durations(
    written: Callable[..., Any], entities: Entities, minutes: int, told: str | None
) -> None:
    entities["task"] = [{"source_id": "1", "name": "x", "planned_work": minutes}]
    text = (
        "format: json\ndocuments: {a.json: [{rows_of: t}]}\ntables: {t: {from: task, columns: {d: {path: "
        "planned_work, is: duration}}}}\n"
    )
    assert written(text) == {"a.json": [{"d": told} if told else {}]}


def test_money_is_exact(
    written: Callable[..., Any], entities: Entities, comparing: Callable[[], list[Mismatch]]
) -> None:
    entities["deal"][0]["amount"] = Money(Decimal("12345678901234567.89"), "RUB")
    files = written()
    assert files["all.json"]["deals"][1]["money"]["amount"] == "12345678901234567.89"
    assert comparing() == []


def test_the_example_of_the_documentation_writes_what_it_shows(
    written: Callable[..., Any], comparing: Callable[[], list[Mismatch]]
) -> None:
    page = (Path(__file__).parents[2] / "docs/targets.md").read_text(encoding="utf-8")
    (example,) = [one for one in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if "format: json\n" in one]
    found = written(example)["boards.json"]
    assert found["version"] == 2
    (card,) = found["cards"]
    assert card["due"] == {"at": "2026-01-15T00:00:00Z", "has_time": False}
    assert card["labels"] == ["VIP", "опт"]
    assert card["comments"] == [{"text": "к задаче"}]
    assert comparing() == []
