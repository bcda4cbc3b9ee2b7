"""The equation: announced = held + refused + vanished + unexplained, and nothing can hide in it."""

from collections.abc import Iterator

import pytest

from crmexport.archive import Archive, Place, Source
from crmexport.archive.answers import Answers
from crmexport.archive.equation import Balance, balances, unexplained
from crmexport.archive.wording import LINKED
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


@pytest.mark.parametrize("announced", [[], [Announced("thing", "list", 5)]])
def test_a_held_record_that_is_refused_in_part_is_a_loss_and_stands_in_for_no_other(
    archive: Archive, announced: list[Announced]
) -> None:
    learn(archive, 4, announced, [Gap("thing", "1", GapKind.REFUSED, "403")])
    assert balance(archive) == Balance(5 if announced else None, 4, 1, 0, len(announced))
    assert not balance(archive).is_complete


def test_a_refused_sub_list_weighs_what_it_announced(archive: Archive) -> None:
    announced = [Announced("thing", "deal/1", 3), Announced("thing", "deal/2", 4)]
    learn(archive, 4, announced, [Gap("thing", "deal/1", GapKind.REFUSED, "500")])
    assert balance(archive) == Balance(7, 4, 3, 0, 0)


def test_a_refused_list_explains_all_that_is_missing_of_it(archive: Archive) -> None:
    learn(archive, 2, [Announced("thing", "list", 7)], [Gap("thing", "", GapKind.BROKEN, "502")])
    assert balance(archive) == Balance(7, 2, 5, 0, 0)


def test_a_refused_list_is_a_loss_though_more_is_held_than_was_announced(archive: Archive) -> None:
    learn(archive, 9, [Announced("thing", "list", 7)], [Gap("thing", "", GapKind.BROKEN, "502")])
    assert balance(archive) == Balance(10, 9, 1, 0, 0)


def test_more_held_than_announced_makes_up_for_no_gap(archive: Archive) -> None:
    gaps = [Gap("thing", "8", GapKind.REFUSED, "403"), Gap("thing", "9", GapKind.VANISHED, "404")]
    learn(archive, 6, [Announced("thing", "list", 5)], gaps)
    assert balance(archive) == Balance(8, 6, 1, 1, 0)


def test_what_a_source_never_gives_of_a_held_record_is_no_loss(archive: Archive) -> None:
    learn(archive, 4, [Announced("thing", "list", 4)], [Gap("thing", "1", GapKind.NOT_GIVEN, "404")])
    assert balance(archive) == Balance(4, 4, 0, 0, 0)


def test_every_stream_that_anything_is_known_of_has_its_equation(archive: Archive) -> None:
    """Whether it is asked for, held, announced, named in a gap, or deleted: none of them is left out."""
    rows = [Row("held", "1", {}, 0, 1), Row("gone", "1", {}, 1, 2)]
    with archive.database.transaction():
        answers = Answers(archive.database, 1)
        answers.keep(
            ASK, Response(200, {}, b"{}"), [Reading(records=rows, announced=[Announced("said", "list", 2)])]
        )
        Answers(archive.database, 1, 2).gap(
            [Gap("gone", "1", GapKind.VANISHED, "404"), Gap("lost", "1", GapKind.REFUSED, "403")]
        )
    assert balances(archive, ["asked"]) == {
        "asked": Balance(None, 0, 0, 0, 0),
        "gone": Balance(None, 0, 0, 0, 0, deleted=1),
        "held": Balance(None, 1, 0, 0, 0),
        "lost": Balance(None, 0, 1, 0, 0),
        "said": Balance(2, 0, 0, 0, 2),
    }
    assert unexplained(archive) == {"said": 2}


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


DEAL, TASK = ("deal", "1"), ("task", "1")


def learn_under(
    archive: Archive,
    said: dict[str, int],
    held: dict[tuple[str, str] | None, int],
    gaps: list[Gap] | None = None,
) -> Balance:
    """A deal and a task announce things under them; some are held, under them or under nothing."""
    places = [parent for parent, number in held.items() for _each in range(number)]
    rows = [Row("thing", str(at), {}, at, at + 1, parent) for at, parent in enumerate(places)]
    above = [Row(*key, {}, 98, 99) for key in (DEAL, TASK)]
    announced = [Announced("thing", scope, number) for scope, number in said.items()]
    with archive.database.transaction():
        answers = Answers(archive.database, 1)
        reading = Reading(records=[*rows, *above], announced=announced)
        answers.keep(ASK, Response(200, {}, b"x" * 100), [reading])
        answers.gap(gaps or [])
    return balance(archive)


def test_a_surplus_at_one_record_hides_nothing_that_is_missing_at_another(archive: Archive) -> None:
    found = learn_under(archive, {"deal/1": 3, "deal/1/hidden": 1}, {DEAL: 2, TASK: 5})
    assert found == Balance(9, 7, 0, 0, 2, short_at=("deal/1",))
    assert not found.is_complete


def test_a_surplus_itself_is_no_fault(archive: Archive) -> None:
    assert learn_under(archive, {"deal/1": 2, "task/1": 0}, {DEAL: 2, TASK: 5}) == Balance(7, 7, 0, 0, 0)


def test_what_stands_under_nothing_may_be_what_a_record_lacks(archive: Archive) -> None:
    assert learn_under(archive, {"deal/1": 3, "task/1": 2}, {DEAL: 1, TASK: 3, None: 1}).unexplained == 1


