"""Fields that come only when they are named: which are named, and what is asked where the account does not like a name."""

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

import pytest
from crmexport_megaplan.v1 import MegaplanV1
from crmexport_megaplan.v1.lists import definitions

from crmexport.source import Account, Gap, GapKind, Reading, Request, Response, Verdict

CONNECTOR = MegaplanV1(Account("https://acme.example.test"))
EXTRA = "Category1000060CustomFieldX"
FIELDS = {"Fields": [{"Name": "Contact", "Type": "object"}, {"Name": EXTRA, "Type": "string"}]}
BINS = {"Contractor": ["dropped contractors"], "Payer": ["dropped payers"]}
UNKNOWN = "SQLSTATE[42703]: Undefined column: Contact"


def answer(data: Any, message: Any = None) -> Response:
    code = "error" if message else "ok"
    document = {"status": {"code": code, "message": message}, "params": {}, "data": data}
    return Response(200, {"content-type": "application/json"}, json.dumps(document).encode())


def named(request: Request) -> list[str]:
    """The fields that a request names."""
    params = request.context.get("params", {})
    told = params.get("ExtraFields") or params.get("RequestedFields") or []
    return [one for one in (told.values() if isinstance(told, dict) else told) if isinstance(one, str)]


def only(reading: Reading, route: str) -> Request:
    (found,) = [one for one in reading.asks if route in one.path]
    return found


def cards(asked: Iterable[Request]) -> list[str]:
    return [one.path for one in asked if "/card" in one.path]


def list_of(scope: str) -> Request:
    return only(CONNECTOR.read(definitions(scope), answer(FIELDS)), "/list")


def test_deals_are_asked_for_every_field_that_their_scheme_has() -> None:
    """Contact and payer, too, come only when they are named."""
    deals = list_of("Deal/13")
    assert deals.path == (
        "/BumsTradeApiV01/Deal/list.api?FilterFields%5BProgram%5D=13"
        f"&ExtraFields%5B0%5D=Contact&ExtraFields%5B1%5D={EXTRA}&Limit=100&Offset=0"
    )
    whole = {"Id": 1, "Positions": [], EXTRA: ""}
    reading = CONNECTOR.read(deals, answer({"deals": [whole, {"Id": 2, "Positions": []}]}))
    assert [row.id for row in reading.records] == ["1"]
    assert cards(reading.requests) == [
        f"/BumsTradeApiV01/Deal/card.api?Id=2&ExtraFields%5B0%5D=Contact&ExtraFields%5B1%5D={EXTRA}"
    ]


@pytest.mark.parametrize("stream", ["Invoice", "Offer"])
def test_cards_of_invoices_and_products_are_asked_for_every_field(stream: str) -> None:
    rows = {f"{stream.lower()}s": [{"Id": 4, "Name": "?"}]}
    (card,) = cards(CONNECTOR.read(list_of(stream), answer(rows)).requests)
    assert card.endswith(f"/card.api?Id=4&ExtraFields%5B0%5D=Contact&ExtraFields%5B1%5D={EXTRA}")


@pytest.mark.parametrize("stream", ["Task", "Project"])
def test_cards_of_tasks_and_projects_name_their_extra_fields(stream: str) -> None:
    """All other fields are in them anyway."""
    rows = {f"{stream.lower()}s": [{"Id": 4, "Name": "?", "Statement": ""}]}
    tasks = list_of(stream)
    assert named(tasks) == [EXTRA]
    (card,) = cards(CONNECTOR.read(tasks, answer(rows)).requests)
    assert card.endswith(f"/card.api?Id=4&ExtraFields%5B0%5D={EXTRA}")


def test_clients_are_asked_for_what_a_card_shows_where_nothing_is_named_as_well() -> None:
    """Where anything is named, only that comes, and the definitions do not tell of all that there is."""
    asked = named(list_of("Contractor"))
    assert asked[:2] == ["Contact", EXTRA]
    assert {"Id", "PersonType", "Phones", "ChildContacts", "Attaches", "AdvertisingWay"} <= set(asked)
    assert len(asked) == len(set(asked))


