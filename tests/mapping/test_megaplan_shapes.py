"""Shapes that the vendor's own description of API v3 gives to fields, where others tell of plain values: both are read."""

import json
from datetime import date
from typing import Any

import pytest

from crmexport.mapping import Normaliser, SourceMapping, load_source_mapping
from crmexport.mapping.custom import DefinitionReader
from crmexport.model import Money, Ref, Type
from tests.mapping.support import TOY, row


@pytest.fixture(scope="module")
def mapping() -> SourceMapping:
    return load_source_mapping("megaplan")


def one(mapping: SourceMapping, entity: str, stream: str, **told: Any) -> dict[str, Any]:
    """The one entity that a record with id 1 becomes."""
    (found,) = Normaliser(mapping, TOY).entities([row(stream, {"id": "1", **told})], entity)
    return found


def moment(text: str) -> dict[str, str]:
    return {"contentType": "DateTime", "value": text}


def day(year: int, month: int, number: int) -> dict[str, Any]:
    return {"contentType": "DateOnly", "year": year, "month": month, "day": number}


def link(kind: str, id: str, **more: Any) -> dict[str, Any]:
    return {"contentType": kind, "id": id, **more}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (link("Task", "5", name="Договор"), None),
        (link("Task", "5"), None),
        ("Тема", "Тема"),
        ("", None),
        (None, None),
    ],
)
def test_the_record_under_which_a_comment_stands_is_no_subject(
    mapping: SourceMapping, told: Any, expected: str | None
) -> None:
    note = one(mapping, "note", "comment", content="да", subject=told, _parent={"stream": "task", "id": "5"})
    assert note.get("subject") == expected and note["parent"] == Ref("task", "5", "")
    assert "custom" not in note


@pytest.mark.parametrize(
    ("told", "is_closed"),
    [
        ({"result": "positive"}, True),
        ({"result": "negative"}, True),
        ({"state": link("ProgramState", "2", type="negative")}, True),
        ({"result": "active"}, False),
        ({"state": link("ProgramState", "2", type="active")}, False),
        ({}, False),
    ],
)
def test_a_deal_was_closed_when_its_last_stage_began(
    mapping: SourceMapping, told: dict[str, Any], is_closed: bool
) -> None:
    since = moment("2020-03-04T20:30:00+00:00")
    deal = one(mapping, "deal", "deal", name="Поставка", stateTimeUpdated=since, **told)
    assert "stage_changed_at" in deal
    assert deal.get("closed_at") == (deal["stage_changed_at"] if is_closed else None)


@pytest.mark.parametrize("told", [link("Place", "3", name="Переговорная"), "Переговорная"])
def test_a_place_is_called_by_its_name(mapping: SourceMapping, told: Any) -> None:
    assert one(mapping, "activity", "todo", place=told)["place"] == "Переговорная"


@pytest.mark.parametrize("told", [day(2019, 1, 4), moment("2019-02-03T21:00:00+00:00"), "2019-02-04"])
def test_the_first_day_at_work_is_a_day_or_the_moment_at_which_it_began(
    mapping: SourceMapping, told: Any
) -> None:
    person = one(mapping, "user", "employee", appearanceDay=told, fireDay=told)
    assert person["hired_on"] == person["fired_on"] == date(2019, 2, 4)
    assert "custom" not in person


def test_what_people_say_of_themselves_stands_in_their_description(mapping: SourceMapping) -> None:
    assert one(mapping, "user", "employee", description="<p>Люблю порядок</p>")["about"] == "Люблю порядок"
    assert one(mapping, "user", "employee", aboutMe="Люблю порядок")["about"] == "Люблю порядок"


