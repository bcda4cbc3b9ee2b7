"""Names that several entities share: an importing program that links by name would take the first of them."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from crmexport.mapping.to.paths import Path, PathError, compiled
from crmexport.mapping.to.row import Row
from crmexport.mapping.to.schema import ColumnRule
from crmexport.mapping.to.template import Template
from crmexport.model import PARTS, Entity, Type
from crmexport.text import _

_item = re.compile(r"(\w+)\[(\d+)\]\.(\w+)").fullmatch


class Shared(NamedTuple):
    """Which names must be told apart: of entities of the kind `entity`, made of their `fields`, met behind `link`, in `field`.

    `field` is "" when the names are the row's own. With `item`, a place and a part, the name is in a list, such as emails[0].address.
    """

    entity: str
    fields: tuple[str, ...]
    field: str
    item: tuple[int, str] | None = None
    link: Path | None = None

    @property
    def key(self) -> str:
        """Under what the references keep these names."""
        return f"{self.entity}.{'+'.join(self.fields)}"

    def name_of(self, entity: Mapping[str, Any]) -> str:
        """The name of an entity of the kind."""
        if self.item:
            place, part = self.item
            items = entity.get(self.fields[0]) or ()
            return str(items[place].get(part) or "") if len(items) > place else ""
        return " ".join(str(entity[field]) for field in self.fields if entity.get(field))

    def id_of(self, row: Row) -> str:
        """The id of the entity whose name stands in the row."""
        link = self.link.get(row.entity, row.shown.references) if self.link else None
        return str(link.id if link else row.entity["source_id"])

    def is_shared(self, row: Row, name: str) -> bool:
        """Whether another entity has the name too."""
        return row.shown.references.is_shared(self.key, self.id_of(row), name)

    def unique(self, row: Row, name: str) -> str:
        """The name with a mark that no other has."""
        return row.shown.references.unique_name(self.key, self.id_of(row), name)

    def mark_in(self, row: Row, name: str) -> str:
        """The mark that tells a name apart, when it has one: it is never cut off."""
        mark = f" #{self.id_of(row)}"
        return mark if name.endswith(mark) else ""


def shared(rule: ColumnRule, paths: tuple[Path, ...], text: Template | None, entity: Entity) -> Shared:
    """What `shared` of a column rule means. Raises PathError when its paths do not name one entity."""
    used = text.paths if text else paths
    steps = [path.text.split(".") for path in used]
    if steps and all(len(step) == 1 for step in steps):
        return Shared(entity.name, tuple(step[0] for step in steps), "")
    item = _item(used[0].text) if len(used) == 1 and used[0].field.type in PARTS else None
    if item:
        return Shared(entity.name, (item[1],), "", (int(item[2]), item[3]))
    links = {step[0] for step in steps}
    link = compiled(links.pop(), entity) if len(links) == 1 else None
    if link is None or link.type is not Type.REF or link.many or any(len(step) != 2 for step in steps):
        raise PathError(
            _("“shared” needs a name of this entity or of one it links to, such as name or company.name.")
        )
    return Shared(link.kind, tuple(step[1] for step in steps), link.field.name, link=link)