def test_a_deleted_record_lacks_nothing(archive: Archive) -> None:
    assert learn_under(archive, {"deal/2": 3}, {DEAL: 1, TASK: 5}) == Balance(6, 6, 0, 0, 0)


@pytest.mark.parametrize("id", ["deal/1", "deal", "7"])
def test_a_gap_explains_what_its_record_lacks(archive: Archive, id: str) -> None:
    gap = Gap("thing", id, GapKind.REFUSED, "403")
    found = learn_under(archive, {"deal/1": 1, "task/1": 1}, {TASK: 4}, [gap])
    assert (found.refused, found.unexplained) == (1, 0)


def test_a_list_that_is_lost_as_a_whole_explains_what_records_lack(archive: Archive) -> None:
    gap = Gap("thing", "", GapKind.REFUSED, "403")
    found = learn_under(archive, {"deal/1": 3, "task/1": 1}, {TASK: 4}, [gap])
    assert (found.refused, found.unexplained, found.short_at) == (1, 0, ())


def test_a_record_that_is_held_in_part_is_none_that_another_lacks(archive: Archive) -> None:
    gap = Gap("thing", "0", GapKind.REFUSED, "403")
    found = learn_under(archive, {"deal/1": 3, "task/1": 1}, {DEAL: 2, TASK: 4}, [gap])
    assert (found.refused, found.unexplained, found.short_at) == (1, 1, ("deal/1",))


def test_what_is_lost_under_one_kind_explains_nothing_under_another(archive: Archive) -> None:
    gap = Gap("thing", "deal", GapKind.REFUSED, "403")
    found = learn_under(archive, {"deal/1": 1, "task/1": 5}, {DEAL: 2, TASK: 4}, [gap])
    assert (found.refused, found.unexplained, found.short_at) == (1, 1, ("task/1",))


def test_a_gap_of_one_record_explains_nothing_at_another(archive: Archive) -> None:
    gap = Gap("thing", "task/1", GapKind.REFUSED, "403")
    found = learn_under(archive, {"deal/1": 1, "task/1": 1}, {TASK: 4}, [gap])
    assert (found.refused, found.unexplained, found.short_at) == (1, 1, ("deal/1",))


@pytest.mark.parametrize(
    "gap",
    [
        Gap("change", "deal/1", GapKind.REFUSED, "403"),
        Gap("thing", "deal/1", GapKind.NOT_GIVEN, "404"),
        Gap("thing", "deal", GapKind.NOT_GIVEN, "404"),
        Gap("thing", "deals of old", GapKind.NOT_GIVEN, "404"),
        Gap("thing", "9", GapKind.VANISHED, "404"),
    ],
)
def test_a_gap_of_another_kind_or_of_what_is_never_given_explains_nothing(archive: Archive, gap: Gap) -> None:
    found = learn_under(archive, {"deal/1": 1, "task/1": 1}, {TASK: 4}, [gap])
    assert (found.unexplained, found.short_at) == (1, ("deal/1",))


@pytest.mark.parametrize("parent", [DEAL, None])
def test_what_was_deleted_makes_up_for_nothing_that_is_missing(
    archive: Archive, parent: tuple[str, str] | None
) -> None:
    found = learn_under(archive, {"deal/1": 2, "task/1": 1}, {DEAL: 1, TASK: 4, parent: 1 + (parent == DEAL)})
    assert found.unexplained == 0
    with archive.database.transaction():
        Answers(archive.database, 1, 2).gap([Gap("thing", "0" if parent else "5", GapKind.VANISHED, "404")])
    assert balance(archive).unexplained == 1


def test_files_are_announced_by_being_named(archive: Archive) -> None:
    files = [FileRef(f"f{n}", "a", 1, ("thing", "1"), "{}", ASK) for n in range(7)]
    digest = "ab" * 32
    content = archive.content.path(digest)
    content.parent.mkdir(parents=True, exist_ok=True)
    content.write_bytes(b"x")
    refused, vanished = GapKind.REFUSED, GapKind.VANISHED
    kinds = {"f0": refused, "f1": vanished, "f2": refused, "f3": vanished, "f5": vanished, "f6": refused}
    with archive.database.transaction():
        answers = Answers(archive.database, 1)
        answers.keep(ASK, Response(200, {}, b"{}"), [Reading(files=files)])
        answers.file_held("f0", digest, 1)
        answers.file_held("f1", digest, 1)
        answers.file_held("f6", digest, 1)
        answers.gap(Gap("file", id, kind, "by another address") for id, kind in kinds.items())
    assert balances(archive, [])["file"] == Balance(7, 3, 1, 2, 1)
    content.unlink()  # the disk has lost it
    assert balances(archive, [])["file"] == Balance(7, 0, 1, 2, 4)


def test_what_the_source_does_not_offer_is_named_and_no_loss(archive: Archive) -> None:
    learn(archive, 0, [], [Gap("thing", "list /things", GapKind.NOT_GIVEN, "404")])
    assert balance(archive) == Balance(None, 0, 0, 0, 0)
    assert balance(archive).is_complete


def test_what_the_source_does_not_offer_explains_nothing_that_is_missing(archive: Archive) -> None:
    learn(archive, 4, [Announced("thing", "list", 5)], [Gap("thing", "", GapKind.NOT_GIVEN, "404")])
    assert balance(archive).unexplained == 1
