"""Records that others link to and that no list gave: what is left to fetch one by one."""

from sqlalchemy import and_, exists, select

from crmexport.archive.database import Database
from crmexport.archive.schema import gaps, links, records


def linked_not_held(database: Database, after: tuple[str, str], most: int) -> list[tuple[str, str]]:
    """Up to `most` linked records (stream, id) beyond `after`, in order, that are neither held nor known as gaps."""
    held = exists().where(records.c.stream == links.c.stream, records.c.id == links.c.id)
    missing = exists().where(gaps.c.stream == links.c.stream, gaps.c.id == links.c.id)
    beyond = (links.c.stream > after[0]) | and_(links.c.stream == after[0], links.c.id > after[1])
    line = select(links.c.stream, links.c.id).where(beyond, ~held, ~missing)
    found = database.connection.execute(line.order_by(links.c.stream, links.c.id).limit(most))
    return [(row.stream, row.id) for row in found]
