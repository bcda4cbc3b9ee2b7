"""Attachments under names a person understands: `files/<kind>/<id> <title>/<name>`, and a list of them.

They are copied, never linked: somebody will edit one, and the archive must not change with it. Names come from the source
and are not trusted: whatever they are, the file stays within the folder.
"""

import csv
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

from crmexport.archive.content import CHUNK
from crmexport.archive.store import Archive, HeldFile
from crmexport.disk import reachable, remove
from crmexport.errors import ArchiveDamagedError
from crmexport.mapping.to import EntitiesOf, EntitySource, References
from crmexport.mapping.to.scratch import clean
from crmexport.model import Ref
from crmexport.target.file_tree import Listed
from crmexport.target.names import numbered, safe_name
from crmexport.target.roll import EVERYTHING, Roll
from crmexport.text import _
from crmexport.watch import EVERY, Watch

FOLDER = "files"
KIND = "file"
PATH = "held_path"
INDEX = "index.csv"
HEADINGS = ("id", "name", "path", "sha256", "owner", "title")
_LONGEST_FOLDER = 80
_TABLE = """
CREATE TABLE paths (alike TEXT PRIMARY KEY, id TEXT, path TEXT, sha256 TEXT) WITHOUT ROWID;
CREATE INDEX by_id ON paths (id);
CREATE TABLE numbers (alike TEXT PRIMARY KEY, taken INTEGER) WITHOUT ROWID;
"""

Owner = Callable[[str, str], Ref]


