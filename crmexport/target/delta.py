"""Delta files: an export of only what an earlier one does not have, and a list of what has changed since.

For targets that double everything when the same is imported twice. What stays out is counted; a person mends by hand in the
target what `changed.csv` names.
"""

import csv
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import tzinfo
from pathlib import Path
from typing import Any, NamedTuple

from crmexport.archive.store import Archive
from crmexport.errors import ConfigurationError, OutputError
from crmexport.mapping.to import Column, EntitySource, scratch
from crmexport.mapping.to.references import on_one_line
from crmexport.mapping.to.row import shortened
from crmexport.model import ENTITIES, Moment
from crmexport.target.ahead import is_ahead
from crmexport.target.card import card, dumped, is_of
from crmexport.target.card_form import DELTA
from crmexport.target.csv_file import CsvFile
from crmexport.target.files import FOLDER as FILES
from crmexport.target.legible import illegible
from crmexport.target.output import Output, file_sha256, output
from crmexport.target.roll import Became, Entry, Fate, Noted, Roll, Since, list_of, listed, listing
from crmexport.target.targets import Target, load_target
from crmexport.target.workshop import Workshop
from crmexport.text import N_, _, instant, translations

CHANGED = "changed.csv"
_LONGEST_TITLE = 200  # enough to know a record by: the whole stands in the target and in the archive
_WORDS = {
    Became.CHANGED: N_("changed"),
    Became.GONE: N_("no longer there"),
    Became.APART: N_("new, to be added to what is there"),
}


class Delta(NamedTuple):
    """What the export of a target left out because an export `since` (when its archive was true) has it already.

    Counts of entities: `new` are in the files; `left_out` are not, of which `changed` are different now; `gone` have no row
    any more; `apart` are new, but belong into rows that are left out. `path` names the list of those changed, gone and apart. Without `is_alike` the target was written in another way then.
    """

    target: str
    since: str
    new: int
    left_out: int
    changed: int
    gone: int
    is_alike: bool
    path: str
    apart: int = 0  # no card of an older crmexport tells it


def deltas(out: Path) -> list[Delta]:
    """What `export.json` in `out` says of the targets that hold only what is new."""
    known = card(out)
    found = [*known.get("targets", []), {"name": FILES, **(known.get("files") or {})}]
    return [delta_of(one) for one in found if one.get("delta")]


def delta_of(entry: Mapping[str, Any]) -> Delta:
    """What an entry of a card says of itself."""
    told = {name: entry["delta"][name] for name in DELTA if name in entry["delta"]}
    return Delta(entry["name"], **told, path=entry["changed"]["path"])


class Earlier:
    """An export folder that the files to be written shall go on from."""

    def __init__(self, folder: Path, known: Mapping[str, Any]) -> None:
        self._folder = folder
        self._entries = {entry["name"]: entry for entry in known["targets"]}
        self._entries[FILES] = known.get("files") or {}

    @classmethod
    def open(cls, folder: Path, archive: Archive, targets: Sequence[Target], out: Path) -> "Earlier":
        """The export in `folder`. Raises ConfigurationError when it cannot be followed by one of `targets` into `out`."""
        known = card(folder)
        if not known:
            raise ConfigurationError(
                _(
                    "There is no export in {folder}: it has no export.json. Give the folder of the earlier export."
                ).format(folder=folder)
            )
        if not is_of(known, archive):
            raise ConfigurationError(
                _(
                    "The export in {folder} is of {held}, not of {asked}. Give the folder of an earlier export of the same account."
                ).format(folder=folder, held=known["source"]["url"], asked=archive.source.url)
            )
        if out.resolve() == folder.resolve():
            raise ConfigurationError(
                _(
                    "The files with what is new would replace those of the earlier export in {folder}. Give another folder with --out."
                ).format(folder=folder)
            )
        earlier = cls(folder, known)
        for target in targets:
            earlier._check(target)
            earlier._check_moment(target.name, archive)
        return earlier

    def _check_moment(self, name: str, archive: Archive) -> None:
        """What an archive does not know yet is not gone: nobody shall delete it in the target by hand."""
        if is_ahead(archive, self._entries[name]):
            raise ConfigurationError(
                _(
                    "The export in {folder} is of {moment}, and the archive is of an earlier moment, as when it was restored from a "
                    "copy: all that came between would be called gone. Run “crmexport pull” first, then this command again."
                ).format(folder=self._folder, moment=instant(self.since(name)))
            )

    def _check(self, target: Target) -> None:
        if target.layout.sql.address:
            raise ConfigurationError(
                _(
                    "The tables of a database are replaced as a whole, so nothing is doubled there. Leave out --new-since."
                )
            )
        if target.name not in self._entries:
            raise ConfigurationError(
                _(
                    "The export in {folder} has no “{target}”. It has: {known}. Only what was exported before can be left out."
                ).format(
                    folder=self._folder,
                    target=target.name,
                    known=", ".join(sorted(self._entries.keys() - {FILES})),
                )
            )
        if not self._entries[target.name].get("rows"):
            raise ConfigurationError(
                _(
                    "The export in {folder} does not tell which rows it has, because an older crmexport wrote it. "
                    "Only an export that does can be followed by one of what is new."
                ).format(folder=self._folder)
            )

    def since(self, name: str) -> str:
        """When the archive was true that the target called `name` was written from; "" when that is not known."""
        return str(self._entries[name].get("as_of", ""))

    def looks_alike(self, dump: Mapping[str, Any]) -> bool:
        """Whether a target was written before just as `dump` says: if not, rows are called changed that only look different.

        What an older crmexport could not say of a layout yet makes no other one of it.
        """
        entry = self._entries[dump["name"]]
        return not any(illegible(entry)) and Target.load(entry).dump("") == dump

    def entries(self, name: str) -> Iterator[Entry]:
        """What was written of a target. Raises OutputError when the list is damaged."""
        rows = self._entries[name].get("rows")
        return read(self._folder, rows) if rows else iter(())


