"""What each target is known to stumble over does not happen in the files for it (the traps of its reference)."""

import csv
import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from crmexport.mapping import CustomField
from crmexport.model import Ref, Type
from crmexport.target import Output, load_target
from crmexport.target.readback.xlsx import WorkbookReader
from tests.target.invented import Entities, moment
from tests.target.leaving import leaving

Export = Callable[..., list[Output]]
Rows = list[list[str]]


@pytest.fixture
def made_files(exporting: Export, made: Entities, tmp_path: Path) -> Callable[..., dict[str, Rows]]:
    """Export the leaving company and give the rows of every CSV file, headings first, by its name."""

    def make(target: str, delimiter: str = ",", **changes: list[dict[str, Any]]) -> dict[str, Rows]:
        made.clear()
        made.update(leaving() | changes)
        exporting(target)
        files = {}
        for path in sorted((tmp_path / "out" / target).glob("*.csv")):
            with path.open(encoding="utf-8-sig", newline="") as file:
                files[path.stem] = list(csv.reader(file, delimiter=delimiter, strict=True))
        return files

    return make


def column(rows: Rows, heading: str) -> list[str]:
    place = rows[0].index(heading)
    return [row[place] for row in rows[1:]]


Files = Callable[..., dict[str, Rows]]


class TestAmocrm:
    """amoCRM reference, §14."""

    def test_no_line_break_stands_in_a_cell_and_no_two_lines_are_alike(self, made_files: Files) -> None:
        files = made_files("amocrm", ";", contact=[{"source_id": str(n), "name": "Имя"} for n in range(3)])
        for rows in files.values():
            assert not [cell for row in rows for cell in row if "\n" in cell or "\r" in cell]
            assert len({tuple(row) for row in rows}) == len(rows)

    def test_a_budget_is_whole_and_its_exact_amount_in_the_note(self, made_files: Files) -> None:
        deals = made_files("amocrm", ";")["deals"]
        assert column(deals, "Бюджет сделки") == ["1234568", "100"]
        assert "1234567.89 RUB" in column(deals, "Примечание к сделке")[0]

    def test_there_are_five_notes_and_the_first_holds_the_rest(self, made_files: Files) -> None:
        deals = made_files("amocrm", ";")["deals"]
        assert deals[0].count("Примечание к сделке") == 5
        first = column(deals, "Примечание к сделке")[0]
        assert "Комментарий 5" in first
        assert "Комментарий 6" in first

    def test_a_tag_with_a_comma_stays_one_tag(self, made_files: Files) -> None:
        assert column(made_files("amocrm", ";")["companies"], "Тег компании")[0].count(",") == 1

    def test_closed_deals_are_in_the_two_closed_stages(self, made_files: Files) -> None:
        deals = made_files(
            "amocrm", ";", deal=[{"source_id": r, "result": r} for r in ("won", "lost", "active")]
        )
        assert column(deals["deals"], "Этап сделки") == [
            "Успешно реализовано",
            "Закрыто и не реализовано",
            "",
        ]

    def test_long_tables_are_cut(self, made_files: Files) -> None:
        files = made_files(
            "amocrm", ";", contact=[{"source_id": str(n), "name": str(n)} for n in range(5001)]
        )
        assert [len(files[name]) for name in ("contacts", "contacts-2")] == [5001, 2]
        assert files["contacts"][0] == files["contacts-2"][0]


class TestBitrix24:
    """The English portal gets what the Russian one gets."""

    def test_both_captions_have_the_same_rules(self) -> None:
        def rules(name: str) -> list[list[str]]:
            tables = load_target(name).layout.tables.values()
            columns = [[*map(str, one.columns.values())] for one in tables]
            return [
                [re.sub(r"(?:default|text|each)=('|\")(?:(?!\1).)*\1", "", rule) for rule in one]
                for one in columns
            ]

        assert rules("bitrix24") == rules("bitrix24_en")

    def test_no_caption_is_russian_and_no_date_begins_with_the_day(self, made_files: Files) -> None:
        for rows in made_files("bitrix24_en", ";").values():
            assert not [
                one
                for one in rows[0]
                if re.search("[а-я]", one) and "Скидка" not in one and "Комм" not in one
            ]
        assert column(made_files("bitrix24_en", ";")["deals"], "Start Date")[0] == "01/01/2026"


BELOW_A_DEAL: list[dict[str, Any]] = [
    {"source_id": "2", "name": "Sub-task", "parent": Ref("task", "1")},
    {"source_id": "1", "name": "Task", "parent": Ref("deal", "7", "Big deal")},
]


class TestJira:
    """Jira reference, §2, §3 and §7."""

    def test_parents_stand_above_their_sub_tasks_and_in_the_file(self, made_files: Files) -> None:
        tasks = made_files("jira")["tasks"]
        ids, parents = column(tasks, "Issue Id"), column(tasks, "Parent Id")
        for place, parent in enumerate(parents):
            assert not parent or parent in ids[:place]
        assert column(tasks, "Issue Type") == ["Sub-task" if parent else "Task" for parent in parents]

    def test_what_lies_too_deep_or_lost_its_parent_tells_it(self, made_files: Files) -> None:
        tasks = made_files("jira")["tasks"]
        told = dict(zip(column(tasks, "Issue Id"), column(tasks, "Description"), strict=True))
        assert "Согласовать с юристом" in told["43"]
        assert "Старая" in told["45"]

    def test_a_task_below_something_else_is_an_issue_that_tells_it(self, made_files: Files) -> None:
        tasks = made_files("jira", task=BELOW_A_DEAL)["tasks"]
        assert column(tasks, "Issue Id") == ["1", "2"]
        assert column(tasks, "Issue Type") == ["Task", "Sub-task"]
        assert "Big deal" in column(tasks, "Description")[0]

    def test_a_comment_has_all_three_parts(self, made_files: Files) -> None:
        tasks = made_files("jira")["tasks"]
        places = [place for place, heading in enumerate(tasks[0]) if heading == "Comment"]
        comments = [row[place] for row in tasks[1:] for place in places if row[place]]
        assert len(comments) == 2
        for comment in comments:
            date, author, text = comment.split(";", 2)
            assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d \+0[03]00", date)
            assert author
            assert text

    def test_closed_tasks_have_a_resolution_and_open_ones_none(self, made_files: Files) -> None:
        tasks = made_files("jira")["tasks"]
        pairs = zip(column(tasks, "Status"), column(tasks, "Resolution"), strict=True)
        assert all((status == "Done") is bool(resolution) for status, resolution in pairs)

    def test_a_summary_is_one_short_line_and_never_empty(self, made_files: Files) -> None:
        tasks = made_files("jira", task=[{"source_id": "1"}, {"source_id": "2", "name": "а\n" + "б" * 300}])[
            "tasks"
        ]
        assert column(tasks, "Summary")[0] == "Task #1"
        assert len(column(tasks, "Summary")[1]) == 255
        assert "\n" not in column(tasks, "Summary")[1]
        assert "б" * 300 in column(tasks, "Description")[1]

    def test_labels_have_no_blanks_and_all_dates_one_pattern(self, made_files: Files) -> None:
        tasks = made_files("jira")["tasks"]
        labels = [row[place] for row in tasks[1:] for place, name in enumerate(tasks[0]) if name == "Labels"]
        assert "опт,_розница" in labels
        tags = [{"source_id": "9", "name": "в\tдва\r\nряда\xa0и"}, {"source_id": "10", "name": "b"}]
        tasks = made_files("jira", tag=tags)["tasks"]
        cut = [row[place] for row in tasks[1:] for place, name in enumerate(tasks[0]) if name == "Labels"]
        assert "в_два_ряда_и" in cut
        for heading in ("Created", "Resolved", "Due Date"):
            assert all(
                re.fullmatch(r"(\d{4}-\d\d-\d\d \d\d:\d\d \+0300)?", cell) for cell in column(tasks, heading)
            )

    def test_a_deadline_is_the_same_day_in_every_zone(self, made_files: Files) -> None:
        tasks = [{"source_id": "1", "name": "x", "deadline": date(2026, 1, 15)}]
        assert column(made_files("jira", task=tasks)["tasks"], "Due Date") == ["2026-01-15 12:00 +0300"]

    def test_no_label_is_longer_than_jira_takes(self, made_files: Files) -> None:
        """It refuses the issue of one that is; the text has the whole."""
        name = "метка " * 60 + "конец"
        task = {"source_id": "1", "name": "x", "tags": [Ref("tag", "9")], "project": Ref("project", "61")}
        changed = {"tag": [{"source_id": "9", "name": name}], "project": [{"source_id": "61", "name": name}]}
        rows = made_files("jira", task=[task], **changed)["tasks"]
        assert [len(column(rows, heading)[0]) for heading in ("Labels", "Component")] == [255, 255]
        assert column(rows, "Description")[0].count("конец") == 2

    def test_a_brace_opens_no_macro(self, made_files: Files) -> None:
        tasks = made_files("jira")["tasks"]
        assert not [cell for row in tasks for cell in row if re.search(r"(?<!\\)\{", cell)]

    def test_the_wizard_is_told_of_every_heading_but_own_fields(
        self, made_files: Files, tmp_path: Path
    ) -> None:
        headings = set(made_files("jira")["tasks"][0])
        settings = json.loads((tmp_path / "out/jira/jira-import.txt").read_text(encoding="utf-8"))
        told = settings["config.field.mappings"]
        assert headings - set(told) == {"Source Id", "Source Status"}
        assert set(told) <= headings
        assert told["Status"] == {"jira.field": "status", "userChanged": "true", "manualMapping": "true"}


