"""Paths into entities: `owner.name`, `phones[0].number`, `amount.currency`, compiled once into fast functions.

A step is a field; behind a link it goes on in the linked entity, as the references keep it. Of a link one can also ask
`title`, `id` and `kind`. A list without a number gives a list. Behind a link to many kinds one goes on by naming the kind:
`parent(deal).company.name`, `links(company)[0].id`; links to other kinds are then as if they were not there.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from crmexport.mapping.to.custom_path import CUSTOM, custom_path
from crmexport.mapping.to.references import References
from crmexport.mapping.yaml_words import did_you_mean
from crmexport.model import ENTITIES, LISTS, PARTS, Entity, Field, Type
from crmexport.text import _

Getter = Callable[[Mapping[str, Any], References], Any]
Inner = Callable[[Any, References], Any]
_step = re.compile(r"([A-Za-z_][A-Za-z_0-9]*)(?:\(([a-z_]+)\))?(?:\[([0-9]+)\])?")
_OF_LINK = frozenset({"title", "id", "kind"})
_OF_MONEY = {"amount": Type.NUMBER, "currency": Type.TEXT}
_ONE_OF = {Type.REFS: Type.REF, Type.TEXTS: Type.TEXT}


class Step(NamedTuple):
    """One step of a path: a name, the kind when it picks links to one kind, and a place when it picks one item of a list."""

    name: str
    kind: str | None
    place: int | None


class Path(NamedTuple):
    """A path that has been checked against the model: how to get the value and its type, and the field it begins with.

    `many` tells that the value is a list of `type`; of a link, `kind` is the kind of entity it leads to ("" for any).
    `needs` are the fields (entity, field) that the references must keep.
    """

    text: str
    get: Getter
    type: Type
    field: Field
    many: bool
    needs: tuple[tuple[str, str], ...] = ()
    kind: str = ""

    @property
    def unit(self) -> str:
        """What it shows of an entity: a field, or a custom one."""
        custom = custom_path(self.text)
        return f"{CUSTOM.name}.{custom.key}" if custom else self.field.name


class Pick(NamedTuple):
    """The one item of a list that a path picks: the place among the links to one kind, or among all ("")."""

    kind: str
    place: int

    def of(self, items: Sequence[Any]) -> int | None:
        """The place of that item in the whole list; None when there is none."""
        places = [place for place, item in enumerate(items) if not self.kind or item.entity == self.kind]
        return places[self.place] if self.place < len(places) else None


def picked(path: Path) -> Pick | None:
    """Which item of a list of the entity's own a path picks, if it does."""
    match = _step.match(path.text) if path.field.type in LISTS else None
    return Pick(match[2] or "", int(match[3])) if match and match[3] is not None else None


class _Rest(NamedTuple):
    """What follows the first step: how to go on from one value (None: not at all), what type that gives, what it needs."""

    get: Inner | None
    type: Type
    needs: tuple[tuple[str, str], ...] = ()


class PathError(ValueError):
    """A path that leads nowhere; the text is the rest of a sentence, naming the nearest right word."""


def compiled(text: str, entity: Entity) -> Path:
    """`text` as a path into `entity`. Raises PathError."""
    custom = custom_path(text)
    if custom is not None:
        return Path(text, custom.get, Type.TEXT, CUSTOM, many=False)
    return _compiled(_steps(text), entity, text)


def _compiled(steps: list[Step], entity: Entity, text: str) -> Path:
    name, kind, place = steps[0]
    field = _field(entity, name)
    many = field.type in LISTS
    if place is not None and not many:
        raise PathError(_("“{name}” is not a list, so no [number] can follow it.").format(name=name))
    of_kind = field if kind is None else _of_kind(field, kind)
    rest = _rest(of_kind, steps[1:])
    many = many and place is None
    get = _getter(name, place, many, rest.get)
    get = get if kind is None else _sifted(name, kind, get)
    return Path(text, get, rest.type, field, many, rest.needs, of_kind.entity or "")


def _of_kind(field: Field, kind: str) -> Field:
    if field.type not in (Type.REF, Type.REFS):
        raise PathError(_("“{name}” is no link, so no (kind) can follow it.").format(name=field.name))
    if kind not in ENTITIES:
        raise PathError(_("there is no entity “{name}”.").format(name=kind) + did_you_mean(kind, ENTITIES))
    return replace(field, entity=kind)


