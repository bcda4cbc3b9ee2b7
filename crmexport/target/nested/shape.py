"""Rows as objects of JSON."""

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, tzinfo
from itertools import pairwise
from typing import Any

from crmexport.mapping.to import Column, Layout, Table, dated
from crmexport.mapping.to.nesting import Place, place_of
from crmexport.mapping.to.template import identifier
from crmexport.model import in_zone
from crmexport.target.jsonl_file import as_json
from crmexport.text import encodable

_unstorable = re.compile(r"[\x00\ud800-\udfff]")
_PLACE = re.compile(r"\{(?:heading|key|number|cell)\}")


class Shape:
    """Makes objects of the rows of one table. `zone` is where times are shown unless they are ISO, which is always UTC.

    JSON could say NUL and halves of surrogate pairs, but databases behind importers refuse them: they are replaced, and
    counted in `notes`.
    """

    def __init__(self, layout: Layout, table: Table, zone: tzinfo, notes: Counter[str]) -> None:
        self._notes = notes
        self._dialect = layout.json_
        self._zone = zone
        self._is_bare = any(place_of(column) == Place(()) for column in table.columns)
        self._number = 0
        entries = layout.tables[table.name].entries
        self._list, self._entry = (entries.in_, entries.entry) if entries else ("", {})
        self._put: list[Callable[[dict[str, Any], Any], None]] = [self._putter(one) for one in table.columns]

    def text(self, cells: Sequence[Any]) -> str:
        """The object, or the bare value, as JSON on one line; empty cells are left out."""
        whole: Any = {}
        if self._is_bare:
            return encodable(json.dumps(self._value(cells[0]), ensure_ascii=False))
        for put, cell in zip(self._put, cells, strict=True):
            if cell is not None:
                put(whole, cell)
        return encodable(json.dumps(whole, ensure_ascii=False))

    def _putter(self, column: Column) -> Callable[[dict[str, Any], Any], None]:
        place = place_of(column)
        if place is None or (column.custom and self._list):
            self._number += 1
            number = str(self._number)
            return lambda whole, cell: whole.setdefault(self._list, []).append(
                self._filled(column, number, cell)
            )
        return lambda whole, cell: _put(whole, place, self._value(cell))

    def _filled(self, column: Column, number: str, cell: Any) -> dict[str, Any]:
        """The entry of a column in a list, where every value is a text."""
        places = {
            "{heading}": self._clean(column.heading),
            "{key}": identifier(column.custom).lower(),
            "{number}": number,
            "{cell}": said(self._value(cell)),
        }
        entry: Mapping[str, Any] = {**self._entry, **column.about}
        return {key: _fill(value, places) for key, value in entry.items()}

    def _value(self, cell: Any) -> Any:
        if isinstance(cell, datetime) and self._dialect.times != "iso":
            return dated(in_zone(cell, self._zone), self._dialect.times)
        if isinstance(cell, date) and not isinstance(cell, datetime):
            return dated(cell, self._dialect.dates)
        if isinstance(cell, str):
            return self._clean(cell)
        return cell if cell is None or isinstance(cell, (bool, int)) else as_json(cell)

    def _clean(self, text: str) -> str:
        cleaned, replaced = _unstorable.subn("\ufffd", text)
        self._notes["replaced_characters"] += replaced
        return cleaned


def said(value: Any) -> str:
    """A value as a text within a list of texts."""
    return value if isinstance(value, str) else json.dumps(value)


def _fill(value: Any, places: Mapping[str, str]) -> Any:
    """`value` with its places filled in, once: what is filled in is not looked at again."""
    if not isinstance(value, str):
        return value
    return value if "{" not in value else _PLACE.sub(lambda match: places.get(match[0], match[0]), value)


def _put(whole: Any, place: Place, value: Any) -> None:
    for key, following in pairwise(place.keys):
        if key == 0 and not whole:
            whole.append({})
        whole = whole[0] if key == 0 else whole.setdefault(key, [] if following == 0 else {})
    if place.item is None:
        whole[place.keys[-1]] = value
    else:
        for key in reversed(place.item):
            value = {key: value}
        whole.setdefault(place.keys[-1], []).append(value)
