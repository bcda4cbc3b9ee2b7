"""Outlook and Google Contacts know every heading, and what they would spoil is prevented or counted (Personal tools reference, §2 to §4, §9)."""

import csv
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crmexport.mapping.to import layout_file, load_layout
from crmexport.model import Ref
from crmexport.target import Mismatch, Output, compare
from tests.target.invented import IVAN, ROMASHKA, Entities, moment, phone

Export = Callable[..., list[Output]]

OUTLOOK = """Title,First Name,Middle Name,Last Name,Suffix,Company,Department,Job Title,Business Street,Business Street 2,Business Street 3,Business City,Business State,Business Postal Code,Business Country/Region,Home Street,Home Street 2,Home Street 3,Home City,Home State,Home Postal Code,Home Country/Region,Other Street,Other Street 2,Other Street 3,Other City,Other State,Other Postal Code,Other Country/Region,Assistant's Phone,Business Fax,Business Phone,Business Phone 2,Callback,Car Phone,Company Main Phone,Home Fax,Home Phone,Home Phone 2,ISDN,Mobile Phone,Other Fax,Other Phone,Pager,Primary Phone,Radio Phone,TTY/TDD Phone,Telex,Account,Anniversary,Assistant's Name,Billing Information,Birthday,Business Address PO Box,Categories,Children,Directory Server,E-mail Address,E-mail Type,E-mail Display Name,E-mail 2 Address,E-mail 2 Type,E-mail 2 Display Name,E-mail 3 Address,E-mail 3 Type,E-mail 3 Display Name,Gender,Government ID Number,Hobby,Home Address PO Box,Initials,Internet Free Busy,Keywords,Language,Location,Manager's Name,Mileage,Notes,Office Location,Organizational ID Number,Other Address PO Box,Priority,Private,Profession,Referred By,Sensitivity,Spouse,User 1,User 2,User 3,User 4,Web Page"""
TASKS = """Subject,Start Date,Due Date,Reminder On/Off,Reminder Date,Reminder Time,Date Completed,% Complete,Total Work,Actual Work,Billing Information,Categories,Companies,Contacts,Mileage,Notes,Priority,Private,Role,Schedule+ Priority,Sensitivity,Status"""
CALENDAR = """Subject,Start Date,Start Time,End Date,End Time,All day event,Reminder on/off,Reminder Date,Reminder Time,Meeting Organizer,Required Attendees,Optional Attendees,Meeting Resources,Billing Information,Categories,Description,Location,Mileage,Priority,Private,Sensitivity,Show time as"""
NEW = """First Name,Middle Name,Last Name,Title,Suffix,Nickname,Given Yomi,Surname Yomi,E-mail Address,E-mail 2 Address,E-mail 3 Address,Home Phone,Home Phone 2,Business Phone,Business Phone 2,Mobile Phone,Car Phone,Other Phone,Primary Phone,Pager,Business Fax,Home Fax,Other Fax,Company Main Phone,Callback,Radio Phone,Telex,TTY/TDD Phone,IMAddress,Job Title,Department,Company,Office Location,Manager's Name,Assistant's Name,Assistant's Phone,Company Yomi,Business Street,Business City,Business State,Business Postal Code,Business Country/Region,Home Street,Home City,Home State,Home Postal Code,Home Country/Region,Other Street,Other City,Other State,Other Postal Code,Other Country/Region,Personal Web Page,Spouse,Schools,Hobby,Location,Web Page,Birthday,Anniversary,Notes"""
RUSSIAN = """Обращение,Имя,Отчество,Фамилия,Суффикс,Организация,Отдел,Должность,Улица (раб. адрес),Улица 2 (раб. адрес),Улица 3 (раб. адрес),Город (раб. адрес),Область (раб. адрес),Индекс (раб. адрес),Страна или регион (раб. адрес),Рабочий факс,Рабочий телефон,Телефон раб. 2,Домашний телефон,Телефон переносной,Другой телефон,Веб-страница,День рождения,Заметки,Категории,Пользователь 1,Пользователь 2,Пользователь 3,Пользователь 4,Адрес эл. почты,Адрес 2 эл. почты,Адрес 3 эл. почты"""
GOOGLE = """First Name,Middle Name,Last Name,Phonetic First Name,Phonetic Middle Name,Phonetic Last Name,Name Prefix,Name Suffix,Nickname,File As,Organization Name,Organization Title,Organization Department,Birthday,Notes,Photo,Labels,E-mail # - Label,E-mail # - Value,Phone # - Label,Phone # - Value,Address # - Label,Address # - Formatted,Address # - Street,Address # - City,Address # - PO Box,Address # - Region,Address # - Postal Code,Address # - Country,Address # - Extended Address,Website # - Label,Website # - Value,Event # - Label,Event # - Value,Custom Field # - Label,Custom Field # - Value"""
TARGETS = ("outlook", "outlook-ru", "outlook-new", "google-contacts")


