"""Whether an export may write into a folder: nothing is ever replaced there but the work of an earlier export."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from crmexport.archive.database import FILE
from crmexport.archive.store import Archive
from crmexport.errors import ConfigurationError
from crmexport.target.card import entries, is_of, outputs_of
from crmexport.target.folder import telling_disk_failures
from crmexport.text import _


def check_room(archive: Archive, out: Path, there: Mapping[str, Any], names: Iterable[str]) -> None:
    """Raises ConfigurationError when `out` is an archive or lies in one, has an export of another account, or something of these names that no export made.

    `there` is the card of the export before.
    """
    if (out / FILE).exists() or out.resolve() == archive.folder.resolve():
        raise ConfigurationError(
            _(
                "{out} is the folder of an archive: files written there would replace what it holds. Give another folder for --out."
            ).format(out=out)
        )
    if within := _archive_around(archive, out):
        raise ConfigurationError(
            _(
                "{out} lies in the archive {folder}, where nothing but what was pulled belongs. Give another folder for --out."
            ).format(out=out, folder=within)
        )
    if there and not is_of(there, archive):
        raise ConfigurationError(
            _(
                "{out} has an export from another source already: {name}, {url}. Two in one folder cannot be told apart. Give another folder for --out."
            ).format(out=out, name=there["source"].get("name"), url=there["source"]["url"])
        )
    ours = _ours(there)
    foreign = [name for name in names if name not in ours and _is_taken(out / name)]
    if foreign:
        raise ConfigurationError(
            _(
                "In {out} there is “{name}” already, which no export made: it is left alone. Give another folder for --out, or move it away."
            ).format(out=out, name=foreign[0])
        )


def check_free(out: Path, there: Mapping[str, Any], names: Collection[str]) -> None:
    """Try whether the files under `names` may be written: when an export is done it is late to say that one is open elsewhere.

    Raises OutputError.
    """
    written = (one.path for entry in entries(there) for one in outputs_of(entry))
    with telling_disk_failures(out):
        for path in written:
            if path.partition("/")[0] in names and (out / path).is_file():
                (out / path).open("r+b").close()


def _archive_around(archive: Archive, out: Path) -> Path | None:
    """The folder of this archive, or of any other, in which `out` lies, however deep."""
    own = archive.folder.resolve()
    return next((one for one in out.resolve().parents if one == own or (one / FILE).exists()), None)


def _ours(there: Mapping[str, Any]) -> set[str]:
    """What earlier exports have made at the top of a folder, by its own card."""
    known = entries(there)
    paths = [one.path for entry in known for one in outputs_of(entry)]
    paths += [entry["rows"]["path"] for entry in known if entry.get("rows")]
    return {path.partition("/")[0] for path in paths} | {entry["name"] for entry in known if "name" in entry}


def _is_taken(place: Path) -> bool:
    return any(place.iterdir()) if place.is_dir() else place.exists()
