"""Names that several entities share: an importing program that links by name would take the first of them."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from crmexport.mapping.to.paths import Path, PathError
from crmexport.mapping.to.row import Row
from crmexport.mapping.to.schema import ColumnRule
from crmexport.mapping.to.template import Template
from crmexport.model import ENTITIES, Entity
from crmexport.text import _


class Shared(NamedTuple):
    """Which names must be told apart: of entities of the kind `entity`, made of their `fields`, met behind the link `field`.

    `field` is "" when the names are the row's own.
    """

    entity: str
    fields: tuple[str, ...]
    field: str

    @property
    def key(self) -> str:
        """Under what the references keep these names."""
        return f"{self.entity}.{'+'.join(self.fields)}"

    def name_of(self, entity: Mapping[str, Any]) -> str:
        """The name of an entity of the kind."""
        return " ".join(str(entity[field]) for field in self.fields if entity.get(field))

    def id_of(self, row: Row) -> str:
        """The id of the entity whose name stands in the row."""
        return str(row.entity[self.field].id if self.field else row.entity["source_id"])

    def is_shared(self, row: Row, name: str) -> bool:
        """Whether another entity has the name too."""
        return row.shown.references.is_shared(self.key, self.id_of(row), name)

    def unique(self, row: Row, name: str) -> str:
        """The name with a mark that no other has."""
        return row.shown.references.unique_name(self.key, self.id_of(row), name)


def shared(rule: ColumnRule, paths: tuple[Path, ...], text: Template | None, entity: Entity) -> Shared:
    """What `shared` of a column rule means. Raises PathError when its paths do not name one entity."""
    used = text.paths if text else paths
    steps = [path.text.split(".") for path in used]
    if steps and all(len(step) == 1 for step in steps):
        return Shared(entity.name, tuple(step[0] for step in steps), "")
    linked = {(step[0], path.field.entity) for step, path in zip(steps, used, strict=True)}
    if len(linked) != 1 or any(len(step) != 2 for step in steps):
        raise PathError(
            _("“shared” needs a name of this entity or of one it links to, such as name or company.name.")
        )
    ((field, kind),) = linked
    if kind not in ENTITIES:
        raise PathError(
            _("“shared” needs a name of this entity or of one it links to, such as name or company.name.")
        )
    return Shared(kind, tuple(step[1] for step in steps), field)
