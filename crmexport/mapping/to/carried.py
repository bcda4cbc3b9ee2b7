"""What a layout carries of each kind of entity: read from the layout itself, so that it cannot be wrong."""

from enum import Enum

from crmexport.mapping.to.schema import Layout
from crmexport.model import ENTITIES


class Carried(Enum):
    """How entities of a kind get into a target: in rows of their own, within those of others, or not at all."""

    ROWS = "rows"
    WITHIN = "within"
    NOT = "not"


def carried(layout: Layout) -> dict[str, Carried]:
    """Every kind of entity, and how the layout carries it."""
    if not layout.tables:
        kinds = layout.entities or "all"
        return {kind: Carried.ROWS if kinds == "all" or kind in kinds else Carried.NOT for kind in ENTITIES}
    rules = layout.written_tables.values()
    rows = {rule.from_ for rule in rules if not rule.within}
    columns = [column for rule in rules for column in rule.columns.values()]
    children = [column.children for column in columns if not isinstance(column, str) and column.children]
    within = {name.partition(".")[0] for name in children} | {rule.from_ for rule in rules if rule.within}
    found = dict.fromkeys(ENTITIES, Carried.NOT)
    return found | dict.fromkeys(within, Carried.WITHIN) | dict.fromkeys(rows, Carried.ROWS)
