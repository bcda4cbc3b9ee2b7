"""What every file for another system must keep: legal details, remarks at phones, who led what; and links that lead somewhere."""

import csv
import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crmexport.mapping import CustomField
from crmexport.model import Money, Ref, Type
from crmexport.target import Output
from tests.target.invented import Entities, moment
from tests.target.leaving import leaving
from tests.target.test_import_layouts import as_text

Export = Callable[..., list[Output]]
Written = Callable[..., dict[str, str]]
Rows = list[dict[str, str]]
CRMS = {
    "amocrm": ("companies", "contacts", "deals"),
    "bitrix24": ("companies", "contacts", "deals"),
    "bitrix24_en": ("companies", "contacts", "deals"),
    "hubspot": ("companies", "contacts", "deals"),
    "odoo": ("04_res_partner_companies", "05_res_partner_people", "08_crm_lead"),
    "pipedrive": ("1_organizations", "2_people", "3_deals"),
    "planfix": ("1_companies", "2_people", "5_deals"),
    "salesforce": ("Account", "Contact", "Opportunity"),
    "zoho": ("1_Accounts", "2_Contacts", "3_Deals"),
}
ADDRESS_BOOKS = dict.fromkeys(
    ("google-contacts", "outlook", "outlook-new", "outlook-ru", "vcard", "vcard4"), ("companies", "contacts")
)
GONE = Ref("company", "3", "Удалённая")
LONG = "Государственное учреждение " * 12
LEFT = {
    "source_id": "13",
    "name": "Уходцева Вера",
    "first_name": "Вера",
    "last_name": "Уходцева",
    "is_working": False,
}


@pytest.fixture
def written(exporting: Export, made: Entities, tmp_path: Path) -> Written:
    """Export the leaving company, with changes, to one target; gives the texts of its files by their names."""

    def write(target: str, **changes: list[dict[str, Any]]) -> dict[str, str]:
        made.clear()
        made.update(leaving() | changes)
        exporting(target)
        files = sorted((tmp_path / "out" / target).iterdir())
        encoding = "cp1251" if target == "outlook-ru" else "utf-8-sig"
        return {
            path.name.partition(".")[0]: as_text(path).decode(encoding).replace("\r\n ", "") for path in files
        }

    return write


@pytest.mark.parametrize("target", [*CRMS, *ADDRESS_BOOKS])
def test_legal_details_stand_with_their_client(written: Written, target: str) -> None:
    """They are an entity of their own (decision 0003): without a rule for them, nobody's INN would arrive."""
    files = written(target)
    companies, contacts, *_deals = (CRMS | ADDRESS_BOOKS)[target]
    assert "007701001" in files[companies] and "40702810000000000001" in files[companies]
    assert "000000000081" in files[contacts]


@pytest.mark.parametrize("target", [*CRMS, *ADDRESS_BOOKS])
def test_the_extension_to_dial_stays_with_the_phone(written: Written, target: str) -> None:
    assert "добавочный 12" in written(target)[(CRMS | ADDRESS_BOOKS)[target][0]]


@pytest.mark.parametrize(
    ("target", "comment"), [("bitrix24", "Комментарий"), ("amocrm", "Примечание к компании")]
)
def test_a_label_that_the_heading_tells_is_not_told_again(
    written: Written, target: str, comment: str
) -> None:
    labels = ("моб.", "рабочий", "факс")
    phones = [{"number": f"+7 900 000-00-0{n}", "label": label} for n, label in enumerate(labels)]
    company = {"source_id": "1", "name": "ООО", "phones": phones}
    (row,) = rows(written(target, company=[company])["companies"], ";")
    assert [number for number in row.values() if number.startswith("+7 900")] and "+7 900" not in row[comment]


@pytest.mark.parametrize("target", CRMS)
def test_who_has_left_is_named_and_stands_for_nobody_who_works(written: Written, target: str) -> None:
    deals = written(
        target,
        user=[*leaving()["user"], LEFT],
        deal=[{"source_id": "31", "name": "Поставка", "owner": Ref("user", "13", "Вера Уходцева")}],
    )[CRMS[target][2]]
    assert ": Уходцева Вера" in deals
    assert not [
        name for name in ("Вера Уходцева", "Уходцева Вера") if f'"{name}"' in deals or f",{name}," in deals
    ]


