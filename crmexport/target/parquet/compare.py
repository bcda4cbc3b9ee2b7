"""Read Parquet files back, group by group, and hold every row against what was meant."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Any

from crmexport.target.job import Job
from crmexport.target.output import Output
from crmexport.target.parquet.write import fits, needed
from crmexport.target.readback.mismatch import Mismatch, of_file, readable, unmeant
from crmexport.target.relational.sequences import in_sequences
from crmexport.target.relational.source import relational
from crmexport.text import _

_ROWS = 1000


def differences(job: Job, outputs: Sequence[Output]) -> Iterator[Mismatch]:
    """Every row that is not as meant. A file that is missing or cannot be read is one mismatch."""
    arrow = needed()
    with relational(job, fits=fits) as source, ExitStack() as stack:
        found: dict[str, Iterator[Sequence[Any]]] = {}
        paths = {one.name: f"{job.target.name}/{one.name}.parquet" for one in source.relations}
        for one in outputs:
            job.watch(one.path, 0, one.rows)
            if one.path not in paths.values():
                yield unmeant(one.path)
                continue
            try:
                file = stack.enter_context(arrow.parquet.ParquetFile(job.root / one.path))
            except (OSError, ValueError, arrow.ArrowException) as error:
                yield of_file(one.path, _("a readable file"), str(error))
                return
            found[one.path] = _rows(file)
        readers = {name: found[path] for name, path in paths.items() if path in found}
        yield from readable(job.target.name, in_sequences(source, readers, paths))


def _rows(file: Any) -> Iterator[Sequence[Any]]:
    for batch in file.iter_batches(_ROWS):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
