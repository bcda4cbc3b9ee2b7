"""What one more answer does to all that was kept before it: parents, deletions, gaps, and how many there should be."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from crmexport.archive import Archive, Source
from crmexport.archive.answers import Answers
from crmexport.archive.closure import hidden
from crmexport.archive.journal import Journal, Kind
from crmexport.archive.rebuild import stored
from crmexport.archive.wording import LINKED
from crmexport.source import Announced, FileRef, Gap, GapKind, Reading, Request, Response, Row
from crmexport.source.reading import SubList

Key = tuple[str, str]

ASK = Request("thing", "/things")
FIVE = ("thing", "5")


class Passes:
    """An archive, and what passes of a pull keep in it. Each record is one byte of the body."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive

    def answers(self, pass_: int) -> Answers:
        return Answers(self.archive.database, 1, pass_)

    def keep(
        self,
        pass_: int,
        *keys: Key,
        body: str = "",
        parent: Key | None = None,
        modified: str | None = None,
        by_card: Collection[Key] = (),
        **taught: Any,
    ) -> Answers:
        rows = [Row(*key, {}, at, at + 1, parent, modified) for at, key in enumerate(keys)]
        told = Response(200, {}, (body or "1" * len(keys)).encode())
        answers = self.answers(pass_)
        with self.archive.database.transaction():
            answers.keep(ASK, told, [Reading(records=rows, **taught)], by_card, by_card)
        return answers

    def gap(self, pass_: int, stream: str, id: str, kind: GapKind) -> list[Gap]:
        with self.archive.database.transaction():
            return self.answers(pass_).gap([Gap(stream, id, kind, "words")])

    def end(self, pass_: int) -> None:
        with self.archive.database.transaction():
            self.answers(pass_).end_sublists()

    def held(self, stream: str) -> dict[str, tuple[bytes, str | None, Key | None]]:
        return {id: (body, modified, parent) for id, body, modified, parent in self.archive.records(stream)}

    def gaps(self) -> list[tuple[str, str, GapKind]]:
        return [gap[:3] for gap in self.archive.gaps()]


@pytest.fixture
def passes(tmp_path: Path) -> Iterator[Passes]:
    with Archive.open_for(tmp_path, Source("toy", "https://toy.example")) as archive:
        yield Passes(archive)


def test_what_changes_in_an_answer_that_names_no_parent_stays_where_it_was(passes: Passes) -> None:
    passes.keep(1, ("note", "a"), parent=FIVE, modified="monday")
    passes.keep(1, ("note", "a"), body="2", modified="tuesday")
    assert passes.held("note") == {"a": (b"2", "tuesday", FIVE)}


def test_what_hangs_under_a_deleted_record_goes_with_it_and_nothing_else(passes: Passes) -> None:
    """Another kind of record may have the same number."""
    passes.keep(1, FIVE, ("deal", "5"))
    passes.keep(1, ("note", "a"), parent=FIVE)
    passes.keep(1, ("note", "b"), parent=("deal", "5"))
    passes.gap(1, *FIVE, GapKind.REFUSED)
    passes.gap(2, *FIVE, GapKind.VANISHED)
    passes.end(2)
    assert passes.archive.deleted() == {"thing": 1, "note": 1}
    assert passes.held("note").keys() == {"b"}
    assert (passes.gaps(), passes.archive.announced()) == ([], {}), (
        "a deletion is no gap, nor is it counted anew"
    )


def test_what_comes_by_its_card_is_there_again_though_no_list_shows_it(passes: Passes) -> None:
    passes.keep(1, FIVE, ("thing", "6"))
    passes.gap(2, *FIVE, GapKind.VANISHED)
    passes.keep(3, ("thing", "6"), by_card=[FIVE, ("thing", "6")])
    assert passes.archive.deleted() == {"thing": 1}, "its card was asked for, and another one came"
    passes.keep(3, FIVE, by_card=[FIVE])
    assert passes.archive.deleted() == {}
    assert list(hidden(passes.archive.database)) == [[FIVE, ("thing", "6")]]


def test_what_a_list_shows_once_more_and_its_card_does_not_was_deleted_all_the_same(passes: Passes) -> None:
    passes.keep(1, FIVE)
    passes.gap(2, *FIVE, GapKind.VANISHED)
    passes.keep(3, present={FIVE})
    passes.gap(3, *FIVE, GapKind.VANISHED)
    assert (passes.archive.deleted(), passes.gaps()) == ({"thing": 1}, [(*FIVE, GapKind.VANISHED)])


def test_a_list_of_numbers_is_not_stored(passes: Passes) -> None:
    passes.keep(1, FIVE)
    passes.keep(2, present={FIVE})
    assert stored(passes.archive) == 1