@pytest.mark.parametrize(
    ("target", "lists", "text"),
    [
        ("bitrix24", {"Соисполнители": "Иван Петров", "Наблюдатели": "Алла Орлова"}, "Описание"),
        ("bitrix24_en", {"Participants": "Иван Петров", "Observers": "Алла Орлова"}, "Description"),
        ("jira", {"Assignee": "", "Reporter": "", "Watchers": "a@firm.example"}, "Description"),
    ],
)
def test_who_has_left_takes_no_part_in_a_task_and_is_named_in_its_text(
    written: Written, target: str, lists: dict[str, str], text: str
) -> None:
    """An importer refuses him, or puts somebody else in his place."""
    left = LEFT | {"emails": [{"address": "left@firm.example"}]}
    users = [leaving()["user"][0], leaving()["user"][1] | {"emails": [{"address": "a@firm.example"}]}, left]
    vera, ivan, alla = Ref("user", "13", "Вера"), Ref("user", "11"), Ref("user", "12")
    task = {"source_id": "41", "name": "Позвонить", "responsible": vera, "owner": vera}
    task |= {"executors": [ivan, vera], "watchers": [vera, alla]}
    file = written(target, user=users, task=[task])["tasks"]
    (row,) = rows(file, "," if target == "jira" else ";")
    assert {heading: row[heading] for heading in lists} == lists
    assert row[text].count("Уходцева Вера") == 4 and "left@firm" not in file


@pytest.mark.parametrize(
    ("target", "heading", "text"),
    [("bitrix24", "Соисполнители", "Описание"), ("bitrix24_en", "Participants", "Description")],
)
def test_only_people_take_part_in_a_task_each_by_one_name(
    written: Written, target: str, heading: str, text: str
) -> None:
    """Whom the importer does not find is replaced by the one who imports; names stand between commas."""
    junior = {"source_id": "15", "name": "Мл., Пётр", "first_name": "Пётр", "last_name": "Второй,мл."}
    group, known = Ref("group", "1", "Отдел продаж"), Ref("user", "99", "Лев,Толстой")
    executors = [group, Ref("user", "13"), Ref("user", "11"), known, Ref("user", "15")]
    users = [*leaving()["user"], LEFT, junior]
    task = {"source_id": "41", "name": "Позвонить", "executors": executors}
    (row,) = rows(written(target, user=users, task=[task])["tasks"], ";")
    assert row[heading] == "Иван Петров, Лев Толстой, Пётр Второй мл."
    assert "Отдел продаж; Уходцева Вера" in row[text]


@pytest.mark.parametrize("target", [*CRMS])
def test_a_deleted_client_is_named_in_words_only(written: Written, target: str) -> None:
    """As a link it would lead nowhere, or make the importer create what was deleted."""
    company = [*leaving()["company"][:2], {"source_id": "3", "name": "Удалённая", "is_deleted": True}]
    note = {"source_id": "n1", "parent": GONE, "text": "Звонили им"}
    deal = {"source_id": "31", "name": "Поставка", "company": GONE}
    files = written(target, company=company, deal=[deal], note=[note])
    deals = files[CRMS[target][2]]
    if target != "odoo":  # where deleted ones are imported as archived
        assert ": Удалённая" in deals
        assert '"Удалённая"' not in deals and "'Удалённая'" not in deals and ",Удалённая," not in deals
        assert not [name for name, text in files.items() if name != "README" and "company:3" in text]
    if target == "pipedrive":
        assert "'Удалённая'" not in files["6_notes"]