class TestOdoo:
    """Odoo reference, §3 and §9, and what a real Odoo did."""

    def test_external_ids_are_plain_and_unlike_over_all_models(self, made_files: Files) -> None:
        files = made_files(
            "odoo", tag=[{"source_id": "a.b c", "name": "x"}, {"source_id": "a_b_c", "name": "y"}]
        )
        ids = [one for rows in files.values() for one in column(rows, "id")]
        assert all(re.fullmatch(r"\w+", one, re.ASCII) for one in ids)
        assert len(set(ids)) == len(ids)

    def test_what_is_linked_stands_earlier(self, made_files: Files) -> None:
        """Files in their order, rows in theirs; no link leads to what is not in the files."""
        links = 0
        known: set[str] = set()
        for rows in made_files("odoo").values():
            places = [place for place, heading in enumerate(rows[0]) if heading.endswith("/id")]
            for row in rows[1:]:
                wanted = {one for place in places for one in row[place].split(",") if one}
                assert wanted <= known
                links += len(wanted)
                known.add(row[rows[0].index("id")])
        assert links > 8

    @pytest.mark.parametrize(
        ("kind", "table"), [("task", "10_project_task"), ("company", "04_res_partner_companies")]
    )
    def test_parents_stand_above_however_deep(self, made_files: Files, kind: str, table: str) -> None:
        chain = [
            {
                "source_id": str(n),
                "name": str(n),
                **({"project": Ref("project", "61")} if kind == "task" else {}),
                **({"parent": Ref(kind, str(n + 1))} if n < 9 else {}),
            }
            for n in range(10)
        ]
        rows = made_files("odoo", **{kind: chain})[table]
        assert [one.rpartition("_")[2] for one in column(rows, "id")] == [str(n) for n in range(9, -1, -1)]
        assert column(rows, "parent_id/id")[1:] == column(rows, "id")[:-1]

    def test_headings_are_technical_names(self, made_files: Files) -> None:
        for rows in made_files("odoo").values():
            assert all(re.fullmatch(r"[a-z_]+(/id)?", heading) for heading in rows[0])

    def test_a_state_is_never_empty_and_numbers_have_points(self, made_files: Files) -> None:
        files = made_files("odoo")
        assert all(column(files["10_project_task"], "state"))
        assert column(files["08_crm_lead"], "expected_revenue") == ["1234567.89", "100"]

    def test_lost_deals_are_archived_with_no_probability(self, made_files: Files) -> None:
        rows = made_files("odoo", deal=[{"source_id": "1", "result": "lost", "probability": 40}])[
            "08_crm_lead"
        ]
        assert (column(rows, "active"), column(rows, "probability")) == (["0"], ["0"])
        assert "40" in column(rows, "description")[0]

    def test_a_won_deal_has_the_only_probability_that_odoo_takes(self, made_files: Files) -> None:
        deals = [
            {"source_id": "1", "result": "won"},
            {"source_id": "2", "result": "won", "probability": 40},
            {"source_id": "3"},
        ]
        rows = made_files("odoo", deal=deals)["08_crm_lead"]
        assert column(rows, "probability") == ["100", "100", "0"]
        assert "40" in column(rows, "description")[1]

    def test_a_whole_day_is_one_for_whoever_imports(self, made_files: Files) -> None:
        """Odoo reads times in the zone of the user, and takes the days of the event from what they are in UTC."""
        days = {"start": date(2026, 5, 1), "finish": date(2026, 5, 3)}
        events = [{"source_id": "1", "name": "x", **days}, {**leaving()["activity"][0], "source_id": "2"}]
        rows = made_files("odoo", activity=events)["11_calendar_event"]
        assert column(rows, "allday") == ["1", "0"]
        assert column(rows, "start") == ["2026-05-01 12:00:00", "2026-02-02 10:00:00"]
        assert column(rows, "stop") == ["2026-05-03 12:00:00", "2026-02-02 11:30:00"]

    def test_nothing_ends_before_it_begins(self, made_files: Files) -> None:
        """Odoo refuses the whole file for one such event or project."""
        events = [
            {"source_id": "1", "start": date(2026, 5, 10), "finish": date(2026, 5, 5)},
            {
                "source_id": "2",
                "start": moment("2026-05-10T15:00:00Z"),
                "finish": moment("2026-05-10T06:00:00Z"),
            },
            {"source_id": "3", "start": moment("2026-05-10T15:00:00Z"), "finish": date(2026, 5, 10)},
        ]
        plan = {"planned_start": moment("2026-05-10T15:00:00Z")}
        projects = [
            {"source_id": "1", **plan, "planned_finish": date(2026, 5, 9)},
            {"source_id": "2", **plan, "planned_finish": date(2026, 5, 10)},
        ]
        files = made_files("odoo", activity=events, project=projects)
        rows = files["11_calendar_event"]
        assert column(rows, "stop") == column(rows, "start")
        told = zip(
            column(rows, "description"), ("2026-05-05", "2026-05-10 06:00:00 UTC", "2026-05-10"), strict=True
        )
        assert all(f": {finish}" in text for text, finish in told)
        rows = files["09_project_project"]
        assert column(rows, "date") == ["", "2026-05-10"]
        assert "2026-05-09" in column(rows, "description")[0]

    def test_a_task_is_due_until_the_end_of_its_day(self, made_files: Files) -> None:
        """Odoo counts one whose deadline is before midnight UTC of today as late: whoever lives east of London has it so all day."""
        task = {"source_id": "1", "name": "x", "deadline": date(2026, 1, 15)}
        assert column(made_files("odoo", task=[task])["10_project_task"], "date_deadline") == [
            "2026-01-15 23:59:00"
        ]

    def test_the_result_of_a_deal_is_told_in_words(self, made_files: Files) -> None:
        rows = made_files("odoo", deal=[{"source_id": "1", "result": "active"}])["08_crm_lead"]
        assert "Результат: в работе" in column(rows, "description")[0]

    def test_the_stage_decides_of_a_probability_where_a_deal_contradicts_it(self, made_files: Files) -> None:
        """Odoo refuses any other than 100 in a won stage, whatever the deal says of itself."""
        stages = [{"source_id": "s", "name": "Успех", "result": "won", "pipeline": Ref("pipeline", "5")}]
        deals = [
            {"source_id": str(number), "result": result, "stage": Ref("stage", "s")}
            for number, result in enumerate(("active", "lost", "won"))
        ]
        rows = made_files("odoo", stage=stages, deal=deals)["08_crm_lead"]
        assert column(rows, "probability") == ["100", "100", "100"]

    def test_a_stage_of_all_pipelines_is_there_for_the_deals_that_name_it(self, made_files: Files) -> None:
        """An import refuses a link to a stage that no file brings. Stages of tasks have no result."""
        stages = [
            {"source_id": "s", "name": "Новая", "result": "active"},
            {"source_id": "t", "name": "В работе", "project": Ref("project", "61")},
        ]
        files = made_files("odoo", stage=stages, deal=[{"source_id": "1", "stage": Ref("stage", "s")}])
        assert column(files["07_crm_stage"], "name") == ["Новая"]
        assert column(files["07_crm_stage"], "team_id/id") == [""]
        assert column(files["08_crm_lead"], "stage_id/id") == column(files["07_crm_stage"], "id")

    def test_texts_are_html_with_their_line_ends(self, made_files: Files) -> None:
        rows = made_files("odoo", company=[{"source_id": "5", "description": "a < b\nc"}])
        assert column(rows["04_res_partner_companies"], "comment") == ["<p>a &lt; b<br>c</p>"]


