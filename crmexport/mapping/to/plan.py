"""A layout checked and made ready: which tables, with which columns, and what they need to know of linked entities."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from decimal import Decimal
from itertools import islice
from typing import Any

from crmexport.mapping.custom import CustomField
from crmexport.mapping.to.column import Made, checked, made
from crmexport.mapping.to.custom_path import CUSTOM, keys_named
from crmexport.mapping.to.entities import EntitySource
from crmexport.mapping.to.generations import Below, below
from crmexport.mapping.to.nesting import Nest, check_nesting, nest
from crmexport.mapping.to.overflow import Overflow
from crmexport.mapping.to.paths import PathError
from crmexport.mapping.to.properties import CONTENT_FORMATS, check_properties
from crmexport.mapping.to.references import References
from crmexport.mapping.to.row import Row
from crmexport.mapping.to.schema import WITHOUT_TABLES, Layout, TableRule
from crmexport.mapping.to.shaping import whole
from crmexport.mapping.to.shown import Shown
from crmexport.mapping.to.table import Cell, Column, Kind, Line, Table
from crmexport.mapping.to.where import Keep, Test, keeper
from crmexport.mapping.to.whole import WholeColumns, custom_columns
from crmexport.mapping.yaml_file import Complaints
from crmexport.mapping.yaml_words import did_you_mean
from crmexport.model import ENTITIES, LISTS, Ref
from crmexport.text import _, translations


@dataclass(frozen=True)
class Plan:
    """One table to be made. Each of `passes` goes over all entities; None takes every one of them.

    `each` names a list of which every item makes a row. `elsewhere` tells of an entity that it stands in another table or row:
    what stands nowhere is counted, by the first table of its kind. None: this table does not count. `nest` tells to whose rows
    a row belongs, or with whose it must stay, `below` under whose it stands. With `once`, one row is all, and stands for no entity.
    """

    name: str
    title: str
    entity: str
    columns: tuple[Made, ...]
    passes: tuple[Keep | None, ...] = (None,)
    overflow: Overflow | None = None
    each: str | None = None
    elsewhere: Test | None = None
    nest: Nest | None = None
    below: Below | None = None
    once: bool = False

    def table(self, source: EntitySource, shown: Shown) -> Table:
        """The table over the entities of `source`."""
        notes: Counter[str] = Counter()
        widths = self._widths(source, shown)
        pairs = zip(self.columns, widths, strict=True)
        columns = tuple(made.column for made, width in pairs for _time in range(width))

        def lines() -> Iterator[Line]:
            notes.clear()
            made = self._lines(source, shown, notes, widths)
            return _measured(_one_for_all(made) if self.once else made, columns, longest)

        longest: dict[str, int] = {}
        return Table(self.name, self.title, self.entity, columns, lines, notes, longest)

    def wants(self, entity: Mapping[str, Any], references: References) -> bool:
        """Whether an entity has a row: whether any of the passes takes one of its rows."""
        return not self.once and any(self.wants_row(row, references) for row in self.rows_of(entity))

    def has_row_of(self, link: Ref, references: References) -> bool:
        """The same of the entity that a link leads to; only a table that shows lists of others (`children`) knows this."""
        held = references.held(link) if link.entity == self.entity else None
        return held is not None and self.wants(held, references)

    def wants_row(self, row: Mapping[str, Any], references: References) -> bool:
        """Whether any of the passes takes a row of `rows_of`."""
        return any(keep is None or keep.test(row, references) for keep in self.passes)

    @property
    def needs(self) -> Iterator[tuple[str, str]]:
        """The fields of other entities that it reads beside those in its columns."""
        yield from self.overflow.needs if self.overflow else ()
        yield from self.nest.needs if self.nest else ()
        yield from self.below.needs if self.below else ()
        for paths in (keep.paths for keep in self.passes if keep):
            yield from (need for path in paths for need in path.needs)
        for column in self.columns:
            yield from column.needs
            yield from column.children.needs if column.children else ()
        if any(column.children for column in self.columns):
            yield from ((self.entity, name) for name in self._looked_at)

    @property
    def _looked_at(self) -> set[str]:
        """The fields that tell whether an entity has a row."""
        paths = (path for keep in self.passes if keep for path in keep.paths)
        return {"source_id", *(path.field.name for path in paths), *filter(None, [self.each])}

    def _widths(self, source: EntitySource, shown: Shown) -> list[int]:
        """How many columns each becomes: as many as the longest row needs, and one at least, for whoever looks for it."""
        repeats = [made.repeat for made in self.columns]
        widths = [1 if one is None or one.most is None else min(one.most, 1) for one in repeats]
        growing = [
            (place, one) for place, one in enumerate(repeats) if one is not None and one.most not in (0, 1)
        ]
        for entity in self._wanted(source, shown, Counter()) if growing else ():
            for place, repeat in growing:
                longest = len(repeat.texts(Row.of(entity, shown)))
                widths[place] = max(widths[place], min(longest, repeat.most or longest))
        return widths

    def _wanted(self, source: EntitySource, shown: Shown, notes: Counter[str]) -> Iterator[Mapping[str, Any]]:
        unwanted = 0
        for number in range(len(self.passes)):
            for entity in self._entities(source, shown.references):
                rows = [row for row in self.rows_of(entity) if self._pass_of(row, shown.references) == number]
                shown.references.settle()
                yield from rows
                if (
                    not rows
                    and number == 0
                    and self.elsewhere
                    and not self.elsewhere(entity, shown.references)
                ):
                    unwanted += 1
        # behind the last row, for whoever leaves rows out (a delta) takes the counts of these back
        notes.update({"rows_not_wanted": unwanted} if unwanted else {})

    def _pass_of(self, row: Mapping[str, Any], references: References) -> int:
        """The first pass that takes a row: in a second one it would stand in the file twice. -1 when none does."""
        wanting = (
            number for number, keep in enumerate(self.passes) if keep is None or keep.test(row, references)
        )
        return next(wanting, -1)

    def _entities(self, source: EntitySource, references: References) -> Iterable[Mapping[str, Any]]:
        """All entities, in the order of their rows."""
        if self.below is None:
            return source.iterate(self.entity)
        return self.below.in_order(source.iterate(self.entity), references)

    def rows_of(self, entity: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """The entity as each of its rows sees it: once, or once for every item of the list that `each` names."""
        if self.each is None:
            yield entity
        else:
            yield from ({**entity, self.each: [item]} for item in entity.get(self.each) or ())

    def _lines(
        self, source: EntitySource, shown: Shown, notes: Counter[str], widths: Sequence[int]
    ) -> Iterator[Line]:
        makes = [
            made.make if made.repeat is None else repeated(made, width)
            for made, width in zip(self.columns, widths, strict=True)
        ]
        is_flat = all(made.repeat is None for made in self.columns)
        fate = self.overflow.fate if self.overflow else "left_out"
        for entity in self._wanted(source, shown, notes):
            row = Row(entity, shown, notes, fate)
            cells: list[Any] = [make(row) for make in makes]
            if self.overflow:
                self.overflow.put(row, cells)
            shown.references.settle(notes)
            links = self.nest.ids(entity, shown.references) if self.nest else ()
            yield Line(entity["source_id"], cells if is_flat else _flat(cells), links)


def _one_for_all(lines: Iterator[Line]) -> Iterator[Line]:
    """The first line alone, as nobody's: whichever entity comes first, the row is the same."""
    return (line._replace(id="") for line in islice(lines, 1))


