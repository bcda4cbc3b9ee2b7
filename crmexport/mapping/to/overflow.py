"""What no column takes goes to the overflow column, or is counted when the table has none: nothing is dropped in silence."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

from crmexport.mapping.custom import CustomField
from crmexport.mapping.to.column import Made
from crmexport.mapping.to.custom_path import CUSTOM, keys_named, tell_all
from crmexport.mapping.to.headings import with_unit
from crmexport.mapping.to.parts import PartsShown
from crmexport.mapping.to.paths import Path, titles_needed
from crmexport.mapping.to.repeat import named
from crmexport.mapping.to.row import Row, shortened
from crmexport.mapping.to.schema import ColumnRule, TableRule
from crmexport.mapping.to.table import Cell
from crmexport.mapping.to.template import Template
from crmexport.mapping.to.where import Keep
from crmexport.model import Entity, Field, Type
from crmexport.text import translations

ALWAYS_LEFT = frozenset({"source_id", "description_html", "html"})
"""Fields that go to no overflow: an id means nothing to a reader, and of markup the plain text is written."""


class Show(NamedTuple):
    """How a column shows a list of links: the path into it, which ones (None: all), the text of each, whether in every row."""

    path: Path
    only: Keep | None
    linked: Template | None
    is_sure: bool

    def says(self, row: Row, alone: Mapping[str, Any]) -> bool:
        """Whether it says anything of the only link in `alone`."""
        shown = row.shown
        value = self.path.get(alone, shown.references)
        if self.linked is None:
            return bool(shown.text(value))
        return any(named(link, self.linked, shown) for link in value)


class Overflow:
    """Knows, for one table, which fields no column reads and where their values go."""

    def __init__(
        self,
        rule: TableRule,
        entity: Entity,
        columns: Sequence[Made],
        custom: Sequence[CustomField],
        lang: str,
    ) -> None:
        translate = translations(lang).gettext

        def titled(is_one: Callable[[Field], bool]) -> list[tuple[Field, str]]:
            return [(field, translate(field.title)) for field in entity.fields if is_one(field)]

        self.place = list(rule.columns).index(rule.overflow) if rule.overflow else None
        self.most = _limit(rule.columns[rule.overflow]) if rule.overflow else None
        whole, in_part = _read_by(columns)
        sure = _sure_of(columns)
        on_purpose = set(rule.leave_out) | ALWAYS_LEFT | set(rule.within.links if rule.within else ())
        left = whole | on_purpose
        rules = list(rule.columns.values())
        self._finish = [
            (place, made.finish, _limit(rules[place])) for place, made in enumerate(columns) if made.finish
        ]
        unsure = whole - on_purpose - sure
        self._unsure = titled(lambda field: field.name in (whole if field.type is Type.REF else unsure))
        self._fields = titled(lambda field: field.name not in left | in_part)
        self._lists = titled(lambda field: field.name in in_part - left)
        self._parts = PartsShown(columns)
        self._moneys = titled(lambda field: field.name in whole and self._parts.may_hide_money(field))
        self._halves = titled(lambda field: field.name in whole - on_purpose and self._parts.are_some(field))
        shows = {name: _show_of(entity.by_name[name], columns) for name in whole - on_purpose - {CUSTOM.name}}
        self._linked = [
            (*one, shows[one[0].name]) for one in titled(lambda field: bool(shows.get(field.name)))
        ]
        self._labelled = {
            path.field.name for made in columns for path in made.paths if path.text.endswith(".label")
        }
        self._labels = {field.key: with_unit(field.label, field, lang) for field in custom}
        self._named = keys_named(path.text for made in columns for path in made.paths)
        self._own_columns = frozenset(self._labels if rule.custom == "columns" else ()) - self._named
        self._left_custom = rule.custom == "none"
        self._choices = {
            field.name: {key: translate(word) for key, word in field.titles.items()}
            for field in entity.fields
        }
        told = self._fields + self._unsure + self._lists
        links = [field for field, _title in told if field.type in (Type.REF, Type.REFS)]
        links += [field for field, _title, _shows in self._linked]
        self.needs = [need for field in links for need in titles_needed(field)]

    @property
    def fate(self) -> str:
        """How a value without a column is counted."""
        return "left_out" if self.place is None else "overflow"

    def put(self, row: Row, cells: list[Any]) -> None:
        """Append to the overflow cell whatever of the row's entity stands in no column."""
        for field, title in self._lists:
            free = [
                item
                for place, item in enumerate(row.entity.get(field.name) or ())
                if row.is_free(field.name, place)
                or self._is_unsaid(row, field.name, place)
                or self._parts.hide(field, item, row.paths, place)
            ]
            row.notes.update({f"{self.fate}.{field.name}": len(free) - 1} if len(free) > 1 else {})
            row.move(field.name, title, free)
        for field, title in self._fields:
            value = row.entity.get(field.name)
            if _is_told(value):
                row.move(field.name, title, self._in_words(field, value))
        self._half_shown(row)
        self._custom(row)
        self._write(row, cells)

    def _in_words(self, field: Field, value: Any) -> Any:
        return self._choices[field.name].get(value, value) if field.titles else value

    def _is_unsaid(self, row: Row, field: str, place: int) -> bool:
        """Whether a column has the item, but none its label: an extension to dial, whose address it is."""
        return field not in self._labelled and (field, place) in row.unsaid

    def _half_shown(self, row: Row) -> None:
        """What no column shows of this row though some do of others, and amounts whose currency has no column."""
        untold = {field.name for field, _title in self._unsure if _is_told(row.entity.get(field.name))}
        untold -= row.reached | row.told
        for field, title in self._unsure:
            if field.name in untold:
                row.move(field.name, title, self._in_words(field, row.entity[field.name]))
        for field, title, shows in self._linked:
            if field.name not in untold:
                hidden = _hidden(row, field.name, shows)
                row.move(field.name, title, hidden, number=len(hidden))
        for field, title in self._moneys:
            money = None if field.name in untold else row.entity.get(field.name)
            if money is not None and not tell_all(self._parts.of(field.name, row.paths), money):
                row.move(field.name, title, money)
        for field, title in self._halves:
            items = () if field.name in untold else row.entity.get(field.name) or ()
            hidden = [item for item in items if self._parts.hide(field, item, row.paths)]
            row.move(field.name, title, hidden, number=len(hidden))

    def _custom(self, row: Row) -> None:
        """Custom fields without a column, and what came along without any definition."""
        rest = {
            key: value
            for key, value in (row.entity.get("custom") or {}).items()
            if key not in self._own_columns and not (key in self._named and self._is_shown(row, key, value))
        }
        if self._left_custom:
            row.notes.update({"left_out.custom": len(rest)} if rest else {})
            return
        for key, value in rest.items():
            row.move("custom", self._labels.get(key, key), value, key=key)

    def _is_shown(self, row: Row, key: str, value: Any) -> bool:
        """Whether the columns that name a custom field say all of its value in this row."""
        return tell_all(self._parts.of(f"{CUSTOM.name}.{key}", row.paths), value)

    def _write(self, row: Row, cells: list[Any]) -> None:
        if row.moved and self.place is not None:
            cells[self.place] = "\n".join(self.arranged(cells[self.place], row.moved))
            self._cut(row, cells, self.place)
        for place, finish, most in self._finish:
            cells[place] = _finished(row, cells[place], finish, most)

    def arranged(self, own: Cell, moved: Sequence[str]) -> list[str]:
        """What is to stand in the column: its own text, and lines. When it is full the longest of them is cut, not what stands behind it.

        A text of its own that has been cut to fill it gives up to half of it away for what is short.
        """
        first = [] if own is None else [str(own)]
        if self.most is None or len("\n".join([*first, *moved])) <= self.most:
            return [*first, *moved]
        lines = sorted(moved, key=len)
        if first and len(first[0]) == self.most and first[0].endswith("…"):
            places = accumulate(len(line) + 1 for line in lines)
            room = max((place for place in places if place <= self.most // 2), default=0)
            first = [shortened(first[0], self.most - room - 2)] if room else first
        return [*first, *lines]

    def _cut(self, row: Row, cells: list[Any], place: int) -> None:
        """What does not even fit the overflow column is cut, and counted: the archive has the whole."""
        if self.most is not None and len(cells[place]) > self.most:
            cells[place] = cells[place][: self.most - 1] + "…"
            row.notes["cut_overflows"] += 1


def _is_told(value: Any) -> bool:
    """Whether there is anything to tell: a “no” is the same as nothing, a zero is not."""
    return value is not None and value is not False


def _limit(rule: str | ColumnRule) -> int | None:
    return None if isinstance(rule, str) else rule.limit


def _finished(row: Row, cell: Any, finish: Callable[[str], str], most: int | None) -> Any:
    """The cell as markup, which is longer than its text: what is too long then is cut, as little as will do, and counted."""
    if isinstance(cell, list):
        return [None if one is None else _finished(row, one, finish, most) for one in cell]
    if not isinstance(cell, str):
        return cell
    written = finish(cell)
    if most is None or len(written) <= most:
        return written
    row.notes["cut_overflows"] += 1
    fitting = bisect_right(range(1, len(cell)), most, key=lambda kept: len(finish(shortened(cell, kept))))
    return finish(shortened(cell, max(1, fitting)))


def _sure_of(columns: Sequence[Made]) -> set[str]:
    """The fields of which some column shows the value in every row, and not items of it."""
    paths = ((made, path) for made in columns if not made.tell for path in made.paths)
    return {
        path.field.name
        for made, path in paths
        if path.text in made.sure and path.field.name not in made.by_item
    }


def _show_of(field: Field, columns: Sequence[Made]) -> list[Show]:
    """How columns show links of a list; nothing when one of them shows them all, whatever they are."""
    if field.type is not Type.REFS:
        return []
    shows = [
        Show(path, made.only, made.linked, path.text in made.sure)
        for made in columns
        if not made.tell
        for path in made.paths
        if path.field.name == field.name and path.many
    ]
    every = (field.name, f"{field.name}.id")
    shown_whole = (
        one.is_sure and not one.only and not one.linked and one.path.text in every for one in shows
    )
    return [] if any(shown_whole) else shows


def _hidden(row: Row, name: str, shows: Sequence[Show]) -> list[Any]:
    """The links of a list of which no column shows anything: of a kind that none asks for, without such a value, or left out by `only`."""
    references = row.shown.references

    def is_shown(link: Any) -> bool:
        alone = {**row.entity, name: [link]}
        return any(
            one.says(row, alone)
            and (one.only is None or one.only.test(references.held(link) or {}, references))
            for one in shows
            if one.is_sure or one.path.text in row.paths
        )

    return [link for link in row.entity.get(name) or () if not is_shown(link)]


def _read_by(columns: Sequence[Made]) -> tuple[set[str], set[str]]:
    """The fields that columns read whole, and the lists of which they take single items."""
    enough = [made for made in columns if not made.tell]
    in_part = {name for made in enough for name in made.by_item}
    whole = {path.field.name for made in enough for path in made.paths if path.field.name not in made.by_item}
    return whole, in_part - whole
