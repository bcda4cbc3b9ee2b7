"""Compare: map the archive again and hold every cell of the written files against what was meant."""

import csv
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from xml.parsers.expat import ExpatError

from crmexport.archive.store import Archive
from crmexport.mapping import SourceMapping
from crmexport.mapping.to import Table
from crmexport.source import Connector
from crmexport.target.exporting import card
from crmexport.target.files import FOLDER, HEADINGS, INDEX
from crmexport.target.output import Output, Watch, file_sha256, nobody
from crmexport.target.raw import raw_streams
from crmexport.target.readback.mismatch import Mismatch, of_file, shown
from crmexport.target.readback.raw import in_raw
from crmexport.target.readback.tables import in_csv, in_jsonl, in_workbook
from crmexport.target.targets import Target
from crmexport.target.workshop import Workshop, workshop
from crmexport.text import _

_IN: Mapping[str, Callable[[str, Path, Table, Target], Iterator[Mismatch]]] = {
    "csv": in_csv,
    "jsonl": in_jsonl,
    "xlsx": lambda path, file, table, target: in_workbook(path, file, [table], target, has_cover=False),
}
_UNREADABLE = (OSError, ValueError, KeyError, csv.Error, zipfile.BadZipFile, ExpatError, EOFError)


def compare(
    archive: Archive, connector: Connector, mapping: SourceMapping, out: Path, watch: Watch | None = None
) -> Iterator[Mismatch]:
    """Every difference between the files that `export.json` in `out` names and what the archive and mapping say now.

    Nothing when all is as meant. One row at a time in memory. A missing or unreadable file is one mismatch.
    """
    known, watch = card(out), watch or nobody
    csv.field_size_limit(1 << 30)
    entries = known.get("targets", [])
    targets = [Target.load(entry) for entry in entries]
    with workshop(archive, connector, mapping, known.get("lang", "en")) as shop:
        shop.prepare(targets, watch)
        for target, entry in zip(targets, entries, strict=True):
            yield from _of_target(shop, target, [Output(**values) for values in entry["outputs"]], out, watch)
        yield from _attachments(shop, out) if (known.get("files") or {}).get("outputs") else ()


def _of_target(
    shop: Workshop, target: Target, outputs: Sequence[Output], out: Path, watch: Watch
) -> Iterator[Mismatch]:
    """One target: its files, one after another; the file of a table or stream is told by its place in the list."""
    if target.layout.format == "raw":
        streams = raw_streams(shop.archive)
        yield from _missing(target, len(streams) - len(outputs))
        for stream, output in zip(streams, outputs, strict=False):
            watch(output.path, 0, output.rows)
            yield from _readable(output, out, in_raw(output.path, out / output.path, shop.archive, stream))
        return
    tables = shop.tables(target)
    if target.layout.format == "xlsx" and target.layout.workbook == "one":
        for output in outputs:
            watch(output.path, 0, output.rows)
            yield from _readable(output, out, in_workbook(output.path, out / output.path, tables, target))
        return
    for table in tables:
        parts = [output for output in outputs if output.table == table.name]
        yield from _of_table(table, parts, target, out, watch)
    for output in outputs:
        yield from () if output.table else _same_bytes(output, out)


def _of_table(
    table: Table, parts: Sequence[Output], target: Target, out: Path, watch: Watch
) -> Iterator[Mismatch]:
    """One table: its file, or the files of its parts one after another; none has a row more or less than it had."""
    yield from _missing(target, 0 if parts else 1)
    lines = table.lines()
    for output in parts:
        watch(output.path, 0, output.rows)
        of_part = lines if output is parts[-1] else islice(lines, output.rows)
        one = replace(table, lines=lambda of_part=of_part: of_part)  # type: ignore[misc]
        yield from _readable(
            output, out, _IN[target.layout.format](output.path, out / output.path, one, target)
        )


def _missing(target: Target, number: int) -> Iterator[Mismatch]:
    if number > 0:
        yield of_file(target.name, _("files: {number} more").format(number=number), _("nothing"))


def _readable(output: Output, out: Path, found: Iterator[Mismatch]) -> Iterator[Mismatch]:
    """The mismatches of a file; that it cannot be read is one, too."""
    try:
        yield from found
    except _UNREADABLE as error:
        yield of_file(output.path, _("a readable file"), str(error) or type(error).__name__)


def _same_bytes(output: Output, out: Path) -> Iterator[Mismatch]:
    path = out / output.path
    found = file_sha256(path) if path.is_file() else _("nothing")
    if found != output.sha256:
        yield of_file(output.path, output.sha256, found)


def _attachments(shop: Workshop, out: Path) -> Iterator[Mismatch]:
    """Every attachment by its bytes, and the list of them line by line."""
    index = f"{FOLDER}/{INDEX}"
    if not (out / index).is_file():
        yield of_file(index, _("a list of the attachments"), _("nothing"))
        return
    with (out / index).open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file, strict=True)
        next(lines, None)
        for number, meant in enumerate(_index(shop), start=1):
            found = tuple(next(lines, ()))
            if found != meant:
                yield Mismatch(index, number, HEADINGS[0], shown(meant), shown(found))
    yield from _copies(shop, out)


def _index(shop: Workshop) -> Iterator[tuple[str, ...]]:
    for file in shop.archive.files():
        yield from shop.files.index_rows(file)


def _copies(shop: Workshop, out: Path) -> Iterator[Mismatch]:
    for file in shop.archive.files():
        path = shop.files.path(file.id)
        if path is None:
            continue
        found = file_sha256(out / path) if (out / path).is_file() else _("nothing")
        if found != file.sha256:
            yield of_file(path, str(file.sha256), found)
