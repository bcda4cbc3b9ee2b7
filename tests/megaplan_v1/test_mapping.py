"""What the mapping makes of single records of the older API."""

from typing import Any

from crmexport.mapping import load_source_mapping
from tests.mapping.support import archive_of

MAPPING = load_source_mapping("megaplan_v1")
CLIENTS = [
    {"Id": 6, "Name": "Ромашка", "PersonType": "company"},
    {"Id": 7, "Name": "Зоя", "PersonType": "human"},
]


def of(stream: str, entity: str, *values: dict[str, Any]) -> list[dict[str, Any]]:
    """The entities that records of a stream become in an account with a company and a person."""
    records = {"Contractor": CLIENTS, stream: [{"Id": place, **value} for place, value in enumerate(values)]}
    return list(archive_of(MAPPING, records).iterate(entity))


def test_a_payment_names_its_payer_be_it_a_company_or_a_person() -> None:
    payments = of("Operation", "payment", *({"Contractor": client} for client in CLIENTS))
    assert [one["company"] for one in payments] == [("company", "6", "Ромашка"), ("contact", "7", "Зоя")]


def test_a_telephone_keeps_its_kind_beside_the_remark() -> None:
    phones = [
        {"Phone": "+7 000 1", "PhoneType": "mobile", "PhoneComment": "доб. 12"},
        {"Phone": "+7 000 2", "PhoneType": "", "PhoneComment": "офис"},
        {"Phone": "+7 000 3", "PhoneType": {"Id": 2, "Name": "Рабочий"}, "PhoneComment": ""},
        "+7 000 4",
    ]
    (employee,) = of("Employee", "user", {"Phones": phones})
    assert [one.get("label") for one in employee["phones"]] == ["mobile, доб. 12", "офис", "Рабочий", None]
    assert [one["number"][-1] for one in employee["phones"]] == ["1", "2", "3", "4"]


def test_mail_becomes_activities_whatever_it_is_called() -> None:
    letter = {"Subject": "Re: счёт", "Text": "<p>Добрый день!</p>", "Folder": "Входящие"}
    first, second = of("Message", "activity", letter, {"Text": "<p>Ещё раз</p>"})
    assert (first["source_id"], first["kind"], first["name"]) == ("Message:0", "email", "Re: счёт")
    assert (first["description"], first["custom"]) == ("Добрый день!", {"Folder": "Входящие"})
    assert second["name"] == "Message"


def test_what_is_on_a_checklist_becomes_notes_of_the_record_it_belongs_to() -> None:
    items = [
        {"Name": "Проверить", "IsDone": 1},
        {"Name": "Отправить", "IsDone": "0", "Deadline": "2026-01-01"},
    ]
    whose = {"SubjectType": "task", "SubjectId": 5}
    done, open_ = of("Checklist", "note", {**whose, "Items": items})
    assert done["parent"] == open_["parent"] == ("task", "5", "")
    assert [(one["text"], one["completed_percent"]) for one in (done, open_)] == [
        ("Проверить", 100),
        ("Отправить", 0),
    ]
    assert open_["custom"] == {"Deadline": "2026-01-01"}


def test_a_checklist_of_another_shape_is_a_note_all_the_same() -> None:
    (note,) = of(
        "Checklist",
        "note",
        {"SubjectType": "deal", "SubjectId": 5, "Name": "Перед отгрузкой", "Points": ["вес"]},
    )
    assert (note["parent"], note["text"], note["custom"]) == (
        ("deal", "5", ""),
        "Перед отгрузкой",
        {"Points": ["вес"]},
    )