@pytest.mark.parametrize(
    ("target", "file", "delimiter", "people", "text"),
    [
        ("bitrix24", "tasks", ";", "Ответственный", "Описание"),
        ("bitrix24_en", "tasks", ";", "Responsible person", "Description"),
        ("planfix", "4_tasks", ";", "Исполнитель", "Описание"),
        ("odoo", "10_project_task", ",", "user_ids", "description"),
    ],
)
def test_a_client_who_is_responsible_for_a_task_is_no_colleague(
    made_files: Files, target: str, file: str, delimiter: str, people: str, text: str
) -> None:
    """A column for colleagues takes only those who are: the import would stop, or drop the name."""
    tasks = [{"source_id": "1", "name": "x", "responsible": Ref("contact", "21")}]
    rows = made_files(target, delimiter, task=tasks)[file]
    assert column(rows, people) == [""]
    assert "Сидорова Анна" in column(rows, text)[0]


@pytest.mark.parametrize(
    ("target", "file", "owner", "text"),
    [
        ("hubspot", "companies", "Company owner", "Source notes"),
        ("hubspot", "deal_tasks", "Activity assigned to", "Task notes"),
        ("hubspot", "company_notes", "Activity assigned to", "Note body"),
        ("zoho", "1_Accounts", "Account Owner", "Description"),
        ("pipedrive", "1_organizations", "Organization - Owner", "Organization - Source notes"),
        ("pipedrive", "5_tasks", "Activity - Assigned to user", "Activity - Note"),
    ],
)
@pytest.mark.parametrize("works", [True, False])
def test_nobody_who_has_left_owns_anything(
    exporting: Export,
    made: Entities,
    tmp_path: Path,
    target: str,
    file: str,
    owner: str,
    text: str,
    works: bool,
) -> None:
    """An address that nobody has any more is an error of the row, or leaves it out; the text names the person."""
    made.clear()
    made.update(leaving())
    made["user"][0]["is_working"] = works
    made["note"] = [{"source_id": "1", "parent": Ref("company", "1"), "author": made["company"][0]["owner"]}]
    exporting(target)
    path = next((tmp_path / "out" / target).glob(f"{file}.*"))
    if path.suffix == ".xlsx":
        rows = TestPipedrive.rows(path)
    else:
        rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines(keepends=True), strict=True))
    place = next(place for place, cell in enumerate(column(rows, text)) if "Петров Иван" in cell)
    assert column(rows, owner)[place] == ("i.petrov@firm.example" if works else "")


def test_a_task_that_is_not_completed_has_no_date_of_completion(made_files: Files) -> None:
    """Outlook takes one that has for completed; the date stands in the text."""
    tasks = [
        {
            "source_id": "1",
            "name": "x",
            "status": status,
            "actual_finish": moment("2026-01-05T09:00:00+00:00"),
        }
        for status in ("completed", "cancelled")
    ]
    rows = made_files("outlook", task=tasks)["tasks"]
    assert [bool(date) for date in column(rows, "Date Completed")] == [True, False]
    assert "2026" in column(rows, "Notes")[1]


@pytest.mark.parametrize(
    ("target", "delimiter", "file", "text"),
    [("amocrm", ";", "contacts", "Примечание к контакту"), ("odoo", ",", "05_res_partner_people", "comment")],
)
def test_no_part_of_a_name_is_dropped(
    made_files: Files, target: str, delimiter: str, file: str, text: str
) -> None:
    """The name that a CRM shows may lack the patronymic, or be another one."""
    person = {
        "source_id": "1",
        "name": "Анна",
        "first_name": "Анна",
        "middle_name": "Петровна",
        "last_name": "Ли",
    }
    rows = made_files(target, delimiter, contact=[person])[file]
    assert "Петровна" in column(rows, text)[0] and "Ли" in column(rows, text)[0]


