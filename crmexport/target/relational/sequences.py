"""Rows of relations that were written one after another, held against what is found in the same order."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from crmexport.target.readback.mismatch import UNREADABLE, Mismatch, of_file, shown, unreadable
from crmexport.target.relational.source import Relational
from crmexport.text import _

_END: Any = object()


def in_sequences(
    source: Relational, found: Mapping[str, Iterator[Sequence[Any]]], paths: Mapping[str, str]
) -> Iterator[Mismatch]:
    """Every cell that differs. `found` are the rows of each relation that has any, `paths` what to call its file.

    A relation with a row too few or too many, or whose file cannot be read on, is one mismatch, and is not looked at any further.
    """
    relations = {one.name: one for one in source.relations}
    counts: Counter[str] = Counter()
    ended: set[str] = set()
    for table, cells in source.rows():
        if table in ended:
            continue
        counts[table] += 1
        row = _next(found.get(table, iter(())))
        if row is _END or isinstance(row, Exception):
            ended.add(table)
            yield _early(paths[table], counts[table], cells, row)
            continue
        for attribute, cell, value in zip(relations[table].attributes, cells, row, strict=True):
            if cell != value or type(cell) is not type(value):
                yield Mismatch(paths[table], counts[table], attribute.name, shown(cell), shown(value))
    for table in sorted(found.keys() - ended):
        row = _next(found[table])
        if isinstance(row, Exception):
            yield unreadable(paths[table], row)
        elif row is not _END:
            yield of_file(paths[table], str(counts[table]), _("more rows"))


def _next(rows: Iterator[Sequence[Any]]) -> Any:
    """The next row, or what hinders from reading it: the file of one relation is not to hinder the others."""
    try:
        return next(rows, _END)
    except UNREADABLE as error:
        return error


def _early(path: str, number: int, cells: Sequence[Any], ended: Any) -> Mismatch:
    if isinstance(ended, Exception):
        return unreadable(path, ended)
    return Mismatch(path, number, "", shown(cells[0]), _("the end of the table"))
