"""An export of what is new holds exactly that, in every format, says what it left out, and is followed by another one."""

import csv
import gzip
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crmexport.errors import ConfigurationError, OutputError
from crmexport.mapping.maps import PeopleMap, Substitutes
from crmexport.model import Ref
from crmexport.target import Output, compare, deltas, export, load_target, target_names, uncompared
from tests.target.invented import IVAN, RECORDS, Entities, moment
from tests.target.test_export import content

Export = Callable[..., list[Output]]


@pytest.fixture
def week(made: Entities, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """A week of work in the old CRM: one deal, task, note and contact more, one deal changed, one company gone."""

    def work() -> None:
        made["deal"][1] |= {"name": "Вторая, новая", "modified_at": moment("2026-11-26T10:00:00+03:00")}
        made["deal"].append({"source_id": "33", "name": "Третья", "company": Ref("company", "1")})
        made["task"].append({"source_id": "42", "name": "Новая задача", "company": Ref("company", "2")})
        made["note"].append({"source_id": "n2", "parent": Ref("deal", "33"), "text": "Новое"})
        made["contact"].append({"source_id": "24", "name": "Новая Анна"})
        made["company"].pop(1)
        monkeypatch.setitem(RECORDS, "deal", [*RECORDS["deal"], ("33", b'{"id": 33}', None, None)])

    return work


def rows(path: Path, encoding: str = "utf-8", delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def _rows_of(outputs: list[Output], target: str) -> int:
    return sum(one.rows for one in outputs if one.target == target and not one.path.endswith("/changed.csv"))


def test_the_moment_of_the_earlier_export_is_told_in_the_zone_of_the_files(
    exporting: Export, week: Callable[[], None], tmp_path: Path
) -> None:
    exporting("bitrix24")
    week()
    exporting("bitrix24", out=tmp_path / "new", new_since=tmp_path / "out")
    readme = (tmp_path / "new/bitrix24/README.txt").read_text(encoding="utf-8-sig")
    assert "на 20.11.2026 15:00 (Europe/Moscow), есть" in readme, "and in their language, which is Russian"


def test_a_delta_holds_what_is_new_and_names_what_has_changed(
    exporting: Export, week: Callable[[], None], tmp_path: Path
) -> None:
    exporting("csv")
    week()
    exporting("csv", out=tmp_path / "new", new_since=tmp_path / "out")
    found = {path.stem: rows(path) for path in (tmp_path / "new/csv").glob("*.csv") if path.stem != "changed"}
    assert {kind: len(lines) for kind, lines in found.items() if lines} == {
        "deal": 1,
        "task": 1,
        "note": 1,
        "contact": 1,
    }
    assert found["deal"][0]["Компания"] == "ООО «Ромашка»"  # a link to what is there already stays a link
    changed = rows(tmp_path / "new/csv/changed.csv", "utf-8-sig", ";")
    assert [tuple(row.values()) for row in changed] == [
        ("больше нет", "Компании", "2", "", ""),
        ("изменено", "Контакты", "22", "Сидорова Анна", ""),  # its company is gone
        ("изменено", "Сделки", "32", "Вторая, новая", "26.11.2026 07:00:00"),
    ]
    (delta,) = [one for one in deltas(tmp_path / "new") if one.target == "csv"]
    assert (delta.new, delta.left_out, delta.changed, delta.gone) == (4, 19, 2, 1)
    assert delta.since == "2026-11-20T12:00:00Z"


def test_every_target_reads_back_as_a_delta_and_together_they_are_the_whole(
    exporting: Export, archive: Any, made: Entities, week: Callable[[], None], tmp_path: Path
) -> None:
    names = target_names()
    exporting(*names)
    week()
    outputs = exporting(*names, out=tmp_path / "new", new_since=tmp_path / "out")
    whole = exporting(*names, out=tmp_path / "whole")
    assert list(compare(archive, None, None, tmp_path / "new")) == []  # type: ignore[arg-type]
    told = {one.target: one for one in deltas(tmp_path / "new")}
    assert set(told) == {*names, "files"}
    for name in names:
        assert told[name].new > 0
    for kind in ("company", "contact", "deal", "task", "note"):
        first, new, every = (
            {row["ID в источнике"] for row in rows(tmp_path / folder / "csv" / f"{kind}.csv")}
            for folder in ("out", "new", "whole")
        )
        assert not first & new
        assert (first | new) - {"2" if kind == "company" else ""} == every
    number, of_all = ({name: _rows_of(found, name) for name in names} for found in (outputs, whole))
    assert [name for name in names if number[name] >= of_all[name]] == []


def test_what_has_no_row_is_counted_as_ever(exporting: Export, made: Entities, tmp_path: Path) -> None:
    """Wherever it stands among the rows: the last one is new, the others are left out."""
    made["task"] = [
        {"source_id": str(number), "name": "Задача", "is_deleted": number % 2 == 0} for number in range(6)
    ]
    exporting("jira")
    made["task"].append({"source_id": "7", "name": "Новая"})
    for since in (None, tmp_path / "out"):
        (tasks,) = [
            one
            for one in exporting("jira", out=tmp_path / str(since is None), new_since=since)
            if one.table == "tasks"
        ]
        assert (tasks.rows, tasks.notes["rows_not_wanted"]) == (1 if since else 4, 3)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_only_what_was_moved_of_new_rows_is_counted(
    exporting: Export, made: Entities, tmp_path: Path, place: int
) -> None:
    layout = tmp_path / "my.yaml"
    layout.write_text(
        "{format: csv, tables: {t: {from: deal, columns: {A: name, N: description}, overflow: N}}}", "utf-8"
    )
    made["deal"] = [{"source_id": id, "name": "Сделка", "number": id} for id in ("1", "2")]
    exporting(str(layout))
    made["deal"].insert(place, {"source_id": "3", "name": "Новая", "number": "3"})
    table, *_files = exporting(str(layout), out=tmp_path / "new", new_since=tmp_path / "out")
    assert (table.rows, table.notes) == (1, {"overflow.number": 1})


@pytest.mark.parametrize(
    ("later", "is_alike"),
    [({}, True), ({"columns": "{B: name}"}, False), ({"people": "Анна Белова"}, False)],
)
def test_a_target_that_is_written_otherwise_now_says_so(
    archive: Any, tmp_path: Path, later: dict[str, str], is_alike: bool
) -> None:
    """Then rows are called changed that only look different."""
    layout, folders = tmp_path / "my.yaml", [tmp_path / "out", tmp_path / "new"]
    for folder, changes in zip(folders, ({}, later), strict=True):
        columns = changes.get("columns", "{A: name}")
        layout.write_text(f"{{format: csv, tables: {{t: {{from: user, columns: {columns}}}}}}}", "utf-8")
        people = PeopleMap.model_validate({"people": {"11": {"new": changes.get("people", "Иван Петров")}}})
        target = load_target(str(layout), substitutes=Substitutes(people=people))
        since = folders[0] if folder != folders[0] else None
        export(archive, None, None, [target], folder, new_since=since)  # type: ignore[arg-type]
    (delta,) = [one for one in deltas(folders[1]) if one.target == "my"]
    assert delta.is_alike == is_alike


@pytest.mark.parametrize(
    ("old", "new", "is_alike"), [(',"once":false', "", True), ('"from":"user"', '"from":"nobody"', False)]
)
def test_what_an_older_version_could_not_say_makes_no_other_layout(
    archive: Any, tmp_path: Path, old: str, new: str, is_alike: bool
) -> None:
    """Else each upgrade that lets layouts say more would call every target written otherwise; of one that nobody can read, who knows."""
    layout, card = tmp_path / "my.yaml", tmp_path / "out" / "export.json"
    layout.write_text("{format: csv, tables: {t: {from: user, columns: {A: name}}}}")
    export(archive, None, None, [load_target(str(layout))], tmp_path / "out")  # type: ignore[arg-type]
    written = json.dumps(json.loads(card.read_text("utf-8")), separators=(",", ":"))
    assert old in written
    card.write_text(written.replace(old, new), "utf-8")
    target = load_target(str(layout))
    export(archive, None, None, [target], tmp_path / "new", new_since=tmp_path / "out")  # type: ignore[arg-type]
    assert [one.is_alike for one in deltas(tmp_path / "new") if one.target == "my"] == [is_alike]


def test_of_a_row_that_stands_for_no_record_nobody_is_told(
    exporting: Export, made: Entities, tmp_path: Path
) -> None:
    """Nobody can look for a task without a number that is “no longer there”. But the row is written for whoever needs it first."""
    made["project"], made["task"] = [{"source_id": "1", "name": "Дом"}], []
    folders = [tmp_path / name for name in ("out", "2", "3", "4")]
    rows: list[int] = []
    for number, folder in enumerate(folders):
        home = {"project": Ref("project", "1")} if number == 3 else {}
        made["task"] = [{"source_id": str(one), "name": "Окна", **home} for one in range(number)]
        written = exporting("odoo", out=folder, new_since=folders[number - 1] if number else None)
        rows += [one.rows or 0 for one in written if "project_rest" in one.path]
    assert rows == [0, 1, 0, 0]
    found = [one for folder in folders for one in deltas(folder) if one.target == "odoo"]
    assert [(one.new, one.changed, one.gone) for one in found] == [(1, 0, 0), (1, 0, 0), (1, 2, 0)]
    assert "больше нет" not in content(folders[3])["odoo/changed.csv"].decode()


def test_a_value_that_stands_in_another_column_now_is_a_change(
    exporting: Export, made: Entities, tmp_path: Path
) -> None:
    layout = tmp_path / "my.yaml"
    layout.write_text(
        "{format: csv, tables: {t: {from: deal, columns: {A: number, B: description}}}}", "utf-8"
    )
    made["deal"] = [{"source_id": "1", "number": "5"}, {"source_id": "2", "number": "5"}]
    exporting(str(layout))
    made["deal"][0] = {"source_id": "1", "description": "5"}
    exporting(str(layout), out=tmp_path / "new", new_since=tmp_path / "out")
    assert {one.target: one.changed for one in deltas(tmp_path / "new")}["my"] == 1


def test_a_changed_record_that_becomes_no_entity_is_told_by_its_stream(
    exporting: Export, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    exporting("raw")
    monkeypatch.setitem(RECORDS, "comment", [("n1", b'{"text": "b"}', None, None)])
    exporting("raw", out=tmp_path / "new", new_since=tmp_path / "out")
    (changed,) = rows(tmp_path / "new/raw/changed.csv", "utf-8-sig", ";")
    assert tuple(changed.values()) == ("изменено", "comment", "n1", "", "")


def test_a_database_is_replaced_as_a_whole(exporting: Export, tmp_path: Path) -> None:
    exporting("csv")
    with pytest.raises(ConfigurationError, match="Leave out --new-since"):
        exporting(f"sqlite:///{tmp_path}/x.db", out=tmp_path / "new", new_since=tmp_path / "out", lang="en")


def test_nothing_is_left_when_nothing_is_new(exporting: Export, tmp_path: Path) -> None:
    exporting(*target_names())
    exporting(*target_names(), out=tmp_path / "new", new_since=tmp_path / "out")
    assert {(one.new, one.changed, one.gone) for one in deltas(tmp_path / "new")} == {(0, 0, 0)}
    assert {path.name for path in (tmp_path / "new/files").iterdir()} == {
        "index.csv",
        "index.html",
        "SHA256SUMS",
        "changed.csv",
    }


def test_a_second_delta_goes_on_from_the_first(
    exporting: Export, made: Entities, week: Callable[[], None], tmp_path: Path
) -> None:
    gone = made["company"][1]
    exporting("bitrix24")
    week()
    exporting("bitrix24", out=tmp_path / "2", new_since=tmp_path / "out")
    exporting("bitrix24", out=tmp_path / "2a", new_since=tmp_path / "2")
    (delta,) = [one for one in deltas(tmp_path / "2a") if one.target == "bitrix24"]
    assert (delta.new, delta.changed, delta.gone) == (0, 0, 0), "it was told of as gone, once"
    assert rows(tmp_path / "2a/bitrix24/changed.csv", "utf-8-sig", ";") == []
    made["deal"].append({"source_id": "34", "name": "Четвёртая"})
    made["company"].insert(1, gone)  # gone for a week, in the target all the time
    exporting("bitrix24", out=tmp_path / "3", new_since=tmp_path / "2a")
    deals = rows(tmp_path / "3/bitrix24/deals.csv", "utf-8-sig", ";")
    assert [row["Название сделки"] for row in deals] == ["Четвёртая"]
    (delta,) = [one for one in deltas(tmp_path / "3") if one.target == "bitrix24"]
    assert (delta.new, delta.gone) == (1, 0)
    changed = rows(tmp_path / "3/bitrix24/changed.csv", "utf-8-sig", ";")
    assert ("изменено", "Компании", "2") in [
        tuple(row.values())[:3] for row in changed
    ]  # or was it taken out, as told?
    companies = rows(tmp_path / "3/bitrix24/companies.csv", "utf-8-sig", ";")
    assert companies == []


def test_the_same_delta_twice_is_the_same(
    exporting: Export, week: Callable[[], None], tmp_path: Path
) -> None:
    exporting("csv", "raw", "sql")
    week()
    for folder in ("a", "b"):
        exporting("csv", "raw", "sql", out=tmp_path / folder, new_since=tmp_path / "out")
    assert content(tmp_path / "a") == content(tmp_path / "b")


def test_only_attachments_that_are_new_are_copied(
    exporting: Export, archive: Any, made: Entities, tmp_path: Path
) -> None:
    exporting("csv")
    archive._files = {**archive._files, "f6": ("Акт.pdf", b"act", [("deal", "31")])}
    exporting("csv", out=tmp_path / "new", new_since=tmp_path / "out")
    assert (tmp_path / "new/files/deal/31 +Поставка/Акт.pdf").read_bytes() == b"act"
    assert [row["id"] for row in rows(tmp_path / "new/files/index.csv")] == [
        "f5",
        "f6",
    ]  # f5 is still not held
    assert list(compare(archive, None, None, tmp_path / "new")) == []  # type: ignore[arg-type]


def test_an_attachment_that_was_damaged_comes_with_the_next_package(
    exporting: Export, archive: Any, tmp_path: Path
) -> None:
    archive.damaged.add("f1")
    exporting("csv")
    archive.damaged.clear()
    exporting("csv", out=tmp_path / "new", new_since=tmp_path / "out")
    assert [row["id"] for row in rows(tmp_path / "new/files/index.csv")] == ["f1", "f1", "f5"]
    assert (tmp_path / "new/files/deal/31 +Поставка/Договор.pdf").read_bytes() == b"%PDF1"


def test_a_wider_table_does_not_change_a_row(exporting: Export, made: Entities, tmp_path: Path) -> None:
    """Columns that repeat become more when a new record needs them: the rows that were there say what they said."""
    exporting("jira")
    made["task"].append(
        {"source_id": "42", "name": "Много", "tags": [Ref("tag", str(n), f"t{n}") for n in range(9)]}
    )
    exporting("jira", out=tmp_path / "new", new_since=tmp_path / "out")
    (delta,) = [one for one in deltas(tmp_path / "new") if one.target == "jira"]
    assert (delta.new, delta.changed) == (1, 0)


def test_what_has_changed_is_named_in_the_words_of_the_person(
    exporting: Export, made: Entities, tmp_path: Path
) -> None:
    made["absence"] = [{"source_id": "v1", "person": IVAN, "kind": "vacation"}]
    exporting("csv", out=tmp_path / "old")
    made["absence"][0]["description"] = "перенесён"
    exporting("csv", out=tmp_path / "new", new_since=tmp_path / "old")
    (told,) = rows(tmp_path / "new/csv/changed.csv", "utf-8-sig", ";")
    assert tuple(told.values()) == ("изменено", "Отсутствия", "v1", "отпуск", "")


def test_the_list_of_changes_names_a_record_by_the_beginning_of_its_title(
    exporting: Export, made: Entities, tmp_path: Path
) -> None:
    made["deal"][0]["name"] = "Очень\nдлинно " * 40
    exporting("csv", out=tmp_path / "old")
    made["deal"][0]["description"] = "иначе"
    exporting("csv", out=tmp_path / "new", new_since=tmp_path / "old")
    (told,) = rows(tmp_path / "new/csv/changed.csv", "utf-8-sig", ";")
    assert list(told.values())[3] == ("Очень длинно " * 40)[:199] + "…"


def test_what_is_new_of_a_row_that_is_left_out_is_named(
    exporting: Export, archive: Any, made: Entities, tmp_path: Path
) -> None:
    """A comment at an issue of the earlier import has no place in the file: somebody has to write it there."""
    exporting("jira_json")
    made["note"].append({"source_id": "n9", "parent": Ref("task", "41"), "text": "Позже"})
    exporting("jira_json", out=tmp_path / "new", new_since=tmp_path / "out")
    assert "Позже" not in (tmp_path / "new/jira_json/issues.json").read_text(encoding="utf-8")
    (told,) = rows(tmp_path / "new/jira_json/changed.csv", "utf-8-sig", ";")
    assert list(told.values())[:3] == ["новое: добавьте к тому, что уже есть", "Комментарии", "n9"]
    (delta,) = [one for one in deltas(tmp_path / "new") if one.target == "jira_json"]
    assert (delta.new, delta.changed, delta.gone, delta.apart) == (0, 0, 0, 1)
    assert "changed.csv" in (tmp_path / "new/jira_json/README.txt").read_text(encoding="utf-8-sig")
    assert list(compare(archive, None, None, tmp_path / "new")) == []  # type: ignore[arg-type]
    exporting("jira_json", out=tmp_path / "next", new_since=tmp_path / "new")
    assert rows(tmp_path / "next/jira_json/changed.csv", "utf-8-sig", ";") == []


def test_counts_of_a_delta_are_those_of_its_rows(exporting: Export, made: Entities, tmp_path: Path) -> None:
    assert any(one.notes.get("overflow.balance") for one in exporting("bitrix24"))
    made["company"].append({"source_id": "4", "name": "Четыре", "phones": made["company"][0]["phones"]})
    outputs = exporting("bitrix24", out=tmp_path / "new", new_since=tmp_path / "out")
    notes = sum((Counter(one.notes) for one in outputs), Counter[str]())
    assert notes["overflow.phones"] == 1
    assert notes["overflow.balance"] == 0


def test_a_changed_delta_is_found(
    exporting: Export, archive: Any, week: Callable[[], None], tmp_path: Path
) -> None:
    exporting("csv")
    week()
    exporting("csv", out=tmp_path / "new", new_since=tmp_path / "out")
    for name in ("csv/deal.csv", "csv/changed.csv"):
        path = tmp_path / "new" / name
        path.write_bytes(
            path.read_bytes().replace("Третья".encode(), b"X").replace("изменено".encode(), b"X")
        )
    found = {one.path for one in compare(archive, None, None, tmp_path / "new")}  # type: ignore[arg-type]
    assert found == {"csv/deal.csv", "csv/changed.csv"}


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda card: card["source"].update(url="https://other.example"), "same account"),
        (lambda card: card["targets"][0].update(name="excel"), "has no “csv”"),
        (lambda card: card["targets"][0].pop("rows"), "older crmexport"),
    ],
)
def test_an_export_that_cannot_be_followed_is_a_sentence(
    exporting: Export, tmp_path: Path, spoil: Callable[[Any], None], words: str
) -> None:
    exporting("csv")
    path = tmp_path / "out/export.json"
    known = json.loads(path.read_text(encoding="utf-8"))
    spoil(known)
    path.write_text(json.dumps(known), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=words):
        exporting("csv", out=tmp_path / "new", new_since=tmp_path / "out")
    assert not (tmp_path / "new").exists()


