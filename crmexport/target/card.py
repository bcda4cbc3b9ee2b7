"""`export.json`: what an export folder tells of itself, so that it can be checked, added to, and followed by another."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from crmexport import __version__
from crmexport.archive.store import Archive
from crmexport.disk import anew
from crmexport.errors import ConfigurationError, OutputError
from crmexport.target.card_form import OUTPUT, is_card, programs_of
from crmexport.target.output import Output
from crmexport.text import _

CARD = "export.json"


def card(out: Path) -> dict[str, Any]:
    """`export.json` of an output folder; {} when there is none. Raises OutputError when it is damaged, or not ours."""
    path = out / CARD
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        found = None
    if not is_card(found):
        others = programs_of(found) - {__version__}
        sentence = (
            _(
                "{file} was written by crmexport {others}, and this one, {version}, cannot read it. Use that version, or move the file away and export again."
            )
            if others
            else _("{file} is damaged, or was not written by crmexport. Move it away and export again.")
        )
        raise OutputError(sentence.format(file=path, others=", ".join(sorted(others)), version=__version__))
    return dict(found)


def entries(known: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a card says of each target, and of the attachments at the end."""
    return [*known.get("targets", []), known.get("files") or {}]


def exported(out: Path) -> list[Output]:
    """What `export.json` in `out` says was written; nothing when there is none."""
    return [one for entry in entries(card(out)) for one in outputs_of(entry)]


def kinds_of(out: Path) -> dict[str, str]:
    """The entity whose records are the rows of a file in `out`, for each file that is one table's."""
    return {
        one.path: rule["from"]
        for entry in card(out).get("targets", [])
        for one in outputs_of(entry)
        if (rule := entry.get("layout", {}).get("tables", {}).get(one.table))
    }


def folders_of(out: Path) -> dict[str, str | dict[str, str]]:
    """The folders that the targets in `out` have there, each with the title of the layout (`ByLanguage`) it was written with."""
    return {
        one.path.partition("/")[0]: entry.get("layout", {}).get("title", "")
        for entry in card(out).get("targets", [])
        for one in outputs_of(entry)
    }


def maps_of(out: Path) -> dict[str, dict[str, str]]:
    """The people and stage maps that each target in `out` was written with: target → option → file."""
    return {
        entry["name"]: dict((entry.get("substitutes") or {}).get("files") or {})
        for entry in card(out).get("targets", [])
    }


def outputs_of(entry: Mapping[str, Any]) -> list[Output]:
    """The files that an entry of a card names."""
    beside = [entry["changed"]] if entry.get("changed") else []
    return [output_of(values) for values in [*entry.get("outputs", []), *beside]]


def output_of(values: Mapping[str, Any]) -> Output:
    """A file that a card names, without what only a newer crmexport tells of it."""
    return Output(**{name: values[name] for name in OUTPUT if name in values})


def kept(entry: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The files about the export itself that an entry of a card names: their paths, and the SHA-256 they were written with."""
    return [(entry[name]["path"], entry[name]["sha256"]) for name in ("rows", "changed") if entry.get(name)]


def dumped(one: Output) -> dict[str, Any]:
    """A file as a card names it."""
    return {
        "path": one.path,
        "rows": one.rows,
        "sha256": one.sha256,
        "target": one.target,
        "notes": dict(one.notes),
        "table": one.table,
    }


def is_of(known: Mapping[str, Any], archive: Archive) -> bool:
    """Whether a card tells of an export of the same account."""
    return bool(known) and (known["source"].get("name"), known["source"]["url"]) == (
        archive.source.name,
        archive.source.url,
    )


def check_of(out: Path, archive: Archive) -> None:
    """Raises ConfigurationError when the export in `out` is of another account: neither would be proved by the other."""
    known = card(out)
    if not is_of(known, archive):
        raise ConfigurationError(
            _(
                "The export in {folder} is of {held}, not of {asked}. Give the archive that it was written from, or the folder "
                "that was written from this one."
            ).format(folder=out, held=known["source"]["url"], asked=archive.source.url)
        )


def write_card(
    path: Path, archive: Archive, lang: str, targets: Sequence[Mapping[str, Any]], files: Mapping[str, Any]
) -> None:
    """Write the card of an export."""
    values = {
        "source": {"name": archive.source.name, "url": archive.source.url},
        "lang": lang,
        "targets": targets,
        "files": files,
    }
    _write(path, values)


def rewrite_card(out: Path, known: Mapping[str, Any]) -> None:
    """Let the card in `out` say what is `known`. Raises OSError, and the card is as before."""
    with anew(out / CARD) as new:
        _write(new, known)


def _write(path: Path, values: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(values, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