@pytest.fixture
def comparing(archive: Any, tmp_path: Path) -> Callable[[], list[Mismatch]]:
    return lambda: list(compare(archive, None, None, tmp_path / "out"))  # type: ignore[arg-type]


@pytest.fixture
def person(made: Entities) -> dict[str, Any]:
    """One contact with more of everything than an address book takes."""
    found = {
        "source_id": "2001",
        "name": "Сидорова Анна",
        "first_name": "Анна",
        "last_name": "Сидорова",
        "company": ROMASHKA,
        "birthday": date(1985, 4, 12),
        "phones": [phone(f"+7 495 {n}") for n in range(6)] + [phone("+7 903 1", "мобильный")],
        "emails": [{"address": f"a{n}@x.example"} for n in range(5)],
        "addresses": [{"text": "ул. Лесная, 5", "city": "Москва"}, {"text": "второй адрес"}],
        "tags": [Ref("tag", "1", "VIP"), Ref("tag", "2", "Опт; розница")],
        "description": "строка 1\r\nстрока 2\rстрока 3 ₽ ё",
    }
    made["contact"] = [found]
    return found


def rows(path: Path, encoding: str) -> list[dict[str, str]]:
    data = path.read_bytes()
    assert data.count(b"\r") == data.count(b"\r\n")
    with path.open(encoding=encoding, newline="") as text:
        return list(csv.DictReader(text, strict=True))


@pytest.mark.parametrize(
    ("target", "table", "known"),
    [
        *(("outlook", name, OUTLOOK) for name in ("contacts", "companies")),
        ("outlook", "tasks", TASKS),
        *(("outlook", name, CALENDAR) for name in ("calendar", "absences")),
        *(("outlook-ru", name, RUSSIAN) for name in ("contacts", "companies")),
        *(("outlook-new", name, NEW) for name in ("contacts", "companies")),
        *(("google-contacts", name, GOOGLE) for name in ("contacts", "companies")),
    ],
)
def test_the_program_knows_every_heading(target: str, table: str, known: str) -> None:
    rules = load_layout(layout_file(target)).tables[table].columns
    headings = {name for name, rule in rules.items() if isinstance(rule, str) or rule.repeat != 0}
    allowed = {
        name.replace("#", str(number))
        for name in known.split(",")
        for number in ((1, 2, 3, 4) if "#" in name else (1,))
    }
    assert headings <= allowed


def test_classic_outlook_gets_dates_of_the_usa_and_the_rest_in_the_notes(
    exporting: Export, person: dict[str, Any], tmp_path: Path
) -> None:
    exporting("outlook")
    path = tmp_path / "out/outlook/contacts.csv"
    assert path.read_bytes().startswith(b'\xef\xbb\xbf"First Name","Middle Name",')
    (row,) = rows(path, "utf-8-sig")
    assert row["Birthday"] == "04/12/1985"
    assert (row["Mobile Phone"], row["Business Phone"], row["Business Phone 2"]) == (
        "+7 903 1",
        "+7 495 0",
        "+7 495 1",
    )
    assert [row[f"E-mail{n} Address"] for n in ("", " 2", " 3")] == [f"a{n}@x.example" for n in range(3)]
    assert row["Categories"] == "VIP;Опт, розница"
    assert (row["Business Street"], row["Business City"], row["User 4"]) == (
        "ул. Лесная, 5",
        "Москва",
        "2001",
    )
    for rest in ("+7 495 5", "a4@x.example", "второй адрес", "строка 1\nстрока 2\nстрока 3 ₽"):
        assert rest in row["Notes"]


def test_russian_outlook_gets_windows_1251_and_lost_letters_are_counted(
    exporting: Export, person: dict[str, Any], tmp_path: Path
) -> None:
    outputs = exporting("outlook-ru")
    (row,) = rows(tmp_path / "out/outlook-ru/contacts.csv", "cp1251")
    assert row["День рождения"] == "12.04.1985"
    assert "строка 3 ? ё" in row["Заметки"]
    notes = next(one.notes for one in outputs if one.path.endswith("contacts.csv"))
    assert notes["replaced_characters"] == 2  # ₽, and the semicolon in a tag
    assert notes["line_breaks_replaced"] == 2


def test_a_task_has_words_of_outlook_and_no_reminder(
    exporting: Export, made: Entities, tmp_path: Path
) -> None:
    made["task"] = [
        {
            "source_id": "1",
            "name": "Договор",
            "status": "completed",
            "actual_finish": date(2026, 11, 24),
            "completed_percent": Decimal("100"),
            "deadline": date(2026, 12, 1),
            "responsible": IVAN,
        },
        {"source_id": "2", "status": "странный"},
    ]
    exporting("outlook")
    first, second = rows(tmp_path / "out/outlook/tasks.csv", "utf-8-sig")
    assert (first["Status"], first["% Complete"], first["Date Completed"], first["Due Date"]) == (
        "Completed",
        "100%",
        "11/24/2026",
        "12/01/2026",
    )
    assert first["Reminder On/Off"] == "False"
    assert "Петров Иван" in first["Notes"]
    assert (second["Subject"], second["Status"]) == ("#2", "")
    assert "странный" in second["Notes"]


