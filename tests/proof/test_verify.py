"""Verify finds every tampering: a changed cell, a missing file, a lost record, a flipped byte; and says so in both languages."""

import errno
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from html import unescape
from html.parser import HTMLParser
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from crmexport_megaplan import Megaplan
from crmexport_megaplan.sandbox import MegaplanSandbox

from crmexport import __version__
from crmexport.archive import Archive
from crmexport.archive.replay import connector_of
from crmexport.cli import main
from crmexport.cli.verify import told
from crmexport.errors import ConfigurationError, CrmExportError, OutputError, SourceError
from crmexport.mapping import load_source_mapping
from crmexport.proof import Report, verify
from crmexport.proof.markup import sentences
from crmexport.proof.page import page
from crmexport.proof.report import Sample
from crmexport.pull import pull
from crmexport.source import Account, Credentials, Request, Response, Row
from crmexport.target import export, exported, load_target
from crmexport.target.folder import PARTIAL
from crmexport.text import use_language
from tests.mapping.without import without_records
from tests.memory import in_memory

TARGETS = ("excel", "csv", "bitrix24", "raw")


def write(archive_folder: Path, out: Path, names: tuple[str, ...] = TARGETS) -> None:
    with Archive.open(archive_folder) as archive:
        targets = [load_target(name) for name in names]
        export(archive, connector_of(archive), load_source_mapping("megaplan"), targets, out, lang="en")


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an archive and an export of it."""
    folder = tmp_path_factory.mktemp("journey")
    box = MegaplanSandbox(cards=30, tasks=30, comments=40)
    with in_memory(box) as url:
        assert pull(folder / "archive", Megaplan(Account(url)), Credentials(token=box.token), rate=0).complete
    write(folder / "archive", folder / "out")
    return folder


def test_all_that_takes_long_tells_how_far_it_is(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A big account is verified for a quarter of an hour: nobody should have to guess whether it still runs."""
    monkeypatch.setattr("crmexport.watch.EVERY", 5)
    told: dict[str, list[int]] = {}
    report = verify(
        copy / "archive",
        copy / "out",
        watch=lambda what, done, total: told.setdefault(what, []).append(done),
    )
    assert report.complete
    for what in ("stored answers", "files", "excel/deal", "csv/deal", "bitrix24/deals"):
        assert told[what][-1] > 0, what
    for what in ("excel/deal", "csv/deal", "fields that no mapping names", "fingerprints of all files"):
        assert told[what] == sorted(told[what]) and len(told[what]) > 2, what


