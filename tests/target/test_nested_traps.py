"""The JSON files for other systems: what these are known to stumble over does not happen, and no field disappears.

Jira reference, §5 and §7; Others reference, §8.
"""

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from crmexport.mapping.to import Layout, layout_file, load_layout
from crmexport.mapping.to.nesting import is_rows, nested_in, tables_in
from crmexport.model import ENTITIES, Ref
from crmexport.target import Output
from tests.target.invented import IVAN, NEVER_TOLD, Entities, moment
from tests.target.leaving import ALLA, leaving
from tests.target.test_import_layouts import filled, is_told
from tests.target.test_traps import BELOW_A_DEAL

Export = Callable[..., list[Output]]
Files = Callable[..., dict[str, Any]]
AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000[+-]\d{4}")
UTC_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


@pytest.fixture
def files(exporting: Export, made: Entities, tmp_path: Path) -> Files:
    """Export the leaving company and give every JSON file of a target by its name."""

    def make(target: str, more: str = "", **changes: list[dict[str, Any]]) -> dict[str, Any]:
        made.clear()
        made.update(leaving() | changes)
        if more:
            (tmp_path / "mine.yaml").write_text(f"like: {target}\n{more}\n", encoding="utf-8")
            target = str(tmp_path / "mine.yaml")
        exporting(target)
        folder = tmp_path / "out" / Path(target).stem
        return {one.stem: json.loads(one.read_text(encoding="utf-8")) for one in folder.glob("*.json")}

    return make


