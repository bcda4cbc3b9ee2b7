"""An archive in PostgreSQL keeps what one in a folder keeps, shows no password, and survives its server."""

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from urllib.parse import quote, urlsplit

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from crmexport.archive import Archive, Server, Source, place_of
from crmexport.archive.answers import Answers
from crmexport.archive.closure import linked_not_held
from crmexport.archive.escaping import escaped, unescaped
from crmexport.archive.postgresql import lock_of
from crmexport.archive.schema import metadata
from crmexport.errors import (
    ArchiveInUseError,
    ArchiveUnreachableError,
    ConfigurationError,
    ExitCode,
    OutputError,
)
from crmexport.pull import pull
from crmexport.source import Announced, Credentials, FileRef, Gap, GapKind, Reading, Request, Response, Row
from tests.conftest import Naming, address
from tests.postgresql_server import PostgreSQLServer
from tests.toy import TestClock, ToyServer, toy

SOURCE = Source("toy", "https://toy.example")
ASK = Request("thing", "/things?after=0")
ODD = ["", "\0", "\0\0", "\1", "\1\2", "a", "a\0", "a\0b", "a\1", "a b", "A", "ab", "б", "Б", "Ё", "10", "9", "%s", "'", "\\", "𝄞", "\uffff"]  # fmt: skip


@pytest.fixture
def server(postgresql: str, tmp_path: Path) -> Server:
    found = place_of(address(postgresql, tmp_path / "archive"))
    assert isinstance(found, Server)
    return found