class TestHubspot:
    """HubSpot reference, §7 to §10."""

    def test_a_task_is_due_on_its_day_in_whatever_zone_it_is_read(self, made_files: Files) -> None:
        task = {"source_id": "1", "name": "x", "deadline": date(2026, 1, 15)}
        assert column(made_files("hubspot", task=[task])["tasks"], "Due date") == ["2026-01-15 12:00"]

    def test_a_task_stands_in_one_file_whatever_became_of_its_deals(self, made_files: Files) -> None:
        """A second row would make it twice; a deleted deal leaves it to its company."""
        live, deleted, lost = Ref("deal", "31"), Ref("deal", "32"), Ref("deal", "404")
        deals = [{"source_id": "31", "name": "x"}, {"source_id": "32", "name": "y", "is_deleted": True}]
        lists: list[list[Ref]] = [
            [],
            [live],
            [deleted],
            [lost],
            [live, lost],
            [deleted, lost],
            [deleted, live],
        ]
        lists.append([lost, live])
        clients: list[dict[str, Any]] = [
            {},
            {"company": Ref("company", "1")},
            {"contact": Ref("contact", "21")},
        ]
        tasks = [
            {"source_id": str(n), "name": f"t{n}", "deals": list(of), **clients[n % 3]}
            for n, of in enumerate(one for one in lists for _client in clients)
        ]
        files = made_files("hubspot", deal=deals, task=tasks)
        found = {name: column(files[name], "Task title") for name in ("deal_tasks", "tasks", "contact_tasks")}
        assert sorted(name for names in found.values() for name in names) == sorted(
            task["name"] for task in tasks
        )
        assert {"t3", "t4", "t5", "t12", "t18"} <= set(found["deal_tasks"])
        assert "t7" in found["tasks"] and "t8" in found["contact_tasks"]
        linked = dict(zip(found["tasks"], column(files["tasks"], "company_source_id"), strict=True))
        assert linked["t7"] == "megaplan:company:1"

    def test_every_column_of_every_file_has_its_mapping_in_order(
        self, made_files: Files, tmp_path: Path
    ) -> None:
        files = made_files("hubspot")
        mapped = set()
        for path in (tmp_path / "out/hubspot").glob("*.json"):
            request = json.loads(path.read_text(encoding="utf-8"))
            assert request["dateFormat"] == "YEAR_MONTH_DAY"
            for file in request["files"]:
                name = file["fileName"].removesuffix(".csv")
                mapped.add(name)
                mappings = file["fileImportPage"]["columnMappings"]
                assert [one["columnName"] for one in mappings] == files[name][0]
                assert all("propertyName" in one or one.get("ignored") for one in mappings)
                assert len({one["columnObjectTypeId"] for one in mappings}) == 1
        assert mapped == set(files)

    def test_no_request_looks_for_objects_that_are_not_in_it(self, made_files: Files, tmp_path: Path) -> None:
        made_files("hubspot")
        for path in (tmp_path / "out/hubspot").glob("*.json"):
            columns = [
                column
                for file in json.loads(path.read_text(encoding="utf-8"))["files"]
                for column in file["fileImportPage"]["columnMappings"]
            ]
            there = {one["columnObjectTypeId"] for one in columns}
            assert {one["toColumnObjectTypeId"] for one in columns if "foreignKeyType" in one} <= there
            assert all(one["columnName"] == "company_source_id" for one in columns if "ignored" in one)

    def test_a_task_is_made_once_with_its_deal_or_else_whose_it_is(self, made_files: Files) -> None:
        """A run links two objects, and each run makes its tasks anew."""
        deals = [{"source_id": "1", "name": "x", "is_deleted": True}, {"source_id": "2", "name": "y"}]
        gone, deal, company, contact = (
            Ref("deal", "1"),
            Ref("deal", "2"),
            Ref("company", "1"),
            Ref("contact", "21"),
        )
        tasks = [
            {"source_id": "1", "name": "all", "deals": [gone, deal], "company": company, "contact": contact},
            {"source_id": "2", "name": "gone", "deals": [gone]},
            {"source_id": "3", "name": "not held", "deals": [Ref("deal", "404", "Z")], "company": company},
            {"source_id": "4", "name": "company", "company": company, "contact": contact},
            {"source_id": "5", "name": "contact", "contact": contact},
            {"source_id": "6", "name": "nobody"},
        ]
        files = made_files("hubspot", task=tasks, deal=deals)
        told = {
            name: {row[0]: row[files[name][0].index(key)] for row in files[name][1:]}
            for name, key in (
                ("deal_tasks", "deal_source_id"),
                ("contact_tasks", "contact_source_id"),
                ("tasks", "company_source_id"),
            )
        }
        ours = "megaplan:company:1"
        assert told == {
            "deal_tasks": {"all": "megaplan:deal:2"},
            "contact_tasks": {"contact": "megaplan:contact:21"},
            "tasks": {"gone": "", "not held": ours, "company": ours, "nobody": ""},
        }
        (text,) = column(files["deal_tasks"], "Task notes")
        assert "ООО «Ромашка»" in text and "Анна" in text
        texts = dict(zip(told["tasks"], column(files["tasks"], "Task notes"), strict=True))
        assert "Сделки: x" in texts["gone"]

    def test_every_foreign_key_is_a_key_of_the_other_file(self, made_files: Files) -> None:
        files = made_files("hubspot")
        keys = {kind: set(column(files[kind], "source_id")) for kind in ("companies", "contacts", "deals")}
        owners = {
            "company_source_id": "companies",
            "contact_source_id": "contacts",
            "deal_source_id": "deals",
        }
        found = 0
        for rows in files.values():
            for heading in set(rows[0]) & set(owners):
                linked = {one for one in column(rows, heading) if one}
                assert linked <= keys[owners[heading]]
                found += len(linked)
        assert found > 6

    def test_a_deal_names_no_contact_that_has_no_row(self, made_files: Files) -> None:
        """HubSpot counts such a row as failed; the contact is told in the text of the deal."""
        contacts = [{"source_id": "1", "name": "Иной", "is_deleted": True}, {"source_id": "2", "name": "Она"}]
        links = [Ref("contact", "1"), Ref("contact", "404", "Забытый"), Ref("contact", "2")]
        deal = {"source_id": "1", "name": "x", "contacts": links, "contact": links[0]}
        files = made_files("hubspot", contact=contacts, deal=[deal])
        assert column(files["deal_contacts"], "contact_source_id") == ["megaplan:contact:2"]
        assert column(files["deal_main_contacts"], "contact_source_id") == []
        assert "Иной; Забытый; Она" in column(files["deals"], "Source notes")[0]

    def test_no_text_is_longer_than_a_property_may_be(self, made_files: Files) -> None:
        """HubSpot refuses the whole row, markup counts as well."""
        long = "<\n" * 40_000
        files = made_files(
            "hubspot",
            deal=[{"source_id": "1", "name": "x", "description": long}],
            note=[{"source_id": "1", "parent": Ref("company", "1"), "text": long}],
            task=[{"source_id": "1", "name": "x", "text": long}],
        )
        longest = [len(cell) for rows in files.values() for row in rows for cell in row]
        assert 64_000 < max(longest) <= 65_000

    def test_people_of_one_address_stay_two(self, made_files: Files) -> None:
        people = [{"source_id": str(n), "name": "x", "emails": [{"address": "A@x.example"}]} for n in (1, 2)]
        rows = made_files("hubspot", contact=people)["contacts"]
        assert column(rows, "Email") == ["", ""]
        assert all("A@x.example" in notes for notes in column(rows, "Source notes"))

    def test_no_company_is_told_by_its_domain(self, made_files: Files) -> None:
        assert not [name for name in made_files("hubspot")["companies"][0] if "domain" in name.lower()]

    def test_notes_and_tasks_have_a_time_and_deals_every_contact(self, made_files: Files) -> None:
        files = made_files("hubspot")
        assert all(column(files["company_notes"], "Activity date"))
        assert all(column(files["tasks"], "Due date"))
        assert column(files["deal_contacts"], "contact_source_id") == [
            "megaplan:contact:21",
            "megaplan:contact:22",
        ]

    def test_notes_that_stand_nowhere_are_counted_once(self, exporting: Export, made: Entities) -> None:
        made.clear()
        made.update(leaving())
        counts = {one.table: one.notes.get("rows_not_wanted", 0) for one in exporting("hubspot")}
        assert [counts[name] for name in ("company_notes", "contact_notes", "deal_notes")] == [1, 0, 0]


