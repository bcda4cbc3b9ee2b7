"""What somebody has put among the files of an export (an edited workbook, notes): a new export leaves it where it is."""

import csv
import os
import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from unicodedata import normalize
from urllib.parse import unquote

from crmexport.disk import move, reachable
from crmexport.errors import OutputError
from crmexport.target.card import CARD, card, entries, kept, outputs_of
from crmexport.target.files import FOLDER, INDEX
from crmexport.target.names import numbered
from crmexport.target.output import file_sha256

# SQLite's own, beside a database that is replaced: they would spoil the new one.
_LOGS = ("-wal", "-shm", "-journal")


def leave_theirs(old: Path, out: Path) -> None:
    """Move into `out` what no export has made of all that lies in `old`, the pieces of `out` that were replaced; to the same places.

    Where a new file has the name, it gets a number. Without the card of the old export, or among attachments without their list
    as it was written, nobody can tell whose anything is: that goes.
    """
    if not (old / CARD).is_file():
        return
    with suppress(OutputError):
        _leave(old, out, set(map(_named, _made(old))))


def not_ours(out: Path, names: Iterable[str]) -> list[str]:
    """Those of `names`, of files in `out`, that its card does not tell of: nothing is known of what should be in them."""
    ours, databases = set(map(_named, _made(out))), set(_databases(out))
    return [
        name
        for name in names
        if not _is_ours(name, ours)
        and _named(name.removesuffix(_log(name)).rpartition("/")[2]) not in databases
    ]


def _databases(out: Path) -> Iterator[str]:
    """The names of the files in which an export filled tables by an address; they may lie in `out`, too.

    SQLAlchemy writes most signs of a name in an address as `%20` and the like, and keeps what was asked of the driver behind “?”.
    """
    for entry in card(out).get("targets", []):
        sql = entry.get("layout", {}).get("sql")
        address = sql.get("address") if isinstance(sql, dict) else None
        if isinstance(address, str) and address:
            yield _named(re.split(r"[/\\]", unquote(address.partition("?")[0]))[-1])


def _leave(old: Path, out: Path, ours: Collection[str]) -> None:
    old = reachable(old)
    for path in list(_files(old)):
        name = path.relative_to(old).as_posix()
        if not _is_ours(name, ours):
            _bring(path, reachable(out) / name)


def _is_ours(name: str, ours: Collection[str]) -> bool:
    return any(_named(one) in ours for one in (name, name.removesuffix(_log(name)), name.partition("/")[0]))


def _named(name: str) -> str:
    """A name as it was given: some disks of Macs take letters apart."""
    return normalize("NFC", name)


def _log(name: str) -> str:
    return next(filter(name.endswith, _LOGS), "")


def _made(old: Path) -> Iterator[str]:
    """The files, or whole folders, that the export in `old` made, by its card and its list of attachments."""
    yield CARD
    for entry in entries(card(old)):
        yield from (one.path for one in outputs_of(entry))
        yield from (path for path, _sha256 in kept(entry))
        for one in outputs_of(entry):
            if one.path == f"{FOLDER}/{INDEX}":
                yield from _attachments(old / one.path, one.sha256)


def _attachments(index: Path, sha256: str) -> Iterator[str]:
    """What the list of attachments names, if it is the one that was written; else their whole folder."""
    if not index.is_file() or file_sha256(index) != sha256:
        yield FOLDER
        return
    csv.field_size_limit(1 << 30)
    with index.open(encoding="utf-8", newline="") as lines:
        yield from (f"{FOLDER}/{line['path']}" for line in csv.DictReader(lines) if line["path"])


def _files(old: Path) -> Iterator[Path]:
    """All files within the folders of `old`. What a folder leads to that is a link lies elsewhere."""
    for piece in sorted(old.iterdir()):
        for parent, _folders, names in os.walk(piece) if not piece.is_symlink() else ():
            yield from (Path(parent, name) for name in sorted(names))


def _bring(path: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    free = (one for name in numbered(place.name) if not os.path.lexists(one := place.with_name(name)))
    move(path, next(free))
