"""The steps of a column after its value has been found: choose, shape, fall back, make unique, clean, keep within the limit."""

from collections.abc import Callable
from datetime import tzinfo

from crmexport.mapping.to import shaping
from crmexport.mapping.to.paths import Path
from crmexport.mapping.to.repeat import replaced
from crmexport.mapping.to.row import Row, is_blank
from crmexport.mapping.to.schema import ColumnRule
from crmexport.mapping.to.shared import Shared
from crmexport.mapping.to.table import Cell
from crmexport.mapping.to.template import Template
from crmexport.mapping.to.where import Keep

Make = Callable[[Row], Cell]


class Steps:
    """Each step wraps the function before it. What a step takes away from a value goes to the overflow."""

    heading: str
    rule: ColumnRule
    paths: tuple[Path, ...]
    zone: tzinfo
    default: Template | None
    unless: Keep | None
    shared: Shared | None

    def shaped(self, get: Make) -> Make:
        """`get`, and the steps that the rule asks for."""
        rule = self.rule
        for wrap, wanted in (
            (self._chosen, rule.choice is not None),
            (self._typed, rule.is_ is not None or rule.multiply is not None),
            (self._defaulted, self.default is not None),
            (self._unshared, self.shared is not None),
            (self._replaced, bool(rule.replace) and not self._is_list),
            (self._limited, rule.limit is not None and rule.label is None),
        ):
            if wanted:
                get = wrap(get)
        return get

    @property
    def _is_list(self) -> bool:
        """Whether the value is a list, whose items are shaped one by one, and not a text."""
        return self.rule.label is None and any(path.many for path in self.paths)

    @property
    def _field(self) -> str:
        """The field under which a value of this column is counted when it has to move."""
        return self.paths[0].field.name if self.paths else self.heading

    def _replaced(self, get: Make) -> Make:
        signs = self.rule.replace

        def clean(row: Row) -> Cell:
            cell = get(row)
            return replaced(row, cell, signs) if isinstance(cell, str) else cell

        return clean

    def _chosen(self, get: Make) -> Make:
        choice, field, heading = self.rule.choice or {}, self._field, self.heading
        other, tell = choice.get("*"), self.rule.tell

        def chosen(row: Row) -> Cell:
            cell = get(row)
            if cell is None:
                return choice.get("")
            word = str(cell).lower() if isinstance(cell, bool) else str(cell)
            if word in choice:
                return choice[word]
            if not tell:
                row.move(field, heading, cell, "choice")
            return other

        return chosen

    def _typed(self, get: Make) -> Make:
        shape = shaping.shape(self.rule, self.zone)
        field, heading = self._field, self.heading

        def typed(row: Row) -> Cell:
            cell = get(row)
            if cell is None:
                return None
            value, is_exact = shape(row, cell)
            if not is_exact:
                row.move(field, heading, cell, "unfit")
            return value

        return typed

    def _defaulted(self, get: Make) -> Make:
        default, unless = self.default, self.unless
        assert default is not None  # noqa: S101 - `shaped` asks
        shows = () if self.rule.tell else default.paths

        def defaulted(row: Row) -> Cell:
            cell = get(row)
            if not is_blank(cell) or (unless and unless.test(row.entity, row.shown.references)):
                return cell
            text = default.fill(row)
            row.reach(path for path in shows if path.text in row.chosen)
            return text or None

        return defaulted

    def _unshared(self, get: Make) -> Make:
        one, heading = self.shared, self.heading
        assert one is not None  # noqa: S101 - `shaped` asks
        field = one.field or self._field

        def unshared(row: Row) -> Cell:
            cell = get(row)
            if is_blank(cell):
                return None
            if not isinstance(cell, str) or not one.is_shared(row, cell):
                return cell
            row.notes[f"shared_names.{one.key}"] += 1
            if self.rule.shared == "suffix":
                return one.unique(row, cell)
            row.move(field, heading, f"{cell} (#{one.id_of(row)})", "shared")
            return None

        return unshared

    def _limited(self, get: Make) -> Make:
        limit, field, heading, one = self.rule.limit or 1, self._field, self.heading, self.shared

        def limited(row: Row) -> Cell:
            cell = get(row)
            if not isinstance(cell, str) or len(cell) <= limit:
                return cell
            return row.cut(field, heading, cell, limit, one.mark_in(row, cell) if one else "")

        return limited
