"""One block of a mapping file, ready to be applied to rows."""

from collections.abc import Collection, Iterator
from typing import Any

from crmexport.mapping.compiled import Compiler
from crmexport.mapping.coverage import Coverage
from crmexport.mapping.custom import CustomValues
from crmexport.mapping.grammar import Block
from crmexport.mapping.paths import compile_path
from crmexport.mapping.rest import Rest
from crmexport.mapping.source_mapping import SourceMapping
from crmexport.mapping.transforms import UNREADABLE, filled
from crmexport.model import Entity
from crmexport.source import Connector, Row

Made = dict[str, Any]
Only = Collection[str] | None
"""The fields that are asked for, beside `source_id`; None stands for all, with what no rule names."""


class Maker:
    """Makes the entities of one block. With `only`, just those fields, neither carrying the rest nor counting.

    `seen` are the ids made so far by all blocks of the entity that give each one once; of a block that is to be the last of them,
    `late` gives what no other had, when all rows are read.
    """

    def __init__(
        self,
        entity: Entity,
        block: Block,
        mapping: SourceMapping,
        connector: Connector,
        compiler: Compiler,
        values: CustomValues,
        coverage: Coverage,
        only: Only = None,
        seen: set[str] | None = None,
    ) -> None:
        self.entity = entity
        self.connector = connector
        self.values = values
        self.coverage = coverage
        self.counts = only is None
        names = [name for name in block.fields if only is None or name in only or name == "source_id"]
        self.fields = [
            (name, compiler.field(block.fields[name], entity.by_name[name], f"{entity.name}.{name}"))
            for name in names
        ]
        self.raw = {
            name: (block.fields[name].path or name, compiler.getter(block.fields[name])) for name in names
        }
        self.with_url = (only is None or "source_url" in only) and block.each is None
        self.where = compile_path(block.where) if block.where else None
        self.path = block.each or ""
        self.each = compile_path(block.each).get if block.each else None
        is_asked = only is None or "position" in only
        self.numbered = is_asked and "position" in entity.by_name and "position" not in block.fields
        self.seen: set[str] | None = (set() if seen is None else seen) if block.unique else None
        self._waiting: dict[str, tuple[Row, Made]] | None = {} if block.unique == "last" else None
        self.rest, self.rest_of_items = _rests(entity.name, block, mapping, values, coverage, only)

    def make(self, row: Row) -> Iterator[Made]:
        """The entities of one row, each a dictionary with `source_id` and the filled fields."""
        if self.each is not None:
            yield from self._of_items(row, self.each(row.value))
        elif self._wanted(row, row.value):
            yield from self._unseen(row, self._whole(row))

    def _of_items(self, row: Row, items: Any) -> Iterator[Made]:
        """An entity for each item; what is carried of the record itself comes with each of them."""
        of_record: Made | None = None
        rest = self.rest_of_items.get(row.stream)
        for number, item in enumerate(items if isinstance(items, list) else [items]):
            if filled(item) and self._wanted(row, item):
                made = self._filled(item, row.value, f"{row.stream}:{row.id}:{number}")
                if self.numbered:
                    made["position"] = number + 1
                if rest is not None:
                    of_record = self._of_record(row) if of_record is None else of_record
                    carried = rest.carry(item if isinstance(item, dict) else {self.path: item})
                    _carry(made, _beside(of_record, carried))
                yield from self._unseen(row, made)

    def _of_record(self, row: Row) -> Made:
        rest = self.rest.get(row.stream)
        return rest.carry(row.value) if rest is not None else {}

    def _wanted(self, row: Row, node: Any) -> bool:
        where = self.where
        return where is None or filled(where.get(row.value if where.whole else node))

    def _whole(self, row: Row) -> Made:
        """The entity that a whole record becomes, with its address and what no rule names."""
        made = self._filled(row.value, row.value, row.id)
        if self.with_url:
            made["source_url"] = self.connector.source_url(row.stream, row.id)
        _carry(made, self._of_record(row))
        return made

    def _filled(self, node: Any, record: Any, source_id: str) -> Made:
        made: Made = {"source_id": source_id}
        for name, get in self.fields:
            try:
                value = get(node, record)
            except UNREADABLE:
                self._keep_unread(made, name, node, record)
            else:
                if value is not None:
                    made[name] = value
        return made

    def _keep_unread(self, made: Made, name: str, node: Any, record: Any) -> None:
        """What a transform could not read is carried in `custom` under its path, and counted."""
        place, get = self.raw[name]
        try:
            raw = get(node, record)
        except UNREADABLE as error:
            raw = str(error)
        made.setdefault("custom", {})[place] = self.values.reader("", place)(raw)
        if self.counts:
            self.coverage.unreadable[f"{self.entity.name}.{name}"].add(raw)

    def late(self) -> Iterator[tuple[Row, Made]]:
        """What waited for all rows to be read, with the first row that told of it; each but once."""
        waiting, self._waiting = self._waiting or {}, None
        for row, made in waiting.values():
            for one in self._unseen(row, made):
                yield row, one

    def _unseen(self, row: Row, made: Made) -> Iterator[Made]:
        """The entity, counted; nothing when blocks that give each one once have met it already, or when it has to wait."""
        if self.seen is not None:
            if made["source_id"] in self.seen:
                return
            if self._waiting is not None:
                self._waiting.setdefault(made["source_id"], (row, made))
                return
            self.seen.add(made["source_id"])
        if self.counts:
            self.coverage.made(made, self.entity.name)
        yield made


def _rests(
    entity: str,
    block: Block,
    mapping: SourceMapping,
    values: CustomValues,
    coverage: Coverage,
    only: Collection[str] | None,
) -> tuple[dict[str, Rest], dict[str, Rest]]:
    """By stream, what is carried of records, and what of the items of their lists."""
    carries = block.custom in ("item", "items") if block.each else block.custom != "none"
    if only is not None or not carries:
        return {}, {}
    of_records: dict[str, Rest] = {}
    of_items: dict[str, Rest] = {}
    for stream in block.from_:
        blocks = [one for _entity, one in mapping.blocks_of(stream)]
        if block.each:  # what other blocks read of whole records is not read here
            blocks = [one for one in blocks if one.each == block.each]
            place = coverage.streams[f"{stream}.{block.each}"]
            of_items[stream] = Rest(mapping, blocks, entity, values, place, of_items=True)
        else:  # nor what those read or ignore that are for other records of the stream
            blocks = [one for one in blocks if one is block or one.each or one.custom == "none"]
        if block.custom != "item":
            of_records[stream] = Rest(mapping, blocks, entity, values, coverage.streams[stream])
    return of_records, of_items


def _carry(made: Made, carried: Made) -> None:
    if carried:
        made["custom"] = {**carried, **made.get("custom", {})}


def _beside(of_record: Made, of_item: Made) -> Made:
    """Both; where both have a field of one name, that of the record is called as paths within an `each` call it."""
    return {(f"$.{name}" if name in of_item else name): one for name, one in of_record.items()} | of_item
