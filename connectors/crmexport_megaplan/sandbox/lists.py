"""Long lists with random access: which row stands where, under which order and filter, and the page after a row.

Order by id and by time of creation are the same here and need no table; any other order is sorted once and remembered.
"""

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import gcd
from typing import Protocol

from crmexport_megaplan.sandbox.filters import Keep

Key = tuple[str, int]  # (contentType, index)


class Rows(Protocol):
    """Rows in order of id."""

    def __len__(self) -> int: ...

    def at(self, place: int) -> Key:
        """The row at a place."""
        ...

    def place(self, key: Key) -> int:
        """The place of a row. Raises ValueError if it does not belong here."""
        ...


@dataclass(frozen=True, slots=True)
class Plain:
    """All records of one kind."""

    kind: str
    count: int

    def __len__(self) -> int:
        return self.count

    def at(self, place: int) -> Key:
        """The row at a place."""
        return self.kind, place

    def place(self, key: Key) -> int:
        """The place of a row."""
        return key[1]


@dataclass(frozen=True, slots=True)
class Family:
    """Records of two kinds in one row of ids: of `size` in a row the first `width` are `first`, the others `second`."""

    first: str
    second: str
    width: int
    size: int
    count: int

    def __len__(self) -> int:
        return self.count

    def at(self, place: int) -> Key:
        """The row at a place."""
        rounds, rest = divmod(place, self.size)
        if rest < self.width:
            return self.first, rounds * self.width + rest
        return self.second, rounds * (self.size - self.width) + rest - self.width

    def place(self, key: Key) -> int:
        """The place of a row."""
        kind, index = key
        if kind == self.first:
            return index // self.width * self.size + index % self.width
        other = self.size - self.width
        return index // other * self.size + self.width + index % other


@dataclass(frozen=True, slots=True)
class Given:
    """A short list that is at hand."""

    keys: Sequence[Key]

    def __len__(self) -> int:
        return len(self.keys)

    def at(self, place: int) -> Key:
        """The row at a place."""
        return self.keys[place]

    def place(self, key: Key) -> int:
        """The place of a row."""
        return self.keys.index(key)


class Order(Protocol):
    """A permutation: what stands at a position, and at which position a place stands."""

    def place(self, position: int) -> int:
        """The place (in order of id) of what stands at a position."""
        ...

    def position(self, place: int) -> int:
        """Where a place stands."""
        ...


@dataclass(frozen=True, slots=True)
class Straight:
    """By id, rising or falling."""

    count: int
    falling: bool

    def place(self, position: int) -> int:
        """The place at a position."""
        return self.count - 1 - position if self.falling else position

    def position(self, place: int) -> int:
        """The position of a place."""
        return self.place(place)


class Scrambled:
    """The internal order of an index: the same each time, and no sort of anything that a client knows."""

    def __init__(self, count: int) -> None:
        self._count = max(count, 1)
        step = max(1, int(count * 0.618))
        while gcd(step, self._count) != 1:
            step += 1
        self._step = step
        self._back = pow(step, -1, self._count) if self._count > 1 else 0

    def place(self, position: int) -> int:
        """The place at a position."""
        return position * self._step % self._count

    def position(self, place: int) -> int:
        """The position of a place."""
        return place * self._back % self._count


class Sorted:
    """By any value, ties in order of id."""

    def __init__(self, count: int, value: Callable[[int], float | str], falling: bool) -> None:
        places = sorted(range(count), key=value, reverse=falling)
        self._places = array("I", places)
        self._positions = array("I", bytes(4 * count))
        for position, place in enumerate(places):
            self._positions[place] = position

    def place(self, position: int) -> int:
        """The place at a position."""
        return self._places[position]

    def position(self, place: int) -> int:
        """The position of a place."""
        return self._positions[place]


def rows_from(rows: Rows, order: Order, keep: Keep, start: int) -> Iterator[Key]:
    """The rows from a position on that `keep` lets through."""
    for position in range(start, len(rows)):
        key = rows.at(order.place(position))
        if keep(*key):
            yield key
