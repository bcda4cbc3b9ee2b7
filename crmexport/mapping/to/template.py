"""Texts with paths in braces: `{first_name} {last_name}`, `#{source_id}`; `[ИНН {inn}]` stands only when there is a value."""

import re
from collections.abc import Callable
from typing import NamedTuple

from crmexport.mapping.to.paths import Path, compiled
from crmexport.mapping.to.row import Row
from crmexport.model import Entity

_place = re.compile(r"\{([^{}]*)\}")
_part = re.compile(r"\[([^\[\]]*\{[^\[\]]*)\]")
_blanks = re.compile(r"\s+")


class Template(NamedTuple):
    """A text to fill in. `fill` gives it for a row, without needless blanks; "" when every path is empty."""

    fill: Callable[[Row], str]
    paths: tuple[Path, ...]


def template(text: str, entity: Entity) -> Template:
    """`text` made ready for rows of `entity`. Raises PathError for a path in it that leads nowhere."""
    pieces = [
        _piece(piece, entity, optional=bool(place % 2)) for place, piece in enumerate(_part.split(text))
    ]
    paths = tuple(path for piece in pieces for path in piece.paths)

    def fill(row: Row) -> str:
        found = [piece.fill(row) for piece in pieces]
        if paths and not any(text for text, has_value in found if has_value):
            return ""
        return _blanks.sub(" ", "".join(text for text, _has_value in found)).strip()

    return Template(fill, paths)


class _Piece(NamedTuple):
    """A part of a template: `fill` gives its text, and whether any path in it had a value."""

    fill: Callable[[Row], tuple[str, bool]]
    paths: tuple[Path, ...]


def _piece(text: str, entity: Entity, optional: bool) -> _Piece:
    pieces = _place.split(text)
    paths = tuple(compiled(piece, entity) for piece in pieces[1::2])
    fixed = pieces[0::2]

    def fill(row: Row) -> tuple[str, bool]:
        shown = row.shown
        found = [shown.text(path.get(row.entity, shown.references)) or "" for path in paths]
        has_value = any(found)
        if optional and not has_value:
            return "", False
        return "".join(part for pair in zip(fixed, [*found, ""], strict=True) for part in pair), has_value

    return _Piece(fill, paths)
