"""The equation: announced = held + refused + vanished + unexplained, and nothing can hide in it."""

from collections.abc import Iterator

import pytest

from crmexport.archive import Archive, Place, Source
from crmexport.archive.answers import LINKED, Answers
from crmexport.archive.equation import Balance, balances
from crmexport.source import Announced, FileRef, Gap, GapKind, Reading, Request, Response, Row

ASK = Request("thing", "/things")


@pytest.fixture
def archive(place: Place) -> Iterator[Archive]:
    with Archive.open_for(place, Source("toy", "https://toy.example")) as archive:
        yield archive


def learn(
    archive: Archive, held: int = 0, announced: list[Announced] | None = None, gaps: list[Gap] | None = None
) -> None:
    rows = [Row("thing", str(number), {}, number, number + 1) for number in range(held)]
    with archive.database.transaction():
        answers = Answers(archive.database, 1)
        answers.keep(ASK, Response(200, {}, b"x" * 100), [Reading(records=rows, announced=announced or [])])
        answers.gap(gaps or [])


def balance(archive: Archive) -> Balance:
    return balances(archive, ["thing"])["thing"]


def test_what_is_held_is_what_was_announced(archive: Archive) -> None:
    learn(archive, 5, [Announced("thing", "list", 5)])
    assert balance(archive) == Balance(5, 5, 0, 0, 0)
    assert balance(archive).is_complete


def test_what_is_neither_held_nor_named_is_unexplained(archive: Archive) -> None:
    learn(archive, 4, [Announced("thing", "list", 5)])
    assert balance(archive) == Balance(5, 4, 0, 0, 1)
    assert not balance(archive).is_complete


def test_a_linked_record_does_not_stand_in_for_a_missing_one(archive: Archive) -> None:
    learn(archive, 5, [Announced("thing", "list", 5), Announced("thing", LINKED + "9", 1)])
    assert balance(archive).unexplained == 1


def test_a_vanished_record_is_explained_and_no_loss(archive: Archive) -> None:
    gone = Gap("thing", "9", GapKind.VANISHED, "404")
    learn(archive, 5, [Announced("thing", "list", 5), Announced("thing", LINKED + "9", 1)], [gone])
    assert balance(archive) == Balance(6, 5, 0, 1, 0)
    assert balance(archive).is_complete


def test_a_refused_record_is_explained_and_a_loss(archive: Archive) -> None:
    learn(archive, 4, [Announced("thing", "list", 5)], [Gap("thing", "9", GapKind.REFUSED, "403")])
    assert balance(archive) == Balance(5, 4, 1, 0, 0)
    assert not balance(archive).is_complete


def test_a_refused_sub_list_weighs_what_it_announced(archive: Archive) -> None:
    announced = [Announced("thing", "deal/1", 3), Announced("thing", "deal/2", 4)]
    learn(archive, 4, announced, [Gap("thing", "deal/1", GapKind.REFUSED, "500")])
    assert balance(archive) == Balance(7, 4, 3, 0, 0)


def test_a_refused_list_explains_all_that_is_missing_of_it(archive: Archive) -> None:
    learn(archive, 2, [Announced("thing", "list", 7)], [Gap("thing", "", GapKind.BROKEN, "502")])
    assert balance(archive) == Balance(7, 2, 5, 0, 0)


def test_scopes_are_added_and_taken_off(archive: Archive) -> None:
    learn(archive, 6, [Announced("thing", "both", 9), Announced("thing", "other", -3)])
    assert balance(archive) == Balance(6, 6, 0, 0, 0)


def test_the_same_scope_again_replaces_the_figure(archive: Archive) -> None:
    learn(archive, 5, [Announced("thing", "list", 9)])
    learn(archive, 5, [Announced("thing", "list", 5)])
    assert balance(archive).unexplained == 0


def test_a_source_that_does_not_count_announces_nothing(archive: Archive) -> None:
    learn(archive, 5, [Announced("thing", LINKED + "9", 1)])
    assert balance(archive) == Balance(None, 5, 0, 0, 0)


def test_files_are_announced_by_being_named(archive: Archive) -> None:
    files = [FileRef(f"f{n}", "a", 1, ("thing", "1"), "{}", ASK) for n in range(3)]
    with archive.database.transaction():
        answers = Answers(archive.database, 1)
        answers.keep(ASK, Response(200, {}, b"{}"), [Reading(files=files)])
        answers.file_held("f0", "ab" * 32, 1)
        answers.gap(
            [Gap("file", "f1", GapKind.REFUSED, "403"), Gap("file", "f0", GapKind.REFUSED, "other length")]
        )
    assert balances(archive, [])["file"] == Balance(3, 1, 1, 0, 1)


def test_what_the_source_does_not_offer_is_named_and_no_loss(archive: Archive) -> None:
    learn(archive, 0, [], [Gap("thing", "list /things", GapKind.NOT_GIVEN, "404")])
    assert balance(archive) == Balance(None, 0, 0, 0, 0)
    assert balance(archive).is_complete


def test_what_the_source_does_not_offer_explains_nothing_that_is_missing(archive: Archive) -> None:
    learn(archive, 4, [Announced("thing", "list", 5)], [Gap("thing", "", GapKind.NOT_GIVEN, "404")])
    assert balance(archive).unexplained == 1
