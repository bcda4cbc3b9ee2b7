"""A layout checked and made ready: which tables, with which columns, and what they need to know of linked entities."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from crmexport.mapping.custom import CustomField
from crmexport.mapping.to.column import Made, made
from crmexport.mapping.to.entities import EntitySource
from crmexport.mapping.to.overflow import Overflow
from crmexport.mapping.to.paths import PathError, compiled
from crmexport.mapping.to.row import Row
from crmexport.mapping.to.schema import Layout, TableRule
from crmexport.mapping.to.shared import Shared
from crmexport.mapping.to.shown import Shown
from crmexport.mapping.to.table import Cell, Line, Table
from crmexport.mapping.to.where import Keep, keeper
from crmexport.mapping.to.whole import WholeColumns, custom_columns
from crmexport.mapping.yaml_file import Complaints
from crmexport.mapping.yaml_words import did_you_mean
from crmexport.model import ENTITIES
from crmexport.text import _, translations


@dataclass(frozen=True)
class Plan:
    """One table to be made."""

    name: str
    title: str
    entity: str
    columns: tuple[Made, ...]
    keep: Keep | None = None
    overflow: Overflow | None = None

    def table(self, source: EntitySource, shown: Shown) -> Table:
        """The table over the entities of `source`."""
        notes: Counter[str] = Counter()
        columns = tuple(made.column for made in self.columns)

        def lines() -> Iterator[Line]:
            notes.clear()
            return self._lines(source, shown, notes)

        return Table(self.name, self.title, self.entity, columns, lines, notes)

    def _lines(self, source: EntitySource, shown: Shown, notes: Counter[str]) -> Iterator[Line]:
        makes = [made.make for made in self.columns]
        fate = self.overflow.fate if self.overflow else "overflow"
        for entity in source.iterate(self.entity):
            if self.keep and not self.keep(entity, shown.references):
                notes["rows_not_wanted"] += 1
                continue
            row = Row(entity, shown, notes, fate)
            cells: list[Cell] = [make(row) for make in makes]
            if self.overflow:
                self.overflow.put(row, cells)
            yield Line(entity["source_id"], cells)


def plans(layout: Layout, source: EntitySource, lang: str, zone: tzinfo) -> list[Plan]:
    """The tables that `layout` makes of what `source` has: those of its `tables`, else one for each kind of entity."""
    if layout.tables:
        wanted = [(name, rule) for name, rule in layout.tables.items() if rule.from_ in source.kinds]
        return [_ruled(name, rule, source.custom_fields(rule.from_), lang, zone) for name, rule in wanted]
    kinds = [kind for kind in source.kinds if layout.entities == "all" or kind in layout.entities]
    return [_whole(layout, kind, source, lang) for kind in kinds]


def check(layout: Layout, zone: tzinfo, complaints: Complaints) -> None:
    """Complain of every path, heading and entity in `layout` that cannot be."""
    if not layout.tables and not layout.entities and layout.format != "raw":
        complaints.add((), _("a layout needs “tables”, or “entities: all”."))
    for place, kind in enumerate(() if layout.entities == "all" else layout.entities):
        if kind not in ENTITIES:
            complaints.add(("entities", place), _no_entity(kind))
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
            made(heading, column, entity, zone)
        except PathError as error:
            complaints.add((*at, "columns", heading), str(error))
    for path in rule.where:
        try:
            compiled(path, entity)
        except PathError as error:
            complaints.add((*at, "where", path), str(error))
    for place, field in enumerate(rule.leave_out):
        if field not in entity.by_name:
            sentence = _("“{entity}” has no field “{name}”.").format(entity=entity.name, name=field)
            complaints.add((*at, "leave_out", place), sentence + did_you_mean(field, entity.by_name))
    if rule.overflow is not None and rule.overflow not in rule.columns:
        sentence = _("there is no column “{name}” in this table.").format(name=rule.overflow)
        complaints.add((*at, "overflow"), sentence + did_you_mean(rule.overflow, rule.columns))


def _ruled(name: str, rule: TableRule, custom: Sequence[CustomField], lang: str, zone: tzinfo) -> Plan:
    entity = ENTITIES[rule.from_]
    columns = [made(heading, column, entity, zone) for heading, column in rule.columns.items()]
    overflow = Overflow(rule, entity, columns, custom, lang)
    if rule.custom == "columns":
        columns += custom_columns(custom, [made.column.heading for made in columns], lang)
    title = rule.title or translations(lang).gettext(entity.title)
    return Plan(name, title, entity.name, tuple(columns), keeper(rule.where, entity), overflow)


def _whole(layout: Layout, kind: str, source: EntitySource, lang: str) -> Plan:
    entity, filled = ENTITIES[kind], source.fields(kind)
    fields = [field for field in entity.fields if field.name in filled or field.required]
    columns = WholeColumns(layout, lang).of(entity, fields, source.custom_fields(kind))
    return Plan(kind, translations(lang).gettext(entity.title), kind, tuple(columns))


@dataclass(frozen=True)
class Needs:
    """What the references must hold: fields by kind of entity ("" stands for the titles of every kind), and shared names."""

    fields: Mapping[str, Collection[str]]
    names: Mapping[str, Sequence[Shared]]

    def with_all_titles(self) -> "Needs":
        """The same, and the titles of every kind."""
        return Needs({**self.fields, "": ()}, self.names)


def needs(all_plans: Sequence[Plan]) -> Needs:
    """What all these tables together need of linked entities."""
    fields: defaultdict[str, set[str]] = defaultdict(set)
    names: defaultdict[str, dict[str, Shared]] = defaultdict(dict)
    for column in (column for plan in all_plans for column in plan.columns):
        for kind, field in (need for path in column.paths for need in path.needs):
            fields[kind].add(field)
        if column.shared:
            names[column.shared.entity][column.shared.key] = column.shared
            fields[column.shared.entity].update(column.shared.fields)
    for plan in all_plans:
        for kind, field in plan.overflow.needs if plan.overflow else ():
            fields[kind].add(field)
    return Needs(fields, {kind: list(found.values()) for kind, found in names.items()})
