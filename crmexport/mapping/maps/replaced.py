"""Tables of people, pipelines and stages with what the maps give in their place: one row for each of the next system's."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from crmexport.mapping.maps.substitutes import Substitutes
from crmexport.mapping.to.entities import EntitiesOf, EntitySource


class Replaced(EntitiesOf):
    """Entities as an import shall make them. Of several that become one, the first stands for all."""

    def __init__(self, source: EntitySource, substitutes: Substitutes) -> None:
        super().__init__(source)
        self._substitutes = substitutes

    def iterate(self, kind: str, only: Collection[str] | None = None) -> Iterator[Mapping[str, Any]]:
        """All entities of a kind; the `source_id` of one that stands for several is that which links to them show."""
        found = self._source.iterate(kind, only)
        yield from found if kind not in self._substitutes.kinds else self._replaced(kind, found)

    def _replaced(self, kind: str, found: Iterator[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
        met: set[str] = set()
        results = self._results() if kind == "stage" else {}
        for one in found:
            new = self._substitutes.of(kind, one["source_id"], one.get("name") or "")
            id = self._substitutes.shared_id(kind, one["source_id"], new)
            if id not in met:
                met.add(id)
                differing = {"result": None} if len(results.get(id, ())) > 1 else {}
                yield {**one, **new.fields, **differing, "source_id": id}

    def _results(self) -> Mapping[str, set[Any]]:
        """What the stages that become one say of their deals: a stage of won ones and of others is no stage of won ones."""
        results: defaultdict[str, set[Any]] = defaultdict(set)
        for one in self._source.iterate("stage", {"name", "result"}):
            new = self._substitutes.of("stage", one["source_id"], one.get("name") or "")
            results[self._substitutes.shared_id("stage", one["source_id"], new)].add(one.get("result"))
        return results
