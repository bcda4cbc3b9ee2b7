"""What tables need to know of other entities before their first row can be made."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from crmexport.mapping.to.plan import Plan
from crmexport.mapping.to.repeat import Children
from crmexport.mapping.to.shared import Shared
from crmexport.model import ENTITIES
from crmexport.model.fields import IS_DELETED, IS_WORKING


@dataclass(frozen=True)
class Needs:
    """What the references must hold: fields by kind of entity ("" stands for the titles of every kind), shared names, children."""

    fields: Mapping[str, Collection[str]]
    names: Mapping[str, Sequence[Shared]]
    children: Sequence[Children] = ()

    def with_all_titles(self) -> "Needs":
        """The same, and the titles of every kind."""
        return Needs({**self.fields, "": ()}, self.names, self.children)


def needs(all_plans: Sequence[Plan]) -> Needs:
    """What all these tables together need of linked entities."""
    fields: defaultdict[str, set[str]] = defaultdict(set)
    names: defaultdict[str, dict[str, Shared]] = defaultdict(dict)
    for column in (column for plan in all_plans for column in plan.columns):
        for kind, field in (need for path in column.paths for need in path.needs):
            fields[kind].add(field)
        if column.shared:
            names[column.shared.entity][column.shared.key] = column.shared
            told = {IS_DELETED.name, IS_WORKING.name} & ENTITIES[column.shared.entity].by_name.keys()
            fields[column.shared.entity].update(column.shared.fields, told)
    children: dict[str, Children] = {}
    for plan in all_plans:
        for kind, field in plan.needs:
            fields[kind].add(field)
        children |= {made.children.key + plan.entity: made.children for made in plan.columns if made.children}
    by_kind = {kind: list(found.values()) for kind, found in names.items()}
    return Needs(fields, by_kind, list(children.values()))
