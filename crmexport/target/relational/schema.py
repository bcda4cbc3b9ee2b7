"""Which relations there are, made from the model: one for each kind of entity, and one for each list that an entity has."""

from collections.abc import Collection, Iterator
from enum import Enum
from typing import NamedTuple

from crmexport.model import ENTITIES, PARTS, Entity, Field, Type
from crmexport.text import N_


class Is(Enum):
    """The type of a column, and the Python value of its cells; None is empty."""

    TEXT = "text"  # str without NUL and lone surrogates
    INTEGER = "integer"  # int of 64 bits
    NUMBER = "number"  # Decimal, finite
    TRUTH = "truth"  # bool
    DAY = "day"  # date
    MOMENT = "moment"  # datetime in UTC


class Attribute(NamedTuple):
    """A column of a relation. `title` is marked for translation; `to` is the relation whose `id` stands here, "" for none."""

    name: str
    type: Is
    title: str
    to: str = ""


class Relation(NamedTuple):
    """A table. `key` are the columns that no two rows have the same; `entity` is the kind it is about, `field` its list ("": none)."""

    name: str
    title: str
    attributes: tuple[Attribute, ...]
    key: tuple[str, ...]
    entity: str
    field: str = ""


PLACE = Attribute("place", Is.INTEGER, N_("Place in the list"))
KIND = Attribute("kind", Is.TEXT, N_("Kind"))
ID = Attribute("id", Is.TEXT, N_("Source ID"))
CUSTOM = "custom"
LOOSE = Relation(
    "loose_links",
    N_("Links to what is not held"),
    (
        Attribute("from_table", Is.TEXT, N_("Table")),
        Attribute("from_id", Is.TEXT, N_("Source ID")),
        Attribute("field", Is.TEXT, N_("Field")),
        PLACE,
        KIND,
        ID,
        Attribute("title", Is.TEXT, N_("Title")),
    ),
    ("from_table", "from_id", "field", "place"),
    "",
)
"""Links that no column can hold, because the record they lead to is not in the archive, or is of another kind than usual; and, with
its title, a link to what is not held where columns have its kind and id."""

_TYPES = {
    Type.NUMBER: Is.NUMBER,
    Type.INTEGER: Is.INTEGER,
    Type.MINUTES: Is.INTEGER,
    Type.BOOL: Is.TRUTH,
    Type.DATE: Is.DAY,
    Type.MOMENT: Is.MOMENT,
}


def table_of(entity: str) -> str:
    """The name of an entity's relation: the plural, because `user` and the like are words of SQL."""
    return f"{entity[:-1]}ies" if entity.endswith("y") else f"{entity}s"


def relations(kinds: Collection[str]) -> list[Relation]:
    """The relations of these kinds of entities, in the order of the model, and the one for loose links."""
    found = [one for kind in ENTITIES if kind in kinds for one in _of(ENTITIES[kind], kinds)]
    return [*found, LOOSE]


def _of(entity: Entity, kinds: Collection[str]) -> Iterator[Relation]:
    own = [one for field in entity.fields for one in attributes(field, kinds)]
    yield Relation(table_of(entity.name), entity.title, tuple(own), ("id",), entity.name)
    for field in entity.fields:
        parts = _parts(entity, field, kinds)
        if parts:
            yield _child(entity, field.name, field.title, parts)
    yield _child(
        entity,
        CUSTOM,
        N_("Custom fields"),
        (
            Attribute("key", Is.TEXT, N_("Field")),
            Attribute("label", Is.TEXT, N_("Title")),
            Attribute("value", Is.TEXT, N_("Value")),
        ),
    )


def _child(entity: Entity, name: str, title: str, parts: tuple[Attribute, ...]) -> Relation:
    parent = Attribute(f"{entity.name}_id", Is.TEXT, ID.title, table_of(entity.name))
    return Relation(
        f"{entity.name}_{name}",
        title,
        (parent, PLACE, *parts),
        (parent.name, PLACE.name),
        entity.name,
        name,
    )


def attributes(field: Field, kinds: Collection[str]) -> tuple[Attribute, ...]:
    """The columns of a field in its entity's own relation; none for lists."""
    name, title = field.name, field.title
    if name == "source_id":
        return (ID,)
    if field.type is Type.MONEY:
        return Attribute(name, Is.NUMBER, title), Attribute(f"{name}_currency", Is.TEXT, N_("Currency"))
    if field.type is Type.WHEN:
        return Attribute(name, Is.MOMENT, title), Attribute(f"{name}_is_day", Is.TRUTH, N_("The whole day"))
    if field.type is Type.REF:
        return _link(field, kinds, f"{name}_")
    if field.type in (Type.REFS, Type.TEXTS) or field.type in PARTS:
        return ()
    return (Attribute(name, _TYPES.get(field.type, Is.TEXT), title),)


def _link(field: Field, kinds: Collection[str], prefix: str = "") -> tuple[Attribute, ...]:
    if field.entity is None:
        return tuple(one._replace(name=prefix + one.name, title=field.title) for one in (KIND, ID))
    to = table_of(field.entity) if field.entity in kinds else ""
    return (Attribute(f"{prefix or field.entity + '_'}id", Is.TEXT, field.title, to),)


def _parts(entity: Entity, field: Field, kinds: Collection[str]) -> tuple[Attribute, ...]:
    """The columns of a list's relation, behind the parent and the place."""
    if field.type is Type.REFS:
        taken = f"{entity.name}_id"
        links = _link(field, kinds)
        return tuple(one._replace(name=f"to_{one.name}") if one.name == taken else one for one in links)
    if field.type is Type.TEXTS:
        return (Attribute("value", Is.TEXT, field.title),)
    parts = PARTS.get(field.type, {})
    return tuple(Attribute(name, _TYPES.get(type_, Is.TEXT), name) for name, type_ in parts.items())
