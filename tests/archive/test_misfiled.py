"""When the database as a whole is damaged, every record that the index has otherwise than an answer gave it is named."""

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from crmexport.archive import Archive, Place
from crmexport.archive import misfiled as module
from crmexport.archive.misfiled import Entry, differing, misfiled
from crmexport.errors import OutputError
from crmexport.pull import pull
from crmexport.source import Credentials
from tests.archive.test_archive import overwritten
from tests.toy import ToyServer, toy


@pytest.fixture
def pulled(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """An archive of the toy, whose connector passes for an installed one."""
    monkeypatch.setattr(module, "connector_names", lambda: ["toy"])
    monkeypatch.setattr(module, "connector_of", lambda archive: toy())
    incoming = tmp_path / "archive" / "files" / "incoming"
    pull(place, toy(), Credentials(token="t"), rate=0, line=ToyServer(incoming=incoming))
    return place


def told(place: Place) -> list[str]:
    with Archive.open(place) as archive:
        return list(misfiled(archive))


def test_a_sound_index_has_nothing_wrong(pulled: Place) -> None:
    assert told(pulled) == []


@pytest.mark.parametrize(
    "change",
    [
        "start = start + 1",
        "response = response + 1000",
        "parent_id = 'x'",
        "id = '4 or not'",
        "deleted = ''",
        "deleted = 1",
    ],
)
def test_what_is_misfiled_is_named(change: str, pulled: Place) -> None:
    overwritten(pulled, f"UPDATE records SET {change} WHERE stream = 'thing' AND id = '4'")
    renamed = change.startswith("id")
    assert told(pulled)[renamed:] == [
        f"What the index says of record thing {'4 or not' if renamed else '4'} is damaged."
    ]
    assert "Record thing 4 is in answer" in told(pulled)[0] or not renamed


def test_what_is_marked_as_deleted_is_sound(pulled: Place) -> None:
    overwritten(pulled, "UPDATE records SET deleted = '2026-11-30T10:00:00+00:00' WHERE id = '4'")
    assert told(pulled) == []


def test_what_is_missing_is_named_with_the_last_answer_that_has_it(pulled: Place) -> None:
    overwritten(pulled, "DELETE FROM records WHERE stream = 'thing' AND id IN ('4', '12')")
    first, second = told(pulled)
    assert first.startswith("Record thing 12 is in answer") and second.startswith(
        "Record thing 4 is in answer"
    )


def entries(number: int, first: int = 0) -> Iterator[Entry]:
    for id in range(first, number):
        yield "deal", f"{id:09d}", id // 100 + 1, id % 100 * 50, id % 100 * 50 + 49, None, None


def test_memory_stays_flat() -> None:
    """Forty thousand records, which would be some twenty megabytes; SQLite's own share is bounded and not seen here."""
    tracemalloc.start()
    try:
        assert list(differing(entries(20_000), entries(20_000, 1))) == [("deal", "000000000", 1)]
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_the_last_answer_counts_and_any_that_gave_it_will_do() -> None:
    once = ("deal", "1", 1, 0, 9, None, None)
    again = ("deal", "1", 2, 5, 14, None, None)
    assert list(differing([once, again], [once])) == list(differing([once, again], [again])) == []
    assert list(differing([once, again], [])) == [("deal", "1", 2)]
    under = ("deal", "1", 2, 5, 14, "task", "3")
    assert list(differing([once, again], [under])) == [("deal", "1", None)]


def test_without_room_a_sentence_says_so(pulled: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlite3

    def full(given: object, held: object) -> Iterator[object]:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(module, "differing", full)
    with pytest.raises(OutputError, match="disk is full"):
        told(pulled)
