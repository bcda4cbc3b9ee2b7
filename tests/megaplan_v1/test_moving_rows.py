"""Rows come and go between two pages: nothing that is there all the time is lost, whatever moves around it."""

import json
import random
from collections.abc import Callable, Container, Sequence
from pathlib import Path
from typing import Any

import pytest
from crmexport_megaplan.sandbox import MegaplanV1Sandbox, V1Behaviour
from crmexport_megaplan.v1 import MegaplanV1
from crmexport_megaplan.v1.lists import first_page, under

from crmexport.archive import Archive
from crmexport.source import Account, Reading, Request, Response
from tests.megaplan_v1.truths import differences, pulled
from tests.memory import in_memory

CONNECTOR = MegaplanV1(Account("https://acme.example.test"))
JSON = {"content-type": "application/json"}
Change = Callable[[list[int], int], None]


def answer(ids: Sequence[int]) -> Response:
    rows = [{"Id": id, "Name": f"Payer {id}"} for id in ids]
    document = {"status": {"code": "ok", "message": None}, "params": {}, "data": {"payers": rows}}
    return Response(200, JSON, json.dumps(document).encode())


def walked(
    rows: list[int],
    change: Change,
    first: Request | None = None,
    cap: int = 100,
    hidden: Container[int] = (),
) -> tuple[set[int], int]:
    """The ids read in a walk through `rows`, which `change` alters before every page; and how many pages it took.

    Those that are `hidden` are left out of the pages on which they stand.
    """
    seen: set[int] = set()
    line, asked = [first or first_page("Payer")], set()
    while line:
        request = line.pop()
        assert request.key not in asked, "the same question twice: the engine would not ask it"
        asked.add(request.key)
        params = request.context["params"]
        change(rows, len(asked))
        start, most = params["Offset"], min(params["Limit"], cap)
        shown = [id for id in rows[start : start + most] if id not in hidden]
        reading = CONNECTOR.read(request, answer(shown))
        seen.update(int(row.id) for row in reading.records)
        line = pages_of(reading, request)
    return seen, len(asked)


def pages_of(reading: Reading, request: Request) -> list[Request]:
    """What is asked of the same list: neither cards nor the list of what is in the bin."""
    name = request.context.get("list")
    return [one for one in reading.asks if "params" in one.context and one.context.get("list") == name]


def still(rows: list[int], page: int) -> None:
    """Nothing moves."""


@pytest.mark.parametrize("number", [0, 1, 5, 9, 10, 95, 99, 100, 101, 190, 195, 196, 200, 1000])
@pytest.mark.parametrize("cap", [100, 50, 10])
def test_a_list_that_stands_still_is_read_to_its_end(number: int, cap: int) -> None:
    seen, pages = walked(list(range(number)), still, cap=cap)
    assert seen == set(range(number))
    assert pages <= 2 + number / (cap - 5)


@pytest.mark.parametrize("cap", [100, 50])
def test_a_page_that_lacks_rows_which_must_not_be_seen_is_not_the_last(cap: int) -> None:
    """A server may look at rights when it has taken the rows of a page."""
    hidden = {150, 151, 420, *range(700, 730)}
    seen, _pages = walked(list(range(1000)), still, cap=cap, hidden=hidden)
    assert seen == set(range(1000)) - hidden


@pytest.mark.parametrize("gone", [1, 4, 5, 6, 60, 99, 100, 150])
def test_rows_that_vanish_from_the_part_already_read_hide_no_others(gone: int) -> None:
    def vanish(rows: list[int], page: int) -> None:
        if page == 4:
            del rows[:gone]

    seen, pages = walked(list(range(1000)), vanish)
    assert seen == set(range(1000))
    assert pages <= 15  # twelve, and one or two steps back: it is no reason to walk again from the beginning


def test_the_very_rows_that_pages_join_at_may_vanish() -> None:
    def vanish(rows: list[int], page: int) -> None:
        if page == 3:
            del rows[180:200]

    seen, _pages = walked(list(range(1000)), vanish)
    assert seen >= set(range(1000)) - set(range(180, 200))


@pytest.mark.parametrize("cap", [10, 50])
def test_a_walk_that_goes_back_goes_back_to_the_first_row(cap: int) -> None:
    """Everything that the first page showed is gone: what moved up into its place is read all the same."""

    def vanish(rows: list[int], page: int) -> None:
        if page == 2:
            del rows[:cap]

    seen, _pages = walked(list(range(200)), vanish, cap=cap)
    assert seen == set(range(200))


@pytest.mark.parametrize("new", [1, 5, 6, 50, 95, 130])
def test_rows_pushed_in_before_are_found_by_walking_once_more(new: int) -> None:
    def push(rows: list[int], page: int) -> None:
        if page == 5:
            rows[:0] = range(5000, 5000 + new)

    seen, _pages = walked(list(range(1000)), push)
    assert seen == {*range(1000), *range(5000, 5000 + new)}


def test_a_row_that_moves_from_the_unread_part_to_the_read_one_is_found() -> None:
    def move(rows: list[int], page: int) -> None:
        if page == 3:
            rows.insert(0, rows.pop(900))

    seen, _pages = walked(list(range(1000)), move)
    assert seen == set(range(1000))


