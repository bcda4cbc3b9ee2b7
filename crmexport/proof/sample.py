"""A random sample asked for once more at the source: do the records we hold exist there, unchanged?"""

import random
import tempfile
from collections import Counter
from pathlib import Path

from sqlalchemy import func, select

from crmexport.archive import Archive
from crmexport.archive.schema import records
from crmexport.proof.report import Sample
from crmexport.source import Connector, Credentials, Request, Row
from crmexport.transport.coats import Coats
from crmexport.transport.failures import FailureError, VanishedError

SIZE = 20
TRIES = 10


def sample(archive: Archive, connector: Connector, credentials: Credentials) -> Sample:
    """Fetch up to 20 records, picked at random over all streams that have cards, and compare their time of change.

    Raises SignInRefusedError. A record whose card cannot be read at this moment is left out.
    """
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as nowhere:
        coats = Coats(connector, credentials, Path(nowhere))
        coats.auth.start()
        for stream, id, modified in _picked(archive):
            card = connector.card(stream, id)
            if card is not None:
                found[_compare(connector, coats, card, (stream, id), modified)] += 1
    return Sample(
        found["same"] + found["changed"] + found["gone"], found["same"], found["changed"], found["gone"]
    )


def _picked(archive: Archive) -> list[tuple[str, str, str | None]]:
    """Records at random places of the index, the same for the same archive."""
    connection = archive.database.connection
    total = connection.execute(select(func.count()).select_from(records)).scalar_one()
    places = sorted(random.Random(total).sample(range(total), min(total, SIZE * TRIES)))  # noqa: S311 - no secret
    line = select(records.c.stream, records.c.id, records.c.modified).order_by(records.c.stream, records.c.id)
    chosen = places[:: max(1, len(places) // SIZE)][:SIZE]
    return [tuple(connection.execute(line.offset(place).limit(1)).one()) for place in chosen]


def _compare(
    connector: Connector, coats: Coats, card: Request, key: tuple[str, str], modified: str | None
) -> str:
    try:
        rows = connector.rows(card, coats.send(card))
    except VanishedError:
        return "gone"
    except (FailureError, ValueError):
        return "unread"
    now: Row | None = next((row for row in rows if (row.stream, row.id) == key), None)
    if now is None:
        return "gone"
    return "same" if now.modified == modified else "changed"
