"""Export: every target asked for and the attachments, written beside the old output and swapped in when all is there."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from crmexport.archive.store import Archive
from crmexport.errors import OutputError
from crmexport.mapping import SourceMapping
from crmexport.source import Connector
from crmexport.target.file_tree import write_tree
from crmexport.target.files import FOLDER, INDEX
from crmexport.target.folder import replacing
from crmexport.target.formats import FORMATS
from crmexport.target.job import Job
from crmexport.target.output import Output, Watch, nobody, output
from crmexport.target.targets import Target
from crmexport.target.workshop import Workshop, workshop
from crmexport.target.xlsx.sheet import MOST_ROWS
from crmexport.text import _, language

CARD = "export.json"


def export(
    archive: Archive,
    connector: Connector,
    mapping: SourceMapping,
    targets: Sequence[Target],
    out: Path,
    *,
    lang: str | None = None,
    watch: Watch | None = None,
    most_rows: int = MOST_ROWS,
) -> list[Output]:
    """Write `targets` and the attachments into `out`, each into a folder of its own, and `export.json` that tells of them.

    What an earlier export put there under another name stays. When anything fails, everything stays as it was. The same
    archive gives the same bytes. Raises OutputError when the disk is full or something may not be written.
    """
    lang, watch = lang or language(), watch or nobody
    targets = list({target.name: target for target in targets}.values())
    earlier = card(out)
    with replacing(out) as new, workshop(archive, connector, mapping, lang) as shop:
        shop.prepare(targets, watch)
        written = [
            _entry(target, lang, _written(Job(shop, target, new, watch, most_rows))) for target in targets
        ]
        files = _files(shop, new, watch)
        entries = sorted([*_kept(earlier, written, archive, out), *written], key=lambda one: str(one["name"]))
        _write_card(new / CARD, archive, lang, entries, files)
    return [*(one for entry in written for one in _outputs(entry)), *files]


def _written(job: Job) -> list[Output]:
    job.folder.mkdir()
    return FORMATS[job.target.layout.format].write(job)


def exported(out: Path) -> list[Output]:
    """What `export.json` in `out` says was written; nothing when there is none."""
    known = card(out)
    return [one for entry in [*known.get("targets", []), known.get("files") or {}] for one in _outputs(entry)]


def card(out: Path) -> dict[str, Any]:
    """`export.json` of an output folder; {} when there is none. Raises OutputError when it is not ours."""
    path = out / CARD
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        found["targets"], found["lang"], found["source"]["url"]
    except (ValueError, KeyError, TypeError) as error:
        raise OutputError(
            _("{file} is damaged, or was not written by crmexport. Move it away and export again.").format(
                file=path
            )
        ) from error
    return dict(found)


def _files(shop: Workshop, root: Path, watch: Watch) -> list[Output]:
    if not shop.archive.files_known():
        return []
    rows = shop.files.copy(root, watch, shop.files_held)
    paths = write_tree(root / FOLDER, shop.files.listed, shop.lang)
    written = [(root / FOLDER / INDEX, rows), *((path, 0) for path in paths)]
    return [output(root, path, number, FOLDER, Counter()) for path, number in written]


def _entry(target: Target, lang: str, outputs: Sequence[Output]) -> dict[str, Any]:
    return {**target.dump(lang), "outputs": [_dumped(one) for one in outputs]}


def _dumped(one: Output) -> dict[str, Any]:
    return {
        "path": one.path,
        "rows": one.rows,
        "sha256": one.sha256,
        "target": one.target,
        "notes": dict(one.notes),
        "table": one.table,
    }


def _outputs(entry: dict[str, Any]) -> list[Output]:
    return [Output(**values) for values in entry.get("outputs", [])]


def _kept(
    earlier: dict[str, Any], written: Sequence[dict[str, Any]], archive: Archive, out: Path
) -> list[dict[str, Any]]:
    """The targets of an earlier export of the same source that are still there and not written anew."""
    if not earlier or earlier["source"]["url"] != archive.source.url:
        return []
    names = {entry["name"] for entry in written}
    return [
        entry for entry in earlier["targets"] if entry["name"] not in names and (out / entry["name"]).is_dir()
    ]


def _write_card(
    path: Path, archive: Archive, lang: str, entries: Sequence[dict[str, Any]], files: Sequence[Output]
) -> None:
    values = {
        "source": {"name": archive.source.name, "url": archive.source.url},
        "lang": lang,
        "targets": entries,
        "files": {"outputs": [_dumped(one) for one in files]},
    }
    path.write_text(json.dumps(values, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