def test_what_went_with_its_record_is_taken_off_its_total_once(passes: Passes) -> None:
    """The total of their list counts them until the next full pull; taken off again, it would hide what is lost."""
    passes.keep(1, FIVE, announced=[Announced("note", "list", 3), Announced("file", "thing/5", 1)])
    passes.keep(1, ("note", "a"), ("note", "b"), parent=FIVE)
    passes.keep(1, ("note", "c"))
    passes.gap(2, *FIVE, GapKind.VANISHED)
    passes.end(2)
    passes.end(3)
    assert passes.archive.announced() == {"note": (1, 0), "file": (0, 0)}


def test_what_its_record_itself_had_counted_is_not_taken_off_besides(passes: Passes) -> None:
    passes.keep(1, FIVE, announced=[Announced("note", "thing/5", 2), Announced("note", "list", 9)])
    passes.keep(1, ("note", "a"), ("note", "b"), parent=FIVE)
    passes.gap(2, *FIVE, GapKind.VANISHED)
    passes.end(2)
    assert passes.archive.announced() == {"note": (9, 0)}


def test_what_does_not_come_again_is_marked_once(passes: Passes) -> None:
    """When it went is told by the first look that missed it."""
    passes.keep(1, FIVE)
    passes.keep(1, ("note", "a"), parent=FIVE)
    ended = [SubList("note", FIVE)]
    when: list[str | None] = []
    for pass_ in (2, 3):
        passes.keep(pass_, FIVE, ended=ended)
        passes.end(pass_)
        held = passes.answers(pass_).held.places([("note", "a")])[("note", "a")]
        when.append(held.deleted)
        passes.archive.database.connection.exec_driver_sql(
            "UPDATE records SET deleted = 'then' WHERE deleted > ''"
        )
    assert when[0] and when[1] == "then"


@pytest.mark.parametrize("of", ["records", "numbers"])
def test_what_only_links_told_of_stays_announced_until_a_list_shows_it(passes: Passes, of: str) -> None:
    """Else each of them would stand in for a record that the list announces and does not give."""
    six = ("thing", "6")
    passes.keep(1, FIVE, announced=[Announced("thing", "list", 1), Announced("thing", LINKED + "6", 1)])
    passes.keep(1, six, by_card=[six])
    for pass_ in (2, 3):
        passes.keep(pass_, FIVE, announced=[Announced("thing", "list", 1)])
        passes.keep(pass_, six, by_card=[six])
        passes.answers(pass_).forget_announced(None)
        assert passes.archive.announced() == {"thing": (1, 1)}
    shown: dict[str, Any] = {"present": {six}} if of == "numbers" else {}
    passes.keep(4, *([] if shown else [six]), announced=[Announced("thing", "list", 2)], **shown)
    assert passes.archive.announced() == {"thing": (2, 0)}


def test_what_is_not_announced_again_is_forgotten_unless_its_list_was_lost(passes: Passes) -> None:
    both = [Announced("thing", "things of 2024", 4), Announced("note", "notes of 2024", 3)]
    passes.keep(1, FIVE, announced=[*both, Announced("thing", "list", 1), Announced("note", "list", 1)])
    passes.gap(2, "note", "", GapKind.REFUSED)
    passes.keep(2, FIVE, announced=[Announced("thing", "list", 1)])
    passes.answers(2).forget_announced(["note"])
    assert passes.archive.announced() == {"thing": (5, 0), "note": (4, 0)}
    passes.answers(2).forget_announced(["thing"])
    assert passes.archive.announced() == {"thing": (1, 0), "note": (4, 0)}
    passes.answers(2).forget_announced(None)
    assert passes.archive.announced() == {"thing": (1, 0), "note": (4, 0)}


@pytest.mark.parametrize("the_list", [None, *GapKind])
@pytest.mark.parametrize("is_first", [True, False])
def test_what_is_not_there_is_doubted_where_its_list_is_refused_in_whatever_words(
    passes: Passes, the_list: GapKind | None, is_first: bool
) -> None:
    """Either may have been asked for first. A list that broke off, or that the source does not have, closes no door."""
    kinds = {"": the_list, "9": GapKind.VANISHED} if is_first else {"9": GapKind.VANISHED, "": the_list}
    for id, kind in kinds.items():
        if kind:
            passes.gap(2, "thing", id, kind)
    assert (("thing", "9", GapKind.REFUSED) in passes.gaps()) is (the_list is GapKind.REFUSED)


@pytest.mark.parametrize("is_first", [True, False])
def test_a_list_under_a_record_is_not_doubted_for_it_is_asked_for_again(
    passes: Passes, is_first: bool
) -> None:
    under = ("note", "thing/5", GapKind.VANISHED)
    for gap in [("note", "", GapKind.REFUSED), under][:: 1 if is_first else -1]:
        passes.gap(2, *gap)
    assert under in passes.gaps()


