"""By which revision of its connector an archive was asked for everything: an entry of the archive's own card."""

from crmexport.archive.database import Database

ENTRY = "revision"


def asked_by(database: Database) -> int:
    """The revision (`About.revision`); 0 for an archive in which nobody noted it, or not legibly."""
    told = database.about().get(ENTRY, "")
    return int(told) if told.isdecimal() else 0


def is_behind(database: Database, revision: int) -> bool:
    """Whether an archive was last asked for everything by an earlier revision than this one."""
    return asked_by(database) < revision


def note_revision(database: Database, revision: int) -> None:
    """Keep it. Belongs into the caller's transaction."""
    database.note_about(ENTRY, str(revision))
