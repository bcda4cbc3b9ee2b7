"""Entities as rows of relations: lists become rows of their own, links the id of what they lead to, where that is held."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, NamedTuple

from crmexport.mapping.custom import CustomField
from crmexport.mapping.to import EntitySource, Shown
from crmexport.model import ENTITIES, PARTS, Entity, Field, Moment, Money, Ref, Type
from crmexport.target.relational.held import Held, storable
from crmexport.target.relational.schema import CUSTOM, LOOSE, Is, attributes, table_of

Cells = tuple[Any, ...]
Fits = Callable[[Decimal], bool]
_MOST = 1 << 63
_LONGEST_NUMBER = 300  # digits on either side of the point: a float has no more


class Row(NamedTuple):
    """A row of the relation called `table`."""

    table: str
    cells: Cells


class Rows:
    """The rows of all entities of a source. What does not fit the type of its column stands among the custom fields, counted.

    `notes` counts; it begins anew with every `all`.
    """

    def __init__(
        self, source: EntitySource, shown: Shown, held: Held, notes: Counter[str], fits: Fits
    ) -> None:
        self._fits = fits
        self._source = source
        self._shown = shown
        self._held = held
        self._kinds = frozenset(source.kinds)
        self.notes = notes

    def all(self) -> Iterator[Row]:
        """Every row, kind by kind; the rows of an entity's lists stand behind its own."""
        self.notes.clear()
        self._held.start_again()
        for kind in ENTITIES:
            if kind in self._kinds:
                maker = _Maker(
                    ENTITIES[kind],
                    self._source.custom_fields(kind),
                    self._shown,
                    self._held,
                    self._kinds,
                    self.notes,
                    self._fits,
                )
                for entity in self._source.iterate(kind):
                    yield from maker.rows(entity)


