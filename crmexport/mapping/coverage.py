"""What became of every field of the source: mapped, left out on purpose, a custom field, or named by nobody.

Filled while entities are made; nothing is dropped in silence. In: one call per field met. Out: counts and a few samples.
"""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

SAMPLES = 3
SAMPLE_LENGTH = 80
MOST_NAMED = 1000  # of records


@dataclass(slots=True)
class Sampled:
    """How often something was met, with the first few different values of it, shortened."""

    count: int = 0
    samples: list[str] = field(default_factory=list)

    def add(self, value: Any) -> None:
        """Count one more, and keep the value as a sample if there are not enough yet."""
        self.count += 1
        if len(self.samples) < SAMPLES:
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
            if text[:SAMPLE_LENGTH] not in self.samples:
                self.samples.append(text[:SAMPLE_LENGTH])


def _sampled() -> defaultdict[str, Sampled]:
    return defaultdict(Sampled)


@dataclass(slots=True)
class StreamCoverage:
    """The fields of one stream. `mapped` and `ignored` are names from the mapping file, the others were met in records."""

    records: int = 0
    mapped: set[str] = field(default_factory=set)
    ignored: set[str] = field(default_factory=set)
    custom: Counter[str] = field(default_factory=Counter)
    unmapped: defaultdict[str, Sampled] = field(default_factory=_sampled)


@dataclass(slots=True)
class Coverage:
    """Counts over all entities made so far.

    `filled[entity][field]` is how often a field of ours was filled; `unknown_choices[entity.field][word]` counts words of
    the source that the mapping does not translate; `unreadable[entity.field]` has the values a transform could not read.
    `unread` are the first records (stream, id) that their connector does not find in their answers any more.
    """

    streams: defaultdict[str, StreamCoverage] = field(default_factory=lambda: defaultdict(StreamCoverage))
    entities: Counter[str] = field(default_factory=Counter)
    filled: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    unknown_choices: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    unreadable: defaultdict[str, Sampled] = field(default_factory=_sampled)
    unread: set[tuple[str, str]] = field(default_factory=set)

    def not_read(self, stream: str, id: str) -> None:
        """Note a record that was taken as its own bytes have it."""
        if len(self.unread) < MOST_NAMED:
            self.unread.add((stream, id))

    def made(self, entity: dict[str, Any], name: str) -> None:
        """Count an entity called `name` and its filled fields."""
        self.entities[name] += 1
        self.filled[name].update(entity.keys())
