"""Constants within statements that are compiled once: as parameters, they would have to be given each time."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Text, and_, exists, func, literal_column

from crmexport.archive.schema import announced, records

LINKED = "linked/"  # the scope of a record that no list gave, only a link


def text(constant: str) -> ColumnElement[str]:
    """A text that we chose ourselves, without quotes in it."""
    return literal_column(f"'{constant}'", Text)


def number(constant: int) -> ColumnElement[int]:
    """A number that we chose ourselves."""
    return literal_column(str(constant), Integer)


def part(scope: Any, place: int) -> ColumnElement[str]:
    """What stands in a text between slashes, from place 1 on."""
    return func.split_part(scope, text("/"), number(place), type_=Text)


def step(line: Select[Any]) -> Select[Any]:
    """The first rows of a walk's next step (see walking.py). Without an offset, SQLite's dialect adds a parameter of its own."""
    return line.limit(number(500)).offset(number(0))


# "0" follows "/"
IS_LINKED = and_(announced.c.scope >= text(LINKED), announced.c.scope < text(LINKED.replace("/", "0")))
"""Whether only a link tells of what is announced."""

_parent = records.alias()
HANGS_ON_DELETED = exists().where(
    _parent.c.stream == records.c.parent_stream,
    _parent.c.id == records.c.parent_id,
    _parent.c.deleted.is_not(None),
)
"""Whether what a record hangs on is marked as deleted."""
