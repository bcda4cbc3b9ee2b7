"""A column rule of a layout file made into a function from a row to a cell."""

from collections.abc import Callable
from datetime import tzinfo
from typing import Any, NamedTuple

from crmexport.mapping.to import shaping
from crmexport.mapping.to.paths import Path, PathError, compiled, picked
from crmexport.mapping.to.repeat import (
    Children,
    Repeat,
    Texts,
    children,
    items,
    linked_text,
    replaced,
    wanted,
)
from crmexport.mapping.to.row import Row, is_blank, label_of, says_something
from crmexport.mapping.to.schema import ColumnRule, Where
from crmexport.mapping.to.shared import Shared, shared
from crmexport.mapping.to.shown import kind_of
from crmexport.mapping.to.steps import Make, Steps
from crmexport.mapping.to.table import Cell, Column, Kind
from crmexport.mapping.to.template import Template, template
from crmexport.mapping.to.where import Keep, keeper, refuse_never
from crmexport.model import PARTS, Entity, Type
from crmexport.text import _

_NOT_REPEATED = {"is_": "is"} | {
    key: key for key in ("choice", "default", "join", "label", "multiply", "not_before", "shared")
}
"""What shapes one cell, by its name in a rule and in a layout: several columns of one rule have none."""
_TIMES = frozenset({Type.DATE, Type.MOMENT, Type.WHEN})
_STEM = 4  # letters by which a word is known in another form
_KINDS = {
    "date": Kind.DATE,
    "datetime": Kind.DATETIME,
    "moment": Kind.DATETIME,
    "midday": Kind.DATETIME,
    "evening": Kind.DATETIME,
    "number": Kind.NUMBER,
    "whole": Kind.NUMBER,
}


class Made(NamedTuple):
    """A column ready for work: its heading and kind, the function, the paths it reads, and the names it must know shared.

    `by_item` are the lists (phones and the like) of which it takes single items. With `repeat` it is several columns, and
    `children` is the list of other entities they show. `finish` is applied when the overflow has been added. `needs` are fields of
    other entities that it looks at without showing them. `tell`: the overflow tells its fields too. `sure` are
    the paths of which it shows the value in every row: of the others the rows note which they were. `only` is what it wants of a
    list of links, and `linked` the text that it makes of each.
    """

    column: Column
    make: Make
    paths: tuple[Path, ...]
    shared: Shared | None = None
    by_item: frozenset[str] = frozenset()
    repeat: Repeat | None = None
    children: Children | None = None
    finish: Callable[[str], str] | None = None
    needs: tuple[tuple[str, str], ...] = ()
    tell: bool = False
    sure: frozenset[str] = frozenset()
    only: Keep | None = None
    linked: Template | None = None


def made(heading: str, rule: str | ColumnRule, entity: Entity, zone: tzinfo) -> Made:
    """The column `heading` of a table of `entity`. Raises PathError."""
    rule = ColumnRule(path=rule) if isinstance(rule, str) else rule
    paths = tuple(compiled(path, entity) for path in rule.paths)
    builder = _Builder(heading, rule, entity, paths, zone)
    return Made(
        Column(rule.heading or heading, builder.kind(), rule.about, entry=rule.entry),
        builder.make(),
        builder.all_paths(),
        builder.shared,
        builder.by_item(),
        builder.repeat(),
        builder.children,
        shaping.MARKUPS[rule.markup] if rule.markup else None,
        builder.needs(),
        rule.tell,
        builder.sure(),
        builder.only,
        builder.linked,
    )


def checked(column: Made, rule: str | ColumnRule) -> None:
    """Raise PathError when the rule's `choice` names a word that its field never has, or says nothing of one that it may have."""
    if isinstance(rule, str) or rule.choice is None or not rule.path:
        return
    first = column.paths[0]
    refuse_never(first, rule.choice.keys() - {"*"})
    known = first.field.choices if first.text == first.field.name else {}
    missing = [word for word in known if word not in rule.choice]
    if missing and "*" not in rule.choice:
        raise PathError(
            _("“choice” says nothing of {words}; “*” stands for all others.").format(words=", ".join(missing))
        )


