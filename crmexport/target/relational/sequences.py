"""Rows of relations that were written one after another, held against what is found in the same order."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from crmexport.target.readback.mismatch import Mismatch, of_file, shown
from crmexport.target.relational.source import Relational
from crmexport.text import _

_END: Any = object()


def in_sequences(
    source: Relational, found: Mapping[str, Iterator[Sequence[Any]]], paths: Mapping[str, str]
) -> Iterator[Mismatch]:
    """Every cell that differs. `found` are the rows of each relation that has any, `paths` what to call its file.

    A relation with a row too few or too many is one mismatch, and is not looked at any further.
    """
    relations = {one.name: one for one in source.relations}
    counts: Counter[str] = Counter()
    ended: set[str] = set()
    for table, cells in source.rows():
        if table in ended:
            continue
        counts[table] += 1
        row = next(found.get(table, iter(())), _END)
        if row is _END:
            ended.add(table)
            yield Mismatch(paths[table], counts[table], "", shown(cells[0]), _("the end of the table"))
            continue
        for attribute, cell, value in zip(relations[table].attributes, cells, row, strict=True):
            if cell != value or type(cell) is not type(value):
                yield Mismatch(paths[table], counts[table], attribute.name, shown(cell), shown(value))
    for table, rows in found.items():
        if table not in ended and next(rows, _END) is not _END:
            yield of_file(paths[table], str(counts[table]), _("more rows"))
