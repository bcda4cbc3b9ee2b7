"""The first sheet of a workbook: what this file is, whose, as of when, in which time zone, and what was changed in it."""

from collections.abc import Mapping, Sequence

from crmexport.archive.store import Archive
from crmexport.text import N_, translations

NOTES = {
    "replaced_characters": N_("Characters that the format cannot hold, replaced"),
    "line_ends_changed": N_("Texts with old-fashioned line ends, changed to new ones"),
    "line_breaks_replaced": N_("Line breaks replaced"),
    "backslashes_spaced": N_("Backslashes before a quotation mark, parted by a blank"),
    "guarded_texts": N_("Texts beginning like a formula, guarded by an apostrophe"),
    "cut_texts": N_("Texts cut because they are longer than the format allows"),
    "numbers_as_text": N_("Numbers of more than 15 digits, written as text"),
    "early_dates_as_text": N_("Dates before 1 March 1900, written as text"),
    "rows_not_wanted": N_("Entities that the layout does not want"),
}


Rows = list[list[str | int]]


def cover(
    archive: Archive, sheets: Sequence[tuple[str, int]], notes: Mapping[str, int], zone: str, lang: str
) -> tuple[str, Rows]:
    """The title of the sheet and its lines."""
    _ = translations(lang).gettext
    lines: Rows = [
        [_("What this is"), _("Data of {source}, written by crmexport").format(source=archive.source.url)],
        [_("As of"), as_of(archive) or _("unknown")],
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


def as_of(archive: Archive) -> str:
    """When the last pull ended, or began if it did not end; "" when there was none."""
    last = archive.runs()[-1:]
    return str(last[0].get("ended") or last[0].get("started") or "") if last else ""