def _measured(lines: Iterator[Line], columns: Sequence[Column], longest: dict[str, int]) -> Iterator[Line]:
    """The lines as they are; which custom fields have a value, and their longest texts, are noted on the way."""
    longest.clear()
    places = [
        (place, column.heading, column.kind is Kind.TEXT)
        for place, column in enumerate(columns)
        if column.custom
    ]
    for line in lines:
        for place, heading, is_text in places:
            cell = line.cells[place]
            if cell is None or cell == "":
                continue
            size = len(cell) if is_text and isinstance(cell, str) else 0
            if size > longest.get(heading, -1):
                longest[heading] = size
        yield line


def repeated(made: Made, width: int) -> Callable[[Row], list[Cell]]:
    """As many cells as the column has become; what does not fit goes to the overflow."""
    repeat, heading = made.repeat, made.column.heading
    assert repeat is not None  # noqa: S101 - the caller asks
    texts, field = repeat.texts, repeat.field

    def cells(row: Row) -> list[Cell]:
        found = texts(row)
        if len(found) > width:
            row.notes[f"{row.fate}.{field}"] += len(found) - width - 1
            row.move(field, heading, "\n".join(found[width:]))
        return [*(within(row, one) for one in found[:width]), *[None] * (width - len(found))]

    def within(row: Row, text: str) -> str:
        if repeat.limit is None or len(text) <= repeat.limit:
            return text
        return row.cut(field, heading, text, repeat.limit)

    return cells


