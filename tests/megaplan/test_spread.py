"""A long list of the sweep is begun at several places: whatever becomes of these, and of the rows, every row is shown."""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from crmexport_megaplan import Megaplan
from crmexport_megaplan.query import query_of, with_query
from crmexport_megaplan.sandbox import Behaviour, MegaplanSandbox
from crmexport_megaplan.sandbox.lists import Order, Scrambled, Sorted, Straight
from crmexport_megaplan.sandbox.pages import Pages

from crmexport.archive import Archive
from crmexport.archive.equation import unexplained
from crmexport.pull import spreading
from crmexport.source import Account, Announced, Key, Request, Response, Verdict
from tests.faults.holding import wrong
from tests.faults.inprocess import URL, Sandboxed, line_to
from tests.megaplan.nightly import Nightly
from tests.toy import TestClock

CAP = 5
CONNECTOR = Megaplan(Account(URL))


class Walk:
    """The list of tasks of `box`, walked from its beginning and from `places`; `deed` is done before each page but the first."""

    def __init__(self, folder: Path, box: MegaplanSandbox, places: list[str], seed: int = 0) -> None:
        self.box = box
        self.asked: list[str] = []
        self.present: set[Key] = set()
        self.announced: dict[str, Announced] = {}
        self.deed: Callable[[], None] = lambda: None
        self._random = random.Random(seed)
        self._line = line_to(Sandboxed(box, TestClock()), folder)
        first = next(
            one for one in CONNECTOR.sweep() if one.stream == "task" and one.context["list"] == "task"
        )
        self._left = [CONNECTOR.spread(first, places)]

    def go(self) -> "Walk":
        while self._left:
            if self.asked:
                self.deed()
            request = self._left.pop(self._random.randrange(len(self._left)))
            self.asked.append(str(query_of(request.path).get("pageAfter", {}).get("id", "")))
            assert len(self.asked) < 200, "in circles"
            self._left += self.read(request)
        return self

    def first(self) -> list[Request]:
        """What follows from the first page."""
        return self.read(self._left[0])

    def read(self, request: Request) -> list[Request]:
        """What follows from the answer to `request`."""
        response = self._line.send(request, {"authorization": f"Bearer {self.box.token}"})
        return self._following(request, response)

    @property
    def cursors(self) -> set[str]:
        """The rows that end the pages after which readers are about to ask, without those at which one is about to begin."""
        running = [query_of(one.path) for one in self._left if one.context.get("seen")]
        waiting = [
            {"pageAfter": one.context["resume"]["after"]} for one in self._left if one.context.get("resume")
        ]
        return {str(query.get("pageAfter", {}).get("id", "")) for query in running + waiting}

    def _following(self, request: Request, response: Response) -> list[Request]:
        if CONNECTOR.verdict(request, response) is not Verdict.ANSWER:
            return list(CONNECTOR.instead(request))
        reading = CONNECTOR.read(request, response)
        self.present |= reading.present
        self.announced |= {one.scope: one for one in reading.announced}
        return reading.requests or (
            [] if reading.present or not reading.gaps else list(CONNECTOR.instead(request))
        )


def tasks(box: MegaplanSandbox) -> list[str]:
    """The ids of the tasks there are, in order."""
    return sorted((str(line["id"]) for line in box.truth(["task"])), key=int)


def boxed(**behaviour: Any) -> MegaplanSandbox:
    return MegaplanSandbox(20, 60, 10, behaviour=Behaviour(page_cap=CAP, **behaviour))


SWITCHES: list[dict[str, Any]] = [
    {},
    {"page_after_inclusive": True},
    {"count_is": "page"},
    {"count_is": "absent"},
    {"deleted_cursor": "empty"},
    {"deleted_cursor": "error"},
    {"deleted_cursor": "first"},
]


@pytest.mark.parametrize("switches", SWITCHES, ids=str)
def test_every_row_is_shown_once(tmp_path: Path, switches: dict[str, Any]) -> None:
    box = boxed(**switches)
    plain = Walk(tmp_path, box, []).go()
    places = [tasks(box)[place] for place in (14, 29, 44)]
    walk = Walk(tmp_path, box, places).go()
    assert walk.present == plain.present
    assert set(places) < set(walk.asked)
    assert len(walk.asked) <= len(plain.asked) + len(places)