def test_the_end_of_a_whole_day_is_the_day_after_and_times_are_in_the_zone(
    exporting: Export, made: Entities, tmp_path: Path, comparing: Callable[[], list[Mismatch]]
) -> None:
    made["absence"] = [
        {
            "source_id": "88",
            "kind": "Отпуск",
            "person": IVAN,
            "start": date(2026, 12, 28),
            "finish": date(2027, 1, 10),
        }
    ]
    made["activity"] = [
        {"source_id": "1", "name": "Встреча", "kind": "meeting", "start": moment("2026-12-01T21:30:00Z")},
        {"source_id": "2", "name": "Без начала", "kind": "private"},
        {"source_id": "3", "kind": "private", "start": date(2026, 12, 31)},
    ]
    layout = tmp_path / "mine.yaml"
    layout.write_text("like: outlook\nformat: csv\nzone: Europe/Moscow\n", encoding="utf-8")
    outputs = exporting(str(layout))
    (holiday,) = rows(tmp_path / "out/mine/absences.csv", "utf-8-sig")
    assert [holiday[name] for name in CALENDAR.split(",")[:6]] == [
        "Отпуск: Петров Иван",
        *("12/28/2026", "12:00:00 AM"),
        *("01/11/2027", "12:00:00 AM"),
        "True",
    ]
    assert (holiday["Show time as"], holiday["Reminder on/off"]) == ("4", "False")
    meeting, whole = rows(tmp_path / "out/mine/calendar.csv", "utf-8-sig")
    assert [meeting[name] for name in CALENDAR.split(",")[1:6]] == [
        *("12/02/2026", "12:30:00 AM"),
        *("12/02/2026", "12:30:00 AM"),
        "False",
    ]
    assert (whole["End Date"], whole["Private"], meeting["Private"]) == ("01/01/2027", "True", "False")
    notes = next(one.notes for one in outputs if one.path.endswith("calendar.csv"))
    assert notes["rows_not_wanted"] == 1
    assert comparing() == []


def test_an_event_does_not_end_before_it_begins(exporting: Export, made: Entities, tmp_path: Path) -> None:
    begin = {"start": moment("2026-05-10T15:00:00Z")}
    made["activity"] = [
        {"source_id": "1", **begin, "finish": moment("2026-05-10T06:00:00Z")},
        {"source_id": "2", **begin, "finish": date(2026, 5, 10)},
    ]
    made["absence"] = [{"source_id": "1", "start": date(2026, 5, 10), "finish": date(2026, 5, 5)}]
    exporting("outlook")
    early, same_day = rows(tmp_path / "out/outlook/calendar.csv", "utf-8-sig")
    assert (early["End Date"], early["End Time"]) == (early["Start Date"], early["Start Time"])
    assert "2026-05-10 06:00:00 UTC" in early["Description"]
    assert (same_day["End Date"], same_day["End Time"]) == ("05/11/2026", "12:00:00 AM")
    (away,) = rows(tmp_path / "out/outlook/absences.csv", "utf-8-sig")
    assert (away["End Date"], away["End Time"]) == ("05/11/2026", "12:00:00 AM")
    assert "2026-05-05" in away["Description"]


def test_google_gets_labels_in_one_cell_and_birthdays_as_it_writes_them(
    exporting: Export, person: dict[str, Any], made: Entities, tmp_path: Path
) -> None:
    made["contact"].append({"source_id": "2", "name": "Некто", "birthday": "--02-29"})
    exporting("google-contacts")
    first, second = rows(tmp_path / "out/google-contacts/contacts.csv", "utf-8-sig")
    assert first["Labels"] == "VIP ::: Опт; розница"
    assert (first["Birthday"], second["Birthday"], second["Last Name"]) == ("1985-04-12", "--02-29", "Некто")
    assert first["Custom Field 1 - Value"] == "2001"
    assert (first["Phone 4 - Value"], first["E-mail 3 - Value"]) == ("+7 495 3", "a2@x.example")
    for rest in ("+7 903 1 (мобильный)", "a4@x.example", "второй адрес"):
        assert rest in first["Notes"]


def test_a_company_is_a_contact_without_a_name(exporting: Export, tmp_path: Path) -> None:
    exporting(*TARGETS)
    for target, heading, encoding in (
        ("outlook", "Company", "utf-8-sig"),
        ("outlook-ru", "Организация", "cp1251"),
        ("outlook-new", "Company", "utf-8"),
        ("google-contacts", "Organization Name", "utf-8-sig"),
    ):
        found = rows(tmp_path / "out" / target / "companies.csv", encoding)
        assert [row[heading] for row in found] == ["ООО «Ромашка»", "ооо  «ромашка»"]
        assert not {"First Name", "Имя"} & found[0].keys()


def test_all_is_read_back_as_meant(
    exporting: Export, person: dict[str, Any], comparing: Callable[[], list[Mismatch]]
) -> None:
    exporting(*TARGETS)
    assert comparing() == []
