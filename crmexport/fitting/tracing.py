"""Follow the values of one entity through the columns of a table: which column read what, and what was moved away.

The columns do not know that they are watched: the entity notes what is read from it, the row what is moved and taken.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from crmexport.fitting.accounts import Fate, better
from crmexport.mapping.to import Made, Plan, Row, Shown
from crmexport.mapping.to.custom_path import custom_path, tell_all
from crmexport.mapping.to.overflow import ALWAYS_LEFT
from crmexport.mapping.to.paths import Path, picked
from crmexport.mapping.to.plan import repeated
from crmexport.mapping.to.table import Cell
from crmexport.model import Money, Ref, Type
from crmexport.target.xlsx.guard import units

CUSTOM = "custom"
Unit = tuple[str, int | str]
"""A value of an entity: its field, and its place in a list, or the key of a custom field."""
_NO_LIMIT = 1 << 62
_OF_CELL = frozenset({Fate.CHOICE, Fate.LIMIT, Fate.SHARED, Fate.UNFIT})
"""Why a cell does not hold what its column has read; it is moved away as one, under the first field of the rule or its heading."""


class Move(NamedTuple):
    """Something a column, or the table, could not take."""

    field: str
    why: str
    value: Any
    key: str
    text: str


class Seen(dict[str, Any]):
    """An entity, or its custom fields, that notes what is read."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        super().__init__(values)
        self.read: set[str] = set()
        if isinstance(self.get(CUSTOM), Mapping):
            self[CUSTOM] = Seen(values[CUSTOM])
        self.read.clear()

    def get(self, name: str, default: Any = None) -> Any:
        """The value, noted when there is one."""
        if name not in self:
            return default
        return self[name]

    def __getitem__(self, name: str) -> Any:
        self.read.add(name)
        return super().__getitem__(name)

    def items(self) -> Any:
        """All of it, noted as read."""
        self.read.update(self)
        return super().items()


class Traced(Row):
    """A row that notes every move."""

    __slots__ = ("moves",)

    def __init__(self, entity: Seen, shown: Shown, fate: str) -> None:
        super().__init__(entity, shown, Counter(), fate)
        self.moves: list[Move] = []

    def move(
        self, field: str, title: str, value: Any, why: str = "no_column", key: str = "", number: int = 1
    ) -> None:
        """As every row does, and noted."""
        before = len(self.moved)
        super().move(field, title, value, why, key, number)
        text = self.moved[-1] if len(self.moved) > before else ""
        self.moves.append(Move(field, why, value, key, text))


