"""What was stored is what is read, for ever: damage is found and named, a full disk loses nothing, strangers are refused."""

import errno
import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from crmexport.archive import Archive, Place, Source
from crmexport.archive.answers import Answers
from crmexport.archive.fingerprint import NAME
from crmexport.archive.frontier import Frontier, State
from crmexport.archive.journal import Journal
from crmexport.archive.packing import DamagedError, pack, unpack
from crmexport.archive.replay import current_rows
from crmexport.archive.schema import responses
from crmexport.errors import ArchiveDamagedError, ArchiveInUseError, ConfigurationError, OutputError
from crmexport.pull import pull
from crmexport.source import Account, Credentials, FileRef, Gap, GapKind, Reading, Request, Response, Row
from tests.toy import Toy, ToyServer, toy

SOURCE = Source("toy", "https://toy.example")
ASK = Request("thing", "/things?after=0")


@pytest.fixture
def archive(place: Place) -> Iterator[Archive]:
    with Archive.open_for(place, SOURCE) as archive:
        yield archive


@pytest.fixture
def pulled(place: Place, tmp_path: Path) -> Place:
    incoming = tmp_path / "archive" / "files" / "incoming"
    pull(place, toy(), Credentials(token="t"), rate=0, line=ToyServer(incoming=incoming))
    return place


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open_for(tmp_path, SOURCE) as archive:
        yield archive


