"""Every field of an entity as columns: the form `entities: all` of a layout."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from crmexport.mapping.custom import CustomField
from crmexport.mapping.to.column import Made
from crmexport.mapping.to.headings import custom_headings, unlike
from crmexport.mapping.to.paths import Path, compiled
from crmexport.mapping.to.row import Row
from crmexport.mapping.to.schema import Layout
from crmexport.mapping.to.shown import kind_of
from crmexport.mapping.to.steps import Make
from crmexport.mapping.to.table import Cell, Column, Kind
from crmexport.model import ENTITIES, LISTS, Entity, Field, Money, Ref, Type
from crmexport.text import translations


class WholeColumns:
    """Makes the columns of one kind of entity, with headings in the language of the layout."""

    def __init__(self, layout: Layout, lang: str) -> None:
        self._lang = lang
        self._translate = translations(lang).gettext
        self._keys = layout.words == "keys"

    def of(self, entity: Entity, fields: Sequence[Field], custom: Sequence[CustomField]) -> list[Made]:
        """Columns for `fields`, then one for each custom field, then one for whatever else came along."""
        columns = [made for field in fields for made in self._of_field(entity, field)]
        used: set[str] = set()
        columns = [self._renamed(made, used) for made in columns]
        columns += custom_columns(custom, used, self._lang)
        _ = self._translate
        used = {made.column.heading.casefold() for made in columns}
        return [*columns, _rest(unlike(_("Other fields"), used), frozenset(field.key for field in custom))]

    def _of_field(self, entity: Entity, field: Field) -> Iterator[Made]:
        _ = self._translate
        title = _(field.title)
        if field.type is Type.MONEY:
            yield _column(title, compiled(f"{field.name}.amount", entity))
            yield _column(
                _("{title}, currency").format(title=title), compiled(f"{field.name}.currency", entity)
            )
            return
        yield self._main(title, field, compiled(field.name, entity))
        if field.type in (Type.REF, Type.REFS):
            if field.entity is None:
                yield self._kind_of_link(_("{title}: kind").format(title=title), field, entity)
            yield _column(_("{title}: ID").format(title=title), compiled(f"{field.name}.id", entity))

    def _main(self, title: str, field: Field, path: Path) -> Made:
        if not field.titles or self._keys:
            return _column(title, path)
        words = {key: self._translate(word) for key, word in field.titles.items()}
        name = field.name

        def word(row: Row) -> Cell:
            value = row.entity.get(name)
            return None if value is None else row.shown.cell(words.get(value, value))

        return Made(Column(title), word, (path,))

    def _kind_of_link(self, title: str, field: Field, entity: Entity) -> Made:
        """Which kinds of entities links lead to: the title of each, for people."""
        made = _column(title, compiled(f"{field.name}.kind", entity))
        if self._keys:
            return made
        get = made.paths[0].get
        titles = {kind: self._translate(one.title) for kind, one in ENTITIES.items()}

        def kinds(row: Row) -> Cell:
            found = get(row.entity, row.shown.references)
            if isinstance(found, list):
                return row.shown.cell([titles.get(kind, kind) for kind in found])
            return titles.get(found, found)

        return made._replace(make=kinds)

    @staticmethod
    def _renamed(made: Made, used: set[str]) -> Made:
        heading = unlike(made.column.heading, used)
        used.add(heading.casefold())
        return made._replace(column=made.column._replace(heading=heading))


def _column(heading: str, path: Path) -> Made:
    kind = Kind.PHONE if path.field.type is Type.PHONES else Kind.TEXT if path.many else kind_of(path.type)
    return Made(Column(heading, kind), _shown(path), (path,))


def _shown(path: Path) -> Make:
    """What a path finds, as a cell. Most find nothing in most rows: there are more columns than an entity has fields."""
    get, name = path.get, path.field.name

    def field(row: Row) -> Cell:
        value = row.entity.get(name)
        return None if value is None else row.shown.cell(value)

    def found(row: Row) -> Cell:
        return row.shown.cell(get(row.entity, row.shown.references)) if name in row.entity else None

    return field if path.text == name else found


def custom_columns(fields: Sequence[CustomField], taken: Iterable[str], lang: str) -> list[Made]:
    """Columns for the custom fields, with headings unlike those `taken`: links and money need a second one."""
    _ = translations(lang).gettext
    headings = custom_headings(fields, taken, lang)
    columns: list[Made] = []
    for heading, field in zip(headings, fields, strict=True):
        columns.append(_custom(heading, field, _amount if field.type is Type.MONEY else _as_it_is))
        if field.type is Type.MONEY:
            columns.append(_custom(_("{title}, currency").format(title=heading), field, _currency))
        elif field.type in (Type.REF, Type.REFS):
            columns.append(_custom(_("{title}: ID").format(title=heading), field, _ids))
    return columns


def _custom(heading: str, field: CustomField, part: Callable[[Any], Any]) -> Made:
    key = field.key

    def cell(row: Row) -> Cell:
        custom = row.entity.get("custom")
        return row.shown.cell(part(custom[key])) if custom and key in custom else None

    kind = Kind.TEXT if field.type in LISTS else kind_of(field.type)
    kind = Kind.PHONE if field.type is Type.PHONES else kind
    return Made(Column(heading, kind, custom=key), cell, ())


def _as_it_is(value: Any) -> Any:
    return value


def _amount(value: Any) -> Any:
    return value.amount if isinstance(value, Money) else value


def _currency(value: Any) -> Any:
    return value.currency if isinstance(value, Money) else None


def _ids(value: Any) -> Any:
    links = value if isinstance(value, list) else [value]
    found = [link.id for link in links if isinstance(link, Ref)]
    return found if isinstance(value, list) else found[0] if found else None


def _rest(heading: str, known: frozenset[str]) -> Made:
    """A column for what no definition explains, as JSON."""

    def cell(row: Row) -> Cell:
        rest = {key: value for key, value in (row.entity.get("custom") or {}).items() if key not in known}
        return (
            json.dumps({key: row.shown.jsonable(value) for key, value in rest.items()}, ensure_ascii=False)
            if rest
            else None
        )

    return Made(Column(heading), cell, ())
