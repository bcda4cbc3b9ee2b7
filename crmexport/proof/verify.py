"""Verify: the archive against itself, against the source's own counts, and the outputs against the archive."""

import errno
import json
from collections import Counter
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from crmexport.archive import Archive, Place
from crmexport.archive.accepted import accepted
from crmexport.archive.equation import balances
from crmexport.archive.extent import extent
from crmexport.archive.news import as_values, news
from crmexport.archive.pulls import pulls, true_as_of
from crmexport.archive.replay import connector_of
from crmexport.archive.revision import is_behind
from crmexport.archive.standings import standings
from crmexport.disk import anew, must_be_writable
from crmexport.errors import ConfigurationError, OutputError, SignInRefusedError, SourceError
from crmexport.mapping import MappedArchive, load_source_mapping
from crmexport.proof.fields import leaves_of, unknown_words, unmapped, unreadable
from crmexport.proof.page import page
from crmexport.proof.report import Output, Report
from crmexport.proof.sample import SIZE, sample
from crmexport.proof.sums import names, write_sums
from crmexport.source import Connector, Credentials, Key
from crmexport.target import (
    against_bytes,
    check_of,
    compare,
    deltas,
    exported,
    folders_of,
    kinds_of,
    not_ours,
    outdated,
    uncompared,
)
from crmexport.target.folder import alone, telling_disk_failures
from crmexport.text import _, encodable, spaced
from crmexport.transport.patience import Waiting, unheard
from crmexport.watch import Watch, nobody

MISMATCHES_SHOWN = 1000  # of a file
JSON, PAGE = "report.json", "report.html"


def verify(
    archived: Place,
    out: Path | None,
    *,
    credentials: Credentials | None = None,
    size: int = SIZE,
    rate: float | None = None,
    watch: Watch = nobody,
    waiting: Waiting = unheard,
) -> Report:
    """Check everything and write `report.html`, `report.json` and `SHA256SUMS` into `out` (else beside the archive).

    With `credentials` a random sample of `size` records is asked for once more at the source; without them nothing
    touches the network. Raises ConfigurationError as `look_ahead` does; ArchiveInUseError when an export writes into `out`; OutputError
    when the disk is full or the report may not be written. When the sample cannot be asked for, the report is of the rest, and tells what hindered it.
    """
    look_ahead(archived, out)
    beside = alone(out) if out is not None else nullcontext()
    with beside, Archive.open(archived) as archive:
        connector = connector_of(archive)
        damages = list(archive.check(watch))
        with archive.unchanged():
            report = _found(archive, connector, out, damages, watch)
        if credentials is not None:
            try:
                sampled = sample(archive, connector, credentials, size, rate, watch, waiting)
                report = replace(report, sample=sampled)
            except (ConfigurationError, SignInRefusedError, SourceError) as failure:
                report = replace(report, unsampled=failure)
        archive.database.must_be_there()
        with telling_disk_failures(report.folder):
            _write_all(report, out, watch)
    return report


def look_ahead(archived: Place, out: Path | None) -> None:
    """See whether there is something to verify.

    Raises ConfigurationError when there is no archive, no export in `out`, or one of another account: nothing would be proved of it;
    OutputError when the report will find no place: that would be said when all is read, perhaps an hour later, and no verdict with it.
    """
    if out is not None and not exported(out):
        raise ConfigurationError(
            _(
                "There is no export in {path}. Give the folder that “crmexport export” wrote, or no --out."
            ).format(path=out)
        )
    with Archive.open(archived) as archive:
        if out is not None:
            check_of(out, archive)
        _must_take_a_report(out or archive.folder)


def _must_take_a_report(folder: Path) -> None:
    """What else may hinder the writing (a full disk) may have passed by then."""
    words = _(
        "The report would be written into {folder}, and nothing can be: it may only be read, as on a DVD. Copy the whole folder to a "
        "disk of this computer and verify the copy."
    )
    try:
        must_be_writable(folder)
    except OSError as error:
        if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            raise OutputError(words.format(folder=folder)) from error


def _write_all(report: Report, out: Path | None, watch: Watch) -> None:
    _write(report.folder / JSON, json.dumps(report.as_dict(), ensure_ascii=False, indent=2) + "\n")
    _write(report.folder / PAGE, page(report))
    if out is not None:
        write_sums(out, watch)