class TestPipedrive:
    """Pipedrive reference, §5 and §7: everything is linked by names, in workbooks of one sheet."""

    @pytest.fixture
    def sheets(self, exporting: Export, made: Entities, tmp_path: Path) -> dict[str, Rows]:
        made.clear()
        made.update(leaving())
        made["deal"].append({"source_id": "33", "name": "вторая", "result": "lost"})
        exporting("pipedrive")
        return {path.stem: self.rows(path) for path in (tmp_path / "out/pipedrive").glob("*.xlsx")}

    @staticmethod
    def rows(path: Path) -> Rows:
        with WorkbookReader(path) as book:
            (sheet,) = book.sheets()
            rows = [["" if cell is None else str(cell) for cell in row] for row in book.rows(sheet)]
        return [[*row, *[""] * (len(rows[0]) - len(row))] for row in rows]

    def test_no_deal_and_no_note_is_nobodys(
        self, exporting: Export, made: Entities, tmp_path: Path, sheets: dict[str, Rows]
    ) -> None:
        """It refuses them (§5), and the rows stand in a skip file."""
        clients: list[dict[str, Any]] = [
            {"company": Ref("company", "1")},
            {"company": Ref("company", "3")},
            {"company": Ref("company", "3"), "contact": Ref("contact", "21")},
            {"contact": Ref("contact", "21")},
            {"contact": Ref("contact", "24")},
            {"contact": Ref("contact", "25")},
            {"contact": Ref("contact", "404")},
            {"client_name": "Вася"},
            {},
        ]
        made["contact"] += [{"source_id": "24", "name": "Удалённый", "is_deleted": True}, {"source_id": "25"}]
        made["deal"] = [{"source_id": str(n), "name": f"d{n}", **client} for n, client in enumerate(clients)]
        made["deal"].append({"source_id": "44", "name": "Удалённая", "is_deleted": True})
        parents = ("44", "404", "0")
        made["note"] = [
            {"source_id": id, "text": "x", "parent": Ref("deal", id, "Удалённая")} for id in parents
        ]
        exporting("pipedrive")
        deals = self.rows(tmp_path / "out/pipedrive/3_deals.xlsx")
        assert column(deals, "Organization - Name") == [
            "ООО «Ромашка» #1",
            "No client",
            "",
            "",
            "No client",
            "",
            "No client",
            "Вася",
            "No client",
        ]
        assert [n for n, name in enumerate(column(deals, "Person - Name")) if name] == [2, 3, 5]
        assert column(deals, "Person - Name")[5] in column(
            self.rows(tmp_path / "out/pipedrive/2_people.xlsx"), "Person - Name"
        )
        assert column(self.rows(tmp_path / "out/pipedrive/6_notes.xlsx"), "Deal - Title") == ["d0"]

    def test_names_that_others_link_to_are_unlike(self, sheets: dict[str, Rows]) -> None:
        headings = (
            ("1_organizations", "Organization - Name"),
            ("2_people", "Person - Name"),
            ("3_deals", "Deal - Title"),
        )
        for table, heading in headings:
            names = [name.casefold() for name in column(sheets[table], heading)]
            assert len(set(names)) == len(names)

    def test_every_link_is_the_name_of_a_row(self, sheets: dict[str, Rows]) -> None:
        owners = {
            "Organization - Name": "1_organizations",
            "Person - Name": "2_people",
            "Deal - Title": "3_deals",
        }
        links = 0
        for rows in sheets.values():
            for heading in set(rows[0]) & set(owners):
                linked = {one for one in column(rows, heading) if one}
                assert linked - {"Забытая", "No client"} <= set(column(sheets[owners[heading]], heading))
                links += len(linked)
        assert links > 12

    def test_no_part_of_a_name_stands_beside_the_whole(self, sheets: dict[str, Rows]) -> None:
        """Pipedrive makes the name of its parts, if it is given these: two namesakes would be one, and no link would find either."""
        people = sheets["2_people"]
        assert not {"Person - First name", "Person - Last name"} & set(people[0])
        assert "First name: Анна" in column(people, "Person - Source notes")[0]

    def test_every_note_is_linked(self, sheets: dict[str, Rows]) -> None:
        rows = sheets["6_notes"]
        kinds = [
            column(rows, heading) for heading in ("Deal - Title", "Organization - Name", "Person - Name")
        ]
        assert all(sum(map(bool, one)) == 1 for one in zip(*kinds, strict=True))

    def test_what_is_deleted_is_not_made_anew_by_a_link(
        self, exporting: Export, made: Entities, tmp_path: Path
    ) -> None:
        """Whatever name Pipedrive does not find, it makes."""
        made.clear()
        made.update(leaving())
        for kind in ("company", "contact", "deal"):
            made[kind] = [{"source_id": "1", "name": "Удалённое", "is_deleted": True}]
        links = [Ref(kind, "1") for kind in ("company", "contact", "deal")]
        made["activity"] = [{"source_id": "1", "name": "x", "links": links}]
        made["task"] = [{"source_id": "1", "name": "x", "deals": links[2:], "company": links[0]}]
        exporting("pipedrive")
        for name in ("4_activities", "5_tasks"):
            rows = self.rows(tmp_path / "out/pipedrive" / f"{name}.xlsx")
            assert [row.count("Удалённое") for row in rows[1:]] == [0]
            assert "Удалённое" in column(rows, "Activity - Note")[0]

    def test_texts_that_only_excel_cuts_are_told_as_such(
        self, exporting: Export, made: Entities, tmp_path: Path
    ) -> None:
        made["deal"][1] |= {"description": "ы" * 40_000}
        exporting("pipedrive")
        readme = (tmp_path / "out/pipedrive/README.txt").read_text(encoding="utf-8-sig")
        assert "Сделки: Тексты обрезаны: они длиннее, чем вмещает ячейка Excel" in readme
        assert "в столбце для остального" not in readme

    def test_an_activity_of_which_only_the_end_is_known_is_due_then(
        self, exporting: Export, made: Entities, tmp_path: Path
    ) -> None:
        at = moment("2026-02-02T11:30:00+03:00")
        made["activity"] = [
            {"source_id": "1", "name": "x", "finish": at},
            {"source_id": "2", "name": "y", "start": at, "finish": moment("2026-02-03T12:00:00+03:00")},
        ]
        exporting("pipedrive")
        rows = self.rows(tmp_path / "out/pipedrive/4_activities.xlsx")
        assert column(rows, "Activity - Due date") == ["2026-02-02 00:00:00"] * 2
        assert column(rows, "Activity - Due time") == ["11:30", "11:30"]
        assert "2026-02-03" in column(rows, "Activity - Note")[1]

    def test_a_time_stands_in_its_own_column(self, sheets: dict[str, Rows]) -> None:
        assert column(sheets["4_activities"], "Activity - Due time") == ["10:00"]
        assert column(sheets["3_deals"], "Deal - Status") == ["Won", "Open", "Lost"]