@pytest.mark.parametrize(
    ("target", "delimiter", "company", "contact", "linked"),
    [
        ("bitrix24", ";", "Название компании", ("Имя", "Фамилия"), ("Компания", "Контакт")),
        ("bitrix24_en", ";", "Company Name", ("First Name", "Last Name"), ("Company", "Contact")),
        ("zoho", ",", "Account Name", ("First Name", "Last Name"), ("Account Name", "Contact Name")),
    ],
)
def test_a_name_is_spelt_alike_wherever_it_links(
    written: Written,
    target: str,
    delimiter: str,
    company: str,
    contact: tuple[str, str],
    linked: tuple[str, str],
) -> None:
    """Importers link by the exact name and drop what they do not find: blanks and length must be the same in all files."""
    people = [
        {
            "source_id": "21",
            "first_name": "Анна  \tМария",
            "last_name": " Си дорова",
            "company": Ref("company", "1"),
        },
        {"source_id": "22", "name": "Одно имя", "company": Ref("company", "1")},
        {"source_id": "23", "first_name": "Анна \t" * 9, "last_name": LONG, "company": Ref("company", "1")},
        {"source_id": "24", "name": LONG, "company": Ref("company", "1")},
        {"source_id": "25", "name": "Мария", "first_name": "Мария", "company": Ref("company", "1")},
    ]
    deals = [
        {"source_id": n, "name": n, "company": Ref("company", "1"), "contact": Ref("contact", n)}
        for n in ("21", "22", "23", "24", "25")
    ]
    files = written(target, company=[{"source_id": "1", "name": LONG}], contact=people, deal=deals)
    names = [rows(files[name], delimiter) for name in CRMS[target]]
    companies = {row[company] for row in names[0]}
    contacts = {" ".join(row[part] for part in contact).strip() for row in names[1]}
    assert {row[linked[0]] for row in names[1] + names[2]} == companies
    assert {row[linked[1]] for row in names[2]} == contacts


@pytest.mark.parametrize(
    ("target", "delimiter", "linked"),
    [("bitrix24", ";", "Контакт"), ("bitrix24_en", ";", "Contact"), ("zoho", ",", "Contact Name")],
)
@pytest.mark.parametrize(
    "parts", [{"name": "Отдел снабжения"}, {"first_name": "Анна " * 9, "last_name": LONG}]
)
def test_no_deal_links_to_one_of_two_namesakes(
    written: Written, target: str, delimiter: str, linked: str, parts: dict[str, str]
) -> None:
    """Also where the name is no first and last name, or is cut: an importer takes the first of them."""
    people = [{"source_id": n} | parts for n in ("21", "22")]
    deal = {"source_id": "31", "name": "Поставка", "contact": Ref("contact", "22")}
    (row,) = rows(written(target, contact=people, deal=[deal])[CRMS[target][2]], delimiter)
    assert not row[linked] and "(#22)" in "".join(row.values())


@pytest.mark.parametrize(
    ("target", "delimiter", "heading"),
    [("bitrix24", ";", "Проект"), ("bitrix24_en", ";", "Project"), ("jira", ",", "Component")],
)
def test_projects_of_one_name_do_not_become_one(
    written: Written, target: str, delimiter: str, heading: str
) -> None:
    """An importer knows a group, or a component, by its name alone."""
    projects = [{"source_id": "61", "name": "Склад"}, {"source_id": "62", "name": "СКЛАД"}]
    tasks = [{"source_id": n, "name": n, "project": Ref("project", n)} for n in ("61", "62")]
    found = rows(written(target, project=projects, task=tasks)["tasks"], delimiter)
    assert {row[heading] for row in found} == {"Склад #61", "СКЛАД #62"}


def test_projects_of_one_name_are_components_of_two(written: Written) -> None:
    projects = [{"source_id": n, "name": "Склад"} for n in ("61", "62")]
    tasks = [{"source_id": n, "name": n, "project": Ref("project", n)} for n in ("61", "62")]
    issues = json.loads(written("jira_json", project=projects, task=tasks)["issues"])["projects"][0]["issues"]
    assert [issue["components"] for issue in issues] == [["Склад #61"], ["Склад #62"]]


