"""Which pass comes next, by what the passes before it were: everything or changes, changes until it is quiet, a sweep."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from crmexport.archive.journal import Kind, Pass
from crmexport.pull.passes import (
    MOST_LOOKS,
    MOST_LOOKS_IN_ALL,
    OVERLAP,
    SWEEP_AFTER,
    following,
    is_old,
    overlapping,
    reach_back,
)

ALL, NEWS, IDS = Kind.EVERYTHING, Kind.CHANGES, Kind.SWEEP
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
WEEK = timedelta(days=7)


def pass_(
    id: int, kind: Kind, changed: int = 0, started: datetime = NOON, since: datetime | None = None
) -> Pass:
    return Pass(id, 1, kind, since, started, started, changed)


def passes(*kinds: Kind, changed: int = 0, started: datetime = NOON, first: int = 1) -> list[Pass]:
    return [pass_(first + place, kind, changed, started) for place, kind in enumerate(kinds)]


def test_everything_is_looked_at_once_more_though_nothing_changed() -> None:
    assert following(passes(ALL), [], can_sweep=True) is NEWS
    assert following(passes(ALL), [], can_sweep=False) is NEWS


def test_while_something_changes_it_is_looked_at_again_but_not_for_ever() -> None:
    busy = passes(ALL, *[NEWS] * MOST_LOOKS, changed=1)
    assert [following(busy[:most], [], can_sweep=False) for most in range(1, len(busy) + 1)] == [
        *[NEWS] * MOST_LOOKS,
        None,
    ]
    assert following(passes(NEWS, *[NEWS] * (MOST_LOOKS - 1), changed=1), [], can_sweep=False) is NEWS
    assert following(passes(NEWS), [], can_sweep=False) is None


def test_a_sweep_follows_everything_once() -> None:
    assert following(passes(ALL, NEWS), [], can_sweep=True) is IDS
    assert following(passes(ALL, NEWS), [], can_sweep=False) is None
    assert following(passes(ALL, NEWS, IDS), [], can_sweep=True) is None
    assert following(passes(ALL, NEWS), passes(ALL, NEWS, IDS, first=-9), can_sweep=True) is IDS


@pytest.mark.parametrize(
    ("taken_up", "later", "old"),
    [(3, 2, True), (3, -2, True), (3, 0.5, False), (2, 2, True), (1, 2, False), (0, 2, False)],
)
def test_a_look_that_an_earlier_run_began_grows_old(taken_up: int, later: float, old: bool) -> None:
    """One of this run does not, however long it lasts: else a pull would look for ever."""
    assert is_old(passes(ALL, NEWS, IDS), taken_up, NOON + timedelta(hours=later)) is old


def test_after_an_old_look_there_is_another_and_the_sweep_is_not_repeated() -> None:
    often = passes(ALL, *[NEWS] * MOST_LOOKS, changed=1)
    assert following(often, [], can_sweep=True, is_old=True) is NEWS
    assert following(passes(ALL, NEWS, IDS), [], can_sweep=True, is_old=True) is NEWS
    assert following(passes(ALL, NEWS, IDS, NEWS), [], can_sweep=True) is None


def test_looks_of_which_each_outlasts_a_run_come_to_an_end() -> None:
    """Where an hour a night is too short for one, the sweep would never come, nor the end of the pull."""
    often = passes(ALL, *[NEWS] * MOST_LOOKS_IN_ALL, changed=1)
    assert following(often[:-1], [], can_sweep=True, is_old=True) is NEWS
    assert following(often, [], can_sweep=True, is_old=True) is IDS


def test_what_a_sweep_met_as_changed_is_not_looked_at_again() -> None:
    swept = [*passes(ALL, NEWS), pass_(3, IDS, changed=1)]
    assert following(swept, [], can_sweep=True) is None


@pytest.mark.parametrize(
    ("since", "kind"),
    [(None, IDS), (timedelta(), None), (SWEEP_AFTER - timedelta(hours=1), None), (SWEEP_AFTER, IDS)],
)
def test_after_changes_a_sweep_is_due_every_week(since: timedelta | None, kind: Kind | None) -> None:
    """Since the last one, whatever passes came after it."""
    swept = passes(IDS, started=NOON - WEEK * 9) + passes(IDS, first=2, started=NOON - (since or timedelta()))
    before = [*(swept if since is not None else []), *passes(NEWS, first=3, started=NOON - WEEK)]
    assert following(passes(NEWS, first=4), before, can_sweep=True) is kind


def test_what_the_archive_lacks_makes_a_sweep_due_at_once() -> None:
    before = passes(ALL, NEWS, IDS)
    assert following(passes(NEWS, first=4), before, can_sweep=True, lacks=lambda: True) is IDS
    assert following(passes(NEWS, IDS, first=4), before, can_sweep=True, lacks=lambda: True) is None


@pytest.mark.parametrize(("new_since", "kind"), [(None, None), (0, None), (2, ALL), (3, ALL)])
def test_who_is_new_is_asked_for_everything_once(new_since: int | None, kind: Kind | None) -> None:
    """That is, from the first pass on that others had no part in; here everything was asked in the second."""
    asked = passes(NEWS, ALL, NEWS)
    assert following(asked, [], can_sweep=False, new_since=new_since) is kind
    assert following(asked, [], can_sweep=False, behind=True) is ALL


def test_it_is_enough_that_the_first_or_the_last_of_these_asked_for_everything() -> None:
    assert following(passes(ALL, NEWS), [], can_sweep=False, new_since=0) is None
    assert following(passes(NEWS, ALL), [], can_sweep=False, new_since=0) is NEWS
    assert following(passes(NEWS, ALL, NEWS, NEWS, changed=1), [], can_sweep=False) is NEWS, (
        "no look was lost to it"
    )


def test_after_everything_asked_once_more_the_ids_are_swept_anew() -> None:
    assert following(passes(ALL, NEWS, IDS, ALL, NEWS), [], can_sweep=True) is IDS


@pytest.mark.parametrize(
    ("pull", "moment", "reach"),
    [
        ([pass_(1, ALL)], NOON, True),
        ([pass_(1, ALL)], None, True),
        ([pass_(1, NEWS, since=NOON)], None, False),
        ([pass_(1, NEWS, since=NOON)], NOON, False),
        ([pass_(1, NEWS, since=NOON - OVERLAP)], NOON, True),
        ([pass_(1, NEWS, since=NOON), pass_(2, NEWS, since=NOON - WEEK)], NOON, True),
        ([pass_(1, NEWS, since=NOON), pass_(2, IDS)], NOON, False),
    ],
)
def test_passes_reach_back_as_far_as_the_one_that_asked_for_most(
    pull: Sequence[Pass], moment: datetime | None, reach: bool
) -> None:
    assert reach_back(pull, moment) is reach


def test_changes_are_asked_for_since_a_little_before() -> None:
    assert overlapping(NOON) == NOON - OVERLAP
    assert overlapping(None) is None
