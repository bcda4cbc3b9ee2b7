"""All that writing and comparing share: entities, references, plans of tables and of files, for one set of targets."""

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from crmexport.archive.equation import lacking
from crmexport.archive.store import Archive
from crmexport.mapping import MappedArchive, SourceMapping
from crmexport.mapping.kept import KeptEntities, kept_entities
from crmexport.mapping.links import Links
from crmexport.mapping.maker import Only
from crmexport.mapping.maps import Replaced, Substituted
from crmexport.mapping.to import (
    EntitySource,
    Plan,
    References,
    Shown,
    Table,
    fields_of,
    fill_children,
    fill_references,
    needs,
    plans,
    scratch,
)
from crmexport.mapping.to.references import AgeOf, HasRow
from crmexport.source import Connector
from crmexport.target.files import KIND, PATH, FilePlan, WithPaths
from crmexport.target.targets import Target
from crmexport.text import _, translations
from crmexport.watch import Watch

_NOTHING_BUT_ID = frozenset({"source_id"})


class Workshop:
    """Makes the tables of targets. What they need to know of linked entities is read once, for all of them."""

    def __init__(
        self, archive: Archive, source: KeptEntities, files: FilePlan, references: References, lang: str
    ) -> None:
        self.archive = archive
        self.files = files
        self.lang = lang
        self._kept = source
        self._source: EntitySource = WithPaths(source, files)
        self._references = references
        self._plans: dict[str, list[Plan]] = {}
        self._numbers: dict[str, int] = {}
        self.files_held = 0

    @cached_property
    def lacked(self) -> dict[str, int]:
        """How much is missing of each stream of the source, as the files are written (`archive/equation.py`)."""
        return lacking(self.archive)

    @property
    def lacked_kinds(self) -> list[str]:
        """What people call the streams of which something is missing."""
        titles = self.mapped.titles
        return [titles.get(name, name) for name in self.lacked if name]

    def prepare(self, targets: Sequence[Target], watch: Watch, *, keep: bool = True) -> None:
        """Read what all `targets` need, and decide where files go.

        What they show of others is made in one reading; with `keep` all that they show of their own is, too, for those who will
        read all of it.
        """
        targets = [self.placed(target) for target in targets]
        for target in targets:
            target.substitutes.check(self._source)
            lang = target.layout.spoken(self.lang)
            self._plans[target.name] = plans(target.layout, self._source, lang, target.zone)
        wanted = needs([plan for made in self._plans.values() for plan in made])
        wanted = wanted.with_all_titles() if self.archive.files_known() else wanted
        linked = {kind: fields for kind in self._source.kinds if (fields := fields_of(kind, wanted))}
        shown = dict.fromkeys(self._shown(targets)) if keep else {}
        self._keep(linked | shown, watch)
        fill_references(
            self._references, self._source, wanted, lambda kind: watch(_("reading titles"), 0, None)
        )
        self.files_held = self.files.decide()
        self._place_linked_files(fields_of(KIND, wanted))
        self._fill_children(targets, watch)

    def _place_linked_files(self, fields: Collection[str]) -> None:
        """Files that others show are read once more for their paths, which follow from the titles read before."""
        if PATH in fields:
            self._references.fill(KIND, self._source.iterate(KIND, only=fields), fields)

    def keep_all(self, watch: Watch) -> None:
        """Make every entity once and keep it, for those who will read them all, whether a target shows them or not."""
        self._keep(dict.fromkeys(self._source.kinds), watch)

    def _keep(self, kinds: Mapping[str, Only], watch: Watch) -> None:
        self._kept.keep(kinds, lambda number: watch(_("reading records"), number, None))

    def placed(self, target: Target) -> Target:
        """`target` with the time zone of the account, if it is to have that one."""
        return target.placed(self.mapped.zone)

    def _shown(self, targets: Sequence[Target]) -> set[str]:
        """The kinds of entities that will be read as a whole, maybe more than once."""
        every = any(not self._plans[one.name] and one.layout.format != "raw" for one in targets)
        plans = [plan for target in targets for plan in self._plans[target.name]]
        within = {column.children.entity for plan in plans for column in plan.columns if column.children}
        return set(self._source.kinds) if every else within | {plan.entity for plan in plans}

    def _fill_children(self, targets: Sequence[Target], watch: Watch) -> None:
        """What rows show of other entities, in the words of each language, people and stage map that the targets follow."""
        left = list(targets)
        while left:
            alike = [target for target in left if self._says_as(target, left[0])]
            left = [target for target in left if target not in alike]
            wanted = needs([plan for target in alike for plan in self._plans[target.name]])
            shown = Shown(
                self._following(alike[0]), source=self.archive.source.name, **self._in_words(alike[0])
            )
            fill_children(shown, self._source, wanted, lambda kind: watch(_("reading titles"), 0, None))

    def _says_as(self, target: Target, other: Target) -> bool:
        """Whether both name people and stages alike, in the same words."""
        return target.substitutes == other.substitutes and self._tongue(target) == self._tongue(other)

    def _tongue(self, target: Target) -> str:
        """The language of the words of choices in a target; nothing where it has their keys."""
        layout = target.layout
        return "" if layout.words == "keys" else layout.spoken(self.lang)

    def _following(self, target: Target) -> References:
        """The references as the target's maps have them."""
        return Substituted(self._references, target.substitutes) if target.substitutes else self._references

    def tables(self, target: Target, age: AgeOf | None = None) -> list[Table]:
        """The tables of a prepared target; with `age`, they go on from what was written before."""
        shown = self.shown(target, age)
        return [plan.table(self._replaced(target), shown) for plan in self.plans(target)]

    def _replaced(self, target: Target) -> EntitySource:
        """The entities as the target's maps have them: in files for an import, not in a copy of all that there was."""
        is_import = bool(target.substitutes and target.layout.tables)
        return Replaced(self._source, target.substitutes) if is_import else self._source

    def plans(self, target: Target) -> list[Plan]:
        """How the tables of a prepared target are made."""
        return self._plans[target.name]

    def shown(self, target: Target, age: AgeOf | None = None) -> Shown:
        """How a prepared target shows values; with `age`, names as they were told apart in what was written before."""
        layout = target.layout
        as_json = layout.csv.lists == "json"
        words = self._in_words(target)
        references = self._following(target)
        named = references.going_on(age) if age else references
        return Shown(named, as_json, self.archive.source.name, layout.files_at, **words)

    def _in_words(self, target: Target) -> dict[str, Any]:
        """What a `Shown` needs to know of the language of a target."""
        tongue = self._tongue(target)
        return {"translate": translations(tongue).gettext if tongue else None, "tongue": tongue}

    def carried(self, target: Target) -> dict[str, int | None]:
        """Of each kind of entity, how many stand in rows of others; None for a kind that has a table of its own."""
        made, references, keyed = self._plans[target.name], self._following(target), self.shown(target).keyed
        shown: defaultdict[str, dict[tuple[str, str], list[Plan]]] = defaultdict(dict)
        for plan in made:
            for child in (column.children for column in plan.columns if column.children):
                shown[child.entity].setdefault((keyed(child.key), child.parent), []).append(plan)

        def have_row_of(plans: Sequence[Plan]) -> HasRow:
            return lambda owner: any(plan.has_row_of(owner, references) for plan in plans)

        carried: dict[str, int | None] = dict.fromkeys(self._source.kinds, 0)
        # a source may have none of a kind
        for kind, owners in ((kind, shown[kind]) for kind in shown if kind in carried):
            have_rows = {owner: have_row_of(plans) for owner, plans in owners.items()}
            carried[kind] = references.children_shown(have_rows)
        return carried | {plan.entity: None for plan in made}

    def number(self, kind: str) -> int:
        """How many entities of a kind there are. What is left to count is counted at once: a history may be most of an archive."""
        if kind not in self._numbers:
            self._kept.keep(dict.fromkeys(self._source.kinds, _NOTHING_BUT_ID))
            self._numbers[kind] = sum(1 for _one in self._source.iterate(kind, only=_NOTHING_BUT_ID))
        return self._numbers[kind]

    @property
    def mapped(self) -> MappedArchive:
        """The archive itself, seen through its mapping."""
        return self._kept.archive

    @property
    def source(self) -> EntitySource:
        """The entities, files with their paths in the output."""
        return self._source


@contextmanager
def workshop(archive: Archive, connector: Connector, mapping: SourceMapping, lang: str) -> Iterator[Workshop]:
    """A workshop with its scratch database, which is gone afterwards."""
    mapped = MappedArchive(archive, connector, mapping)
    with scratch() as database, kept_entities(mapped) as kept:
        yield _furnished(archive, mapped, kept, database, lang)


def _furnished(
    archive: Archive, mapped: MappedArchive, kept: KeptEntities, database: sqlite3.Connection, lang: str
) -> Workshop:
    references = References(database)
    links = Links(mapped.mapping, mapped.members)
    return Workshop(archive, kept, FilePlan(database, archive, links.record, references), references, lang)