def _flat(cells: list[Any]) -> list[Cell]:
    return [one for cell in cells for one in (cell if isinstance(cell, list) else (cell,))]


def plans(layout: Layout, source: EntitySource, lang: str, zone: tzinfo) -> list[Plan]:
    """The tables that `layout` makes of what `source` has: those of its `tables`, else one for each kind of entity."""
    if layout.tables:
        wanted = [(name, rule) for name, rule in layout.written_tables.items() if rule.from_ in source.kinds]
        made = [_ruled(layout, name, source.custom_fields(rule.from_), lang, zone) for name, rule in wanted]
        return _counting([replace(plan, nest=nest(layout, plan.name)) for plan in made])
    kinds = [kind for kind in source.kinds if layout.entities == "all" or kind in layout.entities]
    return [_whole(layout, kind, source, lang) for kind in kinds]


def _counting(made: Sequence[Plan]) -> list[Plan]:
    """The same plans, of which the first of each kind counts the entities that none of them shows."""
    seen: set[str] = set()
    plans = []
    for plan in made:
        is_first = plan.overflow is not None and plan.entity not in seen
        plans.append(replace(plan, elsewhere=_shown_by(made, plan.entity)) if is_first else plan)
        seen |= {plan.entity} if is_first else set()
    return plans


def _shown_by(plans: Sequence[Plan], kind: str) -> Test:
    """Whether any of the plans shows an entity of the kind, in a row of its own or within another one's that is there."""
    own = [plan for plan in plans if plan.entity == kind and plan.overflow]
    within = [
        (plan, made.children)
        for plan in plans
        for made in plan.columns
        if made.children and made.children.entity == kind
    ]

    def shown(entity: Mapping[str, Any], references: References) -> bool:
        return any(plan.wants(entity, references) for plan in own) or any(
            plan.has_row_of(link, references)
            for plan, children in within
            for link in children.links(entity, references)
        )

    return shown


def check(layout: Layout, zone: tzinfo, complaints: Complaints) -> None:
    """Complain of every path, heading and entity in `layout` that cannot be."""
    if not layout.tables and not layout.entities and layout.format not in WITHOUT_TABLES:
        complaints.add((), _("a layout needs “tables”, or “entities: all”."))
    for place, kind in enumerate(() if layout.entities == "all" else layout.entities):
        if kind not in ENTITIES:
            complaints.add(("entities", place), _no_entity(kind))
    if layout.format in CONTENT_FORMATS:
        check_properties(layout, complaints)
    check_nesting(layout, complaints)
    for place, kind in enumerate(layout.leave_out):
        if kind not in ENTITIES:
            complaints.add(("leave_out", place), _no_entity(kind))
    for name, rule in layout.tables.items():
        if rule.from_ not in ENTITIES:
            complaints.add(("tables", name, "from"), _no_entity(rule.from_))
        else:
            _check_table(("tables", name), rule, zone, complaints)