def _found(
    archive: Archive, connector: Connector, out: Path | None, damages: list[str], watch: Watch
) -> Report:
    watch(_("counts of the source against what is held"), 0, None)
    streams = balances(archive, [stream.name for stream in connector.about.streams])
    gaps = archive.gaps()
    old = outdated(archive, out) if out is not None else []
    mapping = load_source_mapping(archive.source.name)
    mapped = MappedArchive(archive, connector, mapping)
    outputs, mismatches, notes = _outputs(mapped, out, watch, is_sound=not damages)
    leaves = leaves_of(mapped, watch) if not damages else None
    damages = [*damages, *map(_unread, sorted(mapped.coverage.unread))]
    return Report(
        folder=out or archive.folder,
        source=_source(archive, connector),
        run=_run(archive),
        streams=streams,
        titles=connector.about.titles,
        gaps=gaps,
        outputs=outputs,
        files=_files(archive),
        damages=damages,
        mismatches=mismatches,
        unmapped=unmapped(mapped.coverage, leaves),
        raw_only=mapping.raw_only(archive.counts()),
        unknown_words=unknown_words(mapped.coverage),
        unreadable=unreadable(mapped.coverage),
        notes=notes,
        kinds=kinds_of(out) if out is not None else {},
        folders=folders_of(out) if out is not None else {},
        unasked=archive.unasked(),
        not_given=connector.about.not_given,
        deltas=tuple(deltas(out)) if out is not None else (),
        outdated=tuple(old),
        foreign=tuple(one for one in not_ours(out, names(out)) if one not in (JSON, PAGE))
        if out is not None
        else (),
        behind=bool(archive.runs()) and is_behind(archive.database, connector.about.revision),
        accepted=accepted(archive.database),
        reach=extent(archive.database, gaps),
    )


def _unread(key: Key) -> str:
    return _(
        "Record {stream} {id} is held, but this version of crmexport does not read it as the version that pulled it did: "
        "what its answer says of it elsewhere, such as the names of what it links to, is not in the files. Export with that "
        "version, and report this."
    ).format(stream=key[0], id=key[1])


def _source(archive: Archive, connector: Connector) -> dict[str, Any]:
    """Whose account it is, who was signed in, and until when it is open."""
    return {
        "name": archive.source.name,
        "title": connector.about.title,
        "url": archive.source.url,
        **standings(archive.database).as_values(),
    }


def _run(archive: Archive) -> dict[str, Any]:
    """The last pull as a whole."""
    seen = pulls(archive)
    if not seen:
        nothing = dict.fromkeys(("started", "ended", "outcome", "consistent_as_of", "news"))
        return {**nothing, "requests": 0, "runs": 0, "program": ""}
    last = seen[-1]
    moment = true_as_of(archive, seen) if last.has_ended else None
    return {
        "started": last.started,
        "ended": last.ended,
        "outcome": last.outcome,
        "requests": last.requests,
        "runs": last.runs,
        "program": last.program,
        "consistent_as_of": moment.isoformat(timespec="seconds") if moment else None,
        "news": as_values(news(archive.database, last.number)),
    }


def _files(archive: Archive) -> dict[str, int]:
    held = bytes_held = 0
    for file in archive.files():
        if file.path is not None and file.path.is_file():  # what the disk has lost is held no more
            held += 1
            bytes_held += file.path.stat().st_size
    return {"known": archive.files_known(), "held": held, "bytes": bytes_held}


def _outputs(
    mapped: MappedArchive, out: Path | None, watch: Watch, *, is_sound: bool
) -> tuple[list[Output], list[str], dict[str, dict[str, int]]]:
    """Every written file, read back and compared cell by cell with what the archive and the mapping say now, if it is of now.

    An archive that is not sound cannot say it: then files are held against the bytes that were written.
    """
    if out is None:
        return [], [], {}
    wrong: dict[str, list[str]] = {}
    beyond: Counter[str] = Counter()
    with telling_disk_failures(out):
        for mismatch in (
            compare(mapped.archive, mapped.connector, mapped.mapping, out, watch)
            if is_sound
            else against_bytes(out)
        ):
            found = wrong.setdefault(mismatch.path, [])
            if len(found) < MISMATCHES_SHOWN:
                found.append(str(mismatch))
            else:
                beyond[mismatch.path] += 1
    written = exported(out)
    not_compared = uncompared(mapped.archive, out) if is_sound else {one.target for one in written}
    outputs = [
        Output(one.path, one.rows, one.sha256, one.path not in wrong, one.target not in not_compared)
        for one in written
    ]
    for path, number in beyond.items():
        wrong[path].append(f"{path}: " + _("… and {more} more.").format(more=spaced(number)))
    sentences = [sentence for found in wrong.values() for sentence in found]
    return outputs, sentences, {one.path: dict(one.notes) for one in written if any(one.notes.values())}


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with anew(path) as new:
        new.write_text(encodable(text), encoding="utf-8", newline="\n")
