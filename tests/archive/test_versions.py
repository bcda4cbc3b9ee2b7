"""Old versions are kept, can be read, and are dropped only when nobody asked to keep their moment."""

import json
import shutil
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from crmexport.archive import Archive, Place, Source, place_of
from crmexport.archive.history import history
from crmexport.archive.news import News, news
from crmexport.archive.prune import Keep, kept_moments, prune
from crmexport.archive.sqlite import SQLite
from crmexport.errors import ConfigurationError, OutputError
from tests.conftest import Naming, address
from tests.pull.test_sealing import Company

DAY = timedelta(days=1)
FIRST = datetime.fromisoformat("2026-01-01T03:00:00+00:00")


@pytest.fixture(scope="module")
def forty_days(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of a company of which every day a backup was taken; one thing was renamed every day."""
    return lasting(Company(tmp_path_factory.mktemp("company") / "archive"), 40).folder


@pytest.fixture
def backups(forty_days: Path, tmp_path: Path) -> Path:
    """A copy of it, to do with as one likes."""
    return shutil.copytree(forty_days, tmp_path / "archive")


def lasting(company: Company, days: int) -> Company:
    for day in range(days):
        company.change("1", name=f"name of day {day}")
        company.pull(full=True)
        _date(company.place, FIRST + day * DAY)
        company.clock.now += DAY.total_seconds()
    return company


def _date(place: Place, moment: datetime) -> None:
    """Let what was kept last have been kept at `moment`: the journal goes by the real time."""
    told = moment.isoformat(timespec="seconds")
    last = "(SELECT max(id) FROM runs)"
    with Archive.open(place) as archive, archive.database.transaction():
        for line in (
            f"UPDATE responses SET received = :told WHERE run = {last}",
            f"UPDATE runs SET ended = :told WHERE id = {last}",
            "UPDATE versions SET replaced = :told WHERE number = (SELECT max(number) FROM versions) AND replaced > :told",
        ):
            archive.database.connection.execute(text(line), {"told": told})


def names(place: Place) -> list[str]:
    with Archive.open(place) as archive:
        return [json.loads(version.body)["name"] for version in history(archive, "thing", "1").versions]


def test_every_version_is_there_oldest_first(backups: Path) -> None:
    assert names(backups) == [f"name of day {day}" for day in range(40)]


def test_a_record_is_found_under_the_name_of_what_it_becomes(backups: Path) -> None:
    with Archive.open(backups) as archive:
        assert len(history(archive, "company", "1", {"thing", "nothing"}).versions) == 40


@pytest.mark.parametrize(
    ("stream", "others", "told"),
    [
        ("thing", (), "no thing with the number 4711. The number is the source's own"),
        ("company", ("thing",), "no company with the number 4711. The number is the source's own"),
        ("thnig", (), "nothing that is called thnig. It holds: .*thing"),
    ],
)
def test_what_is_not_held_has_no_history(
    backups: Path, stream: str, others: tuple[str, ...], told: str
) -> None:
    with Archive.open(backups) as archive, pytest.raises(ConfigurationError, match=told):
        history(archive, stream, "4711", others)


def test_what_there_is_is_named_as_people_know_it(backups: Path) -> None:
    with Archive.open(backups) as archive, pytest.raises(ConfigurationError, match="It holds: .*Dinge"):
        history(archive, "Ding", "1", titles={"thing": "Dinge"})


def test_pruning_keeps_what_the_kept_moments_show(backups: Path) -> None:
    with Archive.open(backups, alone=True) as archive:
        pruned = prune(archive, Keep(daily=3, weekly=2, monthly=2))
        assert list(archive.check()) == []
    kept = names(backups)
    assert kept == [f"name of day {day}" for day in (30, 37, 38, 39)]
    assert len(pruned.moments) == len(kept) and pruned.versions == 40 - len(kept) and pruned.bytes > 0


@pytest.mark.parametrize("outcome", ["failed", "interrupted"])
def test_a_pull_that_has_not_ended_takes_no_place_of_one_that_has(backups: Path, outcome: str) -> None:
    """Else some nights without the source would cost the history of all good ones."""
    with Archive.open(backups, alone=True) as archive:
        with archive.database.transaction():
            archive.database.connection.execute(text(f"UPDATE runs SET outcome = '{outcome}' WHERE id > 37"))
        assert [moment[:10] for moment in prune(archive, Keep(daily=2)).moments] == [
            "2026-02-05",
            "2026-02-06",
        ]
    assert names(backups)[:2] == ["name of day 35", "name of day 36"]


def test_answers_from_which_nothing_is_held_go_but_for_those_of_the_last_whole_pull(tmp_path: Path) -> None:
    """The second one here, of whose answers none is current either. What the last pull replaced stays with its answer."""
    company = Company(tmp_path / "archive")
    for day in range(6):
        company.change("1", name=f"name of day {day}")
        company.pull(full=day < 2)
        company.clock.now += DAY.total_seconds()
    before = answers(company.place)
    with Archive.open(company.place, alone=True) as archive:
        assert prune(archive, Keep(daily=1)).answers == 2
    assert before - answers(company.place) == {3: 1, 4: 1}
    assert company.names() == company.truth


def answers(place: Place) -> Counter[int]:
    """How many are kept of each pull."""
    with Archive.open(place) as archive:
        line = text("SELECT runs.pull FROM responses JOIN runs ON runs.id = responses.run")
        return Counter(archive.database.connection.execute(line).scalars())


def test_an_archive_in_postgresql_is_pruned_alike(postgresql: str, tmp_path: Path) -> None:
    place = place_of(address(postgresql, tmp_path / "archive"))
    lasting(Company(tmp_path / "archive", place), 6)
    with Archive.open(place, alone=True) as archive:
        assert prune(archive, Keep(daily=2), really=False).versions == 4
        assert prune(archive, Keep(daily=2)).versions == 4
        assert list(archive.check()) == []
    assert names(place) == ["name of day 4", "name of day 5"]


def test_room_is_given_back(naming: Naming, tmp_path: Path) -> None:
    with Archive.open_for(
        place_of(naming(tmp_path / "archive")), Source("toy", "https://toy.example")
    ) as archive:
        insert = "INSERT INTO announced (stream, scope, number, seen) VALUES (:stream, 'x', 1, 1)"
        with archive.database.transaction():
            rows = [{"stream": str(number) * 100} for number in range(2000)]
            archive.database.connection.execute(text(insert), rows)
        archive.database.give_back()
        full = archive.database.size()
        with archive.database.transaction():
            archive.database.connection.execute(text("DELETE FROM announced"))
        until = time.monotonic() + 60  # a server keeps what another test's transaction may still see
        while archive.database.size() > full - 200_000 and time.monotonic() < until:
            archive.database.give_back()
        assert archive.database.size() <= full - 200_000


def test_room_that_could_not_be_given_back_is_given_the_next_time(
    backups: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever prunes has a full disk, and for a moment the database is there twice."""
    replaced = backups / "files" / "ab" / ("ab" * 32)
    replaced.parent.mkdir(parents=True)
    replaced.write_bytes(b"x")

    def full(_database: object) -> None:
        raise OutputError("no room")

    with Archive.open(backups, alone=True) as archive:
        with monkeypatch.context() as patch, pytest.raises(OutputError):
            patch.setattr(SQLite, "give_back", full)
            prune(archive, Keep(daily=1))
        assert not replaced.exists(), "what needs no room goes before what does"
        before = archive.database.size()
        assert prune(archive, Keep(daily=1)).versions == 0
        assert archive.database.size() < before
        monkeypatch.setattr(SQLite, "give_back", full)
        prune(archive, Keep(daily=1))


def test_a_dry_run_drops_nothing(backups: Path) -> None:
    with Archive.open(backups) as archive:
        assert prune(archive, Keep(daily=1), really=False).versions == 38
    assert len(names(backups)) == 40


def test_pruning_does_not_change_what_the_last_pull_brought(naming: Naming, tmp_path: Path) -> None:
    place = place_of(naming(tmp_path / "archive"))
    company = lasting(Company(tmp_path / "archive", place), 4)
    company.change("1", name="changed")
    company.change("5000", name="new")
    brought = company.pull(full=True).news
    assert brought == {"thing": News(new=1, changed=1)}
    with Archive.open(place, alone=True) as archive:
        last = archive.runs()[-1]["pull"]
        assert prune(archive, Keep(monthly=1)).versions == 3
        assert news(archive.database, last) == brought
        assert list(archive.check()) == []
        assert prune(archive, Keep(monthly=1)).versions == 0


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