@pytest.mark.parametrize(
    ("target", "delimiter", "table", "heading"),
    [
        ("bitrix24", ";", "deals", "Ответственный"),
        ("bitrix24_en", ";", "deals", "Responsible person"),
        ("bitrix24", ";", "tasks", "Ответственный"),
        ("bitrix24", ";", "tasks", "Постановщик"),
        ("amocrm", ";", "deals", "Ответственный за сделку"),
        ("amocrm", ";", "deals", "Кем создана сделка"),
        ("odoo", ",", "08_crm_lead", "user_id"),
        ("odoo", ",", "10_project_task", "user_ids"),
        ("planfix", ";", "5_deals", "Исполнитель"),
        ("planfix", ";", "4_tasks", "Постановщик"),
    ],
)
def test_nobodys_work_goes_to_a_namesake(
    written: Written, target: str, delimiter: str, table: str, heading: str
) -> None:
    """An importer that finds people by name takes the first of two; one who has left is not there to be taken."""
    maria = {"name": "Мария Бойко", "first_name": "Мария", "last_name": "Бойко"}
    users = [LEFT | {"source_id": "14", "is_working": True}, LEFT]
    users += [maria | {"source_id": number} for number in ("15", "16")]
    some = [
        {"source_id": number, "name": number, "owner": one, "responsible": one, "created_by": one}
        for number, one in (("1", Ref("user", "14")), ("2", Ref("user", "16")))
    ]
    file = written(target, user=users, deal=some, task=some)[table]
    first, second = rows(file, delimiter)
    assert "Вера" in first[heading] and not second[heading] and "Мария Бойко (#16)" in file


@pytest.mark.parametrize("target", ["jira", "jira_json"])
def test_what_lies_below_a_task_of_a_project_is_a_sub_task(written: Written, target: str) -> None:
    tasks = [
        {
            "source_id": "41",
            "name": "Верхняя",
            "parent": Ref("project", "61"),
            "project": Ref("project", "61"),
        },
        {"source_id": "42", "name": "Под ней", "parent": Ref("task", "41")},
        {"source_id": "43", "name": "Ниже", "parent": Ref("task", "42")},
    ]
    text = written(target, task=tasks)["tasks" if target == "jira" else "issues"]
    assert text.count("Sub-task") == 1
    if target == "jira":
        found = {row["Issue Id"]: row["Parent Id"] for row in rows(text, ",")}
        assert found == {"41": "", "42": "41", "43": ""}


def test_jira_gets_all_three_parts_of_a_comment(written: Written) -> None:
    """Without a date in the first, it takes the whole cell for the text (Jira reference, “Comment cell”)."""
    note = {
        "source_id": "n1",
        "parent": Ref("task", "41"),
        "author": Ref("user", "11"),
        "text": "Звонил; ждут",
    }
    (row,) = rows(written("jira", task=[{"source_id": "41", "name": "Звонок"}], note=[note])["tasks"], ",")
    assert row["Comment"] == "1970-01-01 00:00 +0000;i.petrov@firm.example;Петров Иван: Звонил; ждут"


def test_jira_gets_no_text_over_its_limit_and_every_file_of_a_comment(written: Written) -> None:
    long = [{"source_id": "41", "name": "Длинная", "text": "а" * 40_000}]
    note = {"source_id": "n1", "parent": Ref("task", "41"), "text": "б" * 40_000}
    file = leaving()["file"][0] | {"attached_to": [Ref("note", "n1")]}
    files = written("jira", task=long, note=[note], file=[file])
    (row,) = rows(files["tasks"], ",")
    assert max(map(len, row.values())) <= 32_767
    assert [one["Issue Id"] for one in rows(files["attachments"], ",")] == ["41"]


