"""By which revision of its connector an archive was asked for everything: an entry of the archive's own card."""

from sqlalchemy import delete, insert

from crmexport.archive.database import Database
from crmexport.archive.schema import about

ENTRY = "revision"


def asked_by(database: Database) -> int:
    """The revision (`About.revision`); 0 for an archive in which nobody noted it, or not legibly."""
    told = database.about().get(ENTRY, "")
    return int(told) if told.isdecimal() else 0


def note(database: Database, revision: int) -> None:
    """Keep it. Belongs into the caller's transaction."""
    database.connection.execute(delete(about).where(about.c.name == ENTRY))
    database.connection.execute(insert(about).values(name=ENTRY, value=str(revision)))
