"""Hold an object of a JSON file against the row that was meant: cell by cell, until nothing is left of the object."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import Any

from crmexport.mapping.to import Column, Layout, Table
from crmexport.mapping.to.nesting import BARE, Place, place_of
from crmexport.mapping.to.template import identifier
from crmexport.target.readback.meant import InJson, storable
from crmexport.target.readback.mismatch import Mismatch, shown
from crmexport.text import _


class InObject:
    """Knows, for one table, where in an object each of its cells stands."""

    def __init__(self, layout: Layout, table: Table, zone: tzinfo) -> None:
        self._cells = InJson(layout.json_, zone)
        self._columns = table.columns
        self._places = [place_of(column) for column in table.columns]
        self.is_bare = Place(()) in self._places
        entries = layout.tables[table.name].entries
        self._list, self._entry = (entries.in_, entries.entry) if entries else ("", {})

    def differences(self, path: str, row: int, meant: Sequence[Any], found: Any) -> Iterator[Mismatch]:
        """Every cell that is not as `meant` in `found`, which is emptied on the way, and whatever else is in it."""
        number = 0
        if self.is_bare:
            found = {BARE: found}
        for column, spot, cell in zip(self._columns, self._places, meant, strict=True):
            number += column.entry or bool(column.custom)
            place = Place((BARE,)) if self.is_bare else spot
            if place is None or (column.custom and self._list):
                there = _taken(found, Place((self._list,), ())) if cell is not None else None
                is_same = cell is None or self._is_entry(column, number, cell, there)
            else:
                there = _taken(found, place) if cell is not None or place.item is None else None
                is_same = there is None if cell is None else self._cells.same(cell, there)
            if not is_same:
                yield Mismatch(path, row, column.heading, shown(cell), shown(there))
        rest = _filled(found)
        if rest:
            yield Mismatch(path, row, next(iter(rest)), _("nothing"), shown(rest))

    def _is_entry(self, column: Column, number: int, cell: Any, found: Any) -> bool:
        wanted = {**self._entry, **column.about}
        if not isinstance(found, dict) or found.keys() != wanted.keys():
            return False
        places = {
            "{heading}": storable(column.heading),
            "{key}": identifier(column.custom).lower(),
            "{number}": str(number),
        }
        return all(self._is_filled(value, places, cell, found[key]) for key, value in wanted.items())

    def _is_filled(self, wanted: Any, places: Mapping[str, str], cell: Any, found: Any) -> bool:
        """Whether a text of an entry is that of the layout with its places filled in."""
        if not isinstance(wanted, str) or not isinstance(found, str):
            return bool(wanted == found)
        before, is_cell, behind = wanted.partition("{cell}")
        for place, value in places.items():
            before, behind = before.replace(place, value), behind.replace(place, value)
        if not is_cell:
            return found == before
        inner = found[len(before) : len(found) - len(behind)]
        return found == before + inner + behind and self._cells.same_text(cell, inner)


def _taken(found: Any, place: Place) -> Any:
    """What stands at a place, taken out of the object; None when there is nothing."""
    for key in place.keys[:-1]:
        if key == 0:
            found = found[0] if isinstance(found, list) and found else None
        else:
            found = found.get(key) if isinstance(found, dict) else None
    if not isinstance(found, dict):
        return None
    if place.item is None:
        return found.pop(place.keys[-1], None)
    items = found.get(place.keys[-1])
    value = items.pop(0) if isinstance(items, list) and items else None
    for key in place.item:
        value = value[key] if isinstance(value, dict) and value.keys() == {key} else None
    return value


def _filled(found: dict[str, Any]) -> dict[str, Any]:
    """What is left of an object, without the frames around what was taken."""
    rest = {key: _inner(value) for key, value in found.items()}
    return {key: value for key, value in rest.items() if value not in ({}, [], [{}])}


def _inner(value: Any) -> Any:
    if isinstance(value, list) and len(value) == 1:
        return [_inner(value[0])]
    return _filled(value) if isinstance(value, dict) else value
