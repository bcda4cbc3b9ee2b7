"""A layout of one's own to begin with: a copy of one of ours, with a column for every custom field that the archive knows.

The text is copied as it is, comments and all; lines are put in. Whatever a custom field is called or holds stays a word.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from crmexport.errors import ConfigurationError
from crmexport.fitting.opening import written
from crmexport.fitting.people import fresh
from crmexport.mapping.coverage import Sampled
from crmexport.mapping.custom import CustomField
from crmexport.mapping.json_schema import schema_line, without_schema_line
from crmexport.mapping.to import EntitySource, Layout, TableRule, load_layout
from crmexport.mapping.to.custom_path import custom_path, keys_named
from crmexport.mapping.to.headings import custom_headings, unlike, with_unit
from crmexport.mapping.to.nesting import JSON
from crmexport.mapping.to.properties import CONTENT_FORMATS
from crmexport.mapping.yaml_text import comment, quoted
from crmexport.model import Type
from crmexport.text import _, cited, translations

Met = Mapping[str, Sampled]
Form = Callable[[str, str, bool], str]
_KEY_COLUMN = "custom[{key}]{part}"


def _form(layout: Layout, rule: TableRule) -> Form:
    """How a column is written: a path, and what all columns for custom fields of this table have."""
    all_have = ", entry: true" if layout.format == JSON else ""
    all_have += f", limit: {rule.custom_limit}" if rule.custom_limit else ""
    numbers_have = ", is: whole" if rule.custom_numbers == "whole" else ""

    def column(key: str, part: str, is_number: bool) -> str:
        path = quoted(_KEY_COLUMN.format(key=key, part=part))
        more = all_have + (numbers_have if is_number else "")
        return f"{{path: {path}{more}}}" if more else path

    return column


def write_new(path: Path, base: Path, source: EntitySource, lang: str) -> int:
    """Write a copy of the layout file `base` to `path`, with the custom fields of `source`; give their number.

    Raises ConfigurationError when `path` exists, or when the layout takes its tables from another one.
    """
    layout, text = load_layout(base), base.read_text(encoding="utf-8-sig")
    new, number = with_custom_fields(layout, text, source, layout.spoken(lang))
    load_layout(written(fresh(path), f"{schema_line('layout')}\n{without_schema_line(new)}"))
    return number


def with_custom_fields(layout: Layout, text: str, source: EntitySource, lang: str) -> tuple[str, int]:
    """The text of a layout with a column for every custom field, and the number of fields added."""
    inserts: dict[int, list[str]] = {}
    number = 0
    tables = _written_tables(layout, text)
    for name, rule in layout.tables.items():
        if rule.from_ not in source.kinds or not _takes_fields(layout, rule):
            continue
        fields = _unnamed(source.custom_fields(rule.from_), rule.columns)
        total, met = _met(source, rule.from_)
        write = _properties if layout.format in CONTENT_FORMATS else _columns
        form = _form(layout, rule)
        lines = list(write(fields, [*rule.columns, *rule.headings], total, met, lang, form))
        number += len(fields)
        known = {field.key for field in source.custom_fields(rule.from_)}
        lines += _undescribed({key: one for key, one in met.items() if key not in known}, total, form)
        if lines:
            place, indent = _place(tables, name)
            inserts[place] = [" " * indent + line for line in lines]
    return "".join(_merged(text, inserts)), number


def _takes_fields(layout: Layout, rule: TableRule) -> bool:
    """Whether custom fields can be columns of a table: not of one that only links, nor of objects without a list for them."""
    return not rule.leaves_all and (layout.format != JSON or rule.entries is not None)


def _merged(text: str, inserts: Mapping[int, list[str]]) -> Iterator[str]:
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        yield from (f"{one}\n" for one in inserts.get(number, ()))
        yield line
    if lines and not lines[-1].endswith("\n"):
        yield "\n"
    yield from (f"{one}\n" for place, several in inserts.items() if place >= len(lines) for one in several)


def _written_tables(layout: Layout, text: str) -> Any:
    """The tables as they stand in the text of a layout."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    tables = next((value for key, value in getattr(node, "value", ()) if key.value == "tables"), None)
    if tables is None and layout.tables:
        raise ConfigurationError(
            _("This layout takes its tables from another one (“like”). Begin with that one instead.")
        )
    return tables


def _place(tables: Any, table: str) -> tuple[int, int]:
    """The line before which new columns of a table go, and how far they are indented."""
    columns = tables
    for name in (table, "columns"):
        found = [pair for pair in columns.value if pair[0].value == name]
        if not found or _is_alias(*found[0]):
            raise _unwritable(table)
        columns = found[0][1]
    if columns.flow_style or not columns.value:
        raise _unwritable(table)
    return _behind(*columns.value[-1])


