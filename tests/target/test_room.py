"""An export replaces nothing but what an earlier one made: neither an archive nor a person's own files."""

import re
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import pytest

from crmexport.archive.database import FILE
from crmexport.errors import ConfigurationError, OutputError
from crmexport.mapping.to.scratch import is_full
from crmexport.target import Output, exported
from crmexport.target.folder import PARTIAL
from tests.target.invented import HeldArchive

Export = Callable[..., list[Output]]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.mark.parametrize("name", ["files/договор.docx", "csv/важное.xlsx", "rows/мои.txt", "csv"])
def test_a_persons_own_files_stay(exporting: Export, out: Path, name: str) -> None:
    own = out / name
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text("моё", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="which no export made"):
        exporting("csv")
    assert [path for path in out.rglob("*") if path.is_file()] == [own]
    assert own.read_text(encoding="utf-8") == "моё"


def test_beside_the_work_of_an_export_they_stay_too(exporting: Export, out: Path) -> None:
    exporting("csv")
    (out / "jsonl").mkdir()
    (out / "jsonl" / "моё.txt").write_text("моё", encoding="utf-8")
    exporting("csv")
    with pytest.raises(ConfigurationError, match="jsonl"):
        exporting("csv", "jsonl")
    assert (out / "jsonl" / "моё.txt").exists()


@pytest.mark.parametrize("name", ["csv/мои заметки.xlsx", "files/договор.docx", "csv/моё/правка.csv"])
def test_what_a_person_puts_among_the_files_of_an_export_stays(
    exporting: Export, out: Path, name: str
) -> None:
    exporting("csv")
    before = {path for path in out.rglob("*") if path.is_file()}
    (out / name).parent.mkdir(exist_ok=True)
    (out / name).write_text("моё", encoding="utf-8")
    for targets in (["csv"], ["csv", "jsonl"]):
        exporting(*targets)
        assert (out / name).read_text(encoding="utf-8") == "моё"
    now = {path for path in out.rglob("*") if path.is_file() and "jsonl" not in str(path.relative_to(out))}
    assert now == before | {out / name}


def test_attachments_whose_list_somebody_has_saved_anew_are_nobodys(exporting: Export, out: Path) -> None:
    """Saved by Excel, say, it has other columns: nobody can tell by it what is an attachment of old."""
    exporting("csv")
    before = {path for path in out.rglob("*") if path.is_file()}
    index = out / "files" / "index.csv"
    index.write_text(index.read_text(encoding="utf-8").replace(",", ";"), encoding="utf-8")
    (out / "files" / "моё.txt").write_text("моё", encoding="utf-8")
    exporting("csv")
    assert {path for path in out.rglob("*") if path.is_file()} == before


def test_names_that_a_disk_takes_apart_are_no_others(exporting: Export, out: Path) -> None:
    """Some disks of Macs keep “й” as two letters: what an export wrote there is its own all the same."""
    exporting("csv")
    card = (out / "export.json").read_text(encoding="utf-8").replace("csv/deal.csv", "csv/мой.csv")
    (out / "export.json").write_text(card, encoding="utf-8")
    (out / "csv" / "deal.csv").rename(out / "csv" / unicodedata.normalize("NFD", "мой.csv"))
    exporting("csv")
    assert not list((out / "csv").glob("м*"))


def test_it_stays_when_the_export_is_cut_off_before_it_is_back(exporting: Export, out: Path) -> None:
    exporting("csv")
    old = out / PARTIAL / "old"
    (out / PARTIAL / "whole").mkdir(parents=True)
    (old / "csv").mkdir(parents=True)
    (old / "export.json").write_bytes((out / "export.json").read_bytes())
    (old / "csv" / "моё.txt").write_text("моё", encoding="utf-8")
    (old / "csv" / "deal.csv").write_text("прежнее", encoding="utf-8")
    exporting("csv")
    assert (out / "csv" / "моё.txt").read_text(encoding="utf-8") == "моё"
    assert not (out / "csv" / "deal (2).csv").exists() and not (out / PARTIAL).exists()


def test_where_a_new_file_has_the_name_of_a_persons_own_both_stay(exporting: Export, out: Path) -> None:
    exporting("csv")
    (out / "export.json").write_text(
        (out / "export.json").read_text(encoding="utf-8").replace("csv/deal.csv", "csv/deals.csv"),
        encoding="utf-8",
    )
    (out / "csv" / "deal.csv").write_text("моё", encoding="utf-8")
    exporting("csv")
    assert (out / "csv" / "deal (2).csv").read_text(encoding="utf-8") == "моё"
    assert (out / "csv" / "deal.csv").read_text(encoding="utf-8") != "моё"