def test_the_next_holiday_tells_its_first_and_its_last_day(mapping: SourceMapping) -> None:
    told = link(
        "Vacation", "4", type="Отпуск за свой счёт", firstDay=day(2026, 5, 1), lastDay=day(2026, 5, 14)
    )
    absence = one(mapping, "absence", "employee", nearestVacation=told)
    assert (absence["start"], absence["finish"]) == (date(2026, 6, 1), date(2026, 6, 14))
    assert absence["kind"] == "Отпуск за свой счёт"
    interval = {"contentType": "IntervalDates", "from": day(2026, 5, 1), "to": day(2026, 5, 14)}
    absence = one(mapping, "absence", "employee", nearestVacation=interval)
    assert (absence["start"], absence["kind"]) == (date(2026, 6, 1), "vacation")


def test_a_call_tells_who_spoke_with_whom_from_when_till_when(mapping: SourceMapping) -> None:
    person, client = link("Employee", "7", name="Пётр"), link("ContractorHuman", "8")
    call = one(
        mapping,
        "activity",
        "callInfo",
        contentType="CallInfo",
        type="in",
        state="finished",
        fromPhone="+7 900 000-00-01",
        toPhone="101",
        fromUser=client,
        toUser=person,
        timeFrom=moment("2025-10-02T10:30:00+00:00"),
        timeTo=moment("2025-10-02T10:35:30+00:00"),
        recordLinks=["https://records.example.test/1.mp3"],
    )
    assert (call["name"], call["status_name"]) == ("incoming", "finished")
    assert call["description"] == "+7 900 000-00-01 → 101"
    assert (call["start"].original, call["finish"].original) == (
        "2025-10-02T10:30:00+00:00",
        "2025-10-02T10:35:30+00:00",
    )
    assert call["responsible"] == Ref("user", "7", "Пётр")
    assert call["participants"] == [Ref("contact", "8", ""), Ref("user", "7", "Пётр")]
    assert call["custom"]["recordLinks"] == ["https://records.example.test/1.mp3"]


def test_the_words_of_a_letter_are_its_text(mapping: SourceMapping) -> None:
    letter = one(
        mapping,
        "activity",
        "message",
        subject="Счёт",
        text="<p>Добрый день!</p>",
        timeSent=moment("2025-10-02T10:31:00+00:00"),
        timeCreated=moment("2025-10-02T10:40:00+00:00"),
        to=[{"contentType": "MessageContact", "email": "b@example.test", "name": "Б"}],
        convertedTo=link("Deal", "28001"),
    )
    assert letter["description"] == "Добрый день!" and letter["start"].original == "2025-10-02T10:31:00+00:00"
    assert letter["links"] == [Ref("deal", "28001", "")]
    assert letter["custom"]["to"] == ["Б <b@example.test>"]


def test_what_was_said_in_a_chat_stands_at_the_chat_or_at_the_deal_it_is_held_at(
    mapping: SourceMapping,
) -> None:
    chat = one(
        mapping, "activity", "clientChat", channelType="Telegram", contractor=link("ContractorHuman", "8")
    )
    assert (chat["source_id"], chat["name"], chat["links"]) == (
        "ClientChat:1",
        "Telegram",
        [Ref("contact", "8", "")],
    )
    in_it = one(mapping, "note", "comment", content="да", _parent={"stream": "clientChat", "id": "1"})
    assert in_it["parent"] == Ref("activity", "ClientChat:1", "")
    at_deal = one(mapping, "note", "comment", content="да", _parent={"stream": "deal", "id": "5"})
    assert at_deal["parent"] == Ref("deal", "5", "")


@pytest.mark.parametrize("id", [None, "3"])
def test_what_a_comment_links_to_is_a_link_of_the_note(mapping: SourceMapping, id: str | None) -> None:
    told = {
        "contentType": "RelationLink",
        "relationType": "url",
        "representation": "Макет",
        "origin": "https://a.test",
    }
    comment = row(
        "comment",
        {
            "contentType": "Comment",
            "id": "7",
            "relationLinks": [told | ({"id": id} if id else {})],
            "relationLinksCount": 1,
        },
    )
    (found,) = Normaliser(mapping, TOY).entities([comment], "link")
    assert (found["origin"], found["title"], found["url"]) == (
        Ref("note", "7", ""),
        "Макет",
        "https://a.test",
    )


