"""The page of the documentation that lists all entities and their fields, made from the model so that it cannot be wrong."""

from collections.abc import Iterator

from crmexport.model import ENTITIES, Entity, Field, Type
from crmexport.model.fields import LISTS, PARTS

HEAD = """# Entities

What comes out of a source, whatever the source called it. Made from `crmexport.model` (`tests/model` holds it current).

Every entity also has `custom`: the account's own fields and those that no mapping names, by their names at the source. A link is
the kind of entity, its id at the source, and the title met beside it. Money is an exact amount and a currency. A moment is an
instant in UTC, kept with the text it was written as. A field of type *when* is a whole day or a moment. An empty field is left
out.
"""


def entities_page() -> str:
    """The whole page, in Markdown."""
    return "\n".join(
        [HEAD, *(line for entity in ENTITIES.values() for line in _section(entity)), *_lists(), ""]
    )


def _section(entity: Entity) -> Iterator[str]:
    yield f"## {entity.name}: {entity.title}\n"
    yield f"Named by `{entity.title_field}`.\n"
    yield "| field | title | type |"
    yield "|---|---|---|"
    for field in entity.fields:
        name = f"`{field.name}`" + (" *" if field.required else "")
        yield f"| {name} | {field.title} | {_type(field)} |"
    yield ""


def _type(field: Field) -> str:
    if field.type in (Type.REF, Type.REFS):
        to = field.entity or "any entity"
        return f"links to {to}" if field.type is Type.REFS else f"link to {to}"
    if field.choices:
        return "choice: " + ", ".join(field.choices)
    if field.words:
        return f"text, also {', '.join(field.words)}"
    return f"list: {field.type.value}" if field.type in LISTS else field.type.value


def _lists() -> Iterator[str]:
    yield "## Lists\n"
    yield "Several telephones, addresses and so on are lists of small objects; an empty part is left out.\n"
    yield "| type | parts |"
    yield "|---|---|"
    for type_, parts in PARTS.items():
        yield f"| {type_.value} | {', '.join(f'`{name}`' for name in parts)} |"