class Trace:
    """One entity in one table. `fates` has the fate of every value that a column or the overflow took care of.

    `said` are the lines of the overflow column, as far as it has room for them.
    """

    def __init__(self, plan: Plan, entity: Mapping[str, Any], shown: Shown, most: int) -> None:
        self.plan = plan
        self.entity = entity
        self.seen = Seen(entity)
        self.custom: Seen | None = dict.get(self.seen, CUSTOM)
        self.fate = plan.overflow.fate if plan.overflow else "left_out"
        self.row = Traced(self.seen, shown, self.fate)
        self.most = most
        self.fates: dict[Unit, Fate] = {}
        self.cells: list[Any] = []
        self.by_column: list[list[Move]] = []
        self.read_by: list[frozenset[str]] = []
        self.whole: set[Unit] = set()
        self.unsaid: dict[Unit, Fate] = {}
        self.said: list[str] = []

    def run(self) -> None:
        """Make the row, watching each column."""
        for made in self.plan.columns:
            self._column(made)
        for field, places in self.row.taken.items():
            for place in places:
                self._set((field, place), self._of_item((field, place)))
        if self.plan.overflow:
            self._overflow()

    def _column(self, made: Made) -> None:
        self.seen.read.clear()
        if self.custom is not None:
            self.custom.read.clear()
        before = len(self.row.moves)
        cell = self._cell(made)
        self.cells.append(cell)
        moves = self.row.moves[before:]
        self.by_column.append(moves)
        self._note_items(made, cell, moves)
        names = self.seen.read & {CUSTOM, *(path.field.name for path in made.paths)}
        self.read_by.append(frozenset(names - {CUSTOM}) | self._custom_read())
        for name in names - made.by_item:
            self._read(made, name, self._of_column(made, name, cell, moves), moves)

    def _note_items(self, made: Made, cell: Any, moves: Sequence[Move]) -> None:
        """Of the single items that a column takes, note which its cell says and why it does not say the others."""
        if made.repeat is None:
            for name in made.by_item & self.entity.keys():
                fate = self._of_column(made, name, cell, moves)
                units = [(name, place) for place in places(made.paths, name, self.entity[name])]
                if fate in _OF_CELL or fate is Fate.OVERFLOW:
                    self.unsaid.update(dict.fromkeys(units, fate))
                else:
                    self.whole.update(units)

    def _of_item(self, unit: Unit) -> Fate:
        """The fate of an item that a column has taken."""
        return Fate.COLUMN if unit in self.whole else self.unsaid.get(unit, Fate.COLUMN)

    def _cell(self, made: Made) -> Any:
        """The cell of a column; of one that is repeated, a list of cells."""
        if made.repeat is None:
            return made.make(self.row)
        most = made.repeat.most
        if most is None:
            found = made.repeat.texts(Row.of(self.seen, self.row.shown))
            most = max(1, len(found))
        return repeated(made, most)(self.row)

    def _custom_read(self) -> frozenset[str]:
        """The custom fields that were read last, by the names of their accounts."""
        return frozenset(f"{CUSTOM}.{key}" for key in (self.custom.read if self.custom is not None else ()))

    def _of_column(self, made: Made, name: str, cell: Any, moves: Sequence[Move]) -> Fate:
        moved = [move for move in moves if move.field == name]
        if moved:
            return self._fate_of(Fate(moved[0].why))
        cells = [one for one in as_cells(cell) if one is not None]
        kept_out = [Fate(move.why) for move in moves if Fate(move.why) in _OF_CELL]
        if kept_out and not self._stands_in(made, name, cells):
            return self._fate_of(kept_out[0])
        if not cells:
            return self._without_cell(self.entity.get(name))
        return Fate.LIMIT if any(units(str(one)) > self.most for one in cells) else Fate.COLUMN

    def _stands_in(self, made: Made, name: str, cells: Sequence[Cell]) -> bool:
        """Whether what a column reads of a field stands as a whole in the cells: several share those that a text fills."""
        shown = self.row.shown
        values = (
            shown.text(shown.word(path, path.get(self.entity, shown.references)))
            for path in made.paths
            if path.field.name == name
        )
        written = [" ".join(str(cell).split()) for cell in cells]
        return any(" ".join(value.split()) in cell for value in values if value for cell in written)

    def _fate_of(self, why: Fate) -> Fate:
        """The fate of what had to move."""
        return Fate.OVERFLOW if self.fate == "overflow" else why

    def _without_cell(self, value: Any) -> Fate:
        if isinstance(value, Ref) and self.row.shown.references.held(value) is None:
            return Fate.NOT_HELD
        return Fate.ELSEWHERE

    def _read(self, made: Made, name: str, fate: Fate, moves: Sequence[Move]) -> None:
        """Enter what became of a field that a column has read."""
        value = self.entity.get(name)
        if name == CUSTOM:
            for key in self.custom.read if self.custom is not None else ():
                one = (value or {}).get(key)
                bare = not self.row.shown.text(one)
                self._set((CUSTOM, key), Fate.BARE if bare else self._of_custom(key, one, fate))
        elif isinstance(value, list):
            shown = sum(cell is not None for cell in as_cells(self.cells[-1])) if made.repeat and moves else 0
            for number, place in enumerate(places(made.paths, name, value)):
                self._set((name, place), Fate.COLUMN if number < shown else fate)
        elif value is not None:
            self._set((name, 0), self._whole(made, name, value, fate))

    def _of_custom(self, key: str, value: Any, fate: Fate) -> Fate:
        """Of what the columns show in part the rest is lost, unless the overflow takes it."""
        if fate is not Fate.COLUMN:
            return fate
        parts = self._parts.get(key)
        return fate if not parts or tell_all(parts, value) else Fate.PART

    @cached_property
    def _parts(self) -> Mapping[str, set[str]]:
        """Of the custom fields that paths of columns name, the parts that these show: found once, for there may be thousands of fields."""
        parts: defaultdict[str, set[str]] = defaultdict(set)
        paths = (path for made in self.plan.columns for path in made.paths)
        for found in filter(None, (custom_path(path.text) for path in paths)):
            parts[found.key].add(found.part)
        return parts

    def _whole(self, made: Made, name: str, value: Any, fate: Fate) -> Fate:
        """Of money, an amount without its currency is only a part."""
        if fate is not Fate.COLUMN or not isinstance(value, Money) or not value.currency:
            return fate
        return fate if name in _with_currency(self.plan) else Fate.PART

    def _overflow(self) -> None:
        overflow = self.plan.overflow
        assert overflow is not None  # noqa: S101 - `run` asks
        before = len(self.row.moves)
        own = self.cells[overflow.place] if overflow.place is not None else None
        overflow.put(self.row, self.cells)
        beyond = self._beyond(overflow.arranged(own, self.row.moved), overflow.most, own is not None)
        for move in self.row.moves[before:]:
            self._enter(move, self._moved(move, move in beyond))
        self._cut(beyond)

    def _beyond(self, lines: Sequence[str], most: int | None, has_own: bool) -> list[Move]:
        """What of the `lines` of the overflow column, the first of which may be its own text, it has no room for as a whole."""
        told = [move for move in self.row.moves if move.text]
        if [move.text for move in told] != [*lines[has_own:]]:
            told.sort(key=lambda move: len(move.text))
        is_full = most is not None and len("\n".join(lines)) > most
        most = _NO_LIMIT if most is None else most - is_full  # the sign of a cut
        beyond = []
        length, size = (len(lines[0]), units(lines[0])) if has_own else (-1, -1)
        for move in told if self.fate == "overflow" else ():
            room = max(0, min(most - length, self.most - size) - 1)
            length, size = length + len(move.text) + 1, size + units(move.text) + 1
            is_whole = length <= most and size <= self.most
            self.said.append(move.text if is_whole else move.text[:room])
            beyond += [] if is_whole else [move]
        return beyond

    def _cut(self, beyond: Sequence[Move]) -> None:
        """What a cell did not hold is lost when the overflow column has no room for it either."""
        for names, moves in zip(self.read_by, self.by_column, strict=True):
            if any(move in beyond for move in moves):
                for unit, fate in self.fates.items():
                    name = f"{CUSTOM}.{unit[1]}" if unit[0] == CUSTOM else unit[0]
                    if fate is Fate.OVERFLOW and name in names:
                        self.fates[unit] = Fate.LIMIT

    def _moved(self, move: Move, beyond: bool) -> Fate:
        if not move.text:
            return Fate.BARE
        if self.fate != "overflow":
            return Fate(move.why)
        return Fate.LIMIT if beyond else Fate.OVERFLOW

    def _enter(self, move: Move, fate: Fate) -> None:
        """Enter what went to the overflow: a custom field, what is left of a list, or a whole field."""
        if move.field == CUSTOM:
            self._set((CUSTOM, move.key), fate)
            return
        value = self.entity.get(move.field)
        for place, item in enumerate(value if isinstance(value, list) else [value]):
            if self.row.is_free(move.field, place):
                self._set((move.field, place), fate)
            if fate is Fate.NO_COLUMN and self.fates.get((move.field, place)) is Fate.COLUMN:
                self._in_part((move.field, place), item, move.value)

    def _in_part(self, unit: Unit, item: Any, moved: Any) -> None:
        """Of what has a column and was moved nevertheless, the column shows a part, and the rest has no place."""
        if item is moved or (isinstance(moved, list) and any(item is one for one in moved)):
            self.fates[unit] = Fate.PART

    def _set(self, unit: Unit, fate: Fate) -> None:
        self.fates[unit] = better(self.fates.get(unit), fate)


