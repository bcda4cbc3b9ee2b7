"""An export is whole or not there, the same twice, lets nothing out of its folder, and loses nothing in silence."""

import csv
import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from crmexport.archive.store import HeldFile
from crmexport.disk import move
from crmexport.errors import ArchiveDamagedError, ArchiveInUseError, OutputError
from crmexport.target import Output, compare, exported, files, target_names
from crmexport.target.folder import PARTIAL, alone, replacing, settle
from tests.target.invented import FILES, RECORDS, Entities, Mapped, moment

Export = Callable[..., list[Output]]


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_what_stays_behind_is_counted_once_for_all_targets(
    exporting: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A history may be most of an archive, and no target but one takes it: it is not read for every one of them."""
    read: list[str] = []
    iterate = Mapped.iterate
    monkeypatch.setattr(
        Mapped, "iterate", lambda self, kind, *only: read.append(kind) or iterate(self, kind, *only)
    )
    exporting("bitrix24", "amocrm", "zoho")
    for target in ("bitrix24", "amocrm", "zoho"):
        assert "История изменений: 2" in (tmp_path / "out" / target / "README.txt").read_text(
            encoding="utf-8"
        )
    assert read.count("change") == 1


def test_the_archive_is_read_once_for_all_rows_and_once_for_what_stays_behind(
    exporting: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kind by kind, tags and links alone went through all cards four times over."""
    read: list[object] = []
    iterate = Mapped.iterate

    def together(
        self: Mapped, kinds: Mapping[str, Collection[str] | None], passing: object = None
    ) -> Iterator[tuple[str, Mapping[str, Any]]]:
        read.append(set(kinds))
        return ((kind, one) for kind, only in kinds.items() for one in iterate(self, kind, only))

    monkeypatch.setattr(Mapped, "together", together)
    monkeypatch.setattr(
        Mapped, "iterate", lambda self, kind, *only: read.append(kind) or iterate(self, kind, *only)
    )
    exporting("amocrm")
    shown, left = (kinds for kinds in read if isinstance(kinds, set))
    assert {"deal", "contact", "file", "user"} <= shown
    assert left == {"change"}
    assert {kind for kind in read if isinstance(kind, str)} <= {"stage", "pipeline", "user"}  # for the maps


def test_everything_is_written_and_told(exporting: Export, tmp_path: Path) -> None:
    outputs = exporting(*target_names())
    out = tmp_path / "out"
    assert {one.path for one in outputs} >= {
        "excel/megaplan.xlsx",
        "csv/deal.csv",
        "bitrix24/README.txt",
        "raw/deal.jsonl",
    }
    assert sorted(map(str, exported(out))) == sorted(map(str, outputs))
    for one in outputs:
        assert hashlib.sha256((out / one.path).read_bytes()).hexdigest() == one.sha256
    assert {path.name for path in out.iterdir()} == {*target_names(), "files", "rows", "export.json"}


def test_the_same_archive_gives_the_same_bytes(exporting: Export, tmp_path: Path) -> None:
    """One target of each way of writing: sheets, tables, parts, documents, records."""
    targets = ("excel", "csv", "hubspot", "pipedrive", "raw")
    exporting(*targets, out=tmp_path / "a")
    exporting(*targets, out=tmp_path / "b")
    assert content(tmp_path / "a") == content(tmp_path / "b")
    exporting(*targets, out=tmp_path / "a")
    assert content(tmp_path / "a") == content(tmp_path / "b")


def test_an_earlier_export_and_strange_files_stay(exporting: Export, tmp_path: Path) -> None:
    out = tmp_path / "out"
    exporting("csv")
    (out / "письмо.txt").write_text("моё", encoding="utf-8")
    before = content(out / "csv")
    exporting("raw")
    assert content(out / "csv") == before
    assert (out / "письмо.txt").is_file()
    assert {one.target for one in exported(out)} == {"csv", "raw", "files"}


def test_a_failure_leaves_the_old_output_and_nothing_else(
    exporting: Export, made: Entities, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    exporting("csv")
    before = content(out)

    def full(*arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "_copy", full)
    made["deal"].pop()
    with pytest.raises(OutputError, match="room"):
        exporting("csv")
    assert content(out) == before
    with pytest.raises(OutputError, match="room"):
        exporting("csv", out=tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_disk_that_takes_nothing_says_what_to_do(
    exporting: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(*arguments: Any) -> None:
        raise OSError(30, "Read-only file system", "there")

    monkeypatch.setattr(files, "_copy", read_only)
    with pytest.raises(OutputError, match=r"Read-only file system\. Mend that, or give another folder"):
        exporting("csv")


def test_a_failure_while_swapping_puts_the_old_pieces_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    for text in ("old", "new"):
        seen: list[Path] = []

        def failing(source: Path, place: Path, seen: list[Path] = seen, text: str = text) -> None:
            seen.append(source)
            if text == "new" and len(seen) == 5:
                raise PermissionError(13, "in use", str(place))
            move(source, place)

        monkeypatch.setattr("crmexport.target.folder.move", failing)
        try:
            with replacing(out) as new:
                for name in ("a", "b"):
                    (new / name).write_text(text, encoding="utf-8")
        except OutputError as error:
            assert "open in another program" in str(error)
    assert content(out) == {"a": b"old", "b": b"old"}


class KilledError(BaseException):
    """The process is gone: nothing that it would do after that happens."""


@pytest.mark.parametrize("is_killed", [False, True], ids=["broken off", "killed"])
@pytest.mark.parametrize("instant", range(8))
def test_a_swap_that_is_cut_off_loses_neither_the_old_nor_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, instant: int, is_killed: bool
) -> None:
    out, moves = tmp_path / "out", count()
    write_pieces(out, "old", "ab")

    def cut(source: Path, place: Path) -> None:
        this = next(moves)
        if this == instant or (is_killed and this > instant):
            raise KilledError
        move(source, place)

    def unreached(path: Path) -> None:
        if is_killed:
            raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr("crmexport.target.folder.move", cut)
        if is_killed:
            patched.setattr("crmexport.target.folder.remove", unreached)
        with suppress(KilledError):
            write_pieces(out, "new", "abc")
    settle(out)
    found = {name: text.decode() for name, text in content(out).items()}
    assert found in [{"a": "old", "b": "old"}, {"a": "new", "b": "new", "c": "new"}]


def write_pieces(out: Path, text: str, names: str) -> None:
    with replacing(out) as new:
        for name in names:
            (new / name).write_text(text, encoding="utf-8")


def test_two_exports_at_once_do_not_mix(exporting: Export, tmp_path: Path) -> None:
    exporting("csv")
    before = content(tmp_path / "out")
    with alone(tmp_path / "out"), replacing(tmp_path / "out") as new:
        (new / "excel").mkdir()
        with pytest.raises(ArchiveInUseError, match="Another crmexport writes into"):
            exporting("jsonl")
        assert (new / "excel").is_dir()
    assert content(tmp_path / "out") == before
    exporting("jsonl")


def test_where_there_are_no_locks_an_export_goes_on(
    exporting: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "no folder").write_text("", encoding="utf-8")
    monkeypatch.setattr("crmexport.target.folder.gettempdir", lambda: str(tmp_path / "no folder"))
    exporting("csv")
    assert (tmp_path / "out" / "csv").is_dir()


def test_what_an_interrupted_export_left_is_cleared(exporting: Export, tmp_path: Path) -> None:
    left = tmp_path / "out" / PARTIAL / "new" / "csv"
    left.mkdir(parents=True)
    exporting("csv")
    assert not (tmp_path / "out" / PARTIAL).exists()


def test_a_file_instead_of_a_folder_is_a_sentence(exporting: Export, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="not a folder"):
        exporting("csv")


def test_a_damaged_card_is_a_sentence(exporting: Export, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "export.json").write_text("[]", encoding="utf-8")
    with pytest.raises(OutputError, match=r"export\.json"):
        exporting("csv")


def test_attachments_keep_their_bytes_and_stay_in_their_folder(exporting: Export, tmp_path: Path) -> None:
    exporting("raw")
    folder = tmp_path / "out" / "files"
    with (folder / "index.csv").open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    assert {row["id"] for row in rows} == set(FILES)
    assert [(row["owner"], row["title"]) for row in rows if row["id"] == "f1"] == [
        ("deal:31", "+Поставка"),
        ("company:1", "ООО «Ромашка»"),
    ]
    paths = {row["id"]: row["path"] for row in rows}
    assert paths["f1"] == "deal/31 +Поставка/Договор.pdf"
    assert paths["f3"] == "deal/31 +Поставка/ДОГОВОР (2).pdf"
    assert paths["f5"] == ""
    for id, path in paths.items():
        if path:
            assert (folder / path).resolve().is_relative_to(folder.resolve())
            assert (folder / path).read_bytes() == FILES[id][1]
    assert len(content(folder)) == 7


def test_bytes_that_the_archive_has_lost_are_named(
    exporting: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = files._copy

    def lost(file: HeldFile, source: Path, place: Path) -> str:
        source.unlink()
        return copy(file, source, place)

    monkeypatch.setattr(files, "_copy", lost)
    with pytest.raises(ArchiveDamagedError, match=r"file f1 \(Договор\.pdf\) are missing in the archive"):
        exporting("csv")
    assert not (tmp_path / "out").exists()


def test_files_that_the_archive_has_lost_hinder_no_other(
    archive: Any, exporting: Export, tmp_path: Path
) -> None:
    archive.lost.add("f1")
    outputs = exporting("csv")
    assert sum(one.notes.get("lost_files", 0) for one in outputs) == 1
    with (tmp_path / "out/files/index.csv").open(encoding="utf-8", newline="") as text:
        told = {row["id"]: (row["path"], row["sha256"]) for row in csv.DictReader(text)}
    assert told["f1"] == ("", "") and told["f3"][0]
    assert "/somewhere" not in (tmp_path / "out/csv/file.csv").read_text(encoding="utf-8")


def test_a_file_that_is_damaged_in_the_archive_is_not_handed_on(
    archive: Any, exporting: Export, tmp_path: Path
) -> None:
    """Its fingerprint would be listed beside other bytes, and nobody would look again."""
    archive.damaged.add("f1")
    outputs = exporting("csv")
    assert [one.notes for one in outputs if one.path == "files/index.csv"] == [{"damaged_files": 1}]
    out = tmp_path / "out"
    with (out / "files/index.csv").open(encoding="utf-8", newline="") as text:
        told = {row["id"]: (row["path"], row["sha256"]) for row in csv.DictReader(text)}
    assert told["f1"] == ("", "") and told["f3"][0]
    gone = "deal/31 +Поставка/Договор.pdf"
    assert not (out / "files" / gone).exists()
    assert gone not in (out / "files/SHA256SUMS").read_text(encoding="utf-8")
    assert gone not in (out / "csv/file.csv").read_text(encoding="utf-8")


def test_files_tell_where_they_are_in_the_output(exporting: Export, tmp_path: Path) -> None:
    exporting("csv")
    text = (tmp_path / "out/csv/file.csv").read_text(encoding="utf-8")
    assert "files/deal/31 +Поставка/Договор.pdf" in text
    assert "/somewhere" not in text


def test_raw_holds_the_body_as_received(exporting: Export, tmp_path: Path) -> None:
    exporting("raw")
    deal = (tmp_path / "out/raw/deal.jsonl").read_bytes()
    assert (
        deal.splitlines()[0]
        == b'{"stream": "deal", "id": "31", "modified": "2025-01-01", "body": ' + RECORDS["deal"][0][1] + b"}"
    )
    (line,) = (tmp_path / "out/raw/comment.jsonl").read_bytes().splitlines()
    assert json.loads(line) == {
        "stream": "comment",
        "id": "n1",
        "modified": None,
        "parent": {"stream": "deal", "id": "31"},
        "body": json.loads(RECORDS["comment"][0][1]),
    }


def test_progress_is_told_with_a_total_at_the_end(exporting: Export) -> None:
    heard: list[tuple[str, int, int | None]] = []
    exporting("csv", watch=lambda *one: heard.append(one))
    assert ("csv/deal", 2, 2) in heard
    assert ("files", 4, 4) in heard


def test_a_long_sheet_goes_on_in_the_next(exporting: Export, made: Entities, tmp_path: Path) -> None:
    made["deal"] = [{"source_id": str(n), "name": f"d{n}"} for n in range(120)]
    (book, *_files) = exporting("excel", most_rows=50)
    assert book.rows == 120 + 18


def test_an_export_into_a_new_deep_folder_makes_it(exporting: Export, tmp_path: Path) -> None:
    exporting("raw", out=tmp_path / "a" / "b" / "c")
    assert (tmp_path / "a/b/c/export.json").is_file()


def test_each_target_tells_of_other_records_in_its_own_time_zone(
    exporting: Export, archive: Any, made: Entities, tmp_path: Path
) -> None:
    """Though both tell the same of the same ones."""
    made["note"][0]["created_at"] = moment("2026-01-01T21:30:00Z")
    times = {"utc": "UTC", "msk": "+03:00"}
    for name, zone in times.items():
        column = "{children: note.parent, each: '{created_at|dd.mm.yyyy hh:mm}', repeat: all}"
        text = f"{{format: csv, zone: '{zone}', tables: {{t: {{from: deal, columns: {{A: {column}}}}}}}}}"
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    exporting(*(str(tmp_path / f"{name}.yaml") for name in times))
    told = {name: (tmp_path / f"out/{name}/t.csv").read_text(encoding="utf-8") for name in times}
    assert "01.01.2026 21:30" in told["utc"] and "02.01.2026 00:30" in told["msk"]
    assert list(compare(archive, None, None, tmp_path / "out")) == []  # type: ignore[arg-type]


def test_what_was_read_of_two_moments_takes_no_ones_place(
    archive: Any, exporting: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That an archive moved on is known only when all of it was read."""
    exporting("csv")
    before = content(tmp_path / "out")

    @contextmanager
    def moving() -> Iterator[None]:
        yield
        raise ArchiveInUseError("moved on")

    monkeypatch.setattr(archive, "unchanged", moving)
    with pytest.raises(ArchiveInUseError, match="moved on"):
        exporting("csv", lang="en")
    assert content(tmp_path / "out") == before


def test_who_writes_from_another_computer_is_thought_of_where_something_has_gone(tmp_path: Path) -> None:
    """No lock reaches from one computer to another on every share: the second took what the first had written for a rest."""
    out = tmp_path / "out"
    told = "is not there, or not any more.*does no other computer write into that folder at this moment"
    with pytest.raises(OutputError, match=told), replacing(out) as new:
        settle(out)
        (new / "deals.csv").write_text("", encoding="utf-8")
