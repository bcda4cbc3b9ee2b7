"""A file of entities: written one after another, read back in that order. Memory stays flat.

Making an entity means decoding the source's answer and applying the mapping; reading it back costs a tenth of that.
"""

import pickle
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from crmexport.archive.packing import pack, unpack

_BATCH = 200  # entities packed together
_LENGTH = struct.Struct("<I")


class Shelf:
    """A file of entities in the making."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._waiting: list[Mapping[str, Any]] = []

    def add(self, entity: Mapping[str, Any]) -> None:
        """Put it behind those that are there."""
        self._waiting.append(entity)
        if len(self._waiting) == _BATCH:
            self.close()

    def close(self) -> None:
        """Write what waits."""
        if self._waiting:
            packed = pack(pickle.dumps(self._waiting, pickle.HIGHEST_PROTOCOL))
            self._file.write(_LENGTH.pack(len(packed)) + packed)
            self._waiting.clear()


@contextmanager
def shelf(path: Path) -> Iterator[Shelf]:
    """A new one at `path`, which is whole when the context ends."""
    with path.open("wb") as file:
        made = Shelf(file)
        yield made
        made.close()


def shelved(path: Path) -> Iterator[dict[str, Any]]:
    """The entities of the shelf at `path`."""
    with path.open("rb") as file:
        while head := file.read(_LENGTH.size):
            packed = file.read(_LENGTH.unpack(head)[0])
            yield from pickle.loads(unpack(packed))  # noqa: S301 - our own, in a folder of our own
