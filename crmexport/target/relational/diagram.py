"""The diagram of all entities and the links between them, in the language of Mermaid, made from the model so that it cannot be wrong."""

from collections.abc import Iterator

from crmexport.model import ENTITIES, Type
from crmexport.target.relational.schema import table_of

_LINES = {Type.REF: "}o--o|", Type.REFS: "}o--o{"}


def diagram() -> str:
    """An `erDiagram`: each link once, named by its field."""
    return "\n".join(["erDiagram", *_links(), ""])


def _links() -> Iterator[str]:
    for entity in ENTITIES.values():
        for field in entity.fields:
            if field.type in _LINES and field.entity:
                yield f"    {table_of(entity.name)} {_LINES[field.type]} {table_of(field.entity)} : {field.name}"
