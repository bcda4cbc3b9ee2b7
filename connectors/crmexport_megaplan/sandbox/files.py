"""Files: what is told about them, and their bytes (Megaplan reference, §9)."""

from collections.abc import Callable
from functools import cached_property, lru_cache
from urllib.parse import quote

from crmexport.sandbox.company import file_name
from crmexport_megaplan.sandbox.kinds import Kind
from crmexport_megaplan.sandbox.values import Body, moment

ROOT = "/attach/SdfFileM_File/File/"
BIGGEST = 30_000  # bytes
EMPTY_EVERY = 9

MIME = {"pdf": "application/pdf", "txt": "text/plain", "png": "image/png", "jpg": "image/jpeg"}


class Files(Kind):
    """File. Hostile names are sent as they are; in `path` they are percent-encoded."""

    content_type = "File"
    stream = "file"
    first_id = 700
    listed = frozenset({"name", "extension", "size", "path", "mimeType", "timeCreated"})
    in_short = ("name", "extension", "size", "path")
    unseen = frozenset({"thumbnail", "metadata", "possibleActions", "subject", "error"})

    def size(self, index: int) -> int:
        """How many bytes; every ninth has none."""
        return 0 if index % EMPTY_EVERY == 3 else self.world.draws("File", index)[0] * BIGGEST // 65_536 + 1

    def contents(self, index: int) -> bytes:
        """The bytes."""
        return self.world.file_bytes(index, self.size(index))

    def body(self, index: int) -> Body:
        """All that lists of attachments tell."""
        name = file_name(index, self.world.draws("File", index))
        extension = name.rpartition(".")[2].lower() if "." in name else ""
        return {
            "contentType": "File",
            "id": self.id(index),
            "name": name,
            "extension": extension,
            "size": self.size(index),
            "path": self.path(index, name, extension),
            "mimeType": MIME.get(extension, "application/octet-stream"),
            "timeCreated": moment(self.created(index)),
        }

    def path(self, index: int, name: str, extension: str) -> str:
        """Where the bytes are: outside the API, already encoded. The first half of the digest holds the index."""
        tail = quote(name, safe="") or "file"
        kind = quote(extension, safe="") or "bin"
        return f"{ROOT}{index % 100:02d}/{index:012x}{self._mark(index)}.{kind}/{tail}"

    def at(self, path: str) -> int | None:
        """Which file a path leads to, or None."""
        digest = path.removeprefix(ROOT)[3:35]
        try:
            index = int(digest[:12], 16)
        except ValueError:
            return None
        return index if index < self.count and digest[12:] == self._mark(index) else None

    @cached_property
    def _mark(self) -> Callable[[int], str]:
        """The unguessable part of a path. Remembered as long as this company lives, for lists name files again and again."""
        return lru_cache(maxsize=1024)(lambda index: self.world.digest("path", index, 10))