def read(folder: Path, rows: Mapping[str, Any]) -> Iterator[Entry]:
    """The list that `rows` of a card tells of. Raises OutputError when it is not what was written."""
    path = folder / rows["path"]
    try:
        if file_sha256(path) != rows["sha256"]:
            raise ValueError
        yield from listed(path)
    except (OSError, EOFError, ValueError, zlib.error, csv.Error) as error:
        raise OutputError(
            _(
                "{file} is missing or damaged, so nobody can tell what is new. Restore it from a copy of that export."
            ).format(file=path)
        ) from error


@contextmanager
def since(entries: Iterable[Entry], at: str = "") -> Iterator[Since]:
    """A roll that leaves out what `entries` name, with its scratch database."""
    with scratch() as database:
        yield Since(database, entries, at)


@contextmanager
def enrolling(root: Path, name: str, before: Earlier | None) -> Iterator[Roll]:
    """The roll of a target that is being written; when all is written, its list stands in `root`."""
    path = list_of(root, name)
    if before is None:
        with listing(path) as lines:
            yield Noted(lines)
        return
    with since(before.entries(name), before.since(name)) as roll:
        yield roll
        with listing(path) as lines:
            for one in roll.entries():
                lines.add(one)


def told_of(
    root: Path, name: str, roll: Roll, shop: Workshop, zone: tzinfo, is_alike: bool = True
) -> dict[str, Any]:
    """What the card says of a target that holds only what is new; `changed.csv` is written into its folder. Nothing of others."""
    if not isinstance(roll, Since):
        return {}
    changed = _write_changed(root, name, roll, shop, zone)
    delta = {"since": roll.since, **roll.counts(), "is_alike": is_alike}
    return {"delta": delta, "changed": dumped(changed)}


def _write_changed(root: Path, name: str, roll: Since, shop: Workshop, zone: tzinfo) -> Output:
    """What is different from what was imported before, as a person opens it by a double click."""
    translate, notes, path = translations(shop.lang).gettext, Counter[str](), root / name / CHANGED
    headings = (N_("What"), N_("Kind"), N_("Source ID"), N_("Title"), N_("Modified"))
    columns = [Column(translate(heading)) for heading in headings]
    rows = (
        (translate(_WORDS[fate.became]), _kind(fate.kind, translate), *told)
        for fate, *told in _told(roll, shop.source, translate)
    )
    dialect = load_target("csv", excel=True).layout.csv
    number = CsvFile(dialect, columns, zone, notes, shop.lang).write(path, rows)
    return output(root, path, number, name, notes)


def _kind(kind: str, translate: Callable[[str], str]) -> str:
    return translate(ENTITIES[kind].title) if kind in ENTITIES else kind


def _told(
    roll: Since, source: EntitySource, translate: Callable[[str], str]
) -> Iterator[tuple[Fate, str, str | None, Any]]:
    """Each fate with id, title and time of change, as far as the archive still knows them; those it does not know at the end."""
    for kind in sorted(roll.differing()):
        if kind in source.kinds:
            yield from _known(roll, source, kind, translate)
        yield from ((fate, fate.id, None, None) for fate in roll.untold(kind))


def _known(
    roll: Since, source: EntitySource, kind: str, translate: Callable[[str], str]
) -> Iterator[tuple[Fate, str, str | None, Any]]:
    title = ENTITIES[kind].title_field
    words = {word: translate(shown) for word, shown in ENTITIES[kind].by_name[title].titles.items()}
    for entity in source.iterate(kind, only={title, "modified_at"}):
        fate = roll.tell(kind, entity["source_id"])
        if fate:
            at, name = entity.get("modified_at"), str(entity.get(title) or "")
            yield (
                fate,
                fate.id,
                shortened(on_one_line(words.get(name, name)), _LONGEST_TITLE),
                at.at if isinstance(at, Moment) else None,
            )