def test_a_letter_within_a_history_tells_its_words(mapping: SourceMapping) -> None:
    told = one(
        mapping,
        "change",
        "history",
        contentType="Message",
        text="<p>Добрый день!</p>",
        _parent={"stream": "deal", "id": "5"},
    )
    assert (told["kind"], told["text"]) == ("Message", "Добрый день!")


def test_what_was_planned_of_a_resource_and_what_was_used_stays_together(mapping: SourceMapping) -> None:
    """Not files, as one might think of the name (RAML `ResourceField`, `ResourceValue`)."""
    key = "Category130CustomFieldMekhanik"
    field = {
        "contentType": "ResourceField",
        "name": key,
        "hrName": "Механик",
        "_parent": {"stream": "task", "id": ""},
    }
    (told,) = DefinitionReader(mapping.file.custom_fields, mapping, {}).fields([row("extraField", field)])
    assert told.type is Type.TEXT
    value = {"contentType": "ResourceValue", "planned": 10, "actual": 8.5}
    (task,) = Normaliser(mapping, TOY).entities([row("task", {"id": "1", key: value})], "task")
    assert '"planned":10,"actual":8.5' in task["custom"][key]


def test_the_tax_of_an_invoice_may_be_a_number_in_the_currency_of_its_sum(mapping: SourceMapping) -> None:
    money = {"contentType": "Money", "currency": "USD", "value": 120, "valueInMain": 10800, "rate": 90}
    assert one(mapping, "invoice", "invoice", sum=money, taxTotal=20)["tax_total"] == Money(20, "USD")
    tax = {**money, "value": 20}
    assert one(mapping, "invoice", "invoice", sum=money, taxTotal=tax)["tax_total"] == Money(20, "USD")


@pytest.mark.parametrize(("entity", "stream"), [("deal", "deal"), ("invoice", "invoice")])
def test_a_currency_goes_by_its_code(mapping: SourceMapping, entity: str, stream: str) -> None:
    told = link("Currency", "2", name="Доллары США", abbreviation="USD", sign="$")
    assert one(mapping, entity, stream, currency=told)["currency"] == "USD"


def test_a_company_to_talk_to_about_a_deal_is_linked_with_it(mapping: SourceMapping) -> None:
    company, human = link("ContractorCompany", "8"), link("ContractorHuman", "9")
    deal = one(mapping, "deal", "deal", contractor=link("ContractorCompany", "7"), contact=company)
    assert deal["links"] == [Ref("company", "8", "")] and "contact" not in deal
    deal = one(mapping, "deal", "deal", contractor=link("ContractorCompany", "7"), contact=human)
    assert "links" not in deal and deal["contact"] == Ref("contact", "9", "")


@pytest.mark.parametrize("stream", ["relationLink", "deal", "task", "contractorCompany", "todo"])
def test_an_address_that_a_link_leads_to_is_its_origin(mapping: SourceMapping, stream: str) -> None:
    told = link(
        "RelationLink",
        "4",
        relationType="url",
        origin="https://partner.example.test/1",
        data="Партнёр",
        subject=link("Deal", "1"),
        isTargetVisible=True,
    )
    if stream == "relationLink":
        value = {**told, "_parent": {"stream": "deal", "id": "1"}}
    else:
        value = link("Deal", "1", relationLinks=[told])
    (found,) = Normaliser(mapping, TOY).entities([row(stream, value)], "link")
    assert found["url"] == "https://partner.example.test/1"
    assert found["custom"]["data"] == "Партнёр" and "isTargetVisible" not in found["custom"]


