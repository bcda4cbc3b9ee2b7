"""A layout as a workbook that a person without YAML can fill in, and back.

Three sheets: the settings, a row for each table, a row for each column. The headings are the keys of docs/targets.md; a
fourth sheet, which nobody reads back, says in the person's language what each of them means.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from crmexport.errors import ConfigurationError
from crmexport.mapping.layout_cells import from_cell, is_text, to_cell
from crmexport.mapping.sheets import LONGEST, Line, Sheet, Spot, read_book, write_book
from crmexport.mapping.to.dialects import Dialect, Limits
from crmexport.mapping.to.reading import check_layout, inherited, load_layout
from crmexport.mapping.to.schema import ColumnRule, Layout, TableRule
from crmexport.mapping.yaml_file import Complaints, KeyPath, Position, read_yaml, written
from crmexport.mapping.yaml_problems import problem
from crmexport.mapping.yaml_words import allowed_keys, did_you_mean, is_short_form, sentence_for
from crmexport.text import _

SETTINGS, TABLES, COLUMNS = "Settings", "Tables", "Columns"
KEY, VALUE, TABLE, HEADING = "key", "value", "table", "column"
_PARTED: Mapping[str, type[BaseModel]] = {"csv": Dialect, "limits": Limits}
"""Keys of a layout whose own keys get a row each."""

Fields = Mapping[str, FieldInfo]
Data = dict[str, Any]


def keys_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The keys of a model as they stand in a file."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


_LAYOUT = {key: field for key, field in keys_of(Layout).items() if key not in ("tables", *_PARTED)}
_TABLE = {key: field for key, field in keys_of(TableRule).items() if key != "columns"}
_COLUMN = keys_of(ColumnRule)


def to_workbook(layout: Path, path: Path) -> None:
    """Write the layout file `layout` as a workbook. Raises ConfigurationError for a wrong layout, or a text too long."""
    load_layout(layout)
    data, _positions = read_yaml(layout)
    tables = data.get("tables") or {}
    sheets = [_settings(data), _tables(tables), _columns(tables), _meanings()]
    for sheet in sheets:
        for row in sheet.rows:
            _refuse_long(layout, sheet.title, row)
    write_book(path, sheets)


def _settings(data: Data) -> Sheet:
    rows = [[key, to_cell(data[key], is_text(field))] for key, field in _LAYOUT.items() if key in data]
    for key, model in _PARTED.items():
        inner = data.get(key) or {}
        rows += [
            [f"{key}.{name}", to_cell(inner[name], is_text(field))]
            for name, field in keys_of(model).items()
            if name in inner
        ]
    return Sheet(SETTINGS, [KEY, VALUE], rows)


def _tables(tables: Data) -> Sheet:
    rows = [[to_cell(name, text=True), *_row(rule, _TABLE)] for name, rule in tables.items()]
    return Sheet(TABLES, [TABLE, *_TABLE], rows)


def _columns(tables: Data) -> Sheet:
    rows = [
        [to_cell(name, text=True), to_cell(heading, text=True), *_row(rule, _COLUMN)]
        for name, table in tables.items()
        for heading, rule in table["columns"].items()
    ]
    return Sheet(COLUMNS, [TABLE, HEADING, *_COLUMN], rows)


def _meanings() -> Sheet:
    """What each key means, in the language in use. Nobody reads this sheet back."""
    inner = {
        f"{key}.{name}": field for key, model in _PARTED.items() for name, field in keys_of(model).items()
    }
    sheets = {
        SETTINGS: _told({**_LAYOUT, **inner}),
        TABLES: {TABLE: _("The name of the table, and of its file."), **_told(_TABLE)},
        COLUMNS: {
            TABLE: _("The table in which the column stands."),
            HEADING: _("The column, called by its heading."),
            **_told(_COLUMN),
        },
    }
    rows = [[sheet, key, meaning] for sheet, told in sheets.items() for key, meaning in told.items()]
    return Sheet(_("What it means"), [_("Sheet"), _("Heading or key"), _("Meaning")], rows)


def _told(fields: Fields) -> dict[str, str]:
    return {key: _(field.description) for key, field in fields.items() if field.description}


def _row(rule: Any, fields: Fields) -> list[Any]:
    """The cells of a rule; a lone text is its path."""
    values = {"path": rule} if isinstance(rule, str) else rule
    return [to_cell(values[key], is_text(field)) if key in values else None for key, field in fields.items()]


def _refuse_long(layout: Path, sheet: str, row: Sequence[Any]) -> None:
    for cell in row:
        if isinstance(cell, str) and len(cell) > LONGEST:
            sentence = _(
                "{file}: a text for the sheet “{sheet}” has {length} characters; a cell holds {most}."
            )
            raise ConfigurationError(
                sentence.format(file=layout, sheet=sheet, length=len(cell), most=LONGEST)
            )


def from_workbook(path: Path) -> str:
    """The layout in a workbook, as YAML. Raises ConfigurationError with every mistake, by sheet and cell."""
    reader = _Reader(path)
    data = reader.read(read_book(path, (SETTINGS, TABLES, COLUMNS)))
    layout = _validated(path, data, reader.spots)
    complaints = _CellComplaints(path, data, reader.spots)
    check_layout(layout, complaints)
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=120)


def _validated(path: Path, data: Data, spots: dict[KeyPath, Spot]) -> Layout:
    whole = {**inherited(data, path), **data}
    try:
        return Layout.model_validate(whole)
    except ValidationError as error:
        complaints = _CellComplaints(path, data, spots)
        for one in error.errors(include_url=False):
            if not is_short_form(one):
                complaints.add(one["loc"], sentence_for(one, allowed_keys(Layout, one["loc"][:-1])))
        complaints.raise_any()
        raise  # pragma: no cover - a ValidationError has at least one error


class _CellComplaints(Complaints):
    """Mistakes told by sheet and cell instead of by line."""

    def __init__(self, path: Path, data: Any, spots: dict[KeyPath, Spot]) -> None:
        super().__init__(path, data, {(): Position(1, 1)})
        self._spots = spots

    def add_at(self, place: KeyPath, sentence: str) -> None:
        """Note a mistake at the cell of the key; at that of the nearest one around it, which does not show it, with its name."""
        near = place
        while near and near not in self._spots:
            near = near[:-1]
        if near != place:
            sentence = _("“{key}”: {sentence}").format(key=written(place[len(near) :]), sentence=sentence)
        told = self._spots.get(near, Spot(SETTINGS, "A1")).told(self.path, sentence)
        self._found.append((Position(len(self._found), 1), told))


class _Reader:
    """Puts the data of a layout together, remembering the cell of every key."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.spots: dict[KeyPath, Spot] = {}

    def read(self, book: Mapping[str, Sequence[Line]]) -> Data:
        """The data of the whole workbook."""
        for title in (SETTINGS, TABLES, COLUMNS):
            if title not in book:
                sentence = _("{file} has no sheet “{sheet}”.").format(file=self.path, sheet=title)
                raise ConfigurationError(sentence + did_you_mean(title, book))
        data: Data = {}
        for line in book[SETTINGS]:
            self._setting(data, line)
        tables = {name: rule for line in book[TABLES] for name, rule in self._table(line)}
        for line in book[COLUMNS]:
            self._column(tables, line)
        return {**data, **({"tables": tables} if tables else {})}

    def _setting(self, data: Data, line: Line) -> None:
        key, _dot, inner = str(line.cells.get(KEY, "")).strip().partition(".")
        fields = keys_of(_PARTED[key]) if key in _PARTED else _LAYOUT
        name = inner if key in _PARTED else key + _dot + inner
        if name not in fields:
            known = [
                *_LAYOUT,
                *(f"{one}.{part}" for one, model in _PARTED.items() for part in keys_of(model)),
            ]
            written = key + _dot + inner
            sentence = _("there is no key “{key}” here.").format(key=written) + did_you_mean(written, known)
            raise ConfigurationError(line.spot(KEY).told(self.path, sentence))
        place: KeyPath = (key, inner) if key in _PARTED else (name,)
        self._refuse_twice(place, line, KEY, key + _dot + inner)
        value = self._value(line, VALUE, fields[name], place)
        if key in _PARTED:
            data.setdefault(key, {})[inner] = value
        else:
            data[name] = value

    def _table(self, line: Line) -> Iterator[tuple[str, Data]]:
        name = self._name(line, TABLE)
        place: KeyPath = ("tables", name)
        self._refuse_twice(place, line, TABLE, name)
        yield name, {**self._rule(line, _TABLE, (TABLE,), place), "columns": {}}

    def _column(self, tables: Data, line: Line) -> None:
        table, heading = self._name(line, TABLE), self._name(line, HEADING)
        if table not in tables:
            sentence = _("there is no table “{name}”.").format(name=table) + did_you_mean(table, tables)
            raise ConfigurationError(line.spot(TABLE).told(self.path, sentence))
        place: KeyPath = ("tables", table, "columns", heading)
        self._refuse_twice(place, line, HEADING, heading)
        rule = self._rule(line, _COLUMN, (TABLE, HEADING), place)
        is_lone = set(rule) == {"path"} and isinstance(rule["path"], str)
        tables[table]["columns"][heading] = rule["path"] if is_lone else rule

    def _name(self, line: Line, heading: str) -> str:
        if heading not in line.cells:
            sentence = _("something is needed here: the row has other cells.")
            raise ConfigurationError(line.spot(heading).told(self.path, sentence))
        return str(self._parsed(line, heading, text=True))

    def _refuse_twice(self, place: KeyPath, line: Line, heading: str, name: str) -> None:
        if place in self.spots:
            sentence = _("“{id}” stands here twice. Keep one of the rows.").format(id=name)
            raise ConfigurationError(line.spot(heading).told(self.path, sentence))
        self.spots[place] = line.spot(heading)

    def _rule(self, line: Line, fields: Fields, taken: Sequence[str], place: KeyPath) -> Data:
        for heading in line.columns:
            if heading not in fields and heading not in taken:
                spot = Spot(line.sheet, f"{line.columns[heading]}1")
                sentence = _("there is no heading “{heading}”.").format(heading=heading)
                raise ConfigurationError(spot.told(self.path, sentence + did_you_mean(heading, fields)))
        return {
            key: self._value(line, key, fields[key], (*place, key)) for key in fields if key in line.cells
        }

    def _value(self, line: Line, heading: str, field: FieldInfo, place: KeyPath) -> Any:
        self.spots[place] = line.spot(heading)
        return self._parsed(line, heading, is_text(field))

    def _parsed(self, line: Line, heading: str, text: bool) -> Any:
        try:
            return from_cell(line.cells.get(heading), text)
        except (yaml.YAMLError, RecursionError) as error:
            sentence = _("this is not YAML ({problem}). Look at brackets, commas and quotation marks.")
            spot = line.spot(heading)
            raise ConfigurationError(spot.told(self.path, sentence.format(problem=problem(error)))) from error
