"""Old versions are kept, can be read, and are dropped only when nobody asked to keep their moment."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from crmexport.archive import Archive
from crmexport.archive.history import history
from crmexport.archive.prune import Keep, kept_moments, prune
from crmexport.errors import ConfigurationError
from tests.pull.test_sealing import Company

DAY = timedelta(days=1)
FIRST = datetime.fromisoformat("2026-01-01T03:00:00+00:00")


@pytest.fixture
def company(tmp_path: Path) -> Company:
    """A company of which every day a backup is taken, for forty days; one thing is renamed every day."""
    company = Company(tmp_path / "archive")
    for day in range(40):
        company.change("1", name=f"name of day {day}")
        company.pull(full=True)
        _date(company.folder, FIRST + day * DAY)
        company.clock.now += DAY.total_seconds()
    return company


def _date(folder: Path, moment: datetime) -> None:
    """Let what was kept last have been kept at `moment`: the journal goes by the real time."""
    told = moment.isoformat(timespec="seconds")
    with Archive.open(folder) as archive, archive.database.transaction():
        line = archive.database.connection.exec_driver_sql
        line("UPDATE responses SET received = ? WHERE run = (SELECT max(id) FROM runs)", (told,))
        line("UPDATE runs SET ended = ? WHERE id = (SELECT max(id) FROM runs)", (told,))
        line(
            "UPDATE versions SET replaced = ? WHERE number = (SELECT max(number) FROM versions) AND replaced > ?",
            (told, told),
        )


def names(folder: Path) -> list[str]:
    with Archive.open(folder) as archive:
        return [json.loads(version.body)["name"] for version in history(archive, "thing", "1").versions]


def test_every_version_is_there_oldest_first(company: Company) -> None:
    assert names(company.folder) == [f"name of day {day}" for day in range(40)]


def test_what_is_not_held_has_no_history(company: Company) -> None:
    with Archive.open(company.folder) as archive, pytest.raises(ConfigurationError, match="no thing"):
        history(archive, "thing", "4711")


def test_pruning_keeps_what_the_kept_moments_show(company: Company) -> None:
    with Archive.open(company.folder) as archive:
        pruned = prune(archive, Keep(daily=3, weekly=2, monthly=2))
        assert list(archive.check()) == []
    kept = names(company.folder)
    assert kept == [f"name of day {day}" for day in (30, 37, 38, 39)]
    assert len(pruned.moments) == len(kept) and pruned.versions == 40 - len(kept) and pruned.bytes > 0


def test_a_dry_run_drops_nothing(company: Company) -> None:
    with Archive.open(company.folder) as archive:
        assert prune(archive, Keep(daily=1), really=False).versions == 39
    assert len(names(company.folder)) == 40


def test_the_last_of_each_period_is_kept() -> None:
    moments = [(FIRST + day * DAY).isoformat() for day in range(60)]
    assert kept_moments(moments, Keep(daily=2)) == moments[-2:]
    assert [told[:10] for told in kept_moments(moments, Keep(weekly=2))] == ["2026-02-22", "2026-03-01"]
    assert [told[:10] for told in kept_moments(moments, Keep(monthly=3))] == [
        "2026-01-31",
        "2026-02-28",
        "2026-03-01",
    ]
    assert kept_moments([], Keep(daily=1)) == []
