"""The words for what was changed so that a format could hold it; the counts stand in `Output.notes` under short names."""

from crmexport.model import ENTITIES
from crmexport.text import N_, _

LOST = "lost_files"
DAMAGED = "damaged_files"
NOTES = {
    "replaced_characters": N_("Characters that the format cannot hold, replaced"),
    "line_ends_changed": N_("Texts with old-fashioned line ends, changed to new ones"),
    "line_breaks_replaced": N_("Line breaks replaced"),
    "backslashes_spaced": N_("Backslashes before a quotation mark, parted by a blank"),
    "guarded_texts": N_("Texts beginning like a formula, guarded by an apostrophe"),
    "cut_texts": N_("Texts cut because they are longer than the format allows"),
    "cut_cells": N_(
        "Texts cut because they are longer than a cell of Excel may be (the archive has the whole)"
    ),
    "cut_overflows": N_("Overflow texts cut because they are longer than the target allows"),
    "numbers_as_text": N_("Numbers of more than 15 digits, written as text"),
    "early_dates_as_text": N_("Dates before 1 March 1900, written as text"),
    "encoded_addresses": N_("Addresses with signs that an address cannot have, percent-encoded"),
    "events_without_start": N_("Events without a start, written as to-dos"),
    "loose_links": N_("Links to what is not held, written into the table of loose links"),
    "rounded_numbers": N_("Numbers that SQLite keeps only nearly"),
    "renumbered_ids": N_("Ids that an earlier row of the table has, numbered"),
    LOST: N_("Files that the archive has lost"),
    DAMAGED: N_("Files that are damaged in the archive"),
    "rows_not_wanted": N_("Entities that the layout does not want"),
    "rows_without_place": N_("Rows left out because the row that they belong to is not there"),
}

REPLACED = {
    "replaced_new": N_("Shown as in your people and stage maps: {kind}"),
    "replaced_placeholder": N_("Without anybody or anything new, the placeholder shown instead: {kind}"),
    "replaced_others": N_("Not in your people or stage map, “others” shown instead: {kind}"),
}
"""How many rows have a substitute in them; those of `others` are named."""


def told(note: str, kind: str = "") -> str:
    """A note's name as a person reads it: "overflow.birthday" is the field Birthday, moved to the overflow column.

    `kind` is the entity whose records are the rows, where all are of one: the `parent` of a task is not that of a company.
    """
    word, _dot, field = note.partition(".")
    if word == "overflow":
        return _("Moved to the overflow column: {field}").format(field=_field(field, kind))
    if word == "left_out":
        return _("Left out: {field}").format(field=_field(field, kind))
    if word == "moved_properties":
        return _("Told in the note, because the rules of the format do not allow it there: {name}").format(
            name=field
        )
    if word == "moved_fields":
        return _("Written among the custom fields, because it does not fit its column: {field}").format(
            field=_field(field, kind)
        )
    if word == "shared_names":
        return _("Names that several share, made different: {kind}").format(
            kind=_(ENTITIES[field.partition(".")[0]].title)
        )
    if word in REPLACED:
        return _replaced(word, field)
    return _(NOTES.get(word, word))


def _replaced(word: str, about: str) -> str:
    kind, _dot, who = about.partition(".")
    return _(REPLACED[word]).format(kind=_(ENTITIES[kind].title)) + (f": {who}" if who else "")


def _field(name: str, kind: str) -> str:
    if name == "custom":
        return _("Custom fields")
    entities = [ENTITIES[kind]] if kind in ENTITIES else ENTITIES.values()
    found = (entity.by_name[name].title for entity in entities if name in entity.by_name)
    return _(next(found, ENTITIES[name].title if name in ENTITIES else name))
