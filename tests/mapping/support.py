"""Rows, mappings and archives without files or network, for the tests of mapping."""

import json
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from crmexport.archive.store import Archive
from crmexport.mapping import MappedArchive, Normaliser, SourceMapping, load_source_mapping
from crmexport.model import Moment, Money, Ref
from crmexport.source import Connector, Row

FRAME = "source: toy\nkind_key: kind\n"


class ToyConnector:
    """Knows addresses of records, and nothing else."""

    about = SimpleNamespace()

    def source_url(self, stream: str, id: str) -> str | None:
        return f"https://crm.example/{stream}/{id}"


TOY = cast(Connector, ToyConnector())


def row(stream: str, value: dict[str, Any]) -> Row:
    """A record as the archive replays it."""
    return Row(stream, str(value.get("id", value.get("Id", ""))), value, 0, 0)


def mapping_of(folder: Path, text: str, frame: str = FRAME) -> SourceMapping:
    """The mapping written as `text`, checked."""
    path = folder / "toy.yaml"
    path.write_text(frame + text, encoding="utf-8")
    return load_source_mapping(path)


def made(
    mapping: SourceMapping, entity: str, *values: dict[str, Any], stream: str = "s"
) -> list[dict[str, Any]]:
    """The entities that records of one stream become."""
    return list(Normaliser(mapping, TOY).entities([row(stream, value) for value in values], entity))


def archive_of(
    mapping: SourceMapping,
    records: dict[str, list[dict[str, Any]]],
    files: Iterable[Any] = (),
    folder: Path = Path("a"),
) -> MappedArchive:
    """An archive that holds these records, by stream, in this order."""

    def replay(_archive: object, _connector: Connector, streams: Collection[str]) -> Iterator[Row]:
        return (
            row(stream, value) for stream, values in records.items() if stream in streams for value in values
        )

    held = SimpleNamespace(files=lambda: iter(files), folder=folder)
    return MappedArchive(cast(Archive, held), TOY, mapping, replay)


def readable(value: Any) -> Any:
    """An entity as JSON values a person can compare: links, money and moments as one text each."""
    if isinstance(value, Ref):
        return f"{value.entity} {value.id}" + (f" “{value.title}”" if value.title else "")
    if isinstance(value, Money):
        return f"{value.amount} {value.currency}"
    if isinstance(value, Moment):
        return value.at.isoformat()
    if isinstance(value, dict):
        return {key: readable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [readable(item) for item in value]
    return json.loads(json.dumps(value, default=str))