def issues(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The issues of all files by their ids."""
    every = (one for file in found.values() for one in file["projects"][0]["issues"])
    return {one["externalId"]: one for one in every}


class TestJira:
    """Jira reference, §5 and §7."""

    def test_a_task_below_something_else_is_an_issue_that_tells_it(self, files: Files) -> None:
        found = files("jira_json", task=BELOW_A_DEAL)
        types = {id: one["issueType"] for id, one in issues(found).items()}
        assert types == {"1": "Task", "2": "Sub-task"}
        assert "Big deal" in issues(found)["1"]["description"]
        assert [one["name"] for one in found["issues"]["links"]] == ["sub-task-link"]

    def test_the_project_has_a_key_that_jira_takes(self, files: Files) -> None:
        (project,) = files("jira_json")["issues"]["projects"]
        assert re.fullmatch(r"[A-Z][A-Z0-9]{1,9}", project["key"])
        assert project["name"]
        assert project["type"] in ("software", "business")

    def test_a_sub_task_is_linked_to_its_parent_by_the_one_right_name(self, files: Files) -> None:
        found = files("jira_json")
        links = [one for one in found["issues"]["links"] if one["name"] == "sub-task-link"]
        assert links == [{"name": "sub-task-link", "sourceId": "42", "destinationId": "41"}]
        kinds = {id: one["issueType"] for id, one in issues(found).items()}
        assert kinds == {"41": "Task", "42": "Sub-task", "43": "Task", "45": "Task"}

    def test_a_sub_task_of_a_sub_task_becomes_a_related_task(self, files: Files) -> None:
        found = files("jira_json")
        assert {"name": "Relates", "sourceId": "43", "destinationId": "42"} in found["issues"]["links"]
        assert "Согласовать с юристом" in issues(found)["43"]["description"]

    def test_every_link_leads_to_issues_of_the_same_file(self, files: Files) -> None:
        tasks = leaving()["task"]
        tasks[0]["depends_on"] = [Ref("task", "45"), Ref("task", "44"), Ref("task", "404")]
        tasks[4]["links"] = [Ref("task", "43"), Ref("deal", "31"), Ref("task", "46"), Ref("task", "405")]
        tasks += [{"source_id": str(n), "name": "x"} for n in range(1000, 2600)]
        tasks += [{"source_id": "z", "name": "x", "parent": Ref("task", "2599")}]
        found = files("jira_json", task=tasks)
        assert len(found) == 2
        assert sorted(len(one["projects"][0]["issues"]) for one in found.values()) == [105, 1500]
        links = 0
        for file in found.values():
            ids = {one["externalId"] for one in file["projects"][0]["issues"]}
            links += len(file["links"])
            assert {end for one in file["links"] for end in (one["sourceId"], one["destinationId"])} <= ids
        assert links == 5  # two to parents, one deeper, one that comes after, one related
        every = [one for file in found.values() for one in file["links"]]
        assert {"name": "Blocks", "sourceId": "45", "destinationId": "42"} in every
        assert {"name": "Relates", "sourceId": "45", "destinationId": "43"} in every

    def test_a_file_has_the_people_that_its_issues_name(self, files: Files) -> None:
        for file in files("jira_json").values():
            known = {one["name"] for one in file["users"]}
            named = set(re.findall(r"[\w.]+@firm\.example", json.dumps(file["projects"])))
            assert named == known

    def test_those_who_left_are_inactive(self, files: Files) -> None:
        people = [
            {"source_id": "1", "name": "A", "emails": [{"address": "a@x.example"}], "is_working": False},
            {"source_id": "2", "name": "B", "emails": [{"address": "b@x.example"}], "is_working": True},
            {"source_id": "3", "name": "C", "emails": [{"address": "c@x.example"}]},
            {"source_id": "4", "name": "D"},
        ]
        users = files("jira_json", user=people)["issues"]["users"]
        assert [(one["name"], one["active"]) for one in users] == [
            ("a@x.example", False),
            ("b@x.example", True),
            ("c@x.example", True),
        ]

    def test_people_without_an_account_are_named_in_the_text(self, files: Files) -> None:
        found = issues(files("jira_json"))
        assert "assignee" not in found["42"]
        assert "Орлова Алла" in found["42"]["description"]
        comments = found["41"]["comments"]
        assert [one.get("author") for one in comments] == ["i.petrov@firm.example", None]
        assert "Орлова Алла" in comments[1]["body"]

    def test_a_comment_has_date_author_and_text(self, files: Files) -> None:
        (first, _second) = issues(files("jira_json"))["41"]["comments"]
        assert first == {
            "author": "i.petrov@firm.example",
            "created": "2026-01-11T07:15:00.000+0000",
            "body": "Реквизиты получены; жду подпись\n\\{code}",
        }

    def test_closed_tasks_have_a_resolution_and_open_ones_none(self, files: Files) -> None:
        found = issues(files("jira_json")).values()
        assert all((one["status"] == "Done") is ("resolution" in one) for one in found)

    def test_all_times_are_iso_with_their_offset(self, files: Files) -> None:
        entry = {"parent": Ref("task", "41"), "person": IVAN, "date": date(2026, 1, 12), "minutes": 45}
        text = json.dumps(issues(files("jira_json", time_entry=[{"source_id": "t1", **entry}])))
        times = re.findall(r'"(?:created|updated|resolutionDate|duedate|startDate)": "([^"]*)"', text)
        assert len(times) == 8
        assert all(AT.fullmatch(one) for one in times)

    def test_work_is_a_duration(self, files: Files) -> None:
        entry = {"parent": Ref("task", "41"), "person": IVAN, "date": date(2026, 1, 12), "minutes": 45}
        found = issues(files("jira_json", time_entry=[{"source_id": "t1", **entry}]))["41"]
        assert found["originalEstimate"] == "PT1H30M"
        assert found["worklogs"][0]["timeSpent"] == "PT45M"
        assert found["worklogs"][0]["author"] == "i.petrov@firm.example"

    def test_a_history_names_none_of_jiras_own_fields(self, files: Files) -> None:
        """Its statuses and ids are those of the old system; what happened to what is no issue belongs nowhere."""
        found = issues(files("jira_json"))
        assert [id for id, one in found.items() if "history" in one] == ["41"]
        history = found["41"]["history"]
        assert {item["fieldType"] for one in history for item in one["items"]} == {"custom"}
        assert history[1] == {
            "author": "i.petrov@firm.example",
            "created": "2026-01-11T07:00:00.000+0000",
            "items": [
                {
                    "fieldType": "custom",
                    "field": "status",
                    "fromString": "assigned",
                    "toString": "accepted\nТекст: Статус",
                }
            ],
        }

    def test_a_change_to_a_person_has_ids_and_the_names_of_then(self, files: Files) -> None:
        change = issues(files("jira_json"))["41"]["history"][2]
        assert "author" not in change
        assert change["items"] == [
            {
                "fieldType": "custom",
                "field": "Ответственный",
                "from": "12",
                "fromString": "Орлова Алла",
                "to": "11",
                "toString": "Ваня\nАвтор: Орлова Алла",
            }
        ]

    def test_a_summary_is_one_short_line_and_never_empty(self, files: Files) -> None:
        tasks = [{"source_id": "1"}, {"source_id": "2", "name": "а\n" + "б" * 300}]
        found = issues(files("jira_json", task=tasks))
        assert found["1"]["summary"] == "Task #1"
        assert len(found["2"]["summary"]) == 255
        assert "\n" not in found["2"]["summary"]
        assert "б" * 300 in found["2"]["description"]

    def test_no_text_is_longer_than_jira_takes(self, files: Files, exporting: Export) -> None:
        """One bad value can stop the import of a whole project; what was cut is counted."""
        note = {"source_id": "n", "parent": Ref("task", "1"), "text": "к" * 40_000}
        tasks = [{"source_id": "1", "name": "x", "text": "о" * 40_000, "number": "17"}]
        (issue,) = issues(files("jira_json", task=tasks, note=[note])).values()
        assert len(issue["description"]) == len(issue["comments"][0]["body"]) == 32_000
        assert exporting("jira_json")[0].notes["cut_overflows"] == 2

    def test_no_sign_is_one_that_a_database_refuses(self, files: Files) -> None:
        tasks = [{"source_id": "1", "name": "a\0b\ud800c"}]
        assert issues(files("jira_json", task=tasks))["1"]["summary"] == "a�b�c"

    def test_labels_have_no_blanks_and_a_brace_opens_no_macro(self, files: Files) -> None:
        found = issues(files("jira_json"))
        assert found["41"]["labels"] == ["VIP", "опт,_розница"]
        texts = [one.get("description", "") for one in found.values()]
        texts += [comment["body"] for comment in found["41"]["comments"]]
        assert not [text for text in texts if re.search(r"(?<!\\)\{", text)]

    def test_own_fields_are_texts_of_a_type_that_jira_knows(self, files: Files) -> None:
        for one in issues(files("jira_json")).values():
            fields = {field["fieldName"]: field for field in one["customFieldValues"]}
            assert fields["Source Id"]["value"] == f"megaplan:task:{one['externalId']}"
            assert {field["fieldType"].partition(":")[2] for field in fields.values()} <= {
                "textfield",
                "textarea",
            }
            assert all(isinstance(field["value"], str) for field in fields.values())

    def test_no_attachment_has_an_address_behind_a_login(self, files: Files) -> None:
        """Without an address that Jira can reach, none is named at all."""
        assert "attachments" not in json.dumps(files("jira_json"))
        found = issues(files("jira_json", "files_at: https://files.firm.example/x7f3/"))["41"]
        (attachment,) = found["attachments"]
        assert attachment["name"] == "Договор.pdf"
        assert attachment["uri"] == (
            "https://files.firm.example/x7f3/files/deal/31%20%2B%D0%9F%D0%BE%D1%81%D1%82%D0%B0%D0%B2%D0%BA%D0%B0/"
            "%D0%94%D0%BE%D0%B3%D0%BE%D0%B2%D0%BE%D1%80.pdf"
        )

    def test_a_file_of_a_comment_hangs_on_the_issue_once(self, files: Files) -> None:
        held = {"source_id": "f1", "name": "Акт.pdf", "attached_to": [Ref("note", "n7"), Ref("task", "41")]}
        notes = leaving()["note"]
        notes[6]["files"] = [Ref("file", "f1", "Акт.pdf")]
        found = issues(files("jira_json", "files_at: https://x.example/", file=[held], note=notes))["41"]
        assert [one["name"] for one in found["attachments"]] == ["Акт.pdf"]
        assert "Акт.pdf" in found["comments"][0]["body"]

    def test_deleted_tasks_and_templates_stay_out(self, files: Files) -> None:
        assert not {"44", "46"} & issues(files("jira_json")).keys()


def package(found: dict[str, Any]) -> dict[str, list[Any]]:
    """The entities of a Kaiten package, as its `meta-data.json` leads to them."""
    meta = found["meta-data"]
    assert set(meta["entities_paths_map"]) == set(meta["entities"])
    return {
        name: [one for path in meta["entities_paths_map"][name] for one in found[Path(path).stem]]
        for name in meta["entities"]
    }


class TestKaiten:
    """Others reference, §8."""

    def test_every_file_is_an_array_that_the_package_names(self, files: Files, tmp_path: Path) -> None:
        path, text = tmp_path / "short.yaml", layout_file("kaiten").read_text(encoding="utf-8")
        path.write_text(text.replace("rows: 10000", "rows: 3"), encoding="utf-8")
        found = files(str(path))
        paths = [path for several in found["meta-data"]["entities_paths_map"].values() for path in several]
        assert sorted(paths) == sorted(f"./{name}.json" for name in found if name != "meta-data")
        assert "./cards_tasks-2.json" in paths
        assert all(isinstance(file, list) for name, file in found.items() if name != "meta-data")
        assert {"boards", "columns", "cards"} <= set(found["meta-data"]["entities"])

    def test_what_must_be_there_is_there(self, files: Files) -> None:
        must = {
            "users": {"id", "email"},
            "boards": {"id", "title"},
            "columns": {"id", "board_id", "title"},
            "cards": {"id", "column_id", "title"},
            "custom_fields": {"id", "type", "name"},
            "comments": {"id", "card_id", "text"},
            "files": {"id", "card_id", "name", "path"},
        }
        bare = {"deal": [{"source_id": "31"}], "note": [{"source_id": "n", "parent": Ref("deal", "31")}]}
        for found in (package(files("kaiten")), package(files("kaiten", **bare))):
            for name, keys in must.items():
                for one in found[name]:
                    assert keys <= one.keys()
                    assert all(one[key] not in ("", None) for key in keys)

    def test_ids_differ_and_every_link_leads_to_one(self, files: Files) -> None:
        tasks = leaving()["task"]
        tasks[0]["depends_on"] = [Ref("task", "45"), Ref("task", "44"), Ref("task", "404")]
        tasks.append({"source_id": "31", "name": "numbered like a deal"})
        found = package(files("kaiten", task=tasks))
        ids = {name: [one["id"] for one in several] for name, several in found.items()}
        assert all(len(set(several)) == len(several) for several in ids.values())
        links = 0
        for name, key, to in (
            ("columns", "board_id", "boards"),
            ("cards", "column_id", "columns"),
            ("cards", "owner_id", "users"),
            ("cards", "responsible_id", "users"),
            ("cards", "parent_card_ids", "cards"),
            ("cards", "blocked_by_card_ids", "cards"),
            ("comments", "card_id", "cards"),
            ("comments", "author_id", "users"),
            ("files", "card_id", "cards"),
            ("files", "author_id", "users"),
        ):
            for one in found[name]:
                ends = one.get(key, [])
                ends = ends if isinstance(ends, list) else [ends]
                links += len(ends)
                assert set(ends) <= set(ids[to]), (name, key)
        assert links > 25
        (card,) = [one for one in found["cards"] if one["id"] == "task-42"]
        assert (card["parent_card_ids"], card["blocked_by_card_ids"]) == (["task-41"], ["task-45"])

    def test_a_task_whose_parent_is_its_project_hangs_under_the_project(self, files: Files) -> None:
        """Megaplan tells it so."""
        project = Ref("project", "61")
        task = {"source_id": "1", "name": "x", "project": project, "parent": project}
        cards = package(files("kaiten", project=[{"source_id": "61", "name": "P"}], task=[task]))["cards"]
        assert [one["parent_card_ids"] for one in cards if one["id"] == "task-1"] == [["project-61"]]

    def test_tasks_hang_on_the_card_of_their_project(self, files: Files) -> None:
        parents = {one["id"]: one.get("parent_card_ids") for one in package(files("kaiten"))["cards"]}
        assert parents["task-41"] == ["project-61"]
        assert parents["task-42"] == ["task-41"]

    def test_texts_keep_to_their_lengths(self, files: Files) -> None:
        long = "д" * 2000
        found = package(
            files(
                "kaiten",
                pipeline=[{"source_id": "5", "name": long}],
                stage=[{"source_id": "51", "name": long, "pipeline": Ref("pipeline", "5")}],
                deal=[{"source_id": "31", "name": long}],
            )
        )
        assert max(len(one["title"]) for one in found["boards"]) == 128
        assert max(len(one["title"]) for one in found["columns"]) == 128
        assert max(len(one["title"]) for one in found["cards"]) == 1024
        assert long in next(one["description"] for one in found["cards"] if one["id"] == "deal-31")
        assert all(len(one["name"]) <= 128 for one in found["custom_fields"])

    def test_a_comment_is_never_of_today(self, files: Files) -> None:
        """An empty `created` would be the moment of the import."""
        found = package(files("kaiten"))
        assert all(UTC_TIME.fullmatch(one["created"]) for one in found["comments"] + found["files"])
        assert [one["created"] for one in found["comments"] if one["id"] == "n8"] == ["1970-01-01T00:00:00Z"]

    def test_the_author_of_a_comment_has_a_name_also_without_an_account(self, files: Files) -> None:
        by_id = {one["id"]: one for one in package(files("kaiten"))["comments"]}
        assert (by_id["n7"]["author_id"], by_id["n7"]["author_name"]) == ("11", "Петров Иван")
        assert (by_id["n8"].get("author_id"), by_id["n8"]["author_name"]) == (None, "Орлова Алла")

    def test_times_are_utc_in_every_zone(self, exporting: Export, files: Files, tmp_path: Path) -> None:
        files("kaiten", "zone: '+03:00'")
        text = (tmp_path / "out/mine/cards_tasks.json").read_text(encoding="utf-8")
        cards = {one["id"]: one for one in json.loads(text)}
        assert cards["task-41"]["created"] == "2026-01-10T06:00:00Z"
        assert cards["task-41"]["due_date"] == {"value": "2026-01-14T21:00:00Z", "time_present": False}

    def test_whole_days_and_times_are_told_apart(self, files: Files) -> None:
        tasks = [
            {"source_id": "1", "name": "x", "deadline": moment("2026-12-01T18:00:00+03:00")},
            {"source_id": "2", "name": "x", "planned_start": date(2026, 12, 1)},
        ]
        cards = package(files("kaiten", task=tasks, project=[]))["cards"]
        assert cards[0]["due_date"] == {"value": "2026-12-01T15:00:00Z", "time_present": True}
        assert "due_date" not in cards[1]
        assert cards[1]["planned_start"] == {"value": "2026-12-01T00:00:00Z", "time_present": False}

    def test_conditions_and_kinds_of_columns_are_numbers_that_kaiten_knows(self, files: Files) -> None:
        deals = [{"source_id": "1", "is_archived": True}, {"source_id": "2"}]
        found = package(files("kaiten", deal=deals))
        by_id = {one["id"]: one["condition"] for one in found["cards"]}
        assert (by_id["deal-1"], by_id["deal-2"]) == (2, 1)
        assert {one["type"] for one in found["columns"]} <= {1, 2, 3}

    def test_own_fields_have_ids_of_digits_and_are_described(self, files: Files) -> None:
        """Only ids of digits can be mapped to fields that Kaiten has already (`properties_mapping`)."""
        found = package(files("kaiten"))
        described = {one["id"]: one for one in found["custom_fields"]}
        used = {one["id"] for card in found["cards"] for one in card["properties"]}
        assert used <= described.keys()
        assert all(one.isdigit() and described[one]["type"] == "string" for one in described)
        values = [one["value"] for card in found["cards"] for one in card["properties"]]
        assert all(isinstance(one, str) for one in values)
        assert "megaplan:deal:31" in values

    def test_every_pipeline_is_a_board_with_its_stages(self, files: Files) -> None:
        found = package(files("kaiten"))
        assert {"id": "pipeline-5", "title": "Продажи"} in found["boards"]
        stages = [one["title"] for one in found["columns"] if one["board_id"] == "pipeline-5"]
        assert stages == ["Новая", "Успех"]
        assert {"id": "projects", "title": "Проекты"} in found["boards"]
        columns = {one["id"]: one["column_id"] for one in found["cards"]}
        assert (columns["deal-31"], columns["deal-32"]) == ("stage-52", "deals-1")

    def test_a_file_stands_in_the_package_where_it_says(self, files: Files, tmp_path: Path) -> None:
        """Below the folder `files`, which a person puts into the package."""
        for one in package(files("kaiten"))["files"]:
            assert not one["path"].startswith(("/", ".."))
            assert (tmp_path / "out" / one["path"]).read_bytes() == b"%PDF1"

    def test_files_of_comments_hang_on_the_card(self, files: Files) -> None:
        owners = [Ref("note", one) for one in ("n7", "n1", "n9", "n10")]
        held = {"source_id": "f1", "name": "Акт.pdf", "attached_to": owners}
        found = package(files("kaiten", file=[held]))["files"]
        assert [(one["id"], one["card_id"]) for one in found] == [
            ("file-f1-note-n10", "project-61"),
            ("file-f1-note-n7", "task-41"),
            ("file-f1-note-n1", "deal-31"),
        ]

    def test_descriptions_are_html(self, files: Files) -> None:
        deal = {"source_id": "31", "description": "a < b\nc"}
        *_tasks, card = package(
            files("kaiten", deal=[deal], line_item=[], invoice=[], payment=[], activity=[])
        )["cards"]
        assert (card["description"], card["description_type"]) == ("<p>a &lt; b<br>c</p>", "html")

    def test_a_person_of_a_card_has_an_account_or_stands_in_the_text(self, files: Files) -> None:
        tasks = [{"source_id": "1", "name": "x", "owner": IVAN, "responsible": ALLA}]
        (card, *_deals) = package(files("kaiten", task=tasks, project=[]))["cards"]
        assert (card["owner_id"], card.get("responsible_id")) == ("11", None)
        assert "Орлова Алла" in card["description"]


def objects(layout: Layout, name: str, folder: Path) -> list[Any]:
    """The rows of a table as they stand in the files; of a list with several tables, all of them."""
    within = layout.tables[name].within
    if within and name in nested_in(layout, within.table):
        key = nested_in(layout, within.table)[name]
        return [row for one in objects(layout, within.table, folder) for row in one.get(key, [])]
    (document,) = [one for one, body in layout.documents.items() if name in tables_in(body)]
    return list(listed(layout.documents[document], json.loads((folder / document).read_text("utf-8")), name))


def listed(body: Any, found: Any, name: str) -> Iterator[Any]:
    if isinstance(body, list):
        if any(is_rows(item) and item["rows_of"] == name for item in body):
            yield from found[sum(not is_rows(item) for item in body) :]
        for item, there in zip(body, found, strict=False):
            yield from () if is_rows(item) else listed(item, there, name)
    elif isinstance(body, dict):
        for key, value in body.items():
            yield from listed(value, found[key], name)


@pytest.mark.parametrize("target", ["jira_json", "kaiten"])
def test_every_field_is_in_the_row_or_accounted_for(
    exporting: Export, made: Entities, tmp_path: Path, target: str
) -> None:
    """What is missing in the row must be named in `leave_out`, or be the link to the row around it."""
    path = tmp_path / "mine.yaml"
    path.write_text(f"like: {target}\nfiles_at: https://x.example/\n", encoding="utf-8")
    layout = load_layout(path)
    made.clear()
    for entity in ENTITIES.values():
        flags = {"is_deleted", "is_template", "parent"}
        line = {field.name: filled(field) for field in entity.fields if field.name not in flags}
        made[entity.name] = [line | {"source_id": "f1" if entity.name == "file" else "1"}]
    for number, kind in enumerate(("deal", "project"), start=2):
        made["note"].append(made["note"][0] | {"source_id": str(number), "parent": Ref(kind, "1")})
    for kind in ("note", "time_entry", "change"):
        made[kind][0]["parent"] = Ref("task", "1")
    made["stage"][0]["pipeline"] = made["deal"][0]["pipeline"] = Ref("pipeline", "1", "all of pipeline")
    made["pipeline"][0]["name"] = "all of name, all of pipeline"
    owners = [("task", "1"), ("deal", "1"), ("project", "1"), ("note", "1"), ("note", "2"), ("note", "3")]
    made["file"][0]["attached_to"] = [Ref(kind, id) for kind, id in owners]
    notes = {note: count for one in exporting(str(path)) for note, count in one.notes.items()}
    for name, rule in layout.tables.items():
        if rule.leave_out == "all":
            continue
        rows = objects(layout, name, tmp_path / "out/mine")
        assert rows, name
        left = {*NEVER_TOLD, *rule.leave_out, *(rule.within.links if rule.within else ())}
        text = json.dumps(rows, ensure_ascii=False)
        for written, meant in (
            ("true", "yes"),
            ("PT135H25M", "8125"),
            ("pipeline-1", "all of pipeline"),
            ("https://x.example/files/", "all of held_path"),
            ('"path": "files/', "all of held_path"),
        ):
            text = text.replace(written, meant)
        fields = [field for field in ENTITIES[rule.from_].fields if field.name not in left]
        missing = [field.name for field in fields if not is_told(field, text, notes)]
        assert (name, missing) == (name, [])
