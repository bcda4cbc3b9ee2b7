"""Records as a mapping reads them, where the source does not keep their fields in them, or not at their top level.

In: rows of the archive, and what the mapping says of the source's habits. Out: the same rows, with what lies in an object of
theirs (`unfold`), or in a list kept apart (`lists`), as fields of the record itself. The archive stays as it is.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cached_property
from typing import Any

from crmexport.mapping.grammar import Frame, ListApart
from crmexport.mapping.paths import compile_path
from crmexport.source import Key, Row

PARENT = "_parent"


class LaidOut:
    """Lays out rows. `rows` reads the records of streams; what stands in lists apart is read once, and kept in memory."""

    def __init__(self, file: Frame, rows: Callable[[Collection[str]], Iterator[Row]]) -> None:
        self._file = file
        self._rows = rows

    def passing(self, rows: Iterator[Row]) -> Iterator[Row]:
        """The same rows, laid out."""
        return map(self._laid, rows) if self._file.unfold or self._file.lists else rows

    def _laid(self, row: Row) -> Row:
        folded = [name for name in self._file.unfold if isinstance(row.value.get(name), dict)]
        value = {key: inner for key, inner in row.value.items() if key not in folded}
        for name in folded:
            value.update(_others(value, name, row.value[name]))
        key = row.stream, row.id
        told = {name: found[key] for name, found in self._lists.items() if key in found}
        return row._replace(value={**value, **_others(value, "lists", told)})

    @cached_property
    def _lists(self) -> dict[str, Mapping[Key, list[Any]]]:
        """What stands in each list, by the record it belongs to."""
        return {name: self._list(told) for name, told in self._file.lists.items()}

    def _list(self, told: ListApart) -> Mapping[Key, list[Any]]:
        found: defaultdict[Key, list[Any]] = defaultdict(list)
        get = compile_path(told.path).get
        for row in self._rows(told.from_):
            of = row.value.get(PARENT)
            if of is not None:
                own = {key: inner for key, inner in row.value.items() if key != PARENT}
                found[of["stream"], of["id"]].append(get(own))
        return found


def _others(value: Mapping[str, Any], whose: str, others: Mapping[str, Any]) -> Mapping[str, Any]:
    """The `others`, under other names where the record has such a field itself."""
    if value.keys().isdisjoint(others):
        return others
    return {(f"{whose}.{key}" if key in value else key): inner for key, inner in others.items()}
