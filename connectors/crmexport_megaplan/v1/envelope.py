"""What every answer of the older API is wrapped in: `status`, `params` and `data` (Megaplan reference, §12)."""

from collections.abc import Mapping
from typing import Any

from crmexport.source import Response
from crmexport.source.slices import Piece, pieces
from crmexport.text import _
from crmexport_megaplan.envelope import texts

MOST_WORDS = 300
MOST_PLACES = 100  # a greater number may be an id


def rows_of(response: Response, key: str, *, loose: bool = False) -> list[Piece]:
    """The objects under `data.<key>` of an answer, each with its place: those of an array, or the one that stands there.

    `data` itself may be the array (§16), and where nobody has told the key, the only array or object within is taken. PHP
    writes an array with gaps or names as an object, and an empty one as "" or []. Raises ValueError for what is not such an answer.
    Where nobody has told what the rows are, and they are but texts, `data` as a whole counts as one, if it is an object (`loose`).
    """
    rest, outer = pieces(response.body, "data")
    check(rest)
    whole = outer
    if len(outer) == 1 and isinstance(outer[0].value, dict) and "Id" not in outer[0].value:
        outer = _members(response.body, _within(response.body, outer[0], key))
    rows = [piece for piece in outer if piece.value not in ("", [], {}, None)]
    if not all(isinstance(piece.value, dict) for piece in rows) or (rows == whole and _holds_lists(rows)):
        if loose and len(whole) == 1 and isinstance(whole[0].value, dict):
            return whole
        raise ValueError(_("The answer holds something that is no record."))
    return rows


def check(document: Any) -> None:
    """Raises ValueError for an answer that does not say of itself that all is well."""
    status = document.get("status") if isinstance(document, dict) else None
    if not isinstance(status, dict) or "code" not in status:
        raise ValueError(_("The answer does not look like one of Megaplan's: it has no “status”."))
    if status["code"] != "ok":
        raise ValueError(words(document) or str(status["code"]))


def words(document: Mapping[str, Any]) -> str:
    """The source's own words about what was wrong: a text, a list, or an object with `msg` (§12)."""
    status = document.get("status")
    message = status.get("message") if isinstance(status, dict) else document.get("message")
    return " ".join(texts(message))[:MOST_WORDS]


def _within(body: bytes, around: Piece, key: str) -> list[Piece]:
    """The members of the object `around` that stand under `key`; `around` itself when there is nothing to look into."""
    name = _name(around.value, key)
    if name is None:
        return [around]
    return _inside(body, around, name)


def _members(body: bytes, found: list[Piece]) -> list[Piece]:
    """The members of the only one of `found` where that is an array that is written as an object."""
    if len(found) == 1 and _is_array(found[0].value):
        return [inner for place in found[0].value for inner in _inside(body, found[0], place)]
    return found


def _name(value: Mapping[str, Any], key: str) -> str | None:
    """The name under which the rows stand: `key` in any case, else the only array or object."""
    for name in value:
        if name.lower() == key.lower():
            return name
    if _is_array(value):
        return None
    compound = [name for name, inner in value.items() if isinstance(inner, (list, dict))]
    return compound[0] if len(compound) == 1 and "Name" not in value else None


def _holds_lists(rows: list[Piece]) -> bool:
    """Whether this is `data` itself with several lists: which of them has the rows nobody has told."""
    lists = [one for row in rows for one in row.value.values() if isinstance(one, list)]
    return len(rows) == 1 and "Id" not in rows[0].value and len(lists) > 1


def regular(value: Any) -> Any:
    """What a record tells, with its arrays as arrays, though PHP wrote those with gaps as objects."""
    if isinstance(value, list):
        return [regular(one) for one in value]
    if not isinstance(value, dict):
        return value
    if value and all(map(str.isdigit, value)) and _is_array(value):
        return [regular(one) for one in value.values()]
    return {name: regular(one) for name, one in value.items()}


def _is_array(value: Any) -> bool:
    """Whether this object is an array with gaps, or with names: its members name themselves, or are numbered from the first on."""
    if not isinstance(value, dict) or not value:
        return False
    named = all(isinstance(one, dict) and not {"Id", "Name"}.isdisjoint(one) for one in value.values())
    return named or all(name.isdigit() and int(name) < MOST_PLACES for name in value)


def _inside(body: bytes, around: Piece, name: str) -> list[Piece]:
    _rest, found = pieces(body[around.start : around.end], name)
    return [Piece(one.value, one.start + around.start, one.end + around.start) for one in found]
