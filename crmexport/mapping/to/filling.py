"""Fill the references: one cheap pass over each kind of entity that tables want to know something of, or show in their rows."""

from collections.abc import Callable, Collection, Iterator, Sequence

from crmexport.mapping.to.entities import EntitySource
from crmexport.mapping.to.needs import Needs
from crmexport.mapping.to.references import References
from crmexport.mapping.to.repeat import Children
from crmexport.mapping.to.shown import Shown
from crmexport.model import ENTITIES, Ref

Step = Callable[[str], None]


def fill_references(
    references: References, source: EntitySource, wanted: Needs, step: Step = lambda kind: None
) -> None:
    """Keep what `wanted` names of the entities of `source`; `step` is told which kind is being read."""
    for kind in source.kinds:
        fields = fields_of(kind, wanted)
        names = {shared.key: shared.name_of for shared in wanted.names.get(kind, ())}
        if fields:
            step(kind)
            references.fill(kind, source.iterate(kind, only=fields), fields, names)


def fill_children(shown: Shown, source: EntitySource, wanted: Needs, step: Step = lambda kind: None) -> None:
    """Keep the texts that entities of `source` give to those they refer to; what these name must have been filled in before."""
    for key in dict.fromkeys(one.key for one in wanted.children):
        alike = [one for one in wanted.children if one.key == key]
        if alike[0].entity in source.kinds:
            step(alike[0].entity)
            shown.references.fill_children(shown.keyed(key), _given(alike, source, shown))


def _given(alike: Sequence[Children], source: EntitySource, shown: Shown) -> Iterator[tuple[list[Ref], str]]:
    """Every entity of one kind: to whom it belongs, of the kinds that ask for it, and its text."""
    one, parents = alike[0], {child.parent for child in alike}
    for line in source.iterate(one.entity, only=one.fields):
        links = [link for link in one.links(line, shown.references) if link.entity in parents]
        yield links, one.text(line, shown) if links else ""


def fields_of(kind: str, wanted: Needs) -> Collection[str]:
    """What `wanted` names of the entities of a kind; nothing where it wants to know nothing of them."""
    fields = set(wanted.fields.get(kind, ()))
    title = ENTITIES[kind].title_field
    return fields | {title} if "" in wanted.fields and title != "text" else fields
