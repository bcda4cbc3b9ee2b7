"""What is left to fetch one by one: each such record is met once, and no other."""

from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

from crmexport.archive import Archive, Source
from crmexport.archive.answers import Answers
from crmexport.archive.closure import (
    count_hidden,
    count_unlisted,
    hidden,
    hidden_and_gone,
    linked_not_held,
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


def test_a_walk_of_several_steps_meets_each_once(archive: Archive) -> None:
    many = [(stream, f"{number:03}") for stream in ("deal", "task") for number in range(600)]
    keep(archive, 1, *many, by_card=many)
    assert [key for keys in hidden(archive.database) for key in keys] == many
