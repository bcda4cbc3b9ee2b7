"""Names that several entities share: an importing program that links by name would take the first of them."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from crmexport.mapping.to.paths import Path, PathError, compiled
from crmexport.mapping.to.row import Row, is_blank, shortened
from crmexport.mapping.to.schema import ColumnRule
from crmexport.mapping.to.template import Slot, Template, spelt
from crmexport.model import PARTS, Entity, Type
from crmexport.text import _

_MOST_MARKS = 9  # of a name that is cut, further ones change nothing
_item = re.compile(r"(\w+)\[(\d+)\]\.(\w+)").fullmatch


class Word(NamedTuple):
    """A word of a name: the first of the `fields` that has a value, in at most so many signs (0: in all of them)."""

    fields: tuple[str, ...]
    most: int = 0

    def __str__(self) -> str:
        return ",".join(self.fields) + (f"|{self.most}" if self.most else "")

    def of(self, entity: Mapping[str, Any]) -> str:
        """The word in the name of an entity, spelt as a template spells it."""
        text = next((str(entity[field]) for field in self.fields if not is_blank(entity.get(field))), "")
        return spelt(text, self.most)


Name = tuple[Word, ...]


class Shared(NamedTuple):
    """Which names must be told apart: of entities of the kind `entity`, made in the first of `ways` that gives one, met behind `link`.

    `by_mark`: a mark behind the name tells them apart. `field` is that of the link, "" when the names are the row's own. With `item`, a place and a part, the name is in a list, such
    as emails[0].address. Names are compared as the target gets them: with other `signs`, and cut at `most` (0: whole).
    """

    entity: str
    ways: tuple[Name, ...]
    field: str
    item: tuple[int, str] | None = None
    link: Path | None = None
    signs: tuple[tuple[str, str], ...] = ()
    most: int = 0
    by_mark: bool = False

    @property
    def key(self) -> str:
        """Under what the references keep these names."""
        form = "".join(
            f"~{one}" for one in (*(f"{sign}{other}" for sign, other in self.signs), self.most) if one
        )
        return f"{self.entity}.{'/'.join('+'.join(map(str, way)) for way in self.ways)}{form}"

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of which names are made."""
        return tuple(field for way in self.ways for word in way for field in word.fields)

    def name_of(self, entity: Mapping[str, Any]) -> str:
        """The name of an entity of the kind, as the target gets it."""
        return self._written(self._whole(entity))

    def _whole(self, entity: Mapping[str, Any]) -> str:
        if self.item:
            place, part = self.item
            items = entity.get(self.fields[0]) or ()
            return str(items[place].get(part) or "") if len(items) > place else ""
        made = (" ".join(filter(None, (word.of(entity) for word in way))) for way in self.ways)
        return next(filter(None, made), "")

    def id_of(self, row: Row) -> str:
        """The id of the entity whose name stands in the row."""
        link = self.link.get(row.entity, row.shown.references) if self.link else None
        return str(link.id if link else row.entity["source_id"])

    def is_shared(self, row: Row, name: str) -> bool:
        """Whether another entity has the name too."""
        references, written = row.shown.references, self._written(name, self.mark_in(row, name))
        asked = references.is_marked if self.by_mark else references.is_shared
        return asked(self.key, self.id_of(row), written)

    def unique(self, row: Row, name: str) -> str:
        """The name with a mark behind it that no other has."""
        for _time in range(_MOST_MARKS):
            if not self.is_shared(row, name):
                break
            name = f"{name} #{self.id_of(row)}"
        return name

    def _written(self, name: str, mark: str = "") -> str:
        for sign, other in self.signs:
            name = name.replace(sign, other)
        return shortened(name, self.most, mark) if self.most else name

    def mark_in(self, row: Row, name: str) -> str:
        """The mark that tells a name apart, when it has one: it is never cut off."""
        mark = f" #{self.id_of(row)}"
        return mark if name.endswith(mark) else ""


def shared(
    rule: ColumnRule,
    paths: tuple[Path, ...],
    text: Template | None,
    default: Template | None,
    entity: Entity,
) -> Shared:
    """What `shared` of a column rule means. Raises PathError when its paths do not name one entity."""
    signs, most, by_mark = tuple(rule.replace.items()), rule.limit or 0, rule.shared == "suffix"
    ways = text.ways if text else ((Slot(paths, 0),),) if paths else ()
    used = [path for slots in ways for slot in slots for path in slot.paths]
    steps = [path.text.split(".") for path in used]
    if steps and all(len(step) == 1 for step in steps):
        return Shared(entity.name, tuple(map(_name, ways)), "", signs=signs, most=most, by_mark=by_mark)
    item = _item(used[0].text) if len(used) == 1 and used[0].field.type in PARTS else None
    if item:
        return Shared(entity.name, ((Word((item[1],)),),), "", (int(item[2]), item[3]))
    links = {step[0] for step in steps}
    link = compiled(links.pop(), entity) if len(links) == 1 else None
    if link is None or link.type is not Type.REF or link.many or any(len(step) != 2 for step in steps):
        raise PathError(
            _("“shared” needs a name of this entity or of one it links to, such as name or company.name.")
        )
    ways = (*ways, *default.ways) if default and _lead(default.paths, link) else ways
    names = tuple(map(_name, ways))
    return Shared(link.kind, names, link.field.name, link=link, signs=signs, most=most, by_mark=by_mark)


def _name(slots: tuple[Slot, ...]) -> Name:
    return tuple(
        Word(tuple(path.text.rpartition(".")[2] for path in slot.paths), slot.most) for slot in slots
    )


def _lead(paths: tuple[Path, ...], link: Path) -> bool:
    """Whether all paths lead to a field of the linked entity."""
    return bool(paths) and all(path.text.rpartition(".")[0] == link.text for path in paths)
