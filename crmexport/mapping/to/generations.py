"""Rows below those that they belong to: a program that reads a file from above must know the one before it meets the other."""

import pickle
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from crmexport.mapping.to.paths import Path, PathError, compiled
from crmexport.mapping.to.references import References
from crmexport.mapping.to.scratch import scratch
from crmexport.model import Entity, Ref, Type
from crmexport.text import _

_TABLE = """
CREATE TABLE waiting (place INTEGER PRIMARY KEY, generation INTEGER, entity BLOB);
CREATE INDEX waiting_by_generation ON waiting (generation);
"""
_DEEPEST = 100  # nobody nests deeper; and there a circle ends, in which nothing can stand above


class Below(NamedTuple):
    """The link from an entity to the one of its kind below whose row it stands."""

    kind: str
    path: Path

    @property
    def needs(self) -> tuple[tuple[str, str], ...]:
        """The fields of entities that tell how deep each of them lies."""
        return ((self.kind, self.path.field.name), *self.path.needs)

    def in_order(
        self, entities: Iterable[Mapping[str, Any]], references: References
    ) -> Iterator[Mapping[str, Any]]:
        """Each of the `entities` once, one generation after another. Those that stand below others wait on disk meanwhile."""
        with scratch() as database:
            database.executescript(_TABLE)
            database.execute("BEGIN")
            for place, entity in enumerate(entities):
                generation = self._generation(entity, references)
                if generation:
                    row = (place, generation, pickle.dumps(entity, pickle.HIGHEST_PROTOCOL))
                    database.execute("INSERT INTO waiting VALUES (?, ?, ?)", row)
                else:
                    yield entity
            database.execute("COMMIT")
            for (packed,) in database.execute("SELECT entity FROM waiting ORDER BY generation, place"):
                yield pickle.loads(packed)  # noqa: S301 - our own, in a folder of our own

    def _generation(self, entity: Mapping[str, Any], references: References) -> int:
        """How many entities of the kind lie above one, as far as the archive holds them."""
        for generation in range(_DEEPEST):
            link = self.path.get(entity, references)
            above = references.held(link) if isinstance(link, Ref) and link.entity == self.kind else None
            if above is None:
                return generation
            entity = above
        return _DEEPEST


def below(link: str | None, entity: Entity) -> Below | None:
    """What `below` of a table of `entity` means. Raises PathError."""
    if link is None:
        return None
    path = compiled(link, entity)
    if path.type is not Type.REF or path.many or "." in link or path.kind not in ("", entity.name):
        sentence = _("“{name}” is no link from one “{entity}” to another.")
        raise PathError(sentence.format(name=link, entity=entity.name))
    return Below(entity.name, path)
