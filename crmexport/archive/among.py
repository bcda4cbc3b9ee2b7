"""`among`: whether a column holds one of many values, given as one parameter, so that the statement stays the same."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, String, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles


class among(ColumnElement[bool]):  # noqa: N801 - reads like the other words of a statement
    """`column` holds one of the texts, or numbers, of the parameter `name`, which is given as `Database.listed` makes it."""

    inherit_cache = False

    def __init__(self, column: ColumnElement[str] | ColumnElement[int], name: str) -> None:
        self.column = column
        self.name = name
        self.are_texts = isinstance(column.type, String)


@compiles(among, "sqlite")
def _sqlite(element: among, compiler: Any, **words: Any) -> str:
    given = compiler.process(bindparam(element.name), **words)
    text = "replace(replace(value, char(1, 1), char(0)), char(1, 2), char(1))"  # what escaping.py escaped
    value = text if element.are_texts else "value"
    return f"{compiler.process(element.column, **words)} IN (SELECT {value} FROM json_each({given}))"  # noqa: S608 - compiled parts


@compiles(among, "postgresql")
def _postgresql(element: among, compiler: Any, **words: Any) -> str:
    given = compiler.process(
        bindparam(element.name, type_=ARRAY(String if element.are_texts else BigInteger)), **words
    )
    return f"{compiler.process(element.column, **words)} = ANY({given})"
