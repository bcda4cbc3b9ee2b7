"""What is known of the files at the source, and of which of them the bytes are held."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from crmexport.archive import keeping as sql
from crmexport.archive.database import Database
from crmexport.archive.marks import is_other, together
from crmexport.source import FileRef
from crmexport.text import encodable


class _Known(NamedTuple):
    """What is known of a file: its size, as told or else that of the bytes that came, and the fingerprint and size of those."""

    size: int | None
    meta: str
    sha256: str | None
    bytes: int | None


class KnownFiles:
    """Writes how files are described. Every method belongs into the caller's transaction.

    Of the files that the last answer describes, `others` are known as others, and of `held` (id → sha256) the bytes are held, in
    the size that the source tells.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.others: set[str] = set()
        self.held: dict[str, str] = {}

    def turn_over(self) -> None:
        """The next answer begins."""
        self.others, self.held = set(), {}

    def are_held(self, ids: Collection[str]) -> set[str]:
        """Those of these files whose bytes are held, in the size that the source tells."""
        known = self._known(sorted(ids)).items()
        return {id for id, one in known if one.sha256 and one.size == one.bytes}

    def keep(self, files: Sequence[FileRef]) -> None:
        """What was held of a file that is another one now is held no more, but stays in the folder of files."""
        if not files:
            return
        told = {file.id: file for file in files}
        known = self._known(list(told))
        others = {id for id, row in known.items() if is_other(row.size, row.meta, told[id])}
        right = {id for id, row in known.items() if told[id].size in (None, row.bytes)} - others
        self.held |= {id: digest for id in right if (digest := known[id].sha256)}
        self.others |= others
        self._database.many(sql.REPLACED, [(id,) for id in sorted(others)])
        descriptions = {id: row.meta for id, row in known.items() if id not in others}
        self._database.many(sql.FILE, [described(file) for file in _whole(files, descriptions)])
        self._database.many(sql.OWNER, [(file.id, *file.owner) for file in files])

    def _known(self, ids: Sequence[str]) -> dict[str, _Known]:
        """What is known of these files."""
        rows = self._database.found(sql.KNOWN_FILES, (self._database.listed(ids),))
        return {id: _Known(*known) for id, *known in rows}


def described(file: FileRef) -> tuple[str, str, int | None, str]:
    """A file's row without its bytes, in the order of the columns."""
    return file.id, encodable(file.name), file.size, encodable(file.meta)


def _whole(files: Iterable[FileRef], descriptions: dict[str, str]) -> Iterator[FileRef]:
    """The files with all that was told of each by the `descriptions` of before, and among these."""
    for file in files:
        descriptions[file.id] = together(descriptions.get(file.id, file.meta), file.meta)
        yield file._replace(meta=descriptions[file.id])
