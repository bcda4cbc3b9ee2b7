"""Tables in a database: typed, linked, explained, read back; nothing of anybody else's is touched, and no password is told."""

import errno
import json
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path
from socket import socket
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from sqlalchemy import Connection, create_engine
from sqlalchemy.dialects import mysql
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.schema import CreateTable

from crmexport.errors import ConfigurationError, OutputError
from crmexport.model import ENTITIES, Money, Ref
from crmexport.target import Mismatch, Output, compare, load_target
from crmexport.target.relational.diagram import diagram
from crmexport.target.relational.schema import relations
from crmexport.target.sql.dialects import takes
from crmexport.target.sql.place import PASSWORD, address_of, connected
from crmexport.target.sql.tables import ExactNumber, tables
from crmexport.target.sql.write import telling_database_failures
from tests.target.invented import IVAN, Entities, moment

Export = Callable[..., list[Output]]
PAGES = [Path(__file__).parents[2] / folder / "targets" / "sql.md" for folder in ("docs", "docs/ru")]


@pytest.fixture
def comparing(archive: Any, tmp_path: Path) -> Callable[[], list[Mismatch]]:
    return lambda: list(compare(archive, None, None, tmp_path / "out"))  # type: ignore[arg-type]


@pytest.fixture
def asked(tmp_path: Path) -> Callable[[str], list[tuple[Any, ...]]]:
    """Ask the SQLite file of the export."""

    def ask(question: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(tmp_path / "out/sql/megaplan.sqlite")) as database:
            return database.execute(question).fetchall()

    return ask


def notes(outputs: list[Output]) -> dict[str, int]:
    return dict(next(one for one in outputs if one.target == "sql").notes)


def test_links_lead_to_rows_and_what_they_lead_to_elsewhere_is_kept(
    exporting: Export, asked: Callable[[str], list[Any]]
) -> None:
    counted = notes(exporting("sql"))
    question = (
        "SELECT d.name, c.name, s.name, u.name FROM deals d LEFT JOIN companies c ON c.id = d.company_id"
        " LEFT JOIN stages s ON s.id = d.stage_id LEFT JOIN users u ON u.id = c.owner_id ORDER BY d.id"
    )
    assert asked(question) == [
        ("+Поставка", "ООО «Ромашка»", "Успех", "Петров Иван"),
        ("Вторая", None, None, None),
    ]
    loose = asked("SELECT from_table, from_id, field, place, kind, id, title FROM loose_links")
    assert ("deals", "32", "company", 0, "company", "404", "Забытая") in loose
    assert counted["loose_links"] == len(loose)
    assert asked("PRAGMA foreign_key_check") == []
    (found,) = asked("SELECT count(*) FROM pragma_foreign_key_list('deals')")
    assert found[0] >= 5


def test_the_title_of_what_is_not_held_is_kept_whatever_kind_it_is_of(
    exporting: Export,
    made: Entities,
    asked: Callable[[str], list[Any]],
    comparing: Callable[[], list[Mismatch]],
) -> None:
    made["note"] += [
        {"source_id": "n8", "parent": Ref("warehouse", "7", "Склад"), "text": "a"},
        {"source_id": "n9", "parent": Ref("deal", "31", "+Поставка"), "text": "b"},
    ]
    exporting("sql")
    assert asked("SELECT parent_kind, parent_id FROM notes WHERE id = 'n8'") == [("warehouse", "7")]
    loose = asked("SELECT kind, id, title FROM loose_links WHERE from_id IN ('n8', 'n9')")
    assert loose == [("warehouse", "7", "Склад")]
    assert comparing() == []


