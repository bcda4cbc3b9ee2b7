"""What the mapping made of the source's fields: those it does not name, words it does not know, values it cannot read.

None of these is a loss (everything is carried along as it came), but a person may want to name them in the mapping.
"""

from typing import Any

from crmexport.archive import Archive
from crmexport.mapping import Coverage, MappedArchive, load_source_mapping
from crmexport.source import Connector


def coverage_of(archive: Archive, connector: Connector) -> Coverage:
    """Make every entity once and count what becomes of every field; flat memory."""
    mapped = MappedArchive(archive, connector, load_source_mapping(archive.source.name))
    for kind in mapped.kinds:
        for _entity in mapped.iterate(kind):
            pass
    return mapped.coverage


def unmapped(coverage: Coverage) -> list[dict[str, Any]]:
    """Fields that no mapping names: stream, field, in how many of how many records it is filled, samples."""
    return [
        {"stream": stream, "field": name, "filled": met.count, "of": found.records, "samples": met.samples}
        for stream, found in sorted(coverage.streams.items())
        for name, met in sorted(found.unmapped.items())
    ]


def unknown_words(coverage: Coverage) -> dict[str, dict[str, int]]:
    """Words of the source that a `choice` does not translate: field of ours → word → how often. They are kept as they are."""
    return {place: dict(words) for place, words in sorted(coverage.unknown_choices.items()) if words}


def unreadable(coverage: Coverage) -> dict[str, list[str]]:
    """Values that a transform could not read, with samples. They are kept as they are."""
    return {place: met.samples for place, met in sorted(coverage.unreadable.items()) if met.count}
