"""Entities made once and kept on disk for the time of one command: every target reads them again, none makes them again."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from crmexport.mapping.archived import MappedArchive
from crmexport.mapping.maker import Made, Only
from crmexport.mapping.shelf import shelf, shelved
from crmexport.mapping.to.entities import EntitiesOf
from crmexport.temporary import temporary

_EVERY = 1000


class KeptEntities(EntitiesOf):
    """The entities of an archive; what `keep` names of them is made in one reading of it, for all that is asked later."""

    def __init__(self, archive: MappedArchive, folder: Path) -> None:
        super().__init__(archive)
        self.archive = archive
        self._folder = folder
        self._kept: dict[str, Only] = {}

    def keep(self, kinds: Mapping[str, Only], step: Callable[[int], None] = lambda number: None) -> None:
        """Make all entities of `kinds` and keep them: whole, or only some fields. `step` is told now and then how many there are."""
        new = {kind: kinds[kind] for kind in self.kinds if kind in kinds and not self._has(kind, kinds[kind])}
        if not new:
            return
        with ExitStack() as files:
            shelves = {kind: files.enter_context(shelf(self._file(kind))) for kind in new}
            for number, (kind, made) in enumerate(self.archive.together(new), start=1):
                shelves[kind].add(made)
                if number % _EVERY == 0:
                    step(number)
        self._kept.update(new)

    def iterate(self, kind: str, only: Only = None) -> Iterator[Made]:
        """All entities of a kind: as they were kept, else made anew."""
        return shelved(self._file(kind)) if self._has(kind, only) else self.archive.iterate(kind, only)

    def _has(self, kind: str, only: Only) -> bool:
        """Whether entities of a kind are kept with all that is asked for of them."""
        if kind not in self._kept:
            return False
        fields = self._kept[kind]
        return fields is None or (only is not None and {*only} <= {*fields, "source_id"})

    def _file(self, kind: str) -> Path:
        return self._folder / f"{kind}.entities"


@contextmanager
def kept_entities(source: MappedArchive) -> Iterator[KeptEntities]:
    """Entities of `source` in a temporary folder, which is gone afterwards."""
    with temporary() as folder:
        yield KeptEntities(source, folder)