class _Maker:
    """Makes the rows of one kind of entity."""

    def __init__(
        self,
        entity: Entity,
        custom: Sequence[CustomField],
        shown: Shown,
        held: Held,
        kinds: Collection[str],
        notes: Counter[str],
        fits: Fits,
    ) -> None:
        self._fits = fits
        self._entity = entity
        self._table = table_of(entity.name)
        self._shown = shown
        self._held = held
        self._notes = notes
        self._labels = {field.key: field.label for field in custom}
        self._fields = [
            (field, (None,) * len(attributes(field, kinds)), self._reader(field))
            for field in entity.fields
            if attributes(field, kinds) and field.name != "source_id"
        ]
        self._lists = [
            field for field in entity.fields if not attributes(field, kinds) and field.name != "source_id"
        ]

    def rows(self, entity: Mapping[str, Any]) -> Iterator[Row]:
        """The row of an entity, and those of its lists, of its other fields, and of its loose links."""
        one = _One(self._held.unique(self._entity.name, self.text(entity["source_id"]), self._notes))
        cells: list[Any] = [one.id]
        for field, empty, read in self._fields:
            value = entity.get(field.name)
            cells += empty if value is None else self._read(field, empty, read, value, one)
        yield Row(self._table, tuple(cells))
        for field in self._lists:
            yield from self._items(field, entity.get(field.name) or (), one)
        one.others += [(key, self._labels.get(key, key), value) for key, value in _custom(entity)]
        yield from self._others(one)
        yield from one.loose

    def text(self, text: str) -> str:
        """A text that every database takes: NUL and lone surrogates are replaced and counted."""
        clean = storable(text)
        if clean != text:
            self._notes["replaced_characters"] += sum(a != b for a, b in zip(text, clean, strict=True))
        return clean

    def _read(
        self, field: Field, empty: Cells, read: Callable[[Any], Cells | None], value: Any, one: "_One"
    ) -> Cells:
        if field.type is Type.REF:
            return self._link(field, value, one, 0) or empty
        found = read(value)
        if found is not None:
            return found
        self._notes[f"moved_fields.{field.name}"] += 1
        one.others.append((field.name, field.title, value))
        return empty

    def _reader(self, field: Field) -> Callable[[Any], Cells | None]:
        """Gives the cells of a value; None when it is not of the field's type."""
        readers: dict[Type, Callable[[Any], Cells | None]] = {
            Type.NUMBER: self._number,
            Type.INTEGER: _integer,
            Type.MINUTES: _integer,
            Type.BOOL: lambda value: (value,) if isinstance(value, bool) else None,
            Type.DATE: _day,
            Type.MOMENT: lambda value: (value.at.astimezone(UTC),) if isinstance(value, Moment) else None,
            Type.WHEN: _when,
            Type.MONEY: self._money,
        }
        return readers.get(field.type, lambda value: (self.text(str(value)),))

    def _number(self, value: Any) -> Cells | None:
        found = _number(value)
        return found if found is None or self._fits(found[0]) else None

    def _money(self, value: Any) -> Cells | None:
        amount = self._number(value.amount) if isinstance(value, Money) else None
        return None if amount is None else (*amount, self.text(value.currency) or None)

    def _link(self, field: Field, value: Ref, one: "_One", place: int) -> Cells | None:
        """The cells of a link; a loose link, when there is nothing here that it leads to, and None unless they may be of any kind."""
        id_ = self.text(value.id)
        is_held = self._held.has(value.entity, id_)
        if field.entity is None and (is_held or not value.title):
            return self.text(value.entity), id_
        if value.entity == field.entity and is_held:
            return (id_,)
        kind, title = self.text(value.entity), self.text(value.title) or None
        one.loose.append(Row(LOOSE.name, (self._table, one.id, field.name, place, kind, id_, title)))
        self._notes["loose_links"] += 1
        return (kind, id_) if field.entity is None else None

    def _items(self, field: Field, items: Sequence[Any], one: "_One") -> Iterator[Row]:
        table = f"{self._entity.name}_{field.name}"
        for place, item in enumerate(items, start=1):
            if field.type is Type.REFS:
                cells = self._link(field, item, one, place)
            elif field.type in PARTS:
                cells = tuple(self._part(item.get(name)) for name in PARTS[field.type])
            else:
                cells = (self.text(str(item)),)
            if cells is not None:
                yield Row(table, (one.id, place, *cells))

    def _part(self, value: Any) -> Any:
        return value if value is None or isinstance(value, bool) else self.text(str(value))

    def _others(self, one: "_One") -> Iterator[Row]:
        table = f"{self._entity.name}_{CUSTOM}"
        for place, (key, label, value) in enumerate(one.others, start=1):
            text = self._shown.text(value)
            cells = (self.text(key), self.text(label), None if text is None else self.text(text))
            yield Row(table, (one.id, place, *cells))


class _One:
    """What gathers beside the row of one entity: other fields (key, label, value), and loose links."""

    __slots__ = ("id", "loose", "others")

    def __init__(self, id: str) -> None:
        self.id = id
        self.others: list[tuple[str, str, Any]] = []
        self.loose: list[Row] = []


def _custom(entity: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield from (entity.get("custom") or {}).items()


def _number(value: Any) -> Cells | None:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return None
    number = Decimal(value)
    fits = number.is_finite() and abs(number.adjusted()) < _LONGEST_NUMBER
    return (number,) if fits and int(number.as_tuple().exponent) > -_LONGEST_NUMBER else None


def _integer(value: Any) -> Cells | None:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)) or value != int(value):
        return None
    return (int(value),) if -_MOST <= value < _MOST else None


def _day(value: Any) -> Cells | None:
    return (value,) if isinstance(value, date) and not isinstance(value, datetime) else None


def _when(value: Any) -> Cells | None:
    if isinstance(value, Moment):
        return value.at.astimezone(UTC), False
    return (datetime.combine(value, time(), UTC), True) if isinstance(value, date) else None


def is_of(type_: Is, value: Any) -> bool:
    """Whether a cell is what a column of that type holds."""
    kinds = {
        Is.TEXT: str,
        Is.INTEGER: int,
        Is.NUMBER: Decimal,
        Is.TRUTH: bool,
        Is.DAY: date,
        Is.MOMENT: datetime,
    }
    return value is None or type(value) is kinds[type_]