class FilePlan:
    """Where each held file goes, decided once, in the order of the archive, so that names never depend on chance.

    `roll` tells of each held file whether it is put there, or was by an earlier export. `lost` counts files that were held once,
    until the archive's folder lost them, `damaged` those whose bytes have changed there: both are listed like those never held.
    """

    def __init__(
        self, database: sqlite3.Connection, archive: Archive, owner: Owner, references: References
    ) -> None:
        self._database = database
        self._archive = archive
        self._owner = owner
        self._references = references
        self.roll: Roll = EVERYTHING
        self.lost = self.damaged = 0
        database.executescript(_TABLE)

    def decide(self) -> int:
        """Give every held file its path; the number of them."""
        number = 0
        self._database.execute("BEGIN")
        for file in self._archive.files():
            if _is_lost(file):
                self.lost += 1
            elif file.path is not None:
                self._claim(file)
                number += 1
        self._database.execute("COMMIT")
        return number

    def path(self, id_: str) -> str | None:
        """Where the file goes, as a path from the output folder; None when it is not held."""
        row = self._database.execute("SELECT path FROM paths WHERE id = ?", (id_,)).fetchone()
        return row[0] if row else None

    def listed(self) -> Iterator[Listed]:
        """Every file put there, by its path within the folder of attachments, in an order that keeps folders together."""
        found = self._database.execute(
            "SELECT id, path, sha256 FROM paths ORDER BY replace(path, '/', char(1)), path"
        )
        for id_, path, digest in found:
            if self.roll.is_new(KIND, id_):
                yield Listed(path.removeprefix(f"{FOLDER}/"), digest)

    def told(self) -> Iterator[HeldFile]:
        """Every file that the list names: those put there, and those that are not held."""
        for file in self._files():
            if file.path is None or self.roll.is_new(KIND, file.id):
                yield file

    def copy(self, root: Path, watch: Watch, total: int) -> int:
        """Copy every file that the roll takes below `root` and write the list of all; give the number of its rows."""
        rows = done = 0
        (root / FOLDER).mkdir(parents=True, exist_ok=True)
        with (root / FOLDER / INDEX).open("w", encoding="utf-8", newline="") as index:
            writer = csv.writer(index, lineterminator="\r\n")
            writer.writerow(HEADINGS)
            for file in self._copied(root):
                for row in self.index_rows(file):
                    writer.writerow(row)
                    rows += 1
                if file.path is not None:
                    done += 1
                    if done % EVERY == 0:
                        watch(FOLDER, done, total)
        watch(FOLDER, done, total)
        return rows

    def _copied(self, root: Path) -> Iterator[HeldFile]:
        """Every file that the list names. One is noted after it is copied: a later export brings what was damaged in this."""
        for file in self._files():
            told = file
            if file.path is not None and self.roll.is_new(KIND, file.id):
                told = self._put(file, file.path, root / str(self.path(file.id)))
            if told.path is None or self.roll.takes(KIND, file.id, file.sha256):
                yield told

    def _put(self, file: HeldFile, source: Path, place: Path) -> HeldFile:
        """Copy one file; with other bytes than were fetched, it has no place and is like one that is not held."""
        place = reachable(place)
        if _copy(file, source, place) == file.sha256:
            return file
        remove(place)
        self.damaged += 1
        self._database.execute("DELETE FROM paths WHERE id = ?", (file.id,))
        return _not_held(file)

    def _files(self) -> Iterator[HeldFile]:
        for file in self._archive.files():
            yield _not_held(file) if _is_lost(file) else file

    def index_rows(self, file: HeldFile) -> list[tuple[str, ...]]:
        """What the list says of a file: a row for each owner, by its key and its title; the path is empty when the file is not held."""
        path = (self.path(file.id) or "").removeprefix(f"{FOLDER}/")
        told = (file.id, clean(file.name), path, file.sha256 or "")
        refs = list(self._refs(file))
        owners = [(f"{ref.entity}:{ref.id}", clean(self._references.title(ref))) for ref in refs]
        return [(*told, *owner) for owner in owners or [("", "")]]

    def _refs(self, file: HeldFile) -> Iterator[Ref]:
        return (self._owner(stream, id_) for stream, id_ in file.owners)

    def _claim(self, file: HeldFile) -> None:
        """Give it a path. All numbers of its name up to one `taken` are: there may be ten thousand of “image.png” in one folder."""
        folder = self._folder(file)
        name = safe_name(file.name, fallback="file")
        plain = str(PurePosixPath(folder, name)).casefold()
        taken = self._database.execute("SELECT taken FROM numbers WHERE alike = ?", (plain,)).fetchone()
        first = taken[0] + 1 if taken else 1
        for number, candidate in enumerate(numbered(name, first=first), start=first):
            path = str(PurePosixPath(folder, candidate))
            new = self._database.execute(
                "INSERT OR IGNORE INTO paths VALUES (?, ?, ?, ?)",
                (path.casefold(), file.id, path, file.sha256 or ""),
            )
            if new.rowcount:
                if number > 1:
                    self._database.execute("INSERT OR REPLACE INTO numbers VALUES (?, ?)", (plain, number))
                return

    def _folder(self, file: HeldFile) -> PurePosixPath:
        owner = next(self._refs(file), None)
        if owner is None:
            return PurePosixPath(FOLDER, "other")
        title = f"{owner.id} {self._references.title(owner)}"
        kind = safe_name(owner.entity, fallback="other")
        return PurePosixPath(
            FOLDER, kind, safe_name(title, fallback="other", longest=_LONGEST_FOLDER, is_file=False)
        )


def _is_lost(file: HeldFile) -> bool:
    return file.path is not None and not file.path.is_file()


def _not_held(file: HeldFile) -> HeldFile:
    return file._replace(path=None, sha256=None)


def _copy(file: HeldFile, source: Path, place: Path) -> str:
    """Copy the bytes and give their sha256 (hex), found on the way: many are more than anybody wants to read twice."""
    place.parent.mkdir(parents=True, exist_ok=True)
    found = sha256()
    try:
        with source.open("rb") as held, place.open("wb") as copy:
            while piece := held.read(CHUNK):
                found.update(piece)
                copy.write(piece)
    except FileNotFoundError as failure:
        if source.exists():
            raise
        raise ArchiveDamagedError(
            _(
                "The bytes of file {id} ({name}) are missing in the archive. “crmexport pull --full” fetches them again."
            ).format(id=file.id, name=file.name)
        ) from failure
    return found.hexdigest()


class WithPaths(EntitiesOf):
    """Entities whose files tell where in the output they are, instead of where the archive keeps them."""

    def __init__(self, source: EntitySource, plan: FilePlan) -> None:
        super().__init__(source)
        self._plan = plan

    def iterate(self, kind: str, only: Collection[str] | None = None) -> Iterator[Mapping[str, Any]]:
        """As the source has them, files with their new paths."""
        for entity in self._source.iterate(kind, only):
            yield {**entity, PATH: self._plan.path(entity["source_id"])} if kind == KIND else entity
