"""`archive show` says whose an archive is, what it holds, how its pulls ended; and when a backup has quietly stopped."""

import json
import re
import shutil
import time
from pathlib import Path

import pytest

from crmexport import __version__
from crmexport.archive import Archive
from crmexport.archive.rebuild import stored
from crmexport.errors import ExitCode
from crmexport.source import Credentials
from tests.cli.conftest import Run
from tests.faults.inprocess import URL, Sandboxed, pulled, small
from tests.faults.kinds import WAYS

LONG = str(1_000_000)  # hours; the clock of these pulls stands in 2023


@pytest.fixture(scope="module")
def backup(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the archive of one complete pull lies."""
    folder = tmp_path_factory.mktemp("backup")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRMEXPORT_STATE", str(folder / "state"))
        assert pulled(folder / "archive", small()).complete
    return folder


@pytest.fixture
def archive(backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Sandboxed]:
    """A copy of it, and its source."""
    shutil.copytree(backup, tmp_path / "copy")
    monkeypatch.setenv("CRMEXPORT_STATE", str(tmp_path / "copy" / "state"))
    return tmp_path / "copy" / "archive", small()


def test_a_complete_archive(archive: tuple[Path, Sandboxed], run: Run) -> None:
    folder, source = archive
    code, out, err = run("archive", "show", "--archive", str(folder), "--max-age", LONG)
    assert (code, err) == (ExitCode.COMPLETE, "")
    assert f"Megaplan, {URL}" in out and source.box.token not in out
    assert "True as of: 2023-11-14 22:13:20 UTC, " in out and " ago" in out
    assert f"  Tasks: {len([1 for line in source.box.truth() if line['stream'] == 'task'])}\n" in out
    assert out.index("  Employees: ") < out.index("  Companies: ") < out.index("  Comments: ")
    assert "Pulls: 1\n" in out and "complete; requests: " in out
    assert "Missing" not in out and "Since the pull before" not in out


def test_for_scripts(archive: tuple[Path, Sandboxed], run: Run) -> None:
    folder, source = archive
    assert pulled(folder, source).complete
    code, out, _err = run("archive", "show", "--archive", str(folder), "--json")
    told = json.loads(out)
    with Archive.open(folder) as held:
        assert (code, told["held"]) == (ExitCode.COMPLETE, held.counts())
    assert [one["number"] for one in told["pulls"]] == [1, 2]
    assert told["news"] == {} and told["losses"] == told["requests_waiting"] == 0


def test_a_backup_that_has_stopped(archive: tuple[Path, Sandboxed], run: Run) -> None:
    code, out, err = run("archive", "show", "--archive", str(archive[0]), "--max-age", "26")
    assert code == ExitCode.FAILED
    assert "The archive is older than 26 h." in err
    assert f"Megaplan, {URL}" in out, "what it holds is shown all the same"


@pytest.mark.parametrize(("ahead", "code"), [(0.9, ExitCode.COMPLETE), (30, ExitCode.FAILED)])
def test_a_moment_to_come_tells_no_age(tmp_path: Path, run: Run, ahead: float, code: ExitCode) -> None:
    """The clock is wrong now, or was; an archive that nobody renews would be young for as long."""
    source = small()
    source.clock.now = time.time() + ahead * 3600.0
    pulled(tmp_path / "archive", source)
    ended, out, err = run("archive", "show", "--archive", str(tmp_path / "archive"), "--max-age", "26")
    assert (ended, " is still to come, so nobody can tell" in err) == (code, ahead > 1)
    assert ("which is still to come\n" in out) is (ahead > 1) and "-1 d" not in out
    assert run("archive", "show", "--archive", str(tmp_path / "archive"))[0] == ExitCode.COMPLETE


def test_a_pull_that_has_not_ended_makes_the_archive_no_newer(
    archive: tuple[Path, Sandboxed], run: Run
) -> None:
    folder, source = archive
    source.clock.now += 24 * 3600.0
    left = [20]

    def stop(*_call: object) -> None:
        left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt

    source.strikes.append(stop)
    with pytest.raises(KeyboardInterrupt):
        pulled(folder, source)
    code, out, _err = run("archive", "show", "--archive", str(folder), "--max-age", LONG)
    assert code == ExitCode.GAPS
    assert "True as of: 2023-11-14 22:13:20 UTC, " in out
    assert "interrupted; requests: " in out and "Requests still to make, at least: " in out


def test_gaps_are_counted(archive: tuple[Path, Sandboxed], run: Run) -> None:
    folder, source = archive
    source.strikes.append(
        lambda number, asked, line: WAYS["403"](asked, line) if "/warehouse" in asked.path else None
    )
    assert not pulled(folder, source, full=True).complete
    code, out, _err = run("archive", "show", "--archive", str(folder))
    assert code == ExitCode.GAPS
    with Archive.open(folder) as held:
        number = sum(gap.kind.is_loss for gap in held.gaps())
    assert number > 1
    assert f"Missing: {number} gaps; “crmexport verify” names them." in out
    assert "with gaps; requests: " in out


def test_an_archive_of_a_pull_that_has_not_ended_is_true_of_no_moment(tmp_path: Path, run: Run) -> None:
    source = small()
    source.strikes.append(
        lambda number, asked, line: (_ for _ in ()).throw(KeyboardInterrupt) if number > 20 else None
    )
    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setenv("CRMEXPORT_STATE", str(tmp_path / "state"))
        pulled(tmp_path / "archive", source, Credentials(token=source.box.token))
    code, out, err = run("archive", "show", "--archive", "archive", "--max-age", LONG)
    assert code == ExitCode.FAILED and "No pull into this archive has ended yet" in err
    assert "True as of: no pull has ended yet" in out


def forgetful(folder: Path) -> None:
    """The index has lost a deal and a todo, as if the connector had never found them."""
    with Archive.open(folder, alone=True) as archive, archive.database.transaction():
        for stream in ("deal", "todo"):
            its = f"stream = '{stream}' AND id = (SELECT min(id) FROM records WHERE stream = '{stream}')"
            archive.database.connection.exec_driver_sql(f"DELETE FROM records WHERE {its}")


def test_answers_that_cannot_be_read_are_not_said_to_hold_nothing_new(
    archive: tuple[Path, Sandboxed], run: Run
) -> None:
    folder, _source = archive
    with Archive.open(folder, alone=True) as held, held.database.transaction():
        held.database.connection.exec_driver_sql("UPDATE responses SET body = zeroblob(9) WHERE id = 5")
    told = run("archive", "rebuild", "--archive", str(folder)).out
    with Archive.open(folder) as held:
        others = stored(held) - 1
    assert "Answers that cannot be read: 1." in told
    assert f"Nothing was overlooked in the others: {others} answers say what the archive holds." in told


def test_what_was_overlooked_is_found_in_the_stored_answers(
    archive: tuple[Path, Sandboxed], run: Run
) -> None:
    folder, _source = archive
    command = ("archive", "rebuild", "--archive", str(folder))
    with Archive.open(folder) as held:
        before = held.counts()
    assert "Nothing was overlooked: all " in run(*command).out
    forgetful(folder)
    looked = run(*command, "--dry-run")
    assert "Deals: 1 overlooked before, 0 read otherwise\n" in looked.out and "--dry-run" in looked.out
    done = run(*command)
    assert (looked.code, done.code) == (ExitCode.COMPLETE, ExitCode.COMPLETE)
    assert "Deals: 1 overlooked before" in done.out and "Export anew" in done.out
    with Archive.open(folder) as held:
        assert held.counts() == before
        assert list(held.check()) == []


def test_an_outline_has_no_value_of_a_record(archive: tuple[Path, Sandboxed], run: Run) -> None:
    folder, source = archive
    code, out, _err = run("archive", "outline", "--archive", str(folder))
    assert code == ExitCode.COMPLETE
    assert '  data[].contentType: "Task" × ' in out and "GET /api/v3/deal/…/comments: 200 × " in out
    ids = {str(line["id"]) for line in source.box.truth()}
    assert not ids & {id for id in re.split(r"\W+", out) if len(id) > 3}
    assert not re.search("[а-яё]", out, re.IGNORECASE) and URL.rpartition("/")[2] not in out


def test_an_outline_may_leave_out_what_is_so_elsewhere(
    archive: tuple[Path, Sandboxed], tmp_path: Path, run: Run
) -> None:
    folder, _source = archive
    command = ("archive", "outline", "--archive", str(folder), "--unlike", str(folder), "--out", "new.txt")
    assert run(*command).code == ExitCode.COMPLETE
    assert (tmp_path / "new.txt").read_text(encoding="utf-8") == f"crmexport {__version__}\n"
    again = run(*command)
    assert again.code == ExitCode.USAGE and "new.txt exists already" in again.err


@pytest.mark.parametrize(
    ("lang", "kind"),
    [("en", "company"), ("en", "contractorCompany"), ("en", "companies"), ("ru", "Компании")],
)
def test_the_history_of_a_record_is_found_by_any_word_for_its_kind(
    archive: tuple[Path, Sandboxed], run: Run, lang: str, kind: str
) -> None:
    folder, source = archive
    id = next(line["id"] for line in source.box.truth() if line["stream"] == "contractorCompany")
    code, out, _err = run("--lang", lang, "archive", "history", kind, id, "--archive", str(folder))
    assert code == ExitCode.COMPLETE and '  contentType: "ContractorCompany"\n' in out
    came = r"\d\d\.\d\d\.\d{4} \S+ UTC\n" if lang == "ru" else r"\d{4}-\d\d-\d\d \S+ UTC\n"
    assert re.match(came, out), "when it came is told as everywhere else"


@pytest.mark.parametrize(
    ("lang", "words"),
    [("en", "knows of company 1999002, and does not hold it"), ("ru", "«Компании» 1999002")],
)
def test_of_a_record_that_is_known_and_not_held_its_history_says_what_became_of_it(
    archive: tuple[Path, Sandboxed], run: Run, lang: str, words: str
) -> None:
    """A customer says that it was forgotten: the archive knows better, and has the source's own words."""
    kind = "company" if lang == "en" else "Компании"
    command = ("archive", "history", kind, "1999002", "--archive", str(archive[0]))
    code, _out, err = run("--lang", lang, *command)
    assert code == ExitCode.USAGE and words in err and "404 Entity contractorCompany with id 1999002" in err
