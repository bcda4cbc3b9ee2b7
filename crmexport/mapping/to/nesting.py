"""Rows within rows: what the format `json` makes of tables, whose rows stand in lists of documents or in the rows of others."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from crmexport.mapping.to.paths import PathError, compiled
from crmexport.mapping.to.references import References
from crmexport.mapping.to.schema import Layout, TableRule
from crmexport.mapping.to.table import Column
from crmexport.mapping.yaml_file import Complaints
from crmexport.mapping.yaml_words import did_you_mean
from crmexport.model import ENTITIES, Ref, Type
from crmexport.text import _

JSON = "json"
ROWS_OF = "rows_of"
BARE = "@"
"""The heading of a column that makes rows bare values instead of objects."""
_key = r"[^.\[\]\s]+(?:\.[^.\[\]\s]+)*"
_heading = re.compile(rf"({_key})(?:(\[\](?:\.({_key}))?)|\[0\]\.({_key}))?").fullmatch


class Place(NamedTuple):
    """Where in the object of a row a cell stands: the `keys` from the outside in; 0 is the only item of a list.

    With `item`, a list stands there, of which the cell is one item: itself, or under these keys of an object. Without any keys,
    the cell stands for the whole row.
    """

    keys: tuple[str | int, ...]
    item: tuple[str, ...] | None = None


def place_of(column: Column) -> Place | None:
    """The place of a column: of `due_date.value`, `labels[]`, `tags[].name`, `items[0].field` or `@`; None when it is an entry of a list.

    The heading of a custom field is a key as it is, whatever the field is called.
    """
    if column.entry:
        return None
    if column.heading == BARE and not column.custom:
        return Place(())
    match = None if column.custom else _heading(column.heading)
    if match is None:
        return Place((column.heading,))
    item = tuple(match[3].split(".")) if match[3] else () if match[2] else None
    keys: tuple[str | int, ...] = tuple(match[1].split("."))
    return Place((*keys, 0, *match[4].split(".")) if match[4] else keys, item)


Ids = Callable[[Mapping[str, Any], References], tuple[str, ...]]


class Nest(NamedTuple):
    """To whose rows a row belongs: those in `table` ("": it only stays in one file with them). `ids` names their entities.

    `needs` are the fields of other entities that must be known for it.
    """

    table: str
    ids: Ids
    needs: tuple[tuple[str, str], ...] = ()


def nest(layout: Layout, table: str) -> Nest | None:
    """What the layout says of the rows of a table; None when they stand alone."""
    rule = layout.tables[table]
    if rule.within is None:
        return _linked("", rule.together, rule, rule.from_) if rule.together else None
    if not rule.within.links:
        return Nest(rule.within.table, lambda entity, references: (entity["source_id"],))
    return _linked(rule.within.table, rule.within.links, rule, layout.tables[rule.within.table].from_)


def _linked(table: str, names: tuple[str, ...], rule: TableRule, kind: str) -> Nest:
    """Rows that belong to the entities of one kind to which these links lead, each once. The titles of links are of no interest."""
    paths = [compiled(name, ENTITIES[rule.from_]) for name in names]

    def ids(entity: Mapping[str, Any], references: References) -> tuple[str, ...]:
        found = (path.get(entity, references) for path in paths)
        links = (link for value in found for link in (value if isinstance(value, list) else [value]))
        return tuple(
            dict.fromkeys(link.id for link in links if isinstance(link, Ref) and link.entity == kind)
        )

    behind = [path for path in paths if "." in path.text]
    return Nest(table, ids, tuple(need for path in behind for need in path.needs if need[0]))


def tables_in(body: Any) -> Iterator[str]:
    """The tables whose rows stand in a document, in its order."""
    if isinstance(body, list):
        for item in body:
            yield from [item[ROWS_OF]] if is_rows(item) else tables_in(item)
    elif isinstance(body, Mapping):
        for value in body.values():
            yield from tables_in(value)


def is_rows(item: Any) -> bool:
    """Whether an item of a list stands for the rows of a table."""
    return isinstance(item, Mapping) and set(item) == {ROWS_OF}


def _is_in_order(body: Any) -> bool:
    """Whether in every list rows stand at the end."""
    if isinstance(body, Mapping):
        return all(map(_is_in_order, body.values()))
    if not isinstance(body, list):
        return True
    rows = [is_rows(item) for item in body]
    return rows == sorted(rows) and all(map(_is_in_order, body))


def nested_in(layout: Layout, table: str) -> dict[str, str]:
    """The tables whose rows stand in the rows of `table`, with the keys of their lists."""
    own_place = {name for body in layout.documents.values() for name in tables_in(body)}
    return {
        name: rule.within.as_ or name
        for name, rule in layout.written_tables.items()
        if rule.within and rule.within.table == table and name not in own_place
    }


def check_nesting(layout: Layout, complaints: Complaints) -> None:
    """Complain of what the format `json` cannot write, and of its keys where another format stands."""
    if layout.format != JSON:
        for name, rule in layout.tables.items():
            for key in ("within", "together", "entries"):
                if getattr(rule, key):
                    complaints.add(("tables", name, key), _("only the format “json” knows this."))
        if any(True for body in layout.documents.values() for _name in tables_in(body)):
            complaints.add(("documents",), _("only the format “json” knows this."))
        return
    nameless = [
        name
        for name, body in layout.documents.items()
        if not all(isinstance(one, str) for one in tables_in(body))
    ]
    for name in nameless:
        complaints.add(("documents", name), _("behind “rows_of” stands the name of a table."))
    if nameless:
        return
    if layout.entities:
        complaints.add(("entities",), _("this format needs “tables”, and “documents” that hold them."))
    if layout.limits.rows or layout.limits.megabytes:
        complaints.add(("limits",), _("in this format “limits” stand at the table whose rows are parted."))
    if not all(_is_in_order(body) for body in layout.documents.values()):
        complaints.add(("documents",), _("in a list, what you write in full stands before “rows_of”."))
    for name, body in layout.documents.items():
        limited = [one for one in tables_in(body) if one in layout.tables and layout.tables[one].limits.rows]
        if len(limited) > 1:
            complaints.add(("documents", name), _("only one table of a document can have “limits”."))
    named = [name for body in layout.documents.values() for name in tables_in(body)]
    for name in dict.fromkeys(named):
        if name not in layout.tables:
            complaints.add(("documents",), _no_table(name, layout))
    for name, rule in layout.tables.items():
        _check_table(("tables", name), layout, rule, named.count(name), complaints)


def _no_table(name: str, layout: Layout) -> str:
    return _("there is no table “{name}”.").format(name=name) + did_you_mean(name, layout.tables)


def _check_table(
    at: tuple[str, ...], layout: Layout, rule: TableRule, places: int, complaints: Complaints
) -> None:
    if places > 1 or (not places and not rule.within):
        sentence = _(
            "its rows need one place: “rows_of: {name}” in a list of a document, or “within” another table."
        )
        complaints.add(at, sentence.format(name=at[-1]))
    if rule.limits.megabytes or (rule.limits.rows and rule.within):
        complaints.add((*at, "limits"), _("here only “rows” of a table that is not “within” another count."))
    if rule.within:
        _check_within((*at, "within"), layout, rule, complaints)
    for name in rule.together:
        if not _leads_to(rule.from_, name, rule.from_):
            sentence = _("“{name}” is no link from one “{entity}” to another.")
            complaints.add((*at, "together"), sentence.format(name=name, entity=rule.from_))
    if BARE in rule.columns and (
        len(rule.columns) > 1 or rule.custom == "columns" or nested_in(layout, at[-1])
    ):
        complaints.add((*at, "columns", BARE), _("“@” stands for the whole row: nothing can be beside it."))
    for key in _twice(layout, at[-1]):
        complaints.add(at, _("“{key}” cannot stand twice in one object.").format(key=key))
    for heading, wrong in _wrong_headings(rule):
        complaints.add((*at, "columns", heading), wrong)


def _twice(layout: Layout, table: str) -> list[str]:
    """The keys under which both a list of a table's objects and something else would stand."""
    rule = layout.tables[table]
    names = [(None if isinstance(one, str) else one.heading) or name for name, one in rule.columns.items()]
    keys = {re.split(r"[.\[]", name)[0] for name in names}
    lists = [rule.entries.in_] if rule.entries else []
    lists += nested_in(layout, table).values()
    return [key for key in dict.fromkeys(lists) if key in keys or lists.count(key) > 1]