def test_clients_are_asked_for_all_their_emails_and_the_remarks_at_their_telephones() -> None:
    clients = list_of("Contractor")
    wanted = (
        "RequestedFields[ContactInfo][0]=Type",
        "RequestedFields[ContactInfo][1]=Value",
        "FormatSettings[phone]=full",
    )
    assert all(one in unquote(clients.path) for one in wanted)
    (card,) = cards(CONNECTOR.read(clients, answer({"clients": [{"Id": 4}]})).requests)
    assert all(one in unquote(card) for one in wanted)


REFUSED = answer([], UNKNOWN)


def given_up(request: Request) -> tuple[Request, Gap]:
    """What is asked when a question with wishes is refused twice, and what is told then."""
    assert CONNECTOR.verdict(request, REFUSED) is Verdict.ANSWER
    assert CONNECTOR.rows(request, REFUSED) == []
    (once_more,) = CONNECTOR.read(request, REFUSED).requests
    assert (named(once_more), once_more.key == request.key) == (named(request), False)
    reading = CONNECTOR.read(once_more, REFUSED)
    (again,), (gap,) = reading.requests, reading.gaps
    assert gap.kind is GapKind.REFUSED
    return again, gap


@pytest.mark.parametrize("scope", ["Deal/13", "Contractor", "Payer", "Offer"])
def test_a_list_that_does_not_take_a_name_is_asked_for_less_and_that_is_told(scope: str) -> None:
    wishing, told = list_of(scope), []
    request = wishing
    while request.context.get("wishes"):
        request, gap = given_up(request)
        told.append(gap.id)
        assert request.context.get("program") == wishing.context.get("program")
    assert named(request) == (["Contact", EXTRA] if scope == "Contractor" else [EXTRA])
    assert set(told) == {"fields 13" if scope == "Deal/13" else "fields"}
    assert CONNECTOR.verdict(request, REFUSED) is Verdict.FAULTY
    (bare,) = CONNECTOR.instead(request)
    assert (named(bare), bare.context["list"]) == ([], request.context["list"])
    assert [one.context["list"] for one in CONNECTOR.instead(bare)] == BINS.get(scope, [])


def test_a_list_of_the_bin_that_is_asked_for_less_is_still_known_for_what_is_in_use() -> None:
    """Else an account that knows no bin would have all its clients in it."""
    clients = {"clients": [{"Id": id, "Name": "?"} for id in range(1, 4)]}
    reading = CONNECTOR.read(list_of("Contractor"), answer(clients))
    (request,) = [one for one in reading.requests if one.context.get("list") == "dropped contractors"]
    fewer, _gap = given_up(request)
    told = CONNECTOR.read(fewer, answer(clients))
    assert [gap[:2] for gap in told.gaps] == [("Contractor", "bin")]
    assert (told.records, cards(told.requests)) == ([], [])


def test_of_deals_the_fields_that_the_manual_tells_of_are_given_up_last() -> None:
    told = {"Fields": [{"Name": name} for name in ("Contact", "Heaven", EXTRA)]}
    deals = only(CONNECTOR.read(definitions("Deal/13"), answer(told)), "/list")
    assert named(deals) == ["Contact", "Heaven", EXTRA]
    fewer, gap = given_up(deals)
    assert (named(fewer), "Heaven" in gap.reason, "Contact," in gap.reason) == (
        ["Contact", EXTRA],
        True,
        False,
    )
    least, gap = given_up(fewer)
    assert (named(least), "Contact, Heaven" in gap.reason, UNKNOWN in gap.reason) == ([EXTRA], True, True)


def test_a_passing_failure_gives_no_field_up() -> None:
    deals = list_of("Deal/13")
    (once_more,) = CONNECTOR.read(deals, REFUSED).requests
    rows = {"deals": [{"Id": id, "Positions": [], EXTRA: ""} for id in range(99)]}
    (page,) = CONNECTOR.read(once_more, answer(rows)).requests
    assert named(page) == named(deals)
    assert CONNECTOR.read(page, REFUSED).gaps == []  # nor does one at the next page