@pytest.mark.parametrize("stream", ["relationLink", "deal"])
def test_a_link_is_called_by_what_people_see_of_it(mapping: SourceMapping, stream: str) -> None:
    """Live, Megaplan shows an address as markup for the browser."""
    address = "https://partner.example.test/1"
    shown = f'<a href="{address}" target="_blank">Смета &amp; план</a>'
    told = link("RelationLink", "4", representation=shown, placeholder=address, origin=address)
    value = {**told, "_parent": {"stream": "deal", "id": "1"}}
    if stream == "deal":
        value = link("Deal", "1", relationLinks=[told])
    (found,) = Normaliser(mapping, TOY).entities([row(stream, value)], "link")
    assert (found["title"], found["url"]) == (f"Смета & план ({address})", address)


def test_an_event_names_what_its_links_lead_to(mapping: SourceMapping) -> None:
    """Beside what it belongs to; not as a text of its own."""
    found = one(
        mapping,
        "activity",
        "todo",
        relations=[link("Task", "5")],
        relationLinks=[link("RelationLink", "4", target=link("Deal", "9"))],
    )
    assert found["links"] == [Ref("task", "5", ""), Ref("deal", "9", "")] and "custom" not in found


@pytest.mark.parametrize("city", [link("City", "7", name="Казань"), "Казань"])
@pytest.mark.parametrize(
    ("entity", "stream"), [("company", "contractorCompany"), ("contact", "contractorHuman")]
)
def test_a_city_is_called_by_its_name(mapping: SourceMapping, entity: str, stream: str, city: Any) -> None:
    told = {"contentType": "Address", "value": "Казань, Баумана, 1", "city": city, "metro": None}
    (address,) = one(mapping, entity, stream, contactInfo=[told])["addresses"]
    assert address == {"text": "Казань, Баумана, 1", "city": "Казань"}


@pytest.mark.parametrize("among", [[], None, [{"contentType": "Address", "value": "офис"}]])
def test_where_a_person_lives_is_an_address(mapping: SourceMapping, among: Any) -> None:
    home = {"contentType": "Address", "value": "Казань, Баумана, 1", "city": link("City", "7", name="Казань")}
    person = one(mapping, "user", "employee", contactInfo=among, address=home)
    assert person["addresses"][-1] == {"text": "Казань, Баумана, 1", "city": "Казань"}
    assert len(person["addresses"]) == len(among or []) + 1 and "custom" not in person
    assert "addresses" not in one(mapping, "user", "employee", contactInfo=[], address=None)
    assert one(mapping, "user", "employee", address="Казань")["addresses"] == [{"text": "Казань"}]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Баумана, 1", "Баумана, 1, м. Кремлёвская"),
        ("м. Кремлёвская, Баумана, 1", "м. Кремлёвская, Баумана, 1"),
        (None, "Кремлёвская"),
    ],
)
def test_the_underground_station_of_an_address_stands_in_its_text(
    mapping: SourceMapping, value: str | None, text: str
) -> None:
    told = {"contentType": "Address", "value": value, "metro": link("Metro", "3", name="Кремлёвская")}
    (address,) = one(mapping, "company", "contractorCompany", contactInfo=[told])["addresses"]
    assert address == {"text": text}


GONE = {"contentType": "EntityDescription", "value": "Пётр Образцов"}


@pytest.mark.parametrize(
    "told",
    [
        {"author": GONE, "changes": [{"field": "name", "newValue": "б"}]},
        {"author": link("Employee", "1"), "changes": [{"field": "name", "newValue": "б", "author": GONE}]},
        {"author": GONE, "type": "create"},
    ],
)
def test_of_an_author_whose_record_is_gone_the_name_is_kept(
    mapping: SourceMapping, told: dict[str, Any]
) -> None:
    """The vendor's description calls it by the only thing that is left of it."""
    change = one(mapping, "change", "history", **told, _parent={"stream": "deal", "id": "5"})
    assert change["author"].title == "Пётр Образцов"


def test_an_author_who_is_still_there_is_a_person(mapping: SourceMapping) -> None:
    who = link("Employee", "7", name="Анна")
    for told in ({"author": who, "changes": [{"field": "name"}]}, {"user": who}, {"author": who}):
        change = one(mapping, "change", "history", **told, _parent={"stream": "deal", "id": "5"})
        assert change["author"] == Ref("user", "7", "Анна")


