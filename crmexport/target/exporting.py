"""Export: every target asked for and the attachments, written beside the old output and swapped in when all is there."""

import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC
from pathlib import Path
from typing import Any, NamedTuple

from crmexport import __version__
from crmexport.archive.store import Archive
from crmexport.mapping import SourceMapping
from crmexport.source import Connector
from crmexport.target.ahead import began
from crmexport.target.card import CARD, card, dumped, outputs_of, write_card
from crmexport.target.cover import as_of, is_part
from crmexport.target.delta import Earlier, enrolling, told_of
from crmexport.target.file_tree import write_tree
from crmexport.target.files import FOLDER, INDEX
from crmexport.target.folder import alone, replacing, settle
from crmexport.target.formats import FORMATS
from crmexport.target.job import Job
from crmexport.target.notes import DAMAGED, LOST
from crmexport.target.output import Output, output
from crmexport.target.roll import EVERYTHING, told_of_list
from crmexport.target.roll import FOLDER as ROWS
from crmexport.target.room import check_free, check_room
from crmexport.target.targets import Target
from crmexport.target.workshop import Workshop, workshop
from crmexport.target.xlsx.sheet import MOST_ROWS
from crmexport.text import language
from crmexport.watch import Watch, nobody


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
    new_since: Path | None = None,
) -> list[Output]:
    """Write `targets` and the attachments into `out`, each into a folder of its own, and `export.json` that tells of them.

    What an earlier export put there under another name stays. When anything fails, everything stays as it was. The same
    archive gives the same bytes. With `new_since`, the folder of an earlier export, only what that one does not have is
    written, and a list of what has changed. Raises OutputError when the disk is full or something may not be written,
    ConfigurationError when the earlier export is not one of the same account and targets, or something of a person's own would
    have to make room; ArchiveInUseError when another export writes into `out`.
    """
    lang, watch = lang or language(), watch or nobody
    targets = list({target.name: target for target in targets}.values())
    with alone(out):
        settle(out)
        there = card(out)
        made = [FOLDER] if archive.files_known() else []
        names = [*(target.name for target in targets), ROWS, *made]
        check_room(archive, out, there, names)
        check_free(out, there, names)
        before = Earlier.open(new_since, archive, targets, out) if new_since else None
        with replacing(out) as new, archive.unchanged(), workshop(archive, connector, mapping, lang) as shop:
            targets = [shop.placed(target) for target in targets]
            shop.prepare(targets, watch)
            press = _Press(shop, new, lang, watch, before)
            files = press.files()  # first: the tables give no path to a file that turns out damaged
            written = [press.target(target, most_rows) for target in targets]
            kept = _kept(there, written, out, new)
            entries = sorted([*kept, *written], key=lambda one: str(one["name"]))
            write_card(new / CARD, archive, lang, entries, files)
        return [one for entry in [*written, files] for one in outputs_of(entry)]


class _Press(NamedTuple):
    """What all targets of one export have in common. What it writes, it tells as an entry of the card."""

    shop: Workshop
    root: Path
    lang: str
    watch: Watch
    before: Earlier | None

    def target(self, target: Target, most_rows: int) -> dict[str, Any]:
        """Write a target."""
        dump = target.dump(self.lang)
        is_alike = self.before is None or self.before.looks_alike(dump)
        with enrolling(self.root, target.name, self.before) as roll:
            job = Job(self.shop, target, self.root, self.watch, most_rows, roll)
            job.folder.mkdir()
            outputs = FORMATS[target.layout.format].write(job)
            told = told_of(self.root, target.name, roll, self.shop, target.zone, is_alike)
        return {**dump, **self._entry(target.name, outputs), **told}

    def files(self) -> dict[str, Any]:
        """Put the attachments into their folder."""
        if not self.shop.archive.files_known():
            return {"outputs": []}
        with enrolling(self.root, FOLDER, self.before) as roll:
            self.shop.files.roll = roll
            rows = self.shop.files.copy(self.root, self.watch, self.shop.files_held)
            paths = write_tree(self.root / FOLDER, self.shop.files.listed, self.shop.lang)
            told = told_of(self.root, FOLDER, roll, self.shop, UTC)
            self.shop.files.roll = EVERYTHING
        if self.shop.files.lost:  # or did the whole archive go, with the disk that it is on?
            self.shop.archive.database.must_be_there()
        lost = Counter({LOST: self.shop.files.lost, DAMAGED: self.shop.files.damaged})
        outputs = [output(self.root, self.root / FOLDER / INDEX, rows, FOLDER, lost)]
        outputs += [output(self.root, path, 0, FOLDER, Counter()) for path in paths]
        return {**self._entry(FOLDER, outputs), **told}

    def _entry(self, name: str, outputs: Sequence[Output]) -> dict[str, Any]:
        return {
            "program": __version__,
            "outputs": [dumped(one) for one in outputs],
            "as_of": as_of(self.shop.archive),
            "is_part": is_part(self.shop.archive),
            "lacked": self.shop.lacked,
            "state": self.shop.archive.state(),
            "began": began(self.shop.archive),
            "rows": told_of_list(self.root, name),
        }


def _kept(
    there: Mapping[str, Any], written: Sequence[Mapping[str, Any]], out: Path, new: Path
) -> list[dict[str, Any]]:
    """The targets of an earlier export that are still there and not written anew; their lists of rows go along."""
    names = {entry["name"] for entry in written}
    entries = [
        entry
        for entry in there.get("targets", ())
        if entry["name"] not in names and (out / entry["name"]).is_dir()
    ]
    for path in (entry["rows"]["path"] for entry in entries if "rows" in entry):
        if (out / path).is_file():
            shutil.copyfile(out / path, new / path)
    return entries
