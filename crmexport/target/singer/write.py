"""Write Singer messages into a file, or hand them on one by one; read the file back."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from crmexport.target.job import Job
from crmexport.target.output import Output, output
from crmexport.target.readback.json_text import json_lines
from crmexport.target.readback.mismatch import Mismatch, held, missing, of_file, readable, shown
from crmexport.target.relational.schema import Is
from crmexport.target.relational.source import Relational, relational
from crmexport.target.singer.messages import fits, messages, schema
from crmexport.text import _

_NAME = "messages.jsonl"


def write(job: Job) -> list[Output]:
    """All messages in one file."""
    path, number = job.folder / _NAME, 0
    with relational(job, fits=fits) as source, path.open("wb") as file:
        for line in job.watched(messages(job, source), "singer"):
            file.write(line)
            number += line.startswith(b'{"type": "RECORD"')
    return [output(job.root, path, number, job.target.name, source.notes)]


def stream(job: Job, put: Callable[[bytes], object]) -> Counter[str]:
    """Hand every message on to `put`; what befell values on the way."""
    with relational(job, fits=fits) as source:
        for line in job.watched(messages(job, source), "singer"):
            put(line)
        return source.notes


def differences(job: Job, outputs: Sequence[Output]) -> Iterator[Mismatch]:
    """Every record that is not as meant, and whatever else should be in the file and is not."""
    yield from missing(job.target.name, 1 - len(outputs))
    for one in outputs:
        job.watch(one.path, 0, one.rows)
        with relational(job, fits=fits) as source:
            yield from readable(one.path, _in_file(job, one.path, source))


def _in_file(job: Job, path: str, source: Relational) -> Iterator[Mismatch]:
    types = {one.name: {a.name: a.type for a in one.attributes} for one in source.relations}
    with (job.root / path).open(encoding="utf-8", newline="\n") as file:
        lines = json_lines(file)
        for relation in source.relations:
            found = next(lines, {})
            if found != schema(relation):
                yield of_file(path, f"SCHEMA {relation.name}", shown(found))
                return
        for number, (table, cells) in enumerate(source.rows(), start=1):
            found = next(lines, {})
            record = found.get("record")
            if (found.get("type"), found.get("stream")) != ("RECORD", table) or not isinstance(record, dict):
                yield Mismatch(path, number, "", f"RECORD {table}", shown(found))
                return
            if record.keys() != types[table].keys():
                yield Mismatch(path, number, table, shown(list(types[table])), shown(list(record)))
            for (name, type_), cell in zip(types[table].items(), cells, strict=True):
                value = record.get(name)
                if not _same(type_, cell, value):
                    yield Mismatch(path, number, f"{table}.{name}", shown(cell), shown(value))
        ends = [line.get("type") for line in lines]
        if ends != ["STATE"]:
            yield of_file(path, "STATE", ", ".join(map(str, ends[:3])) or _("nothing"))


@held
def _same(type_: Is, meant: Any, found: Any) -> bool:
    if meant is None or found is None:
        return meant is found
    if type_ is Is.NUMBER:
        return not isinstance(found, (bool, str)) and bool(Decimal(found) == meant)
    if type_ is Is.MOMENT:
        return bool(datetime.fromisoformat(found).astimezone(UTC) == meant)
    if type_ is Is.DAY:
        return bool(date.fromisoformat(found) == meant)
    return bool(found == meant) and type(found) is type(meant)