def _check_within(at: tuple[str, ...], layout: Layout, rule: TableRule, complaints: Complaints) -> None:
    within = rule.within
    assert within is not None  # noqa: S101 - `_check_table` asks
    if within.table not in layout.tables:
        complaints.add((*at, "table"), _no_table(within.table, layout))
        return
    kind = layout.tables[within.table].from_
    for name in within.links:
        if not _leads_to(rule.from_, name, kind):
            sentence = _("“{name}” is no link from “{entity}” to “{other}”.")
            complaints.add((*at, "by"), sentence.format(name=name, entity=rule.from_, other=kind))
    if not within.links and rule.from_ != kind:
        complaints.add(at, _("“by” is needed here: the link that leads to “{other}”.").format(other=kind))
    if len(_above(layout, at[1])) > len(layout.tables):
        complaints.add(at, _("tables cannot stand within each other in a circle."))


def _above(layout: Layout, table: str) -> list[str]:
    """The tables around a table, from the inside out; in a circle, more than there are."""
    found: list[str] = []
    rule = layout.tables.get(table)
    while rule and rule.within and len(found) <= len(layout.tables):
        found.append(rule.within.table)
        rule = layout.tables.get(rule.within.table)
    return found


def depth(layout: Layout, table: str) -> int:
    """How many tables stand around a table."""
    return len(_above(layout, table))


