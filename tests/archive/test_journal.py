"""Pulls, passes and runs: which has ended, who may go on with it, and of which moment the archive is true."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from crmexport.archive import Archive, Source
from crmexport.archive.journal import Journal, Kind, Outcome, Pass, as_of
from crmexport.archive.schema import runs

NOW = datetime(2026, 11, 29, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
EVERYTHING, CHANGES, SWEEP = Kind


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open_for(tmp_path, Source("toy", "https://toy.example")) as archive:
        yield archive


@pytest.fixture
def journal(archive: Archive) -> Iterator[Journal]:
    with archive.database.transaction():
        yield Journal(archive.database)


def passes(*told: tuple[Kind, int, bool]) -> list[Pass]:
    """Passes by kind, the hour in which each began, and whether it has ended."""
    return [
        Pass(number, 1, kind, None, NOW + hour * HOUR, NOW if ended else None, 0)
        for number, (kind, hour, ended) in enumerate(told)
    ]


@pytest.mark.parametrize(
    ("told", "latest", "hour"),
    [
        ([], None, None),
        ([(EVERYTHING, 1, False)], None, None),
        ([(EVERYTHING, 1, True)], None, 1),
        ([(EVERYTHING, 1, True), (CHANGES, 2, True)], None, 2),
        ([(EVERYTHING, 1, True), (CHANGES, 2, False)], None, 1),
        ([(EVERYTHING, 1, True), (SWEEP, 2, True)], None, 1),
        ([(EVERYTHING, 1, True), (CHANGES, 5, True)], 4, 1),
        ([(EVERYTHING, 1, True), (CHANGES, 4, True)], 4, 4),
        ([(EVERYTHING, 5, True)], 4, None),
    ],
)
def test_an_archive_is_true_of_when_the_last_look_that_has_ended_began(
    told: list[tuple[Kind, int, bool]], latest: int | None, hour: int | None
) -> None:
    """One that seems to have begun in the future was written down by a clock that ran ahead."""
    found = as_of(passes(*told), None if latest is None else NOW + latest * HOUR)
    assert found == (None if hour is None else NOW + hour * HOUR)


def test_a_pull_has_ended_when_its_last_run_came_to_the_end(journal: Journal) -> None:
    assert journal.last_pull() == (0, True)
    for outcome, has_ended in zip(Outcome, (True, True, False, False), strict=True):
        run = journal.begin(7)
        assert journal.last_pull() == (7, False)
        journal.end(run, outcome, 3)
        assert journal.last_pull() == (7, has_ended)


def test_a_run_that_ends_leaves_the_others_as_they_are(archive: Archive, journal: Journal) -> None:
    first, second = journal.begin(1), journal.begin(1)
    journal.end(second, Outcome.GAPS, 5)
    told = {run["id"]: (run["outcome"], run["ended"] is None, run["requests"]) for run in archive.runs()}
    assert told == {first: (None, True, 0), second: ("gaps", False, 5)}


@pytest.mark.parametrize(("ago", "may"), [(0, False), (30, False), (70, True), (-70, True)])
def test_who_starts_a_killed_run_again_within_a_minute_is_the_same(
    archive: Archive, journal: Journal, ago: float, may: bool
) -> None:
    """How long ago it was is not known where the clock has been set back since."""
    assert journal.may_change_hands()
    run = journal.begin(1)
    started = datetime.now(UTC) - timedelta(seconds=ago)
    archive.database.connection.execute(update(runs).values(started=started.isoformat()))
    assert journal.may_change_hands() is may
    journal.end(run, Outcome.FAILED, 0)
    assert journal.may_change_hands()


@pytest.mark.parametrize(("skew", "seconds"), [(0.0, 0), (5.0, 0), (-5.0, 0), (90.0, 0), (-90.0, -90)])
def test_a_pass_begins_by_the_clock_that_is_behind_and_ends_by_the_sources(
    journal: Journal, skew: float, seconds: int
) -> None:
    """Headers tell whole seconds, and answers travel: a few of them say nothing."""
    others = [journal.begin_pass(1, EVERYTHING, None, NOW.timestamp())]
    number = journal.begin_pass(2, CHANGES, NOW - HOUR, NOW.timestamp()).id
    others.append(journal.begin_pass(3, SWEEP, None, NOW.timestamp()))
    journal.found_begun(number, (NOW + HOUR).timestamp(), skew)
    journal.end_pass(number, (NOW + 2 * HOUR).timestamp(), skew)
    (mine,) = journal.passes(2)
    began = NOW + HOUR + timedelta(seconds=seconds)
    ended = NOW + 2 * HOUR + timedelta(seconds=skew if abs(skew) > 5 else 0)
    assert mine == Pass(number, 2, CHANGES, NOW - HOUR, began, ended, 0)
    assert journal.passes() == [others[0], mine, others[1]]
