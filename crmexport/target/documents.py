"""JSON documents that a target reads beside its tables, such as the configuration of an import wizard.

A layout gives the document as it shall be. In it, `{columns_of: TABLE, ...}` becomes a list with an entry for every column
(within a list, its entries), or, with `by: heading`, an object with a key for every heading of which something is said: the other keys, filled in, and
what the column says `about` itself, or what `custom` says of custom fields; `instead` says something else of some headings. With `only: entries` nothing is
said but of entries, `{number}` is the place of one among them, and `longest` cuts headings. `{files_of: TABLE, ...}` becomes an entry for every file of the table, or with `as` a text.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from crmexport.mapping.to import Column
from crmexport.mapping.to.template import identifier
from crmexport.target.output import Output
from crmexport.target.readme import Written

Fill = Callable[[str], str]
_OF_COLUMNS = ("columns_of", "by", "custom", "only", "longest", "instead")


def document(body: Any, written: Written, fill: Fill = str) -> Any:
    """`body` with its lists of columns and files filled in."""
    if isinstance(body, str):
        return fill(body)
    if isinstance(body, list):
        return [one for item in body for one in _items(item, written, fill)]
    if not isinstance(body, Mapping):
        return body
    if "columns_of" in body:
        return _columns(body, written)
    return {key: document(value, written, fill) for key, value in body.items()}


def _items(item: Any, written: Written, fill: Fill) -> Iterator[Any]:
    if not isinstance(item, Mapping) or "files_of" not in item:
        made = document(item, written, fill)
        yield from made if isinstance(item, Mapping) and isinstance(made, list) else [made]
        return
    rest: Any = {key: value for key, value in item.items() if key != "files_of"}
    rest = rest["as"] if set(rest) == {"as"} else rest
    for output in _outputs(item["files_of"], written):
        name = output.path.rpartition("/")[2]
        yield document(rest, written, lambda text, name=name: text.replace("{file}", name))  # type: ignore[misc]


def _outputs(table: str, written: Written) -> Iterator[Output]:
    return (output for one, outputs in written if one.name == table for output in outputs)


def _columns(body: Mapping[str, Any], written: Written) -> Any:
    columns = [
        column for table, _outputs in written if table.name == body["columns_of"] for column in table.columns
    ]
    if body.get("only") == "entries":
        columns = entries_of(columns)
    rest = {key: value for key, value in body.items() if key not in _OF_COLUMNS}
    own, longest, instead = body.get("custom", {}), body.get("longest"), body.get("instead", {})
    filled = [_filling(column, number, longest) for number, column in enumerate(columns, start=1)]
    entries = [
        {
            **_filled(rest, fill),
            **instead.get(column.heading, _filled(own, fill) if column.custom else column.about),
        }
        for column, fill in zip(columns, filled, strict=True)
    ]
    if body.get("by") == "heading":
        known = zip(columns, entries, strict=True)
        return {column.heading: entry for column, entry in known if column.about or (own and column.custom)}
    return entries


def entries_of(columns: Iterable[Column]) -> list[Column]:
    """The columns that are entries of a list: custom fields, and those of which the layout says so."""
    return [column for column in columns if column.entry or column.custom]


def _filling(column: Column, number: int, longest: int | None) -> Fill:
    heading = column.heading
    if longest is not None and len(heading) > longest:
        heading = heading[: longest - 1] + "…"
    places = {"{heading}": heading, "{key}": identifier(column.custom).lower(), "{number}": str(number)}

    def fill(text: str) -> str:
        for place, value in places.items():
            text = text.replace(place, value)
        return text

    return fill


def _filled(entry: Mapping[str, Any], fill: Fill) -> dict[str, Any]:
    return {key: fill(value) if isinstance(value, str) else value for key, value in entry.items()}
