"""Where the tables go: an SQLite file in the target's folder, or a database by its address. Passwords are nowhere kept or told."""

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from crmexport.errors import ConfigurationError, OutputError
from crmexport.extras import to_install
from crmexport.target.sql.dialects import MYSQL
from crmexport.text import _

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine

PASSWORD = "CRMEXPORT_SQL_PASSWORD"  # noqa: S105 - the name of a variable
# the driver that the extra installs
_DRIVERS = dict.fromkeys(("postgresql", "postgres"), "postgresql+psycopg")
_FILES = ("sqlite", "sqlite+pysqlite", "duckdb")  # they know no passwords, and refuse one
# those that have no database of the user's own: without a name there is none, or one in memory
_NAMED = (*MYSQL, "sqlite", "duckdb")
# “:default:” is what DuckDB calls the one that a program has
_in_memory = re.compile(r":(memory|default):").search
_SECRETS = frozenset({"password", "passwd", "pwd", "sslpassword", "token", "secret"})


def is_address(text: str) -> bool:
    """Whether `text` is meant as the address of a database."""
    return "://" in text


def address_of(text: str) -> tuple[str, str]:
    """The address without any password, and the password ("": none).

    Raises ConfigurationError for what is no address; the sentence does not repeat it, a password may be in it.
    """
    from sqlalchemy import URL, make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise ConfigurationError(_not_understood()) from None
    database = url.database or ""
    # a password with such a sign ends at it: the rest would be taken for the host, kept and told
    is_torn = text.count("@") > 1 or "@" in database
    if is_torn or url.query.keys() & _SECRETS:
        raise ConfigurationError(_not_understood())
    if url.get_backend_name() in _NAMED and (not database or _in_memory(database)):
        raise ConfigurationError(_nameless())
    password = str(url.password or "")
    driver = _DRIVERS.get(url.drivername, url.drivername)
    kept = URL.create(**{**url._asdict(), "password": None, "drivername": driver})
    return kept.render_as_string(), password


def _not_understood() -> str:
    return _(
        "The address of the database is not understood. It looks like postgresql+psycopg://USER@HOST:5432/DATABASE. "
        "Leave the password to the environment variable {name}."
    ).format(name=PASSWORD)


def _nameless() -> str:
    return _(
        "The address names no database that stays when the export ends. It looks like mysql+pymysql://USER@HOST:3306/DATABASE, "
        "sqlite:///FILE or duckdb:///FILE. Leave the password to the environment variable {name}."
    ).format(name=PASSWORD)


def engine_of(address: str, password: str, file: Path) -> "Engine":
    """The way into the database at `address`, or into the SQLite `file` when there is none.

    Raises OutputError when the driver is missing, and ConfigurationError when it does not understand the address.
    """
    from sqlalchemy import create_engine
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError
    from sqlalchemy.pool import NullPool

    try:
        return create_engine(url_of(address, password, file), hide_parameters=True, poolclass=NullPool)
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise OutputError(
            _(
                "The driver for {address} is not installed: {reason}. For PostgreSQL: {command}, "
                "and an address that begins with postgresql+psycopg://."
            ).format(address=address, reason=error, command=to_install("postgresql"))
        ) from None
    except (ArgumentError, ValueError):
        raise ConfigurationError(_not_understood()) from None


def connected(engine: "Engine") -> "Connection":
    """A connection. Raises OutputError for what no driver should fail by: they take some of an address for arguments of their own."""
    try:
        return engine.connect()
    except UnicodeEncodeError:  # what the driver does not send: its words would tell the password
        raise
    except (TypeError, ValueError, OSError) as error:
        address = engine.url.render_as_string(hide_password=True)
        reason = str(error).replace(engine.url.password or "\0", "***")
        raise OutputError(
            _(
                "The driver makes nothing of the address {address} ({reason}). Mend that, and start again."
            ).format(address=address, reason=" ".join(reason.split()))
        ) from None


def url_of(address: str, password: str, file: Path) -> "URL":
    """The address with its password: the one typed, else the one in the environment."""
    from sqlalchemy import URL, make_url

    if not address:
        return URL.create("sqlite", database=str(file))
    url = make_url(address)
    secret = password or ("" if url.drivername in _FILES else os.environ.get(PASSWORD, ""))
    return url.set(password=secret) if secret else url
