"""The archive goes on after an export: its files are as they were, and verify says of when they are, and what to do."""

import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from crmexport_megaplan import Megaplan
from crmexport_megaplan.sandbox import MegaplanSandbox
from sqlalchemy import text

from crmexport.archive import Archive, Source
from crmexport.archive.prune import Keep, prune
from crmexport.archive.revision import note_revision
from crmexport.cli import archive_accept, main
from crmexport.cli.export import Shape, run
from crmexport.cli.verify import told
from crmexport.errors import ArchiveInUseError
from crmexport.proof import verify
from crmexport.proof.page import page
from crmexport.pull import Event, pull
from crmexport.sandbox.faults import forbidden
from crmexport.source import Account, Credentials, Gap, GapKind
from crmexport.target.ahead import is_ahead
from crmexport.target.folder import alone
from crmexport.text import use_language
from tests.faults.inprocess import Sandboxed, pulled
from tests.memory import in_memory
from tests.proof.test_verify import write
from tests.toy import TestClock

DAY = 24 * 3600.0


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pulled, exported, a deal renamed, pulled once more."""
    folder = tmp_path_factory.mktemp("journey")
    box = MegaplanSandbox(cards=20, tasks=20, comments=20)
    deal = next(line["id"] for line in box.truth() if line["stream"] == "deal")
    with in_memory(box) as url:
        for name in ("first", "second"):
            box.edits.change("deal", deal, name=name)
            pull(folder / "archive", Megaplan(Account(url)), Credentials(token=box.token), rate=0)
            if name == "first":
                write(folder / "archive", folder / "out", ("csv", "excel"))
    return folder


@pytest.fixture
def copy(journey: Path, tmp_path: Path) -> Path:
    use_language("en")
    shutil.copytree(journey, tmp_path / "copy")
    return tmp_path / "copy"


def refused(folder: Path, *, for_good: bool) -> None:
    """Deals are refused, files are written, somebody accepts it, and the next pull gets the deals, or does not either."""
    use_language("en")
    box = MegaplanSandbox(cards=20, tasks=20, comments=20)
    box.faults.add(forbidden(), path=r"/api/v3/deal\?", times=None)
    with in_memory(box) as url:
        for name in ("first", "second"):
            pull(folder / "archive", Megaplan(Account(url)), Credentials(token=box.token), rate=0)
            if name == "first":
                write(folder / "archive", folder / "out", ("csv",))
                archive_accept.run(folder / "archive", "Anna")
            if not for_good:
                box.faults.clear()


def test_files_that_lack_what_has_come_since_prove_nothing(tmp_path: Path) -> None:
    """The customer was given a folder without deals: a report in it that says “complete” would prove that there were none."""
    refused(tmp_path, for_good=False)
    report = verify(tmp_path / "archive", tmp_path / "out")
    assert not report.complete and report.only_parts and not report.losses
    assert all(one.lacks for one in report.outdated if one.target == "csv")
    assert "when something was missing that has come since, or is gone at the source" in told(report)
    assert '<header class="bad">' in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    write(tmp_path / "archive", tmp_path / "out", ("csv",))
    assert verify(tmp_path / "archive", tmp_path / "out").complete


def test_files_that_lack_what_is_missing_for_good_are_as_good_as_before(tmp_path: Path) -> None:
    refused(tmp_path, for_good=True)
    report = verify(tmp_path / "archive", tmp_path / "out")
    assert report.outdated and not report.parts and report.only_accepted


def test_of_a_refused_list_nothing_is_claimed_that_nobody_knows(tmp_path: Path) -> None:
    """It was not walked to its end, and is not one record. Of files that nobody wrote nothing reads back."""
    refused(tmp_path, for_good=True)
    report = verify(tmp_path / "archive", None)
    shown = page(report)
    (row,) = re.findall(r"<tr[^>]*><td>Deals \(deal\)</td>.*", shown)
    assert '<td class="n">—</td>' in row and '<td class="n">unknown</td>' in row
    assert "; the list was walked to its end" not in shown
    whole = replace(report, gaps=[], streams={})
    assert whole.complete and "every written file" not in page(whole)


def test_the_verdict_tells_what_is_new_from_what_was_accepted(tmp_path: Path) -> None:
    refused(tmp_path, for_good=True)
    report = verify(tmp_path / "archive", None)
    more = replace(report, gaps=[*report.gaps, Gap("comment", "7", GapKind.BROKEN, "500")])
    assert told(more).startswith("Not complete: 2 gaps. Accepted of these: 1.")


def state(copy: Path) -> str:
    with Archive.open(copy / "archive") as archive:
        return archive.state()


def test_files_of_before_the_last_pull_are_no_damage_and_say_of_when_they_are(copy: Path) -> None:
    report = verify(copy / "archive", copy / "out")
    assert report.complete, report.mismatches[:3]
    assert {one.target for one in report.outdated} == {"csv", "excel", "files"}
    assert not any(one.compared for one in report.outputs)
    words = "these files show the archive as of"
    assert words in told(report) and "“crmexport export” brings them up to date" in told(report)
    assert "every file reads back" not in told(report)
    assert words in (copy / "out" / "report.html").read_text(encoding="utf-8")
    known = json.loads((copy / "out" / "report.json").read_text(encoding="utf-8"))
    assert (
        known["outdated"][0]["as_of"]
        == json.loads((copy / "out/export.json").read_text(encoding="utf-8"))["targets"][0]["as_of"]
    )


@pytest.mark.parametrize("name", ["csv/deal.csv", "files/index.csv", "rows/csv.csv.gz", "attachment"])
def test_files_of_before_the_last_pull_that_are_not_as_written_are_damage(copy: Path, name: str) -> None:
    out = copy / "out"
    path = next(out.glob("files/*/*/*")) if name == "attachment" else out / name
    path.write_bytes(path.read_bytes() + b" ")
    report = verify(copy / "archive", out)
    assert not report.complete
    assert [one.partition(":")[0] for one in report.mismatches] == [path.relative_to(out).as_posix()]


def test_what_is_exported_anew_is_compared_again(copy: Path) -> None:
    write(copy / "archive", copy / "out", ("csv",))
    report = verify(copy / "archive", copy / "out")
    assert report.complete and [one.target for one in report.outdated] == ["excel"]
    assert {one.path.partition("/")[0] for one in report.outputs if one.compared} == {"csv", "files"}


def test_an_export_of_a_version_that_noted_no_state_is_compared(copy: Path) -> None:
    card = copy / "out" / "export.json"
    known = json.loads(card.read_text(encoding="utf-8"))
    for entry in [*known["targets"], known["files"]]:
        del entry["state"]
    card.write_text(json.dumps(known), encoding="utf-8")
    report = verify(copy / "archive", copy / "out")
    assert report.outdated == () and any("'second' was meant" in one for one in report.mismatches)


def test_an_archive_of_a_version_that_asked_for_less_says_so(copy: Path) -> None:
    archive = copy / "archive"
    assert not verify(archive, None).behind
    with Archive.open(archive, alone=True) as opened, opened.database.transaction():
        note_revision(opened.database, 0)
    report = verify(archive, None)
    assert report.complete and report.behind
    words = "asks the source for more than the one that pulled"
    assert words in (archive / "report.html").read_text(encoding="utf-8")


def test_what_is_pruned_makes_no_file_outdated(copy: Path) -> None:
    before = state(copy)
    with Archive.open(copy / "archive", alone=True) as archive:
        with archive.database.transaction():  # of a whole pull no answer would go
            archive.database.connection.execute(text("UPDATE passes SET kind = 'changes'"))
        assert prune(archive, Keep()).answers
    assert state(copy) == before


@pytest.fixture
def early(tmp_path: Path) -> Path:
    """Pulled until a person stops it, exported, and pulled to the end."""
    use_language("en")
    box = MegaplanSandbox(cards=20, tasks=20, comments=20)

    def stopped(event: Event) -> None:
        if event.kind == "pass" and event.values["kind"] == "sweep":
            raise KeyboardInterrupt

    with in_memory(box) as url:
        how = (tmp_path / "archive", Megaplan(Account(url)), Credentials(token=box.token))
        with pytest.raises(KeyboardInterrupt):
            pull(*how, rate=0, watch=stopped)
        write(tmp_path / "archive", tmp_path / "out", ("csv", "excel"))
        assert pull(*how, rate=0).complete
    return tmp_path


def test_files_of_before_the_first_pull_had_ended_are_no_proof(early: Path) -> None:
    report = verify(early / "archive", early / "out")
    assert not report.complete and {one.target for one in report.outdated if one.is_part} == {
        "csv",
        "excel",
        "files",
    }
    assert (
        "Not complete: everything the source announced is held, but these files may lack some of it."
        in told(report)
    )
    assert "these files hold a part of what there is" in told(report)
    assert "“crmexport export” writes them whole" in (early / "out" / "report.html").read_text(
        encoding="utf-8"
    )
    write(early / "archive", early / "out", ("csv", "excel"))
    assert verify(early / "archive", early / "out").complete


def test_a_workbook_says_that_it_is_a_part(early: Path) -> None:
    words = "A part: the first pull had not ended when this was written"
    (book,) = (early / "out").glob("excel/*.xlsx")
    assert words in texts_of(book)
    write(early / "archive", early / "out", ("excel",))
    assert words not in texts_of(book)


def test_a_workbook_says_of_which_kinds_something_is_missing(tmp_path: Path) -> None:
    """Whoever is given the workbook alone sees a sheet of deals, and cannot know that their list was refused."""
    refused(tmp_path, for_good=True)
    for name in ("out", "again"):
        write(tmp_path / "archive", tmp_path / name, ("excel",))
    book, again = ((tmp_path / name / "excel" / "megaplan.xlsx") for name in ("out", "again"))
    assert "Missing, wholly or in part</t>" in texts_of(book) and ">Deals. The report of" in texts_of(book)
    assert book.read_bytes() == again.read_bytes()
    report = verify(tmp_path / "archive", tmp_path / "out")
    assert not report.mismatches and report.only_accepted
    whole = tmp_path / "whole"
    refused(whole, for_good=False)
    write(whole / "archive", whole / "out", ("excel",))
    assert "Missing, wholly" not in texts_of(whole / "out" / "excel" / "megaplan.xlsx")


@pytest.mark.parametrize(
    ("lang", "words"),
    [("en", "Missing, wholly or in part: Deals. The report of"), ("ru", "Не хватает целиком или частично: ")],
)
def test_the_text_beside_import_files_says_of_which_kinds_something_is_missing(
    tmp_path: Path, lang: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    refused(tmp_path, for_good=True)
    run(tmp_path / "archive", ("odoo",), tmp_path / "out", Shape(lang))
    text = (tmp_path / "out" / "odoo" / "README.txt").read_text(encoding="utf-8-sig")
    assert text.startswith(words)
    assert "Missing in these files, wholly or in part: Deals. " in capsys.readouterr().err
    assert not verify(tmp_path / "archive", tmp_path / "out").mismatches


def test_files_that_lack_nothing_say_nothing_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused(tmp_path, for_good=False)
    run(tmp_path / "archive", ("odoo",), tmp_path / "out", Shape("en"))
    assert "Missing" not in (tmp_path / "out" / "odoo" / "README.txt").read_text(encoding="utf-8-sig")
    assert "Missing" not in capsys.readouterr().err


def texts_of(book: Path) -> str:
    with zipfile.ZipFile(book) as parts:
        return "".join(parts.read(name).decode() for name in parts.namelist() if name.endswith(".xml"))


def test_files_show_the_moment_of_which_the_archive_is_true(copy: Path) -> None:
    """What changed while a pull was being sealed may not be in them, be that for a second or for a night."""
    with Archive.open(copy / "archive", alone=True) as archive, archive.database.transaction():
        archive.database.connection.exec_driver_sql("UPDATE runs SET ended = '2030-01-01T00:00:00+00:00'")
    write(copy / "archive", copy / "out", ("csv",))
    moments = [one["as_of"] for one in json.loads((copy / "out/export.json").read_bytes())["targets"]]
    assert verify(copy / "archive", copy / "out").run["consistent_as_of"] in moments


def test_files_are_not_verified_while_they_are_being_replaced(copy: Path) -> None:
    """Half of them would be of before, and the report and the fingerprints of neither."""
    with alone(copy / "out"), pytest.raises(ArchiveInUseError, match="writes into"):
        verify(copy / "archive", copy / "out")
    assert not (copy / "out" / "report.html").exists()
    assert verify(copy / "archive", copy / "out").complete


@pytest.fixture
def restored(tmp_path: Path) -> Iterator[Path]:
    """Pulled; a copy made; a deal added, pulled and exported; the copy put back."""
    use_language("en")
    box = MegaplanSandbox(cards=20, tasks=20, comments=20)
    deal = next(line["id"] for line in box.truth() if line["stream"] == "deal")
    box.edits.remove("deal", deal)
    archive, copy = tmp_path / "archive", tmp_path / "copy"
    adapter = Sandboxed(box, TestClock())
    assert pulled(archive, adapter).complete
    shutil.copytree(archive, copy)
    box.edits.restore("deal", deal)
    adapter.clock.now += DAY
    assert pulled(archive, adapter, full=True).complete
    write(archive, tmp_path / "out", ("csv",))
    shutil.rmtree(archive)
    copy.rename(archive)
    yield tmp_path
    adapter.clock.now += DAY
    assert pulled(archive, adapter).complete
    report = verify(archive, tmp_path / "out")
    assert report.complete and not any(one.is_ahead for one in report.outdated)
    assert export_new(tmp_path) == 0


def export_new(folder: Path) -> int:
    """The exit code of an export of what the files in `out` do not have."""
    archive, out, since = (str(folder / name) for name in ("archive", "new", "out"))
    return main(["export", "--archive", archive, "--to", "csv", "--out", out, "--new-since", since])


def test_files_of_a_moment_that_a_restored_archive_has_not_come_to_say_so(restored: Path) -> None:
    report = verify(restored / "archive", restored / "out")
    assert [(one.target, one.is_ahead) for one in report.outdated] == [("csv", True), ("files", True)]
    assert "the archive is of an earlier moment" in told(report)
    assert "It has gone on since" not in told(report)


def test_what_a_restored_archive_does_not_know_yet_is_not_called_gone(
    restored: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert export_new(restored) == 2
    assert "all that came between would be called gone" in capsys.readouterr().err
    assert not (restored / "new").exists()


def test_files_that_replace_later_ones_say_so(restored: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(
            ["export", "--archive", str(restored / "archive"), "--to", "csv", "--out", str(restored / "out")]
        )
        == 0
    )
    assert "csv, files: the files that these replace were of" in capsys.readouterr().err


def test_files_of_another_archive_that_were_later_say_so_when_they_are_replaced(
    restored: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Archive.open(restored / "archive", alone=True) as archive, archive.database.transaction():
        archive.database.connection.exec_driver_sql(
            "UPDATE runs SET started = '2026-01-01T00:00:00+00:00' WHERE id = 1"
        )
    test_files_that_replace_later_ones_say_so(restored, capsys)


@pytest.mark.parametrize(("answers", "is_later"), [(1, False), (-1, True)])
def test_a_copy_made_within_the_same_run_is_told_by_how_far_it_had_come(
    copy: Path, answers: int, is_later: bool
) -> None:
    with Archive.open(copy / "archive") as archive:
        number, moment, last = archive.state().split()
        entry = {"state": f"{number} {moment} {int(last) - answers}", "as_of": "2126-01-01T00:00:00+00:00"}
        assert is_ahead(archive, entry) is is_later


def test_files_whose_moment_a_clock_wrote_that_ran_ahead_are_known_by_their_run(copy: Path) -> None:
    entry = json.loads((copy / "out/export.json").read_text(encoding="utf-8"))["targets"][0]
    with Archive.open(copy / "archive") as archive:
        assert not is_ahead(archive, entry | {"as_of": "2126-01-01T00:00:00+00:00"})


def test_an_archive_into_which_nothing_was_pulled_is_not_behind(tmp_path: Path) -> None:
    """No version asked anything for it: there is none before, of which this one could ask more."""
    with Archive.open_for(tmp_path / "archive", Source("megaplan", "https://crm.example.com")):
        pass
    report = verify(tmp_path / "archive", None)
    assert not report.behind and not report.complete


def test_files_from_another_archive_of_the_account_are_not_called_old(copy: Path) -> None:
    """A manager had pulled it and the files were written; the director pulled into another folder, and it was that which was proved."""
    with Archive.open(copy / "archive", alone=True) as archive, archive.database.transaction():
        archive.database.connection.exec_driver_sql(
            "UPDATE runs SET started = '2026-01-01T00:00:00+00:00' WHERE id = 1"
        )
    report = verify(copy / "archive", copy / "out")
    assert not report.complete and report.only_parts and all(one.from_another for one in report.outdated)
    assert "from another archive of the same account" in told(report) and "gone on since" not in told(report)
    write(copy / "archive", copy / "out", ("csv", "excel"))
    assert verify(copy / "archive", copy / "out").complete


def test_files_of_before_the_first_pull_had_begun_are_not_from_another_archive(tmp_path: Path) -> None:
    """The password was refused, an export was tried all the same, then the pull went well."""
    use_language("en")
    box = MegaplanSandbox(cards=20, tasks=20, comments=20)
    with in_memory(box) as url:
        megaplan = Megaplan(Account(url))
        with Archive.open_for(tmp_path / "archive", Source("megaplan", url)):
            pass
        write(tmp_path / "archive", tmp_path / "out", ("csv",))
        pull(tmp_path / "archive", megaplan, Credentials(token=box.token), rate=0)
    report = verify(tmp_path / "archive", tmp_path / "out")
    assert not report.complete and [(one.is_part, one.from_another) for one in report.outdated] == [
        (True, False)
    ]
    assert "from another archive" not in told(report)