def _behind(key: yaml.Node, value: yaml.Node) -> tuple[int, int]:
    """The line behind a column, and how far that is indented. An alias ends where it stands, and not where its value does."""
    if _is_alias(key, value):
        return key.end_mark.line + 1, key.start_mark.column
    is_short = isinstance(value, yaml.ScalarNode) and value.style not in ("|", ">")
    is_inline = is_short or getattr(value, "flow_style", False)
    return value.end_mark.line + (1 if is_inline else 0), key.start_mark.column


def _is_alias(key: yaml.Node, value: yaml.Node) -> bool:
    """Whether the value of a key is written elsewhere: then it stands before the key."""
    return bool(value.start_mark.index < key.end_mark.index)


def _unwritable(table: str) -> ConfigurationError:
    return ConfigurationError(
        _(
            "The columns of the table “{table}” stand in braces, or are written at another one. Write one a line, then start again."
        ).format(table=table)
    )


def _unnamed(fields: Any, columns: Mapping[str, Any]) -> list[CustomField]:
    paths = [path for one in columns.values() for path in ((one,) if isinstance(one, str) else one.paths)]
    named = keys_named(paths)
    return [field for field in fields if field.key not in named and custom_path(f"custom[{field.key}]")]


def _met(source: EntitySource, kind: str) -> tuple[int, defaultdict[str, Sampled]]:
    """How many entities of a kind there are, and how often each custom field is filled, with samples."""
    total = 0
    met: defaultdict[str, Sampled] = defaultdict(Sampled)
    for entity in source.iterate(kind):
        total += 1
        for key, value in (entity.get("custom") or {}).items():
            met[key].add(value)
    return total, met


def _columns(
    fields: list[CustomField], taken: Sequence[str], total: int, met: Met, lang: str, form: Form
) -> Iterator[str]:
    """The lines of the new columns: each with how often it is filled and a few samples."""
    if fields:
        head = _("Custom fields found in the archive:")
        yield f"# {comment(head)}"
    used = {heading.casefold() for heading in taken}
    for heading, field in zip(custom_headings(fields, taken, lang), fields, strict=True):
        yield f"# {comment(_filled(met.get(field.key, Sampled()), total))}"
        for title, part in _parts(heading, field, lang):
            title = unlike(title, used)
            used.add(title.casefold())
            yield f"{quoted(title)}: {form(field.key, part, _is_number(field, part))}"


def _properties(
    fields: list[CustomField], taken: Sequence[str], total: int, met: Met, lang: str, form: Form
) -> Iterator[str]:
    """The same as comments for cards and calendars: few readers show properties of one's own, and the overflow has it all."""
    if fields:
        head = _(
            "Custom fields of the archive stand in the overflow. Take away the “#” to give one a property:"
        )
        yield f"# {comment(head)}"
    number = 0
    for field in fields:
        for title, part in _parts(with_unit(" ".join(field.label.split()), field, lang), field, lang):
            number += 1
            column = f"X-CRM-{number}: {form(field.key, part, _is_number(field, part))}"
            about = f"{title}, {_filled(met.get(field.key, Sampled()), total)}"
            yield comment(f"# {column}  # {about}", longest=400)


def _parts(heading: str, field: CustomField, lang: str) -> Iterator[tuple[str, str]]:
    """The columns of one field: money and links need a second one."""
    translate = translations(lang).gettext
    if field.type is Type.MONEY:
        yield heading, ".amount"
        yield translate("{title}, currency").format(title=heading), ".currency"
        return
    yield heading, ""
    if field.type in (Type.REF, Type.REFS):
        yield translate("{title}: ID").format(title=heading), ".id"


def _is_number(field: CustomField, part: str) -> bool:
    return part == ".amount" if field.type is Type.MONEY else field.type is Type.NUMBER


def _undescribed(met: Met, total: int, form: Form) -> list[str]:
    """Fields of the source that nobody described, as comments: take away the `#` of what you want."""
    if not met:
        return []
    head = _("Fields of the source without a description; take away the “#” of those you want:")
    lines = [f"# {comment(head)}"]
    for key, found in met.items():
        if custom_path(f"custom[{key}]"):
            column = f"{quoted(key)}: {form(key, '', False)}"
            lines.append(comment(f"# {column}  # {_filled(found, total)}", longest=400))
    return lines


def _filled(found: Sampled, total: int) -> str:
    """“Filled in 45 of 300, such as: …”."""
    sentence = _("filled in {count} of {total}").format(count=found.count, total=total)
    samples = ", ".join(cited(comment(sample, longest=40)) for sample in found.samples)
    return sentence + (", " + _("such as: {samples}").format(samples=samples) if samples else "")
