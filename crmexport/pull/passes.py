"""Which pass comes next: everything or the changes first, then changes until it is quiet, then a sweep of all ids.

When the last of them has ended, the archive is sealed: it holds the account as it was when the last look for changes began.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from crmexport.archive.journal import CONTENT, Kind, Pass

MOST_LOOKS = 3  # in a company at work it never gets quite quiet
MOST_LOOKS_IN_ALL = 9  # where none fits into one run, each would be old when it ends, for ever
OVERLAP = timedelta(hours=1)  # our clock and the source's may differ
SWEEP_AFTER = timedelta(days=6, hours=12)  # once a week; no night begins just when the last one did


def following(
    pull: Sequence[Pass],
    before: Sequence[Pass],
    *,
    can_sweep: bool,
    lacks: Callable[[], bool] = lambda: False,
    new_since: int | None = None,
    behind: bool = False,
    is_old: bool = False,
) -> Kind | None:
    """What the next pass of a pull asks for, or None when it is sealed.

    `pull` are the passes it has made so far, all ended; `before` those of earlier pulls.

    A pull that began with the changes asks for everything

    - when the archive is `behind`: last asked for everything by an earlier revision of the connector;
    - when another person has signed in, `new_since` the pass of that number: what that one is shown besides has not changed.

    One that was stopped and is taken up when its last look `is_old` looks once more, be it quiet: who starts it wants what is there
    now. But not for ever.

    A sweep is due at once when the archive `lacks` announced records of which nothing is known. That is looked up only where nothing
    else decides.
    """
    if behind:
        return Kind.EVERYTHING
    if new_since is not None and all(one.kind is not Kind.EVERYTHING for one in pull if one.id > new_since):
        return Kind.EVERYTHING
    looks = [one for one in pull[1:] if one.kind is Kind.CHANGES]
    last = [one for one in pull if one.kind in CONTENT][-1]
    is_first_look = last.kind is Kind.EVERYTHING
    most = MOST_LOOKS_IN_ALL if is_old else MOST_LOOKS
    if is_first_look or ((is_old or last.changed) and len(looks) < most):
        return Kind.CHANGES
    whole = max((one.id for one in pull if one.kind is Kind.EVERYTHING), default=0)
    if not can_sweep or any(one.kind is Kind.SWEEP and one.id > whole for one in pull):
        return None
    swept, now = [_end(one) for one in before if one.kind is Kind.SWEEP], _end(last)
    is_young = bool(swept) and swept[-1] <= now + OVERLAP and now - swept[-1] < SWEEP_AFTER
    return Kind.SWEEP if not is_young or pull[0].kind is Kind.EVERYTHING or lacks() else None


def is_old(pull: Sequence[Pass], taken_up: int, now: datetime) -> bool:
    """Whether the last look of a pull was begun before a run took it up after the pass `taken_up`, and not just before; `now` is by the slower clock."""
    last = [one for one in pull if one.kind in CONTENT][-1]
    return last.id <= taken_up and abs(now - last.started) > OVERLAP


def _end(pass_: Pass) -> datetime:
    """When a pass ended, which the source's clock tells, whatever ours does."""
    return pass_.ended or pass_.started


def reach_back(pull: Sequence[Pass], moment: datetime | None) -> bool:
    """Whether any of these passes asked for all that changed since a moment; None: since ever."""
    content = [one.since for one in pull if one.kind in CONTENT]
    return any(since is None or (moment is not None and since <= moment - OVERLAP) for since in content)


def latest(ours: datetime, theirs: datetime) -> datetime:
    """What was written down as later than this, by our clock or the source's, a clock wrote that ran ahead."""
    return max(ours, theirs) + OVERLAP


def overlapping(moment: datetime | None) -> datetime | None:
    """The moment since which to ask for changes."""
    return moment - OVERLAP if moment else None