def as_cells(cell: Any) -> list[Cell]:
    """The cells that one column of a layout has become in a row."""
    return cell if isinstance(cell, list) else [cell]


def units_of(entity: Mapping[str, Any]) -> list[Unit]:
    """All values of an entity."""
    found: list[Unit] = []
    for name, value in entity.items():
        if name == CUSTOM:
            found += [(CUSTOM, key) for key in value or {}]
        elif isinstance(value, list):
            found += [(name, place) for place in range(len(value))]
        elif value is not None:
            found.append((name, 0))
    return found


def unentered(unit: Unit, entity: Mapping[str, Any], left_out: frozenset[str], custom: str) -> Fate:
    """The fate of a value that neither a column nor the overflow of a table cared for."""
    name = unit[0]
    if name in left_out or name == "source_id":
        return Fate.LEFT_OUT
    if name in ALWAYS_LEFT:
        return Fate.MARKUP
    if name == CUSTOM:
        return Fate.NO_COLUMN if custom == "none" else Fate.UNTOLD
    return Fate.NO if entity[name] is False else Fate.UNTOLD


def places(paths: Iterable[Path], name: str, items: Sequence[Any]) -> list[int]:
    """The items of a list that paths show when they do not take them one by one: all, or those that they name."""
    picks = [picked(path) for path in paths if path.field.name == name]
    if not picks or None in picks:
        return list(range(len(items)))
    found = (pick.of(items) for pick in picks if pick)
    return sorted({place for place in found if place is not None})


def _with_currency(plan: Plan) -> set[str]:
    """The amounts of which a column shows the currency too."""
    paths = [path for made in plan.columns for path in made.paths if path.field.type is Type.MONEY]
    return {path.field.name for path in paths if not path.text.endswith(".amount")}
