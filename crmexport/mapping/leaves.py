"""What lies below the top level of records, in fields that a mapping names, and is named by none of its paths.

A table shows of such a field what its rule takes, and nothing carries the rest along: it is in the archive, and `--to raw` writes
it. So it is counted. Nor is anything of a field named where no path into it finds a thing: it leads past what there is, for one
in brackets where a lone one was expected, or of a kind that no condition wants.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from crmexport.archive.replay import PARENT
from crmexport.mapping.coverage import Sampled
from crmexport.mapping.grammar import Block, Rule
from crmexport.mapping.paths import Path, choices, compile_path, names_in
from crmexport.mapping.rest import paths_beside, tops_of_rule
from crmexport.mapping.source_mapping import SourceMapping
from crmexport.mapping.transforms import UNREADABLE
from crmexport.source import Row

Found = dict[str, defaultdict[str, Sampled]]
"""By stream and place (`milestones[].type`): how often it is filled."""

LINK = {"stream", "id"}  # as files name their owners
EXCHANGED = ("valueInMain", "rate")  # as Megaplan's sums tell it (Megaplan reference, §5)


@dataclass
class _Named:
    """What the blocks over a stream name: top-level fields, each with the words in the paths that lead into it.

    `left` are names left out on purpose.
    """

    words: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    left: set[str] = field(default_factory=set)
    paths: defaultdict[str, set[Path]] = field(default_factory=lambda: defaultdict(set))

    def leaves(self, key: str) -> bool:
        return any(fnmatchcase(key, pattern) for pattern in self.left)

    def finds(self, top: str, record: Mapping[str, Any]) -> bool:
        """Whether some path into this field finds anything in the record; of paths that begin at items, nobody asks."""
        paths = self.paths.get(top)
        return not paths or not all(_misses(path, record) for path in paths)


class Leaves:
    """Counts them, and the `records` of each stream, while these pass by."""

    def __init__(self, mapping: SourceMapping) -> None:
        self.found: Found = {}
        self.records: Counter[str] = Counter()
        self._file = mapping.file
        self._named = {stream: _named(mapping, stream) for stream in mapping.streams}
        self._left: dict[tuple[str, str], bool] = {}
        self._by_name: list[tuple[str, Any]] = []

    def passing(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The same rows, looked at."""
        for row in rows:
            self.records[row.stream] += 1
            for top in self._named[row.stream].words.keys() & row.value.keys():
                self._field(row, top)
            yield row

    def _field(self, row: Row, top: str) -> None:
        """A field that some rule names."""
        named = self._named[row.stream]
        self._by_name.clear()
        self._walk(row.stream, top, row.value[top], named.words[top])
        if self._by_name and not named.finds(top, row.value):
            for place, part in self._by_name:
                self._found(row.stream, place, part)

    def _walk(self, stream: str, place: str, value: Any, words: set[str]) -> None:
        """What lies in a value; `words` are those by which paths lead into it."""
        if isinstance(value, list):
            for item in value:
                self._walk(stream, f"{place}[]", item, words)
        elif isinstance(value, dict) and self._is_understood(value):
            if value.get("rate") not in (None, 1):
                self._exchanged(stream, place, value)
        elif isinstance(value, dict):
            for key, part in value.items():
                if isinstance(part, (dict, list)):
                    self._walk(stream, f"{place}.{key}", part, words)
                elif part is None or part is False or part == "" or self._is_left(stream, key):
                    continue
                elif key in words:
                    self._by_name.append((f"{place}.{key}", part))
                else:
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

    def _is_left(self, stream: str, key: str) -> bool:
        if (stream, key) not in self._left:
            self._left[stream, key] = self._named[stream].leaves(key)
        return self._left[stream, key]


def _misses(path: Path, record: Mapping[str, Any]) -> bool:
    try:
        return _is_nothing(path.get(record))
    except UNREADABLE:  # a function that does not take what is there: carried along by its path, and counted
        return False


def _is_nothing(found: Any) -> bool:
    return found is None or (isinstance(found, (list, dict)) and all(map(_is_nothing, found)))


def _named(mapping: SourceMapping, stream: str) -> _Named:
    found = _Named(left={*mapping.file.ignore})
    for _entity, block in mapping.blocks_of(stream):
        found.left |= {*block.ignore}
        for top, words in _words_into(block):
            found.words[top] |= words
        for path in _paths_into(block):
            for top in path.tops:
                found.paths[top].add(path)
    carried = [block for _entity, block in mapping.blocks_of(stream) if block.custom in ("item", "items")]
    for top in {PARENT, *(top for block in carried for top in compile_path(block.each or "@").tops)}:
        found.words.pop(top, None)  # what is in such items is counted with them
    return found


def _words_into(block: Block) -> Iterator[tuple[str, set[str]]]:
    """Every top-level field that a block reads, with the names in the paths that lead into it."""
    if block.each is not None:
        of_block = {
            *_words_of([block.each, *(text for rule in block.fields.values() for text in _texts(rule))])
        }
        yield from ((top, of_block) for top in compile_path(block.each).tops)
    if block.where is not None:
        yield from ((top, {*_words_of([block.where])}) for top in compile_path(block.where).tops)
    for rule in block.fields.values():
        of_rule = {*_words_of(_texts(rule))}
        yield from ((top, of_rule) for top in tops_of_rule(rule, inside=block.each is not None))


def _paths_into(block: Block) -> Iterator[Path]:
    """The paths of a block that begin at the record."""
    if block.each is not None:
        yield compile_path(block.each)
    for rule in block.fields.values():
        within = (rule.each or {}).values() if rule.path == "@" else ()
        for one in (rule, *within):
            # each of several for itself: what one finds says nothing of another
            first = choices(one.path) if one.path is not None else []
            yield from (path for path in (*first, *paths_beside(one)) if path.whole or block.each is None)


def _words_of(texts: Iterable[str]) -> Iterator[str]:
    """All names in some paths."""
    for text in texts:
        yield from names_in(text)


def _texts(rule: Rule) -> Iterator[str]:
    """All paths of a rule, and of those within it."""
    yield from filter(None, (rule.path, rule.template, rule.stream, rule.currency))
    for part in (rule.each or {}).values():
        yield from _texts(part)
