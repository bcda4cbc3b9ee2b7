"""Fill the references: one cheap pass over each kind of entity that tables want to know something of."""

from collections.abc import Callable, Collection

from crmexport.mapping.to.entities import EntitySource
from crmexport.mapping.to.plan import Needs
from crmexport.mapping.to.references import References
from crmexport.model import ENTITIES

Step = Callable[[str], None]


def fill_references(
    references: References, source: EntitySource, wanted: Needs, step: Step = lambda kind: None
) -> None:
    """Keep what `wanted` names of the entities of `source`; `step` is told which kind is being read."""
    for kind in source.kinds:
        fields = _fields_of(kind, wanted)
        names = {shared.key: shared.name_of for shared in wanted.names.get(kind, ())}
        if fields:
            step(kind)
            references.fill(kind, source.iterate(kind, only=fields), fields, names)


def _fields_of(kind: str, wanted: Needs) -> Collection[str]:
    fields = set(wanted.fields.get(kind, ()))
    title = ENTITIES[kind].title_field
    return fields | {title} if "" in wanted.fields and title != "text" else fields
