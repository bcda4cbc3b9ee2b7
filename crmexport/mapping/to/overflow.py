"""What no column takes goes to the overflow column, or is counted when the table has none: nothing is dropped in silence."""

from collections.abc import Sequence

from crmexport.mapping.custom import CustomField
from crmexport.mapping.to.column import Made
from crmexport.mapping.to.paths import titles_needed
from crmexport.mapping.to.row import Row
from crmexport.mapping.to.schema import TableRule
from crmexport.mapping.to.table import Cell
from crmexport.model import Entity, Type
from crmexport.text import translations

_ALWAYS_LEFT = frozenset({"source_id", "description_html", "html"})


class Overflow:
    """Knows, for one table, which fields no column reads and where their values go."""

    def __init__(
        self,
        rule: TableRule,
        entity: Entity,
        columns: Sequence[Made],
        custom: Sequence[CustomField],
        lang: str,
    ) -> None:
        translate = translations(lang).gettext
        self._place = list(rule.columns).index(rule.overflow) if rule.overflow else None
        whole, in_part = _read_by(columns)
        left = whole | set(rule.leave_out) | _ALWAYS_LEFT
        self._fields = [
            (field, translate(field.title)) for field in entity.fields if field.name not in left | in_part
        ]
        self._lists = [
            (field, translate(field.title)) for field in entity.fields if field.name in in_part - left
        ]
        self._labels = {field.key: field.label for field in custom}
        self._in_columns = frozenset(self._labels) if rule.custom == "columns" else frozenset()
        self._left_custom = rule.custom == "none"
        self._choices = {
            field.name: {key: translate(word) for key, word in field.choices.items()}
            for field in entity.fields
        }
        links = [field for field, _title in self._fields if field.type in (Type.REF, Type.REFS)]
        self.needs = [need for field in links for need in titles_needed(field)]

    @property
    def fate(self) -> str:
        """How a value without a column is counted."""
        return "left_out" if self._place is None else "overflow"

    def put(self, row: Row, cells: list[Cell]) -> None:
        """Append to the overflow cell whatever of the row's entity stands in no column."""
        for field, title in self._lists:
            free = [
                item
                for place, item in enumerate(row.entity.get(field.name) or ())
                if row.is_free(field.name, place)
            ]
            row.notes.update({f"{self.fate}.{field.name}": len(free) - 1} if len(free) > 1 else {})
            row.move(field.name, title, free)
        for field, title in self._fields:
            value = row.entity.get(field.name)
            if value is not None and value is not False:
                row.move(
                    field.name, title, self._choices[field.name].get(value, value) if field.choices else value
                )
        self._custom(row)
        self._write(row, cells)

    def _custom(self, row: Row) -> None:
        """Custom fields without a column, and what came along without any definition."""
        rest = {
            key: value
            for key, value in (row.entity.get("custom") or {}).items()
            if key not in self._in_columns
        }
        if self._left_custom:
            row.notes.update({"left_out.custom": len(rest)} if rest else {})
            return
        for key, value in rest.items():
            row.move("custom", self._labels.get(key, key), value)

    def _write(self, row: Row, cells: list[Cell]) -> None:
        if not row.moved or self._place is None:
            return
        own = cells[self._place]
        cells[self._place] = "\n".join([str(own), *row.moved] if own is not None else row.moved)


def _read_by(columns: Sequence[Made]) -> tuple[set[str], set[str]]:
    """The fields that columns read whole, and the lists of which they take single items."""
    in_part = {name for made in columns for name in made.by_item}
    whole = {
        path.field.name for made in columns for path in made.paths if path.field.name not in made.by_item
    }
    return whole, in_part - whole
