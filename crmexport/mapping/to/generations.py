"""Rows below those that they belong to: a program that reads a file from above must know the one before it meets the other."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from typing import Any, NamedTuple

from crmexport.mapping.shelf import Shelf, shelf, shelved
from crmexport.mapping.to.paths import Path, PathError, compiled
from crmexport.mapping.to.references import References
from crmexport.model import Entity, Ref, Type
from crmexport.temporary import temporary
from crmexport.text import _

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
        with temporary() as folder:
            shelves: dict[int, Shelf] = {}
            with ExitStack() as files:
                for entity in entities:
                    generation = self._generation(entity, references)
                    if not generation:
                        yield entity
                        continue
                    if generation not in shelves:
                        shelves[generation] = files.enter_context(shelf(folder / str(generation)))
                    shelves[generation].add(entity)
            for generation in sorted(shelves):
                yield from shelved(folder / str(generation))

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
