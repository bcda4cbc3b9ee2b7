"""The line to a PostgreSQL server: how it is opened, how long it lasts, and how text goes through it."""

from typing import Any

import psycopg
from psycopg.types.string import StrDumper, TextLoader
from sqlalchemy import Engine, NullPool, create_engine

from crmexport.archive.escaping import escaped, unescaped
from crmexport.archive.place import Server, not_understood
from crmexport.errors import ArchiveUnreachableError
from crmexport.text import _

UNDISTURBED = {
    "idle_in_transaction_session_timeout": "0",
    "idle_session_timeout": "0",
    "statement_timeout": "0",
    "tcp_keepalives_idle": "60",
    "tcp_keepalives_interval": "10",
}
"""A pull may wait for an hour between two statements; a computer that lost its power must not hold the archive for two."""


def line_to(server: Server) -> Engine:
    """An engine that connects once: a lost connection is not replaced, because the lock on the archive was lost with it."""
    opened: list[psycopg.Connection[Any]] = []

    def connect() -> psycopg.Connection[Any]:
        if opened:
            raise psycopg.OperationalError("the connection was lost")
        opened.append(_connection(server))
        return opened[0]

    return create_engine(
        "postgresql+psycopg://",
        creator=connect,
        poolclass=NullPool,
        paramstyle="format",
        isolation_level="AUTOCOMMIT",
        use_native_hstore=False,
    )


def _connection(server: Server) -> psycopg.Connection[Any]:
    """A connection of libpq's: everything it knows works here too (PGPASSWORD, the password file, services, certificates)."""
    try:
        words = psycopg.conninfo.conninfo_to_dict(server.address)
    except psycopg.ProgrammingError:
        raise not_understood() from None
    words = {"application_name": "crmexport", "connect_timeout": "30", **words, "client_encoding": "UTF8"}
    try:
        connection = psycopg.connect(psycopg.conninfo.make_conninfo("", **words), autocommit=True)
    except psycopg.Error as failure:
        raise ArchiveUnreachableError(
            _(
                "The archive {path} cannot be reached ({words}). Check that the server runs and that host, user, password and database are right."
            ).format(path=server, words=without_secrets(server, str(failure)))
        ) from None
    connection.adapters.register_dumper(str, _Escaping)
    connection.adapters.register_loader("text", _Unescaping)
    connection.adapters.register_loader("varchar", _Unescaping)
    for name, value in {**UNDISTURBED, "search_path": quoted(server.schema)}.items():
        connection.execute(
            "SELECT set_config(name, %s, false) FROM pg_settings WHERE name = %s", (value, name)
        )
    connection.execute(
        "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
    )
    return connection


def quoted(name: str) -> str:
    """`name` as a name in a statement."""
    return '"' + name.replace('"', '""') + '"'


def without_secrets(server: Server, words: str) -> str:
    """`words` with the password crossed out."""
    for secret in server.secrets:
        words = words.replace(secret, "…")
    return words


class _Escaping(StrDumper):
    def dump(self, obj: str) -> Any:
        return super().dump(escaped(obj))


class _Unescaping(TextLoader):
    def load(self, data: Any) -> Any:
        found = super().load(data)
        return unescaped(found) if isinstance(found, str) else found