@pytest.fixture
def boss(postgresql: str, server: Server) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A connection of the server's superuser, who sees the archive's tables first."""
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute("SELECT set_config('search_path', quote_ident(%s), false)", [server.schema])
        yield connection


def filled(archive: Archive, texts: list[str]) -> None:
    """An archive whose every text from outside is one of `texts`."""
    body = b"".join(b"[%d]" % (1000 + number) for number in range(len(texts)))
    rows = [
        Row("thing", text, {}, place * 6, place * 6 + 6, ("thing", text), text)
        for place, text in enumerate(texts)
    ]
    files = [FileRef(text, text, 1, ("thing", text), '{"a": 1}', ASK) for text in texts]
    gaps = [Gap("note", text, GapKind.REFUSED, text) for text in texts]
    links = {("link", text) for text in texts}
    with archive.database.transaction():
        answers = Answers(archive.database, 1)
        for _again in range(2):
            reading = Reading(records=rows, files=files, gaps=gaps, links=links)
            answers.keep(ASK, Response(200, {}, body), [reading])
        answers.keep(ASK, Response(200, {}, body.replace(b"[1", b"[5")), [Reading(records=rows)])


def read(archive: Archive) -> list[object]:
    """Everything in it, in the order it is given."""
    return [
        list(archive.records("thing")),
        [(file.id, file.name, file.owners, file.meta) for file in archive.files()],
        archive.gaps(),
        list(linked_not_held(archive.database)),
        list(archive.check()),
    ]


def test_every_text_comes_back_in_the_same_order_as_from_a_folder(server: Server, tmp_path: Path) -> None:
    with Archive.open_for(tmp_path, SOURCE) as folder, Archive.open_for(server, SOURCE) as archive:
        filled(folder, ODD)
        filled(archive, ODD)
        assert read(archive) == read(folder)
        assert len(read(archive)[0]) == len(ODD)  # type: ignore[arg-type]


def test_every_text_is_sorted_by_its_bytes_whatever_the_language_of_the_database(
    server: Server, boss: psycopg.Connection[tuple[object, ...]]
) -> None:
    """The server of the tests sorts like that anyway; one at work seldom does."""
    Archive.open_for(server, SOURCE).close()
    columns = "SELECT count(*), count(*) FILTER (WHERE collation_name = 'C') FROM information_schema.columns "
    found = boss.execute(
        columns + "WHERE table_schema = %s AND data_type = 'character varying'", [server.schema]
    )
    (number, by_bytes) = found.fetchone() or (0, 0)
    assert number == by_bytes and number > 20  # type: ignore[operator]


@given(st.text(st.characters(max_codepoint=4)), st.text(st.characters(max_codepoint=4)))
def test_escaping_keeps_texts_apart_and_in_order(one: str, other: str) -> None:
    assert unescaped(escaped(one)) == one
    assert "\0" not in escaped(one)
    assert (escaped(one) < escaped(other)) == (one < other)


def test_numbers_are_as_wide_as_in_a_folder(naming: Naming, tmp_path: Path) -> None:
    with Archive.open_for(place_of(naming(tmp_path / "a")), SOURCE) as archive:
        with archive.database.transaction():
            Answers(archive.database, 1).announce([Announced("thing", "list", 2**40)] * 2)
        assert archive.announced() == {"thing": (2**40, 0)}


def test_a_copy_of_the_tables_is_the_same_archive(server: Server, tmp_path: Path) -> None:
    """Exports of both are compared byte by byte in tests/target."""
    with Archive.open_for(tmp_path, SOURCE) as folder, Archive.open_for(server, SOURCE) as archive:
        filled(folder, ODD)
        for table in metadata.sorted_tables:
            rows = [dict(row._mapping) for row in folder.database.connection.execute(select(table))]
            if rows and table.name != "about":
                archive.database.connection.execute(table.insert(), rows)
        assert read(archive) == read(folder)


def refusal(place: Server) -> ArchiveUnreachableError:
    with pytest.raises(ArchiveUnreachableError) as refused:
        Archive.open(place)
    assert refused.value.exit_code == ExitCode.FAILED
    return refused.value


def test_a_wrong_password_is_a_sentence_without_it(postgresql: str, tmp_path: Path) -> None:
    parts = urlsplit(postgresql)
    wrong = parts._replace(netloc=f"{parts.username}:wr0ng%2Fone@{parts.hostname}:{parts.port}")
    said = refusal(place_of(address(wrong.geturl(), tmp_path)))  # type: ignore[arg-type]
    assert "cannot be reached" in str(said) and "wr0ng" not in repr(said)
    assert said.__cause__ is None and said.__suppress_context__


def test_a_server_that_is_not_there_is_a_sentence() -> None:
    said = refusal(Server("postgresql://anna:s3cret@127.0.0.1:1/crm"))
    assert "127.0.0.1" in str(said) and "s3cret" not in str(said)


def test_an_option_that_libpq_does_not_know_is_refused_without_the_password() -> None:
    with pytest.raises(ConfigurationError) as refused:
        Archive.open(Server("postgresql://anna:s3cret@127.0.0.1:1/crm?colour=red"))
    assert "s3cret" not in str(refused.value)


def test_the_password_may_come_from_the_environment(
    postgresql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = urlsplit(postgresql)
    monkeypatch.setenv("PGPASSWORD", place_of(postgresql).secrets[-1])  # type: ignore[union-attr]
    bare = parts._replace(netloc=f"{parts.username}@{parts.hostname}:{parts.port}").geturl()
    with Archive.open_for(place_of(address(bare, tmp_path)), SOURCE) as archive:
        assert archive.source == SOURCE


def test_the_password_is_nowhere_in_the_archive(server: Server) -> None:
    with Archive.open_for(server, SOURCE) as archive:
        assert not any(secret in str(archive.database.about()) for secret in server.secrets)
        assert not any(secret in archive.database.place for secret in server.secrets)


def test_without_the_driver_it_says_what_to_install(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.delitem(sys.modules, "crmexport.archive.postgresql")
    monkeypatch.delitem(sys.modules, "crmexport.archive.libpq")
    with pytest.raises(ConfigurationError, match=r"crmexport\[postgresql\]") as refused:
        Archive.open(server)
    assert refused.value.exit_code == ExitCode.USAGE


def test_an_empty_schema_is_no_archive(server: Server) -> None:
    with pytest.raises(ConfigurationError, match="no archive"):
        Archive.open(server)


def test_one_database_holds_several_archives(postgresql: str, tmp_path: Path) -> None:
    one, other = (place_of(address(postgresql, tmp_path / name)) for name in "ab")
    with Archive.open_for(one, SOURCE), Archive.open_for(other, Source("toy", "https://two")) as second:
        assert second.source.url == "https://two"


def test_reading_is_allowed_while_one_pulls_and_changing_is_not(server: Server) -> None:
    with Archive.open_for(server, SOURCE):
        Archive.open(server).close()
        with pytest.raises(ArchiveInUseError) as refused:
            Archive.open(server, alone=True)
        assert refused.value.exit_code == ExitCode.ARCHIVE_IN_USE
    Archive.open(server, alone=True).close()


def test_a_database_that_has_no_room_for_every_letter_is_refused(
    postgresql: str, boss: psycopg.Connection[tuple[object, ...]], server: Server
) -> None:
    name = f"latin {server.schema}"
    boss.execute(f"CREATE DATABASE \"{name}\" ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    with pytest.raises(ConfigurationError, match="UTF8"):
        Archive.open_for(place_of(urlsplit(postgresql)._replace(path=f"/{quote(name)}").geturl()), SOURCE)
    boss.execute(f'DROP DATABASE "{name}"')


def test_limits_that_the_server_sets_on_waiting_do_not_end_a_pull(server: Server) -> None:
    hasty = Server(
        server.address + "?options=-cstatement_timeout%3D900%20-cidle_session_timeout%3D900", server.schema
    )
    with Archive.open_for(hasty, SOURCE) as archive:
        shown = [
            archive.database.connection.exec_driver_sql(f"SHOW {name}").scalar()
            for name in ("statement_timeout", "idle_session_timeout", "synchronous_commit")
        ]
    assert shown == ["0", "0", "on"]


def test_nothing_stays_open_while_a_pull_waits(
    server: Server, boss: psycopg.Connection[tuple[object, ...]]
) -> None:
    with Archive.open_for(server, SOURCE) as archive:
        archive.waiting()
        state = "SELECT state FROM pg_stat_activity WHERE application_name = 'crmexport' AND query LIKE %s"
        states = boss.execute(state, ["%requests.state =%"]).fetchall()
        assert ("idle in transaction",) not in states


def test_who_may_only_read_can_read_and_is_told_when_that_is_not_enough(
    postgresql: str, server: Server, boss: psycopg.Connection[tuple[object, ...]], tmp_path: Path
) -> None:
    reader = f"reader of {server.schema}"
    with Archive.open_for(server, SOURCE) as archive:
        filled(archive, ODD)
    boss.execute(f"CREATE ROLE \"{reader}\" LOGIN PASSWORD 'x'")
    boss.execute(f'GRANT USAGE ON SCHEMA "{server.schema}" TO "{reader}"')
    boss.execute(f'GRANT SELECT ON ALL TABLES IN SCHEMA "{server.schema}" TO "{reader}"')
    parts = urlsplit(postgresql)
    typed = parts._replace(netloc=f"{quote(reader)}:x@{parts.hostname}:{parts.port}").geturl()
    with Archive.open(Server(typed, server.schema)) as archive, Archive.open(server) as whole:
        assert read(archive) == read(whole)
    with (
        pytest.raises(OutputError, match="right to write"),
        Archive.open_for(Server(typed, server.schema), SOURCE) as archive,
    ):
        filled(archive, ["1"])
    with pytest.raises(OutputError, match="right to write"):
        Archive.open_for(Server(typed, "another"), SOURCE)
    boss.execute(f'DROP OWNED BY "{reader}"')
    boss.execute(f'DROP ROLE "{reader}"')


class Folders:
    """Which folder an archive takes its files from."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def of(self, folder: Path | None, how: Callable[[Server], Archive]) -> Path:
        with how(Server(self._server.address, self._server.schema, folder)) as archive:
            return archive.folder


