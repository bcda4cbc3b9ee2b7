"""A record without a card is gone when two whole lists of one pull pass it over that showed it to the same person before."""

from collections.abc import Iterator, Mapping

import pytest
from sqlalchemy import insert, update

from crmexport.archive import Archive, Place, Source
from crmexport.archive.schema import records
from crmexport.archive.unshown import ENTRY, gone

ANN, BOB = "ann", "bob"


@pytest.fixture
def archive(place: Place) -> Iterator[Archive]:
    with Archive.open_for(place, Source("toy", "https://toy.example")) as archive:
        yield archive


def shown(archive: Archive, stream: str, listed: Mapping[str, int]) -> None:
    """Records, each with the pass that was shown it last."""
    place = {"response": 1, "start": 0, "end": 1}
    rows = [
        {"stream": stream, "id": id, "sha256": b"0" * 32, "listed": last, **place}
        for id, last in listed.items()
    ]
    with archive.database.transaction():
        archive.database.connection.execute(insert(records), rows)


def look(
    archive: Archive, pass_: int, pull: int, person: str = ANN, *, whole: str = "s", believe: bool = False
) -> list[str]:
    """The ids that are gone now that a pass has ended in which the lists of the streams `whole` came whole."""
    with archive.database.transaction():
        found = gone(archive.database, pass_, pull, person, whole.split(), believe=believe)
    return [id for _stream, id in found]


def test_two_lists_of_one_pull_are_needed(archive: Archive) -> None:
    shown(archive, "s", {"a": 1, "b": 3, "c": 3})
    assert look(archive, 1, 1) == []
    assert look(archive, 2, 2) == [], "the first of this pull"
    assert look(archive, 3, 2) == ["a"]


def test_what_either_of_the_two_was_shown_is_there(archive: Archive) -> None:
    shown(archive, "s", {"a": 1, "b": 2, "c": 3, "d": 3})
    assert [look(archive, 1, 1), look(archive, 2, 2), look(archive, 3, 2)] == [[], [], ["a"]]


def test_two_lists_of_two_pulls_are_not_enough(archive: Archive) -> None:
    shown(archive, "s", {"a": 1, "b": 4, "c": 4})
    assert [look(archive, pass_, pass_) for pass_ in (1, 2, 3, 4)] == [[]] * 4


def test_a_list_that_was_not_whole_in_between_begins_anew(archive: Archive) -> None:
    shown(archive, "s", {"a": 1, "b": 5, "c": 5})
    look(archive, 1, 1)
    assert look(archive, 2, 2) == []
    assert look(archive, 3, 2, whole="other") == []
    assert look(archive, 4, 2) == []
    assert look(archive, 5, 2) == ["a"]


def test_only_what_the_same_person_was_shown_can_be_missed(archive: Archive) -> None:
    """Bob pulls from the third pass on: what only Ann saw before he may not see; what he saw himself he misses."""
    shown(archive, "s", {"a": 2, "b": 3, "c": 6, "d": 6, "e": 6})
    look(archive, 1, 1)
    look(archive, 2, 1)
    assert look(archive, 3, 2, BOB) == []
    assert look(archive, 4, 2, BOB) == []
    assert look(archive, 5, 3, BOB) == []
    assert look(archive, 6, 3, BOB) == ["b"]


def test_of_an_unknown_person_nothing_is_believed(archive: Archive) -> None:
    shown(archive, "s", {"a": 1, "b": 3, "c": 3})
    assert [look(archive, 1, 1, ""), look(archive, 2, 2, ""), look(archive, 3, 2, "")] == [[], [], []]


@pytest.mark.parametrize(
    ("listed", "believed", "found"),
    [
        ({"a": 1, "b": 3}, False, ["a"]),
        ({"a": 1, "b": 1, "c": 3}, False, []),
        ({"a": 1, "b": 1, "c": 3}, True, ["a", "b"]),
    ],
)
def test_more_than_a_half_is_believed_by_a_person_alone(
    archive: Archive, listed: dict[str, int], believed: bool, found: list[str]
) -> None:
    """Records of other streams, and those that are deleted already, make up for none."""
    shown(archive, "s", listed)
    shown(archive, "other", {"x": 3, "y": 3, "z": 3})
    shown(archive, "s", {"gone": 3, "long gone": 1})
    with archive.database.transaction():
        line = update(records).where(records.c.id.in_(["gone", "long gone"])).values(deleted="2026-01-01")
        archive.database.connection.execute(line)
    look(archive, 1, 1)
    look(archive, 2, 2)
    assert look(archive, 3, 2, believe=believed) == found


@pytest.mark.parametrize(
    "noted",
    ["", "5", "[]", '{"person": "ann", "pull": 2, "lists": {"s": "x"}}', '{"lists": 5}', '{"whose": "ann"}'],
)
def test_a_note_that_cannot_be_read_is_as_none(archive: Archive, noted: str) -> None:
    shown(archive, "s", {"a": 1, "b": 3, "c": 3})
    look(archive, 1, 1)
    look(archive, 2, 2)
    with archive.database.transaction():
        archive.database.note_about(ENTRY, noted)
    assert look(archive, 3, 2) == []
