"""Coverage of a target: every value of the archive, whether it reaches the target, and if not, why.

Each entity is made once and led through all tables of its kind; nothing is written. Memory stays flat.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from crmexport.fitting.accounts import Accounts, Fate, better
from crmexport.fitting.asked import Asked
from crmexport.fitting.tracing import CUSTOM, Trace, Unit, as_cells, unentered, units_of
from crmexport.fitting.within import RowsMet, telling, within
from crmexport.mapping.to import Carried, Layout, Plan, TableRule, carried, scratch
from crmexport.mapping.to.custom_path import keys_named
from crmexport.mapping.to.nesting import depth
from crmexport.model import ENTITIES
from crmexport.target import Target
from crmexport.target.workshop import Workshop
from crmexport.target.xlsx.guard import LONGEST, units
from crmexport.text import N_, _
from crmexport.watch import Watch, nobody

_NO_LIMIT = 1 << 62
_MOST = {"xlsx": LONGEST}
_OTHER = N_("Field of the source: {name}")


def covered(shop: Workshop, target: Target, watch: Watch = nobody) -> Accounts:
    """The accounts of `target`, which `shop` has prepared."""
    target, accounts = shop.placed(target), Accounts()
    accounts.entities.update(dict.fromkeys(shop.source.kinds, 0))
    with scratch() as database:
        rows = RowsMet(database)
        walks = [_Walk(shop, target, kind, accounts, rows) for kind in shop.source.kinds]
        for walk in sorted(walks, key=lambda walk: walk.depth):
            walk.walk(watch)
            walk.look_up()
    return accounts


class _Walk:
    """Leads all entities of one kind through the tables that take them."""

    def __init__(self, shop: Workshop, target: Target, kind: str, accounts: Accounts, rows: RowsMet) -> None:
        self.shop = shop
        self.layout = target.layout
        self.kind = kind
        self.accounts = accounts
        self.shown = shop.shown(target)
        self.is_copied = self.layout.is_copy and carried(self.layout)[kind] is Carried.ROWS
        every = [] if self.layout.is_copy else shop.plans(target)
        self.plans = [plan for plan in every if plan.entity == kind]
        found = [column for plan in every for column in telling(plan)]
        self.children = [column for column in found if column.children.entity == kind]
        depths = {plan.name: depth(self.layout, plan.name) for plan in every}
        shown_in = {plan.entity: depths[plan.name] for plan in every}
        self.depth = max(
            (
                *(depths[plan.name] for plan in self.plans),
                *(1 + shown_in[one.children.parent] for one in self.children),
            ),
            default=0,
        )
        self.owners = {plan.nest.table for plan in every if plan.nest} | {column.table for column in found}
        self.rows = rows
        self.most = most_of(self.layout)
        self.asked = Asked(self.layout, self.plans, self.shown.references)
        self.bare = {plan.name for plan in self.plans if _is_sifted(self.layout.tables.get(plan.name))}
        self.labels = {field.key: field.label for field in shop.source.custom_fields(kind)}

    def walk(self, watch: Watch) -> None:
        """Enter every value of every entity."""
        for number, entity in enumerate(self.shop.source.iterate(self.kind), start=1):
            self.accounts.entities[self.kind] += 1
            self._enter(entity, self._fates(entity))
            self.asked.look(entity)
            if number % 1000 == 0:
                watch(_(ENTITIES[self.kind].title), number, None)

    def look_up(self) -> None:
        """Note what a layout names and nothing has: custom fields, words, rows of a table."""
        self.asked.note(self.accounts)
        number = self.accounts.entities[self.kind]
        self.accounts.bare.update(dict.fromkeys(self.bare, number) if number else {})
        self._look_up_custom()

    def _look_up_custom(self) -> None:
        """Note the custom fields that a layout names and neither the source describes nor any entity has."""
        prefix = f"{CUSTOM}."
        met = [
            one.name.removeprefix(prefix)
            for one in self.accounts.of(self.kind)
            if one.name.startswith(prefix)
        ]
        known = tuple(dict.fromkeys([*self.labels, *met]))
        for plan in self.plans:
            for made in plan.columns:
                for key in keys_named(path.text for path in made.paths):
                    if key not in known:
                        self.accounts.unknown[plan.name, made.column.heading] = (key, known)

    def _fates(self, entity: Mapping[str, Any]) -> dict[Unit, Fate]:
        """The best fate of every value over all tables."""
        all_units = units_of(entity)
        if self.is_copied:
            self.accounts.rows[self.kind] += 1
            return dict.fromkeys(all_units, Fate.COLUMN)
        wanting = self._wanting(entity)
        told = within(entity, self.children, self.rows, self.shown)
        if not wanting:
            if told is None:
                return dict.fromkeys(all_units, self._without_row())
            return {unit: told.get(unit) or _in_any_table(unit, entity) for unit in all_units}
        self._note_rows(wanting, entity["source_id"])
        self.accounts.rows[self.kind] += 1
        found = {unit: told[unit] for unit in all_units if unit in told} if told else {}
        for plan in sorted(wanting, key=self._leaves_all):
            self.bare.discard(plan.name)
            rule = self.layout.tables.get(plan.name)
            traced = self._traced(plan, rule, entity)
            for unit in all_units:
                if unit not in traced and unit in found and self._leaves_all(plan):
                    continue  # another table accounts for it
                found[unit] = better(
                    found.get(unit), traced.get(unit) or fate_without_column(unit, entity, rule)
                )
        return found

    def _leaves_all(self, plan: Plan) -> bool:
        """Whether a table says nothing of what it does not show."""
        rule = self.layout.tables.get(plan.name)
        return rule is not None and rule.leaves_all

    def _wanting(self, entity: Mapping[str, Any]) -> list[Plan]:
        """The tables with a row of an entity; within other rows only where these are."""
        found = [plan for plan in self.plans if plan.wants(entity, self.shown.references)]
        return [plan for plan in found if self._has_place(plan, entity, found)]

    def _has_place(self, plan: Plan, entity: Mapping[str, Any], wanting: Iterable[Plan]) -> bool:
        if plan.nest is None or not plan.nest.table:
            return True
        within = self.layout.tables[plan.name].within
        if within and not within.links:
            return any(one.name == plan.nest.table for one in wanting)
        return any(self.rows.has(plan.nest.table, id) for id in plan.nest.ids(entity, self.shown.references))

    def _note_rows(self, wanting: Iterable[Plan], id: str) -> None:
        for plan in wanting:
            if plan.name in self.owners:
                self.rows.add(plan.name, id)

    def _traced(self, plan: Plan, rule: TableRule | None, entity: Mapping[str, Any]) -> dict[Unit, Fate]:
        """What the rows of one table make of an entity; every row has one item of the list that `each` names."""
        found: dict[Unit, Fate] = {}
        for number, row in enumerate(plan.rows_of(entity)):
            if not plan.wants_row(row, self.shown.references):
                continue
            trace = Trace(plan, row, self.shown, self.most)
            trace.run()
            self._troubles(plan, rule, trace)
            self.rows.note(trace, row["source_id"])
            for (name, place), fate in trace.fates.items():
                unit = (name, number) if name == plan.each else (name, place)
                found[unit] = better(found.get(unit), fate)
        return found

    def _without_row(self) -> Fate:
        if self.plans:
            return Fate.ROW
        return Fate.LEFT_OUT if self.kind in self.layout.leave_out else Fate.TABLE

    def _enter(self, entity: Mapping[str, Any], fates: Mapping[Unit, Fate]) -> None:
        fields = ENTITIES[self.kind].by_name
        by_field: dict[str, list[Fate]] = {}
        for (name, place), fate in fates.items():
            by_field.setdefault(f"{CUSTOM}.{place}" if name == CUSTOM else name, []).append(fate)
        for name, found in by_field.items():
            title = fields[name].title if name in fields else self._custom_title(name)
            self.accounts.add(self.kind, name, title if name not in fields else _(title), found)

    def _custom_title(self, name: str) -> str:
        key = name.partition(".")[2]
        return self.labels.get(key) or _(_OTHER).format(name=key)

    def _troubles(self, plan: Plan, rule: TableRule | None, trace: Trace) -> None:
        """Note what columns did to values, for those who check a layout."""
        required = _required(rule)
        columns = zip(plan.columns, trace.cells, trace.by_column, strict=True)
        for number, (made, cell, moves) in enumerate(columns):
            place = (plan.name, made.column.heading)
            for move in moves:
                self._moved(place, move.why, str(move.value))
            cells = [one for one in as_cells(cell) if one is not None]
            for one in cells:
                if isinstance(one, str) and units(one) > self.most:
                    self._long(place, one)
            if not cells and number in required:
                self.accounts.empty[place].count += 1
                self.accounts.empty[place].words[str(trace.entity["source_id"])] += 1

    def _moved(self, place: tuple[str, str], why: str, value: str) -> None:
        if why == "limit":
            self._long(place, value)
        elif why in ("choice", "unfit"):
            trouble = (self.accounts.choices if why == "choice" else self.accounts.unfit)[place]
            trouble.count += 1
            if len(trouble.words) < 1000 or value in trouble.words:
                trouble.words[value] += 1

    def _long(self, place: tuple[str, str], text: str) -> None:
        trouble = self.accounts.limits[place]
        trouble.count += 1
        trouble.longest = max(trouble.longest, len(text))


def most_of(layout: Layout) -> int:
    """The longest text that a cell of the format holds, as Excel counts."""
    return _MOST.get(layout.format, _NO_LIMIT)


def _in_any_table(unit: Unit, entity: Mapping[str, Any]) -> Fate:
    """The fate of what no row of another entity shows."""
    fate = unentered(unit, entity, frozenset(), "none")
    return Fate.NO_COLUMN if fate is Fate.UNTOLD else fate


def fate_without_column(unit: Unit, entity: Mapping[str, Any], rule: TableRule | None) -> Fate:
    """The fate of a value that neither a column of the table nor its overflow cared for."""
    left_out: Iterable[str] = rule.leave_out if rule else ()
    if rule and rule.within and unit[0] in rule.within.links and unit[0] not in left_out:
        return Fate.COLUMN  # the row stands in that of the linked entity
    if rule and rule.leaves_all:
        return Fate.LEFT_OUT
    return unentered(unit, entity, frozenset(left_out), rule.custom if rule else "columns")


def _is_sifted(rule: TableRule | None) -> bool:
    """Whether nothing but its `where` keeps entities out of a table."""
    return rule is not None and bool(rule.where) and rule.each is None and rule.within is None


def _required(rule: TableRule | None) -> set[int]:
    """The places of the columns that must not be empty."""
    columns = rule.columns.values() if rule else ()
    return {place for place, one in enumerate(columns) if not isinstance(one, str) and one.required}
