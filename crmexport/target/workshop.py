"""All that writing and comparing share: entities, references, plans of tables and of files, for one set of targets."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from crmexport.archive.store import Archive
from crmexport.mapping import MappedArchive, SourceMapping
from crmexport.mapping.links import Links
from crmexport.mapping.to import (
    EntitySource,
    Plan,
    References,
    Shown,
    Table,
    fill_children,
    fill_references,
    needs,
    plans,
    scratch,
)
from crmexport.source import Connector
from crmexport.target.files import FilePlan, WithPaths
from crmexport.target.output import Watch
from crmexport.target.targets import Target
from crmexport.text import _


class Workshop:
    """Makes the tables of targets. What they need to know of linked entities is read once, for all of them."""

    def __init__(
        self, archive: Archive, source: EntitySource, files: FilePlan, references: References, lang: str
    ) -> None:
        self.archive = archive
        self.files = files
        self.lang = lang
        self._source: EntitySource = WithPaths(source, files)
        self._references = references
        self._plans: dict[str, list[Plan]] = {}
        self.files_held = 0

    def prepare(self, targets: Sequence[Target], watch: Watch) -> None:
        """Read what all `targets` need, and decide where files go."""
        for target in targets:
            lang = target.layout.spoken(self.lang)
            self._plans[target.name] = plans(target.layout, self._source, lang, target.zone)
        wanted = needs([plan for made in self._plans.values() for plan in made])
        wanted = wanted.with_all_titles() if self.archive.files_known() else wanted
        fill_references(
            self._references, self._source, wanted, lambda kind: watch(_("reading titles"), 0, None)
        )
        fill_children(
            Shown(self._references, source=self.archive.source.name),
            self._source,
            wanted,
            lambda kind: watch(_("reading titles"), 0, None),
        )
        self.files_held = self.files.decide()

    def tables(self, target: Target) -> list[Table]:
        """The tables of a prepared target."""
        shown = self.shown(target)
        return [plan.table(self._source, shown) for plan in self.plans(target)]

    def plans(self, target: Target) -> list[Plan]:
        """How the tables of a prepared target are made."""
        return self._plans[target.name]

    def shown(self, target: Target) -> Shown:
        """How a prepared target shows values."""
        return Shown(self._references, target.layout.csv.lists == "json", self.archive.source.name)

    def carried(self, target: Target) -> dict[str, int | None]:
        """Of each kind of entity, how many stand in rows of others; None for a kind that has a table of its own."""
        made = self._plans[target.name]
        shown: dict[str, set[tuple[str, str]]] = {}
        for child in (column.children for plan in made for column in plan.columns if column.children):
            shown.setdefault(child.entity, set()).add((child.key, child.parent))
        carried: dict[str, int | None] = dict.fromkeys(self._source.kinds, 0)
        carried |= {kind: self._references.children_held(sorted(pairs)) for kind, pairs in shown.items()}
        return carried | {plan.entity: None for plan in made}

    @property
    def source(self) -> EntitySource:
        """The entities, files with their paths in the output."""
        return self._source


@contextmanager
def workshop(archive: Archive, connector: Connector, mapping: SourceMapping, lang: str) -> Iterator[Workshop]:
    """A workshop with its scratch database, which is gone afterwards."""
    mapped = MappedArchive(archive, connector, mapping)
    with scratch() as database:
        yield _furnished(archive, mapped, database, lang)


def _furnished(archive: Archive, mapped: MappedArchive, database: sqlite3.Connection, lang: str) -> Workshop:
    references = References(database)
    links = Links(mapped.mapping, mapped.members)
    return Workshop(archive, mapped, FilePlan(database, archive, links.record, references), references, lang)
