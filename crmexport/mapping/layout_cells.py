"""One key of a layout as one cell of a workbook, and back: short texts stay as a person writes them, the rest is YAML on one line."""

from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import yaml
from pydantic.fields import FieldInfo

from crmexport.mapping.yaml_file import read_value
from crmexport.mapping.yaml_text import flow

_YAML_FIRST = '"'


def is_text(field: FieldInfo) -> bool:
    """Whether the key takes nothing but a text: then the cell is that text, whatever it looks like."""
    return all(kind in (str, type(None)) for kind in _kinds(field.annotation))


def _kinds(annotation: Any) -> Iterator[Any]:
    """The plain types within unions, literals and annotated types."""
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        for one in get_args(annotation):
            yield from _kinds(one)
    elif origin is Annotated:
        yield from _kinds(get_args(annotation)[0])
    elif origin is Literal:
        yield from (type(one) for one in get_args(annotation))
    else:
        yield annotation


def to_cell(value: Any, text: bool) -> Any:
    """A value as a cell; `from_cell` makes the same value of it."""
    if isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str) and _survives(value) and _reads_back(value, text):
        return value
    return flow(value)


def from_cell(cell: Any, text: bool) -> Any:
    """The value of a cell. Raises yaml.YAMLError for YAML that is none, and RecursionError for brackets without end."""
    if not isinstance(cell, str):
        return str(cell) if text and not isinstance(cell, bool) else cell
    if text and not cell.startswith(_YAML_FIRST):
        return cell
    return read_value(cell)


def _reads_back(value: str, text: bool) -> bool:
    try:
        return bool(from_cell(value, text) == value)
    except yaml.YAMLError:
        return False


def _survives(value: str) -> bool:
    """Whether a cell keeps the text: no signs that are lost, and none that a person would not see."""
    return (
        value == value.strip() and value != "" and all(sign.isprintable() or sign == "\n" for sign in value)
    )
