"""The formats: for each, how a target is written, and how its files are held against what was meant.

A new format is a module with these two functions, and a line here. What a layout may say of it stands in
`crmexport.mapping.to.schema`. Formats that need a heavy library import it when they are used.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from crmexport.target import csv_tables, entity_lines, jsonl_tables, raw, workbook
from crmexport.target.content.icalendar import ICALENDAR
from crmexport.target.content.vcard import VCARD
from crmexport.target.job import Job
from crmexport.target.nested.compare import differences as nested_differences
from crmexport.target.nested.write import write as nested_write
from crmexport.target.output import Output
from crmexport.target.parquet.compare import differences as parquet_differences
from crmexport.target.parquet.write import write as parquet_write
from crmexport.target.readback.mismatch import Mismatch
from crmexport.target.singer import write as singer
from crmexport.target.sql.compare import differences as sql_differences
from crmexport.target.sql.write import write as sql_write
from crmexport.target.table_files import TableFile, table_differences, write_tables


class Format(NamedTuple):
    """`write` writes all files of a target into its folder, which is empty; `differences` reads them back.

    `differences` is given what `write` gave, in the same order, and need not catch errors of files that cannot be read.
    """

    write: Callable[[Job], list[Output]]
    differences: Callable[[Job, Sequence[Output]], Iterator[Mismatch]]


def _a_file_for_each_table(kind: TableFile) -> Format:
    return Format(
        lambda job: write_tables(job, kind),
        lambda job, outputs: table_differences(job, kind, outputs),
    )


_ONE_WORKBOOK = Format(workbook.write, workbook.differences)
_WORKBOOK_EACH = _a_file_for_each_table(workbook.EACH)


def _xlsx(job: Job) -> Format:
    return _WORKBOOK_EACH if job.target.layout.workbook == "each" else _ONE_WORKBOOK


_ROWS_AS_LINES = _a_file_for_each_table(jsonl_tables.JSONL)
_ENTITIES = Format(entity_lines.write, entity_lines.differences)

FORMATS: Mapping[str, Format] = {
    "xlsx": Format(
        lambda job: _xlsx(job).write(job), lambda job, outputs: _xlsx(job).differences(job, outputs)
    ),
    "raw": Format(raw.write, raw.differences),
    "sql": Format(sql_write, sql_differences),
    "csv": _a_file_for_each_table(csv_tables.CSV),
    "jsonl": Format(
        lambda job: (_ROWS_AS_LINES if job.target.layout.tables else _ENTITIES).write(job),
        lambda job, outputs: (_ROWS_AS_LINES if job.target.layout.tables else _ENTITIES).differences(
            job, outputs
        ),
    ),
    "json": Format(nested_write, nested_differences),
    "parquet": Format(parquet_write, parquet_differences),
    "singer": Format(singer.write, singer.differences),
    "vcard": _a_file_for_each_table(VCARD),
    "icalendar": _a_file_for_each_table(ICALENDAR),
}