def test_a_folder_without_an_export_and_the_same_folder_are_sentences(
    exporting: Export, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match="no export"):
        exporting("csv", new_since=tmp_path)
    exporting("csv")
    with pytest.raises(ConfigurationError, match="another folder"):
        exporting("csv", new_since=tmp_path / "out")


def test_a_damaged_list_is_a_sentence_and_nothing_is_written(exporting: Export, tmp_path: Path) -> None:
    exporting("csv")
    (tmp_path / "out/rows/csv.csv.gz").write_bytes(gzip.compress(b"kind,id,mark,new\n"))
    with pytest.raises(OutputError, match="damaged"):
        exporting("csv", out=tmp_path / "new", new_since=tmp_path / "out")
    assert not (tmp_path / "new").exists()


def test_lists_of_earlier_targets_stay_with_them(exporting: Export, tmp_path: Path) -> None:
    exporting("csv")
    exporting("raw")
    exporting("csv", "raw", out=tmp_path / "new", new_since=tmp_path / "out")
    assert {one.new for one in deltas(tmp_path / "new")} == {0}


def test_a_later_package_for_kaiten_holds_the_people_and_columns_that_its_cards_name(
    exporting: Export, made: Entities, tmp_path: Path
) -> None:
    """Ids are known within one package only."""
    made["user"][0]["emails"] = [{"address": "i.petrov@firm.example"}]
    exporting("kaiten")
    new = {"source_id": "39", "name": "Новая", "pipeline": Ref("pipeline", "5"), "stage": Ref("stage", "51")}
    made["deal"].append({**new, "created_by": Ref("user", "11")})
    exporting("kaiten", out=tmp_path / "new", new_since=tmp_path / "out")
    held = {
        name: json.loads((tmp_path / "new/kaiten" / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("users", "boards", "columns", "cards_deals")
    }
    (card,) = held["cards_deals"]
    assert card["owner_id"] in {one["id"] for one in held["users"]}
    (column,) = [one for one in held["columns"] if one["id"] == card["column_id"]]
    assert column["board_id"] in {one["id"] for one in held["boards"]}
    (delta,) = [one for one in deltas(tmp_path / "new") if one.target == "kaiten"]
    assert (delta.new, delta.changed, delta.gone) == (1, 0, 0)


@pytest.mark.parametrize("name", ["csv", "files"])
@pytest.mark.parametrize("is_there", [True, False])
def test_of_a_delta_with_a_damaged_list_everything_else_is_still_compared(
    exporting: Export, archive: Any, week: Callable[[], None], tmp_path: Path, name: str, is_there: bool
) -> None:
    exporting("csv", "jsonl")
    week()
    exporting("csv", "jsonl", out=tmp_path / "new", new_since=tmp_path / "out")
    kept, damaged, found = f"rows/{name}.csv.gz", f"{name}/changed.csv", tmp_path / "new"
    (found / kept).write_bytes(b"x") if is_there else (found / kept).unlink()
    for path in (damaged, "jsonl/deal.jsonl"):
        (found / path).write_bytes(b"x")
    wrong = {one.path for one in compare(archive, None, None, found)}  # type: ignore[arg-type]
    assert wrong == {kept, damaged, "jsonl/deal.jsonl"}
    assert uncompared(archive, found) == {name}


NAMED = {
    "bitrix24": ("companies", "Название компании", "contacts", "Компания"),
    "amocrm": ("companies", "Название (компания)", "contacts", "Название (компания)"),
    "planfix": ("1_companies", "Название", "2_people", "Компания"),
}


def _namesakes(made: Entities, number: str) -> None:
    """A company of the name that all have, somebody who works there, and somebody who works at the first."""
    made["company"].append({"source_id": number, "name": "Лютик"})
    made["contact"] += [
        {"source_id": f"{number}{of}", "name": f"Некто {number}{of}", "company": Ref("company", of)}
        for of in {number, "70"}
    ]


@pytest.mark.parametrize("target", NAMED)
def test_what_was_written_keeps_its_name_though_others_come_to_share_it(
    exporting: Export, made: Entities, archive: Any, tmp_path: Path, target: str
) -> None:
    """The target knows it by that name: a new row that calls it otherwise would be linked to nobody, in silence."""
    companies, name, contacts, link = NAMED[target]
    earlier = None
    for number, told in (("70", "Лютик"), ("71", "Лютик #71"), ("72", "Лютик #72")):
        _namesakes(made, number)
        out = tmp_path / number
        exporting(target, out=out, new_since=earlier)
        assert [row[name] for row in rows(out / target / f"{companies}.csv", "utf-8-sig", ";")][-1] == told
        linked = {row[link] for row in rows(out / target / f"{contacts}.csv", "utf-8-sig", ";") if row[link]}
        assert linked >= {told, "Лютик"}
        assert not earlier or not rows(out / target / "changed.csv", "utf-8-sig", ";")
        assert list(compare(archive, None, None, out)) == []  # type: ignore[arg-type]
        earlier = out


def test_a_name_that_was_told_apart_stays_so_when_its_namesake_is_deleted(
    exporting: Export, made: Entities, tmp_path: Path
) -> None:
    for number in ("70", "71"):
        _namesakes(made, number)
    exporting("bitrix24")
    made["company"][-1]["is_deleted"] = True
    made["contact"].append({"source_id": "79", "name": "Новый", "company": Ref("company", "70")})
    exporting("bitrix24", out=tmp_path / "new", new_since=tmp_path / "out")
    (row,) = rows(tmp_path / "new/bitrix24/contacts.csv", "utf-8-sig", ";")
    assert row["Компания"] == "Лютик #70"


def test_a_list_tells_how_many_exports_ago_a_record_was_written(
    exporting: Export, made: Entities, tmp_path: Path
) -> None:
    """An older crmexport reads 1 as what stands in the files beside, and all else as what does not."""
    told: list[dict[str, str]] = []
    for number in ("70", "71", "72"):
        _namesakes(made, number)
        out = tmp_path / number
        exporting("bitrix24", out=out, new_since=tmp_path / str(int(number) - 1) if told else None)
        with gzip.open(out / "rows/bitrix24.csv.gz", "rt", encoding="utf-8") as file:
            told.append({row["id"]: row["new"] for row in csv.DictReader(file) if row["kind"] == "company"})
    assert [[one.get(id) for id in ("70", "71", "72")] for one in told] == [
        ["1", None, None],
        ["0", "1", None],
        ["-1", "0", "1"],
    ]
