"""What the mapping made of the source's fields: those it does not name, words it does not know, values it cannot read.

None of these is a loss (everything is held, and most is carried along as it came), but a person may want to name them in the mapping.
"""

from operator import itemgetter
from typing import Any

from crmexport.mapping import Coverage, MappedArchive
from crmexport.mapping.coverage import Sampled
from crmexport.mapping.leaves import Leaves
from crmexport.text import _
from crmexport.watch import Watch, counted, nobody


def leaves_of(mapped: MappedArchive, watch: Watch = nobody) -> Leaves:
    """Make every entity once: what becomes of every field `mapped` counts, of what lies deeper in them, this; flat memory."""
    leaves = Leaves(mapped.mapping)
    for _entity in counted(
        mapped.together(dict.fromkeys(mapped.kinds), leaves.passing), watch, _("fields that no mapping names")
    ):
        pass
    return leaves


def unmapped(coverage: Coverage, leaves: Leaves | None) -> list[dict[str, Any]]:
    """Fields that no mapping names: stream, field, in how many of how many records it is filled, samples.

    Those at the top of a record are `carried` along; of `leaves`, which lie deeper, the number counts the values.
    """
    lines = [
        _line(stream, name, met, found.records, carried=True)
        for stream, found in coverage.streams.items()
        for name, met in found.unmapped.items()
    ]
    if leaves:
        lines += [
            _line(stream, place, met, leaves.records[stream], carried=False)
            for stream, places in leaves.found.items()
            for place, met in places.items()
        ]
    return sorted(lines, key=itemgetter("stream", "field"))


def _line(stream: str, name: str, met: Sampled, of: int, *, carried: bool) -> dict[str, Any]:
    told = {"filled": met.count, "of": of, "samples": met.samples, "carried": carried}
    return {"stream": stream, "field": name, **told}


def unknown_words(coverage: Coverage) -> dict[str, dict[str, int]]:
    """Words of the source that a `choice` does not translate: field of ours → word → how often. They are kept as they are."""
    return {place: dict(words) for place, words in sorted(coverage.unknown_choices.items()) if words}


def unreadable(coverage: Coverage) -> dict[str, list[str]]:
    """Values that a transform could not read, with samples. They are kept as they are."""
    return {place: met.samples for place, met in sorted(coverage.unreadable.items()) if met.count}
