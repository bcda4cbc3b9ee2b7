"""A column rule of a layout file made into a function from a row to a cell."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from crmexport.mapping.to.paths import Path, PathError, compiled
from crmexport.mapping.to.row import Row
from crmexport.mapping.to.schema import ColumnRule
from crmexport.mapping.to.shared import Shared, shared
from crmexport.mapping.to.shown import kind_of
from crmexport.mapping.to.table import Cell, Column, Kind
from crmexport.mapping.to.template import Template, template
from crmexport.model import PARTS, Entity, Type
from crmexport.text import _

Make = Callable[[Row], Cell]
_KINDS = {"date": Kind.DATE, "datetime": Kind.DATETIME, "number": Kind.NUMBER}
_email = re.compile(r"[^@\s,;<>()]+@[^@\s,;<>()]+\.[^@\s,;<>().]+").fullmatch


class Made(NamedTuple):
    """A column ready for work: its heading and kind, the function, the paths it reads, and the names it must know shared.

    `by_item` are the lists (phones and the like) of which it takes single items.
    """

    column: Column
    make: Make
    paths: tuple[Path, ...]
    shared: Shared | None = None
    by_item: frozenset[str] = frozenset()


def made(heading: str, rule: str | ColumnRule, entity: Entity, zone: tzinfo) -> Made:
    """The column `heading` of a table of `entity`. Raises PathError."""
    rule = ColumnRule(path=rule) if isinstance(rule, str) else rule
    paths = tuple(compiled(path, entity) for path in rule.paths)
    builder = _Builder(heading, rule, entity, paths, zone)
    return Made(
        Column(heading, builder.kind()),
        builder.make(),
        builder.all_paths(),
        builder.shared,
        builder.by_item(),
    )


class _Builder:
    """Puts the steps of one column together: get, shape, fall back, make unique, keep within the limit."""

    def __init__(
        self, heading: str, rule: ColumnRule, entity: Entity, paths: tuple[Path, ...], zone: tzinfo
    ) -> None:
        self.heading = heading
        self.rule = rule
        self.paths = paths
        self.zone = zone
        self.text = self._template(rule.text, entity)
        self.default = self._template(rule.default, entity)
        self.unless = compiled(rule.default_unless, entity) if rule.default_unless else None
        self.shared = shared(rule, paths, self.text, entity) if rule.shared else None
        if not paths and not self.text and not self.default:
            raise PathError(_("a column needs “path”, “text” or “default”."))

    @staticmethod
    def _template(text: str | None, entity: Entity) -> Template | None:
        return None if text is None else template(text, entity)

    def all_paths(self) -> tuple[Path, ...]:
        """Every path the column reads."""
        templates = [one.paths for one in (self.text, self.default) if one]
        return (*self.paths, *(path for paths in templates for path in paths), *filter(None, [self.unless]))

    def by_item(self) -> frozenset[str]:
        """The lists of which the column takes single items."""
        one_by_one = [path for path in self.paths if self.rule.label is not None or _picked(path) is not None]
        return frozenset(path.field.name for path in one_by_one)

    def kind(self) -> Kind:
        """What the column holds."""
        rule = self.rule
        if rule.is_ in _KINDS:
            return _KINDS[rule.is_]
        if not self.paths or rule.is_ or rule.choice or rule.each:
            return Kind.TEXT
        first = self.paths[0]
        if first.field.type is Type.PHONES:
            return Kind.PHONE
        return Kind.TEXT if first.many else kind_of(first.type)

    def make(self) -> Make:
        """The whole function of the column."""
        steps = [self._get()]
        for wrap, wanted in (
            (self._chosen, self.rule.choice is not None),
            (self._typed, self.rule.is_ is not None),
            (self._defaulted, self.default is not None),
            (self._unshared, self.shared is not None),
            (self._limited, self.rule.limit is not None and self.rule.label is None),
        ):
            if wanted:
                steps.append(wrap(steps[-1]))
        return steps[-1]

    def _get(self) -> Make:
        if self.text:
            filled = self.text.fill
            return lambda row: filled(row) or None
        if self.rule.label is not None:
            return self._next_item(self.paths[0], [word.casefold() for word in self.rule.label])
        getters = [self._value(path) for path in self.paths]
        if len(getters) == 1:
            return getters[0]
        return lambda row: next((cell for get in getters if (cell := get(row)) is not None), None)

    def _value(self, path: Path) -> Make:
        get, each, join = path.get, self.rule.each, self.rule.join
        if path.many and (each or join is not None):
            return lambda row: _joined(row, get(row.entity, row.shown.references), each or "{}", join)
        place = _picked(path)
        if place is None:
            return lambda row: row.shown.cell(get(row.entity, row.shown.references))

        def item(row: Row) -> Cell:
            cell = row.shown.cell(get(row.entity, row.shown.references))
            if cell is not None:
                row.take(path.field.name, place)
            return cell

        return item

    def _next_item(self, path: Path, words: list[str]) -> Make:
        """The first item of the list that no column has yet, with one of `words` in its label if there are any."""
        field, limit, is_fit = path.field.name, self.rule.limit or 1 << 30, _fit(self.rule.is_)
        part = path.text.rpartition(".")[2]
        if path.field.type not in PARTS or not path.many or "." not in path.text:
            raise PathError(_("“label” needs a path such as phones.number."))

        def next_item(row: Row) -> Cell:
            for place, item in enumerate(row.entity.get(field) or ()):
                value = item.get(part)
                if (
                    value
                    and row.is_free(field, place)
                    and _labelled(item, words)
                    and len(value) <= limit
                    and is_fit(value)
                ):
                    row.take(field, place)
                    return str(value)
            return None

        return next_item

    def _chosen(self, get: Make) -> Make:
        choice = self.rule.choice or {}

        def chosen(row: Row) -> Cell:
            cell = get(row)
            if cell is None:
                return choice.get("")
            word = str(cell).lower() if isinstance(cell, bool) else str(cell)
            if word not in choice:
                row.move(self.paths[0].field.name, self.heading, cell)
            return choice.get(word)

        return chosen

    def _typed(self, get: Make) -> Make:
        shape = {
            "date": self._date,
            "number": _number,
            "text": _as_text,
            "datetime": self._datetime,
            "email": _as_email,
        }
        make = shape[self.rule.is_ or "text"]

        def typed(row: Row) -> Cell:
            cell = get(row)
            made = None if cell is None else make(row, cell)
            if made is None and cell is not None:
                row.move(self.paths[0].field.name if self.paths else self.heading, self.heading, cell)
            return made

        return typed

    def _date(self, row: Row, cell: Cell) -> Cell:
        if isinstance(cell, datetime):
            return cell.astimezone(self.zone).date()
        return cell if isinstance(cell, date) else None

    @staticmethod
    def _datetime(row: Row, cell: Cell) -> Cell:
        return cell if isinstance(cell, date) else None

    def _defaulted(self, get: Make) -> Make:
        default, unless = self.default, self.unless
        assert default is not None  # noqa: S101 - `make` asks

        def defaulted(row: Row) -> Cell:
            cell = get(row)
            if cell is not None or (unless and unless.get(row.entity, row.shown.references)):
                return cell
            return default.fill(row) or None

        return defaulted

    def _unshared(self, get: Make) -> Make:
        one, heading = self.shared, self.heading
        assert one is not None  # noqa: S101 - `make` asks

        def unshared(row: Row) -> Cell:
            cell = get(row)
            if not isinstance(cell, str) or not one.is_shared(row, cell):
                return cell
            row.notes[f"shared_names.{one.key}"] += 1
            if self.rule.shared == "suffix":
                return one.unique(row, cell)
            row.move(one.field, heading, f"{cell} (#{one.id_of(row)})")
            return None

        return unshared

    def _limited(self, get: Make) -> Make:
        limit = self.rule.limit or 1

        def limited(row: Row) -> Cell:
            cell = get(row)
            if not isinstance(cell, str) or len(cell) <= limit:
                return cell
            row.move(self.paths[0].field.name if self.paths else self.heading, self.heading, cell)
            row.notes["cut_texts"] += 1
            return cell[: limit - 1] + "…"

        return limited


def _picked(path: Path) -> int | None:
    """Which item of a list of phones and the like the path picks, if it does."""
    match = re.match(r"\w+\[(\d+)\]", path.text)
    return int(match[1]) if match and path.field.type in PARTS else None


def _labelled(item: Any, words: list[str]) -> bool:
    label = str(item.get("label") or item.get("kind") or "").casefold()
    return not words or any(word in label for word in words)


def _joined(row: Row, values: Iterable[Any], each: str, join: str | None) -> str | None:
    texts = [text for value in values if (text := row.shown.text(value))]
    return ("; " if join is None else join).join(each.replace("{}", text) for text in texts) or None


def _fit(is_: str | None) -> Callable[[str], object]:
    return _email if is_ == "email" else lambda value: True


def _number(row: Row, cell: Cell) -> Cell:
    if isinstance(cell, (int, Decimal)):
        return cell
    try:
        value = Decimal(str(cell).replace(" ", "").replace(",", "."))
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _as_text(row: Row, cell: Cell) -> Cell:
    return row.shown.text(cell)


def _as_email(row: Row, cell: Cell) -> Cell:
    return cell if isinstance(cell, str) and _email(cell) else None