def test_values_have_their_types_and_what_does_not_fit_is_counted(
    exporting: Export,
    made: Entities,
    asked: Callable[[str], list[Any]],
    comparing: Callable[[], list[Mismatch]],
) -> None:
    made["task"] += [
        {
            "source_id": "1\0\ud800",
            "name": "a\0b",
            "planned_work": 1 << 70,
            "completed_percent": Decimal("NaN"),
        },
        {"source_id": "2", "name": "x", "actual_work": 90, "created_at": moment("2026-01-02T03:04:05+03:00")},
    ]
    counted = notes(exporting("sql"))
    assert asked("SELECT id, name, planned_work, completed_percent FROM tasks WHERE name LIKE 'a%'") == [
        ("1\ufffd\ufffd", "a\ufffdb", None, None)
    ]
    assert asked("SELECT key, value FROM task_custom") == [
        ("planned_work", str(1 << 70)),
        ("completed_percent", "NaN"),
    ]
    assert asked("SELECT actual_work, created_at FROM tasks WHERE id = '2'") == [
        (90, "2026-01-02 00:04:05.000000")
    ]
    assert asked("SELECT deadline, deadline_is_day FROM tasks WHERE id = '41'") == [
        ("2026-01-15 00:00:00.000000", 1)
    ]
    assert asked("SELECT key, value FROM contact_custom") == [("birthday", "--02-29")]
    assert asked("SELECT typeof(probability), balance_currency FROM deals, companies LIMIT 1") == [
        ("real", "RUB")
    ]
    assert asked("SELECT number, label FROM company_phones WHERE place = 2") == [("+7 903 1", "мобильный")]
    assert counted["moved_fields.planned_work"] == counted["moved_fields.completed_percent"] == 1
    assert counted["rounded_numbers"] == 1
    assert comparing() == []


def test_a_number_of_which_sqlite_misses_the_last_place_is_no_mismatch(
    exporting: Export, made: Entities, comparing: Callable[[], list[Mismatch]]
) -> None:
    """SQLite 3.40 makes -107088327461.06073 of it, where the nearest float is …75."""
    made["note"] = [{"source_id": "1", "completed_percent": Decimal("-107088327461.0607376783")}]
    exporting("sql")
    assert comparing() == []


def test_no_row_is_lost_to_a_key_that_another_has(
    exporting: Export,
    made: Entities,
    asked: Callable[[str], list[Any]],
    comparing: Callable[[], list[Mismatch]],
) -> None:
    made["tag"] = [{"source_id": "1", "name": name} for name in ("a", "b", "c")] + [
        {"source_id": "1 (2)", "name": "d"}
    ]
    counted = notes(exporting("sql"))
    assert asked("SELECT id, name FROM tags ORDER BY name") == [
        ("1", "a"),
        ("1 (3)", "b"),
        ("1 (4)", "c"),
        ("1 (2)", "d"),
    ]
    assert counted["renumbered_ids"] == 2
    assert comparing() == []


def test_the_tables_are_the_same_for_every_source_and_explained(
    exporting: Export, made: Entities, asked: Callable[[str], list[Any]]
) -> None:
    exporting("sql")
    wanted = {one.name for one in relations(ENTITIES)} | {"crmexport_columns"}
    assert {name for (name,) in asked("SELECT name FROM sqlite_master WHERE type = 'table'")} == wanted
    assert asked(
        "SELECT title, type, leads_to FROM crmexport_columns WHERE table_name = 'deals' AND column_name = 'company_id'"
    ) == [("Сделки: Компания", "text", "companies.id")]
    columns = [(one.name, attribute.name) for one in relations(ENTITIES) for attribute in one.attributes]
    assert len(set(columns)) == len(columns)
    assert not {name for _table, name in columns} & {"rowid", "oid"}


def test_the_same_archive_gives_the_same_bytes(exporting: Export, tmp_path: Path) -> None:
    for name in ("a", "b"):
        exporting("sql", out=tmp_path / name)
    first, second = ((tmp_path / name / "sql/megaplan.sqlite").read_bytes() for name in ("a", "b"))
    assert first == second


@pytest.mark.parametrize(
    ("statement", "path", "found"),
    [
        ("UPDATE deals SET amount = amount + 1", "deals", "1234568.89"),
        ("DELETE FROM company_phones WHERE place = 4", "company_phones", "nothing"),
        ("INSERT INTO tags (id, name) VALUES ('9', 'x')", "tags", "1"),
        ("UPDATE companies SET created_at = '2025-03-10 09:00:00'", "companies", "09:00"),
        ("UPDATE users SET is_working = 0", "users", "0"),
        ("UPDATE notes SET text = '=cmd'", "notes", "=cmd"),
        ("UPDATE companies SET name = NULL", "companies.name", "nothing"),
        ("UPDATE companies SET balance = NULL", "companies.balance", "nothing"),
        ("UPDATE tasks SET number = '7' WHERE number IS NULL", "tasks.number", "7"),
        ("DROP TABLE tags", "sql/megaplan.sqlite", "no such table"),
    ],
)
def test_a_changed_row_is_named(
    exporting: Export,
    comparing: Callable[[], list[Mismatch]],
    tmp_path: Path,
    statement: str,
    path: str,
    found: str,
) -> None:
    exporting("sql", lang="en")
    with closing(sqlite3.connect(tmp_path / "out/sql/megaplan.sqlite")) as database:
        database.execute(statement)
        database.commit()
    mismatches = [str(one) for one in comparing()]
    assert mismatches
    assert all(path in one for one in mismatches)
    assert any(found in one for one in mismatches)