class TestSalesforce:
    """Others reference, §1."""

    def test_files_are_named_like_objects_and_links_lead_into_them(self, made_files: Files) -> None:
        files = made_files("salesforce")
        assert set(files) == {"Account", "Contact", "Opportunity", "OpportunityContactRole", "Task"}
        keys = {
            name: set(column(rows, "Source_Id__c"))
            for name, rows in files.items()
            if "Source_Id__c" in rows[0]
        }
        found = 0
        for rows in files.values():
            for heading in rows[0]:
                name = re.split(r"[.:]", heading)[0]
                if name in keys and heading.endswith("Source_Id__c") and heading != "Source_Id__c":
                    linked = {one for one in column(rows, heading) if one}
                    assert linked <= keys[name]
                    found += len(linked)
        assert found > 6

    def test_required_fields_are_never_empty(self, made_files: Files) -> None:
        files = made_files(
            "salesforce", deal=[{"source_id": "1"}], contact=[{"source_id": "1", "name": "Некто"}]
        )
        for heading in ("Name", "StageName", "CloseDate"):
            assert all(column(files["Opportunity"], heading))
        assert column(files["Contact"], "LastName") == ["Некто"]

    def test_a_task_names_no_deal_that_has_no_row(self, made_files: Files) -> None:
        """Salesforce refuses the whole row of one that does."""
        deals = [{"source_id": "1", "name": "Прежняя", "is_deleted": True}, {"source_id": "2", "name": "Эта"}]
        links = [Ref("deal", "404", "Забытая"), Ref("deal", "1"), Ref("deal", "2")]
        tasks = [
            {"source_id": "1", "name": "x", "deals": links},
            {"source_id": "2", "name": "y", "deals": links[:2]},
        ]
        rows = made_files("salesforce", deal=deals, task=tasks)["Task"]
        assert column(rows, "Opportunity:What.Source_Id__c") == ["megaplan:deal:2", ""]
        assert all("Забытая" in text and "Прежняя" in text for text in column(rows, "Description"))

    def test_a_task_belongs_to_one_thing_only(self, made_files: Files) -> None:
        rows = made_files("salesforce")["Task"]
        both = zip(
            column(rows, "Opportunity:What.Source_Id__c"),
            column(rows, "Account:What.Source_Id__c"),
            strict=True,
        )
        assert not [one for one in both if all(one)]

    def test_no_field_is_longer_than_the_platform_takes(self, made_files: Files) -> None:
        deals = [{"source_id": "1", "name": "д" * 500, "description": "о" * 40_000, "number": "17"}]
        rows = made_files("salesforce", deal=deals)["Opportunity"]
        assert len(column(rows, "Name")[0]) == 120
        assert len(column(rows, "Description")[0]) == 32_000

    def test_the_document_names_the_columns(self, made_files: Files, tmp_path: Path) -> None:
        files = made_files("salesforce")
        known = json.loads((tmp_path / "out/salesforce/export.json").read_text(encoding="utf-8"))
        for one in known["objects"]:
            fields, _from, name = one["query"].removeprefix("SELECT ").rpartition(" FROM ")
            assert fields.split(", ") == files[name][0]


class TestPlanfixAndZoho:
    """Others reference, §2 and §5."""

    def test_planfix_takes_a_thousand_tasks_in_a_file_and_days_first(self, made_files: Files) -> None:
        tasks = [
            {"source_id": str(n), "name": str(n), "deadline": leaving()["task"][1]["deadline"]}
            for n in range(1001)
        ]
        files = made_files("planfix", ";", task=tasks)
        assert [len(files["4_tasks"]), len(files["4_tasks-2"])] == [1001, 2]
        assert column(files["4_tasks-2"], "Дата завершения") == ["15-01-2026"]

    def test_planfix_links_by_names_that_are_in_the_files(self, made_files: Files) -> None:
        files = made_files("planfix", ";")
        names = set(column(files["1_companies"], "Название"))
        assert {one for one in column(files["2_people"], "Компания") if one} <= names
        assert {one for one in column(files["4_tasks"], "Проект") if one} <= set(
            column(files["3_projects"], "Название")
        )

    def test_planfix_makes_no_deleted_project_anew(self, made_files: Files) -> None:
        """It makes whatever name it does not find."""
        project = {"source_id": "61", "name": "Прежний", "is_deleted": True}
        rows = made_files("planfix", ";", project=[project])["4_tasks"]
        assert set(column(rows, "Проект")) == {""}
        assert "Проект: Прежний" in column(rows, "Описание")[1]

    def test_planfix_names_contacts_as_their_own_file_does(self, made_files: Files) -> None:
        people = [
            {"source_id": str(n), "name": "Ли Анна", "first_name": "Анна", "last_name": last}
            for n, last in enumerate(["Ли", "Ким", "Ким"])
        ]
        deals = [{"source_id": str(n), "name": "x", "contact": Ref("contact", str(n))} for n in range(3)]
        rows = made_files("planfix", ";", contact=people, deal=deals)["5_deals"]
        assert column(rows, "Контакт") == ["Анна Ли", "", ""]
        assert "Анна Ким (#1)" in column(rows, "Описание")[1]

    def test_zoho_names_have_no_refused_signs_and_stay_unlike(self, made_files: Files) -> None:
        companies = [{"source_id": str(n), "name": 'ООО "А" <|>' + "я" * 200} for n in (1, 2)]
        people = [{"source_id": "1", "name": "x", "company": Ref("company", "2")}]
        files = made_files("zoho", company=companies, contact=people)
        names = column(files["1_Accounts"], "Account Name")
        assert not [name for name in names if re.search('["|<>]', name)]
        assert [len(name) for name in names] == [190, 190]
        assert names[0] != names[1]
        assert column(files["2_Contacts"], "Account Name") == [names[1]]

    @pytest.mark.parametrize(
        ("target", "delimiter", "files", "heading"),
        [
            ("zoho", ",", ("1_Accounts", "2_Contacts"), "Account Name"),
            ("bitrix24_en", ";", ("companies", "contacts"), "Company"),
        ],
    )
    def test_names_that_only_differ_where_they_are_cut_stay_unlike(
        self, made_files: Files, target: str, delimiter: str, files: tuple[str, str], heading: str
    ) -> None:
        """Branches of an institution differ at the end of a long name."""
        companies = [{"source_id": str(n), "name": "Учреждение " * 30 + f"филиал {n}"} for n in (1, 2)]
        people = [{"source_id": "1", "name": "x", "company": Ref("company", "2")}]
        made = made_files(target, delimiter, company=companies, contact=people)
        names = [row[0] for row in made[files[0]][1:]]
        assert [name[-4:] for name in names] == ["… #1", "… #2"]
        assert column(made[files[1]], heading) == names[1:]

    def test_zoho_names_that_only_differ_by_refused_signs_stay_unlike(self, made_files: Files) -> None:
        names = ['ООО "Ромашка"', "ООО 'Ромашка'", "Иная"]
        companies = [{"source_id": str(n), "name": name} for n, name in enumerate(names)]
        rows = made_files("zoho", company=companies)["1_Accounts"]
        assert column(rows, "Account Name") == ["ООО 'Ромашка' #0", "ООО 'Ромашка' #1", "Иная"]

    def test_zoho_deals_are_not_linked_to_a_namesake(self, made_files: Files) -> None:
        rows = made_files("zoho")["3_Deals"]
        assert column(rows, "Contact Name") == ["", "Некто"]


