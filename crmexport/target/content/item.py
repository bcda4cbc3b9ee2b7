"""What a row means as a card, an event or a to-do: an item of properties, each with a value that is not yet text."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5

from crmexport.mapping.to import Cell, Column
from crmexport.mapping.to.properties import PARTS, Property, property_of
from crmexport.text import encodable

# A text, a list of texts, the parts of a property, a day, an instant.
Value = str | list[str] | tuple[str, ...] | date | datetime

LISTS = frozenset({"CATEGORIES", "NICKNAME", "RESOURCES"})
"""Properties with several values in one line; in the cell, each stands on a line of its own."""

ADDRESSES = frozenset({"URL", "SOURCE", "ATTACH"})
"""Properties whose value is an address, which is not escaped but percent-encoded (RFC 6350, §4.2; RFC 5545, §3.3.13)."""

IDENTITIES = frozenset({"UID", "RELATED-TO", "RELATED", "MEMBER"})
"""Properties that name an item: what stands in the cell becomes the same UUID in every export of the same account."""


class Line(NamedTuple):
    """One property: its name, its parameters as they are written (";TYPE=WORK"), and its value."""

    name: str
    parameters: str
    value: Value


class Item(NamedTuple):
    """A card, an event or a to-do: what stands behind BEGIN, and its properties."""

    kind: str
    lines: list[Line]


class Draft:
    """An item in the making. `note` is the property that takes what no other can hold, `notes` counts for the whole file."""

    def __init__(
        self, kind: str, lines: list[Line], note: str, notes: Counter[str], title: Callable[[str], str]
    ) -> None:
        self.kind = kind
        self.lines = lines
        self._note = note
        self._notes = notes
        self._title = title
        self._moved: list[str] = []

    def get(self, name: str) -> Value | None:
        """The value of a property; None when there is none."""
        return next((line.value for line in self.lines if line.name == name), None)

    def put(self, name: str, value: Value | None) -> None:
        """Give a property another value, or take it away."""
        kept = [line for line in self.lines if line.name != name or value is not None]
        self.lines = [
            line._replace(value=value) if line.name == name and value is not None else line for line in kept
        ]

    def rename(self, name: str, other: str) -> None:
        """Call a property otherwise; when there is one of that name already, it is moved."""
        if self.get(other) is not None:
            self.move(name)
        self.lines = [line._replace(name=other) if line.name == name else line for line in self.lines]

    def move(self, name: str) -> None:
        """Tell the value of a property in the note instead, and count it; a layout may have it several times."""
        values = [line.value for line in self.lines if line.name == name]
        self._moved += [f"{self._title(name)}: {said(value)}" for value in values]
        if values:
            self._notes[f"moved_properties.{name}"] += len(values)
            self.put(name, None)

    def count(self, note: str) -> None:
        """Count something that befell this item."""
        self._notes[note] += 1

    def done(self) -> Item:
        """The item, with all that was moved in its note; several notes become one."""
        if self._moved:
            own = (str(line.value) for line in self.lines if line.name == self._note)
            text = "\n".join([*own, *self._moved])
            self.lines = [line for line in self.lines if line.name != self._note]
            self.lines.append(Line(self._note, "", text))
        return Item(self.kind, self.lines)


class Shape:
    """Makes lines of the cells of a table whose headings are properties. `source` is the address of the account."""

    def __init__(self, columns: Sequence[Column], source: str) -> None:
        self._source = source
        self._places: dict[Property, list[tuple[int, str]]] = {}
        for place, column in enumerate(columns):
            found = property_of(column.heading)
            if found is None:
                raise ValueError(column.heading)
            self._places.setdefault(found._replace(part=""), []).append((place, found.part))

    def lines(self, cells: Sequence[Cell]) -> list[Line]:
        """The properties that have a value, in the order of their columns."""
        made = ((one, self._value(one.name, places, cells)) for one, places in self._places.items())
        return [Line(one.name, one.parameters, value) for one, value in made if value is not None]

    def _value(self, name: str, places: Sequence[tuple[int, str]], cells: Sequence[Cell]) -> Value | None:
        if name in PARTS:
            parts = {part or PARTS[name][0]: plain(cells[place]) for place, part in places}
            found = [parts.get(part, "") for part in PARTS[name]]
            while name == "ORG" and found and not found[-1]:  # of N and ADR all parts are written
                found.pop()
            return tuple(found) if any(found) else None
        cell = cells[places[0][0]]
        if cell is None or cell == "":
            return None
        if name in IDENTITIES:
            return f"urn:uuid:{uuid5(NAMESPACE_URL, f'{self._source} {encodable(plain(cell))}')}"
        if name in LISTS:
            return [line for line in plain(cell).splitlines() if line.strip()] or None
        return cell if isinstance(cell, date) else plain(cell)


def plain(cell: Cell) -> str:
    """A cell that is no date, as text."""
    if cell is None:
        return ""
    return str(cell).upper() if isinstance(cell, bool) else str(cell)


def said(value: Value) -> str:
    """A value within a sentence."""
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, (list, tuple)):
        return ", ".join(filter(None, value))
    return str(value)
