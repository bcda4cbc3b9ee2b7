"""What lies below the top level of records, in fields that a mapping names, and is named by none of its paths.

A table shows of such a field what its rule takes, and nothing carries the rest along: it is in the archive, and `--to raw` writes
it. So it is counted.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from crmexport.mapping.coverage import Sampled
from crmexport.mapping.grammar import Block
from crmexport.mapping.paths import compile_path
from crmexport.mapping.rest import PARENT, tops_of_block
from crmexport.mapping.source_mapping import SourceMapping
from crmexport.source import Row

Found = dict[str, defaultdict[str, Sampled]]
"""By stream and place (`milestones[].type`): how often it is filled."""

LINK = {"stream", "id"}  # as files name their owners
EXCHANGED = ("valueInMain", "rate")  # as Megaplan's sums tell it (Megaplan reference, §5)

_word = re.compile(r"[^\W\d]\w*").findall


@dataclass
class _Named:
    """What the blocks over a stream name: top-level fields, and the words in their paths. `left` are names left out on purpose."""

    tops: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)

    def has(self, key: str) -> bool:
        return key in self.words or any(fnmatchcase(key, pattern) for pattern in self.left)


class Leaves:
    """Counts them, and the `records` of each stream, while these pass by."""

    def __init__(self, mapping: SourceMapping) -> None:
        self.found: Found = {}
        self.records: Counter[str] = Counter()
        self._file = mapping.file
        self._named = {stream: _named(mapping, stream) for stream in mapping.streams}
        self._known: dict[tuple[str, str], bool] = {}

    def passing(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The same rows, looked at."""
        for row in rows:
            self.records[row.stream] += 1
            for top in self._named[row.stream].tops & row.value.keys():
                self._walk(row.stream, top, row.value[top])
            yield row

    def _walk(self, stream: str, place: str, value: Any) -> None:
        if isinstance(value, list):
            for item in value:
                self._walk(stream, f"{place}[]", item)
        elif isinstance(value, dict) and self._is_understood(value):
            if value.get("rate") not in (None, 1):
                self._exchanged(stream, place, value)
        elif isinstance(value, dict):
            for key, part in value.items():
                if isinstance(part, (dict, list)):
                    self._walk(stream, f"{place}.{key}", part)
                elif not (part is None or part is False or part == "" or self._is_named(stream, key)):
                    self._found(stream, f"{place}.{key}", part)

    def _exchanged(self, stream: str, place: str, value: dict[str, Any]) -> None:
        """What a sum was in the account's own currency, at a rate that nothing else tells."""
        for key in EXCHANGED:
            if value.get(key) is not None:
                self._found(stream, f"{place}.{key}", value[key])

    def _found(self, stream: str, place: str, part: Any) -> None:
        self.found.setdefault(stream, defaultdict(Sampled))[place].add(part)

    def _is_understood(self, value: dict[str, Any]) -> bool:
        """Whether an object is read as a whole: a link to a record, which is held by itself, a date, a sum."""
        if value.keys() == LINK:
            return True
        if self._file.kind_key is None:
            return self._file.id_key in value
        return value.get(self._file.kind_key) in self._file.kinds

    def _is_named(self, stream: str, key: str) -> bool:
        if (stream, key) not in self._known:
            self._known[stream, key] = self._named[stream].has(key)
        return self._known[stream, key]


def _named(mapping: SourceMapping, stream: str) -> _Named:
    found = _Named(left={*mapping.file.ignore})
    for _entity, block in mapping.blocks_of(stream):
        found.left |= {*block.ignore}
        found.words |= {*_words_of(block)}
        found.tops |= {*tops_of_block(block)}
    carried = [block for _entity, block in mapping.blocks_of(stream) if block.custom in ("item", "items")]
    for block in carried:  # what is in their items is counted with them
        found.tops -= {*compile_path(block.each or "@").tops}
    found.tops.discard(PARENT)
    return found


def _words_of(block: Block) -> Iterator[str]:
    """All names in the paths of a block, wherever in a record they lead."""
    texts = [text for text in (block.each, block.where) if text]
    for rule in block.fields.values():
        texts += _texts(rule.model_dump(exclude_defaults=True))
    for text in texts:
        yield from _word(text)


def _texts(told: Any) -> Iterator[str]:
    if isinstance(told, str):
        yield told
    elif isinstance(told, dict):
        for part in told.values():
            yield from _texts(part)
    elif isinstance(told, (list, tuple)):
        for part in told:
            yield from _texts(part)
