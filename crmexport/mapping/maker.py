"""One block of a mapping file, ready to be applied to rows."""

from collections.abc import Collection, Iterator
from typing import Any

from crmexport.mapping.compiled import Compiler, filled
from crmexport.mapping.coverage import Coverage
from crmexport.mapping.custom import CustomValues
from crmexport.mapping.grammar import Block
from crmexport.mapping.paths import compile_path
from crmexport.mapping.rest import Rest
from crmexport.mapping.source_mapping import SourceMapping
from crmexport.mapping.transforms import UNREADABLE
from crmexport.model import Entity
from crmexport.source import Connector, Row

Made = dict[str, Any]


class Maker:
    """Makes the entities of one block. With `only`, just those fields, neither carrying the rest nor counting.

    `seen` are the ids made so far by all blocks of the entity that give each one once.
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
        only: Collection[str] | None = None,
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
        self.each = compile_path(block.each).get if block.each else None
        self.numbered = self.counts and "position" in entity.by_name and "position" not in block.fields
        self.seen: set[str] | None = (set() if seen is None else seen) if block.unique else None
        carries = only is None and block.each is None and block.custom != "none"
        self.rest = {
            stream: Rest(mapping, stream, entity.name, values, coverage.streams[stream])
            for stream in (block.from_ if carries else ())
        }

    def make(self, row: Row) -> Iterator[Made]:
        """The entities of one row, each a dictionary with `source_id` and the filled fields."""
        if self.each is None:
            if self._wanted(row, row.value):
                yield from self._unseen(self._whole(row))
            return
        items = self.each(row.value)
        for number, item in enumerate(items if isinstance(items, list) else [items]):
            if filled(item) and self._wanted(row, item):
                made = self._filled(item, row.value, f"{row.stream}:{row.id}:{number}")
                if self.numbered:
                    made["position"] = number + 1
                yield from self._unseen(made)

    def _wanted(self, row: Row, node: Any) -> bool:
        where = self.where
        return where is None or filled(where.get(row.value if where.whole else node))

    def _whole(self, row: Row) -> Made:
        """The entity that a whole record becomes, with its address and what no rule names."""
        made = self._filled(row.value, row.value, row.id)
        if self.with_url:
            made["source_url"] = self.connector.source_url(row.stream, row.id)
        rest = self.rest.get(row.stream)
        if rest is not None and (carried := rest.carry(row.value)):
            made["custom"] = {**carried, **made.get("custom", {})}
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

    def _unseen(self, made: Made) -> Iterator[Made]:
        """The entity, counted; nothing when blocks that give each one once have met it already."""
        if self.seen is not None:
            if made["source_id"] in self.seen:
                return
            self.seen.add(made["source_id"])
        if self.counts:
            self.coverage.made(made, self.entity.name)
        yield made
