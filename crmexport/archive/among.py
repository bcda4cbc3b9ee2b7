"""`among`: whether a column holds one of many texts, given as one parameter, so that the statement stays the same."""

from typing import Any

from sqlalchemy import ColumnElement, String, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles


class among(ColumnElement[bool]):  # noqa: N801 - reads like the other words of a statement
    """`column` holds one of the texts of the parameter `name`, which is given as `Database.listed` makes it."""

    inherit_cache = False

    def __init__(self, column: ColumnElement[str], name: str) -> None:
        self.column = column
        self.name = name


@compiles(among, "sqlite")
def _sqlite(element: among, compiler: Any, **words: Any) -> str:
    given = compiler.process(bindparam(element.name), **words)
    value = "replace(replace(value, char(1, 1), char(0)), char(1, 2), char(1))"  # what nul.py escaped
    return f"{compiler.process(element.column, **words)} IN (SELECT {value} FROM json_each({given}))"  # noqa: S608 - compiled parts


@compiles(among, "postgresql")
def _postgresql(element: among, compiler: Any, **words: Any) -> str:
    given = compiler.process(bindparam(element.name, type_=ARRAY(String)), **words)
    return f"{compiler.process(element.column, **words)} = ANY({given})"