def _no_entity(kind: str) -> str:
    return _("there is no entity “{name}”.").format(name=kind) + did_you_mean(kind, ENTITIES)


def _check_table(at: tuple[str, ...], rule: TableRule, zone: tzinfo, complaints: Complaints) -> None:
    entity = ENTITIES[rule.from_]
    for heading, column in rule.columns.items():
        try:
            checked(made(heading, column, entity, zone), column)
        except PathError as error:
            complaints.add((*at, "columns", heading), str(error))
    for path, wanted in (one for where in rule.passes for one in where.items()):
        try:
            keeper({path: wanted}, entity)
        except PathError as error:
            complaints.add((*at, "where", path), str(error))
    try:
        below(rule.below, entity)
    except PathError as error:
        complaints.add((*at, "below"), str(error))
    for place, field in enumerate(() if rule.leave_out == "all" else rule.leave_out):
        if field not in entity.by_name:
            sentence = _("“{entity}” has no field “{name}”.").format(entity=entity.name, name=field)
            complaints.add((*at, "leave_out", place), sentence + did_you_mean(field, entity.by_name))
    if rule.each is not None and (
        rule.each not in entity.by_name or entity.by_name[rule.each].type not in LISTS
    ):
        lists = [field.name for field in entity.fields if field.type in LISTS]
        sentence = _("“{entity}” has no list “{name}”.").format(entity=entity.name, name=rule.each)
        complaints.add((*at, "each"), sentence + did_you_mean(rule.each, lists))
    if rule.overflow is not None and rule.overflow not in rule.columns:
        sentence = _("there is no column “{name}” in this table.").format(name=rule.overflow)
        complaints.add((*at, "overflow"), sentence + did_you_mean(rule.overflow, rule.columns))


def _ruled(layout: Layout, name: str, custom: Sequence[CustomField], lang: str, zone: tzinfo) -> Plan:
    rule = layout.tables[name]
    entity = ENTITIES[rule.from_]
    columns = [made(heading, column, entity, zone) for heading, column in rule.columns.items()]
    overflow = None if rule.leaves_all else Overflow(rule, entity, columns, custom, lang)
    if rule.custom == "columns":
        named = keys_named(path.text for made in columns for path in made.paths)
        unnamed = [field for field in custom if field.key not in named]
        columns += (_fitting(rule, made) for made in custom_columns(unnamed, rule.headings, lang))
    title = layout.table_title_in(name, lang) or translations(lang).gettext(entity.title)
    passes = tuple(keeper(where, entity) for where in rule.passes)
    return Plan(
        name,
        title,
        entity.name,
        tuple(columns),
        passes,
        overflow,
        rule.each,
        below=below(rule.below, entity),
        once=rule.once,
    )


def _fitting(rule: TableRule, custom: Made) -> Made:
    """The column of a custom field; values that the target would refuse are changed, and told in the overflow."""
    limit, is_whole = rule.custom_limit, rule.custom_numbers == "whole"
    if limit is None and not is_whole:
        return custom
    make, heading = custom.make, custom.column.heading

    def fitting(row: Row) -> Cell:
        cell = make(row)
        if limit is not None and isinstance(cell, str) and len(cell) > limit:
            return row.cut(CUSTOM.name, heading, cell, limit)
        if is_whole and isinstance(cell, Decimal):
            number, is_exact = whole(row, cell)
            if not is_exact:
                row.move(CUSTOM.name, heading, cell, "unfit")
            return number
        return cell

    return custom._replace(make=fitting)


def _whole(layout: Layout, kind: str, source: EntitySource, lang: str) -> Plan:
    entity, filled = ENTITIES[kind], source.fields(kind)
    fields = [field for field in entity.fields if field.name in filled or field.required]
    columns = WholeColumns(layout, lang).of(entity, fields, source.custom_fields(kind))
    return Plan(kind, translations(lang).gettext(entity.title), kind, tuple(columns))