def made(place: Server) -> Archive:
    return Archive.open_for(place, SOURCE)


def test_the_folder_of_the_files_is_remembered(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folders = Folders(server)
    assert folders.of(Path("beside"), made) == tmp_path / "beside"
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert folders.of(None, made) == folders.of(None, Archive.open) == tmp_path / "beside"
    assert folders.of(Path("/copy"), Archive.open) == Path("/copy")


def test_a_new_archive_without_a_folder_takes_one_called_like_the_schema(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert Folders(server).of(None, made) == tmp_path / server.schema


def test_another_folder_is_refused_until_the_files_are_moved(server: Server, tmp_path: Path) -> None:
    folders, old, new = Folders(server), tmp_path / "old", tmp_path / "new"
    folders.of(old, made)
    old.mkdir()
    with pytest.raises(ConfigurationError, match="folder="):
        folders.of(new, made)
    shutil.move(old, new)
    assert folders.of(new, made) == folders.of(None, Archive.open) == new


def test_a_folder_is_of_one_archive(server: Server, tmp_path: Path) -> None:
    """`prune` of the one would drop the files of the other: by default, all archives of one schema's name take one folder."""
    folders, other = Folders(server), tmp_path / "other"
    bytes_of = other / "files" / "ab" / ("ab" * 32)
    bytes_of.parent.mkdir(parents=True)
    bytes_of.write_bytes(b"of another archive")
    with pytest.raises(ConfigurationError, match="files of another archive"):
        folders.of(other, made)
    Archive.open_for(tmp_path / "sqlite", SOURCE).close()
    with pytest.raises(ConfigurationError, match="files of another archive"):
        folders.of(tmp_path / "sqlite", made)
    bytes_of.unlink()
    assert folders.of(other, made) == other
    bytes_of.write_bytes(b"of this archive")
    assert folders.of(other, made) == folders.of(None, made) == other


@pytest.mark.parametrize("code", ["53100", "25006", "42501"])
def test_a_full_or_closed_server_is_a_sentence_and_the_archive_goes_on_after_it(
    code: str, server: Server, boss: psycopg.Connection[tuple[object, ...]]
) -> None:
    with Archive.open_for(server, SOURCE) as archive:
        boss.execute(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$BEGIN RAISE 'could not extend file' USING ERRCODE = '{code}'; END$$"
        )
        boss.execute("CREATE TRIGGER full_disk BEFORE INSERT ON gaps EXECUTE FUNCTION full_disk()")
        with pytest.raises(OutputError, match="goes on where it stopped"):
            filled(archive, ["1"])
        assert list(archive.records("thing")) == []
        boss.execute("DROP TRIGGER full_disk ON gaps")
        filled(archive, ["1"])
        assert len(list(archive.records("thing"))) == 1


class Interrupted(ToyServer):
    """A source during whose n-th answer something happens."""

    def __init__(self, incoming: Path, nth: int, happening: Callable[[], object]) -> None:
        super().__init__(incoming=incoming)
        self._left = nth
        self._happening = happening
        self.happened = Event()

    def send(self, request: Request, *given: object, **options: object) -> Response:
        self._left -= 1
        if self._left == 0:
            self._happening()
            self.happened.set()
        return super().send(request, *given, **options)  # type: ignore[arg-type]


def content(archive: Archive) -> object:
    assert list(archive.check()) == []
    files = [(file.id, file.sha256) for file in archive.files()]
    return {name: sorted(archive.records(name)) for name in ("thing", "note")}, files, archive.gaps()


def pulled_through(place: Server, folder: Path, happening: Callable[[], object]) -> None:
    """A pull that something interrupts, and the same command again, which goes on."""
    line = Interrupted(folder / "files" / "incoming", 12, happening)
    with pytest.raises(ArchiveUnreachableError, match="goes on where it stopped") as lost:
        pull(place, toy(), Credentials(token="t"), clock=TestClock(), line=line)
    assert lost.value.exit_code == ExitCode.FAILED
    assert line.happened.wait(30)
    assert pull(place, toy(), Credentials(token="t"), clock=TestClock(), line=line).complete
    undisturbed = folder.with_name("undisturbed")
    quiet = ToyServer(incoming=undisturbed / "files" / "incoming")
    pull(undisturbed, toy(), Credentials(token="t"), clock=TestClock(), line=quiet)
    with Archive.open(place) as archive, Archive.open(undisturbed) as other:
        assert content(archive) == content(other)


def test_a_connection_lost_in_mid_pull_is_a_sentence_and_the_pull_goes_on(
    server: Server, boss: psycopg.Connection[tuple[object, ...]], tmp_path: Path
) -> None:
    def cut() -> None:
        boss.execute("SELECT pg_terminate_backend(%s)", [holder(boss, server)])

    pulled_through(server, tmp_path / "archive", cut)


def holder(boss: psycopg.Connection[tuple[object, ...]], server: Server) -> object:
    """The process of the server that holds the lock on this archive."""
    found = boss.execute(
        "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND (classid::bigint << 32) | objid::bigint = %s",
        [lock_of(server)],
    ).fetchone()
    return found and found[0]


def test_a_lost_connection_is_never_replaced_in_silence(
    server: Server, boss: psycopg.Connection[tuple[object, ...]]
) -> None:
    """The lock was lost with it: another process may be at work by now."""
    with Archive.open_for(server, SOURCE) as archive:
        boss.execute("SELECT pg_terminate_backend(%s)", [holder(boss, server)])
        for _again in range(3):
            with pytest.raises(ArchiveUnreachableError):
                filled(archive, ["1"])
            with pytest.raises(ArchiveUnreachableError):
                archive.counts()


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_server_restarted_in_mid_pull_loses_nothing(mode: str, tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory() as reachable:
        Path(reachable).chmod(0o755)
        server = PostgreSQLServer(Path(reachable) / "server")
        found = place_of(address(server.start(), tmp_path / "archive"))
        assert isinstance(found, Server)

        def restart() -> None:
            server.stop(mode)
            server.start(urlsplit(found.address).port)

        try:
            pulled_through(found, tmp_path / "archive", restart)
        finally:
            server.delete()


def test_an_index_that_lost_rows_is_found(
    server: Server, boss: psycopg.Connection[tuple[object, ...]]
) -> None:
    with Archive.open_for(server, SOURCE) as archive:
        change = "UPDATE pg_index SET indisready = %s WHERE indexrelid = 'records_place'::regclass"
        boss.execute(change, [False])
        filled(archive, ["1", "2"])
        boss.execute(change, [True])
        assert ["records_place" in sentence for sentence in archive.check()] == [True]


def test_amcheck_is_asked_where_it_is(
    postgresql: str, boss: psycopg.Connection[tuple[object, ...]], server: Server
) -> None:
    """The server of the tests has no amcheck: a function of its name and extension stands for it."""
    name = f"amcheck {server.schema}"
    boss.execute(f'CREATE DATABASE "{name}"')
    there = urlsplit(postgresql)._replace(path=f"/{quote(name)}").geturl()
    with psycopg.connect(there, autocommit=True) as other:
        other.execute(
            "INSERT INTO pg_extension SELECT 99999, 'amcheck', extowner, extnamespace, false, '1.3', NULL, NULL "
            "FROM pg_extension WHERE extname = 'plpgsql'"
        )
        other.execute(
            "CREATE FUNCTION bt_index_check(index regclass, heapallindexed boolean) RETURNS void LANGUAGE plpgsql AS "
            "$$BEGIN IF index::text LIKE '%gaps_pkey%' THEN "
            "RAISE 'item order invariant violated' USING ERRCODE = 'XX002'; END IF; END$$"
        )
        with Archive.open_for(place_of(there), SOURCE) as archive:
            assert list(archive.check()) == []  # anybody's function of that name is not run
            other.execute("ALTER EXTENSION amcheck ADD FUNCTION bt_index_check(regclass, boolean)")
            assert list(archive.check()) == ["The index gaps_pkey is damaged: item order invariant violated"]
    boss.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
