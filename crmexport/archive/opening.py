"""Opening an archive wherever it is, and making a new one."""

from sqlalchemy import insert

from crmexport.archive import schema
from crmexport.archive.database import Database
from crmexport.archive.place import Place, Server
from crmexport.archive.sqlite import SQLite
from crmexport.errors import ConfigurationError
from crmexport.extras import to_install
from crmexport.text import _


def create(place: Place, about: dict[str, str]) -> Database:
    """Make the tables and say whose archive it is, in one transaction; an existing archive stays as it is.

    It is held for this process alone until it is closed. Raises ArchiveInUseError, ConfigurationError and, when there is
    something wrong with it, ArchiveDamagedError, ArchiveUnreachableError or OutputError.
    """
    database = _server(place, alone=True, new=True) if isinstance(place, Server) else SQLite.make(place)
    try:
        with database.transaction():
            database.create_tables()
            if not database.about():
                known = {"schema": schema.VERSION, **about, **database.remembered()}
                rows = [{"name": name, "value": value} for name, value in known.items()]
                database.connection.execute(insert(schema.about), rows)
    except BaseException:
        database.close()
        raise
    return database


def open_existing(place: Place, *, alone: bool = False) -> Database:
    """The database of an archive that is there, held for this process `alone` if so wished. Raises as `create` does."""
    database = _server(place, alone=alone) if isinstance(place, Server) else SQLite.open(place, alone=alone)
    try:
        found = database.about().get("schema")
        database.connection.rollback()
        if found != schema.VERSION:
            raise _of_another_form(place, found)
    except BaseException:
        database.close()
        raise
    return database


def _server(place: Server, *, alone: bool, new: bool = False) -> Database:
    """Imported only now: most people have no PostgreSQL."""
    try:
        from crmexport.archive.postgresql import PostgreSQL
    except ImportError as error:
        raise ConfigurationError(
            _("An archive in PostgreSQL needs one more package ({words}). Install it with: {command}").format(
                words=error, command=to_install("postgresql")
            )
        ) from error
    return PostgreSQL.make(place) if new else PostgreSQL.open(place, alone=alone)


def _of_another_form(place: Place, found: str | None) -> ConfigurationError:
    return ConfigurationError(
        _(
            "The archive {path} was written by another version of crmexport (its form is {found}, this program knows {own}). "
            "Use that version."
        ).format(path=place, found=found, own=schema.VERSION)
    )
