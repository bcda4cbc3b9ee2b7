"""What is held is told from what is not, and a record that says otherwise, or stands elsewhere, from one that does not."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crmexport.archive import Archive, Source
from crmexport.archive.answers import Answers, indexed
from crmexport.archive.held import Held, HeldRecords, has_moved
from crmexport.source import FileRef, Gap, GapKind, Key, Reading, Request, Response, Row

ASK = Request("thing", "/things")
DEAL, TASK = ("deal", "1"), ("task", "1")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open_for(tmp_path, Source("toy", "https://toy.example")) as archive:
        yield archive


def keep(archive: Archive, key: Key, says: Any, parent: Key | None = None, *files: FileRef) -> None:
    body = json.dumps(says).encode()
    reading = Reading(records=[Row(*key, {}, 0, len(body), parent)], files=list(files))
    with archive.database.transaction():
        Answers(archive.database, 1).keep(ASK, Response(200, {}, body), [reading])


def delete(archive: Archive, key: Key) -> None:
    with archive.database.transaction():
        Answers(archive.database, 1, 2).gap([Gap(*key, GapKind.VANISHED, "words")])


@pytest.mark.parametrize(
    ("before", "now", "moved"),
    [
        (None, None, False),
        (DEAL, None, False),
        (DEAL, DEAL, False),
        (DEAL, TASK, True),
        (None, DEAL, True),
        (DEAL, ("deal", ""), True),
        (None, ("deal", ""), False),
    ],
)
def test_a_record_has_moved_when_it_is_told_to_stand_elsewhere(
    before: Key | None, now: Key | None, moved: bool
) -> None:
    old = Held("7", b"", 1, 0, 2, None, *(before or (None, None)))
    row = indexed(Row("note", "7", {}, 0, 2, now), b"{}", 2, 1)
    assert has_moved(row, old) is moved
    held = HeldRecords(None)  # type: ignore[arg-type]
    assert held.says_the_same(row, b"{}", old, {1: b"{}"}) is not moved


def test_a_deleted_record_is_not_held_and_bears_no_file(archive: Archive) -> None:
    """Nor does one that has only its number, or its kind, in common with one that does."""
    held = HeldRecords(archive.database)
    files = [
        FileRef(id, id, 1, owner, "{}", ASK) for id, owner in (("f", DEAL), ("f", TASK), ("g", ("deal", "2")))
    ]
    keep(archive, DEAL, {}, None, *files)
    for key in (TASK, ("deal", "2"), ("thing", "1")):
        keep(archive, key, {})
    assert (held.bearers("f"), held.bearers("g")) == ([DEAL, TASK], [("deal", "2")])
    delete(archive, DEAL)
    assert held.bearers("f") == [TASK]
    assert held.lacking([DEAL, TASK, ("task", "2")]) == {DEAL, ("task", "2")}


def test_a_route_is_known_by_what_hangs_under_records_of_its_kind(archive: Archive) -> None:
    keep(archive, ("note", "1"), {}, DEAL)
    keep(archive, ("change", "1"), {}, TASK)
    held = HeldRecords(archive.database)
    known = [(stream, parent) for stream in ("note", "change") for parent in ("deal", "task")]
    assert [one for one in known if held.any_under(*one)] == [("note", "deal"), ("change", "task")]


def test_a_glimpse_that_says_otherwise_tells_an_outdated_record(archive: Archive) -> None:
    """What the held one lacks is no sign, nor is what `same` takes for the same."""
    held = HeldRecords(archive.database, lambda stream, before, now: str(before) == str(now))
    for id in "1234":
        keep(archive, ("thing", id), {"notes": 1, "name": id})
    glimpses = {
        "1": {"notes": 1},
        "2": {"notes": 2},
        "3": {"likes": 5},
        "4": {"notes": 1, "name": "5"},
        "9": {"notes": 1},
    }
    assert held.outdated({("thing", id): seen for id, seen in glimpses.items()}) == {
        ("thing", "2"),
        ("thing", "4"),
    }


def test_a_file_hangs_on_a_deleted_record_only_where_it_hangs_on_no_other(archive: Archive) -> None:
    """Of two records that were merged, the one that is gone has no folder to look for it in, and no row. It need not be held."""
    owners = {"f": (DEAL, TASK), "g": (DEAL,), "h": (DEAL, ("file", "h")), "i": (DEAL, ("file", "i"), TASK)}
    files = [FileRef(id, id, 1, owner, "{}", ASK) for id, every in owners.items() for owner in every]
    keep(archive, TASK, {}, None, *files)
    keep(archive, DEAL, {})
    assert {file.id: tuple(file.owners) for file in archive.files()} == owners
    delete(archive, DEAL)
    assert {file.id: tuple(file.owners) for file in archive.files()} == {
        **owners,
        "f": (TASK,),
        "i": (("file", "i"), TASK),
    }
