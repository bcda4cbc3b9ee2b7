"""JSON documents that a target reads beside its tables, such as the configuration of an import wizard.

A layout gives the document as it shall be. In it, `{columns_of: TABLE, ...}` becomes a list with an entry for every column,
or, with `by: heading`, an object with a key for every heading of which something is said: the other keys, filled in, and
what the column says `about` itself, or what `custom` says of custom fields. `{files_of: TABLE, ...}` becomes a list with an entry for every file of the table.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from crmexport.mapping.to import Column
from crmexport.mapping.to.template import identifier
from crmexport.target.output import Output
from crmexport.target.readme import Written

Fill = Callable[[str], str]


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
        yield document(item, written, fill)
        return
    rest = {key: value for key, value in item.items() if key != "files_of"}
    for output in _outputs(item["files_of"], written):
        name = output.path.rpartition("/")[2]
        yield document(rest, written, lambda text, name=name: text.replace("{file}", name))  # type: ignore[misc]


def _outputs(table: str, written: Written) -> Iterator[Output]:
    return (output for one, outputs in written if one.name == table for output in outputs)


def _columns(body: Mapping[str, Any], written: Written) -> Any:
    columns = [
        column for table, _outputs in written if table.name == body["columns_of"] for column in table.columns
    ]
    rest = {key: value for key, value in body.items() if key not in ("columns_of", "by", "custom")}
    own = body.get("custom", {})
    entries = [
        {**_filled(rest, column), **(_filled(own, column) if column.custom else column.about)}
        for column in columns
    ]
    if body.get("by") == "heading":
        known = zip(columns, entries, strict=True)
        return {column.heading: entry for column, entry in known if column.about or (own and column.custom)}
    return entries


def _filled(entry: Mapping[str, Any], column: Column) -> dict[str, Any]:
    places = {"{heading}": column.heading, "{key}": identifier(column.custom).lower()}

    def fill(text: str) -> str:
        for place, value in places.items():
            text = text.replace(place, value)
        return text

    return {key: fill(value) if isinstance(value, str) else value for key, value in entry.items()}
