"""What was not there is asked for again: a file by sweeps alone, nothing for which there is no gap any more, nothing under the deleted."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crmexport.archive import Archive, Source
from crmexport.archive.answers import Answers
from crmexport.archive.frontier import Frontier, State
from crmexport.pull.left_over import LeftOver
from crmexport.pull.missing import subject_of
from crmexport.source import Account, Gap, GapKind, Request
from tests.archive.test_answers import Passes
from tests.toy import Toy, toy

NOTES = Request("note", "/notes/4", subject=("note", "thing/4"))
OTHERS = Request("note", "/notes/6", subject=("note", "thing/6"))
FILE = Request("file", "/file/f2", is_file=True, subject=("file", "f2"))
CARD = Request("thing", "/thing/901", subject=("thing", "901"))


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open_for(tmp_path, Source("toy", "https://toy.example")) as archive:
        yield archive


def not_there(archive: Archive, *requests: Request) -> None:
    """The first pass was told of each that there is no such thing."""
    frontier = Frontier(archive.database, 1)
    with archive.database.transaction():
        frontier.add(requests)
        for one in frontier.waiting(9, 0.0, bulk=False):
            frontier.set_aside(one.id, State.VANISHED)
        gaps = [Gap(*subject_of(one), GapKind.VANISHED, "404") for one in requests]
        Answers(archive.database, 1, 1).gap(gaps)


def asked_again(archive: Archive, *, files: bool) -> tuple[list[str], set[tuple[str, str]]]:
    """What the second pass asks for, and which gaps are left."""
    frontier, answers = Frontier(archive.database, 2), Answers(archive.database, 1, 2)
    with archive.database.transaction():
        LeftOver(frontier, answers, toy(), 0, {}, ()).ask_for_vanished(files=files)
    paths = sorted(one.request.path for one in frontier.waiting(9, 0.0, bulk=False))
    return paths, {gap[:2] for gap in archive.gaps()}


def test_every_pull_asks_for_what_hangs_under_a_record_and_sweeps_for_files(archive: Archive) -> None:
    """Cards are asked for where a link leads to them."""
    not_there(archive, NOTES, FILE, CARD)
    assert asked_again(archive, files=False) == (["/notes/4"], {("file", "f2"), ("thing", "901")})


def test_a_sweep_asks_for_both(archive: Archive) -> None:
    not_there(archive, NOTES, FILE, CARD)
    assert asked_again(archive, files=True) == (["/file/f2", "/notes/4"], {("thing", "901")})


def test_what_came_since_is_not_asked_for(archive: Archive) -> None:
    not_there(archive, NOTES, OTHERS)
    with archive.database.transaction():
        Answers(archive.database, 1, 1).forget_gaps([("note", "thing/4")])
    assert asked_again(archive, files=True) == (["/notes/6"], set())


def test_what_stands_under_a_deleted_record_waits_until_that_is_there_again(archive: Archive) -> None:
    Passes(archive).keep(1, ("thing", "4"), ("thing", "6"))
    with archive.database.transaction():
        Answers(archive.database, 1, 1).believe_gone([("thing", "4")])
    not_there(archive, NOTES, OTHERS)
    assert asked_again(archive, files=True) == (["/notes/6"], {("note", "thing/4")})


@pytest.mark.parametrize(
    ("kind", "asked"), [(GapKind.VANISHED, ["/old"]), (GapKind.BROKEN, []), (GapKind.REFUSED, [])]
)
def test_a_file_that_failed_at_its_new_place_is_not_looked_for_at_its_old_one(
    tmp_path: Path, kind: GapKind, asked: list[str]
) -> None:
    """It is not there, and says nothing of the other: the file would be missing, and count as deleted."""
    with Archive.open_for(tmp_path, Source("toy", "https://toy.example")) as archive:
        earlier, now = Frontier(archive.database, 1), Frontier(archive.database, 2)
        answers = Answers(archive.database, 1, 2)
        with archive.database.transaction():
            earlier.add(
                Request("file", path, is_file=True, subject=("file", "7")) for path in ("/old", "/new")
            )
            for one in earlier.waiting(9, 0.0, bulk=False):
                earlier.set_aside(one.id, State.VANISHED if one.request.path == "/old" else State.GIVEN_UP)
            answers.gap([Gap("file", "7", kind, "503")])
            toy = Toy(Account("https://toy.example"))
            LeftOver(now, answers, toy, 1, {}, ()).ask_for_vanished(files=True)
        assert [one.request.path for one in now.waiting(9, 0.0, bulk=False)] == asked
        assert [gap.kind for gap in archive.gaps()] == ([] if asked else [kind])
