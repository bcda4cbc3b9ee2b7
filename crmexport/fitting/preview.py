"""A few entities on their whole way: the record as received, the entity made of it, the row made of that."""

import json
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

from crmexport.errors import ConfigurationError
from crmexport.fitting.accounts import word
from crmexport.fitting.coverage import fate_without_column, most_of
from crmexport.fitting.tracing import CUSTOM, Trace, as_cells, units_of
from crmexport.mapping import SourceMapping
from crmexport.mapping.grammar import Block, Rule
from crmexport.mapping.paths import compile_path
from crmexport.mapping.rest import paths_of_rule
from crmexport.mapping.to import Plan, Shown, TableRule
from crmexport.mapping.transforms import filled
from crmexport.mapping.yaml_words import did_you_mean
from crmexport.model import ENTITIES, Moment, Ref
from crmexport.source import Row
from crmexport.target import Target
from crmexport.target.workshop import Workshop
from crmexport.text import _, cited

LONGEST = 120

Records = Callable[[str], Iterator[tuple[Row, Mapping[str, Any]]]]


class Step(NamedTuple):
    """One value on its way: what the record says, what the entity says, what the columns say; "" where it is not."""

    record: str
    entity: str
    row: str


class Preview(NamedTuple):
    """One entity on its way into one table."""

    table: str
    title: str
    record: str
    entity: str
    steps: list[Step]


def previews(
    shop: Workshop,
    target: Target,
    mapping: SourceMapping,
    records: Records,
    rows: int,
    table: str | None = None,
) -> Iterator[Preview]:
    """The first `rows` rows of every table of `target`, or of the one called `table`.

    `records` gives the entities of a kind with their records. Raises ConfigurationError for a table that does not exist.
    """
    target = shop.placed(target)
    plans = shop.plans(target)
    if target.layout.format == "raw" or not plans:
        raise ConfigurationError(
            _("“{target}” has no tables to show: it keeps records as they are.").format(target=target.name)
        )
    names = [plan.name for plan in plans]
    if table is not None and table not in names:
        sentence = _("“{target}” has no table “{table}”.").format(target=target.name, table=table)
        raise ConfigurationError(sentence + did_you_mean(table, names))
    shown, most = shop.shown(target), most_of(target.layout)
    for plan in plans:
        if table in (None, plan.name):
            rule = target.layout.tables.get(plan.name)
            yield from islice(_of_plan(plan, rule, records, mapping, shown, most), rows)


def _of_plan(
    plan: Plan, rule: TableRule | None, records: Records, mapping: SourceMapping, shown: Shown, most: int
) -> Iterator[Preview]:
    for row, entity in records(plan.entity):
        if not plan.wants(entity, shown.references):
            continue
        blocks = [block for kind, block in mapping.blocks_of(row.stream) if kind == plan.entity]
        for one in plan.rows_of(entity):
            if not plan.wants_row(one, shown.references):
                continue
            trace = Trace(plan, one, shown, most)
            trace.run()
            title = f"{_(ENTITIES[plan.entity].title)}: {entity['source_id']}"
            steps = list(_steps(trace, rule, row, blocks))
            yield Preview(plan.name, plan.title, f"{row.stream} {row.id}", title, steps)


def _steps(trace: Trace, rule: TableRule | None, row: Row, blocks: list[Block]) -> Iterator[Step]:
    """The fields of the entity, each with what it was made of and where it goes; then what stands alone on either side."""
    used: set[str] = set()
    written: set[int] = set()
    for name, value in _fields(trace.entity):
        tops = _tops(name, blocks)
        used.update(tops)
        columns = [
            place for place, read in enumerate(trace.read_by) if name in read and _has_cell(trace, place)
        ]
        written.update(columns)
        yield Step(
            "\n".join(
                _pair(top, found) for top in tops if (found := _raw(row.value, top)) not in (None, "", [], {})
            ),
            _pair(name, _text(value)),
            "\n".join(_cell(trace, place) for place in columns) or _elsewhere(trace, rule, name),
        )
    yield from (
        Step("", "", _cell(trace, place))
        for place in range(len(trace.cells))
        if _has_cell(trace, place) and place not in written
    )
    yield from (
        Step(_pair(top, value), "", "")
        for top, value in row.value.items()
        if top not in {name.partition("[")[0] for name in used} and filled(value)
    )


def _elsewhere(trace: Trace, rule: TableRule | None, name: str) -> str:
    """In brackets, what became of a field that no column shows."""
    field, _dot, key = name.partition(".")
    units = [unit for unit in units_of(trace.entity) if unit[0] == field and (not key or unit[1] == key)]
    fates = [trace.fates.get(unit) or fate_without_column(unit, trace.entity, rule) for unit in units]
    return "; ".join(f"({word(fate)})" for fate in dict.fromkeys(fates))


def _fields(entity: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The values of an entity as they were made, the custom ones at the end."""
    yield from ((name, value) for name, value in entity.items() if name != CUSTOM)
    yield from ((f"{CUSTOM}.{key}", value) for key, value in (entity.get(CUSTOM) or {}).items())


def _tops(name: str, blocks: list[Block]) -> list[str]:
    """The fields of the record that a field of the entity is made of."""
    if name.startswith(f"{CUSTOM}."):
        return [name.partition(".")[2]]
    found = [top for block in blocks if name in block.fields for top in _tops_of(block.fields[name], block)]
    return list(dict.fromkeys(found))


def _tops_of(rule: Rule, block: Block) -> Iterator[str]:
    for path in paths_of_rule(rule):
        inside = block.each is not None and not path.whole
        for top in sorted(path.tops):
            yield f"{block.each}[].{top}" if inside else top


def _raw(record: Mapping[str, Any], top: str) -> Any:
    """What the record says there; of a list that is taken to pieces, what every item says."""
    each, inside, name = top.partition("[].")
    if not inside:
        return record.get(top)
    try:
        items = compile_path(each).get(record)
    except ValueError:
        return None
    return [item.get(name) for item in items if isinstance(item, dict)] if isinstance(items, list) else None


def _has_cell(trace: Trace, place: int) -> bool:
    return any(cell is not None for cell in as_cells(trace.cells[place]))


def _cell(trace: Trace, place: int) -> str:
    heading = trace.plan.columns[place].column.heading
    return "\n".join(_pair(heading, _text(cell)) for cell in as_cells(trace.cells[place]) if cell is not None)


def _pair(name: str, value: Any) -> str:
    return f"{name}: {_short(value)}"


def _text(value: Any) -> Any:
    """A value of ours as a person reads it: links by kind, id and title, moments by the instant."""
    if isinstance(value, Ref):
        return f"→ {value.entity} {value.id}" + (" " + cited(value.title) if value.title else "")
    if isinstance(value, Moment):
        return value.at.isoformat()
    if isinstance(value, list):
        return [_text(item) for item in value]
    if isinstance(value, dict):
        return {key: _text(item) for key, item in value.items()}
    return value if isinstance(value, (str, bool, int)) or value is None else str(value)


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
