"""What a layout makes of entities and a writer takes: tables of rows of plain cells."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

SHORT = 255
"""What text fields of one line take nearly everywhere."""

# A datetime has a zone (UTC). A missing value is None.
Cell = str | int | bool | Decimal | date | datetime | None
Is = Literal[
    "text",
    "date",
    "datetime",
    "moment",
    "number",
    "whole",
    "email",
    "midday",
    "evening",
    "clock",
    "day_after",
    "is_day",
    "has_time",
    "truth",
    "duration",
]
"""As what a column rule writes a value."""


class Kind(Enum):
    """What a column holds; writers that guard texts need to know."""

    TEXT = "text"
    PHONE = "phone"
    NUMBER = "number"
    DATE = "date"
    DATETIME = "datetime"
    TRUTH = "truth"


class Column(NamedTuple):
    """One column: the heading a person (or an importing program) reads, and what stands below it.

    `about` is what the layout says of it for the target's own documents, `custom` the key of the custom field it shows. With
    `entry` it is an entry of a list in the objects of `json`.
    """

    heading: str
    kind: Kind = Kind.TEXT
    about: Mapping[str, Any] = MappingProxyType({})
    custom: str = ""
    entry: bool = False


class Line(NamedTuple):
    """One row: the id of the entity it was made of, and its cells, as many as the table has columns.

    `links` are the ids of those whose rows it belongs to (`within`), or with whose rows it must stay (`together`).
    """

    id: str
    cells: list[Cell]
    links: tuple[str, ...] = ()


@dataclass(slots=True)
class Table:
    """A table to write. `lines()` starts anew each time it is called; `notes` counts what had to be moved or changed on the way.

    `name` is fit for a file name, `title` is for people, `entity` is the kind of entity the rows are made of. `longest` is filled
    beside the notes: by heading of a custom field's column its longest text (0: none of its values is one); without any
    value it is not there.
    """

    name: str
    title: str
    entity: str
    columns: tuple[Column, ...]
    lines: Callable[[], Iterator[Line]]
    notes: Counter[str] = field(default_factory=Counter)
    longest: dict[str, int] = field(default_factory=dict)