@pytest.mark.parametrize(
    ("target", "file", "delimiter", "name"),
    [
        ("amocrm", "companies", ";", "Название (компания)"),
        ("amocrm", "contacts", ";", "Полное имя (контакт)"),
        ("bitrix24", "companies", ";", "Название компании"),
        ("bitrix24", "contacts", ";", "Фамилия"),
        ("bitrix24", "deals", ";", "Название сделки"),
        ("bitrix24", "tasks", ";", "Название"),
        ("bitrix24_en", "contacts", ";", "Last Name"),
        ("hubspot", "contacts", ",", "Last name"),
        ("hubspot", "deals", ",", "Deal name"),
        ("jira", "tasks", ",", "Summary"),
        ("odoo", "05_res_partner_people", ",", "name"),
        ("planfix", "2_people", ";", "Имя"),
        ("planfix", "4_tasks", ";", "Название"),
        ("salesforce", "Contact", ",", "LastName"),
        ("salesforce", "Task", ",", "Subject"),
        ("zoho", "2_Contacts", ",", "Last Name"),
        ("zoho", "3_Deals", ",", "Deal Name"),
    ],
)
@pytest.mark.parametrize("nothing", [None, " ", "\xa0\n", "\u200b"])
def test_whoever_has_no_name_that_can_be_read_gets_one(
    made_files: Files, target: str, file: str, delimiter: str, name: str, nothing: str | None
) -> None:
    """The importers refuse such a row, most of them without a word."""
    nameless = {"source_id": "77", "name": nothing, "first_name": nothing, "last_name": nothing}
    kinds = ("company", "contact", "deal", "task")
    rows = made_files(target, delimiter, **{kind: [nameless] for kind in kinds})[file]
    assert re.fullmatch(r"\D*#77", column(rows, name)[0])


@pytest.mark.parametrize(
    ("target", "file", "delimiter", "company", "text"),
    [
        ("amocrm", "deals", ";", "Название (компания)", "Примечание к сделке"),
        ("bitrix24", "deals", ";", "Компания", "Комментарий"),
        ("planfix", "5_deals", ";", "Контрагент", "Описание"),
        ("zoho", "3_Deals", ",", "Account Name", "Description"),
    ],
)
@pytest.mark.parametrize("nothing", [" ", "\xa0\n"])
def test_no_company_is_made_of_a_name_that_cannot_be_read(
    made_files: Files, target: str, file: str, delimiter: str, company: str, text: str, nothing: str
) -> None:
    deal = {"source_id": "1", "name": "x", "company": Ref("company", "77")}
    rows = made_files(target, delimiter, company=[{"source_id": "77", "name": nothing}], deal=[deal])[file]
    assert column(rows, company) == [""]
    assert "77" in column(rows, text)[0]


@pytest.mark.parametrize(
    ("target", "delimiter", "files", "names", "contact"),
    [
        ("bitrix24", ";", ("contacts", "deals"), ("Имя", "Фамилия"), "Контакт"),
        ("bitrix24_en", ";", ("contacts", "deals"), ("First Name", "Last Name"), "Contact"),
        ("zoho", ",", ("2_Contacts", "3_Deals"), ("First Name", "Last Name"), "Contact Name"),
        ("planfix", ";", ("2_people", "5_deals"), ("Имя", "Фамилия"), "Контакт"),
        ("amocrm", ";", ("contacts", "deals"), ("Полное имя (контакт)",), "Полное имя (контакт)"),
    ],
)
@pytest.mark.parametrize("named", [{}, {"first_name": " ", "last_name": "\u200b"}, {"name": "Анна Мария"}])
def test_a_deal_names_a_contact_without_first_and_last_name_as_the_contacts_do(
    made_files: Files,
    target: str,
    delimiter: str,
    files: tuple[str, str],
    names: tuple[str, ...],
    contact: str,
    named: dict[str, str],
) -> None:
    deal = {"source_id": "1", "name": "x", "contact": Ref("contact", "77")}
    made = made_files(target, delimiter, contact=[{"source_id": "77", **named}], deal=[deal])
    theirs = " ".join(filter(None, (column(made[files[0]], name)[0].strip() for name in names)))
    assert column(made[files[1]], contact) == [theirs]


class TestLinksOfBitrix24:
    """It looks links up by name alone, and drops what it does not find (Bitrix24 reference, §13)."""

    def test_somebody_unknown_is_told_by_the_id(self, made_files: Files) -> None:
        task = {
            "source_id": "1",
            "name": "x",
            "executors": [Ref("user", "404")],
            "watchers": [Ref("user", "405")],
        }
        rows = made_files("bitrix24", ";", task=[task])["tasks"]
        assert (column(rows, "Соисполнители"), column(rows, "Наблюдатели")) == ([""], [""])
        assert all(id in column(rows, "Описание")[0] for id in ("404", "405"))

    def test_what_the_archive_does_not_hold_is_named_in_the_comment(self, made_files: Files) -> None:
        lost = {"company": Ref("company", "404", "Забытая"), "contact": Ref("contact", "405", "Пропавший")}
        one = {"source_id": "1", "name": "x"}
        files = made_files("bitrix24", ";", deal=[one | lost], contact=[one | {"company": lost["company"]}])
        for name, rows in (("deals", files["deals"]), ("contacts", files["contacts"])):
            assert column(rows, "Компания") == [""], name
            assert "Забытая" in column(rows, "Комментарий")[0]
        assert column(files["deals"], "Контакт") == [""]
        assert "Пропавший" in column(files["deals"], "Комментарий")[0]

    def test_a_task_is_due_until_the_end_of_its_day(self, made_files: Files) -> None:
        """A day without a time is its midnight: the task would be late all that day."""
        tasks = [
            {
                "source_id": "1",
                "name": "x",
                "deadline": date(2026, 1, 15),
                "planned_start": date(2026, 1, 10),
            },
            {"source_id": "2", "name": "y", "deadline": moment("2026-01-15T18:30:00+03:00")},
        ]
        rows = made_files("bitrix24", ";", task=tasks)["tasks"]
        assert column(rows, "Крайний срок") == ["15.01.2026 23:59:00", "15.01.2026 18:30:00"]
        assert column(rows, "Начать задачу с") == ["10.01.2026", ""]

    @pytest.mark.parametrize(
        "names",
        [
            ("Звёзды", "ЗВЕЗДЫ"),
            ("Caf\u00e9", "Cafe\u0301"),
            ("Ромашка", "Ро\u200bмашка\u00ad"),
            ("Рога", " рога\xa0"),
        ],
    )
    def test_names_that_a_database_takes_for_one_are_told_apart(
        self, made_files: Files, names: tuple[str, str]
    ) -> None:
        companies = [{"source_id": str(number), "name": name} for number, name in enumerate(names)]
        titles = column(made_files("bitrix24", ";", company=companies)["companies"], "Название компании")
        assert [title.rpartition(" ")[2] for title in titles] == ["#0", "#1"]


