"""Write the documents of a layout that hold tables, each in one file or in several."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

from crmexport.mapping.to import Layout, Table, scratch
from crmexport.mapping.to.nesting import ROWS_OF, is_rows, tables_in
from crmexport.target.beside import beside
from crmexport.target.documents import document
from crmexport.target.job import Job
from crmexport.target.names import safe_name
from crmexport.target.nested.placing import Placing
from crmexport.target.nested.spool import Spool
from crmexport.target.output import Output, output
from crmexport.text import encodable


def write(job: Job) -> list[Output]:
    """Every document that holds tables, then what the layout has beside them."""
    tables, outputs = job.tables(), list[Output]()
    written: dict[str, tuple[Table, list[Output]]] = {table.name: (table, []) for table in tables}
    for name in holding(job.target.layout):
        for one, rows, notes in _written(job, name, tables):
            outputs.append(one)
            for table, count in rows.items():
                part = replace(one, rows=count, table=table, notes=notes.get(table, {}))
                written[table][1].append(part)
    known = [(table, files) for table, files in written.values() if files]
    return [*outputs, *beside(job, known)]


def holding(layout: Layout) -> list[str]:
    """The documents that hold tables."""
    return [name for name, body in layout.documents.items() if any(tables_in(body))]


def file_names(name: str) -> Iterator[str]:
    """The names of the files of a document: issues.json, issues-2.json …"""
    path = Path(safe_name(name, fallback="document"))
    yield path.name
    number = 2
    while True:
        yield f"{path.stem}-{number}{path.suffix}"
        number += 1


def body_of(layout: Layout, name: str, tables: Sequence[Table]) -> Any:
    """A document as the layout has it, with what it says of columns filled in."""
    return document(layout.documents[name], [(table, []) for table in tables])


Notes = Mapping[str, Counter[str]]


def _written(job: Job, name: str, tables: Sequence[Table]) -> Iterator[tuple[Output, dict[str, int], Notes]]:
    """The files of a document, each with the number of its rows by table; the last one with what befell all of them."""
    layout = job.target.layout
    body = body_of(layout, name, tables)
    with scratch() as places, scratch() as texts:
        placing = Placing(layout, name, tables, places)
        spool = Spool(job, placing, texts)
        for file, path in zip(range(placing.files), file_names(name), strict=False):
            place = job.folder / path
            spool.given.clear()
            with place.open("w", encoding="utf-8", newline="\n") as text:
                _Body(text, spool, file).write(body)
            counted = {table.name: spool.given[table.name] for table in placing.tables}
            notes: Notes = spool.notes if file == placing.files - 1 else {}
            every = sum(notes.values(), Counter[str]())
            rows = sum(counted.values())
            one = output(job.root, place, rows, job.target.name, every, next(iter(counted), ""))
            yield one, counted, notes


class _Body:
    """Writes a document piece by piece: what the layout says in full, each row on a line of its own."""

    def __init__(self, text: TextIO, spool: Spool, file: int) -> None:
        self._text = text
        self._spool = spool
        self._file = file

    def write(self, body: Any) -> None:
        """The whole document."""
        self._value(body, 0)
        self._text.write("\n")

    def _value(self, value: Any, depth: int) -> None:
        if isinstance(value, Mapping):
            self._put(
                "{",
                "}",
                ((json.dumps(key, ensure_ascii=False) + ": ", one) for key, one in value.items()),
                depth,
            )
        elif isinstance(value, list):
            self._put("[", "]", (("", one) for one in value), depth)
        else:
            self._text.write(_dumped(value))

    def _put(self, begin: str, end: str, items: Iterator[tuple[str, Any]], depth: int) -> None:
        """An object or a list. Of an item that stands for rows, every row is an item."""
        self._text.write(begin)
        first = True
        for key, item in items:
            for row in (
                self._spool.rows(item[ROWS_OF], self._file) if begin == "[" and is_rows(item) else (None,)
            ):
                self._text.write(("\n" if first else ",\n") + " " * (depth + 1) + key)
                first = False
                if row is None:
                    self._value(item, depth + 1)
                else:
                    self._text.write(row)
        self._text.write(end if first else "\n" + " " * depth + end)


def _dumped(value: Any) -> str:
    return encodable(json.dumps(value, ensure_ascii=False))