def test_a_file_is_no_place_for_an_archive(tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("mine", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"archive is a file; .* Give a folder for --archive"):
        Archive.open_for(tmp_path / "archive", SOURCE)
    assert (tmp_path / "archive").read_text(encoding="utf-8") == "mine"


def overwritten(place: Place, statement: str, *values: object) -> None:
    """The database changed behind the archive's back; a question mark for each value."""
    if isinstance(place, Path):
        with closing(sqlite3.connect(place / "archive.sqlite")) as raw, raw:
            raw.execute(statement, values)
    else:
        with Archive.open(place) as archive:
            archive.database.connection.exec_driver_sql(statement.replace("?", "%s"), values)


def keep(archive: Archive, body: bytes, *rows: Row) -> None:
    with archive.database.transaction():
        Answers(archive.database, 1).keep(ASK, Response(200, {}, body), [Reading(records=list(rows))])


def row(id: str, start: int, end: int) -> Row:
    return Row("thing", id, {}, start, end, modified="2026-01-01")


def bodies(archive: Archive) -> dict[str, bytes]:
    return {id: body for id, body, _modified, _parent in archive.records("thing")}


def test_a_record_is_its_exact_bytes(archive: Archive) -> None:
    keep(archive, '[{"а": 1}, {"б": 2}]'.encode(), row("1", 1, 10), row("2", 12, 21))
    assert bodies(archive) == {"1": '{"а": 1}'.encode(), "2": '{"б": 2}'.encode()}


def test_a_change_keeps_the_old_version_and_an_unchanged_answer_is_not_stored(archive: Archive) -> None:
    keep(archive, b"[11][22]", row("1", 0, 4), row("2", 4, 8))
    keep(archive, b"[11][22]", row("1", 0, 4), row("2", 4, 8))
    keep(archive, b"[11][23]", row("1", 0, 4), row("2", 4, 8))
    count = archive.database.connection.execute(text("SELECT count(*) FROM responses")).scalar_one()
    old = archive.database.connection.execute(text('SELECT id, response, start, "end" FROM versions')).all()
    assert (count, bodies(archive), [tuple(one) for one in old]) == (
        2,
        {"1": b"[11]", "2": b"[23]"},
        [("2", 1, 4, 8)],
    )


def test_nothing_of_a_failed_transaction_stays(archive: Archive) -> None:
    with pytest.raises(RuntimeError), archive.database.transaction():
        Answers(archive.database, 1).keep(ASK, Response(200, {}, b"[1]"), [Reading(records=[row("1", 0, 3)])])
        Frontier(archive.database, 1).add([ASK])
        raise RuntimeError
    assert (bodies(archive), archive.waiting()) == ({}, 0)


def test_a_gap_is_filled_by_the_record(archive: Archive) -> None:
    answers = Answers(archive.database, 1)
    with archive.database.transaction():
        answers.gap([Gap("thing", "1", GapKind.BROKEN, "x"), Gap("thing", "2", GapKind.REFUSED, "y")])
        answers.keep(ASK, Response(200, {}, b"[1]"), [Reading(records=[row("1", 0, 3)])])
    assert [gap.id for gap in archive.gaps()] == ["2"]


def test_what_a_poorer_description_of_a_file_leaves_out_is_kept(archive: Archive) -> None:
    """Where a file hangs less may be told of it than in a list of files, and nobody knows which comes last."""

    def told(meta: str, size: int = 1) -> None:
        ref = FileRef("f", "a.pdf", size, ("thing", "1"), meta, ASK)
        with archive.database.transaction():
            Answers(archive.database, 1).keep(ASK, Response(200, {}, b"[1]"), [Reading(files=[ref])])

    def meta() -> object:
        return next(iter(archive.files())).meta

    told('{"name": "a.pdf", "created": "2023-02-11", "by": "Анна"}')
    told('{"name": "b.pdf", "by": null}')
    assert meta() == {"name": "b.pdf", "created": "2023-02-11", "by": None}
    told('{"name": "b.pdf"}', size=2)
    assert meta() == {"name": "b.pdf"}, "these are other bytes"
    told('{"name": "b.pdf", "created": "2024-01-01"}', size=2)
    assert meta() == {"name": "b.pdf", "created": "2024-01-01"}


def test_all_that_one_answer_tells_of_a_file_is_kept(archive: Archive) -> None:
    rich, poor = (
        FileRef("f", "a.pdf", 1, ("thing", str(len(meta))), meta, ASK)
        for meta in ('{"a": 1, "b": 2}', '{"a": 1}')
    )
    with archive.database.transaction():
        Answers(archive.database, 1).keep(ASK, Response(200, {}, b"[1]"), [Reading(files=[rich, poor])])
    assert [file.meta for file in archive.files()] == [{"a": 1, "b": 2}]


def test_half_a_letter_in_a_name_or_a_reason_is_kept_as_an_escape(archive: Archive) -> None:
    """Whoever cuts a name in the middle of an emoji must not cost the page of records that it came with."""
    named = FileRef("f", "plan \ud83d.pdf", 1, ("thing", "1"), '{"name": "план \ud83d.pdf"}', ASK)
    gap = Gap("thing", "9", GapKind.REFUSED, "lies at \ud83d")
    reading = Reading(records=[row("1", 1, 2)], files=[named], gaps=[gap])
    with archive.database.transaction():
        Answers(archive.database, 1).keep(ASK, Response(200, {}, b"[1]"), [reading])
    (file,) = archive.files()
    assert (file.name, file.meta) == ("plan \\ud83d.pdf", {"name": "план \ud83d.pdf"})
    assert [one.reason for one in archive.gaps()] == ["lies at \\ud83d"]


def test_a_row_of_a_list_fills_no_gap_of_a_record_that_is_held(archive: Archive) -> None:
    """The card was refused, and the list shows again what it showed before; what had vanished is back, though."""
    answers = Answers(archive.database, 1)
    both = [Reading(records=[row("1", 1, 2), row("2", 3, 4)])]
    with archive.database.transaction():
        answers.keep(ASK, Response(200, {}, b"[1,2]"), both)
        answers.gap([Gap("thing", "1", GapKind.REFUSED, "x")])
        answers.keep(ASK, Response(200, {}, b"[1,2]"), both)
    assert [gap.id for gap in archive.gaps()] == ["1"]
    with archive.database.transaction():
        answers.keep(
            ASK, Response(200, {}, b"[1]"), [Reading(records=[row("1", 1, 2)])], named={("thing", "1")}
        )
    assert list(archive.gaps()) == []


def test_a_record_that_changed_says_so_that_what_hangs_on_it_may_be_asked_again(archive: Archive) -> None:
    answers, frontier = Answers(archive.database, 1), Frontier(archive.database, 1)
    with archive.database.transaction():
        answers.keep(ASK, Response(200, {}, b"[1]"), [Reading(records=[row("1", 1, 2)])])
        assert answers.replaced == set()
        answers.keep(ASK, Response(200, {}, b"[2]"), [Reading(records=[row("1", 1, 2)])])
        assert answers.replaced == {("thing", "1")}
        frontier.add([ASK])
        frontier.done([frontier.waiting(5, 0.0, bulk=False)[0].id])
        frontier.renew([ASK])
        assert frontier.add([ASK]) == 1


def test_a_damaged_head_that_tells_an_absurd_size_is_damage_and_no_lack_of_memory() -> None:
    packed = bytearray(pack(bytes(range(256)) * 40))
    packed[4] |= (
        0xC0  # zstd's frame header: the size of the content has eight bytes, so that others are taken for it
    )
    with pytest.raises(DamagedError):
        unpack(bytes(packed))


def test_what_would_fill_the_memory_is_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crmexport.archive.packing.LARGEST", 1 << 16)
    assert unpack(pack(bytes(1 << 16)))
    with pytest.raises(DamagedError):
        unpack(pack(bytes((1 << 16) + 1)))


def test_what_is_cut_or_followed_by_more_is_damage() -> None:
    """Fifty kilobytes of frames, each of which tells a harmless size, would unpack to more than any memory as well."""
    packed = pack(b"[1, 2, 3]" * 100)
    for damaged in (packed[:-1], packed[:-5], packed + packed, packed + b"\0", b"", b"[1]"):
        with pytest.raises(DamagedError):
            unpack(damaged)
    assert unpack(pack(b"")) == b""
    assert pack(b"again") == pack(b"again") and unpack(packed) == b"[1, 2, 3]" * 100


def test_the_same_question_is_in_line_once(archive: Archive) -> None:
    frontier = Frontier(archive.database, 1)
    with archive.database.transaction():
        assert frontier.add([ASK, ASK]) == 1
        (waiting,) = frontier.waiting(5, 0.0, bulk=False)
        frontier.done([waiting.id])
        assert frontier.add([ASK]) == 0
    assert frontier.waiting(5, 0.0, bulk=False) == []


@pytest.mark.parametrize("state", State)
def test_what_is_asked_anew_is_in_line_once_whatever_became_of_it(archive: Archive, state: State) -> None:
    """In the new words: a waiting request with the old ones would be answered with what is not wanted any more."""
    frontier, reworded = Frontier(archive.database, 1), ASK.replace(context={"size": 2})
    with archive.database.transaction():
        frontier.add([ASK.replace(context={"size": 1})])
        (waiting,) = frontier.waiting(5, 0.0, bulk=False)
        if state is not State.WAITING:
            frontier.set_aside(waiting.id, state)
        frontier.ask_anew([reworded])
        assert [one.request for one in frontier.waiting(5, 0.0, bulk=False)] == [reworded]


def test_the_worthiest_comes_first_and_deferred_ones_later(archive: Archive) -> None:
    frontier = Frontier(archive.database, 1)
    with archive.database.transaction():
        frontier.add(
            [Request("a", "/low", worth=1), Request("a", "/high", worth=9), Request("a", "/mid", worth=5)]
        )
        frontier.defer(frontier.waiting(1, 0.0, bulk=False)[0].id, until=100.0, attempts=1)
    assert [one.request.path for one in frontier.waiting(5, 50.0, bulk=False)] == ["/mid", "/low"]
    assert [one.request.path for one in frontier.waiting(5, 100.0, bulk=False)] == ["/high", "/mid", "/low"]
    assert frontier.next_time() == 0.0


def test_mapping_sees_current_records_with_their_parents(pulled: Place) -> None:
    with Archive.open(pulled) as archive:
        notes = list(current_rows(archive, toy(), {"note"}))
        things = list(current_rows(archive, toy(), {"thing"}))
    assert len(things) == 24
    assert all(note.value["_parent"] == {"stream": "thing", "id": note.id.split("-")[0]} for note in notes)


class Reads(Toy):
    """A later version of the connector, which passes over some things; of notes it understands no answer any more."""

    def rows(self, request: Request, response: Response) -> list[Row]:
        if request.stream == "note":
            raise ValueError("an answer as nobody gives it today")
        return [row for row in super().rows(request, response) if row.id not in ("3", "900")]


def test_what_a_later_version_does_not_read_comes_as_its_own_bytes_have_it(pulled: Place) -> None:
    told: list[tuple[str, str]] = []
    with Archive.open(pulled) as archive:
        before = {(row.stream, row.id): row.value for row in current_rows(archive, toy(), {"thing", "note"})}
        later = Reads(Account("https://toy.example"))
        rows = list(current_rows(archive, later, {"thing", "note"}, lambda *key: told.append(key)))
    assert {(row.stream, row.id): row.value for row in rows} == before
    assert len(rows) == len(before)
    assert {("thing", "3"), ("thing", "900"), *(key for key in before if key[0] == "note")} == set(told)


def test_every_flipped_byte_of_an_answer_or_a_file_is_found_and_named(pulled: Place) -> None:
    with Archive.open(pulled) as archive:
        file = next(file for file in archive.files() if file.path)
        assert file.path is not None
        content = bytearray(file.path.read_bytes())
        content[3] ^= 1
        file.path.write_bytes(content)
        assert [sentence for sentence in archive.check()] == [
            f"The bytes of file {file.id} ({file.name}) are damaged or missing. “crmexport pull --full” fetches them again."
        ]
        content[3] ^= 1
        file.path.write_bytes(content)
        packed = archive.database.connection.execute(
            text("SELECT body FROM responses WHERE id = 1")
        ).scalar_one()
    for at in range(0, len(packed), 7):
        flipped = packed[:at] + bytes([packed[at] ^ 4]) + packed[at + 1 :]
        overwritten(pulled, "UPDATE responses SET body = ? WHERE id = 1", flipped)
        with Archive.open(pulled) as archive:
            assert any("Answer 1 " in sentence for sentence in archive.check())


def test_records_and_versions_without_their_answer_are_counted(archive: Archive) -> None:
    """On a server there is no fingerprint that would tell: an answer that went with its row leaves the index behind."""
    keep(archive, b'[{"id": "1"}]', row("1", 1, 12))
    keep(archive, b'[{"id": "1", "name": "other"}]', row("1", 1, 29))
    assert list(archive.check()) == []
    with archive.database.transaction():
        archive.database.connection.execute(responses.delete())
    assert "2 records name an answer that is not in the archive any more." in list(archive.check())


def test_a_damaged_answer_is_a_sentence_when_read(pulled: Place) -> None:
    """A full pull leaves what is unchanged where it lies: only a copy has it, or an archive begun anew."""
    overwritten(pulled, "UPDATE responses SET body = ? WHERE id = 1", b"\0")
    with (
        Archive.open(pulled) as archive,
        pytest.raises(ArchiveDamagedError, match=r"Answer 1 .* restore a copy, or pull into a new folder"),
    ):
        list(archive.records("thing"))


def test_what_is_no_archive_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no archive"):
        Archive.open(tmp_path)
    (tmp_path / "archive.sqlite").write_bytes(
        b"hello, I am a text file, and longer than a header of SQLite" * 9
    )
    with pytest.raises(ArchiveDamagedError, match="Restore it"):
        Archive.open(tmp_path)


def test_an_empty_archive_of_a_mistyped_address_may_go(pulled: Place, tmp_path: Path) -> None:
    other = replace(SOURCE, url="https://other.example.com")
    with Archive.open_for(tmp_path / "fresh", replace(SOURCE, url="https://mistyped.example.com")):
        pass
    with Archive.open_for(tmp_path / "fresh", SOURCE) as archive, archive.database.transaction():
        assert archive.source == SOURCE
        Journal(archive.database).begin(1)
    assert Archive.source_in(tmp_path / "fresh") == SOURCE
    with pytest.raises(
        ConfigurationError, match=r"Give another folder .* Nothing has been pulled .* delete it\.$"
    ):
        Archive.open_for(tmp_path / "fresh", other)
    with pytest.raises(ConfigurationError, match=r"Give another folder for --archive\.$"):
        Archive.open_for(pulled, other)


def test_an_archive_of_another_form_is_refused(pulled: Place) -> None:
    overwritten(pulled, "UPDATE about SET value = '99' WHERE name = 'schema'")
    with pytest.raises(ConfigurationError, match="99"):
        Archive.open(pulled)


def test_a_full_disk_is_a_sentence_and_the_archive_goes_on_after_it(folder: Archive) -> None:
    pages = folder.database.connection.execute(text("PRAGMA page_count")).scalar_one()
    folder.database.connection.execute(text(f"PRAGMA max_page_count={pages + 2}"))
    folder.database.connection.commit()
    with pytest.raises(OutputError, match="goes on where it stopped"):
        for number in range(1000):
            keep(folder, bytes(str(number), "ascii") * 5000, row(str(number), 0, 5))
    held = len(bodies(folder))
    folder.database.connection.execute(text("PRAGMA max_page_count=1000000"))
    keep(folder, b"[9999]", row("9999", 0, 6))
    assert len(bodies(folder)) == held + 1
    assert list(folder.check()) == []


def test_an_archive_that_somebody_looks_at_with_another_program_is_not_called_damaged(
    folder: Archive,
) -> None:
    """Whoever is told so pulls everything anew, for days."""
    other = sqlite3.connect(folder.folder / "archive.sqlite", isolation_level=None)
    with closing(other):
        other.execute("BEGIN IMMEDIATE")
        folder.database.connection.exec_driver_sql("PRAGMA busy_timeout = 0")
        folder.database.connection.rollback()
        with pytest.raises(ArchiveInUseError, match="Another program holds"), folder.database.transaction():
            folder.note_options({"new": 1})
        other.execute("ROLLBACK")
    with folder.database.transaction():
        folder.note_options({"new": 1})
    assert folder.source.options == {"new": 1}


def test_a_file_that_cannot_be_kept_is_a_sentence(
    folder: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: Path, place: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("crmexport.archive.content.move", full)
    with pytest.raises(OutputError, match="No space left"):
        folder.content.take(tmp_path / "x", "ab" * 32)


def test_a_folder_of_files_that_cannot_be_made_is_a_sentence(folder: Archive) -> None:
    (folder.folder / "files").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="files"):
        folder.content.prepare()


@pytest.mark.skipif(os.name == "nt", reason="who may make links there is a matter of rights")
def test_nothing_is_deleted_behind_a_link_in_an_archive_of_somebody_else(
    folder: Archive, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    (home / "documents").mkdir(parents=True)
    (home / "do_not_delete.txt").write_text("precious", encoding="utf-8")
    (home / "documents" / "contract.pdf").write_text("precious", encoding="utf-8")
    folder.content.folder.mkdir(exist_ok=True)
    folder.content.incoming.symlink_to(home)
    (folder.content.folder / "do").symlink_to(home)
    assert list(folder.content.all()) == []
    left = folder.content.prepare() / ("ab" * 32 + ".begun")
    left.write_text("", encoding="utf-8")
    folder.content.prepare()
    assert sorted(path.name for path in home.rglob("*")) == ["contract.pdf", "do_not_delete.txt", "documents"]


def test_the_fingerprint_is_on_disk_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut may leave an empty file under a name that was given too early, and that speaks against the archive for ever."""
    Archive.open_for(tmp_path, SOURCE).close()
    synced: list[tuple[bytes, bool]] = []

    def fsync(handle: int) -> None:
        new = (tmp_path / f"{NAME}.new").read_bytes()
        synced.append((new, (tmp_path / NAME).exists()))

    monkeypatch.setattr("crmexport.archive.fingerprint.os.fsync", fsync)
    Archive.open(tmp_path, alone=True).close()
    assert synced == [((tmp_path / NAME).read_bytes(), False)]


@pytest.mark.parametrize("is_writable", [True, False])
def test_an_archive_is_read_where_nobody_can_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_writable: bool
) -> None:
    """On a medium that is read-only, SQLite has no place for the file that it wants beside the database."""
    folder = tmp_path / "архив %20 #1"
    with Archive.open_for(folder, SOURCE) as archive:
        keep(archive, b"[11]", row("1", 0, 4))
    beside = {path.name for path in folder.iterdir()}
    monkeypatch.setattr(os, "access", lambda path, mode: is_writable)
    with Archive.open(folder) as archive:
        assert bodies(archive) == {"1": b"[11]"} and list(archive.check()) == []
        assert ({path.name for path in folder.iterdir()} == beside) is not is_writable


def test_an_archive_without_its_database_is_not_begun_anew(tmp_path: Path) -> None:
    with Archive.open_for(tmp_path, SOURCE):
        pass
    (tmp_path / "archive.sqlite").unlink()
    with pytest.raises(ArchiveDamagedError, match="has lost its database"):
        Archive.open_for(tmp_path, SOURCE)
    assert not (tmp_path / "archive.sqlite").exists()


def test_a_damage_is_told_of_the_archive_that_has_it(tmp_path: Path) -> None:
    """Whatever the archives of one process share, errors are not told with the path of another."""
    for name in ("sound", "damaged"):
        with Archive.open_for(tmp_path / name, SOURCE) as archive:
            keep(archive, b"[11]", row("1", 0, 4))
    file = tmp_path / "damaged" / "archive.sqlite"
    content = file.read_bytes()
    file.write_bytes(content[:200] + bytes(len(content) - 200))
    with Archive.open(tmp_path / "sound") as sound:
        assert list(sound.check()) == []
        with pytest.raises(ArchiveDamagedError) as told, Archive.open(tmp_path / "damaged") as archive:
            list(archive.check())
    assert str(file) in str(told.value)


@pytest.mark.parametrize("column", ["id", "name", "meta"])
def test_a_text_that_is_none_any_more_is_a_sentence(tmp_path: Path, column: str) -> None:
    """SQLite gives what it has; that it is no text shows only when the rows are taken."""
    with Archive.open_for(tmp_path, SOURCE) as archive, archive.database.transaction():
        line = "INSERT INTO files (id, name, meta) VALUES ('1', 'a.pdf', '{}')"
        archive.database.connection.exec_driver_sql(line)
        archive.database.connection.exec_driver_sql(f"UPDATE files SET {column} = CAST(X'FF' AS TEXT)")
    with Archive.open(tmp_path) as archive, pytest.raises(ArchiveDamagedError, match="cannot be read"):
        list(archive.files())


@pytest.mark.parametrize("column", ["id", "name", "meta", "sha256"])
def test_a_text_of_a_file_that_is_none_any_more_is_damage(tmp_path: Path, column: str) -> None:
    """One changed byte in the head of a row is enough for SQLite to take its text for bytes. (PostgreSQL does not store it.)"""
    pull(
        tmp_path,
        toy(),
        Credentials(token="t"),
        rate=0,
        line=ToyServer(incoming=tmp_path / "files" / "incoming"),
    )
    with Archive.open(tmp_path) as archive:
        assert list(archive.files())
    overwritten(
        tmp_path, f"UPDATE files SET {column} = ? WHERE id = (SELECT max(id) FROM files)", b"a6ab7e43422"
    )
    with Archive.open(tmp_path) as archive, pytest.raises(ArchiveDamagedError, match="description of file"):
        list(archive.files())


@pytest.mark.skipif(sys.platform == "win32", reason="there SQLite takes what Windows takes")
def test_a_path_that_sqlite_does_not_take_is_no_damage(tmp_path: Path) -> None:
    folder = tmp_path.joinpath(*("я" * 100 for _ in range(6)))
    with pytest.raises(ConfigurationError, match="give a shorter path"):
        Archive.open_for(folder, SOURCE)
