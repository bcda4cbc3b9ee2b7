"""Where long lists are begun besides: a list whose pages are known one by one is what a sweep waits for at its end."""

from collections.abc import Iterator, Sequence

from sqlalchemy import func, select

from crmexport.archive.database import Database
from crmexport.archive.schema import records
from crmexport.source import Connector, Request

MOST_PLACES = 4  # as many pages on their way fill the pace of any CRM, unless it answers very slowly
LEAST_PAGES = 12  # from each place; another one may cost a page


def sweep(connector: Connector, database: Database) -> Iterator[Request]:
    """The first requests of a sweep."""
    for request in connector.sweep():
        yield connector.spread(request, places(database, request.stream, connector.about.limits.page))


def places(database: Database, stream: str, page: int) -> Sequence[str]:
    """The ids of held records of `stream` that end the pages before which another reader of them all would begin, if there are many."""
    here = records.c.stream == stream, records.c.deleted.is_(None)
    held = database.connection.execute(select(func.count()).where(*here)).scalar_one()
    pages = -(-held // page)
    readers = min(MOST_PLACES, pages // LEAST_PAGES)
    ends = [pages * reader // readers * page for reader in range(1, readers)]
    order = records.c.id
    numbered = select(
        order, func.row_number().over(order_by=(func.length(order), order)).label("place")
    ).where(*here)
    table = numbered.subquery()
    line = select(table.c.id).where(table.c.place.in_(ends)).order_by(table.c.place)
    return list(database.connection.execute(line).scalars()) if ends else ()
