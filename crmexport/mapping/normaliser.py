"""Records in, entities out: one source's records as companies, deals, tasks … of our own vocabulary.

It never touches the network or the archive. Whatever no rule names goes to `custom` and is counted; whatever a transform
cannot read goes there too, as the source wrote it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from crmexport.mapping.compiled import Compiler
from crmexport.mapping.coverage import Coverage
from crmexport.mapping.custom import CustomField, CustomValues, labels_of
from crmexport.mapping.links import Links, Members, Others
from crmexport.mapping.maker import Made, Maker, Only
from crmexport.mapping.paths import compile_path
from crmexport.mapping.source_mapping import SourceMapping
from crmexport.mapping.transforms import filled
from crmexport.model import ENTITIES
from crmexport.source import Connector, Row


class Normaliser:
    """Makes entities of rows by one mapping.

    `members` tell apart entities that share a stream, `others` are their ids by another field (see `crmexport.mapping.links`).
    `coverage` is filled on the way.
    """

    def __init__(
        self,
        mapping: SourceMapping,
        connector: Connector,
        custom_fields: Iterable[CustomField] = (),
        members: Members | None = None,
        coverage: Coverage | None = None,
        others: Others | None = None,
    ) -> None:
        self.mapping = mapping
        self.connector = connector
        self.coverage = Coverage() if coverage is None else coverage
        links = Links(mapping, members or {}, others)
        fields = list(custom_fields)
        self.compiler = Compiler(mapping.file, links, self.coverage, labels_of(fields))
        self.values = CustomValues(self.compiler, fields)

    def entities(self, rows: Iterable[Row], entity: str, only: Only = None) -> Iterator[Made]:
        """The entities called `entity` in `rows`; rows of streams that have none are passed over.

        With `only`, just those fields (and `source_id`) are made, without `custom` and without counting.
        """
        yield from (made for _row, made in self.with_rows(rows, entity, only))

    def with_rows(self, rows: Iterable[Row], entity: str, only: Only = None) -> Iterator[tuple[Row, Made]]:
        """The same, each with the row that it was made of."""
        makers = self._makers(entity, only)
        for row in rows:
            for maker in makers.get(row.stream, ()):
                for made in maker.make(row):
                    yield row, made
        for of_stream in makers.values():
            for maker in of_stream:
                yield from maker.late()

    def together(self, rows: Iterable[Row], entities: Mapping[str, Only]) -> Iterator[tuple[str, Made]]:
        """The entities of several kinds in `rows`, each with its kind; of each just the fields that are named, as `entities` has it."""
        by_stream: dict[str, list[tuple[str, Maker]]] = defaultdict(list)
        for entity, only in entities.items():
            for stream, makers in self._makers(entity, only).items():
                by_stream[stream] += [(entity, maker) for maker in makers]
        for row in rows:
            for entity, maker in by_stream.get(row.stream, ()):
                for made in maker.make(row):
                    yield entity, made
        for of_stream in by_stream.values():
            for entity, maker in of_stream:
                yield from ((entity, made) for _row, made in maker.late())

    def _makers(self, entity: str, only: Only) -> dict[str, list[Maker]]:
        """The blocks of `entity`, ready, by stream."""
        makers: dict[str, list[Maker]] = defaultdict(list)
        seen: set[str] = set()
        for block in self.mapping.blocks.get(entity, ()):
            maker = Maker(
                ENTITIES[entity],
                block,
                self.mapping,
                self.connector,
                self.compiler,
                self.values,
                self.coverage,
                only,
                seen,
            )
            for stream in block.from_:
                makers[stream].append(maker)
        return makers


def belonging(mapping: SourceMapping, rows: Iterable[Row], entity: str) -> Iterator[str]:
    """The ids of those `rows` that as a whole become `entity` (see `members` of the Normaliser)."""
    blocks = [block for block in mapping.blocks.get(entity, ()) if block.each is None]
    tests = {stream: compile_path(block.where or "@").get for block in blocks for stream in block.from_}
    for row in rows:
        if row.stream in tests and filled(tests[row.stream](row.value)):
            yield row.id
