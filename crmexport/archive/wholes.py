"""How many answers there were before each pass that asks for all that hangs under what it is shown: an entry of the archive's own card.

What was held by then, such a pass looks at once more, changed or not; what came later was looked at when it came.
"""

from collections.abc import Iterable

from sqlalchemy import func, select

from crmexport.archive.database import Database
from crmexport.archive.entries import keep, kept
from crmexport.archive.schema import responses

ENTRY = "wholes"


def note_whole(database: Database, pass_: int, *, is_first: bool) -> None:
    """Keep it of the pass that begins; with the first of all, earlier ones are forgotten. Belongs into the caller's transaction."""
    known = {} if is_first else _noted(database)
    keep(database, ENTRY, {**known, str(pass_): last_answer(database)})


def answers_before(database: Database, passes: Iterable[int]) -> dict[int, int]:
    """The number of the last answer before each of these passes; of one that an earlier version began, the last of all."""
    known, last = _noted(database), last_answer(database)
    return {one: known.get(str(one), last) for one in passes}


def _noted(database: Database) -> dict[str, int]:
    return kept(database, ENTRY, lambda told: {str(one): int(last) for one, last in told.items()}, {})


def last_answer(database: Database) -> int:
    """The number of the last answer kept."""
    return int(database.connection.execute(select(func.max(responses.c.id))).scalar() or 0)
