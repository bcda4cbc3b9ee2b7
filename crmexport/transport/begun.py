"""Files that are begun: beside the bytes of each stands what they are of, so that a later try, or a later run, goes on from there.

A note is believed as far as the bytes on disk are those that it tells of, and no further: after a power cut they may not be.
"""

import json
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from crmexport.disk import move, remove
from crmexport.transport.writing import telling_disk_failures, writable

HEAD = 2048
_SUFFIX = ".begun"
_CHUNK = 1 << 20


@dataclass(slots=True)
class Begun:
    """A file of which the first `size` bytes are on disk, of `total` if that was told.

    `version` is the source's name for its contents; "" if it has none.
    """

    version: str
    total: int | None = None
    size: int = 0
    head: bytes = b""
    digest: Any = field(default_factory=sha256)

    def add(self, piece: bytes) -> None:
        """Count in what has been written behind the rest."""
        self.digest.update(piece)
        self.size += len(piece)
        if len(self.head) < HEAD:
            self.head = (self.head + piece)[:HEAD]


def note(path: Path, begun: Begun) -> None:
    """Write down what is there of the file at `path`; its bytes have gone to the disk. Raises OutputError."""
    values = {"version": begun.version, "total": begun.total, "size": begun.size}
    fresh = path.with_name(f"{path.name}.note")
    with writable(fresh) as file:
        file.write(json.dumps(values | {"sha256": begun.digest.hexdigest()}).encode())
    with telling_disk_failures(fresh):
        move(fresh, _beside(path))


def forget(path: Path) -> None:
    """What is at `path` is nothing to go on from. Raises OutputError."""
    with telling_disk_failures(path):
        remove(_beside(path))


def noted(path: Path) -> Begun | None:
    """What is begun at `path`; None where nothing is, or other bytes than were written down."""
    told_of = _read(path)
    if told_of is None:
        return None
    version, total, size, digest = told_of
    begun = Begun(version, total)
    with path.open("rb") as file:
        while piece := file.read(min(_CHUNK, size - begun.size)):
            begun.add(piece)
    return begun if (begun.size, begun.digest.hexdigest()) == (size, digest) else None


def reached(path: Path) -> int:
    """How many bytes of the file at `path` need not be fetched again."""
    told_of = _read(path)
    return told_of[2] if told_of else 0


def is_begun(left: Path) -> bool:
    """Whether `left` is part of what a later run may go on from: the bytes, or the note of them."""
    return key_of(left) is not None


def key_of(left: Path) -> str | None:
    """The name of the file to which `left` belongs, which may be its note; None for what nothing can go on from."""
    path = left.with_name(left.name.removesuffix(_SUFFIX))
    return path.name if _read(path) else None


def _read(path: Path) -> tuple[str, int | None, int, str] | None:
    if not (_beside(path).is_file() and path.is_file()):
        return None
    try:
        values = json.loads(_beside(path).read_bytes())
        return values["version"], values["total"], values["size"], values["sha256"]
    except (ValueError, TypeError, LookupError):  # half of a note
        return None


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}{_SUFFIX}")
