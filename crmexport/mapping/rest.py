"""What no rule names: custom fields and unmapped ones. Carried in `custom`, and counted."""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from crmexport.archive.replay import PARENT
from crmexport.mapping.coverage import StreamCoverage
from crmexport.mapping.custom import CustomValues
from crmexport.mapping.grammar import Block, Rule
from crmexport.mapping.paths import Path, choices, compile_path
from crmexport.mapping.source_mapping import SourceMapping
from crmexport.mapping.templates import compile_template
from crmexport.mapping.transforms import Convert, filled


class _Plan(NamedTuple):
    """What to do with a field: read it as one of the account's own or as one that nobody named, or (None) leave it.

    One that is only named behind others (`a || b`) is `second`: read where one of them is taken and says something else.
    """

    is_custom: bool
    read: Convert | None
    second: "_Second | None" = None


class _Second(NamedTuple):
    """A path behind `||`, and those before it."""

    own: Path
    before: tuple[Path, ...]

    def is_passed_over(self, node: Any) -> bool:
        """Whether this path finds something, but another is taken, and tells something else."""
        taken = next((found for path in self.before if filled(found := path.get(node))), None)
        return taken is not None and filled(found := self.own.get(node)) and found != taken


LEFT = _Plan(False, None)


class Rest:
    """What the `blocks` of a mapping leave over of the records of one stream, for one entity; `of_items`: of the items of their lists.

    Every field name is judged once: named by a block, ignored on purpose, custom (described by the source, or named
    like one), or unmapped.
    """

    def __init__(
        self,
        mapping: SourceMapping,
        blocks: Iterable[Block],
        entity: str,
        values: CustomValues,
        coverage: StreamCoverage,
        *,
        of_items: bool = False,
    ) -> None:
        definitions = mapping.file.custom_fields
        blocks = list(blocks)
        tops = _tops_of_items if of_items else tops_of_block
        self.entity = entity
        self.values = values
        self.coverage = coverage
        self.known = frozenset(top for block in blocks for top in tops(block)) | {PARENT}
        self.ignored = [*mapping.file.ignore, *(name for block in blocks for name in block.ignore)]
        self.custom = definitions.named if definitions else []
        self.plans = dict.fromkeys(self.known, LEFT)
        self._seconds = _seconds(blocks, of_items)
        for name in self._seconds:
            del self.plans[name]
        coverage.mapped |= self.known - {PARENT}

    def carry(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """The filled fields of `record` that belong into `custom`, by their names at the source.

        A “no” in a field that nobody described is taken as empty: systems write it into every record.
        """
        plans = self.plans
        self.coverage.records += 1
        carried: dict[str, Any] = {}
        for key in record:
            plan = plans.get(key) or self._judge(key)
            if plan.read is None or (plan.second and not plan.second.is_passed_over(record)):
                continue
            raw = record[key]
            if plan.is_custom or raw is not False:
                value = plan.read(raw)
                if value is not None and value != []:
                    carried[key] = value
                    self._count(key, plan, raw)
        return carried

    def _judge(self, key: str) -> _Plan:
        described = (self.entity, key) in self.values.custom
        if any(fnmatchcase(key, pattern) for pattern in self.ignored) and not described:
            self.coverage.ignored.add(key)
            plan = LEFT
        else:
            custom = described or any(fnmatchcase(key, pattern) for pattern in self.custom)
            plan = _Plan(custom, self.values.reader(self.entity, key), self._seconds.get(key))
        self.plans[key] = plan
        return plan

    def _count(self, key: str, plan: _Plan, raw: Any) -> None:
        if plan.is_custom:
            self.coverage.custom[key] += 1
        else:
            self.coverage.unmapped[key].add(raw)


def _seconds(blocks: Iterable[Block], of_items: bool) -> dict[str, _Second]:
    """The fields that these blocks read only where others are empty. One that any rule reads in another way is none of them."""
    found: dict[str, _Second] = {}
    otherwise: set[str] = set()
    for block in blocks:
        for text in filter(None, (block.each, block.where)):
            otherwise |= compile_path(text).tops
        for path, before in (each for rule in block.fields.values() for each in _in_order(rule)):
            if path.whole == of_items and (of_items or block.each is not None):
                continue  # it looks into the other: the items, or the record itself
            if before and len(path.tops) == 1:
                found.setdefault(next(iter(path.tops)), _Second(path, before))
            else:
                otherwise |= path.tops
    return {name: second for name, second in found.items() if name not in otherwise}


def _in_order(rule: Rule) -> Iterator[tuple[Path, tuple[Path, ...]]]:
    """The paths of a rule, each with those in whose place it is read."""
    chosen = choices(rule.path) if rule.path is not None else []
    yield from ((path, tuple(chosen[:number])) for number, path in enumerate(chosen))
    yield from ((path, ()) for path in paths_beside(rule))
    if rule.path == "@":
        for part in (rule.each or {}).values():
            yield from _in_order(part)


def tops_of_block(block: Block) -> Iterator[str]:
    """The top-level fields of a record that a block reads."""
    for text in (block.each, block.where):
        if text is not None:
            yield from compile_path(text).tops
    for rule in block.fields.values():
        yield from tops_of_rule(rule, inside=block.each is not None)


def _tops_of_items(block: Block) -> Iterator[str]:
    """The fields that a block reads in the items of its list."""
    if block.where is not None and not compile_path(block.where).whole:
        yield from compile_path(block.where).tops
    for path in (path for rule in block.fields.values() for path in paths_of_rule(rule)):
        if not path.whole:
            yield from path.tops


def tops_of_rule(rule: Rule, inside: bool) -> Iterator[str]:
    """The top-level fields of a record that a rule reads; within an `each` (`inside`), only paths from the whole record count."""
    for path in paths_of_rule(rule):
        if path.whole or not inside:
            yield from path.tops
    if rule.path == "@" and not inside:
        for part in (rule.each or {}).values():
            yield from tops_of_rule(part, inside)


def paths_of_rule(rule: Rule) -> Iterator[Path]:
    """The paths by which a rule looks into its node."""
    if rule.path is not None:
        yield compile_path(rule.path)
    yield from paths_beside(rule)


def paths_beside(rule: Rule) -> Iterator[Path]:
    """Those that stand beside the one that a rule is about, or in its place."""
    if rule.template is not None:
        yield from compile_template(rule.template).paths
    for text in (rule.stream, rule.currency):
        if text is not None:
            yield compile_path(text)
