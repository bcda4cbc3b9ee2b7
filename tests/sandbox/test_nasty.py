"""Everything that breaks careless exporters is there even in the smallest preset."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.asking import Client, small


@pytest.fixture(scope="module")
def client() -> Client:
    return small()


@pytest.fixture(scope="module")
def records(client: Client) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for record in client.sandbox.truth():
        found.setdefault(record["stream"], []).append(record["body"])
    return found


def values(part: Any) -> Iterator[Any]:
    """Every scalar, however deep."""
    if isinstance(part, dict):
        for value in part.values():
            yield from values(value)
    elif isinstance(part, list):
        for value in part:
            yield from values(value)
    else:
        yield part


@pytest.fixture(scope="module")
def texts(records: dict[str, Any]) -> list[str]:
    return [value for value in values(records) if isinstance(value, str)]


@pytest.mark.parametrize("stream", ["contractorCompany", "contractorHuman", "deal", "task", "todo", "payer"])
@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t"])
def test_names_that_a_spreadsheet_would_run(records: dict[str, Any], stream: str, sign: str) -> None:
    assert any(record["name"].startswith(sign) for record in records[stream])


@pytest.mark.parametrize(
    "part",
    ["🚀", "👩‍👩‍👧‍👦", "\x00", "\x0b", "_x000D_", "\r\n", "\t", '"', ";", "<script>", "\u202e", "e\u0301"],
)
def test_texts_that_break_formats(texts: list[str], part: str) -> None:
    assert any(part in text for text in texts)


def test_long_texts(texts: list[str]) -> None:
    assert max(map(len, texts)) >= 40_000


def test_zeros_and_long_numbers(records: dict[str, Any]) -> None:
    payers = records["payer"]
    assert any(payer["inn"].startswith("00") for payer in payers)
    assert {len(payer["inn"]) for payer in payers} == {10, 12}
    assert all(len(payer["currentAccount"]) == 20 for payer in payers)
    assert any(isinstance(value, int) and value > 2**53 for value in values(records["contractorCompany"]))


def test_two_companies_of_one_name(records: dict[str, Any]) -> None:
    assert max(Counter(company["name"] for company in records["contractorCompany"]).values()) > 1


def test_fired_dropped_closed_retired_and_templates(records: dict[str, Any]) -> None:
    assert {record["isWorking"] for record in records["employee"]} == {True, False}
    assert {record["isDropped"] for record in records["contractorCompany"]} == {True, False}
    assert {"completed", "rejected", "cancelled", "template"} <= {
        record["status"] for record in records["task"]
    }
    assert {"16", "17"} <= {record["program"]["id"] for record in records["deal"]}


def test_hostile_files(records: dict[str, Any]) -> None:
    names = [record["name"] for record in records["file"]]
    assert {"../../etc/passwd", "CON.txt", "a/b\\c:d*?.pdf", "", ".."} <= set(names)
    assert max(map(len, names)) == 300
    assert names.count("Договор.pdf") == 2
    assert "договор.PDF" in names
    assert {record["size"] == 0 for record in records["file"]} == {True, False}
    assert all(record["path"].isascii() and "/../" not in record["path"] for record in records["file"])


def test_files_of_one_name_hang_on_one_record(client: Client) -> None:
    names = [row["name"] for row in client.walk("deal/28001/attaches")]
    assert names.count("Договор.pdf") == 2


def test_files_hide_in_custom_fields_and_comments(records: dict[str, Any]) -> None:
    assert any(record.get("Category1000060CustomFieldSkanDogovora") for record in records["deal"])
    assert any(record["Category130CustomFieldMaterial"] for record in records["task"])
    assert any(record["attachesCount"] for record in records["comment"])


def test_links_lead_to_deleted_objects(client: Client, texts: list[str]) -> None:
    from crmexport_megaplan.sandbox.kinds import DELETED

    for kind, id in DELETED.items():
        assert id in texts
        assert client.answer(f"{kind[:1].lower()}{kind[1:]}/{id}").status == 404


def test_time_entries_are_dated_at_midnight_in_moscow(records: dict[str, Any]) -> None:
    worked = [record for record in records["comment"] if record["workTime"]]
    assert worked
    assert {record["workDate"]["value"][10:] for record in worked} == {"T21:00:00+00:00"}


def test_todos_have_every_kind_of_time(records: dict[str, Any]) -> None:
    whens = [record["when"] for record in records["todo"]]
    assert None in whens
    assert {when["contentType"] for when in whens if when} == {"IntervalDates", "IntervalTime"}
    assert any(when and "to" not in when for when in whens)


def test_dates_without_year_and_before_1900(records: dict[str, Any]) -> None:
    birthdays = [record["birthday"] for record in records["employee"] if record["birthday"]]
    assert any("year" not in birthday for birthday in birthdays)
    years = [value["year"] for value in _dates(records)]
    assert min(years) < 1900
    assert {value["month"] for value in _dates(records)} == set(range(12))


def _dates(part: Any) -> Iterator[dict[str, int]]:
    if isinstance(part, list):
        for value in part:
            yield from _dates(value)
    elif isinstance(part, dict):
        if part.get("contentType") == "DateOnly" and "year" in part:
            yield part
        for value in part.values():
            yield from _dates(value)


def test_money_of_every_kind(records: dict[str, Any]) -> None:
    prices = [record["price"] for record in records["deal"]]
    assert any(price["value"] < 0 for price in prices)
    assert any(isinstance(price["value"], float) for price in prices)
    assert any(price["value"] == 0 for price in prices)
    assert any(0 < abs(price["value"] - price["valueInMain"]) < 0.001 for price in prices)
    assert {price["currency"] for price in prices} == {"RUB", "USD"}


def test_html_with_mentions(records: dict[str, Any]) -> None:
    assert any('<megaplan:mention to="Employee/' in record["statement"] for record in records["task"])


def test_custom_values_are_empty_in_every_way(records: dict[str, Any]) -> None:
    found = [value for record in records["deal"] for name, value in record.items() if "CustomField" in name]
    for empty in (None, "", [], False, 0):
        assert any(value == empty and type(value) is type(empty) for value in found) or empty == 0


def test_tasks_reach_two_years_ahead(records: dict[str, Any]) -> None:
    years = [record["deadline"]["year"] for record in records["task"] if "year" in (record["deadline"] or {})]
    assert max(years) >= 2027
