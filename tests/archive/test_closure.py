"""What is left to fetch one by one: each such record is met once, and no other."""

from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

from crmexport.archive import Archive, Source
from crmexport.archive.answers import Answers
from crmexport.archive.closure import (
    bereft,
    count_hidden,
    count_unlisted,
    hidden,
    hidden_and_gone,
    linked_not_held,
    refused,
    unlisted,
)
from crmexport.source import Gap, GapKind, Key, Reading, Request, Response, Row


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open_for(tmp_path, Source("toy", "https://toy.example")) as archive:
        yield archive


def keep(
    archive: Archive,
    pass_: int,
    *keys: Key,
    by_card: Collection[Key] = (),
    links: Collection[Key] = (),
    gaps: Collection[tuple[Key, GapKind]] = (),
) -> None:
    rows = [Row(*key, {}, at, at + 1) for at, key in enumerate(keys)]
    answers = Answers(archive.database, 1, pass_)
    told = Reading(records=rows, links=set(links), gaps=[Gap(*key, kind, "words") for key, kind in gaps])
    with archive.database.transaction():
        answers.keep(
            Request("thing", "/things"), Response(200, {}, b"1" * len(keys)), [told], by_card, by_card
        )


def test_what_is_linked_and_neither_held_nor_missed_is_met_in_order(archive: Archive) -> None:
    """What has the same number, or is of the same kind, stands in for nothing."""
    links = [
        ("deal", "1"),
        ("deal", "9"),
        ("task", "2"),
        ("task", "30"),
        ("thing", "1"),
        ("thing", "7"),
        ("thing", "8"),
    ]
    refused = [(("thing", "8"), GapKind.REFUSED), (("deal", "7"), GapKind.REFUSED)]
    keep(archive, 1, ("thing", "1"), ("deal", "2"), links=links, gaps=refused)
    met = [key for keys in linked_not_held(archive.database) for key in keys]
    assert met == [("deal", "1"), ("deal", "9"), ("task", "2"), ("task", "30"), ("thing", "7")]


def test_what_lists_do_not_show_any_more_is_met_and_counted_without_what_is_deleted(archive: Archive) -> None:
    keep(archive, 1, *[("thing", id) for id in "1234"], ("deal", "1"))
    keep(archive, 1, ("thing", "5"), by_card=[("thing", "5")])
    keep(archive, 2, ("thing", "1"), gaps=[(("thing", "2"), GapKind.VANISHED)])
    assert list(unlisted(archive.database, ["thing"], 2)) == [[("thing", "3"), ("thing", "4")]]
    assert count_unlisted(archive.database, ["thing"], 2) == {"thing": (2, 4)}


def test_what_no_list_shows_is_met_and_counted_without_what_is_deleted(archive: Archive) -> None:
    alone = [("deal", "1"), ("deal", "2"), ("thing", "2"), ("thing", "3")]
    keep(archive, 1, ("deal", "5"), ("thing", "1"))
    keep(archive, 1, *alone, by_card=alone)
    with archive.database.transaction():
        Answers(archive.database, 1, 1).believe_gone([("deal", "2")])
    keep(
        archive,
        2,
        gaps=[
            (("thing", "3"), GapKind.VANISHED),
            (("thing", "2"), GapKind.REFUSED),
            (("deal", "2"), GapKind.VANISHED),
        ],
    )
    assert list(hidden(archive.database)) == [[("deal", "1"), ("thing", "2"), ("thing", "3")]]
    assert list(hidden(archive.database, ["thing"])) == [[("thing", "2"), ("thing", "3")]]
    assert [count_hidden(archive.database, stream) for stream in ("deal", "thing")] == [1, 2]
    assert hidden_and_gone(archive.database) == {"thing": ["3"]}


def test_what_was_refused_is_met_where_it_is_linked_and_its_list_is_there(archive: Archive) -> None:
    """Of what is held, only what no list shows, or one shows now: of the others, the list tells."""
    keep(archive, 1, ("thing", "1"), ("thing", "2"))
    keep(archive, 1, ("thing", "3"), by_card=[("thing", "3")])
    keep(archive, 2, ("thing", "1"))
    things = [("thing", id) for id in "12345"]
    refusals = [(key, GapKind.REFUSED) for key in [*things, ("deal", "1"), ("deal", "")]]
    vanished, alone = (("thing", "6"), GapKind.VANISHED), (("thing", "7"), GapKind.REFUSED)
    links = [*things, ("thing", "6"), ("deal", "1"), ("deal", "7")]
    keep(archive, 2, links=links, gaps=[*refusals, vanished, alone])
    met = [("thing", "1"), ("thing", "3"), ("thing", "4"), ("thing", "5")]
    assert list(refused(archive.database, 2)) == [met]


def test_what_hangs_on_something_deleted_is_met_where_a_list_shows_it(archive: Archive) -> None:
    """It may hang on something else by now. What is deleted itself is not asked for, nor what no list shows any more."""
    on = {"1": "old", "2": "old", "3": "old", "4": "new", "5": "old"}
    rows = [Row("note", id, {}, at, at + 1, ("deal", of)) for at, (id, of) in enumerate(on.items())]
    memo = Row("memo", "1", {}, 5, 6, ("deal", "old"))
    keep(archive, 1, ("deal", "old"), ("deal", "new"), ("thing", "old"))
    first, second = Answers(archive.database, 1, 1), Answers(archive.database, 1, 2)
    with archive.database.transaction():
        body = Response(200, {}, b"123456")
        first.keep(Request("note", "/notes"), body, [Reading(records=[*rows, memo])], (), ())
        shown = [row for row in rows if row.id != "3"] + [memo]
        second.keep(Request("note", "/notes?again"), body, [Reading(records=shown)], (), ())
        second.believe_gone([("deal", "old"), ("note", "2")])
    assert list(bereft(archive.database, ["note"], 2)) == [[("note", "1"), ("note", "5")]]


def test_a_walk_of_several_steps_meets_each_once(archive: Archive) -> None:
    many = [(stream, f"{number:03}") for stream in ("deal", "task") for number in range(600)]
    keep(archive, 1, *many, by_card=many)
    assert [key for keys in hidden(archive.database) for key in keys] == many
