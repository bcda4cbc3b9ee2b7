"""Every command takes an archive in PostgreSQL, and writes from it, byte for byte, what it writes from a folder."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from crmexport_megaplan import Megaplan
from crmexport_megaplan.sandbox import MegaplanSandbox
from sqlalchemy import select

from crmexport.archive import Archive, Place, place_of
from crmexport.archive.schema import metadata
from crmexport.errors import ExitCode
from crmexport.pull import pull
from crmexport.source import Account, Credentials
from tests.cli.conftest import Run
from tests.conftest import address

TARGETS = ("--to", "excel", "--to", "csv", "--to", "bitrix24", "--to", "raw")


@pytest.fixture(scope="module")
def box() -> Iterator[tuple[MegaplanSandbox, str]]:
    box = MegaplanSandbox(cards=80, tasks=60, comments=120)
    with box.running() as url:
        yield box, url


def written(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def copy(place: Place, copied: Place) -> None:
    """The tables of one archive in another, row by row, and its files."""
    with Archive.open(place) as archive:
        with Archive.open_for(copied, archive.source) as other, other.database.transaction():
            for table in metadata.sorted_tables:
                rows = [dict(row._mapping) for row in archive.database.connection.execute(select(table))]
                if rows and table.name != "about":
                    other.database.connection.execute(table.insert(), rows)
        shutil.copytree(archive.folder / "files", other.folder / "files")


def test_the_same_archive_gives_the_same_bytes(
    box: tuple[MegaplanSandbox, str], run: Run, postgresql: str, tmp_path: Path
) -> None:
    sandbox, url = box
    pull(tmp_path / "folder", Megaplan(Account(url)), Credentials(token=sandbox.token), rate=0)
    typed = address(postgresql, tmp_path / "beside")
    copy(tmp_path / "folder", place_of(typed))
    for archive, out in (("folder", "one"), (typed, "other")):
        assert run("export", "--archive", archive, *TARGETS, "--out", out).code == ExitCode.COMPLETE
    one = written(tmp_path / "one")
    assert len(one) > 40
    assert one == written(tmp_path / "other")


def test_the_whole_journey_shows_no_password(
    box: tuple[MegaplanSandbox, str],
    run: Run,
    postgresql: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sandbox, url = box
    monkeypatch.setenv("CRMEXPORT_TOKEN", sandbox.token)
    typed = address(postgresql, tmp_path / "beside")
    archive = ("--archive", typed)
    done = [
        run("pull", "--source", "megaplan", "--url", url, "--rate", "0", *archive),
        run("pull", "--source", "megaplan", "--url", url, "--rate", "0", *archive),
        run("archive", "check", *archive),
        run("archive", "show", "--max-age", "1", *archive),
        run("export", *archive, *TARGETS, "--out", "out"),
        run("verify", *archive, "--offline", "--out", "out"),
        run("verify", *archive, "--offline"),
    ]
    assert [(one.code, one.err) for one in done if one.code] == []
    assert str(tmp_path / "beside" / "report.html") in done[-1].out
    place = place_of(typed)
    for secret in place.secrets:  # type: ignore[union-attr]
        assert not [one for one in done if secret in one.out + one.err]
        assert not [name for name, content in written(tmp_path).items() if secret.encode() in content]


def test_the_archive_may_stand_in_the_configuration(run: Run, postgresql: str, tmp_path: Path) -> None:
    typed = address(postgresql, tmp_path / "beside")
    (tmp_path / "crmexport.toml").write_text(f'[pull]\narchive = "{typed}"\n', encoding="utf-8")
    done = run("archive", "check")
    assert done.code == ExitCode.USAGE
    assert "There is no archive in postgresql://postgres@" in done.err


def test_an_unforeseen_error_is_logged_without_the_password(
    run: Run, postgresql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = address(postgresql, tmp_path)

    def fail(place: Place, **_options: object) -> None:
        raise RuntimeError(typed)

    monkeypatch.setattr(Archive, "open", fail)
    monkeypatch.setattr("crmexport.cli.log.user_log_path", lambda *_names, **_options: tmp_path / "logs")
    assert run("archive", "check", "--archive", typed).code == ExitCode.FAILED
    (log,) = (tmp_path / "logs").iterdir()
    text = log.read_text(encoding="utf-8")
    assert "RuntimeError" in text and "[…]" in text
    assert not [secret for secret in place_of(typed).secrets if secret in text]  # type: ignore[union-attr]
