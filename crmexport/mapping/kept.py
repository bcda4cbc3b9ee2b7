"""Entities made once and kept on disk for the time of one command: every target reads them again, none makes them again.

Making an entity means decoding the source's answer and applying the mapping; reading it back costs a tenth of that.
"""

import pickle
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from crmexport.archive.packing import pack, unpack
from crmexport.mapping.archived import MappedArchive
from crmexport.mapping.maker import Made, Only
from crmexport.mapping.to.entities import EntitiesOf
from crmexport.temporary import temporary

_BATCH = 200  # entities packed together
_LENGTH = struct.Struct("<I")
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
            shelves = {kind: _Shelf(files.enter_context(self._file(kind).open("wb"))) for kind in new}
            for number, (kind, made) in enumerate(self.archive.together(new), start=1):
                shelves[kind].add(made)
                if number % _EVERY == 0:
                    step(number)
            for shelf in shelves.values():
                shelf.close()
        self._kept.update(new)

    def iterate(self, kind: str, only: Only = None) -> Iterator[Made]:
        """All entities of a kind: as they were kept, else made anew."""
        return _read(self._file(kind)) if self._has(kind, only) else self.archive.iterate(kind, only)

    def _has(self, kind: str, only: Only) -> bool:
        """Whether entities of a kind are kept with all that is asked for of them."""
        if kind not in self._kept:
            return False
        fields = self._kept[kind]
        return fields is None or (only is not None and {*only} <= {*fields, "source_id"})

    def _file(self, kind: str) -> Path:
        return self._folder / f"{kind}.entities"


class _Shelf:
    """A file of entities in the making."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._waiting: list[Made] = []

    def add(self, made: Made) -> None:
        self._waiting.append(made)
        if len(self._waiting) == _BATCH:
            self.close()

    def close(self) -> None:
        """Write what waits."""
        if self._waiting:
            packed = pack(pickle.dumps(self._waiting, pickle.HIGHEST_PROTOCOL))
            self._file.write(_LENGTH.pack(len(packed)) + packed)
            self._waiting.clear()


def _read(path: Path) -> Iterator[Made]:
    with path.open("rb") as file:
        while head := file.read(_LENGTH.size):
            packed = file.read(_LENGTH.unpack(head)[0])
            yield from pickle.loads(unpack(packed))  # noqa: S301 - our own, in a folder of our own


@contextmanager
def kept_entities(source: MappedArchive) -> Iterator[KeptEntities]:
    """Entities of `source` in a temporary folder, which is gone afterwards."""
    with temporary() as folder:
        yield KeptEntities(source, folder)