@pytest.mark.parametrize("seed", range(60))
def test_whatever_is_there_all_the_time_is_read(seed: int) -> None:
    """Rows vanish and come anywhere, at random, a few between any two pages."""
    draw = random.Random(seed)
    rows = list(range(700))
    kept = set(rows)
    new = iter(range(10_000, 20_000))

    def change(rows: list[int], page: int) -> None:
        for _once in range(draw.randrange(8)):
            if draw.random() < 0.6:
                kept.discard(rows.pop(draw.randrange(len(rows))))
            else:
                rows.append(next(new))

    seen, _pages = walked(rows, change)
    assert kept <= seen


def test_a_page_that_comes_again_is_no_end() -> None:
    first = first_page("Payer")
    (second,) = pages_of(CONNECTOR.read(first, answer(range(100))), first)
    (third,) = CONNECTOR.read(second, answer(range(100))).requests  # many rows may have been pushed in before
    with pytest.raises(ValueError, match="does not move on"):
        CONNECTOR.read(third, answer(range(third.context["params"]["Limit"])))


@pytest.mark.parametrize("number", [99, 100, 101, 150, 1000])
def test_a_list_that_knows_no_pages_ends_when_it_is_whole(number: int) -> None:
    """It gives all its rows whatever Limit and Offset say, so more of them than were asked for."""
    request: Request | None = first_page("Employee")
    count = 0
    while request:
        reading = CONNECTOR.read(request, employees(range(number)))
        assert {row.id for row in reading.records} == set(map(str, range(number)))
        request, count = next(iter(pages_of(reading, request)), None), count + 1
    assert count <= 6


def test_more_rows_than_were_asked_for_are_no_end() -> None:
    """Pages may have a length of their own."""
    rows = range(1000)
    request: Request | None = first_page("Employee")
    seen: set[str] = set()
    while request:
        start = request.context["params"]["Offset"]
        reading = CONNECTOR.read(request, employees(rows[start : start + 200]))
        seen |= {row.id for row in reading.records}
        request = next(iter(pages_of(reading, request)), None)
    assert len(seen) == 1000


def employees(ids: Sequence[int]) -> Response:
    rows = [{"Id": id, "Name": f"Employee {id}", "Behaviour": ""} for id in ids]
    document = {"status": {"code": "ok"}, "data": {"employees": rows}}
    return Response(200, JSON, json.dumps(document).encode())


def test_comments_ask_on_only_after_a_page_that_may_be_capped() -> None:
    pages = {number: walked_comments(number) for number in (0, 3, 9, 12, 20, 99, 100)}
    assert pages == {0: 1, 3: 1, 9: 1, 12: 2, 20: 2, 99: 2, 100: 2}


@pytest.mark.parametrize("cap", [10, 12, 16, 64, 99])
def test_comments_are_read_to_their_end_whatever_a_page_holds_at_most(cap: int) -> None:
    assert all(walked_comments(number, cap) <= 2 + number / (cap - 5) for number in (cap, cap + 1, 4 * cap))


def walked_comments(number: int, cap: int = 100) -> int:
    request: Request | None = under("Deal", "1", "BumsCommonApiV01/Comment/list")
    count, seen = 0, set[str]()
    while request:
        params, count = request.context["params"], count + 1
        rows = range(number)[params["Offset"] : params["Offset"] + min(params["Limit"], cap)]
        reading = CONNECTOR.read(request, commented(rows))
        seen.update(row.id for row in reading.records)
        request = next(iter(reading.requests), None)
    assert len(seen) == number
    return count


def commented(ids: Sequence[int]) -> Response:
    rows = [{"Id": id, "Text": "…"} for id in ids]
    return Response(200, JSON, json.dumps({"status": {"code": "ok"}, "data": {"comments": rows}}).encode())


class Moving(MegaplanV1Sandbox):
    """An account in which people work while it is pulled: before every page of a list something is deleted or made."""

    def __init__(self, *sizes: int, **behaviour: Any) -> None:
        super().__init__(*sizes, v1=V1Behaviour(**behaviour))
        self.vanished: set[tuple[str, str]] = set()
        self.late = [("deal", str(28_001 + place)) for place in (1, 11, 21, 31)]
        for stream, id in self.late:
            self.edits.remove(stream, id)

    def move(self, path: str) -> None:
        """Delete a task or client of the part already read; bring a deal back, at whatever place it has."""
        if ("Task/list" in path or "Contractor/list" in path) and len(self.vanished) < 20:
            kind, stream = ("Task", "task") if "Task/list" in path else ("ContractorHuman", "contractorHuman")
            place = len(self.vanished) + 1
            id = self.account.kinds[kind].id(place)
            self.edits.remove(stream, id)
            self.vanished.add((stream, id))
        if "Deal/list" in path and "Program" in path and self.late:
            self.edits.restore(*self.late.pop())


@pytest.mark.parametrize("newest_first", [False, True])
def test_a_pull_of_an_account_in_use_loses_nothing(
    newest_first: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRMEXPORT_STATE", str(tmp_path / "state"))
    box = Moving(240, 200, 10, newest_first=newest_first, sort_by_id=not newest_first, page_cap=20)
    answering = box.app._answering

    def moving(asked: Any) -> Any:
        box.move(asked.target)
        return answering(asked)

    box.app._answering = moving
    with in_memory(box) as url:
        pulled(tmp_path / "archive", box, url)
        missing = [line for line in differences(tmp_path / "archive", box, url) if "not held" in line]
    assert box.vanished and not box.late
    assert missing == []
    with Archive.open(tmp_path / "archive") as archive:
        assert archive.counts()["Task"] > 180
