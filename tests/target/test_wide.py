"""Tables of thousands of columns: a scheme with as many fields, or a task with as many comments, each in a column."""

import tracemalloc
from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest

from crmexport.mapping.to import Line, Table, overflow
from crmexport.mapping.to.table import Column
from crmexport.target.roll import Everything, enrolled

WIDE, ROWS = 2000, 300


class Counting(Everything):
    """Takes every row, and looks at what it would be told apart by."""

    def takes(self, kind: str, id: str, content: object) -> bool:
        return bool(content)


def test_of_rows_that_are_filled_unlike_each_other_little_is_remembered() -> None:
    """A byte for each column; with a pointer it was 60 MB for four thousand rows."""
    columns = tuple(Column(f"Field {number}") for number in range(WIDE))
    lines = (Line(str(row), [None] * row + ["x"] * (WIDE - row)) for row in range(ROWS))
    table = enrolled(Table("deals", "Deals", "deal", columns, lambda: lines), Counting())
    tracemalloc.start()
    written = sum(1 for _line in table.lines())
    left = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert written == ROWS
    assert left < 2 * ROWS * WIDE


def test_the_empty_cells_of_a_list_are_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """One task with thousands of comments gives every other as many empty ones."""
    looked: Counter[bool] = Counter()
    finished = overflow._finished

    def counted(row: Any, cell: Any, *more: Any) -> Any:
        looked[cell is None] += 1
        return finished(row, cell, *more)

    monkeypatch.setattr(overflow, "_finished", counted)
    row: Any = SimpleNamespace(notes=Counter())
    made = overflow._finished(row, ["a", *[None] * WIDE, "b"], str.upper, None)
    assert made == ["A", *[None] * WIDE, "B"]
    assert looked == {False: 3}