@pytest.mark.parametrize("switches", SWITCHES, ids=str)
@pytest.mark.parametrize("seed", range(8))
def test_rows_that_go_or_change_hide_no_others(tmp_path: Path, switches: dict[str, Any], seed: int) -> None:
    """The places among them, before and after the list is begun there."""
    box = boxed(**switches)
    ids = tasks(box)
    places = [ids[place] for place in (14, 29, 44)]
    chance = random.Random(seed)

    def deed() -> None:
        left = tasks(box)
        id = chance.choice([*left, *(set(places) & set(left))])
        if chance.random() < 0.5:
            box.edits.remove("task", id)
        else:
            box.edits.change("task", id, name="touched")

    walk = Walk(tmp_path, box, places, seed)
    walk.deed = deed
    walk.go()
    assert {("task", id) for id in tasks(box)} & Walk(tmp_path, box, []).go().present <= walk.present


@pytest.mark.parametrize("cursor", ["position", "empty", "error", "first"])
def test_a_place_that_is_gone_costs_a_page_and_hides_nothing(tmp_path: Path, cursor: Any) -> None:
    """Whoever was to stop there reads on."""
    box = boxed(deleted_cursor=cursor)
    plain = Walk(tmp_path, box, []).go()
    places = [tasks(box)[place] for place in (14, 29, 44)]
    box.edits.remove("task", places[1])
    walk = Walk(tmp_path, box, places).go()
    assert walk.present == plain.present - {("task", places[1])}
    assert len(walk.asked) <= len(plain.asked) + len(places) + 1


@pytest.mark.parametrize("order", [lambda count: Straight(count, falling=True), Scrambled])
def test_in_another_order_it_is_read_from_its_beginning_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, order: Callable[[int], Order]
) -> None:
    """A row may move up there, when somebody works on it: who stops at it has not seen what stood between."""
    monkeypatch.setattr(Pages, "_order", lambda self, listing, query: order(len(listing.rows)))
    box = boxed()
    places = [tasks(box)[place] for place in (14, 29, 44)]
    walk = Walk(tmp_path, box, places).go()
    plain = Walk(tmp_path, box, []).go()
    assert (walk.asked, walk.present) == (plain.asked, plain.present)


@pytest.mark.parametrize("seed", range(30))
def test_the_order_of_changes_looks_like_that_of_ids_and_hides_none_that_did_not_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """What nobody has touched stands in front, in the order of ids; what somebody touches goes to the end, perhaps behind the backs of all
    readers: what changes meanwhile is the next look's. (A row after which the next page is about to be asked would take the reader
    with it, with one reader or several.)
    """
    touched: dict[str, int] = {}

    def order(self: Pages, listing: Any, query: Any) -> Order:
        rows = listing.rows
        kind = self._account.kinds["Task"]
        return Sorted(len(rows), lambda place: touched.get(f"{kind.id(rows.at(place)[1])}", 0), falling=False)

    monkeypatch.setattr(Pages, "_order", order)
    box = boxed()
    ids = tasks(box)
    places = [ids[place] for place in (14, 29, 44)]
    chance = random.Random(seed)
    walk = Walk(tmp_path, box, places, seed)

    def deed() -> None:
        id = chance.choice([*ids, *places * 10])
        if id not in walk.cursors:
            touched[id] = len(walk.asked)

    walk.deed = deed
    walk.go()
    untouched = {("task", id) for id in ids if id not in touched}
    assert untouched & Walk(tmp_path, box, []).go().present <= walk.present
    assert set(places) & set(walk.asked)


def test_what_a_list_shows_besides_is_counted_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Templates stand in the list of tasks, and are another list's to give."""
    box = boxed()
    places = [tasks(box)[place] for place in (14, 29, 44)]
    plain, walk = Walk(tmp_path, box, []).go(), Walk(tmp_path, box, places).go()
    total = sum(one.number for one in plain.announced.values())
    assert sum(one.number for one in walk.announced.values()) == total < plain.announced["list"].number


@pytest.mark.parametrize("seed", range(4))
def test_the_count_is_that_of_the_page_read_last(tmp_path: Path, seed: int) -> None:
    """Whoever reads the beginning may be done before the others: what is deleted then, and they do not show, would be unexplained."""
    box = boxed()
    ids = tasks(box)
    walk = Walk(tmp_path, box, [ids[place] for place in (14, 29, 44)], seed)
    gone: list[str] = []

    def deed() -> None:
        unseen = [id for id in ids if ("task", id) not in walk.present]
        is_done = all(one.context.get("behind") and not one.context.get("resume") for one in walk._left)
        if not gone and unseen and is_done:
            gone.append(unseen[-1])
            box.edits.remove("task", unseen[-1])

    walk.deed = deed
    walk.go()
    assert gone and ("task", gone[0]) not in walk.present
    assert sum(one.number for one in walk.announced.values()) == len(walk.present)


