"""Entities out of an archive: its current records, read again and mapped, as often as anybody likes.

In: an archive (or anything with `files()`), the connector that knows how to read its answers, and a mapping. Out: entities in
storage order, one at a time, in flat memory.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmexport.mapping import times
from crmexport.mapping.coverage import Coverage
from crmexport.mapping.custom import CustomField, DefinitionReader
from crmexport.mapping.laid_out import LaidOut
from crmexport.mapping.maker import Made, Only
from crmexport.mapping.normaliser import Normaliser, belonging
from crmexport.mapping.paths import compile_path
from crmexport.mapping.source_mapping import SourceMapping
from crmexport.model import ENTITIES
from crmexport.source import FILES, Connector, Row

if TYPE_CHECKING:
    from crmexport.archive.store import Archive

_NUMBERS = re.compile(r"(\d+)")
Passing = Callable[[Iterable[Row]], Iterator[Row]]
Replay = Callable[[Any, Connector, Collection[str]], Iterator[Row]]


class MappedArchive:
    """An archive seen through a mapping. What has to be looked up first (custom fields, shared streams) is read once."""

    def __init__(
        self, archive: "Archive", connector: Connector, mapping: SourceMapping, replay: Replay | None = None
    ) -> None:
        self.archive = archive
        self.connector = connector
        self.mapping = mapping
        self.coverage = Coverage()
        self._replay = replay

    @property
    def kinds(self) -> list[str]:
        """The kinds of entities that the mapping gives, in the order people read them."""
        return self.mapping.entities

    @property
    def titles(self) -> Mapping[str, str]:
        """What people call the streams."""
        return self.connector.about.titles

    @cached_property
    def zone(self) -> str:
        """The name of the account's time zone, as the archive or else the mapping tells it.

        Where both know nothing but UTC, in which the source only keeps its times, it is the one that most of its people see them in.
        """
        zone = self._zoned.file.zone
        return self._zone_of_most() if zone.lower() == "utc" else zone

    def _zone_of_most(self) -> str:
        people = self.iterate("user", {"zone"}) if "user" in self.kinds else ()
        zones = Counter(zone for one in people if times.is_zone(zone := str(one.get("zone") or "")))
        return max(zones, key=lambda zone: (zones[zone], zone), default="UTC")

    def iterate(self, kind: str, only: Collection[str] | None = None) -> Iterator[Made]:
        """All entities of a kind; with `only`, just those fields of them (and `source_id`), cheaply and uncounted."""
        rows = self._rows(self.mapping.streams_for(kind))
        return self._normaliser.entities(rows, kind, only)

    def together(
        self, kinds: Mapping[str, Only], passing: Passing | None = None
    ) -> Iterator[tuple[str, Made]]:
        """All entities of several kinds with their kind, in one reading of the records; of each kind in the order of `iterate`.

        For each kind either all fields, or those (and `source_id`) that are named, cheaply and uncounted.
        `passing` may look at the records on their way.
        """
        streams = {stream for kind in kinds for stream in self.mapping.streams_for(kind)}
        rows = self._rows(streams)
        return self._normaliser.together(passing(rows) if passing else rows, kinds)

    def with_records(self, kind: str) -> Iterator[tuple[Row, Made]]:
        """All entities of a kind, each with the record it was made of; uncounted."""
        normaliser = Normaliser(self._zoned, self.connector, self.described, self.members, others=self.others)
        yield from normaliser.with_rows(self._rows(self.mapping.streams_for(kind)), kind)

    def fields(self, kind: str) -> set[str]:
        """The fields that entities of a kind may have filled by this mapping."""
        blocks = self.mapping.blocks.get(kind, [])
        numbered = {"position"} if any(block.each for block in blocks) else set()
        named = {name for block in blocks for name in block.fields} | {"source_id", "source_url"} | numbered
        return named & ENTITIES[kind].by_name.keys()

    def custom_fields(self, kind: str) -> list[CustomField]:
        """The custom fields that entities of a kind may have."""
        return [field for field in self.described if field.entity == kind and field.is_custom]

    @cached_property
    def described(self) -> list[CustomField]:
        """All fields that the source describes, custom or not: by what they belong to, each in the order in which they were made.

        That is the order of their ids. The order in which their descriptions came would be another one in every pull, and after every
        change of one; of two fields of the same name, now this and now that would be the second.
        """
        definitions = self.mapping.file.custom_fields
        if definitions is None:
            return []
        reader = DefinitionReader(definitions, self.mapping, self._scope_titles(definitions.streams))
        found = reader.fields(sorted(self._rows(definitions.from_), key=lambda row: _natural(row.id)))
        # several scopes may tell of one
        once = {(field.entity, field.key, field.scope_id): field for field in found}
        return sorted(once.values(), key=lambda field: _natural(field.scope_id))

    @cached_property
    def members(self) -> dict[str, frozenset[str]]:
        """The ids of the entities that share a stream with another one (all but the last of each stream)."""
        return {
            entity: frozenset(belonging(self.mapping, self._rows({stream}), entity))
            for stream, entities in self.mapping.entities_of_stream.items()
            for entity in entities[:-1]
        }

    @cached_property
    def others(self) -> dict[tuple[str, str], dict[str, str]]:
        """The ids of entities that are linked to by what stands in another field of them, by that."""
        plain = Normaliser(self.mapping, self.connector)
        return {
            (entity, field): {
                str(made[field]): made["source_id"]
                for made in plain.entities(self._rows(self.mapping.streams_for(entity)), entity, {field})
                if field in made
            }
            for entity, field in self.mapping.linked_by
        }

    @cached_property
    def _normaliser(self) -> Normaliser:
        mapping = self._zoned
        return Normaliser(mapping, self.connector, self.described, self.members, self.coverage, self.others)

    @cached_property
    def _zoned(self) -> SourceMapping:
        """The mapping with the zone that the archive tells of itself, if it does and the mapping says where."""
        told = self.mapping.file.zone_from
        if told is None:
            return self.mapping
        get = compile_path(told.path).get
        zone = next((found for row in self._rows({told.from_}) if (found := get(row.value))), None)
        if zone is None:
            return self.mapping
        return replace(self.mapping, file=self.mapping.file.model_copy(update={"zone": zone}))

    def _scope_titles(self, streams: Mapping[str, str]) -> dict[tuple[str, str], str]:
        """The titles of what custom fields may belong to, such as the pipelines of deals."""
        plain = Normaliser(self.mapping, self.connector)
        scopes = {name for stream in streams for name in self.mapping.entities_of_stream.get(stream, [])}
        titles: dict[tuple[str, str], str] = {}
        for name in sorted(scopes & self.mapping.blocks.keys()):
            title = ENTITIES[name].title_field
            for made in plain.entities(self._rows(self.mapping.streams_for(name)), name, {title}):
                titles[name, made["source_id"]] = made.get(title, "")
        return titles

    def _rows(self, streams: Collection[str]) -> Iterator[Row]:
        recorded = set(streams) - {FILES}
        if recorded:
            yield from self._laid_out.passing(self._current_rows(recorded))
        if FILES in streams:
            yield from file_rows(self.archive.files(), self.archive.folder, FILES)

    @cached_property
    def _laid_out(self) -> LaidOut:
        return LaidOut(self.mapping.file, self._current_rows)

    def _current_rows(self, streams: Collection[str]) -> Iterator[Row]:
        if self._replay is not None:
            return self._replay(self.archive, self.connector, streams)
        from crmexport.archive.filling import Filling
        from crmexport.archive.replay import current_rows

        rows = current_rows(self.archive, self.connector, streams, self.coverage.not_read)
        return Filling(self.archive, self.connector).passing(rows)


def _natural(id: str) -> list[Any]:
    """What sorts ids as people count: 9 before 10."""
    return [int(part) if part.isdecimal() else part for part in _NUMBERS.split(id)]


def file_rows(files: Iterable[Any], folder: Path, stream: str) -> Iterator[Row]:
    """Files of the archive in `folder` as rows: id, name, size, sha256, path (in the folder), owners and meta.

    `owners` are links {"stream", "id"} (a file that hangs on nothing is its own owner in the archive: none); `meta` is the file's description as received.
    """
    for file in files:
        value = {
            "id": file.id,
            "name": file.name,
            "size": file.size,
            "sha256": file.sha256,
            "path": file.path.relative_to(folder).as_posix() if file.path else None,
            "owners": [{"stream": owner, "id": id_} for owner, id_ in file.owners if owner != stream],
            "meta": file.meta,
        }
        yield Row(stream, file.id, value, 0, 0)