def test_what_a_later_version_does_not_read_is_in_the_files_and_named(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rows(self: Megaplan, request: Request, response: Response) -> list[Row]:
        return [row for row in read(self, request, response) if row.stream != "project"]

    read = Megaplan.rows
    monkeypatch.setattr(Megaplan, "rows", rows)
    write(copy / "archive", copy / "out", ("csv",))
    (projects,) = [one for one in exported(copy / "out") if one.path == "csv/project.csv"]
    report = verify(copy / "archive", copy / "out")
    assert projects.rows == report.streams["project"].held > 0
    assert not report.complete
    assert len([words for words in report.damages if "Record project" in words]) == projects.rows


class Meanwhile:
    """While somebody reads the archive, the company goes on working, and a scheduled pull brings what changed."""

    def __init__(self, box: MegaplanSandbox, url: str, folder: Path) -> None:
        self.box, self.url, self.folder = box, url, folder
        self.pull()

    def pull(self) -> None:
        secrets = Credentials(token=self.box.token)
        assert pull(self.folder, Megaplan(Account(self.url)), secrets, rate=0).complete

    def work(self) -> None:
        for line in self.box.truth():
            if line["stream"] == "deal":
                self.box.edits.change("deal", line["id"], name="renamed meanwhile")
        self.pull()


@pytest.fixture
def meanwhile(tmp_path: Path) -> Iterator[Meanwhile]:
    box = MegaplanSandbox(cards=30, tasks=30, comments=40)
    with in_memory(box) as url:
        yield Meanwhile(box, url, tmp_path / "archive")


def at(number: int, deed: Callable[[], None], of: Callable[..., Any]) -> Callable[..., Any]:
    """`of`, but before its call with this `number` something is done."""
    calls = count(1)

    def called(*given: Any) -> Any:
        if next(calls) == number:
            deed()
        return of(*given)

    return called


def test_an_export_beside_a_pull_lacks_nothing(
    meanwhile: Meanwhile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Archive, "page", at(12, meanwhile.work, Archive.page))
    write(tmp_path / "archive", tmp_path / "out", ("csv",))
    deals = sum(line["stream"] == "deal" for line in meanwhile.box.truth())
    (written,) = [one for one in exported(tmp_path / "out") if one.path == "csv/deal.csv"]
    assert written.rows == deals


def test_a_report_made_beside_a_pull_is_of_one_moment(
    meanwhile: Meanwhile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Archive, "deleted", at(1, meanwhile.work, Archive.deleted))
    report = verify(meanwhile.folder, None)
    assert report.complete
    assert report.run["news"] is None  # the counts of the streams are those of the first pull, and so is this


@pytest.fixture
def copy(journey: Path, tmp_path: Path) -> Path:
    shutil.copytree(journey, tmp_path / "copy")
    return tmp_path / "copy"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    use_language("en")
    yield
    use_language("en")


def checked(folder: Path) -> Report:
    return verify(folder / "archive", folder / "out")


def test_an_untouched_journey_is_complete(copy: Path) -> None:
    report = checked(copy)
    assert report.complete
    told = json.loads((copy / "out" / "report.json").read_text(encoding="utf-8"))
    assert told["complete"] is True
    assert set(told["streams"]["deal"]) == {
        "announced",
        "held",
        "refused",
        "vanished",
        "unexplained",
        "deleted",
        "short_at",
    }
    assert told["outputs"] and all(output["verified"] and output["sha256"] for output in told["outputs"])
    assert {gap["kind"] for gap in told["gaps"]} == {"vanished"}


def test_the_page_shows_what_the_mapping_does_not_understand_and_what_is_new(copy: Path) -> None:
    run = {"news": {"deal": {"new": 4, "changed": 5, "deleted": 6}}}
    report = checked(copy)
    report = replace(
        report,
        run=report.run | run,
        unknown_words={"deal.result": {"<b>": 3}},
        unreadable={"task.due_at": ["31.02.2025"]},
    )
    shown = page(report)
    assert (
        '<td>Deals: Result (deal.result)</td><td>unknown word</td><td>&lt;b&gt;</td><td class="n">3</td>'
        in shown
    )
    assert "<td>task.due_at</td><td>value that cannot be read</td><td>31.02.2025</td>" in shown
    assert "4 new, 5 changed, 6 deleted" in shown
    assert "Since the pull before" not in page(checked(copy))


def test_a_field_is_called_in_the_report_as_it_is_in_the_tables_of_its_kind(copy: Path) -> None:
    """A task has a `parent` as a company has one: whoever reads “Parent company” of a task looks for what is not there."""
    shown = page(checked(copy))
    of_tasks = re.findall(r"<td>bitrix24/tasks.csv</td><td>Moved to the overflow column: ([^<]+)</td>", shown)
    assert {"Part of", "Set by", "Task"} <= set(of_tasks)
    assert not {"Parent company", "Company name"} & set(of_tasks)


def test_whoever_was_given_the_folder_alone_is_told_what_lies_in_it(copy: Path) -> None:
    """Every name at the top of the folder: its reader has neither the program nor its pages."""
    shown = page(checked(copy))
    rows = dict(re.findall(r"<tr><td>([^<]+)</td><td>([^<]+)</td></tr>", shown))
    named = {name for cell in rows for name in cell.split(", ")}
    assert named >= {one.name + "/" * one.is_dir() for one in (copy / "out").iterdir()}
    assert "Begin with README.txt" in rows["bitrix24/"]
    assert not any("--" in about for about in rows.values())
    assert rows["raw/"] == "Every record exactly as received, JSON lines"


def test_fingerprints_are_checked_by_one_command_where_there_are_any(copy: Path) -> None:
    """On Windows, too: nobody compares a thousand of them by hand. A report of the archive alone has none beside it."""
    shown = page(checked(copy))
    assert "shasum -a 256 -c SHA256SUMS" in shown
    (command,) = re.findall(r"<pre>(Get-Content SHA256SUMS [^<]*)</pre>", shown)
    assert unescape(command).endswith('{ "DIFFERS: $file" } }')
    assert "SHA256SUMS" not in page(verify(copy / "archive", None))


def test_a_file_that_the_disk_has_lost_is_held_nowhere_in_the_report(copy: Path) -> None:
    """The facts at the top and the table below them are read side by side."""
    with Archive.open(copy / "archive") as archive:
        lost = next(file.path for file in archive.files() if file.path is not None)
    lost.unlink()
    report = checked(copy)
    assert report.files["held"] == report.streams["file"].held < report.files["known"]


def test_files_beside_a_damaged_archive_are_held_against_the_bytes_that_were_written(copy: Path) -> None:
    """One attachment that the disk has lost, the account closed long ago: the rest of the folder is to be proved all the same."""
    with Archive.open(copy / "archive") as archive:
        next(file.path for file in archive.files() if file.path is not None).unlink()
    deals = copy / "out/csv/deal.csv"
    deals.write_bytes(deals.read_bytes().replace(b"RUB", b"USD", 1))
    report = checked(copy)
    assert report.damages and [one.partition(":")[0] for one in report.mismatches] == ["csv/deal.csv"]
    assert {one.path for one in report.outputs if not one.verified} == {"csv/deal.csv"}
    assert report.outputs and not any(one.compared for one in report.outputs)


def test_a_word_that_was_cut_in_the_middle_of_an_emoji_is_in_the_report(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    verifying = sys.modules["crmexport.proof.verify"]
    real: Callable[..., Report] = verifying.__dict__["_found"]

    def found(*given: object) -> Report:
        return replace(real(*given), unknown_words={"deal.result": {"won \ud83d": 1}})

    monkeypatch.setattr(verifying, "_found", found)
    checked(copy)
    for name in ("report.json", "report.html"):
        assert "won \\ud83d" in (copy / "out" / name).read_text(encoding="utf-8")


def test_every_kind_that_is_held_is_in_a_table(copy: Path) -> None:
    assert checked(copy).raw_only == {}


def test_a_kind_that_is_in_no_table_is_named(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    verifying = sys.modules["crmexport.proof.verify"]
    monkeypatch.setattr(
        verifying, "load_source_mapping", lambda name: without_records(load_source_mapping(name))
    )
    report = checked(copy)
    assert report.raw_only["doc"] == 5 and report.raw_only["group"] == 3
    assert "deal" not in report.raw_only and "extraField" not in report.raw_only
    assert '<td>Documents</td><td class="n">5</td>' in page(report)
    assert report.as_dict()["mapping"]["raw_only"] == report.raw_only


def test_what_lies_too_deep_for_any_table_is_named(copy: Path) -> None:
    report = checked(copy)
    (found,) = (one for one in report.unmapped if one["field"] == "tax.rate")
    assert not found["carried"] and "20" in found["samples"]
    assert "tax.rate (only in “--to raw”)" in page(report)
    assert not any("_parent" in one["field"] or "owners" in one["field"] for one in report.unmapped)


def test_the_fields_of_a_list_within_records_are_counted_by_themselves_and_named_for_a_person(
    copy: Path,
) -> None:
    told = {"samples": ["accepted"], "of": 100, "carried": False}
    fields = [
        {"stream": "todo", "field": "participants[].status", "filled": 103, **told},
        {"stream": "deal.relationLinks", "field": "subject", "filled": 9, **told, "of": 9},
    ]
    shown = page(replace(checked(copy), unmapped=fields))
    assert '<td class="n">103</td>' in shown and "103 of 100" not in shown
    assert "<td>Deals: relationLinks</td>" in shown and '<td class="n">9 of 9</td>' in shown


def test_sums_name_every_file_with_its_fingerprint(copy: Path) -> None:
    checked(copy)
    lines = (copy / "out" / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    listed = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    there = {
        path.relative_to(copy / "out").as_posix(): path
        for path in (copy / "out").rglob("*")
        if path.is_file()
    }
    assert set(listed) == set(there) - {"SHA256SUMS"}
    assert all(sha256(there[name].read_bytes()).hexdigest() == digest for name, digest in listed.items())


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names of files are text")
def test_what_a_desktop_leaves_in_a_folder_is_no_part_of_it(copy: Path) -> None:
    """It changes when somebody looks into the folder, and the check of the sums would call that a change for ever after."""
    checked(copy)
    before = (copy / "out" / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    for name in (
        ".DS_Store",
        "csv/._deal.csv",
        "csv/~$deal.csv",
        "Thumbs.db",
        "csv/desktop.ini",
        "csv/Icon\r",
        "files/.DS_Store",
    ):
        (copy / "out" / name).write_bytes(b"left")
    (copy / "out" / "files" / "~$letter.docx").write_bytes(b"somebody's attachment")
    (copy / "out" / "files" / "Thumbs.db").write_bytes(b"somebody's attachment")
    checked(copy)
    after = (copy / "out" / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    new = {line.partition("  ")[2] for line in set(after) - set(before)}
    assert new >= {"files/~$letter.docx", "files/Thumbs.db"}
    assert new <= {"files/~$letter.docx", "files/Thumbs.db", "report.html", "report.json"}


@pytest.mark.skipif(
    sys.platform != "linux", reason="elsewhere such names cannot be, or there is no sha256sum"
)
def test_a_name_that_would_spoil_its_line_spoils_none(copy: Path) -> None:
    """As `unzip` makes them of what Windows packed: “photos\\1.jpg” is one name here."""
    for name in ("photos\\1.jpg", "two\nlines.txt", "\\n"):
        (copy / "out" / name).write_text(name, encoding="utf-8")
    checked(copy)
    command = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
    done = subprocess.run(command, cwd=copy / "out", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_foreign_files_of_any_kind_hinder_no_sums(copy: Path) -> None:
    """An archive of Windows, unpacked here, has names in its code page; links may lead nowhere, and pipes have no end."""
    name = os.fsdecode("Привет.txt".encode("cp1251"))
    (copy / "out" / name).write_bytes(b"a")
    (copy / "out" / "nowhere").symlink_to(copy / "gone")
    os.mkfifo(copy / "out" / "pipe")
    checked(copy)
    sums = (copy / "out" / "SHA256SUMS").read_bytes()
    assert f"{sha256(b'a').hexdigest()}  ".encode() + os.fsencode(name) + b"\n" in sums
    assert b"  nowhere\n" not in sums and b"  pipe\n" not in sums


def test_the_same_archive_gives_the_same_bytes(copy: Path, tmp_path: Path) -> None:
    write(copy / "archive", tmp_path / "again")
    names = [path.relative_to(copy / "out") for path in (copy / "out").rglob("*") if path.is_file()]
    assert names
    assert all(
        (tmp_path / "again" / name).read_bytes() == (copy / "out" / name).read_bytes() for name in names
    )


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("csv/deal.csv", b"RUB", b"USD"),
        ("bitrix24/deals.csv", b"RUB", b"USD"),
        ("raw/deal.jsonl", b'"RUB"', b'"USD"'),
    ],
)
def test_a_changed_cell_is_found_and_named(copy: Path, name: str, old: bytes, new: bytes) -> None:
    path = copy / "out" / name
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))
    report = checked(copy)
    assert not report.complete
    assert any(sentence.startswith(name) for sentence in report.mismatches)
    assert [output.path for output in report.outputs if not output.verified] == [name]


def of_another_version(copy: Path, name: str, old: bytes, new: bytes) -> None:
    """As if an earlier crmexport had written a file, and all that goes with it, in its own way."""
    path, card = copy / "out" / name, copy / "out" / "export.json"
    before = path.read_bytes()
    path.write_bytes(before.replace(old, new))
    known = card.read_text(encoding="utf-8")
    known = known.replace(sha256(before).hexdigest(), sha256(path.read_bytes()).hexdigest())
    card.write_text(known.replace(f'"program": "{__version__}"', '"program": "0.0.9"'), encoding="utf-8")


def test_files_that_an_earlier_version_wrote_otherwise_are_told_in_a_word(copy: Path) -> None:
    """Thousands of cells that each differ would look like damage, and hide it."""
    of_another_version(copy, "csv/deal.csv", b"RUB", b"rub")
    report = checked(copy)
    assert not report.complete
    (words,) = report.mismatches
    assert words == (
        f"csv/deal.csv: what crmexport {__version__} writes was meant, what crmexport 0.0.9 wrote "
        "(“crmexport export” writes it anew) is there."
    )


def test_damage_to_a_file_of_an_earlier_version_is_told_cell_by_cell(copy: Path) -> None:
    of_another_version(copy, "csv/deal.csv", b"RUB", b"rub")
    path = copy / "out/csv/deal.csv"
    path.write_bytes(path.read_bytes().replace(b"rub", b"USD", 1))
    report = checked(copy)
    assert any("'RUB' was meant, 'USD' is there" in one for one in report.mismatches)


def test_files_of_an_earlier_version_that_wrote_alike_are_whole(copy: Path) -> None:
    of_another_version(copy, "csv/deal.csv", b"RUB", b"RUB")
    assert checked(copy).complete


def test_what_is_too_much_to_be_named_is_counted(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the page nor the machine's report ends a list in silence."""
    monkeypatch.setattr(sys.modules[verify.__module__], "MISMATCHES_SHOWN", 3)
    monkeypatch.setattr(sys.modules[sentences.__module__], "SHOWN", 2)
    path = copy / "out/csv/task.csv"
    path.write_bytes(path.read_bytes().replace(b"T", b"t"))
    report = checked(copy)
    assert len(report.mismatches) == 4
    assert re.fullmatch(r"csv/task\.csv: … and \d+ more\.", report.mismatches[-1])
    assert "… and 2 more: all of them are in report.json." in page(report)


@pytest.mark.parametrize("name", ["csv/task.csv", "excel/megaplan.xlsx"])
def test_a_missing_file_is_found(copy: Path, name: str) -> None:
    (copy / "out" / name).unlink()
    assert not checked(copy).complete


def test_an_attachment_that_was_changed_is_found(copy: Path) -> None:
    path = next(
        path for path in (copy / "out" / "files").rglob("*") if path.is_file() and path.stat().st_size > 50
    )
    path.unlink()  # it may be one file with the archive's own
    path.write_bytes(b"other bytes")
    report = checked(copy)
    assert not report.complete and not report.damages


def test_a_lost_record_is_unexplained(copy: Path) -> None:
    with closing(sqlite3.connect(copy / "archive" / "archive.sqlite")) as raw, raw:
        raw.execute(
            "DELETE FROM records WHERE stream = 'deal' AND id = (SELECT min(id) FROM records WHERE stream = 'deal')"
        )
    report = checked(copy)
    assert report.streams["deal"].unexplained == 1
    assert not report.complete


def test_a_damaged_archive_is_not_complete(copy: Path) -> None:
    with closing(sqlite3.connect(copy / "archive" / "archive.sqlite")) as raw, raw:
        raw.execute("UPDATE responses SET body = zeroblob(100) WHERE id = 5")
    report = checked(copy)
    assert report.damages and not report.complete


class Tags(HTMLParser):
    """Which elements a page has, and whether they are closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.add(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize(("language", "verdict"), [("en", "Complete"), ("ru", "Выгружено полностью")])
def test_the_page_speaks_and_stands_alone(copy: Path, language: str, verdict: str) -> None:
    use_language(language)
    checked(copy)
    page = (copy / "out" / "report.html").read_text(encoding="utf-8")
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    assert tags.seen.isdisjoint({"script", "link", "img", "iframe"})
    assert f"<h1>{verdict}</h1>" in page
    assert "src=" not in page and "url(" not in page and "@import" not in page


def test_what_comes_from_outside_is_escaped(copy: Path) -> None:
    with closing(sqlite3.connect(copy / "archive" / "archive.sqlite")) as raw, raw:
        raw.execute(
            "INSERT INTO gaps VALUES ('deal', '<script>alert(1)</script>', 'refused', '<img src=x onerror=alert(2)>')"
        )
    checked(copy)
    page = (copy / "out" / "report.html").read_text(encoding="utf-8")
    assert "<script>" not in page and "<img" not in page
    assert "&lt;script&gt;" in page


def test_without_an_export_the_report_lies_beside_the_archive(copy: Path) -> None:
    report = verify(copy / "archive", None)
    assert report.complete and report.outputs == []
    assert (copy / "archive" / "report.html").is_file()


@pytest.mark.parametrize("kind", [SourceError, ConfigurationError])
def test_a_sample_that_cannot_be_asked_for_leaves_the_rest_of_the_report(
    copy: Path, monkeypatch: pytest.MonkeyPatch, kind: type[CrmExportError]
) -> None:
    """The source does not answer, or this computer has a proxy that leads nowhere."""

    def refused(*given: object) -> None:
        raise kind("It does not answer.")

    monkeypatch.setattr(sys.modules[verify.__module__], "sample", refused)
    report = verify(copy / "archive", copy / "out", credentials=Credentials(token="secret"))
    assert report.complete and isinstance(report.unsampled, kind)
    assert "It does not answer." in (copy / "out" / "report.html").read_text(encoding="utf-8")
    known = json.loads((copy / "out" / "report.json").read_text(encoding="utf-8"))
    assert known["sample"] is None and known["sample_failed"] == "It does not answer."


def test_a_sample_that_differs_is_not_called_complete(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = Sample(asked=3, same=2, different=["deal 1: name"])
    monkeypatch.setattr(sys.modules[verify.__module__], "sample", lambda *given: found)
    report = verify(copy / "archive", copy / "out", credentials=Credentials(token="secret"))
    assert not report.complete and report.only_differs
    page = (copy / "out" / "report.html").read_text(encoding="utf-8")
    assert "Not complete" in page and "1 of 3 records asked for again say something else" in page
    assert json.loads((copy / "out" / "report.json").read_text(encoding="utf-8"))["complete"] is False


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (errno.ENOSPC, "no room left on the disk"),
        (errno.EROFS, "cannot be written"),
        (errno.EFBIG, "FAT32"),
    ],
)
@pytest.mark.parametrize("name", ["report.json.new", "SHA256SUMS.new"])
def test_a_report_that_cannot_be_written_is_a_sentence(
    copy: Path, monkeypatch: pytest.MonkeyPatch, name: str, code: int, sentence: str
) -> None:
    plain = Path.open

    def refused(path: Path, *given: Any, **options: Any) -> Any:
        if path.name == name:
            raise OSError(code, os.strerror(code), str(path))
        return plain(path, *given, **options)

    monkeypatch.setattr(Path, "open", refused)
    monkeypatch.setattr(Path, "write_text", lambda path, text, **how: refused(path, "w", **how).write(text))
    with pytest.raises(OutputError, match=sentence):
        checked(copy)


def test_files_that_no_export_made_are_named(copy: Path) -> None:
    """The folder of a target of the customer before was left there: “every file reads back” was said of it, too, and its
    fingerprints were given out with the rest.
    """
    assert checked(copy).foreign == () == checked(copy).foreign
    (copy / "out" / "amocrm").mkdir()
    theirs = ["amocrm/deals.csv", "csv/other.csv", "files/deal/b.exe", "files/other.pdf", "notes.txt"]
    for name in [*theirs, "Thumbs.db"]:
        (copy / "out" / name).write_text("x", encoding="utf-8")
    report = checked(copy)
    assert report.complete and sorted(report.foreign) == theirs
    assert "5 files in this folder were made by no export, and nothing is proved of them: " in told(report)
    assert json.loads((copy / "out" / "report.json").read_bytes())["foreign"] == list(report.foreign)
    (copy / "out" / "files" / "index.csv").unlink()
    listless = [one for one in checked(copy).foreign if not one.startswith("files/")]
    assert sorted(listless) == ["amocrm/deals.csv", "csv/other.csv", "notes.txt"]


def test_what_a_killed_export_left_is_not_called_foreign(copy: Path) -> None:
    """The power failed while it wrote: the next export takes it away, and nobody could see whether it belongs there."""
    half = copy / "out" / PARTIAL / "new" / "csv" / "deals.csv"
    half.parent.mkdir(parents=True)
    half.touch()
    assert checked(copy).foreign == ()
    assert PARTIAL not in (copy / "out" / "SHA256SUMS").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "asked"), [("crm.db", ""), ("Ромашка й 1.db", ""), ("crm.db", "?timeout=5")]
)
def test_a_database_that_an_export_filled_in_its_own_folder_is_its_own(
    copy: Path, name: str, asked: str
) -> None:
    """The card has the address as SQLAlchemy writes it, with signs such as spaces as codes, and with what is asked of the driver."""
    write(copy / "archive", copy / "out", (f"sqlite:///{(copy / 'out' / name).as_posix()}{asked}",))
    assert (copy / "out" / name).is_file()
    (copy / "out" / f"{name}-wal").touch()
    (copy / "out" / "other.db").touch()
    assert checked(copy).foreign == ("other.db",)


def test_a_report_without_a_sample_says_that_the_source_was_not_asked_again(copy: Path) -> None:
    """Whoever is shown two reports shall see which of them had another look at the source, and not have to know what is absent."""
    words = (
        "<dt>Random sample at the source</dt><dd>none: the source was not asked again for this report</dd>"
    )
    assert words in page(checked(copy))


@pytest.mark.parametrize("has_out", [True, False])
def test_a_place_that_takes_no_report_is_told_before_everything_is_read(
    copy: Path, monkeypatch: pytest.MonkeyPatch, has_out: bool
) -> None:
    """Somebody was handed a DVD. He would wait for an hour, and be told of a file of ours that cannot be written; no verdict with it."""
    plain = Path.open

    def refused(path: Path, *given: Any, **options: Any) -> Any:
        if path.name.startswith(".crmexport-"):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))
        return plain(path, *given, **options)

    monkeypatch.setattr(Path, "open", refused)
    monkeypatch.setattr(Archive, "check", lambda *given: pytest.fail("it was read"))
    with pytest.raises(OutputError, match=r"may only be read, as on a DVD.*verify the copy"):
        verify(copy / "archive", copy / "out" if has_out else None)


def test_nothing_half_written_stays_where_somebody_breaks_off(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fingerprints of many attachments take long."""

    def stopped(file: Path) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("crmexport.proof.sums.digest_of", stopped)
    with pytest.raises(KeyboardInterrupt):
        checked(copy)
    assert not [*(copy / "out").glob("*.new")]


def test_a_folder_without_an_export_proves_nothing(copy: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no export in"):
        verify(copy / "archive", tmp_path / "elsewhere")
    assert not (tmp_path / "elsewhere").exists()


def test_an_export_of_another_account_is_refused_and_keeps_its_own_report(copy: Path) -> None:
    checked(copy)
    before = (copy / "out" / "report.json").read_bytes()
    told = json.loads((copy / "out" / "export.json").read_text(encoding="utf-8"))
    told["source"]["url"] = "https://another.example"
    (copy / "out" / "export.json").write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(
        ConfigurationError, match=r"is of https://another\.example, not of https://s\d+\.sandbox"
    ):
        checked(copy)
    assert (copy / "out" / "report.json").read_bytes() == before


def test_the_report_names_what_the_source_does_not_give_and_is_complete_all_the_same(copy: Path) -> None:
    report = checked(copy)
    page = (copy / "out" / "report.html").read_text(encoding="utf-8")
    told = json.loads((copy / "out" / "report.json").read_text(encoding="utf-8"))
    assert report.complete
    assert "The recycle bin" in page and "not part of the verdict" in page
    assert {"Absences as such: holidays, sick leave, truancy", "Notifications, favourites, statistics"} <= {
        one["title"] for one in told["not_given"]
    }


def test_an_export_of_what_is_new_reads_back_and_is_told(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Five deals that the earlier export did not have: all that is written, read back, and said."""
    archive, later = copy / "archive", copy / "later"
    five = "UPDATE records SET deleted = {} WHERE stream = 'deal' AND id IN (SELECT id FROM records WHERE stream = 'deal' ORDER BY id LIMIT 5)"
    for value in ("'2026-11-01T00:00:00+00:00'", "NULL"):
        (archive / "archive.sqlite.sha256").unlink(missing_ok=True)
        with closing(sqlite3.connect(archive / "archive.sqlite")) as raw, raw:
            raw.execute(five.format(value))
        raw.close()
        if value != "NULL":
            write(archive, copy / "out", ("bitrix24",))
    typed = ["export", "--archive", str(archive), "--out", str(later), "--new-since", str(copy / "out")]
    assert main([*typed, "--lang", "en", "--to", "bitrix24"]) == 0
    said = capsys.readouterr().out
    report = verify(archive, later)
    assert report.complete, report.damages + report.mismatches
    told = {one.target: one for one in report.deltas}
    assert told.keys() == {"bitrix24", "files"}
    left_out = told["bitrix24"].left_out
    assert f"bitrix24: new: 5, left out as already there: {left_out}, changed since: 0, gone: 0" in said
    assert [one.rows for one in report.outputs if one.path == "bitrix24/deals.csv"] == [5]
    page = (later / "report.html").read_text(encoding="utf-8")
    assert "Only what is new" in page and "bitrix24/changed.csv" in page
    assert (later / "bitrix24/README.txt").read_text(encoding="utf-8-sig").startswith("В ЭТИХ ФАЙЛАХ ТОЛЬКО")
    known = json.loads((later / "report.json").read_text(encoding="utf-8"))
    assert known["deltas"][0]["left_out"] > 0
    (later / "rows/bitrix24.csv.gz").write_bytes(b"x")  # nobody can tell any more what was new
    report = verify(archive, later)
    assert not report.complete
    assert {one.path.partition("/")[0] for one in report.outputs if not one.compared} == {"bitrix24"}
