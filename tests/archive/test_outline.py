"""The outline of an archive tells of what its answers are made, and not one value."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmexport.archive import Archive, Place
from crmexport.archive.outline import (
    DEEP,
    MOST,
    NAMES,
    Outline,
    _Looking,
    _Sample,
    lines,
    outline,
    route_of,
    type_of,
)
from crmexport.source import Account, Request, Response
from tests.pull.test_engine import status
from tests.pull.test_sealing import Company
from tests.toy import Toy, fault


class Telling(Toy):
    about = replace(Toy.about, kind_members=("kind",))


def told(*bodies: Any) -> list[str]:
    """The lines about answers with these bodies."""
    found = Outline()
    looking = _Looking(found, Telling(Account("https://toy.example")))
    for body in bodies:
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        looking.look(Request("thing", "/things"), Response(200, {}, text))
    return list(lines(found))


@pytest.fixture
def company(place: Place, tmp_path: Path) -> Company:
    return Company(tmp_path / "archive", place)


@pytest.mark.parametrize(
    ("value", "type_"),
    [
        (None, "null"),
        (True, "boolean"),
        (7, "integer"),
        (-1_700_000_000, "integer of 10 digits"),
        (0.5, "fraction"),
        ([], "array 0"),
        ([1], "array 1"),
        ([1] * 10, "array ≤10"),
        ([1] * 11, "array ≤100"),
        ({}, "object"),
        ("", "text 0"),
        ("a", "text 1"),
        ("Анна", "text ≤10"),
        ("0042", "text number ≤10"),
        ("12,50", "text number ≤10"),
        ("2026-11-29", "text date ≤10"),
        ("2026-11-29T10:00:00+03:00", "text time ≤100"),
        ("https://crm.example/x", "text address ≤100"),
        (" <p>Hello</p>", "text page ≤100"),
    ],
)
def test_a_value_is_told_by_its_type(value: Any, type_: str) -> None:
    assert type_of(value) == type_


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/api/v3/task?%7B%22q%22%3A%22Anna%22%7D", "GET /api/v3/task"),
        ("/api/v3/deal/28001/comments", "GET /api/v3/deal/…/comments"),
        ("/BumsTaskApiV01/Task/list.api", "GET /BumsTaskApiV01/Task/list.api"),
        ("/json/2/res.partner/search_read", "GET /json/…/res.partner/search_read"),
        ("/attach/SdfFileM_File/a1b2c3d4e5f60718", "GET /attach/SdfFileM_File/…"),
        ("/attach/deadbeef0123", "GET /attach/…"),
        ("/people/Анна/anna@example.com", "GET /people/…/…"),
    ],
)
def test_of_a_route_only_its_words_are_told(path: str, route: str) -> None:
    assert route_of(Request("thing", path)) == route


def test_every_member_is_told_with_its_types_and_how_often() -> None:
    assert told({"data": [{"id": 1, "kind": "Deal"}, {"id": 2, "kind": "two words"}, {"id": None}]}) == [
        "GET /things: 200 × 1",
        "  (all): object × 1",
        "  data: array ≤10 × 1",
        "  data[]: object × 3",
        "  data[].id: integer × 2, null × 1",
        '  data[].kind: "Deal" × 1, text ≤10 × 1',
    ]


def test_names_that_look_like_none_are_not_told() -> None:
    (_route, _all, *members) = told(
        {"anna@example.com": 1, "Анна": 2, "Category130CustomFieldX": 3, "x" * 62: 4}
    )
    assert members == ["  CategoryNCustomFieldX: integer × 1", "  …: integer × 3"]


def test_of_very_many_names_no_more_are_told() -> None:
    names = {f"{chr(97 + n // 26)}{chr(97 + n % 26)}": n for n in range(NAMES + 50)}
    (_route, _all, *members) = told(names)
    assert len(members) == NAMES + 1 and members[-1] == "  …: integer × 50"


def test_it_looks_no_deeper_than_is_worth_it() -> None:
    nested: Any = "the bottom"
    for _ in range(DEEP + 3):
        nested = [nested]
    assert told(nested)[-1] == f"  (all){'[]' * DEEP}: array 1 × 1"


def test_an_answer_that_is_no_json_is_counted() -> None:
    assert told(b"<html>Anna</html>") == ["GET /things: 200 × 1", "  no JSON × 1"]


VALUES = st.recursive(
    st.text("тайна", min_size=1) | st.integers(10**6, 10**9 - 1),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["a", "b", "тайна"]), inner),
    max_leaves=20,
)


@given(VALUES)
def test_no_value_is_told_whatever_there_is(value: Any) -> None:
    text = "\n".join(told(value))
    assert not set("тайна") & set(text)
    assert all(len(word) < 6 for word in text.split() if word.isdecimal())


@pytest.mark.parametrize("number", [1, MOST, MOST + 1, 5 * MOST + 3])
def test_a_sample_is_spread_evenly_and_never_big(number: int) -> None:
    sample = _Sample()
    for one in range(number):
        sample.add(one)
    steps = {later - at for at, later in zip(sample.kept, sample.kept[1:], strict=False)}
    assert len(sample.kept) <= MOST and sample.kept[0] == 0 and len(steps) <= 1
    assert number - sample.kept[-1] <= max(steps, default=1)


def outlined(company: Company) -> Outline:
    with Archive.open(company.place) as archive:
        return outline(archive, company.connector)


def test_the_answers_of_a_pull_are_told_by_route_and_single_answers_of_batches_by_their_own(
    company: Company,
) -> None:
    company.pull()
    text = list(lines(outlined(company)))
    routes = [line.partition(":")[0] for line in text if line.startswith("GET")]
    assert {"GET /notes/…", "GET /things"} <= set(routes)
    assert not any(name in "\n".join(text) for name in company.truth.values())


def test_what_is_missing_is_told_by_kind_and_status_without_words(company: Company) -> None:
    company.server.faults.append(fault("/things?after=5", status(403)))
    company.pull()
    assert "thing refused 403 × 1" in list(lines(outlined(company)))


def test_only_what_another_archive_has_not_is_told(company: Company, tmp_path: Path) -> None:
    company.pull()
    known = outlined(company)
    assert list(lines(outlined(company), known)) == []
    company.change("1", colour="red")
    company.pull()
    assert [line for line in lines(outlined(company), known) if "colour" in line] == [
        "  data[].colour: text ≤10 × 1"
    ]