@pytest.mark.parametrize(
    ("target", "file", "delimiter", "text"),
    [
        ("amocrm", "deals", ";", "Примечание к сделке"),
        ("bitrix24", "deals", ";", "Комментарий"),
        ("bitrix24_en", "deals", ";", "Comment"),
        ("hubspot", "deals", ",", "Source notes"),
        ("odoo", "08_crm_lead", ",", "description"),
        ("planfix", "5_deals", ";", "Описание"),
        ("salesforce", "Opportunity", ",", "Description"),
        ("zoho", "3_Deals", ",", "Description"),
    ],
)
def test_who_the_client_of_a_lead_is_stands_in_its_text(
    made_files: Files, target: str, file: str, delimiter: str, text: str
) -> None:
    """Nothing else tells of a client of whom no record was made yet."""
    deal = {"source_id": "1", "name": "Заявка с сайта", "client_name": "ООО «Василёк» Ольга Лебедева"}
    assert "Ольга Лебедева" in column(made_files(target, delimiter, deal=[deal])[file], text)[0]


@pytest.mark.parametrize(
    ("target", "file", "delimiter", "company", "text"),
    [
        ("amocrm", "contacts", ";", "Название (компания)", "Примечание к контакту"),
        ("bitrix24", "contacts", ";", "Компания", "Комментарий"),
        ("planfix", "2_people", ";", "Компания", "Описание"),
        ("zoho", "2_Contacts", ",", "Account Name", "Description"),
    ],
)
def test_a_person_above_a_contact_becomes_no_company(
    made_files: Files, target: str, file: str, delimiter: str, company: str, text: str
) -> None:
    """In Odoo a delivery address belongs to a person; an importer would make a company of the name."""
    address = {"source_id": "77", "name": "Склад", "company": Ref("contact", "21", "Сидорова Анна")}
    rows = made_files(target, delimiter, contact=[*leaving()["contact"], address])[file]
    assert column(rows, company)[-1] == ""
    assert "Сидорова Анна" in column(rows, text)[-1]


LONG = "Общество с ограниченной ответственностью " * 7


class TestLongTexts:
    """What is longer than the target takes is cut or refused there: here it is cut in view, and told whole in the text."""

    @pytest.fixture
    def long_ones(self) -> dict[str, list[dict[str, Any]]]:
        """Two companies and contacts whose names differ at the end only, and a deal of the second ones."""
        company = {"phones": [{"number": "звонить только после обеда, до шести"}, {"number": "+7 495 1"}]}
        return {
            "company": [{"source_id": n, "name": LONG + n, **company} for n in "12"],
            "contact": [{"source_id": n, "name": LONG + n, "company": Ref("company", n)} for n in "12"],
            "deal": [
                {
                    "source_id": "1",
                    "name": LONG,
                    "company": Ref("company", "2"),
                    "contact": Ref("contact", "2"),
                    "phones": [],
                }
            ],
        }

    def test_amocrm_takes_255_signs_of_a_name(
        self, made_files: Files, long_ones: dict[str, list[dict[str, Any]]]
    ) -> None:
        files = made_files("amocrm", ";", **long_ones)
        companies = column(files["companies"], "Название (компания)")
        contacts = column(files["contacts"], "Полное имя (контакт)")
        assert [*map(len, companies), *map(len, contacts)] == [255] * 4 and len({*companies}) == 2
        assert column(files["contacts"], "Название (компания)") == companies
        assert column(files["deals"], "Название (компания)") == companies[1:]
        assert column(files["deals"], "Полное имя (контакт)") == contacts[1:]
        assert LONG.strip() in column(files["deals"], "Примечание к сделке")[0]

    def test_pipedrive_takes_255_signs_of_a_name(
        self, exporting: Export, made: Entities, tmp_path: Path, long_ones: dict[str, list[dict[str, Any]]]
    ) -> None:
        made.update(long_ones)
        made["note"] = [{"source_id": "1", "text": "x", "parent": Ref("company", "2")}]
        exporting("pipedrive")
        folder = tmp_path / "out/pipedrive"
        files = {path.stem[2:]: TestPipedrive.rows(path) for path in folder.glob("*.xlsx")}
        companies = column(files["organizations"], "Organization - Name")
        assert [len(name) for name in companies] == [255, 255] and len({*companies}) == 2
        assert column(files["people"], "Organization - Name") == companies
        for table in ("deals", "notes"):
            assert column(files[table], "Organization - Name") == companies[1:]
        assert column(files["deals"], "Person - Name") == column(files["people"], "Person - Name")[1:]

    def test_zoho_takes_30_signs_of_a_telephone_and_32000_of_a_field(
        self,
        made_files: Files,
        monkeypatch: pytest.MonkeyPatch,
        long_ones: dict[str, list[dict[str, Any]]],
    ) -> None:
        field = CustomField("company", "own", "Заметка", "", Type.TEXT)
        monkeypatch.setattr("tests.target.invented.FIELDS", [field])
        long_ones["company"][0]["custom"] = {"own": "ы" * 33_000}
        rows = made_files("zoho", **long_ones)["1_Accounts"]
        assert column(rows, "Phone") == ["+7 495 1", "+7 495 1"]
        assert "после обеда" in column(rows, "Description")[1]
        assert len(column(rows, "Заметка")[0]) == 32_000


class TestNamesakesThatAreDeleted:
    """They have no row: nothing can be linked to them, so they take no name away from those who are there."""

    def test_a_deal_is_linked_with_a_contact_whose_namesake_is_deleted(self, made_files: Files) -> None:
        contacts = [
            {"source_id": "21", "name": "Сидорова Анна", "first_name": "Анна", "last_name": "Сидорова"},
            {
                "source_id": "22",
                "name": "Сидорова Анна",
                "first_name": "Анна",
                "last_name": "Сидорова",
                "is_deleted": True,
            },
        ]
        companies = [
            {"source_id": "1", "name": "Ромашка"},
            {"source_id": "2", "name": "ромашка", "is_deleted": True},
        ]
        deals = [
            {"source_id": "1", "name": "x", "contact": Ref("contact", "21"), "company": Ref("company", "1")}
        ]
        files = made_files("bitrix24", ";", contact=contacts, company=companies, deal=deals)
        assert column(files["deals"], "Контакт") == ["Анна Сидорова"]
        assert (
            column(files["deals"], "Компания")
            == column(files["companies"], "Название компании")
            == ["Ромашка"]
        )

    def test_an_email_that_a_deleted_one_had_too_is_no_shared_one(self, made_files: Files) -> None:
        emails = [{"address": "anna@romashka.example"}]
        contacts = [
            {"source_id": str(n), "name": str(n), "emails": emails, "is_deleted": n > 1} for n in (1, 2)
        ]
        assert column(made_files("hubspot", contact=contacts)["contacts"], "Email") == [
            "anna@romashka.example"
        ]