def test_many_rows_are_written_and_read_back_some_at_a_time(
    exporting: Export,
    made: Entities,
    comparing: Callable[[], list[Mismatch]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """And each of them is looked at, not only the last few."""
    monkeypatch.setattr("crmexport.target.sql.write._BATCH", 4)
    monkeypatch.setattr("crmexport.target.sql.compare._BATCH", 3)
    made["tag"] = [{"source_id": str(number), "name": "x"} for number in range(10)]
    exporting("sql")
    assert comparing() == []
    with closing(sqlite3.connect(tmp_path / "out/sql/megaplan.sqlite")) as database:
        database.execute("UPDATE tags SET name = 'y'")
        database.commit()
    assert [(one.row, one.column) for one in comparing()] == [(row, "tags.name") for row in range(1, 11)]


def test_a_missing_file_is_named(
    exporting: Export, comparing: Callable[[], list[Mismatch]], tmp_path: Path
) -> None:
    exporting("sql")
    (tmp_path / "out/sql/megaplan.sqlite").unlink()
    assert [one.path for one in comparing()] == ["sql/megaplan.sqlite"]


def test_the_diagram_in_the_documentation_is_current() -> None:
    for page in PAGES:
        assert f"```mermaid\n{diagram()}```" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "text",
    [
        "nonsense://",
        "postgresql+psycopg://user:ge@heim@host:port/db",
        "postgresql://host/db?password=geheim",
        "postgresql://u:p@h/geheim@x",
        "postgresql://h/geheim@x",
        "postgresql://u@h:geheim@x",
        "postgresql://u:my@geheim@h/x",
        "mysql+pymysql://u:my@geheim@h:3306/x",
        "postgresql://u:my@geheim?x@h/x",
        "postgresql://u:my@geheim?x=@h/x",
        "mysql+pymysql://u:geheim@h",
        "sqlite://u:geheim@h/x.db",
    ],
)
def test_an_address_that_is_not_understood_is_not_repeated(text: str) -> None:
    with pytest.raises((ConfigurationError, OutputError)) as caught:
        target = load_target(text)
        assert "geheim" not in target.layout.sql.address
        from crmexport.target.sql.place import engine_of

        engine_of(target.layout.sql.address, target.secret, Path())
    assert "geheim" not in str(caught.value)


IN_NO_FILE = ["sqlite://", "sqlite+pysqlite:///:memory:", "sqlite:///file::memory:?uri=true", "duckdb://"]


@pytest.mark.parametrize(
    "text", ["mysql+pymysql://u:geheim@h", *IN_NO_FILE, "duckdb:///:memory:x", "duckdb:///:default:"]
)
def test_tables_go_into_no_database_that_ends_with_the_export(text: str) -> None:
    """All rows were told to be written, and were gone with the program."""
    with pytest.raises(ConfigurationError, match="names no database") as caught:
        load_target(text)
    assert "geheim" not in str(caught.value)


def test_a_password_is_in_no_text_of_a_target() -> None:
    target = load_target("postgresql+psycopg://ivan:ge%40heim@db.example:5432/crm")
    assert target.layout.sql.address == "postgresql+psycopg://ivan@db.example:5432/crm"
    assert target.secret == "ge@heim"
    assert "heim" not in repr(target) + json.dumps(target.dump("en"))
    assert address_of("postgres://h/d") == ("postgresql+psycopg://h/d", "")
    assert address_of("sqlite:///x.db") == ("sqlite:///x.db", "")
    assert address_of("mysql+pymysql://u:p@h/crm") == ("mysql+pymysql://u@h/crm", "p")


def test_a_driver_that_is_missing_is_a_sentence(exporting: Export) -> None:
    with pytest.raises(OutputError, match="pip install"):
        exporting("mssql+pyodbc://u@h/d")


def test_tables_of_somebody_else_are_left_alone(exporting: Export, tmp_path: Path) -> None:
    place = tmp_path / "theirs.db"
    with closing(sqlite3.connect(place)) as database:
        database.execute("CREATE TABLE companies (name TEXT)")
        database.execute("INSERT INTO companies VALUES ('theirs')")
        database.commit()
    with pytest.raises(OutputError, match="companies"):
        exporting(f"sqlite:///{place}")
    with closing(sqlite3.connect(place)) as database:
        assert database.execute("SELECT * FROM companies").fetchall() == [("theirs",)]
        assert len(database.execute("SELECT name FROM sqlite_master").fetchall()) == 1


def test_an_earlier_export_is_replaced_and_other_tables_stay(
    exporting: Export, made: Entities, tmp_path: Path
) -> None:
    place = tmp_path / "ours.db"
    exporting(f"sqlite:///{place}")
    with closing(sqlite3.connect(place)) as database:
        database.execute("CREATE TABLE mine AS SELECT * FROM companies")
        database.commit()
    made["company"].pop()
    exporting(f"sqlite:///{place}")
    with closing(sqlite3.connect(place)) as database:
        assert database.execute("SELECT count(*) FROM companies").fetchone() == (2,)
        assert database.execute("SELECT count(*) FROM mine").fetchone() == (3,)


def test_a_failure_leaves_an_earlier_export_as_it_was(
    exporting: Export, made: Entities, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tables are dropped, made and filled in one go, in SQLite as well, or not at all."""
    place = tmp_path / "ours.db"
    exporting(f"sqlite:///{place}")
    made["company"].pop()
    monkeypatch.setattr(ExactNumber, "process_bind_param", lambda *_given: object())
    with pytest.raises(OutputError):
        exporting(f"sqlite:///{place}")
    with closing(sqlite3.connect(place)) as database:
        assert database.execute("SELECT count(*) FROM companies").fetchone() == (3,)
        assert database.execute("SELECT count(*) FROM crmexport_columns").fetchone() > (100,)


class PostgreSQL:
    """A schema of its own on the server of the tests, as the address of a target."""

    def __init__(self, server: str) -> None:
        self.server = server
        self.schema = f"sql{uuid.uuid4().hex}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'CREATE SCHEMA "{self.schema}"')  # type: ignore[arg-type]

    @property
    def address(self) -> str:
        option = quote(f"-csearch_path={self.schema}")
        return self.server + f"?options={option}"

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(
            self.server, options=f"-csearch_path={self.schema}", autocommit=True
        ) as connection:
            return connection.execute(question).fetchall()  # type: ignore[arg-type]

    def do(self, statement: str) -> None:
        with psycopg.connect(
            self.server, options=f"-csearch_path={self.schema}", autocommit=True
        ) as connection:
            connection.execute(statement)  # type: ignore[arg-type]


@pytest.fixture
def database(postgresql: str) -> PostgreSQL:
    return PostgreSQL(postgresql)


def test_postgresql_takes_everything_exactly(
    exporting: Export,
    made: Entities,
    database: PostgreSQL,
    comparing: Callable[[], list[Mismatch]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made["department"] = [{"source_id": "1", "name": "d\0", "head": IVAN, "members": [IVAN, IVAN]}]
    made["user"][0]["department"] = Ref("department", "1")
    made["payment"] = [{"source_id": "1", "sum": Money(Decimal("0.1"), "\ud800"), "date": date(1, 1, 1)}]
    counted = notes(exporting(database.address))
    assert database.ask("SELECT probability, amount::text FROM deals WHERE id = '31'") == [
        (Decimal("12345678901234567890"), "1234567.89")
    ]
    assert database.ask("SELECT u.name FROM departments d JOIN users u ON u.id = d.head_id") == [
        ("Петров Иван",)
    ]
    (links,) = database.ask(
        "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
    )
    assert links[0] > 100
    (comment,) = database.ask(
        "SELECT col_description('deals'::regclass, attnum) FROM pg_attribute"
        " WHERE attrelid = 'deals'::regclass AND attname = 'company_id'"
    )
    assert comment == ("Компания",)
    assert "rounded_numbers" not in counted
    monkeypatch.setenv(PASSWORD, "geheim/1")
    assert comparing() == []
    database.do("UPDATE deals SET amount = amount + 0.01 WHERE id = '31'")
    assert [(one.column, one.found) for one in comparing()] == [("deals.amount", "1234567.90")]
    told = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "out").rglob("*.[jt][sx]*"))
    assert "postgres" in told
    assert "geheim" not in told


@pytest.fixture
def stranger() -> Iterator[socket]:
    """A server that waits for whoever comes."""
    with socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.settimeout(0)
        yield server


def test_nobody_comes_to_a_database_that_only_the_folder_of_somebody_else_names(
    exporting: Export,
    comparing: Callable[[], list[Mismatch]],
    stranger: socket,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    exporting(f"sqlite:///{tmp_path / 'ours.sqlite'}")
    assert comparing() == []
    theirs = f"postgresql+psycopg://ivan@127.0.0.1:{stranger.getsockname()[1]}/crm?connect_timeout=2"
    card = tmp_path / "out" / "export.json"
    known = json.loads(card.read_text(encoding="utf-8"))
    next(one for one in known["targets"] if one["name"] == "sql")["layout"]["sql"]["address"] = theirs
    card.write_text(json.dumps(known), encoding="utf-8")
    monkeypatch.setenv(PASSWORD, "geheim")
    (found,) = comparing()
    assert theirs in found.meant and "CRMEXPORT_STATE" in found.found
    with pytest.raises(BlockingIOError):
        stranger.accept()


def test_a_layout_names_no_database(tmp_path: Path) -> None:
    layout = tmp_path / "gift.yaml"
    layout.write_text(
        "format: sql\nsql: {address: 'postgresql://ivan:geheim@db.example/crm'}\n", encoding="utf-8"
    )
    with pytest.raises(ConfigurationError, match=r"--to postgresql\+psycopg://ivan@db.example/crm") as caught:
        load_target(str(layout))
    assert "geheim" not in str(caught.value)


def test_a_failure_leaves_postgresql_as_it_was(
    exporting: Export, made: Entities, database: PostgreSQL, tmp_path: Path
) -> None:
    exporting(database.address)
    before = (tmp_path / "out" / "export.json").read_bytes()
    made["company"].pop()
    database.do("CREATE VIEW mine AS SELECT name FROM deals")
    with pytest.raises(OutputError, match="mine"):
        exporting(database.address)
    assert database.ask("SELECT count(*) FROM companies") == [(3,)]
    assert (tmp_path / "out" / "export.json").read_bytes() == before


@pytest.mark.soak
def test_postgresql_is_given_the_tables_anew(exporting: Export, made: Entities, database: PostgreSQL) -> None:
    for number in (3, 2):
        exporting(database.address)
        assert database.ask("SELECT count(*) FROM companies") == [(number,)]
        made["company"].pop()


def test_a_database_that_cannot_be_reached_is_a_sentence_without_the_password(exporting: Export) -> None:
    with pytest.raises(OutputError) as caught:
        exporting("postgresql+psycopg://ivan:geheim@127.0.0.1:1/crm")
    assert "127.0.0.1" in str(caught.value)
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    "number", ["-1318740922234750438.58156", "1318740922234750438", "9223372036854775809"]
)
def test_long_numbers_read_back_as_sqlite_keeps_them(
    exporting: Export, made: Entities, comparing: Callable[[], list[Mismatch]], number: str
) -> None:
    made["deal"][0]["probability"] = Decimal(number)
    exporting("sql")
    assert comparing() == []


def test_a_long_whole_number_that_is_greater_by_one_is_named(
    exporting: Export, made: Entities, comparing: Callable[[], list[Mismatch]], tmp_path: Path
) -> None:
    """SQLite keeps whole numbers of 64 bits as they are: only fractions may come back nearly."""
    made["deal"][0]["probability"] = Decimal("1318740922234750438")
    exporting("sql")
    with closing(sqlite3.connect(tmp_path / "out/sql/megaplan.sqlite")) as database:
        database.execute("UPDATE deals SET probability = probability + 1 WHERE probability > 100")
        database.commit()
    assert [(one.column, one.found) for one in comparing()] == [("deals.probability", "1318740922234750439")]


def test_mysql_keeps_texts_numbers_moments_and_ids_as_they_are() -> None:
    speaks = mysql.dialect()
    made = tables(relations(ENTITIES), "mysql", str)
    deals = str(CreateTable(made.tables["deals"]).compile(dialect=speaks))
    for part in (
        "description LONGTEXT",
        "amount NUMERIC(38, 10)",
        "created_at DATETIME(6)",
        "id VARCHAR(255) NOT NULL",
        "ENGINE=InnoDB",
        "CHARSET=utf8mb4",
        "COLLATE utf8mb4_bin",
    ):
        assert part in deals
    assert "FOREIGN KEY(company_id) REFERENCES companies (id)" in deals
    assert "DEFER" not in deals


def test_a_number_that_is_too_long_for_a_column_is_not_left_to_the_database() -> None:
    long = Decimal("0.12345678901")
    assert not takes("mysql", long) and not takes("duckdb", long)
    assert takes("postgresql", long) and takes("sqlite", long) and takes("mysql", Decimal("1250.5000"))


def test_a_file_is_given_no_password(
    exporting: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSWORD, "geheim")
    exporting(f"sqlite:///{tmp_path / 'ours.sqlite'}")
    assert (tmp_path / "ours.sqlite").is_file()


def test_an_address_that_the_driver_stumbles_over_is_a_sentence(exporting: Export, tmp_path: Path) -> None:
    def stumbling() -> Any:
        raise TypeError("nosuch is no argument, nor is geheim")

    with pytest.raises(OutputError, match="nosuch") as caught:
        connected(create_engine("postgresql+psycopg://u:geheim@h/d", creator=stumbling))
    assert "geheim" not in str(caught.value)
    with pytest.raises(ConfigurationError):
        exporting(f"sqlite:///{tmp_path / 'ours.sqlite'}?timeout=abc")


@pytest.mark.parametrize(
    "error",
    [UnicodeError("label too long"), UnicodeDecodeError("utf-8", b"geheim \xc2", 7, 8, "label too long")],
)
def test_a_name_of_a_server_that_is_none_is_a_sentence(error: UnicodeError) -> None:
    """Such as db..example, or what a server says in another charset than the driver reads."""

    def stumbling() -> Any:
        raise error

    with (
        pytest.raises(OutputError, match="label too long") as caught,
        telling_database_failures("mysql://h/d"),
    ):
        connected(create_engine("postgresql+psycopg://u:geheim@h/d", creator=stumbling))
    assert "geheim" not in str(caught.value)


def test_a_driver_that_says_nothing_is_named_by_its_kind_of_error() -> None:
    with pytest.raises(OutputError, match="InterfaceError"), telling_database_failures("mariadb://h/d"):
        raise InterfaceError("", None, Exception())


@pytest.mark.parametrize(("address", "kind"), [("", OSError), ("sqlite:///x.db", OutputError)])
def test_a_full_disk_is_one_like_any_other_where_the_file_is_ours(
    address: str, kind: type[Exception]
) -> None:
    """So the folder is cleared, and the sentence tells what to do; the disk of a database elsewhere is not that of the folder."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("PRAGMA max_page_count = 1")
        with pytest.raises(sqlite3.OperationalError) as full:
            database.execute("CREATE TABLE a (b)")
    with pytest.raises(kind) as caught, telling_database_failures(address):
        raise OperationalError("", None, full.value)
    assert getattr(caught.value, "errno", 0) == (0 if address else errno.ENOSPC)


def test_a_driver_that_does_not_send_every_character_is_a_sentence_without_them() -> None:
    with pytest.raises(OutputError, match="latin-1") as caught, telling_database_failures("mysql://h/d"):
        "geheim ы".encode("latin-1")
    assert "geheim" not in str(caught.value) and "ы" not in str(caught.value)


def test_long_texts_do_not_wait_for_a_thousand_rows(
    exporting: Export, made: Entities, monkeypatch: pytest.MonkeyPatch
) -> None:
    made["note"] = [{"source_id": str(number), "text": "ы" * 300_000} for number in range(10)]
    sent: list[int] = []
    execute = Connection.execute

    def spying(connection: Connection, statement: Any, rows: Any = None) -> Any:
        if isinstance(rows, list):
            sent.append(sum(len(str(row.get("text"))) for row in rows))
        return execute(connection, statement, rows)

    monkeypatch.setattr(Connection, "execute", spying)
    exporting("sql")
    assert 600_000 < max(sent) <= 1_300_000
