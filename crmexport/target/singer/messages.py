"""Relations as Singer messages (Singer specification 0.3): what a stream looks like, then its records, at the end how far we are."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from crmexport.target.cover import as_of
from crmexport.target.job import Job
from crmexport.target.relational.schema import Is, Relation
from crmexport.target.relational.source import Relational

_TYPES: dict[Is, dict[str, Any]] = {
    Is.TEXT: {"type": "string"},
    Is.INTEGER: {"type": "integer"},
    Is.NUMBER: {"type": "number"},
    Is.TRUTH: {"type": "boolean"},
    Is.DAY: {"type": "string", "format": "date"},
    Is.MOMENT: {"type": "string", "format": "date-time"},
}


def fits(number: Decimal) -> bool:
    """Whether a number stays what it is as a number of JSON, which most readers take for a float."""
    whole = number == number.to_integral_value()
    return abs(number) < 1 << 53 if whole else Decimal(repr(float(number))) == number


def messages(job: Job, source: Relational) -> Iterator[bytes]:
    """All messages, each with its line end."""
    names = {one.name: [attribute.name for attribute in one.attributes] for one in source.relations}
    for relation in source.relations:
        yield _line(schema(relation))
    for table, cells in source.rows():
        record = dict(zip(names[table], map(_plain, cells), strict=True))
        yield _line({"type": "RECORD", "stream": table, "record": record})
    archive = job.shop.archive
    yield _line({"type": "STATE", "value": {"source": archive.source.url, "as_of": as_of(archive)}})


def schema(relation: Relation) -> dict[str, Any]:
    """The message that tells what the records of a stream look like."""
    properties = {
        one.name: _TYPES[one.type]
        if one.name in relation.key
        else {**_TYPES[one.type], "type": ["null", _TYPES[one.type]["type"]]}
        for one in relation.attributes
    }
    return {
        "type": "SCHEMA",
        "stream": relation.name,
        "schema": {"type": "object", "properties": properties, "additionalProperties": False},
        "key_properties": list(relation.key),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat() + "Z"
    return value.isoformat() if isinstance(value, date) else value


def _line(message: dict[str, Any]) -> bytes:
    return json.dumps(message, ensure_ascii=False).encode() + b"\n"
