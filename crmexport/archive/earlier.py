"""What records said before: their earlier versions, the newest first."""

from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, bindparam, select

from crmexport.archive.database import Database
from crmexport.archive.held import HeldRecords
from crmexport.archive.schema import records, versions
from crmexport.source import Key
from crmexport.source.slices import decoded

Fields = dict[str, Any]
Place = tuple[int, int, int]
"""An answer by its number, and where a record stands in its body: from which byte, and before which."""

_place = ("response", "start", "end")
_of: dict[str, BindParameter[Any]] = {"stream": bindparam("stream"), "id": bindparam("id")}
_current = select(*(records.c[name] for name in _place)).where(
    records.c.stream == _of["stream"], records.c.id == _of["id"]
)
_earlier = (
    select(*(versions.c[name] for name in _place))
    .where(versions.c.stream == _of["stream"], versions.c.id == _of["id"])
    .order_by(versions.c.number.desc())
)


class Earlier:
    """Reads what records say now and said before, out of the bodies as they came."""

    def __init__(self, database: Database) -> None:
        self._database = database
        held = HeldRecords(database)
        # neighbours came together
        self._body = lru_cache(maxsize=4)(lambda number: held.bodies({number})[number])

    def places(self, key: Key) -> list[Place]:
        """Where the earlier versions of a record stand, the newest first."""
        return [tuple(row) for row in self._found(_earlier, key)]

    def now(self, key: Key) -> Fields:
        """What a held record says."""
        return next((self._said(*place) for place in self._found(_current, key)), {})

    def before(self, key: Key) -> Iterator[Fields]:
        """What it said, the newest first. Nothing stands for what is damaged: a check of the archive tells of that."""
        return (self._said(*place) for place in self.places(key))

    def _found(self, line: Any, key: Key) -> list[Any]:
        return list(self._database.connection.execute(line, {"stream": key[0], "id": key[1]}))

    def _said(self, number: int, start: int, end: int) -> Fields:
        try:
            found = decoded(self._body(number)[start:end])
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


def last_said(bodies: Iterable[Fields], names: Collection[str]) -> Fields:
    """Of these fields, what the first of `bodies` that has each of them says in it. No more are looked at than it takes."""
    found: Fields = {}
    for body in bodies:
        found = {**{name: body[name] for name in names if name in body}, **found}
        if len(found) == len(names):
            break
    return found