def envelope(status: int, **pagination: Any) -> Response:
    meta = {"status": status, "errors": [{"message": "there is no such row"}], "pagination": pagination}
    return Response(
        status, {"content-type": "application/json"}, json.dumps({"meta": meta, "data": []}).encode()
    )


@pytest.mark.parametrize(
    "answer", [envelope(422), envelope(200, limit=CAP, hasMoreNext=True)], ids=["refused", "empty"]
)
def test_who_waits_goes_on_as_before_whatever_a_place_answers(tmp_path: Path, answer: Response) -> None:
    """In another order, from the row that ended the first page, it would pass over others."""
    box = boxed()
    walk = Walk(tmp_path, box, [tasks(box)[place] for place in (14, 29, 44)])
    first, (begins,) = walk._left[0], walk.first()
    (more,) = CONNECTOR.read(begins, answer).requests
    assert query_of(more.path) == {
        **query_of(first.path),
        "pageAfter": begins.context["resume"]["after"],
    }


def test_a_reader_that_begins_anew_reads_to_the_end(tmp_path: Path) -> None:
    """Where the rows of all of them are refused, they ask for the same first page, and one alone is asked."""
    box = boxed()
    walk = Walk(tmp_path, box, [tasks(box)[place] for place in (14, 29, 44)])
    (begins,) = walk.first()
    page = next(one for one in walk.read(begins) if one.context["until"])
    place = page.context["until"]
    while "pageAfter" in query_of(page.path):
        (page,) = CONNECTOR.instead(page)
    assert (page.context["until"], page.context["upto"]) == (None, place)
    after = {"contentType": "Task", "id": "9"}
    page = page.replace(path=with_query(page.path, {**query_of(page.path), "pageAfter": after}))
    (page,) = CONNECTOR.instead(page)
    assert (page.context["until"], page.context["upto"]) == (None, place), "anew once more"


def test_templates_are_not_begun_behind_tasks() -> None:
    for one in CONNECTOR.sweep():
        is_spread = CONNECTOR.spread(one, ["1000031"]) != one
        assert is_spread == (
            one.context["list"] in ("task", "project", "contractorCompany", "contractorHuman")
        )


def test_a_pull_begins_long_lists_at_several_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    about = Megaplan.about
    monkeypatch.setattr(spreading, "LEAST_PAGES", 2)
    monkeypatch.setattr(Megaplan, "about", replace(about, limits=replace(about.limits, page=CAP)))
    nightly = Nightly(tmp_path, boxed())
    assert nightly.pulled().complete
    assert wrong(tmp_path, nightly.box) == []
    with Archive.open(tmp_path) as archive:
        places = spreading.places(archive.database, "task", CAP)
        assert unexplained(archive) == {}
    assert len(places) == spreading.MOST_PLACES - 1
    swept = [unquote(str(one.target)) for one in nightly.adapter.asked if "onlyRequested" in str(one.target)]
    begun = [place for place in places for path in swept[:20] if f'"id":"{place}"' in path]
    assert begun == list(places)
    alone = Nightly(tmp_path / "alone", boxed())
    monkeypatch.setattr(spreading, "LEAST_PAGES", 1000)
    assert alone.pulled().complete
    assert len(nightly.adapter.asked) <= len(alone.adapter.asked) + 3


@pytest.mark.parametrize("reader", range(4))
def test_who_begins_anew_takes_nothing_twice_from_what_was_announced(tmp_path: Path, reader: int) -> None:
    """The templates that the other readers met are counted by them; too many taken off would hide as many losses, too few be unexplained."""
    box = boxed()
    plain = Walk(tmp_path, box, []).go()
    walk = Walk(tmp_path, box, [tasks(box)[place] for place in (14, 29, 44)])
    (ahead,) = walk.first()
    left = [ahead]
    while one := next((one for one in left if one.context.get("resume")), None):
        left.remove(one)
        left += walk.read(one)
    page = sorted(left, key=lambda one: int(one.context.get("behind") or 0))[reader]
    left.remove(page)
    while "pageAfter" in query_of(page.path):
        (page,) = CONNECTOR.instead(page)
    walk._left = [*left, page]
    walk.go()
    assert sum(one.number for one in walk.announced.values()) == sum(
        one.number for one in plain.announced.values()
    )
