"""One row in the making: what columns have taken of an entity, and what has to go to the overflow column instead."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from crmexport.mapping.to.paths import Path
from crmexport.mapping.to.shown import Shown

_unseen: Callable[[str], re.Match[str] | None] = re.compile("[\\s\u00ad\u200b-\u200f\u2060\ufeff]*").fullmatch


def is_blank(value: object) -> bool:
    """Whether there is nothing to read: no value, or a text of blanks and of signs that nobody sees."""
    return value is None or (isinstance(value, str) and bool(_unseen(value)))


def says_something(value: object) -> bool:
    """Whether a value is more than nothing: no blank, no “no”, no empty list."""
    return bool(value) and not is_blank(value)


def shortened(text: str, limit: int, mark: str = "") -> str:
    """`text` in at most `limit` signs: its beginning, with `mark` behind it."""
    return text if len(text) <= limit else text[: limit - 1 - len(mark)] + "…" + mark


def label_of(item: Any) -> str:
    """What says which telephone, address or the like it is; "" for a link or a text."""
    return str(item.get("label") or item.get("kind") or "").casefold() if isinstance(item, Mapping) else ""


class Row:
    """An entity on its way into a table. `moved` collects lines for the overflow column, `notes` counts for the whole table.

    `fate` is the word under which a value without a column is counted: "overflow", or "left_out" when the table has no
    overflow column. `reached` are the fields of which a column that does not show its value in every row has shown something in
    this one, and `paths` those by which it did; `told` are the fields of which something has moved. `unsaid` are items whose
    column does not say what their label does. `chosen` are the paths that had a value where a column has several.
    """

    __slots__ = (
        "chosen",
        "entity",
        "fate",
        "moved",
        "notes",
        "paths",
        "reached",
        "shown",
        "taken",
        "told",
        "unsaid",
    )

    def __init__(self, entity: Mapping[str, Any], shown: Shown, notes: Counter[str], fate: str) -> None:
        self.fate = fate
        self.entity = entity
        self.shown = shown
        self.notes = notes
        self.moved: list[str] = []
        self.taken: dict[str, set[int]] = {}
        self.reached: set[str] = set()
        self.paths: set[str] = set()
        self.told: set[str] = set()
        self.unsaid: set[tuple[str, int]] = set()
        self.chosen: set[str] = set()

    @classmethod
    def of(cls, entity: Mapping[str, Any], shown: Shown) -> "Row":
        """An entity that is shown within another one's row."""
        return cls(entity, shown, Counter(), "overflow")

    def take(self, field: str, place: int, says_label: bool = True) -> None:
        """Note that item `place` of the list `field` has its column, and whether that one tells what its label does."""
        self.taken.setdefault(field, set()).add(place)
        if not says_label:
            self.unsaid.add((field, place))

    def reach(self, paths: Iterable[Path]) -> None:
        """Note that a column shows what these lead to."""
        for path in paths:
            self.reached.add(path.unit)
            self.paths.add(path.text)

    def is_free(self, field: str, place: int) -> bool:
        """Whether no column has taken item `place` of the list `field` yet."""
        return place not in self.taken.get(field, ())

    def cut(self, field: str, heading: str, text: str, limit: int, mark: str = "") -> str:
        """The beginning of a `text` too long for its cell, with `mark` behind it; the whole goes to the overflow, and is counted."""
        self.move(field, heading, text, "limit")
        self.notes["cut_texts"] += 1
        return shortened(text, limit, mark)

    def move(
        self, field: str, title: str, value: Any, why: str = "no_column", key: str = "", number: int = 1
    ) -> None:
        """Send a value, or a list of so many as `number` says, to the overflow column and count it.

        `why` is the word for what kept it from a column of its own: “no_column”, “choice” (no such word in the value map),
        “unfit” (the cell cannot hold it), “limit” (too long), “shared” (an ambiguous name). `key` is that of a custom field.
        """
        text = self.shown.text(value)
        if text:
            self.told.add(field)
            self.moved.append(f"{title}: {text}")
            self.notes[f"{self.fate}.{field}"] += number
