"""Answers of the pull before that came once more, in the same bytes, and in which nothing held lies: the empty lists of quiet nights.

They are kept once, as the last pull got them: else a backup of a year would be three hundred times the same nothing.
"""

from sqlalchemy import delete, exists, select

from crmexport.archive.database import Database
from crmexport.archive.journal import Kind
from crmexport.archive.news import last_answer_before
from crmexport.archive.schema import passes, records, responses, versions


def drop_repeated(database: Database, pull: int) -> None:
    """Drop those that `pull`, which has ended, got anew. Belongs into the caller's transaction.

    The answers of a whole pull all stay: a later version may find in them what this one overlooked.
    """
    whole = select(passes.c.id).where(passes.c.pull == pull - 1, passes.c.kind == Kind.EVERYTHING).limit(1)
    if database.connection.execute(whole).first() is not None:
        return
    first, last = (last_answer_before(database, number) for number in (pull - 1, pull))
    came_again = select(responses.c.sha256).where(responses.c.id > last)
    repeated = delete(responses).where(
        responses.c.id > first,
        responses.c.id <= last,
        responses.c.sha256.in_(came_again),
        ~exists().where(records.c.response == responses.c.id),
        ~exists().where(versions.c.response == responses.c.id),
    )
    database.connection.execute(repeated)