def test_a_list_that_shows_what_had_vanished_fills_its_gap_but_none_of_a_refused_card(passes: Passes) -> None:
    """Not even where the row says something new: the card says more than that."""
    here, hidden = ("thing", "1"), ("thing", "2")
    passes.keep(1, here)
    passes.keep(1, hidden, by_card=[hidden])
    passes.gap(2, *here, GapKind.REFUSED)
    assert passes.gap(2, *hidden, GapKind.VANISHED) == [], "nobody else tells so, and it is held"
    assert passes.gaps() == [(*here, GapKind.REFUSED), (*hidden, GapKind.VANISHED)]
    passes.keep(2, here, hidden, body="31")
    assert passes.gaps() == [(*here, GapKind.REFUSED)]
    passes.keep(2, here, body="3", by_card=[here])
    assert passes.gaps() == []


def test_what_may_be_had_is_asked_for_again_and_what_was_deleted_is_not_forgotten_with_it(
    passes: Passes,
) -> None:
    kinds = {"1": GapKind.BROKEN, "2": GapKind.REFUSED, "3": GapKind.VANISHED}
    for id, kind in kinds.items():
        passes.gap(1, "thing", id, kind)
    passes.gap(1, "file", "3", GapKind.VANISHED)
    passes.gap(1, "file", "4", GapKind.REFUSED)
    passes.answers(1).forget_broken()
    assert [gap[:2] for gap in passes.gaps()] == [
        ("file", "3"),
        ("file", "4"),
        ("thing", "2"),
        ("thing", "3"),
    ]
    assert passes.answers(1).vanished() == {("file", "3"), ("thing", "3")}
    passes.answers(1).forget_gaps()
    assert passes.gaps() == [("file", "3", GapKind.VANISHED)]


def test_a_file_that_its_record_does_not_name_any_more_is_missed_whatever_else_is_lost(
    passes: Passes,
) -> None:
    """But not that of a record which is lost itself: what is held of that may be the half of it."""
    journal, lost = Journal(passes.archive.database), ("thing", "6")
    with passes.archive.database.transaction():
        journal.begin(1)
        journal.begin_pass(1, Kind.EVERYTHING, None, 0.0)
    for key, file in ((FIVE, "f"), (lost, "g")):
        passes.keep(1, key, files=[FileRef(file, file, 1, key, "{}", ASK)])
        passes.keep(1, key, body="2")
    passes.gap(1, *lost, GapKind.REFUSED)
    with passes.archive.database.transaction():
        passes.answers(1).miss_unnamed_files(in_whole=True, was_whole=False)
    assert passes.gaps() == [("file", "f", GapKind.VANISHED), (*lost, GapKind.REFUSED)]


@pytest.mark.parametrize(
    ("told", "came", "then"), [(5, 5, "1"), (5, 4, "1"), (5, 5, "2")], ids=["right", "too short", "replaced"]
)
def test_a_file_is_held_where_these_bytes_are(passes: Passes, told: int, came: int, then: str) -> None:
    def named(version: str) -> Sequence[FileRef]:
        return [FileRef("f", "a", told, FIVE, f'{{"version": {version}}}', ASK, "version")]

    passes.keep(1, FIVE, files=named("1"))
    passes.answers(1).file_held("f", "ab" * 32, came)
    answers = passes.keep(1, FIVE, files=named(then))
    is_right = came == told and then == "1"
    assert answers.files.held == ({"f": "ab" * 32} if is_right else {}), "it need not be fetched"
    assert answers.files.are_held(["f"]) == ({"f"} if is_right else set())


def steps_to_delete(passes: Passes, many: int) -> int:
    """What SQLite does to mark as many things as deleted that are all told to have notes."""
    ids = [f"{many}-{number}" for number in range(many)]
    told = [Announced("note", f"thing/{id}", 1) for id in ids]
    passes.keep(1, *(("thing", id) for id in ids), announced=told)
    steps, driver = [0], passes.archive.database.connection.connection.driver_connection

    def step() -> int:
        steps[0] += 1
        return 0

    driver.set_progress_handler(step, 1)
    with passes.archive.database.transaction():
        passes.answers(2).gap([Gap("thing", id, GapKind.VANISHED, "words") for id in ids])
    driver.set_progress_handler(None, 0)
    assert passes.archive.announced_in("note", told[-1].scope) == 0
    return steps[0]


def test_what_was_announced_under_others_costs_no_time_when_records_are_deleted(passes: Passes) -> None:
    """An account may have told of the comments of a million records, and a night may show that a thousand are gone."""
    few = steps_to_delete(passes, 100)
    assert steps_to_delete(passes, 400) < 5 * few