def test_jira_gets_a_long_field_of_ones_own_in_part_and_the_whole_in_the_description(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text field of one line takes 255 characters, a paragraph 32,767: with more the importer refuses the issue."""
    monkeypatch.setattr("tests.target.invented.FIELDS", [CustomField("task", "t1", "Условия", "", Type.TEXT)])
    task = {"source_id": "41", "name": "Длинная", "custom": {"t1": LONG}}
    (row,) = rows(written("jira", task=[task])["tasks"], ",")
    assert len(row["Условия"]) == 255 and f"Условия: {LONG.strip()}" in row["Description"]
    longer = task | {"custom": {"t1": "а" * 40_000}}
    (issue,) = json.loads(written("jira_json", task=[longer])["issues"])["projects"][0]["issues"]
    values = {one["fieldName"]: one["value"] for one in issue["customFieldValues"]}
    assert len(values["Условия"]) <= 32_767 and "Условия: а" in issue["description"]


@pytest.mark.parametrize(
    ("target", "table", "told"),
    [("bitrix24", "deals", '"Длительность, ч, мин"'), ("odoo", "08_crm_lead", "Длительность, ч, мин: 13<")],
)
def test_a_length_of_time_tells_that_it_is_in_minutes(
    written: Written, monkeypatch: pytest.MonkeyPatch, target: str, table: str, told: str
) -> None:
    """Thirteen minutes in a field called “hours” are no thirteen hours."""
    field = CustomField("deal", "own", "Длительность, ч", "", Type.MINUTES)
    monkeypatch.setattr("tests.target.invented.FIELDS", [field])
    deal = {"source_id": "31", "name": "Поставка", "custom": {"own": 13}}
    assert told in written(target, deal=[deal])[table]


def test_amocrm_gets_whole_numbers_in_own_fields_and_the_exact_ones_in_the_note(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its import takes integers only (amoCRM reference, 14.1)."""
    kinds = {"Скидка": Type.NUMBER, "Наценка": Type.MONEY, "Штук": Type.NUMBER, "Код": Type.TEXT}
    fields = [CustomField("deal", label, label, "", type_) for label, type_ in kinds.items()]
    monkeypatch.setattr("tests.target.invented.FIELDS", fields)
    values = {
        "Скидка": Decimal("12.5"),
        "Наценка": Money(Decimal("10.25"), "USD"),
        "Штук": Decimal("7.00"),
        "Код": "1.50",
    }
    deal = {"source_id": "31", "name": "Поставка", "custom": values}
    text = written("amocrm", deal=[deal])["deals"]
    (row,) = rows(text, ";")
    assert [row[label] for label in kinds] == ["13", "10", "7", "1.50"]
    assert "Скидка: 12.5" in text and "Наценка: 10.25" in text and "Штук: " not in text


@pytest.mark.parametrize(
    ("target", "label", "heading"),
    [
        ("bitrix24", "Источник", "Источник (2)"),
        ("bitrix24", "id", "id (2)"),
        ("bitrix24_en", "source", "source (2)"),
        ("amocrm", "Примечание к сделке", "Примечание к сделке (2)"),
        ("amocrm", "Примечания", "Примечания"),
        ("amocrm", "Источник", "Источник"),
    ],
)
def test_no_custom_field_has_a_heading_of_the_targets_own_and_the_text_beside_names_it_as_the_file_does(
    written: Written, monkeypatch: pytest.MonkeyPatch, target: str, label: str, heading: str
) -> None:
    """Bitrix24 knows columns by their captions alone: it would look the value up in its own list of sources, and drop it."""
    field = CustomField("deal", "own", label, "", Type.TEXT)
    monkeypatch.setattr("tests.target.invented.FIELDS", [field])
    deal = {"source_id": "31", "name": "Поставка", "custom": {"own": "Выставка 2025"}}
    files = written(target, deal=[deal])
    (row,) = rows(files["deals"].removeprefix("\ufeff"), ";")
    assert row[heading] == "Выставка 2025"
    assert f": {heading} (te" in files["README"] or f": {heading} (те" in files["README"]


@pytest.mark.parametrize(("target", "said"), [("outlook", '"100%"'), ("icalendar", "PERCENT-COMPLETE:100")])
def test_a_completed_task_is_done_to_the_last_percent(written: Written, target: str, said: str) -> None:
    task = {"source_id": "41", "name": "Готова", "status": "completed", "completed_percent": 2}
    text = written(target, task=[task])["tasks"]
    assert said in text and ": 2" in text


@pytest.mark.parametrize(("target", "done"), [("outlook", '"100%"'), ("icalendar", "PERCENT-COMPLETE:100")])
def test_a_task_that_waits_for_acceptance_is_not_done_to_the_last_percent(
    written: Written, target: str, done: str
) -> None:
    """Outlook, Thunderbird and Nextcloud take what is done to 100 % for completed, and show it no more."""
    task = {"source_id": "41", "name": "Сдана", "status": "review", "completed_percent": Decimal(100)}
    text = written(target, task=[task])["tasks"]
    assert done not in text and ": 100" in text
    half = written(target, task=[task | {"completed_percent": Decimal(55)}])["tasks"]
    assert done.replace("100", "55") in half


@pytest.mark.parametrize(
    ("target", "table", "times"),
    [
        ("outlook", "calendar", "02/02/2026,11:30:00 AM,02/02/2026,11:30:00 AM,False"),
        ("odoo", "11_calendar_event", "0,2026-02-02 11:30:00,2026-02-02 11:30:00"),
    ],
)
def test_an_event_of_which_only_the_end_is_known_is_there(
    written: Written, target: str, table: str, times: str
) -> None:
    event = {"source_id": "71", "name": "До обеда", "finish": moment("2026-02-02T11:30:00+03:00")}
    assert times in written(target, activity=[event])[table].replace('"', "")


@pytest.mark.parametrize("target", ["bitrix24", "bitrix24_en", "outlook", "icalendar"])
def test_a_template_is_nobodys_task(written: Written, target: str) -> None:
    tasks = [{"source_id": "41", "name": "Дело"}, {"source_id": "42", "name": "Образец", "is_template": True}]
    assert "Образец" not in written(target, task=tasks)["tasks"]


@pytest.mark.parametrize(
    ("target", "table"), [("outlook", "calendar"), ("icalendar", "activities"), ("odoo", "11_calendar_event")]
)
def test_a_template_is_no_event(written: Written, target: str, table: str) -> None:
    events = [
        {
            "source_id": str(n),
            "name": name,
            "start": moment("2026-02-02T11:30:00+03:00"),
            "is_template": n > 1,
        }
        for n, name in ((1, "Встреча"), (2, "Образец"))
    ]
    text = written(target, activity=events)[table]
    assert "Встреча" in text and "Образец" not in text


def test_the_field_for_a_currency_is_named_among_those_to_create(written: Written) -> None:
    readme = written("bitrix24")["README"]
    assert "Комментарий (2) (число)" in readme and "Комментарий (2), валюта (текст)" in readme


@pytest.mark.parametrize("target", CRMS)
def test_a_won_deal_is_told_from_a_lost_one_whose_stage_tells_neither(written: Written, target: str) -> None:
    """Where a deal is lost, Odoo leaves it in its stage: of two deals in one stage one may be won and one lost."""
    told = {
        result: written(target, deal=[{"source_id": "31", "name": "Поставка", "result": result}])[
            CRMS[target][2]
        ]
        for result in ("won", "lost")
    }
    assert told["won"] != told["lost"]


@pytest.mark.parametrize(
    ("target", "heading", "days"),
    [
        ("bitrix24", "Предполагаемая дата закрытия", ["04.03.2020", "01.01.2030"]),
        ("bitrix24_en", "Assumed close date", ["03/04/2020", "01/01/2030"]),
        ("hubspot", "Close date", ["2020-03-04", "2030-01-01"]),
        ("salesforce", "CloseDate", ["2020-03-04", "2030-01-01"]),
        ("zoho", "Closing Date", ["03/04/2020", "01/01/2030"]),
    ],
)
def test_a_closed_deal_was_closed_when_it_was_and_not_when_that_was_expected(
    written: Written, target: str, heading: str, days: list[str]
) -> None:
    """Bitrix24 takes the day of the import where a closed deal has none (PHP source of `CCrmDeal::Add`)."""
    closed = {
        "result": "won",
        "closed_at": moment("2020-03-04T23:30:00+03:00"),
        "expected_on": date(2019, 1, 1),
    }
    deals = [{"source_id": "31", "name": "Закрытая", **closed}]
    deals += [{"source_id": "32", "name": "Открытая", "result": "active", "expected_on": date(2030, 1, 1)}]
    file = written(target, deal=deals)[CRMS[target][2]]
    assert [row[heading] for row in rows(file, ";" if target.startswith("bitrix24") else ",")] == days
    assert "2019-01-01" in file


@pytest.mark.parametrize("target", ["amocrm", "bitrix24", "bitrix24_en"])
def test_what_a_row_says_of_activities_tells_what_they_are_and_whether_they_are_done(
    written: Written, target: str
) -> None:
    """Not every source has statuses of its own making: Odoo and the older API of Megaplan tell planned or finished."""
    said = {
        (kind, status): written(
            target,
            activity=[
                {
                    "source_id": "71",
                    "name": "Клиент",
                    "kind": kind,
                    "status": status,
                    "place": "Тверь",
                    "links": [Ref("deal", "31")],
                }
            ],
        )["deals"]
        for kind in ("call", "meeting")
        for status in ("planned", "finished")
    }
    assert len(set(said.values())) == len(said) and all("Тверь" in text for text in said.values())


def test_amocrm_gets_what_a_task_is_about_and_how_it_stands(written: Written) -> None:
    """It imports no tasks: their texts in the notes are all that arrives."""
    task = {"source_id": "41", "name": "Звонок", "deals": [Ref("deal", "31")], "text": "Узнать о счёте"}
    found = {
        status: written("amocrm", task=[task | {"status": status}])["deals"]
        for status in ("cancelled", "new")
    }
    assert "Звонок, отменена: Узнать о счёте" in found["cancelled"]
    assert found["cancelled"] != found["new"]


def test_each_tag_goes_to_the_list_of_odoo_that_it_comes_from(written: Written) -> None:
    """Names are unique in two of the lists (`name_uniq` of `crm.tag` and `project.tags`): a second “VIP” stops the import of all."""
    uses = {"clients": "res.partner.category:1", "deals": "crm.tag:1", "tasks": "project.tags:1"}
    tags = [{"source_id": id, "name": "VIP", "used_for": use} for use, id in uses.items()]
    tags += [{"source_id": "7", "name": "VIP", "used_for": "meetings"}, {"source_id": "9", "name": "Опт"}]
    files = written("odoo", tag=tags)
    for name in ("01_res_partner_category", "02_crm_tag", "03_project_tags"):
        assert [row["name"] for row in rows(files[name], ",")] == ["VIP", "Опт"]


def test_every_task_for_odoo_has_a_project(written: Written) -> None:
    """One without is private there: Odoo refuses whoever makes it for somebody else, and the whole file with it."""
    projects = [{"source_id": "1", "name": "Дом"}, {"source_id": "2", "name": "Был", "is_deleted": True}]
    tasks = [
        {"source_id": "11", "name": "Крыша", "project": Ref("project", "1")},
        {"source_id": "12", "name": "Окна", "project": Ref("project", "2"), "parent": Ref("task", "11")},
        {"source_id": "13", "name": "Звонок", "parent": Ref("task", "12")},
    ]
    files = written("odoo", project=projects, task=tasks)
    (rest,) = rows(files["09_project_project_rest"], ",")
    found = [(row["project_id/id"], row["parent_id/id"]) for row in rows(files["10_project_task"], ",")]
    assert found == [
        ("megaplan_project_1", ""),
        (rest["id"], "megaplan_task_11"),
        (rest["id"], "megaplan_task_12"),
    ]
    files = written("odoo", project=projects, task=tasks[:1])
    assert rows(files["09_project_project_rest"], ",") == []


@pytest.mark.parametrize(
    ("target", "heading", "words"),
    [
        ("bitrix24", "Сделка закрыта", ["N", "Y", "Y", "Y"]),
        ("bitrix24_en", "Closed", ["N", "Y", "Y", "Y"]),
        (
            "amocrm",
            "Этап сделки",
            ["Торг", "Успешно реализовано", "Закрыто и не реализовано", "Успешно реализовано"],
        ),
        ("pipedrive", "Deal - Status", ["Open", "Won", "Lost", "Won"]),
    ],
)
def test_a_deal_that_tells_no_result_has_that_of_its_stage(
    written: Written, target: str, heading: str, words: list[str]
) -> None:
    """The older API of Megaplan tells results of stages alone: all its closed deals would come to life again."""
    told = {"1": ("Торг", "active"), "2": ("Архив", "won"), "3": ("Отказ", "lost")}
    stages = [
        {"source_id": id, "name": name, "result": result, "pipeline": Ref("pipeline", "5")}
        for id, (name, result) in told.items()
    ]
    deals = [{"source_id": f"3{id}", "name": "Поставка", "stage": Ref("stage", id)} for id in told]
    deals.append({"source_id": "34", "name": "Поставка", "stage": Ref("stage", "3"), "result": "won"})
    file = written(target, stage=stages, deal=deals)[CRMS[target][2]]
    if target == "pipedrive":
        first, *lines = (
            line.split(" | ") for line in file.splitlines() if "Поставка" in line or heading in line
        )
        place = first.index(f"'{heading}'")
        assert [line[place] for line in lines] == [f"'{word}'" for word in words]
    else:
        assert [row[heading] for row in rows(file, ";")] == words


def rows(text: str, delimiter: str) -> Rows:
    return list(csv.DictReader(text.splitlines(keepends=True), delimiter=delimiter))
