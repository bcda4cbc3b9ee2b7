"""Rows that move, or go, between two pages of what changed: nothing else tells of those that stand behind them (Megaplan reference, §4.1)."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from crmexport_megaplan.sandbox import Behaviour, MegaplanSandbox, pages
from crmexport_megaplan.sandbox.lists import Straight
from crmexport_megaplan.sandbox.query import Refused
from crmexport_megaplan.sandbox.values import moment

from crmexport.sandbox.exchange import Asked
from tests.faults.holding import wrong
from tests.faults.inprocess import Sandboxed
from tests.megaplan.nightly import DAY, Nightly

COMPANY, TASK = "contractorCompany", "task"


def changed_long_ago(folder: Path, stream: str, **behaviour: Any) -> Nightly:
    """An account of which much was changed two days ago, beyond what each pull of changes looks at once more."""
    nightly = Nightly(folder, MegaplanSandbox(60, 60, 10, behaviour=Behaviour(page_cap=5, **behaviour)))
    nightly.adapter.clock.now = 1_766_232_000.0
    assert nightly.pulled().complete
    nightly.adapter.clock.now += 2 * DAY
    for number, id in enumerate(_ids(nightly, stream)[:22]):
        nightly.box.edits.change(stream, id, nightly.adapter.clock.now - DAY - 60 * number, name=f"new {id}")
    return nightly


def _ids(nightly: Nightly, stream: str) -> list[str]:
    return [str(line["id"]) for line in nightly.box.truth([stream])]


def at_page(nightly: Nightly, stream: str, number: int, deed: Callable[[str], None]) -> None:
    """Do something to the row after which the page with this number of a list is asked, just before it is answered."""
    asked: list[str] = []

    def strike(_number: int, request: Asked, _adapter: Sandboxed) -> None:
        path, _mark, query = unquote(str(request.target)).partition("?")
        is_list = path == f"/api/v3/{stream}" and ("timeUpdated" in query or '"desc":true' in query)
        if is_list and "pageAfter" in query:
            asked.append(json.loads(query)["pageAfter"]["id"])
            if len(asked) == number - 1:
                deed(asked[-1])

    nightly.adapter.strikes.append(strike)


def test_a_task_that_goes_to_the_top_hides_none_behind_it(tmp_path: Path) -> None:
    nightly = changed_long_ago(tmp_path, TASK)
    now = nightly.adapter.clock.now + DAY
    at_page(nightly, TASK, 3, lambda id: nightly.box.edits.change(TASK, id, now, name=f"new {id}"))
    assert nightly.pulled().complete
    assert wrong(tmp_path, nightly.box) == []


@pytest.mark.parametrize("flagged", [True, False])
@pytest.mark.parametrize("cursor", ["position", "empty", "error", "first"])
def test_a_row_that_is_deleted_hides_none_behind_it(tmp_path: Path, cursor: str, flagged: bool) -> None:
    nightly = changed_long_ago(tmp_path, COMPANY, deleted_cursor=cursor, has_more_flag=flagged)
    at_page(nightly, COMPANY, 3, lambda id: nightly.box.edits.remove(COMPANY, id))
    nightly.pulled()
    assert not [line for line in wrong(tmp_path, nightly.box) if "'new " in line]


@pytest.mark.parametrize("bulk", ["on", "off"])
@pytest.mark.parametrize("status", [400, 404, 500])
def test_a_page_is_asked_from_before_its_row_however_that_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, bulk: str
) -> None:
    """Nobody has told what a deleted row is answered with (§4.1). The next page was asked every night, and never came."""
    plain = pages.Pages._start

    def start(self: pages.Pages, listing: Any, query: Any, order: Any) -> int | None:
        try:
            return plain(self, listing, query, order)
        except Refused as refused:
            raise Refused(status, "Entity is not found", "") from refused

    monkeypatch.setattr(pages.Pages, "_start", start)
    account = Behaviour(page_cap=5, deleted_cursor="error", bulk=bulk)  # type: ignore[arg-type]
    nightly = Nightly(tmp_path, MegaplanSandbox(60, 60, 10, behaviour=account))
    gone: list[str] = []

    def strike(_number: int, request: Asked, _adapter: Sandboxed) -> None:
        path, _mark, query = unquote(str(request.target)).partition("?")
        if path == f"/api/v3/{COMPANY}" and "pageAfter" in query and not gone:
            gone.append(json.loads(query)["pageAfter"]["id"])
            nightly.box.edits.remove(COMPANY, gone[0])

    nightly.adapter.strikes.append(strike)
    assert nightly.pulled().complete
    assert wrong(tmp_path, nightly.box) == []


def test_a_list_of_one_row_that_is_said_to_have_more_is_read_twice_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a count of what the reader may not see, where no flag tells that it ends: it led in circles, night after night."""
    plain = pages.Pages._total

    def total(self: pages.Pages, listing: Any, query: Any, keep: Any) -> int:
        return plain(self, listing, query, keep) + listing.is_comments

    monkeypatch.setattr(pages.Pages, "_total", total)
    nightly = Nightly(tmp_path, MegaplanSandbox(20, 20, 20, behaviour=Behaviour(has_more_flag=False)))
    assert nightly.pulled().complete
    assert wrong(tmp_path, nightly.box) == []


