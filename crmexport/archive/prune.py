"""Make an archive of many backups smaller: versions that no kept moment shows are dropped. What is current always stays.

Kept are the last pull of each of the last so many days, weeks and months in which there was one, and what the last pull replaced:
else nobody could tell what it changed from what it brought anew; and all of streams of which fields come no more. All answers of the last whole pull stay, too. Of files that
the source has replaced, only the bytes of today are in use; those of before go.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete, exists, func, select

from crmexport.archive import schema
from crmexport.archive.journal import ENDED, Kind
from crmexport.archive.news import witnesses
from crmexport.archive.store import Archive
from crmexport.archive.withheld import noted
from crmexport.disk import remove

BATCH = 500


@dataclass(frozen=True, slots=True)
class Keep:
    """For how many days, weeks and months the last pull of each is kept."""

    daily: int = 0
    weekly: int = 0
    monthly: int = 0


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was dropped, or would be: versions, whole answers, and bytes of the database file; replaced files, and their bytes."""

    moments: list[str]
    versions: int
    answers: int
    bytes: int
    files: int = 0
    file_bytes: int = 0


_PERIODS: dict[str, Callable[[datetime], object]] = {
    "daily": lambda moment: moment.date(),
    "weekly": lambda moment: moment.isocalendar()[:2],
    "monthly": lambda moment: (moment.year, moment.month),
}


def kept_moments(moments: Iterable[str], keep: Keep) -> list[str]:
    """Those of `moments` (ISO 8601) that are kept: the last of each period, as many periods as asked for; the very last always."""
    newest_first = sorted(set(moments), reverse=True)
    kept = set(newest_first[:1])
    for name, period in _PERIODS.items():
        last_of: dict[object, str] = {}
        for moment in newest_first:
            last_of.setdefault(period(datetime.fromisoformat(moment)), moment)
        kept |= set(list(last_of.values())[: getattr(keep, name)])
    return sorted(kept)


def prune(archive: Archive, keep: Keep, *, really: bool = True) -> Pruned:
    """Drop what is not kept, in one transaction, then give the space back. Without `really`, only say what would go.

    The caller holds the archive's lock.
    """
    database = archive.database
    before = database.size()
    ended = (run["ended"] for run in archive.runs() if run["outcome"] in ENDED)
    moments = kept_moments(ended, keep)
    with database.transaction():
        replaced = _replaced_files(archive)
        versions = _drop(archive, schema.versions.c.number, _unneeded_versions(archive, moments))
        answers = _drop(archive, schema.responses.c.id, _unneeded_answers(archive))
        if not really:
            database.connection.rollback()
        database.must_be_there()
    sizes = [path.stat().st_size for path in replaced]
    # before the database, which needs as much room to be written anew
    for path in replaced if really else ():
        remove(path)
    if really and (versions or answers or database.has_holes()):
        database.give_back()
    return Pruned(moments, versions, answers, before - database.size(), len(sizes), sum(sizes))


def _replaced_files(archive: Archive) -> list[Path]:
    """The bytes that are those of no file any more. While any file waits for new bytes, none: its old ones may stay all there is of it."""
    files = schema.files.c
    held = set(
        archive.database.connection.execute(select(files.sha256).where(files.bytes.is_not(None))).scalars()
    )
    return [] if None in held else [path for path in archive.content.all() if path.name not in held]


def _unneeded_versions(archive: Archive, moments: Sequence[str]) -> list[int]:
    """The versions that were not current at any of `moments`, nor when the last pull began."""
    versions, answers = schema.versions, schema.responses
    line = (
        select(versions.c.number, answers.c.received, versions.c.replaced)
        .join(answers, answers.c.id == versions.c.response)
        .where(versions.c.stream.not_in(noted(archive.database)))
    )
    needed = witnesses(archive.database)
    return [
        number
        for number, received, replaced in archive.database.connection.execute(line)
        if number not in needed and bisect_left(moments, received) == bisect_left(moments, replaced)
    ]


def _unneeded_answers(archive: Archive) -> list[int]:
    """The answers of earlier pulls in which no record or version lies any more.

    Those of the last whole pull stay: records may lie in them that a later version finds (`rebuild`), and it alone.
    """
    answers, records, versions, runs, passes = (
        schema.responses,
        schema.records,
        schema.versions,
        schema.runs,
        schema.passes,
    )
    last = select(func.max(runs.c.pull)).scalar_subquery()
    is_whole = passes.c.kind == Kind.EVERYTHING, passes.c.ended.is_not(None)
    whole = select(func.max(passes.c.pull)).where(*is_whole).scalar_subquery()
    unneeded = select(answers.c.id).where(
        answers.c.run.not_in(select(runs.c.id).where(runs.c.pull.in_([last, whole]))),
        ~exists().where(records.c.response == answers.c.id),
        ~exists().where(versions.c.response == answers.c.id),
    )
    return list(archive.database.connection.execute(unneeded).scalars())


def _drop(archive: Archive, number: Any, unneeded: list[int]) -> int:
    for start in range(0, len(unneeded), BATCH):
        gone = delete(number.table).where(number.in_(unneeded[start : start + BATCH]))
        archive.database.connection.execute(gone)
    return len(unneeded)
