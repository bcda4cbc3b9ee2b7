"""What a person accepted as missing: remembered one by one, and no longer than it is missing."""

import json
from pathlib import Path

import pytest

from crmexport.archive import Archive, Source
from crmexport.archive.accepted import ENTRY, Accepted, accept, accepted, narrow, withdraw
from crmexport.archive.extent import UNLISTED, extent
from crmexport.source import Gap, GapKind

ONE = Gap("deal", "1", GapKind.REFUSED, "403")
TWO = Gap("deal", "2", GapKind.REFUSED, "403")
GONE = Gap("deal", "3", GapKind.VANISHED, "404")


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.open_for(tmp_path / "archive", Source("megaplan", "https://example.org", {}))


def kept(archive: Archive, *gaps: Gap, unexplained: dict[str, int] | None = None) -> Accepted:
    with archive.database.transaction():
        accept(archive.database, gaps, unexplained or {}, "Anna")
    found = accepted(archive.database)
    assert found is not None
    return found


def narrowed(archive: Archive, *gaps: Gap, unexplained: dict[str, int] | None = None) -> Accepted | None:
    with archive.database.transaction():
        told = narrow(archive.database, gaps, unexplained or {})
    assert told == accepted(archive.database)
    return told


def test_what_was_accepted_is_covered_and_nothing_else(archive: Archive) -> None:
    known = kept(archive, ONE, GONE, unexplained={"comment": 2})
    assert known.note == "Anna" and known.at.endswith("+00:00")
    assert known.covers([ONE, GONE], {"comment": 2}) and known.covers([], {"comment": 1})
    assert not known.covers([ONE, TWO], {})
    assert not known.covers([ONE], {"comment": 3})
    assert not known.covers([ONE], {"task": 1})


def test_the_reason_may_change_from_night_to_night(archive: Archive) -> None:
    known = kept(archive, ONE)
    assert known.covers([ONE._replace(kind=GapKind.BROKEN, reason="500 at two in the morning")], {})


def unlisted(missing: int) -> Gap:
    words = f"{missing} of 200 records are not shown any more. They were deleted, or …"
    return Gap("deal", UNLISTED, GapKind.REFUSED, words)


def test_more_of_what_is_counted_is_news(archive: Archive) -> None:
    """Its gap keeps its name, and that alone was accepted."""
    known = kept(archive, unlisted(25))
    for number, is_covered in ((24, True), (25, True), (26, False), (190, False)):
        now = extent(archive.database, [unlisted(number)])
        assert known.covers([unlisted(number)], {}, now) is known.has(unlisted(number), now) is is_covered
    left = narrowed(archive, unlisted(10))
    assert left is not None and not left.has(unlisted(11), extent(archive.database, [unlisted(11)]))


def test_what_an_earlier_version_kept_is_accepted_but_for_what_stands_for_many(archive: Archive) -> None:
    """It did not keep how far a loss reached."""
    kept(archive, ONE, unlisted(25), unexplained={"comment": 2})
    told = json.loads(archive.database.about()[ENTRY])
    del told["parts"], told["counted"]
    with archive.database.transaction():
        archive.database.note_about(ENTRY, json.dumps(told))
    known, now = accepted(archive.database), extent(archive.database, [ONE, unlisted(25)])
    assert known is not None and known.note == "Anna"
    assert known.has(ONE, now) and known.covers([ONE], {"comment": 2}, extent(archive.database, [ONE]))
    assert not known.has(unlisted(25), now) and not known.covers([ONE, unlisted(25)], {}, now)


def test_what_is_no_loss_is_not_accepted_in_advance(archive: Archive) -> None:
    """Should the record come back and be refused then, that is news."""
    known = kept(archive, ONE, GONE)
    assert not known.has(GONE) and not known.covers([GONE._replace(kind=GapKind.REFUSED)], {})


def test_what_comes_after_all_is_accepted_no_more(archive: Archive) -> None:
    kept(archive, ONE, TWO, unexplained={"comment": 2, "task": 1})
    left = narrowed(archive, TWO, unexplained={"comment": 1})
    assert left is not None and left.covers([TWO], {"comment": 1})
    assert not left.covers([ONE], {})
    assert not left.covers([], {"comment": 2}) and not left.covers([], {"task": 1})
    assert left.note == "Anna"


def test_nothing_accepted_stays_nothing(archive: Archive) -> None:
    assert accepted(archive.database) is None
    assert narrowed(archive, ONE) is None
    assert ENTRY not in archive.database.about()


def test_it_can_be_taken_back(archive: Archive) -> None:
    kept(archive, ONE)
    with archive.database.transaction():
        withdraw(archive.database)
    assert accepted(archive.database) is None


@pytest.mark.parametrize(
    "words", ["{}", "[]", "nonsense", '{"at": 1, "note": "", "losses": [], "unexplained": 3}']
)
def test_an_entry_that_cannot_be_read_accepts_nothing(archive: Archive, words: str) -> None:
    with archive.database.transaction():
        archive.database.note_about(ENTRY, words)
    assert accepted(archive.database) is None
