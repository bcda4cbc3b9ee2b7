"""What the mapping makes of single records of the older API."""

from typing import Any

import pytest

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
    assert (first["description"], first["category"]) == ("Добрый день!", "Входящие")
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


def test_a_row_of_a_checklist_is_done_or_not() -> None:
    item = {"SubjectType": "task", "SubjectId": 5, "OrderPos": 1}
    done, open_ = of(
        "Checklist", "note", {"Name": "Раз", "IsDone": 1, **item}, {"Name": "Два", "IsDone": 0, **item}
    )
    assert [(one["text"], one["completed_percent"]) for one in (done, open_)] == [("Раз", 100), ("Два", 0)]
    assert done["parent"] == ("task", "5", "")


@pytest.mark.parametrize("word", ["human", "person"])
def test_a_person_is_a_person_whichever_word_says_so(word: str) -> None:
    client = {"Name": "Пётр", "PersonType": word, "LastName": "Образцов"}
    assert [one["name"] for one in of("Contractor", "contact", client)] == ["Пётр"]
    assert of("Contractor", "company", client) == []


def test_where_a_client_came_from_and_what_it_does_are_told() -> None:
    (company,) = of(
        "Contractor", "company", {"Name": "А", "AdvertisingWay": "Сайт", "ActivityType": {"Name": "Торговля"}}
    )
    assert (company["advertising_channel"], company["industry"]) == ("Сайт", "Торговля")


@pytest.mark.parametrize("category", ["Звонок", {"Id": 1, "Name": "Звонок"}])
def test_the_category_of_an_event_may_be_its_name_alone(category: Any) -> None:
    (event,) = of("Event", "activity", {"Name": "Созвон", "EventCategory": category})
    assert (event["kind"], event["category"]) == ("call", "Звонок")


@pytest.mark.parametrize("category", ["Отпуск", {"Id": 1, "Name": "Отпуск"}])
def test_an_absence_is_known_by_its_category_however_that_is_told(category: Any) -> None:
    assert [one["kind"] for one in of("Event", "absence", {"Name": "Море", "EventCategory": category})] == [
        "Отпуск"
    ]
    assert (
        of(
            "Event",
            "absence",
            {"Name": "Созвон", "EventCategory": "Звонок"},
            {"Name": "?", "EventCategory": ""},
        )
        == []
    )


def test_a_message_is_told_with_its_text_and_to_whom_it_went() -> None:
    message = {
        "Subject": "Отпуск",
        "Content": "Уехал",
        "Folder": "outgoing",
        "To": [{"Id": 1, "Name": "Директор"}],
    }
    (told,) = of("Message", "activity", message)
    assert (told["name"], told["description"], told["category"]) == ("Отпуск", "Уехал", "outgoing")
    assert told["participants"] == [("user", "1", "Директор")]


def test_a_comment_with_no_work_in_it_is_no_time_entry() -> None:
    comments = [{"Text": "…", "Work": work} for work in ("", 0, "0", 30, "90")]
    assert [one["minutes"] for one in of("Comment", "time_entry", *comments)] == [30, 90]
    assert len(of("Comment", "note", *comments)) == 5


DEAL = {
    "Name": "№4799",
    "ProgramId": 25,
    "Status": {"Id": 172, "Name": "60 дней"},
    "FinalPrice": 500,
    "RelatedObjects": [
        {"Id": 10538, "Name": "№3222", "Type": "deal"},
        {"Id": 6, "Name": "Ромашка", "Type": "contractor"},
    ],
    "PossibleTransitions": [
        {"Id": "trans-271", "Destination": {"Id": 173, "Name": "Архив", "Type": "positive", "IsEntry": False}}
    ],
    "Positions": [
        {
            "Id": "123638",
            "Name": "Бивень",
            "Count": "1",
            "Offer": {
                "Id": 174155,
                "Unit": {"Id": 1, "Name": "шт."},
                "OriginOffer": {"Id": 13713, "Name": "Бивень"},
            },
        }
    ],
}


def test_a_deal_that_names_its_scheme_by_number_stands_in_it_and_tells_where_it_may_go() -> None:
    (deal,) = of("Deal", "deal", DEAL)
    assert (deal["pipeline"], deal["amount"].amount) == (("pipeline", "25", ""), 500)
    assert "custom" not in deal
    stages = of("Deal", "stage", DEAL)
    assert [(one["source_id"], one["pipeline"].id, one.get("result")) for one in stages] == [
        ("173", "25", "won"),
        ("172", "25", None),
    ]


def test_a_stage_is_what_a_deal_tells_that_may_go_there_whichever_comes_first() -> None:
    """The deals that stand in it tell its name alone, and most of them are the older ones."""
    closed = {"Name": "№1", "ProgramId": 25, "Status": {"Id": 173, "Name": "Архив"}}
    for deals in ([closed, DEAL], [DEAL, closed]):
        stages = of("Deal", "stage", *deals)
        assert {one["source_id"]: one.get("result") for one in stages} == {"173": "won", "172": None}
        assert len(stages) == 2


def test_what_a_deal_is_tied_to_becomes_links() -> None:
    links = of("Deal", "link", DEAL)
    assert [(one["target"][:2], one["title"]) for one in links] == [
        (("deal", "10538"), "№3222"),
        (("company", "6"), "Ромашка"),
    ]
    (nameless, _other) = of("Deal", "link", {**DEAL, "Id": 7, "Name": ""})
    assert nameless["origin"] == ("deal", "7", "")
    assert {one["origin"][0] for one in links} == {"deal"}


