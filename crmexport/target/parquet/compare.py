"""Read Parquet files back, group by group, and hold every row against what was meant."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from crmexport.target.job import Job
from crmexport.target.output import Output
from crmexport.target.parquet.write import needed
from crmexport.target.readback.mismatch import Mismatch, shown, unmeant
from crmexport.target.relational.decimals import fits
from crmexport.target.relational.schema import Relation
from crmexport.target.relational.sequences import in_sequences
from crmexport.target.relational.source import relational
from crmexport.text import _

_ROWS = 1000


def differences(job: Job, outputs: Sequence[Output]) -> Iterator[Mismatch]:
    """Every row that is not as meant. A file that is missing or cannot be read is one mismatch, and hinders no other."""
    arrow = needed()
    with relational(job, fits=fits) as source:
        found: dict[str, Iterator[Sequence[Any]]] = {}
        paths = {one.name: f"{job.target.name}/{one.name}.parquet" for one in source.relations}
        relations = {paths[one.name]: one for one in source.relations}
        for one in outputs:
            job.watch(one.path, 0, one.rows)
            if one.path in relations:
                relation = relations[one.path]
                found[relation.name] = _rows(arrow, job.root / one.path, relation)
            else:
                yield unmeant(one.path)
        yield from in_sequences(source, found, paths)


def _rows(arrow: Any, path: Path, relation: Relation) -> Iterator[Sequence[Any]]:
    """The rows of a file. Raises ValueError, or OSError, when it cannot be read, or has other columns than the relation."""
    meant = [one.name for one in relation.attributes]
    try:
        with arrow.parquet.ParquetFile(path) as file:
            if file.schema_arrow.names != meant:
                names = ", ".join(file.schema_arrow.names)
                raise ValueError(_("other columns: {names}").format(names=shown(names)))
            for batch in file.iter_batches(_ROWS):
                yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
    except (arrow.ArrowException, ArithmeticError, TypeError) as error:
        raise ValueError(str(error)) from error