def test_neither_do_two_rows(tmp_path: Path) -> None:
    nightly = changed_long_ago(tmp_path, COMPANY, deleted_cursor="empty")
    ids = _ids(nightly, COMPANY)

    def remove(id: str) -> None:
        for one in ids[ids.index(id) - 1 : ids.index(id) + 1]:
            nightly.box.edits.remove(COMPANY, one)

    at_page(nightly, COMPANY, 3, remove)
    nightly.pulled()
    assert not [line for line in wrong(tmp_path, nightly.box) if "'new " in line]


def test_a_list_that_passes_over_the_order_asked_for_is_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = pages.Pages._order

    def order(self: pages.Pages, listing: Any, query: Any) -> Any:
        is_calls = listing.name.startswith("callInfo")
        return Straight(len(listing.rows), False) if is_calls else plain(self, listing, query)

    monkeypatch.setattr(pages.Pages, "_order", order)
    nightly = Nightly(tmp_path, MegaplanSandbox(60, 20, 10, behaviour=Behaviour(page_cap=5)))
    nightly.adapter.clock.now = 1_766_232_000.0
    last = _ids(nightly, "callInfo")[-1]
    nightly.box.edits.remove("callInfo", last)
    assert nightly.pulled().complete
    nightly.box.edits.restore("callInfo", last)
    nightly.adapter.clock.now += DAY
    alone: dict[str, Any] = {"contractor": None, "deal": None, "task": None}
    nightly.box.edits.change("callInfo", last, timeCreated=moment(int(nightly.adapter.clock.now)), **alone)
    assert nightly.pulled().complete
    assert not [line for line in wrong(tmp_path, nightly.box) if last in line and "absent" not in line]


def test_a_record_that_is_deleted_before_its_comments_are_asked_for_is_gone_the_same_night(
    tmp_path: Path,
) -> None:
    """Its list is "not there", as where something else is wrong: its card tells."""
    nightly = Nightly(tmp_path, MegaplanSandbox(20, 20, 40, behaviour=Behaviour(bulk="off")))
    assert nightly.pulled().complete
    found = (line for line in nightly.box.truth([TASK]) if line["body"]["commentsCount"])
    task = str(next(found)["id"])
    nightly.box.edits.change(TASK, task, nightly.adapter.clock.now + DAY, name="new")

    def strike(_number: int, request: Asked, _adapter: Sandboxed) -> None:
        if f"/task/{task}/comments" in unquote(str(request.target)):
            nightly.box.edits.remove(TASK, task)

    nightly.adapter.strikes.append(strike)
    assert nightly.pulled().complete
    assert wrong(tmp_path, nightly.box) == []


def test_a_comment_that_its_list_shows_later_than_its_counter_comes_the_next_night(tmp_path: Path) -> None:
    """Though the card of its record says what it said before."""
    nightly = Nightly(
        tmp_path, MegaplanSandbox(60, 20, 400, behaviour=Behaviour(bulk="off", customs_listed=False))
    )
    by_owner: dict[Any, list[str]] = {}
    for line in nightly.box.truth(["comment"]):
        by_owner.setdefault(tuple(line["parent"]), []).append(line["id"])
    deals = {owner: ids for owner, ids in by_owner.items() if owner[0] == "deal"}
    deal = max(deals, key=lambda owner: len(deals[owner]))
    late = [max(deals[deal], key=int)]

    def strike(_number: int, request: Asked, adapter: Sandboxed) -> Any:
        if f"/deal/{deal[1]}/comments" not in unquote(str(request.target)) or not late:
            return None
        nightly.box.edits.remove("comment", late[0])
        answer = adapter.box.site(request)
        nightly.box.edits.restore("comment", late.pop())
        return answer

    nightly.adapter.strikes.append(strike)
    assert not nightly.pulled().complete
    assert nightly.pulled().complete
    assert wrong(tmp_path, nightly.box) == []
