"""The first sheet of a workbook: what this file is, whose, as of when, in which time zone, what is missing, and what was changed in it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from crmexport.archive.pulls import pulls, true_as_of
from crmexport.archive.store import Archive
from crmexport.mapping.to import zone_named
from crmexport.target.notes import NOTES
from crmexport.text import as_day, translations

Rows = list[list[str | int]]


def cover(
    archive: Archive,
    sheets: Sequence[tuple[str, int]],
    notes: Mapping[str, int],
    zone: str,
    lang: str,
    lacked: Collection[str] = (),
) -> tuple[str, Rows]:
    """The title of the sheet and its lines. `lacked` are the kinds of records of which something is missing, by their titles."""
    _ = translations(lang).gettext
    lines: Rows = [
        [_("What this is"), _("Data of {source}, written by crmexport").format(source=archive.source.url)],
        [_("As of"), local(as_of(archive), zone, lang) or _("unknown")],
        *wanting(archive, lacked, _),
        [_("Times are shown in the zone"), zone],
        [],
        [_("Sheet"), _("Rows")],
    ]
    lines += [[name, rows] for name, rows in sheets]
    counted: Rows = [
        [_(NOTES[name]), count] for name, count in sorted(notes.items()) if count and name in NOTES
    ]
    if counted:
        lines += [
            [],
            [_("Changed, so that Excel can hold it (the archive keeps everything as it was)")],
            *counted,
        ]
    return _("About this file"), lines


def wanting(archive: Archive, lacked: Collection[str], translate: Callable[[str], str]) -> Rows:
    """What files written now are not: a line where the first pull has not ended, and one for the kinds that are `lacked`."""
    _ = translate
    part = _("A part: the first pull had not ended when this was written")
    found: Rows = [["", part]] if is_part(archive) else []
    if lacked:
        words = _("{kinds}. The report of “crmexport verify” (report.html) says what, and why")
        found.append([_("Missing, wholly or in part"), words.format(kinds="; ".join(lacked))])
    return found


def as_of(archive: Archive) -> str:
    """The moment of which the archive is true; while it is of none, when its last run ended or began; "" when there was none."""
    seen = pulls(archive)
    if moment := true_as_of(archive, seen):
        return moment.isoformat(timespec="seconds")
    return (seen[-1].ended or seen[-1].started or "") if seen else ""


def is_part(archive: Archive) -> bool:
    """Whether no pull has ended yet: what is held is a part of what there is."""
    seen = pulls(archive)
    return bool(seen) and not any(one.has_ended for one in seen)


def local(told: str, zone: str, lang: str) -> str:
    """An instant as the archive notes it (ISO 8601), for a person who lives in `zone` and reads `lang`, to the minute; "" for none."""
    with suppress(ValueError):
        moment = datetime.fromisoformat(told).astimezone(zone_named(zone))
        return f"{as_day(moment.date().isoformat(), lang)} {moment:%H:%M} ({zone})"
    return told
