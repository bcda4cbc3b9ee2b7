"""What a pull brought: how many records of each kind are new, say something else than before it, or are gone since."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import exists, func, select

from crmexport.archive.database import Database
from crmexport.archive.schema import records, responses, runs, versions
from crmexport.text import _, spaced


class News(NamedTuple):
    """Of one stream: records never held before, records that differ from what was held, records found to be deleted."""

    new: int = 0
    changed: int = 0
    deleted: int = 0


def news(database: Database, pull: int) -> dict[str, News] | None:
    """What the pull with this number brought, by stream; streams without news are left out. None for a first pull.

    New and changed are told apart by the answers that records stand in, not by a clock; deletions by this computer's own.
    """
    if pull <= 1:
        return None
    line = select(func.min(runs.c.started)).where(runs.c.pull == pull)
    began = database.connection.execute(line).scalar_one()
    latest = max(began, datetime.now(UTC).isoformat(timespec="seconds"))
    before = last_answer_before(database, pull)
    was_held = exists().where(
        versions.c.stream == records.c.stream, versions.c.id == records.c.id, versions.c.response <= before
    )
    came = records.c.response > before
    new = _counted(database, came, ~was_held)
    changed = _counted(database, came, was_held)
    # one that is dated to days to come was found by an earlier pull, on a night on which the clock was ahead
    deleted = _counted(database, records.c.deleted.between(began, latest))
    streams = sorted({*new, *changed, *deleted})
    return {name: News(*(found.get(name, 0) for found in (new, changed, deleted))) for name in streams}


def witnesses(database: Database) -> set[int]:
    """The versions by which `news` knows what the last pull changed from what it brought anew: of each record the last before it."""
    pull = int(database.connection.execute(select(func.max(runs.c.pull))).scalar() or 0)
    before = last_answer_before(database, pull)
    came = exists().where(
        records.c.stream == versions.c.stream, records.c.id == versions.c.id, records.c.response > before
    )
    line = select(func.max(versions.c.number)).where(versions.c.response <= before, came)
    return set(database.connection.execute(line.group_by(versions.c.stream, versions.c.id)).scalars())


def as_values(news: Mapping[str, News] | None) -> dict[str, dict[str, int]] | None:
    """As JSON values: stream → "new", "changed", "deleted"."""
    return None if news is None else {name: told._asdict() for name, told in news.items()}


def in_all(news: Mapping[str, News]) -> str:
    """All kinds together, in words."""
    new, changed, deleted = (spaced(sum(figures)) for figures in zip(News(), *news.values(), strict=True))
    return _("{new} new, {changed} changed, {deleted} deleted").format(
        new=new, changed=changed, deleted=deleted
    )


def last_answer_before(database: Database, pull: int) -> int:
    """The number of the last answer kept before `pull` began; 0 when there is none."""
    first = select(func.min(runs.c.id)).where(runs.c.pull == pull).scalar_subquery()
    line = select(responses.c.id).where(responses.c.run < first).order_by(responses.c.id.desc()).limit(1)
    return int(database.connection.execute(line).scalar() or 0)


def _counted(database: Database, *wanted: Any) -> dict[str, int]:
    line = select(records.c.stream, func.count()).where(*wanted).group_by(records.c.stream)
    return dict(tuple(row) for row in database.connection.execute(line))
