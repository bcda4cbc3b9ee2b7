"""What every answer of Megaplan is wrapped in: `meta` (status, errors, pagination) beside `data` (Megaplan reference, §3)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from crmexport.source import Response
from crmexport.source.slices import Piece, pieces
from crmexport.text import _

MOST_WORDS = 300


@dataclass(frozen=True, slots=True)
class Answer:
    """One decoded answer: the members of `data` with their places, the linked objects beside them, and what `meta` says."""

    rows: list[Piece]
    included: list[Any]
    meta: Mapping[str, Any]
    status: int

    @property
    def pagination(self) -> Mapping[str, Any]:
        """Counts and flags of a list. A card's is an empty array, read as nothing (§3)."""
        told = self.meta.get("pagination")
        return told if isinstance(told, dict) else {}

    @property
    def complaint(self) -> str:
        """All that the source says about what was wrong. A name that was cut might be that of another field."""
        return " ".join(texts(self.meta.get("errors")))

    @property
    def words(self) -> str:
        """The beginning of that, for people."""
        return self.complaint[:MOST_WORDS]


def opened(response: Response, look: Callable[[dict[str, Any]], None] | None = None) -> Answer:
    """Decode an answer; `look` is shown its outermost objects. Raises ValueError for what is not Megaplan's envelope."""
    rest, rows = pieces(response.body, "data")
    meta = rest.get("meta")
    if not isinstance(meta, dict):
        raise ValueError(_("The answer does not look like one of Megaplan's: it has no “meta”."))
    if not all(isinstance(piece.value, dict) for piece in rows):
        raise ValueError(_("The answer holds something that is no record."))
    if look is not None:
        _show([*(piece.value for piece in rows), rest], look)
    included = rest.get("included")
    return Answer(rows, included if isinstance(included, list) else [], meta, _status(meta, response.status))


def _show(outermost: Iterable[dict[str, Any]], look: Callable[[dict[str, Any]], None]) -> None:
    try:
        for value in outermost:
            look(value)
    except (RecursionError, TypeError) as hostile:  # nested without end, or of a type that is no text
        raise ValueError(_("The answer holds something that is no record.")) from hostile


def _status(meta: Mapping[str, Any], otherwise: int) -> int:
    told = meta.get("status")
    return told if isinstance(told, int) and otherwise < 300 else otherwise


def texts(value: Any) -> Iterator[str]:
    """Every text within `value`: errors may be texts, arrays or objects of either (§3, §12)."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from texts(list(value.values()))
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
