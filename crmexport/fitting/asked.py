"""Words that a layout asks for (in `where`, `when` and value maps) and no entity has, though one has nearly the same.

“Новая ” for “Новая” leaves out every row of a stage, and looks as if it were meant.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from crmexport.fitting.accounts import Accounts
from crmexport.mapping.to import Layout, Plan, References
from crmexport.mapping.to.paths import Path, compiled
from crmexport.mapping.to.schema import ColumnRule, TableRule, Where
from crmexport.mapping.to.where import wanted_words, words_of
from crmexport.mapping.yaml_words import nearest
from crmexport.model import ENTITIES, Ref

_ANY = frozenset({"", "*", "true", "false"})
_MOST = 10_000


class _Question(NamedTuple):
    """Some words that are wanted at a path, and those that were met there; `place` is the key in the file that wants them."""

    place: str
    path: Path
    wanted: frozenset[str]
    met: set[str]


class Asked:
    """The words asked for by the tables of one kind of entities."""

    def __init__(self, layout: Layout, plans: Iterable[Plan], references: References) -> None:
        self._references = references
        self._questions = [
            one
            for plan in plans
            if (rule := layout.tables.get(plan.name))
            for one in _of_table(plan.name, rule)
            if one.wanted
        ]

    def look(self, entity: Mapping[str, Any]) -> None:
        """Note the words that an entity has."""
        for one in self._questions:
            if len(one.met) < _MOST:
                one.met.update(_said(one.path.get(entity, self._references)))

    def note(self, accounts: Accounts) -> None:
        """Enter the words that nothing has, each with the nearest that something has."""
        for one in self._questions:
            for word in sorted(one.wanted - one.met):
                near = nearest(word, one.met)
                if near is not None:
                    accounts.never[one.place, word] = near


def _of_table(table: str, rule: TableRule) -> Iterator[_Question]:
    for where in rule.passes:
        yield from _of_where(f"tables.{table}.where", where, rule.from_)
    for heading, column in rule.columns.items():
        place = f"tables.{table}.columns.{heading}"
        if not isinstance(column, str):
            yield from _of_where(f"{place}.when", column.when, rule.from_)
            yield from _of_choice(f"{place}.choice", column, rule.from_)


def _of_where(place: str, where: Where, kind: str) -> Iterator[_Question]:
    for text, value in where.items():
        yield _question(f"{place}.{text}", text, wanted_words(value), kind)


def _of_choice(place: str, column: ColumnRule, kind: str) -> Iterator[_Question]:
    if column.choice and len(column.paths) == 1:
        yield _question(place, column.paths[0], frozenset(column.choice), kind)


def _question(place: str, text: str, words: frozenset[str], kind: str) -> _Question:
    path = compiled(text, ENTITIES[kind])
    known = path.field.titles if path.text == path.field.name else ()
    return _Question(place, path, words - _ANY - {*known}, set())


def _said(value: Any) -> frozenset[str]:
    """The words of a value; of a link its title."""
    items = value if isinstance(value, list) else [value]
    return words_of([one.title if isinstance(one, Ref) else one for one in items])