def _sifted(name: str, kind: str, get: Getter) -> Getter:
    """`get` for entities of whose links `name` only those to `kind` are left."""

    def sifted(entity: Mapping[str, Any], references: References) -> Any:
        links = entity.get(name)
        if isinstance(links, list):
            links = [link for link in links if link.entity == kind]
        elif links is not None and links.entity != kind:
            links = None
        return get({name: links}, references)

    return sifted


def _steps(text: str) -> list[Step]:
    found = []
    for piece in text.split("."):
        match = _step.fullmatch(piece.strip())
        if not match:
            raise PathError(
                _("“{path}” is not a path. Paths look like owner.name or phones[0].number.").format(path=text)
            )
        found.append(Step(match[1], match[2], None if match[3] is None else int(match[3])))
    return found


def _field(entity: Entity, name: str) -> Field:
    if name not in entity.by_name:
        sentence = _("“{entity}” has no field “{name}”.").format(entity=entity.name, name=name)
        raise PathError(sentence + did_you_mean(name, entity.by_name))
    return entity.by_name[name]


def _rest(field: Field, steps: list[Step]) -> _Rest:
    of_one = _ONE_OF.get(field.type, field.type)
    if not steps:
        return _Rest(None, of_one, titles_needed(field) if of_one is Type.REF else ())
    if of_one is Type.REF:
        return _behind_link(field, steps)
    parts = _OF_MONEY if of_one is Type.MONEY else PARTS.get(of_one)
    if parts is None or len(steps) > 1 or steps[0].place is not None:
        raise PathError(_("nothing more can follow “{name}”.").format(name=field.name))
    name = _known(steps[0].name, parts)
    if of_one is Type.MONEY:
        return _Rest(lambda value, references: getattr(value, name), parts[name])
    return _Rest(lambda value, references: value.get(name), parts[name])


def _behind_link(field: Field, steps: list[Step]) -> _Rest:
    if len(steps) == 1 and steps[0].place is None and steps[0].name in _OF_LINK:
        return _of_link(field, steps[0].name)
    if field.entity is None:
        raise PathError(
            _("“{name}” links to entities of many kinds; of it one can ask title, id and kind.").format(
                name=field.name
            )
        )
    target = _compiled(steps, ENTITIES[field.entity], "")
    return _Rest(
        _linked(target, field.entity), target.type, ((field.entity, target.field.name), *target.needs)
    )


def _of_link(field: Field, name: str) -> _Rest:
    if name == "title":
        return _Rest(lambda link, references: references.title(link), Type.TEXT, titles_needed(field))
    if name == "id":
        return _Rest(lambda link, references: references.id(link), Type.TEXT)
    return _Rest(lambda link, references: link.entity, Type.TEXT)


def titles_needed(field: Field) -> tuple[tuple[str, str], ...]:
    """That titles are needed: of the kind the field links to, or ("", "") for those of every kind.

    A note has no title but its text; to keep all of those would be to copy the archive.
    """
    if field.entity is None:
        return (("", ""),)
    title = ENTITIES[field.entity].title_field
    return () if title == "text" else ((field.entity, title),)


def _linked(target: Path, kind: str) -> Inner:
    """Go on in the linked entity. Of one that is not held, or of another kind than usual, no more than the title is known."""
    is_title = ENTITIES[kind].title_field == target.field.name

    def follow(link: Any, references: References) -> Any:
        held = references.held(link) if link.entity == kind else None
        if held is not None:
            return target.get(held, references)
        return references.title(link) or None if is_title else None

    return follow


def _known(name: str, parts: Mapping[str, Type]) -> str:
    if name not in parts:
        raise PathError(_("there is no “{name}” here.").format(name=name) + did_you_mean(name, parts))
    return name


def _getter(name: str, place: int | None, many: bool, inner: Inner | None) -> Getter:
    if many:
        return _every(name, inner)
    if place is not None:
        return _item(name, place, inner)
    return _single(name, inner)


def _single(name: str, inner: Inner | None) -> Getter:
    if inner is None:
        return lambda entity, references: entity.get(name)

    def single(entity: Mapping[str, Any], references: References) -> Any:
        value = entity.get(name)
        return None if value is None else inner(value, references)

    return single


def _every(name: str, inner: Inner | None) -> Getter:
    def every(entity: Mapping[str, Any], references: References) -> Any:
        items = entity.get(name) or ()
        return [item if inner is None else inner(item, references) for item in items]

    return every


def _item(name: str, place: int, inner: Inner | None) -> Getter:
    def item(entity: Mapping[str, Any], references: References) -> Any:
        items = entity.get(name) or ()
        if len(items) <= place:
            return None
        return items[place] if inner is None else inner(items[place], references)

    return item
