"""Fields that come no more (withheld.py), put back into records as they last came: the last that anybody knows of them.

What is exported would lack them otherwise, though the archive has them, and whoever hid them may never show them again.
"""

from collections.abc import Iterator
from functools import lru_cache

from crmexport.archive.earlier import Earlier, Fields, Place, last_said
from crmexport.archive.replay import read_alone
from crmexport.archive.store import Archive
from crmexport.archive.withheld import noted
from crmexport.source import Connector, Key, Row
from crmexport.source.contract import rows_in


class Filling:
    """Fills rows of an archive. Those of streams of which nothing is withheld cost nothing."""

    def __init__(self, archive: Archive, connector: Connector) -> None:
        self._archive = archive
        self._connector = connector
        self._withheld = noted(archive.database)
        self._earlier = Earlier(archive.database)
        self._read = lru_cache(maxsize=4)(self._rows)  # neighbours mostly came in the same answers

    def passing(self, rows: Iterator[Row]) -> Iterator[Row]:
        """The same rows, with what they said last in the fields that they lack."""
        return map(self._filled, rows) if self._withheld else rows

    def _filled(self, row: Row) -> Row:
        lacking = self._withheld.get(row.stream, frozenset()) - row.value.keys()
        if lacking:
            key = row.stream, row.id
            before = (self._said(key, place) for place in self._earlier.places(key))
            row.value.update(last_said(before, lacking))
        return row

    def _said(self, key: Key, place: Place) -> Fields:
        """What a record said in an earlier answer, as the connector reads it there."""
        number, start, end = place
        found = self._read(number).get((*key, start))
        return read_alone(self._archive.answer(number)[1].body[start:end]) if found is None else found

    def _rows(self, number: int) -> dict[tuple[str, str, int], Fields]:
        """The records of an answer, each by where it begins; none where the connector refuses what an earlier version took."""
        try:
            found = rows_in(self._connector, *self._archive.answer(number))
        except ValueError:
            return {}
        return {(row.stream, row.id, row.start): row.value for row in found}