class _Builder(Steps):
    """Puts the steps of one column together: get, shape, fall back, make unique, keep within the limit."""

    def __init__(
        self, heading: str, rule: ColumnRule, entity: Entity, paths: tuple[Path, ...], zone: tzinfo
    ) -> None:
        self.heading = heading
        self.rule = rule
        self.paths = paths
        self.zone = zone
        self.when = keeper(rule.when, entity)
        self.only = wanted(paths, rule)
        self.linked = linked_text(paths, rule, zone)
        self.text = self._template(rule.text, entity)
        self.default = self._template(rule.default, entity)
        self.unless = _unless(rule.default_unless, entity)
        self.not_before = _time(rule, entity)
        self.shared = shared(rule, paths, self.text, self.default, entity) if rule.shared else None
        self.children = children(rule, entity, zone) if rule.children else None
        if not paths and not self.text and not self.default and not self.children:
            raise PathError(_("a column needs “path”, “text”, “default” or “children”."))
        if "" in rule.replace:
            raise PathError(_("“replace” needs a sign to look for: nothing stands between any two signs."))
        if sum(map(bool, (paths, self.text, self.children))) > 1:
            raise PathError(
                _("a column has one of “path”, “text” and “children”: the others would not be shown.")
            )

    def _template(self, text: str | None, entity: Entity) -> Template | None:
        return None if text is None else template(text, entity, self.zone)

    def all_paths(self) -> tuple[Path, ...]:
        """Every path whose value the column shows."""
        templates = [one.paths for one in (self.text, self.default) if one]
        return (*self.paths, *(path for paths in templates for path in paths))

    def sure(self) -> frozenset[str]:
        """What it shows in every row that has a value there: neither at times, nor in order, nor only where others have none."""
        slots = self.text.ways[0] if self.text else ()
        first = [slot.paths[0] for slot in slots if not slot.most] if self.text else self.paths[:1]
        return frozenset() if self.when or self.not_before else frozenset(path.text for path in first)

    def needs(self) -> tuple[tuple[str, str], ...]:
        """What `when`, `only`, `each`, `not_before` and `default_unless` look at in other entities."""
        looked_at = [path for keep in (self.when, self.unless) if keep for path in keep.paths]
        looked_at += [self.not_before] if self.not_before else []
        found = [need for path in looked_at for need in path.needs]
        behind = [*(self.only.paths if self.only else ()), *(self.linked.paths if self.linked else ())]
        for path in behind:
            found += [(self.paths[0].kind, path.field.name), *path.needs]
        return tuple(found)

    def by_item(self) -> frozenset[str]:
        """The lists of which the column takes single items."""
        in_text = [path for one in (self.text, self.default) if one for path in one.paths]
        labelled = self.paths if self.rule.label is not None else ()
        one_by_one = [*labelled, *(path for path in (*self.paths, *in_text) if picked(path))]
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

    def repeat(self) -> Repeat | None:
        """What makes several columns of this one, if anything does."""
        if self.rule.repeat is None:
            if self.children and self.rule.join is None:
                raise PathError(_("“children” needs “repeat” or “join”."))
            return None
        if vain := [alias for name, alias in _NOT_REPEATED.items() if getattr(self.rule, name) is not None]:
            raise PathError(
                _("beside “repeat”, {keys} would do nothing: its items are written as “each” says.").format(
                    keys=", ".join(f"“{key}”" for key in vain)
                )
            )
        most = None if self.rule.repeat == "all" else self.rule.repeat
        if self.children:
            texts = self._at_times(self._with_signs(self.children.texts))
            return Repeat(texts, most, self.children.entity, self.rule.limit)
        if not self.paths or not self.paths[0].many:
            raise PathError(_("“repeat” needs a list, such as tags.name or phones.number."))
        texts = self._at_times(items(self.paths[0], self.rule, self.only, self.linked))
        return Repeat(texts, most, self.paths[0].field.name, self.rule.limit)

    def _with_signs(self, texts: Texts) -> Texts:
        signs = self.rule.replace
        return lambda row: [replaced(row, text, signs) for text in texts(row)]

    def _at_times(self, texts: Texts) -> Texts:
        """`texts` of the rows that `when` speaks of; in the others the overflow tells the list, and other entities are told here."""
        if not self.when:
            return texts
        test, heading, children = self.when.test, self.heading, self.children
        shown = () if self.rule.tell else self.paths

        def at_times(row: Row) -> list[str]:
            is_wanted = test(row.entity, row.shown.references)
            found = texts(row) if is_wanted or children else []
            if is_wanted:
                row.reach(shown if found else ())
                return found
            if children:
                row.move(children.entity, heading, "\n".join(found), number=len(found))
            return []

        return at_times

    def make(self) -> Make:
        """The whole function of the column."""
        return self.shaped(self._reaching(self._get()))

    def _get(self) -> Make:
        if self.children:
            texts, join = self._at_times(self.children.texts), self.rule.join or ""
            return lambda row: join.join(texts(row)) or None
        if self.text:
            filled = self.text.fill
            return lambda row: filled(row) or None
        if self.rule.label is not None:
            return self._next_item(self.paths[0], [word.casefold() for word in self.rule.label])
        getters = [self._in_order(self._value(path)) for path in self.paths]
        return getters[0] if len(getters) == 1 else self._first(getters)

    def _in_order(self, get: Make) -> Make:
        """`get` for a time that does not precede the one of `not_before`; of others nothing is shown."""
        if not self.not_before:
            return get
        begin, precedes = self._value(self.not_before), shaping.precedes(self.rule, self.zone)

        def in_order(row: Row) -> Cell:
            cell = get(row)
            return None if precedes(row, cell, begin(row)) else cell

        return in_order

    def _first(self, getters: list[Make]) -> Make:
        """The first of several paths that has a value, noting which one."""
        pairs = list(zip([path.text for path in self.paths], getters, strict=True))

        def first(row: Row) -> Cell:
            for text, get in pairs:
                cell = get(row)
                if cell is not None:
                    row.chosen.add(text)
                    return cell
            return None

        return first

    def _reaching(self, get: Make) -> Make:
        """`get` for the rows that `when` speaks of, noting what it shows of links and of these rows only: of the rest the overflow tells."""
        shows = () if self.rule.tell else self.text.paths if self.text else self.paths
        sure, is_one = self.sure(), len(self.paths) == 1
        shows = tuple(path for path in shows if path.text not in sure or path.field.type is Type.REF)
        test = self.when.test if self.when else None
        if self.children or (not shows and not test):
            return get

        def reaching(row: Row) -> Cell:
            if test and not test(row.entity, row.shown.references):
                return None
            cell = get(row)
            if not is_blank(cell):
                row.reach(path for path in shows if is_one or path.text in row.chosen)
            return cell

        return reaching

    def _value(self, path: Path) -> Make:
        get, rule = path.get, self.rule
        if path.many and (rule.each or rule.join is not None or rule.replace or rule.only):
            listed = items(path, rule, self.only, self.linked)
            join = "; " if rule.join is None else rule.join
            return lambda row: join.join(listed(row)) or None
        pick = picked(path)
        if pick is None and path.field.titles and not rule.choice:
            return lambda row: row.shown.cell(row.shown.word(path, get(row.entity, row.shown.references)))
        if pick is None:
            return lambda row: row.shown.cell(get(row.entity, row.shown.references))

        def item(row: Row) -> Cell:
            cell = row.shown.cell(get(row.entity, row.shown.references))
            items = row.entity.get(path.field.name) or ()
            place = pick.of(items) if cell is not None else None
            if place is not None:
                row.take(path.field.name, place, _says(self.heading.casefold(), [], label_of(items[place])))
            return cell

        return item

    def _next_item(self, path: Path, words: list[str]) -> Make:
        """The first item of the list that no column has yet, with one of `words` in its label if there are any."""
        field, limit, is_fit = path.field.name, self.rule.limit or 1 << 30, shaping.fit(self.rule.is_)
        heading = self.heading.casefold()
        part = path.text.rpartition(".")[2]
        if path.field.type not in PARTS or not path.many or "." not in path.text:
            raise PathError(_("“label” needs a path such as phones.number."))

        def next_item(row: Row) -> Cell:
            for place, item in enumerate(row.entity.get(field) or ()):
                value = str(item.get(part) or "").strip()
                if (
                    value
                    and row.is_free(field, place)
                    and _labelled(item, words)
                    and len(value) <= limit
                    and is_fit(value)
                ):
                    row.take(field, place, _says(heading, words, label_of(item)))
                    return value
            return None

        return next_item


def _unless(wanted: str | Where | None, entity: Entity) -> Keep | None:
    """When a default is not needed: where a path has a value, or in rows with certain values."""
    if not isinstance(wanted, str):
        return keeper(wanted or {}, entity)
    path = compiled(wanted, entity)
    return Keep(lambda one, references: says_something(path.get(one, references)), (path,))


def _time(rule: ColumnRule, entity: Entity) -> Path | None:
    """What the value of a column must not precede. Raises PathError when nothing could."""
    if rule.not_before is None:
        return None
    path = compiled(rule.not_before, entity)
    if not rule.path or path.many or path.type not in _TIMES:
        raise PathError(
            _("“not_before” stands beside “path”, and is the path of a day or a time, such as start.")
        )
    return path


def _labelled(item: Any, words: list[str]) -> bool:
    return not words or any(word in label_of(item) for word in words)


def _says(heading: str, words: list[str], label: str) -> bool:
    """Whether a column with this heading, of items with one of `words`, tells all that `label` does: it is one word of theirs."""
    stem = label[:_STEM]
    return not label or (" " not in label and (stem in heading or any(word in label for word in words)))
