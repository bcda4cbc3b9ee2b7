"""Compare: map the archive again and hold every cell of the written files against what was meant."""

import csv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

from crmexport import __version__
from crmexport.archive.store import Archive
from crmexport.mapping import SourceMapping
from crmexport.source import Connector
from crmexport.target.card import card, entries, kept, output_of
from crmexport.target.delta import read, since
from crmexport.target.file_tree import PAGE, SUMS
from crmexport.target.files import FOLDER, HEADINGS, INDEX
from crmexport.target.formats import FORMATS
from crmexport.target.job import Job
from crmexport.target.legible import illegible
from crmexport.target.outdated import and_changed, as_written, of_bytes, uncompared_entries
from crmexport.target.readback.file_tree import in_page, in_sums
from crmexport.target.readback.mismatch import Mismatch, of_file, readable, shown
from crmexport.target.roll import EVERYTHING, Roll
from crmexport.target.targets import Target
from crmexport.target.workshop import Workshop, workshop
from crmexport.text import _
from crmexport.watch import Watch, nobody


def against_bytes(out: Path) -> Iterator[Mismatch]:
    """Every file that `export.json` in `out` names and that is not, byte by byte, what was written: all that can be said where the
    archive is damaged.
    """
    for entry in entries(card(out)):
        if entry.get("outputs"):
            yield from as_written(out, entry)


def compare(
    archive: Archive, connector: Connector, mapping: SourceMapping, out: Path, watch: Watch | None = None
) -> Iterator[Mismatch]:
    """Every difference between the files that `export.json` in `out` names and what the archive and mapping say now.

    Nothing when all is as meant. One row at a time in memory. A missing or unreadable file is one mismatch, and so is one in which
    no value differs, and which yet has not the bytes that were written. Of files that
    are outdated only the bytes are compared, with those that were written; of what was new, too, when the list of what was not is
    damaged, and of a target whose layout nobody can read any more. A file of another version of crmexport that is as it was
    written, though this one would write it otherwise, is one difference, and not as many as it has cells.
    """
    known, watch = card(out), watch or nobody
    csv.field_size_limit(1 << 30)
    uncompared = uncompared_entries(archive, out, known)
    for entry in uncompared:
        yield from illegible(entry)
        yield from as_written(out, entry)
    *written, files = entries(known)
    current = [entry for entry in written if entry not in uncompared]
    is_current = bool(files.get("outputs")) and files not in uncompared
    if not current and not is_current:
        return
    targets = [Target.load(entry) for entry in current]
    with workshop(archive, connector, mapping, known.get("lang", "en")) as shop:
        shop.prepare(targets, watch)
        for target, entry in zip(targets, current, strict=True):
            yield from _by_version(out, entry, _of_target(Job(shop, target, out, watch), entry))
        yield from _by_version(out, files, _of_files(shop, out, files)) if is_current else ()


def _by_version(out: Path, entry: Mapping[str, Any], found: Iterator[Mismatch]) -> Iterator[Mismatch]:
    """What was `found` in the files of an entry; if these are as another version wrote them, a word for each file that differs."""
    other = entry.get("program", __version__)
    first = next(found, None) if other != __version__ else None
    if first is None or any(as_written(out, entry)):
        yield from chain([first] if first else (), found)
        return
    meant = _("what crmexport {version} writes").format(version=__version__)
    there = _("what crmexport {version} wrote (“crmexport export” writes it anew)").format(version=other)
    yield from (
        of_file(path, meant, there) for path in dict.fromkeys(one.path for one in chain([first], found))
    )


def _of_target(job: Job, entry: Mapping[str, Any]) -> Iterator[Mismatch]:
    outputs = [output_of(values) for values in entry["outputs"]]
    with _roll(job.root, entry) as roll:
        found = FORMATS[job.target.layout.format].differences(job._replace(roll=roll), outputs)
        yield from and_changed(job.root, entry, found)
    yield from of_bytes(job.root, kept(entry))


def _of_files(shop: Workshop, out: Path, entry: Mapping[str, Any]) -> Iterator[Mismatch]:
    with _roll(out, entry) as roll:
        shop.files.roll = roll
        yield from and_changed(out, entry, _attachments(shop, out))
        shop.files.roll = EVERYTHING
    yield from of_bytes(out, kept(entry))


@contextmanager
def _roll(out: Path, entry: Mapping[str, Any]) -> Iterator[Roll]:
    """Takes what the target shall hold: everything, or what was new when it was written."""
    if not entry.get("delta"):
        yield EVERYTHING
        return
    with since(one for one in read(out, entry["rows"]) if one.age) as roll:
        yield roll


def _attachments(shop: Workshop, out: Path) -> Iterator[Mismatch]:
    """Every attachment by its bytes, and the list of them line by line."""
    index = f"{FOLDER}/{INDEX}"
    yield from readable(index, _in_list(shop, out / index, index))
    yield from _copies(shop, out)
    for name, reader in ((PAGE, in_page), (SUMS, in_sums)):
        path = f"{FOLDER}/{name}"
        yield from readable(path, reader(path, out / path, shop.files.listed()))


def _in_list(shop: Workshop, file: Path, path: str) -> Iterator[Mismatch]:
    with file.open(encoding="utf-8", newline="") as text:
        lines = map(tuple, csv.reader(text, strict=True))
        for number, (meant, found) in enumerate(zip_longest(chain([HEADINGS], _index(shop)), lines)):
            if found != meant:
                yield Mismatch(path, number, HEADINGS[0], shown(meant), shown(found))


def _index(shop: Workshop) -> Iterator[tuple[str, ...]]:
    for file in shop.files.told():
        yield from shop.files.index_rows(file)


def _copies(shop: Workshop, out: Path) -> Iterator[Mismatch]:
    planned = ((shop.files.path(file.id), str(file.sha256)) for file in shop.files.told())
    yield from of_bytes(out, ((path, sha256) for path, sha256 in planned if path is not None))