def test_a_line_item_names_its_product_and_unit() -> None:
    (item,) = of("Deal", "line_item", DEAL)
    assert (item["product"], item["unit"]) == (("product", "13713", "Бивень"), "шт.")


def test_a_payment_names_its_invoice_and_what_it_was_for() -> None:
    (payment,) = of(
        "Operation",
        "payment",
        {"Sum": 12, "Invoice": {"Id": 3}, "OperationType": {"Id": 2, "Name": "Аренда"}},
    )
    assert (payment["invoices"], payment["category"], payment["sum"].amount) == (
        [("invoice", "3", "")],
        "Аренда",
        12,
    )


def test_the_owner_of_an_event_is_found_by_the_number_of_the_user() -> None:
    """That number may well be somebody else's as an employee."""
    people = [{"Id": 21, "Name": "Анна", "User": {"Id": 3}}, {"Id": 3, "Name": "Пётр", "User": {"Id": 21}}]
    events = [
        {"Id": 1, "Name": "Созвон", "Owner": 21},
        {"Id": 2, "Name": "Встреча", "Owner": {"Id": 21, "Name": "Анна"}},
    ]
    events.append({"Id": 3, "Name": "Обед", "Owner": 99})
    made = list(archive_of(MAPPING, {"Employee": people, "Event": events}).iterate("activity"))
    assert [one.get("responsible") for one in made] == [("user", "3", ""), ("user", "21", "Анна"), None]
    assert made[0]["created_by"] == ("user", "3", "")
    assert made[2]["custom"] == {"Owner": 99}


def test_a_client_keeps_all_its_emails_and_the_remarks_at_its_telephones() -> None:
    told = [("email", "a@example.test", True), ("email", "c@example.test", False), ("telegram", "@x", False)]
    client = {
        "Name": "А",
        "Email": "a@example.test",
        "Site": "example.test",
        "Phones": ["ph_m-7-900-0000001\tБухгалтер\nИра", "ph_w-7-495-1", "+7 495 22"],
        "ContactInfo": [{"Type": kind, "Value": value, "IsMain": main} for kind, value, main in told],
    }
    (*_others, company) = of("Contractor", "company", client)
    assert company["emails"] == [{"address": "a@example.test", "main": True}, {"address": "c@example.test"}]
    assert company["messengers"] == [{"kind": "telegram", "name": "@x"}]
    assert company["sites"] == [{"url": "example.test"}]
    assert company["phones"] == [
        {"number": "7-900-0000001", "label": "mobile, Бухгалтер\nИра"},
        {"number": "7-495-1", "label": "work"},
        {"number": "+7 495 22"},
    ]
    assert "custom" not in company


def test_an_email_that_only_stands_by_itself_is_kept() -> None:
    info = [{"Type": "email", "Value": "c@example.test", "IsMain": True}]
    (*_others, company) = of(
        "Contractor", "company", {"Name": "А", "Email": "a@example.test", "ContactInfo": info}
    )
    assert [one["address"] for one in company["emails"]] == ["c@example.test", "a@example.test"]


@pytest.mark.parametrize("info", [[], [{"Type": "email", "Value": "c@example.test", "IsMain": False}]])
def test_several_emails_in_one_text_are_several(info: list[Any]) -> None:
    """So a client that ran live took them apart; where they stand apart as well, none is told twice."""
    told = {"Name": "А", "Email": "a@example.test, c@example.test,a@example.test", "ContactInfo": info}
    (*_others, company) = of("Contractor", "company", told)
    assert sorted(one["address"] for one in company["emails"]) == ["a@example.test", "c@example.test"]


def test_a_person_has_a_gender_and_an_employee_an_address() -> None:
    (*_others, person) = of("Contractor", "contact", {"Name": "Я", "PersonType": "human", "Gender": "female"})
    assert (person["gender"], "custom" in person) == ("female", False)
    home = {"Id": 5, "City": "Образцово", "Street": "Первая", "House": "1"}
    made = of("Employee", "user", {"Address": home}, {"Address": "Образцово"}, {"Address": ""})
    assert [one.get("addresses") for one in made] == [
        [{"text": "Образцово, Первая, 1", "city": "Образцово"}],
        [{"text": "Образцово"}],
        None,
    ]
    assert not any("custom" in one for one in made)


def test_a_deal_has_a_cost_beside_its_price() -> None:
    money = {"Value": 5, "Currency": "р.", "CurrencyAbbreviation": "RUB"}
    (deal,) = of("Deal", "deal", {"FinalPrice": {**money, "Value": 4}, "Cost": money})
    assert (deal["amount"].amount, deal["cost"].amount, deal["cost"].currency) == (4, 5, "RUB")
    assert "custom" not in deal


def test_an_address_is_a_text_though_its_lines_are_marked() -> None:
    """A client that ran live met line breaks of HTML in addresses, and none in descriptions."""
    places = [{"Address": "г. Образцово,<br />ул. Первая & Ко"}, {"Address": "<склад>\nдвор"}, "Образцово"]
    (*_others, company) = of("Contractor", "company", {"Name": "А", "Locations": places})
    assert [one["text"] for one in company["addresses"]] == [
        "г. Образцово,\nул. Первая & Ко",
        "<склад>\nдвор",
        "Образцово",
    ]