def test_the_log_of_a_database_that_is_replaced_goes_with_it(exporting: Export, out: Path) -> None:
    """Whoever opened it, and was killed, left one: beside the new database it would be mixed into that."""
    exporting("sql")
    (database,) = (out / "sql").glob("*.sqlite*")
    for name in (f"{database.name}-wal", f"{database.name}-journal", "моё-wal"):
        (out / "sql" / name).write_bytes(b"x")
    exporting("sql")
    assert {path.name for path in (out / "sql").iterdir()} == {database.name, "моё-wal"}


def test_what_has_other_names_is_in_nobodys_way(exporting: Export, out: Path) -> None:
    (out / "csv").mkdir(parents=True)
    (out / "заметки.txt").write_text("моё", encoding="utf-8")
    exporting("csv")
    exporting("csv")
    assert (out / "заметки.txt").exists()


def test_an_archive_is_no_place_for_an_export(exporting: Export, out: Path, archive: HeldArchive) -> None:
    out.mkdir()
    (out / FILE).write_bytes(b"")
    with pytest.raises(ConfigurationError, match="folder of an archive"):
        exporting("csv")
    (out / FILE).unlink()
    archive.folder = out
    with pytest.raises(ConfigurationError, match="folder of an archive"):
        exporting("csv")
    assert list(out.iterdir()) == []


@pytest.mark.parametrize("inner", ["files/x", "mine", "../held/files"])
def test_within_an_archive_there_is_no_place_for_an_export_either(
    exporting: Export, archive: HeldArchive, inner: str
) -> None:
    """Its own store of files above all: what is written there would be taken for attachments, and be lost with them."""
    with pytest.raises(ConfigurationError, match=r"lies in the archive .*held, where nothing"):
        exporting("csv", out=archive.folder / inner)
    assert list(archive.folder.iterdir()) == []


def test_nor_is_there_within_any_other_archive(exporting: Export, out: Path) -> None:
    out.mkdir()
    (out / FILE).write_bytes(b"")
    with pytest.raises(ConfigurationError, match=r"lies in the archive .*out, where nothing"):
        exporting("csv", out=out / "export")


def test_a_folder_is_for_one_account(exporting: Export, out: Path, archive: HeldArchive) -> None:
    exporting("csv")
    archive.source = replace(archive.source, url="https://another.example")
    with pytest.raises(ConfigurationError, match="another source already: .*, https://"):
        exporting("jsonl")
    assert sorted(path.name for path in out.iterdir()) == ["csv", "export.json", "files", "rows"]


def test_a_file_that_is_open_elsewhere_is_told_before_the_work(
    exporting: Export, out: Path, archive: HeldArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    exporting("csv", "jsonl")
    taken, open_ = out / "csv" / "deal.csv", Path.open

    def refused(self: Path, mode: str = "r", **how: Any) -> Any:
        if self == taken and "+" in mode:
            raise PermissionError(13, "in use", str(self))
        return open_(self, mode, **how)

    monkeypatch.setattr(Path, "open", refused)
    monkeypatch.setattr("crmexport.target.exporting.workshop", never)
    with pytest.raises(OutputError, match=r"deal.csv cannot be written. Is it open in another program"):
        exporting("csv")
    with pytest.raises(AssertionError):
        exporting("jsonl")  # it stays where it is


def never(*_given: Any) -> None:
    raise AssertionError("the work has begun")


def test_an_export_that_was_cut_off_locks_nobody_out(exporting: Export, out: Path) -> None:
    exporting("csv")
    (out / PARTIAL / "whole").mkdir(parents=True)
    (out / "csv").rename(out / PARTIAL / "whole" / "csv")
    (out / PARTIAL / "old").mkdir()
    (out / "export.json").rename(out / PARTIAL / "whole" / "export.json")
    exporting("jsonl")
    assert {one.target for one in exported(out)} >= {"csv", "jsonl"} and not (out / PARTIAL).exists()


def test_a_full_disk_below_a_database_of_ours_is_told_as_below_any_file(exporting: Export, out: Path) -> None:
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    def limited(connection: Any, record: object) -> None:
        connection.execute("PRAGMA max_page_count=5")

    event.listen(Engine, "connect", limited)
    try:
        with pytest.raises(
            OutputError, match=f"no room left on the disk for {re.escape(str(out))}. Free some"
        ):
            exporting("sql")
    finally:
        event.remove(Engine, "connect", limited)
    assert not out.exists()


def test_a_full_disk_below_the_temporary_files_is_told_with_the_folder(
    exporting: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = sys.modules[is_full.__module__]  # the package has a function of that name
    monkeypatch.setattr(scratch, "_FAST", f"{scratch._FAST}PRAGMA max_page_count = 2;")
    with pytest.raises(OutputError, match=f"temporary files, {re.escape(gettempdir())}, .* Free some"):
        exporting("csv")
