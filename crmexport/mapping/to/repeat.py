"""Lists: their items as texts, as columns with one heading, and lists made of other entities that refer to the row's own."""

from collections.abc import Callable, Iterator, Mapping
from datetime import tzinfo
from typing import Any, NamedTuple

from crmexport.mapping.to.paths import Path, PathError, compiled
from crmexport.mapping.to.references import References
from crmexport.mapping.to.row import Row
from crmexport.mapping.to.schema import ColumnRule
from crmexport.mapping.to.shown import Shown
from crmexport.mapping.to.template import Template, identifier, template
from crmexport.mapping.to.where import Keep, keeper
from crmexport.mapping.yaml_words import did_you_mean
from crmexport.model import ENTITIES, Entity, Ref, Type
from crmexport.text import _

_ITEM = ("{}", "{|id}")
"""Where an item stands in `each`."""

Texts = Callable[[Row], list[str]]


class Repeat(NamedTuple):
    """Columns with one heading: the texts of a row, the most columns there may be (None: as needed), the field counted.

    `limit` is the most characters of one text, if there is a bound.
    """

    texts: Texts
    most: int | None
    field: str
    limit: int | None = None


class Children(NamedTuple):
    """Entities that refer to those of `parent`: which, what is read of them, and the list of texts they give.

    `links`, of the field `by`, gives to whom one of them belongs, `text` what is shown of it, `said` by which paths; the texts
    stand under `key` in the references.
    """

    key: str
    entity: str
    parent: str
    fields: tuple[str, ...]
    needs: tuple[tuple[str, str], ...]
    links: Callable[[Mapping[str, Any], References], list[Ref]]
    text: Callable[[Mapping[str, Any], Shown], str]
    texts: Texts
    by: str
    said: Callable[[Mapping[str, Any], Shown], list[Path]]


def children(rule: ColumnRule, parent: Entity, zone: tzinfo) -> Children:
    """The list that `children` of a column rule means. Raises PathError."""
    kind, _dot, by = (rule.children or "").partition(".")
    if kind not in ENTITIES:
        raise PathError(_("there is no entity “{name}”.").format(name=kind) + did_you_mean(kind, ENTITIES))
    link = compiled(by, ENTITIES[kind])
    shown = template(
        rule.each or "{" + ENTITIES[kind].title_field + "}", ENTITIES[kind], zone, one_line=False
    )
    key, name = f"{rule.children} {rule.each} {zone}", parent.name
    paths = (link, *shown.paths)
    ways = (link, *shown.paths) if "." in by else shown.paths

    def links(child: Mapping[str, Any], references: References) -> list[Ref]:
        found = link.get(child, references)
        every = found if isinstance(found, list) else [found]
        return [one for one in every if isinstance(one, Ref)]

    def said(child: Mapping[str, Any], shown_by: Shown) -> list[Path]:
        row = Row.of(child, shown_by)
        shown.fill(row)
        return [path for path in shown.paths if path.text in row.chosen]

    def texts(row: Row) -> list[str]:
        return row.shown.references.children(row.shown.keyed(key), name, row.entity["source_id"])

    return Children(
        key,
        kind,
        name,
        tuple(sorted({path.field.name for path in paths})),
        tuple(need for path in ways for need in path.needs),
        links,
        lambda child, shown_by: shown.fill(Row.of(child, shown_by)),
        texts,
        link.field.name,
        said,
    )


def wanted(paths: tuple[Path, ...], rule: ColumnRule) -> Keep | None:
    """What `only` of a column rule asks of the entities to which the links of its list lead. Raises PathError."""
    if not rule.only:
        return None
    field = paths[0].field if len(paths) == 1 and paths[0].many else None
    if field is None or field.type is not Type.REFS or not field.entity:
        raise PathError(_("“only” needs a list of links to one kind, such as watchers.name."))
    return keeper(rule.only, ENTITIES[field.entity])


def linked_text(paths: tuple[Path, ...], rule: ColumnRule, zone: tzinfo) -> Template | None:
    """What `each` makes of fields of the entities to which the links of a list lead: `{first_name} {last_name}`."""
    links = len(paths) == 1 and paths[0].many and paths[0].type is Type.REF and paths[0].kind
    if not links or not rule.each or any(place in rule.each for place in _ITEM):
        return None
    return template(rule.each, ENTITIES[links], zone)


def items(path: Path, rule: ColumnRule, only: Keep | None, linked: Template | None = None) -> Texts:
    """Every item of a list as a text. Of links without such a value, or that `only` leaves out, the overflow tells."""
    get, each, signs = path.get, rule.each or "{}", rule.replace
    name = path.field.name
    if not linked and not any(place in each for place in _ITEM):
        raise PathError(
            _("“each” shows an item where {place} stands, which is nowhere in “{text}”.").format(
                place="{}", text=each
            )
        )

    def is_wanted(row: Row, item: Any) -> bool:
        references = row.shown.references
        return only is None or only.test(references.held(item) or {}, references)

    def written(row: Row, text: str) -> str:
        shown = each.replace("{source}", row.shown.source)
        return shown.replace("{|id}", identifier(text)).replace("{}", replaced(row, text, signs))

    def values(row: Row) -> Iterator[Any]:
        for item in row.entity.get(name) or ():
            if is_wanted(row, item):
                yield from get({name: [item]}, row.shown.references)

    def texts(row: Row) -> list[str]:
        if linked:
            texts = (named(link, linked, row.shown) for link in values(row))
            return [replaced(row, text, signs) for text in texts if text]
        found = (row.shown.text(value) for value in values(row))
        return [written(row, text) for text in found if text]

    return texts


def named(link: Ref, text: Template, shown: Shown) -> str:
    """What a link leads to, by its fields; by its title when it is not held, or has none of them."""
    held = shown.references.held(link)
    return (text.fill(Row.of(held, shown)) if held else "") or shown.references.title(link)


def replaced(row: Row, text: str, signs: Mapping[str, str]) -> str:
    """`text` with other signs for those that the target would misread, counted."""
    for sign, other in signs.items():
        if sign in text:
            row.notes["replaced_characters"] += text.count(sign)
            text = text.replace(sign, other)
    return text