def _leads_to(kind: str, name: str, other: str) -> bool:
    """Whether a path of an entity is one of links, possibly to the other kind."""
    try:
        path = compiled(name, ENTITIES[kind])
    except (PathError, KeyError):
        return False
    return path.type is Type.REF and ("." in name or path.kind in ("", other))


def _wrong_headings(rule: TableRule) -> Iterator[tuple[str, str]]:
    """Headings of which no object can be made."""
    seen: dict[tuple[str | int, ...], bool] = {}
    for heading, column in rule.columns.items():
        is_rule = not isinstance(column, str)
        entry = is_rule and column.entry  # type: ignore[union-attr]
        name = (column.heading if is_rule else None) or heading  # type: ignore[union-attr]
        if entry:
            if not rule.entries:
                yield heading, _("“entry” needs “entries” at the table.")
            continue
        if is_rule and column.repeat == 0:  # type: ignore[union-attr]
            continue  # no column: all of it goes to the overflow
        if not _heading(name):
            yield (
                heading,
                _("“{heading}” is no key. Keys look like name, due_date.value or labels[].").format(
                    heading=name
                ),
            )
            continue
        place = place_of(Column(name)) or Place(())
        if is_rule and column.repeat is not None and place.item is None:  # type: ignore[union-attr]
            yield (
                heading,
                _("with “repeat” the key must be that of a list, such as {heading}[].").format(heading=name),
            )
        is_list = place.item is not None
        for keys, was_list in seen.items():
            shorter = min(len(keys), len(place.keys))
            if keys[:shorter] == place.keys[:shorter] and not (is_list and was_list and keys == place.keys):
                yield (
                    heading,
                    _("“{heading}” and “{other}” cannot stand in one object.").format(
                        heading=name, other=".".join(map(str, keys)).replace(".0.", "[0].")
                    ),
                )
        seen[place.keys] = is_list