def test_a_card_that_does_not_take_a_name_is_asked_for_less() -> None:
    wishing = only(CONNECTOR.read(list_of("Deal/13"), answer({"deals": [{"Id": 2}]})), "/card")
    assert CONNECTOR.verdict(wishing, answer([], "Deal with id 2 not found")) is Verdict.VANISHED
    assert CONNECTOR.verdict(wishing, answer([], "You can not view deals")) is Verdict.REFUSED
    (once_more,) = CONNECTOR.read(wishing, REFUSED).requests
    assert (once_more.method, once_more.path, once_more.subject) == (
        "POST",
        "/BumsTradeApiV01/Deal/card.api",
        ("Deal", "2"),
    )
    assert any(rule.allows(once_more) for rule in CONNECTOR.about.reads)
    reading = CONNECTOR.read(once_more, REFUSED)
    assert [gap[:2] for gap in reading.gaps] == [("Deal", "fields")]
    (again,) = reading.requests
    assert again.path == f"/BumsTradeApiV01/Deal/card.api?Id=2&ExtraFields%5B0%5D={EXTRA}"
    assert [one.path for one in CONNECTOR.instead(wishing)] == [again.path]
    assert list(CONNECTOR.instead(again)) == []


def test_a_card_is_asked_for_the_likely_names_before_it_is_asked_for_none() -> None:
    told = {"Fields": [{"Name": name} for name in ("Contact", "Heaven", EXTRA)]}
    deals = only(CONNECTOR.read(definitions("Deal/13"), answer(told)), "/list")
    wishing = only(CONNECTOR.read(deals, answer({"deals": [{"Id": 2}]})), "/card")
    fewer, _gap = given_up(wishing)
    assert fewer.path.endswith(f"Id=2&ExtraFields%5B0%5D=Contact&ExtraFields%5B1%5D={EXTRA}")
    least, _gap = given_up(fewer)
    assert least.path.endswith(f"Id=2&ExtraFields%5B0%5D={EXTRA}")


def test_a_card_that_names_too_much_for_an_address_stays_the_same_question() -> None:
    """It is a POST from the beginning, and so cannot be asked once more by another method."""
    many = [f"Category{number:07}CustomFieldX" for number in range(200)]
    told = {"Fields": [{"Name": name} for name in ("Contact", *many)]}
    deals = only(CONNECTOR.read(definitions("Deal/13"), answer(told)), "/list")
    card = only(CONNECTOR.read(deals, answer({"deals": [{"Id": 2}]})), "/card")
    assert (card.method, card.path) == ("POST", "/BumsTradeApiV01/Deal/card.api")
    reading = CONNECTOR.read(card, REFUSED)
    (again,) = reading.requests
    assert (again.context["names"], "Contact" in str(again.body)) == (["Contact", *many], False)
    assert str(again.body).startswith("Id=2&ExtraFields%5B0%5D=Category0000000CustomFieldX&")
    assert [gap[:2] for gap in reading.gaps] == [("Deal", "fields")]


@pytest.mark.parametrize("stream", ["Deal", "Task"])
def test_a_card_that_no_list_led_to_is_asked_again_with_its_extra_fields(stream: str) -> None:
    first = CONNECTOR.card(stream, "8")
    assert first is not None
    card = {"Id": 8, "Program": {"Id": 16}} if stream == "Deal" else {"Id": 8}
    (fields,) = [
        one for one in CONNECTOR.read(first, answer({stream.lower(): card})).requests if one.stream == "Field"
    ]
    assert (fields.method, fields.body) == ("POST", "ProgramId=16&Id=8" if stream == "Deal" else "Id=8")
    (again,) = CONNECTOR.read(fields, answer({"Fields": [{"Name": EXTRA}]})).requests
    assert again.path.endswith(f"Id=8&ExtraFields%5B0%5D={EXTRA}")
    assert not again.context.get("wishes")  # it names nothing that is not sure, so there is nothing to spare
