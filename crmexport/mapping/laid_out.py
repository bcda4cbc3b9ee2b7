"""Records as a mapping reads them, where the source does not keep their fields in them, or not at their top level.

In: rows of the archive, and what the mapping says of the source's habits. Out: the same rows, with what lies in an object of
theirs or in a list of fields (`unfold`), or in a list kept apart (`lists`), as fields of the record itself. The archive stays as it is.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cached_property
from typing import Any

from crmexport.archive.replay import PARENT
from crmexport.mapping.grammar import Frame, ListApart, ListedFields
from crmexport.mapping.paths import compile_path, names_in
from crmexport.mapping.transforms import UNREADABLE, filled, plain_of
from crmexport.source import Key, Row


class LaidOut:
    """Lays out rows. `rows` reads the records of streams; what stands in lists apart is read once, and kept in memory."""

    def __init__(self, file: Frame, rows: Callable[[Collection[str]], Iterator[Row]]) -> None:
        self._file = file
        self._rows = rows
        self._folded = [name for name in file.unfold if isinstance(name, str)]
        self._listed = [_Listed(told) for told in file.unfold if not isinstance(told, str)]

    def passing(self, rows: Iterator[Row]) -> Iterator[Row]:
        """The same rows, laid out."""
        return map(self._laid, rows) if self._file.unfold or self._file.lists else rows

    def _laid(self, row: Row) -> Row:
        folded = [name for name in self._folded if isinstance(row.value.get(name), dict)]
        value = {key: inner for key, inner in row.value.items() if key not in folded}
        for name in folded:
            value.update(_others(value, name, row.value[name]))
        for listed in self._listed:
            value = listed.laid(value)
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


class _Listed:
    """Lays out one list of fields, of each item of which `told` says what is the name, and what the value."""

    def __init__(self, told: ListedFields) -> None:
        self._from = told.from_
        name, value = compile_path(told.name), compile_path(told.value)
        self._name, self._value = name.get, value.get
        self._names, self._values = name.tops, value.tops - name.tops
        self._taken = name.tops | value.tops
        self._ignored = frozenset(told.ignore)
        self._words = frozenset(names_in(f"{told.name} {told.value}"))

    def laid(self, record: dict[str, Any]) -> dict[str, Any]:
        """The `record` with these fields as its own. What of the list is none, or tells more than is taken, stays where it is."""
        items = record.get(self._from)
        if not isinstance(items, list):
            return record
        found: defaultdict[str, list[Any]] = defaultdict(list)
        left = []
        for item in items:
            name, values = self._told(item)
            if name is None:
                left.append(item)
            else:
                found[name] += values
                if beside := self._beside(item, {id(value) for value in values}):
                    left.append({key: item[key] for key in item if key in self._names or key in beside})
        rest = {key: inner for key, inner in record.items() if key != self._from}
        rest |= {self._from: left} if left else {}
        return {**rest, **_others(rest, self._from, {name: _lone(values) for name, values in found.items()})}

    def _told(self, item: Any) -> tuple[str | None, list[Any]]:
        """The name of the field, if the item tells one, and its values; no name where the path to these misses what there is."""
        if not isinstance(item, dict):
            return None, []
        try:
            name, value = self._name(item), self._value(item)
        except UNREADABLE:  # a function that does not take what is there
            return None, []
        values = value if isinstance(value, list) else [value]
        is_missed = all(one is None for one in values) and any(filled(item.get(key)) for key in self._values)
        return plain_of(name) if filled(name) and not is_missed else None, values

    def _beside(self, item: Mapping[str, Any], taken: Collection[int]) -> set[str]:
        """What an item tells beside its name and values; `taken` are the identities of these."""
        told = item.keys() - self._ignored
        return {
            key
            for key in told
            if (self._tells_more(item[key], taken) if key in self._taken else filled(item[key]))
        }

    def _tells_more(self, inner: Any, taken: Collection[int]) -> bool:
        """Whether something lies in it that no path names and none took as a whole: an element of a catalogue beside a text."""
        if id(inner) in taken or not isinstance(inner, (dict, list)):
            return False
        if isinstance(inner, list):
            return any(self._tells_more(one, taken) for one in inner)
        return any(
            self._tells_more(inner[key], taken) if key in self._words else filled(inner[key])
            for key in inner.keys() - self._ignored
        )


def _lone(values: list[Any]) -> Any:
    """One value as itself, several as a list; objects always as one, that a path to their members fits any number of them."""
    return values[0] if len(values) == 1 and not isinstance(values[0], dict) else values


def _others(value: Mapping[str, Any], whose: str, others: Mapping[str, Any]) -> Mapping[str, Any]:
    """The `others`, under other names where the record has such a field itself."""
    if value.keys().isdisjoint(others):
        return others
    return {(f"{whose}.{key}" if key in value else key): inner for key, inner in others.items()}
