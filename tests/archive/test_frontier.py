"""The requests still to make, over several passes: none is made twice in one, and none that failed is forgotten."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crmexport.archive import Archive, Source
from crmexport.archive.database import Database
from crmexport.archive.frontier import MOST_ROUNDS, Frontier, State
from crmexport.source import Request

STATES = {f"/{state.name}": state for state in State}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Archive.open_for(tmp_path, Source("toy", "https://toy.example")) as archive:
        yield archive.database


def asked(path: str, bulk: bool = False) -> Request:
    return Request("thing", path, bulk=bulk)


def filled(database: Database, pass_: int) -> Frontier:
    """The frontier of a pass, with a request of each state."""
    frontier = Frontier(database, pass_)
    with database.transaction():
        frontier.add(asked(path) for path in STATES)
        for one in frontier.waiting(9, 0.0, bulk=False):
            state = STATES[one.request.path]
            if state is State.DONE:
                frontier.done([one.id])
            elif state is not State.WAITING:
                frontier.set_aside(one.id, state)
    return frontier


def waiting(frontier: Frontier, now: float = 0.0) -> list[str]:
    return [one.request.path for one in frontier.waiting(9, now, bulk=False)]


def test_what_a_pass_could_not_get_is_told_to_a_later_one(database: Database) -> None:
    first, second, third = (filled(database, 1), filled(database, 2), Frontier(database, 3))
    assert [one.request.path for one in third.lost(since=2)] == ["/GIVEN_UP", "/REFUSED"]
    assert [one.request.path for one in third.lost(since=1)] == ["/GIVEN_UP", "/REFUSED"] * 2
    assert [one.request.path for one in second.lost(since=1)] == ["/GIVEN_UP", "/REFUSED"]
    assert [one.path for one in second.vanished()] == ["/VANISHED"]
    assert second.are_lost(asked(path).key for path in STATES) == {
        asked("/GIVEN_UP").key,
        asked("/REFUSED").key,
    }
    assert second.are_lost([]) == set()
    assert (first.has_answers(), third.has_answers()) == (True, False)
    second.forget_earlier()
    assert [one.request.path for one in third.lost(since=1)] == ["/GIVEN_UP", "/REFUSED"]
    assert waiting(first) == []


def test_a_new_run_tries_again_what_was_given_up_or_deferred_in_its_own_pass(database: Database) -> None:
    """What an earlier pass gave up stays known as lost there."""
    filled(database, 1)
    frontier = filled(database, 2)
    (one,) = frontier.waiting(9, 0.0, bulk=False)
    frontier.defer(one.id, 99.0, attempts=4)
    assert (waiting(frontier), waiting(frontier, 99.0), frontier.next_time()) == ([], ["/WAITING"], 99.0)
    frontier.retry()
    assert waiting(frontier) == ["/WAITING", "/GIVEN_UP"]
    assert [one.attempts for one in frontier.waiting(9, 0.0, bulk=False)] == [0, 0]
    assert [one.request.path for one in Frontier(database, 3).lost(since=1)] == [
        "/GIVEN_UP",
        "/REFUSED",
        "/REFUSED",
    ]


def test_what_an_earlier_pass_gave_up_is_taken_over_once(database: Database) -> None:
    for pass_ in (1, 2, 3):
        filled(database, pass_)
    third = Frontier(database, 3)
    assert [one.request.path for one in third.take_over(since=2)] == ["/GIVEN_UP"]
    assert third.take_over(since=2) == []
    lost = [one.request.path for one in Frontier(database, 4).lost(since=1)]
    assert lost == ["/GIVEN_UP", "/REFUSED", "/REFUSED", "/GIVEN_UP", "/REFUSED"]


def test_no_request_waits_for_a_moment_that_a_wrong_clock_told(database: Database) -> None:
    frontiers = [Frontier(database, pass_) for pass_ in (1, 2)]
    for frontier in frontiers:
        frontier.add([asked("/soon"), asked("/late")])
        for one, until in zip(frontier.waiting(9, 0.0, bulk=False), (5.0, 99.0), strict=True):
            frontier.defer(one.id, until, 1)
    frontiers[1].bring_forward(50.0)
    assert waiting(frontiers[1], 5.0) == ["/soon"]
    assert waiting(frontiers[1], 50.0) == ["/soon", "/late"]
    assert waiting(frontiers[0], 50.0) == ["/soon"]


def test_what_is_left_is_counted_as_it_will_be_sent(database: Database) -> None:
    """Another pass may have the same requests, asked or not."""
    filled(database, 1)
    frontier = Frontier(database, 2)
    frontier.add([asked("/WAITING"), *(asked(f"/{number}", bulk=True) for number in range(5))])
    assert (frontier.left(4), frontier.left(0)) == (3, 6)
    assert len(frontier.waiting(9, 0.0, bulk=True)) == 5
    single, *others = frontier.waiting(9, 0.0, bulk=False) + frontier.waiting(9, 0.0, bulk=True)
    frontier.done(one.id for one in others)
    assert frontier.waiting(9, 0.0, bulk=False, but=[single.id]) == []
    assert (frontier.left(4), frontier.next_time()) == (1, 0.0)
    frontier.done([single.id])
    assert (frontier.left(4), frontier.next_time()) == (0, None)


def test_only_what_was_answered_in_this_pass_is_taken_for_otherwise(database: Database) -> None:
    filled(database, 1)
    frontier = filled(database, 2)
    assert [path for path in STATES if frontier.refuse(asked(path))] == ["/VANISHED"]
    assert len(Frontier(database, 3).lost(since=1)) == 5
    frontier.renew(asked(path) for path in STATES)
    assert frontier.add(asked(path) for path in STATES) == 1, "only what was done may be asked once more"
    assert waiting(frontier) == ["/WAITING", "/DONE"]
    assert Frontier(database, 1).add([asked("/DONE")]) == 0


def test_what_is_owed_is_asked_in_its_own_words_and_once_more_where_it_was_answered(
    database: Database,
) -> None:
    """What waits asks for changes only; what was lost, for everything."""
    frontier = filled(database, 1)
    changes = asked("/changes").replace(context={"since": "now"}, listed=True)
    frontier.add([changes])
    owed = [asked(path).replace(owed=7) for path in ("/changes", "/DONE", "/new")]
    assert frontier.add(owed) == 2
    found = {one.request.path: one.request for one in frontier.waiting(9, 0.0, bulk=False)}
    assert sorted(found) == ["/DONE", "/WAITING", "/changes", "/new"]
    assert found["/changes"] == asked("/changes").replace(owed=7, listed=True)
    assert found["/WAITING"].owed == 0
    frontier.done(one.id for one in frontier.waiting(9, 0.0, bulk=False))
    frontier.add(owed)
    assert waiting(frontier) == ["/changes", "/new"], "lists may lead in circles"
    frontier.add([changes.replace(owed=9)])
    assert frontier.waiting(1, 0.0, bulk=False)[0].request.owed == 9


def further(number: int) -> Request:
    return Request("thing", f"/things?page={number}", goes_on=True)


def test_a_page_that_a_list_comes_to_once_more_is_asked_again_but_not_for_ever(database: Database) -> None:
    """What stands behind it may not have been shown. Where the page still waits, once is enough."""
    frontier = Frontier(database, 1)
    for _round in range(1 + MOST_ROUNDS):
        assert (frontier.add([further(2)]), frontier.add([further(2)])) == (1, 0)
        frontier.done(one.id for one in frontier.waiting(9, 0.0, bulk=False))
    with pytest.raises(ValueError, match="circles"):
        frontier.add([further(2)])
    assert frontier.add([further(3), asked("/things?page=1")]) == 2, "another page, and another list"


def test_a_list_is_read_on_from_elsewhere_unless_that_leads_in_circles(database: Database) -> None:
    frontier = Frontier(database, 1)
    told = []
    for number in range(3 + MOST_ROUNDS):
        frontier.add([asked(f"/refused/{number}")])
        (refused,) = frontier.waiting(9, 0.0, bulk=False)
        told.append(frontier.read_on(refused.id, [further(2)]))
        if told[-1]:
            assert waiting(frontier) == ["/things?page=2"]
            frontier.done(one.id for one in frontier.waiting(9, 0.0, bulk=False))
            continue
        assert waiting(frontier) == [f"/refused/{number}"]
        frontier.done([refused.id])
    assert told == [True] * (1 + MOST_ROUNDS) + [False, False]


def test_what_a_whole_pass_lost_is_owed(database: Database) -> None:
    filled(database, 1)
    filled(database, 2)
    third = Frontier(database, 3)
    assert [one.request.owed for one in third.lost(1, {1: 5})] == [5, 5, 0, 0]
    assert [one.owed for one in third.vanished({2: 6})] == [0, 6]
    assert [one.request.owed for one in third.take_over(1, {2: 6})] == [0, 6]


def test_what_a_pass_for_changes_lost_reaches_further_back_than_the_same_question(database: Database) -> None:
    """The answer leads on to what changed since the moment that stands in the context: the earliest of all."""
    frontier = filled(database, 1)
    since = [
        asked("/who").replace(context={"since": day}) for day in ("2026-11-02", "2026-11-03", "2026-11-06")
    ]
    frontier.add([since[2].replace(listed=True)])
    file = Request("file", "/DONE", is_file=True)
    frontier.add_lost([since[0], since[1], asked("/DONE"), asked("/new"), file])
    found = {one.request.path: one.request for one in frontier.waiting(9, 0.0, bulk=False)}
    assert found["/who"] == since[0].replace(listed=True, owed=1), "what follows from it may have been asked"
    assert sorted(found) == ["/DONE", "/WAITING", "/new", "/who"], "what was answered is asked once more"
    assert found["/DONE"] == asked("/DONE")


@pytest.mark.parametrize("owed", [0, 7])
def test_what_was_lost_later_takes_no_question_its_earlier_moment(database: Database, owed: int) -> None:
    """A pass that reaches behind the pulls of others asks since an earlier moment than the one before it, which lost the same."""
    frontier = Frontier(database, 1)
    monday, friday = (asked("/who").replace(context={"since": day}) for day in ("2026-11-02", "2026-11-06"))
    for path, (here, lost) in {
        "/a": (friday, [monday, friday.replace(owed=owed)]),
        "/b": (monday, [friday.replace(owed=owed)]),
        "/c": (monday.replace(owed=1), [friday.replace(owed=owed)]),
        "/d": (asked(""), [friday, monday.replace(owed=owed)]),
    }.items():
        frontier.add([here.replace(path=path)])
        frontier.add_lost([one.replace(path=path) for one in lost])
    found = {one.request.path: one.request for one in frontier.waiting(9, 0.0, bulk=False)}
    assert [found[path].context for path in ("/a", "/b", "/c", "/d")] == [monday.context] * 3 + [{}]
    assert [found[path].owed for path in ("/a", "/b", "/c", "/d")] == [owed or 1] * 4


def test_what_comes_to_be_owed_while_it_is_on_its_way_is_asked_once_more(database: Database) -> None:
    frontier = Frontier(database, 1)
    later, owed = asked("/list").replace(context={"since": "2026-11-06"}), asked("/list").replace(owed=7)
    frontier.add([later, asked("/other")])
    sent = frontier.waiting(9, 0.0, bulk=False)
    frontier.add([owed])
    frontier.answered(sent)
    (again,) = frontier.waiting(9, 0.0, bulk=False)
    assert again.request == owed
    frontier.add([owed.replace(owed=8)])
    frontier.answered([again])
    assert waiting(frontier) == [], "lists may lead in circles"
