"""Write relations as Parquet files, in groups of rows, so that memory stays flat."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

from crmexport.errors import OutputError
from crmexport.extras import to_install
from crmexport.target.job import Job
from crmexport.target.output import Output, output
from crmexport.target.relational.decimals import DIGITS, SCALE, fits, shortened
from crmexport.target.relational.schema import Is, Relation
from crmexport.target.relational.source import relational
from crmexport.text import _, translations

GROUP = 10_000  # rows


def needed() -> Any:
    """pyarrow. Raises OutputError with a sentence when it is not installed."""
    try:
        import_module("pyarrow.parquet")
        return import_module("pyarrow")
    except ModuleNotFoundError:
        raise OutputError(
            _("Parquet files need pyarrow. Install it and export again: {command}").format(
                command=to_install("parquet")
            )
        ) from None


def write(job: Job) -> list[Output]:
    """A file for each relation that has rows."""
    arrow = needed()
    with relational(job, fits=fits) as source, ExitStack() as stack:
        translate = translations(job.lang).gettext
        files = {
            one.name: _File(arrow, job.file(one.name, "parquet"), one, translate, stack)
            for one in source.relations
        }
        for table, cells in job.watched(source.rows(), "parquet"):
            files[table].add(cells)
        for file in files.values():
            file.end()
    written = [file for file in files.values() if file.rows]
    counted = [source.notes, *(Counter[str]() for _rest in written)]
    return [
        output(job.root, file.path, file.rows, job.target.name, notes)
        for file, notes in zip(written, counted, strict=False)
    ]


class _File:
    """One file; it comes into being with its first group of rows."""

    def __init__(
        self,
        arrow: Any,
        path: Path,
        relation: Relation,
        translate: Callable[[str], str],
        stack: ExitStack,
    ) -> None:
        self.path = path
        self.rows = 0
        self._arrow = arrow
        self._stack = stack
        self._schema = arrow.schema(list(_fields(arrow, relation, translate)))
        self._waiting: list[tuple[Any, ...]] = []
        self._writer: Any = None

    def add(self, cells: tuple[Any, ...]) -> None:
        """Take a row."""
        self._waiting.append(cells)
        self.rows += 1
        if len(self._waiting) == GROUP:
            self.end()

    def end(self) -> None:
        """Write what is waiting."""
        if not self._waiting:
            return
        if self._writer is None:
            options = {"compression": "zstd"}
            writer = self._arrow.parquet.ParquetWriter(self.path, self._schema, **options)
            self._writer = self._stack.enter_context(writer)
        columns = [
            self._arrow.array(list(map(_cell, values)), field.type)
            for field, values in zip(self._schema, zip(*self._waiting, strict=True), strict=True)
        ]
        self._writer.write_table(self._arrow.Table.from_arrays(columns, schema=self._schema))
        self._waiting = []


def _cell(value: Any) -> Any:
    return shortened(value) if isinstance(value, Decimal) else value


def _fields(arrow: Any, relation: Relation, translate: Callable[[str], str]) -> Iterator[Any]:
    types = {
        Is.TEXT: arrow.string(),
        Is.INTEGER: arrow.int64(),
        Is.NUMBER: arrow.decimal128(DIGITS, SCALE),
        Is.TRUTH: arrow.bool_(),
        Is.DAY: arrow.date32(),
        Is.MOMENT: arrow.timestamp("us", tz="UTC"),
    }
    for one in relation.attributes:
        said = {"title": translate(one.title)} | ({"leads_to": f"{one.to}.id"} if one.to else {})
        yield arrow.field(one.name, types[one.type], one.name not in relation.key, metadata=said)
