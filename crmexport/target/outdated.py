"""Files that show the archive as it was before its last pull: they are held against their own fingerprints, not against what it says now.

So are those of which nobody can tell any more what they should hold.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from crmexport.archive.equation import lacking
from crmexport.archive.store import Archive
from crmexport.disk import reachable
from crmexport.target.ahead import began, is_ahead
from crmexport.target.card import card, entries, is_of, kept
from crmexport.target.file_tree import SUMS
from crmexport.target.files import FOLDER
from crmexport.target.legible import illegible
from crmexport.target.output import file_sha256
from crmexport.target.readback.mismatch import Mismatch, of_file, readable
from crmexport.text import _


class Outdated(NamedTuple):
    """A target (or "files", the attachments) that shows the archive `as_of` a moment before its last pull; `is_part` of what
    there was, if it was written before the first pull had ended; `is_ahead` if the archive has not come to that moment, for it was
    restored from an older copy; `lacks` something that was missing then and is not now: it has come since, for all that the counts tell;
    `from_another` archive of the same account, which may hold less (another person pulled it) or more: nothing here can tell.
    """

    target: str
    as_of: str
    is_part: bool = False
    is_ahead: bool = False
    lacks: bool = False
    from_another: bool = False


def outdated(archive: Archive, out: Path) -> list[Outdated]:
    """The targets in `out`, and the attachments, that were written before the archive went on, or was restored."""
    old = old_entries(archive, card(out))
    now = lacking(archive) if any(one.get("lacked") for one in old) else {}
    here = began(archive)
    return [_outdated(one, here, now, is_ahead=is_ahead(archive, one)) for one in old]


def _outdated(entry: Mapping[str, Any], here: str, now: Mapping[str, int], *, is_ahead: bool) -> Outdated:
    """An older crmexport did not note what was missing, nor when the first pull of its archive had begun. Where none had, there is neither
    a state nor a beginning, and the files hold nothing.
    """
    target, moment = entry.get("name", FOLDER), entry["as_of"]
    if (entry.get("began") or here) != here:
        return Outdated(target, moment, is_ahead=is_ahead, from_another=True)
    lacked = entry.get("lacked", {})
    has_come = not is_ahead and any(number > now.get(name, 0) for name, number in lacked.items())
    is_part = entry.get("is_part", False) or not entry["state"]
    return Outdated(target, moment, is_part, is_ahead, has_come and not is_part)


def old_entries(archive: Archive, known: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The entries of the card `known` since which the archive has gone on. An older crmexport did not note how far it had come."""
    state = archive.state()
    return [one for one in entries(known) if is_of(known, archive) and one.get("state", state) != state]


def uncompared(archive: Archive, out: Path) -> set[str]:
    """The targets in `out`, and "files", that are held against their own fingerprints alone."""
    return {one.get("name", FOLDER) for one in uncompared_entries(archive, out, card(out))}


def uncompared_entries(archive: Archive, out: Path, known: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The entries of the card `known` that are outdated, hold what was new and have lost the list that tells what that was, or
    whose layout cannot be read.
    """
    old = old_entries(archive, known)
    return [
        one for one in entries(known) if one in old or _has_lost_its_list(out, one) or any(illegible(one))
    ]


def _has_lost_its_list(out: Path, entry: Mapping[str, Any]) -> bool:
    lists = [one for one in kept(entry) if one[0] == entry["rows"]["path"]] if entry.get("delta") else []
    return any(of_bytes(out, lists))


def as_written(out: Path, entry: Mapping[str, Any]) -> Iterator[Mismatch]:
    """Every file of an entry that is not, byte by byte, what was written."""
    written = [*((one["path"], one["sha256"]) for one in entry["outputs"]), *kept(entry)]
    yield from of_bytes(out, written)
    sums = f"{FOLDER}/{SUMS}"
    if any(path == sums for path, _sha256 in written) and (out / sums).is_file():
        yield from readable(sums, of_bytes(out, _attachments(out / sums)))


def and_changed(out: Path, entry: Mapping[str, Any], found: Iterable[Mismatch]) -> Iterator[Mismatch]:
    """What was `found` in the files of an entry, then every file of which nothing was, and which yet is not, byte by byte, what was written.

    Not all that stands in a file is a value that is held against one: covers, styles and blanks are not.
    """
    named = set()
    for one in found:
        named.add(one.path)
        yield one
    rest = ((one["path"], one["sha256"]) for one in entry["outputs"] if one["path"] not in named)
    meant = _("the file as it was written")
    there = _("one that was saved or changed since (no value in it that is compared differs)")
    yield from (of_file(one.path, meant, there) for one in of_bytes(out, rest))


def of_bytes(out: Path, meant: Iterable[tuple[str, str]]) -> Iterator[Mismatch]:
    """Every file of `meant` (path in `out`, SHA-256) that is something else or is not there."""
    for path, sha256 in meant:
        place = reachable(out / path)
        found = file_sha256(place) if place.is_file() else _("nothing")
        if found != sha256:
            yield of_file(path, sha256, found)


def _attachments(sums: Path) -> Iterator[tuple[str, str]]:
    with sums.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            sha256, _spaces, path = line.removesuffix("\n").partition("  ")
            yield f"{FOLDER}/{path}", sha256