@pytest.mark.parametrize("stream", ["holidayDay", "holiday"])
def test_a_day_of_the_calendar_may_name_the_holiday_it_belongs_to(
    mapping: SourceMapping, stream: str
) -> None:
    told = {"date": day(2026, 0, 1), "holiday": link("Holiday", "1", name="Новый год")}
    found = one(mapping, "activity", stream, **told)
    assert (found["name"], found["start"], found["category"]) == ("Новый год", date(2026, 1, 1), "holiday")


def test_a_holiday_without_its_day_is_no_day_off(mapping: SourceMapping) -> None:
    record = row("holiday", {"id": "1", "name": "Новый год"})
    assert list(Normaliser(mapping, TOY).entities([record], "activity")) == []


@pytest.mark.parametrize(("told", "absent"), [("out-of-office", False), ("in-office", False), ("sick", True)])
def test_people_who_are_not_on_the_staff_are_not_absent(
    mapping: SourceMapping, told: str, absent: bool
) -> None:
    """The vendor's own description: in-office and out-of-office are “on the staff” and “freelance”."""
    person = {
        "id": "1",
        "status": {"contentType": "EmployeeStatus", "id": "2", "name": "Так", "masterType": told},
    }
    assert bool([*Normaliser(mapping, TOY).entities([row("employee", person)], "absence")]) is absent


def test_a_group_among_the_responsible_is_not_taken_for_the_person(mapping: SourceMapping) -> None:
    group, person = link("Group", "5", name="Отдел"), link("Employee", "7", name="Пётр")
    told = one(mapping, "company", "contractorCompany", responsibles=[group, person])
    assert told["owner"] == Ref("user", "7", "Пётр") and len(told["responsibles"]) == 2
    assert one(mapping, "contact", "contractorHuman", responsibles=[group])["owner"] == Ref(
        "record", "Group:5", "Отдел"
    )


def test_the_last_talk_with_a_client_is_a_day_or_a_moment(mapping: SourceMapping) -> None:
    told = one(mapping, "company", "contractorCompany", lastCommunicationDate=day(2025, 9, 2))
    assert told["last_contact_at"] == date(2025, 10, 2) and "custom" not in told
    told = one(
        mapping, "company", "contractorCompany", nextCommunicationDate=moment("2025-10-02T10:30:00+00:00")
    )
    assert told["next_contact_at"].original == "2025-10-02T10:30:00+00:00"


def test_a_date_within_an_object_that_nobody_knows_is_not_a_month_early(mapping: SourceMapping) -> None:
    stone = link("Milestone", "4", name="Веха", date=day(2025, 9, 2), owner=link("Employee", "7"))
    sum_ = {"contentType": "Money", "currency": "RUB", "value": 5, "valueInMain": 5}
    bonus = link(
        "Bonus", "8", value=sum_, steps=[moment("2025-10-02T10:30:00+00:00"), {"contentType": "DateOnly"}]
    )
    custom = one(mapping, "task", "task", milestones=[stone], bonuses=[bonus])["custom"]
    assert custom["milestones"] == [
        '{"contentType":"Milestone","id":"4","name":"Веха","date":"2025-10-02","owner":{"contentType":"Employee","id":"7"}}'
    ]
    assert custom["bonuses"] == [
        '{"contentType":"Bonus","id":"8","value":"5 RUB","steps":["2025-10-02T10:30:00+00:00",{"contentType":"DateOnly"}]}'
    ]


@pytest.mark.parametrize(("opened", "closed"), [('{"in":', "}"), ("[", "]"), ('[{"in":', "}]")])
def test_one_record_that_is_nested_hundreds_deep_does_not_end_an_export(
    mapping: SourceMapping, opened: str, closed: str
) -> None:
    """A decoder takes nearly a thousand levels, at two calls a level Python walks through half of them."""
    times = 800 // len(closed)
    written = opened * times + '"x"' + closed * times
    told = str(one(mapping, "deal", "deal", deep=json.loads(written))["custom"]["deep"])
    assert "x" in told
    assert told.count("[") + told.count("{") == 800, "nothing of it is lost"


