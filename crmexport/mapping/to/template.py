"""Texts with paths in braces: `{first_name} {last_name}`, `#{source_id}`; `[ИНН {inn}]` stands only when there is a value.

Within braces, several paths between commas are the first that has a value, and a word in quotes is the last resort:
`{author.name, "nobody"}`. Behind `|` stands how it is written: a pattern of a date, `id` for letters, digits and _ alone, `url`
for a part of an address, `not 0` for a number other than 0, without which its part in square brackets is left out as a whole,
or a number, the most signs: the same as `limit` leaves of a column. `{source}` is the name of the CRM
that was left, `{files_at}` the address that the layout says. Of several texts between ` || ` the first stands that has a value.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, tzinfo
from typing import Any, NamedTuple
from urllib.parse import quote

from crmexport.mapping.to.paths import Path, PathError, Pick, compiled, picked
from crmexport.mapping.to.patterns import dated, refuse_other_letters
from crmexport.mapping.to.row import Row, is_blank, label_of, shortened
from crmexport.model import Entity, Moment, in_zone
from crmexport.model.fields import SOURCE_ID
from crmexport.text import _

_place = re.compile(r"\{([^{}]*)\}")
_part = re.compile(r"\[([^\[\]{}]*\{[^{}]*\}(?:[^\[\]{}]|\{[^{}]*\})*)\]")
_blanks = re.compile(r"\s+")
_unsafe = re.compile(r"[^A-Za-z0-9]")
_NOT_0 = "not 0"
_FORMS = ("id", "url", _NOT_0)
_OR = " || "
_WORDS: dict[str, Callable[[Row], str]] = {
    "source": lambda row: row.shown.source,
    "files_at": lambda row: row.shown.files_at,
}


class Slot(NamedTuple):
    """What stands in one pair of braces: the first of the paths that has a value, in at most so many signs (0: in all of them)."""

    paths: tuple[Path, ...]
    most: int


class Template(NamedTuple):
    """A text to fill in. `fill` gives it for a row, without needless blanks; "" when every path is empty.

    `ways` are the places of each of the texts that it may become.
    """

    fill: Callable[[Row], str]
    ways: tuple[tuple[Slot, ...], ...]

    @property
    def paths(self) -> tuple[Path, ...]:
        """All paths in it."""
        return tuple(path for slots in self.ways for slot in slots for path in slot.paths)


def template(text: str, entity: Entity, zone: tzinfo = UTC, *, one_line: bool = True) -> Template:
    """`text` made ready for rows of `entity`. Raises PathError for a path in it that leads nowhere.

    `one_line`: blanks and line ends in a row become one blank; without it values stand as they are.
    """
    if any(sign in _place.sub("", text) for sign in "{}"):
        raise PathError(_("in “{text}” a brace is alone; a path stands between two.").format(text=text))
    texts = [_one(one, entity, zone, one_line) for one in text.split(_OR)]
    if len(texts) == 1:
        return texts[0]
    fills = [one.fill for one in texts]
    return Template(
        lambda row: next(filter(None, (fill(row) for fill in fills)), ""),
        tuple(slots for one in texts for slots in one.ways),
    )


def _one(text: str, entity: Entity, zone: tzinfo, one_line: bool) -> Template:
    pieces = [
        _piece(piece, entity, zone, optional=bool(place % 2)) for place, piece in enumerate(_part.split(text))
    ]
    slots = tuple(slot for piece in pieces for slot in piece.slots)

    def fill(row: Row) -> str:
        found = [piece.fill(row) for piece in pieces]
        if slots and not any(has_value for _text, has_value in found):
            return ""
        whole = "".join(text for text, _has_value in found).strip()
        return _blanks.sub(" ", whole) if one_line else whole

    return Template(fill, (slots,))


class _Piece(NamedTuple):
    """A part of a template: `fill` gives its text, and whether any path in it had a value."""

    fill: Callable[[Row], tuple[str, bool]]
    slots: tuple[Slot, ...]


def _piece(text: str, entity: Entity, zone: tzinfo, optional: bool) -> _Piece:
    pieces = _place.split(text)
    places = [_Place(piece, entity, zone) for piece in pieces[1::2]]
    slots = tuple(Slot(place.paths, place.most) for place in places if place.paths)
    fixed = pieces[0::2]

    def fill(row: Row) -> tuple[str, bool]:
        found = [place.value(row) for place in places]
        has_value = any(found)
        is_hollow = any(place.is_must and not text for place, text in zip(places, found, strict=True))
        if optional and (is_hollow or not has_value):
            return "", False
        shown = [value or place.otherwise(row) for value, place in zip(found, places, strict=True)]
        return "".join(part for pair in zip(fixed, [*shown, ""], strict=True) for part in pair), has_value

    return _Piece(fill, slots)


class _Place:
    """What stands in one pair of braces."""

    def __init__(self, text: str, entity: Entity, zone: tzinfo) -> None:
        names, _bar, self._form = text.partition("|")
        alternatives = [name.strip() for name in names.split(",")]
        self._word = _WORDS.get(names.strip())
        self._last = alternatives.pop().strip("\"'") if alternatives[-1][:1] in ("'", '"') else ""
        self._zone = zone
        self.paths = () if self._word else tuple(compiled(name, entity) for name in alternatives)
        self._tried = [(path, picked(path), path.field is SOURCE_ID) for path in self.paths]
        self.most = int(self._form) if self._form.isdecimal() else 0
        self.is_must = self._form == _NOT_0
        if self._form and not self.most and self._form not in _FORMS:
            _refuse_no_pattern(self._form)

    def value(self, row: Row) -> str:
        """The first value there is, as text; "". An id tells one record from another, whatever it is made of.

        A day has no time of day to write, and another path's would be told as its own.
        """
        for path, pick, is_id in self._tried:
            value = path.get(row.entity, row.shown.references)
            text = self._written(row, path, value)
            if is_id or not is_blank(text):
                if not self._is_cut(row, value):
                    row.chosen.add(path.text)
                    if pick:
                        _take(row, path.field.name, pick)
                return text
            if isinstance(value, date):
                break
        return ""

    def _is_cut(self, row: Row, value: Any) -> bool:
        """Whether there is no room here for all of a value: then the overflow tells it, as it tells what a limit cuts."""
        return 0 < self.most < len(" ".join((row.shown.text(value) or "").split()))

    def otherwise(self, row: Row) -> str:
        """What stands here when no path has a value."""
        return self._word(row) if self._word else self._last

    def _written(self, row: Row, path: Path, value: Any) -> str:
        if self.is_must:
            return row.shown.text(value) or "" if value else ""
        if self._form in _FORMS:
            text = row.shown.text(value) or ""
            return identifier(text) if self._form == "id" else quote(text, errors="replace")
        if self.most:
            return spelt(row.shown.text(value) or "", self.most)
        moment = in_zone(value.at, self._zone) if isinstance(value, Moment) else value
        if self._form and isinstance(moment, (date, datetime)):
            return dated(moment, self._form)
        return row.shown.text(row.shown.word(path, value)) or ""


def _take(row: Row, field: str, pick: Pick) -> None:
    """Note the item of a list that a text shows; of its label the text says nothing."""
    items = row.entity.get(field) or ()
    place = pick.of(items)
    if place is not None:
        row.take(field, place, says_label=not label_of(items[place]))


def _refuse_no_pattern(form: str) -> None:
    try:
        refuse_other_letters(form)
    except ValueError as error:
        sentence = _(
            "behind “|” stands “id”, “url”, “not 0”, a number (the most characters) or a pattern such as dd.mm.yyyy, not “{form}”."
        ).format(form=form)
        raise PathError(f"{sentence} {error}") from error


def spelt(text: str, most: int) -> str:
    """`text` on one line and in at most so many signs; 0: as it is."""
    return shortened(" ".join(text.split()), most) if most else text


def identifier(text: str) -> str:
    """`text` of letters, digits and _ alone; other texts give other identifiers."""
    return _unsafe.sub(lambda match: f"_{ord(match[0]):x}_", text)
