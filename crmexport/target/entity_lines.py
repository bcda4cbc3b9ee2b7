"""The format `jsonl` without tables: entities as they are, an object each, under the names of docs/entities.md."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from typing import Any

from crmexport.model import ENTITIES, Moment, Money, Ref
from crmexport.target.job import Job
from crmexport.target.jsonl_file import as_json
from crmexport.target.output import Output, output
from crmexport.target.readback.entities import in_entities
from crmexport.target.readback.mismatch import Mismatch, missing, readable, unmeant
from crmexport.text import encodable

DEFINITIONS = "custom_fields"


def kinds_of(job: Job) -> list[str]:
    """The kinds of entities that the layout wants and the source has."""
    wanted = job.target.layout.entities
    return [kind for kind in job.shop.source.kinds if wanted in ("all", ()) or kind in wanted]


def write(job: Job) -> list[Output]:
    """A file for each kind of entity, and one that tells what the source says of the custom fields."""
    outputs = [_write(job, kind, _objects(job, kind)) for kind in kinds_of(job)]
    return [*outputs, _write(job, DEFINITIONS, definitions(job))]


def _write(job: Job, name: str, objects: Iterator[dict[str, Any]]) -> Output:
    path, number = job.file(name, "jsonl"), 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for one in job.watched(objects, name):
            file.write(encodable(json.dumps(one, ensure_ascii=False)) + "\n")
            number += 1
    return output(job.root, path, number, job.target.name, Counter())


def _objects(job: Job, kind: str) -> Iterator[dict[str, Any]]:
    names = [field.name for field in ENTITIES[kind].fields] + ["custom"]
    for entity in job.source.iterate(kind):
        yield {name: as_object(entity[name]) for name in names if entity.get(name) is not None}


def definitions(job: Job) -> Iterator[dict[str, Any]]:
    """What the source says of its custom fields, one object each."""
    for kind in kinds_of(job):
        for field in job.shop.source.custom_fields(kind):
            yield {
                "entity": kind,
                "key": field.key,
                "label": field.label,
                "scope": field.scope,
                "type": field.type.value,
            }


def as_object(value: Any) -> Any:
    """A value of an entity as JSON: a link and an amount are objects, times are ISO text in UTC."""
    if isinstance(value, Ref):
        return {"entity": value.entity, "id": value.id, **({"title": value.title} if value.title else {})}
    if isinstance(value, Money):
        return {"amount": as_json(value.amount), "currency": value.currency}
    if isinstance(value, Moment):
        return value.at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
    if isinstance(value, Mapping):
        return {key: as_object(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_object(item) for item in value]
    return value if value is None or isinstance(value, (str, bool, int, float)) else as_json(value)


def differences(job: Job, outputs: Sequence[Output]) -> Iterator[Mismatch]:
    """Each file against the entities of its kind, one against the definitions."""
    kinds = {f"{job.target.name}/{kind}.jsonl": kind for kind in [*kinds_of(job), DEFINITIONS]}
    yield from missing(job.target.name, len(kinds.keys() - {one.path for one in outputs}))
    for one in outputs:
        job.watch(one.path, 0, one.rows)
        if one.path not in kinds:
            yield unmeant(one.path)
            continue
        kind = kinds[one.path]
        meant = definitions(job) if kind == DEFINITIONS else job.source.iterate(kind)
        yield from readable(one.path, in_entities(one.path, job.root / one.path, meant))