def test_what_was_dropped_of_the_knowledge_base_says_so(mapping: SourceMapping) -> None:
    assert one(mapping, "note", "knowledgeArticle", name="Старое", isDropped=True)["is_deleted"] is True


def test_what_a_space_holds_leads_to_it(mapping: SourceMapping) -> None:
    """RAML types `Element`, `NoteEdition`, `WidgetLayoutDataRow`; nobody has told of a live account."""
    above = [link("Element", "s"), link("Element", "t", title="Отдел")]
    told = one(
        mapping, "record", "element", title="Цены", type="Widget", path=above, inTrash=True, isCustom=True
    )
    assert (told["source_id"], told["parent"]) == ("Element:1", Ref("record", "Element:t", ""))
    assert (told["name"], told["kind"], told["is_deleted"]) == (
        "Цены",
        "table",
        True,
    ) and "custom" not in told
    leading = link("Element", "9")
    itself = one(mapping, "record", "element", path=[*above, link("Element", "1")], linkedElement=leading)
    assert itself["parent"] == told["parent"], "where the path ends with the element itself"
    assert itself["custom"] == {"linkedElement": Ref("record", "Element:9", "")}
    under = {"stream": "element", "id": "t"}
    text = one(mapping, "note", "noteEdition", text="<p>а &amp; <b>б</b></p>", _parent=under)
    assert (text["text"], text["html"]) == ("а & б", "<p>а &amp; <b>б</b></p>")
    assert text["parent"] == Ref("record", "Element:t", "") and "custom" not in text
    member = one(
        mapping, "link", "elementMember", member=link("Employee", "7"), accessLevel="edit", _parent=under
    )
    assert (member["origin"], member["target"]) == (text["parent"], Ref("user", "7", ""))


def test_a_row_of_a_table_tells_each_of_its_cells_in_words(mapping: SourceMapping) -> None:
    def ref(kind: str, title: str) -> dict[str, Any]:
        return link(kind, "1", title=title)

    values = {
        "Название": "Партнёр",
        "Цена": {"contentType": "SpaceMoney", "value": 1500.5, "currency": ref("Ref", "₽")},
        "Срок": day(2026, 0, 31),
        "Статус": {**ref("SpaceStatus", "В работе"), "color": "red"},
        "Кто": ref("User", "Иванова"),
        "Файл": {**ref("SpaceFile", "Прайс.pdf"), "url": "/attach/1"},
        "Метки": {"contentType": "RefList", "count": 2, "value": [ref("Select", "а"), ref("Select", "б, в")]},
        "Готово": False,
        "Сколько": {"contentType": "Number", "value": 0, "unit": "шт."},
        "Мера": {"contentType": "Number", "value": 2.5, "unit": None},
        "Когда": {"contentType": "SpaceDateInterval", "from": day(2026, 0, 1), "to": day(2026, 1, 2)},
        "Ещё": {"contentType": "MultiValue", "values": ["раз", day(2026, 11, 31)]},
        "Пусто": None,
    }
    data = [
        {"contentType": "WidgetLayoutDataRowData", "field": name, "value": told}
        for name, told in values.items()
    ]
    row_of = one(
        mapping, "record", "widgetRow", data=data, url=None, _parent={"stream": "element", "id": "t"}
    )
    assert row_of["text"].split("\n") == [
        "Название: Партнёр",
        "Цена: 1500.5 ₽",
        "Срок: 2026-01-31",
        "Статус: В работе",
        "Кто: Иванова",
        "Файл: Прайс.pdf",
        "Метки: а, б, в",
        "Готово: false",
        "Сколько: 0 шт.",
        "Мера: 2.5",
        "Когда: 2026-01-01, 2026-02-02",
        "Ещё: раз, 2026-12-31",
    ]
    assert row_of["kind"] == "row" and "custom" not in row_of
