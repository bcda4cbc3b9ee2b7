"""An account of values: how many there are of each field of each kind of entity, and what becomes of them in a target.

A value is a filled field of one entity; of a list (phones, links) each item is one, of custom fields each field is one.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from crmexport.model import ENTITIES
from crmexport.text import N_, _


class Fate(Enum):
    """What became of a value, from the best to the worst: in several tables, the best counts."""

    COLUMN = "column"
    OVERFLOW = "overflow"
    PART = "part"
    LIMIT = "limit"
    CHOICE = "choice"
    UNFIT = "unfit"
    SHARED = "shared"
    NOT_HELD = "not_held"
    ELSEWHERE = "elsewhere"
    NO_COLUMN = "no_column"
    NO = "no"
    BARE = "bare"
    MARKUP = "markup"
    LEFT_OUT = "left_out"
    ROW = "row"
    TABLE = "table"
    UNTOLD = "untold"

    @property
    def rank(self) -> int:
        """Its place among them; 0 is the best."""
        return _RANKS[self]


_RANKS: dict[Fate, int] = {fate: place for place, fate in enumerate(Fate)}
REACHING = frozenset({Fate.COLUMN, Fate.OVERFLOW})
"""The value stands in a file of the target."""
ON_PURPOSE = frozenset({Fate.NO, Fate.BARE, Fate.MARKUP, Fate.LEFT_OUT, Fate.ROW})
"""The layout, or the rules that hold for every layout, leave the value out knowingly."""
LOST = frozenset(Fate) - REACHING - ON_PURPOSE
"""The value would not reach the target, and nobody said that it need not."""

WORDS = {
    Fate.COLUMN: N_("in a column"),
    Fate.OVERFLOW: N_("in the overflow column"),
    Fate.PART: N_("only a part of it: the rest has no column"),
    Fate.LIMIT: N_("cut by a limit"),
    Fate.CHOICE: N_("a word that the value map does not have"),
    Fate.UNFIT: N_("the cell cannot hold it"),
    Fate.SHARED: N_("an ambiguous name"),
    Fate.NOT_HELD: N_("a link to something that the archive does not hold"),
    Fate.ELSEWHERE: N_("its column shows something else, or nothing"),
    Fate.NO_COLUMN: N_("no column"),
    Fate.NO: N_("a “no” in a field without a column"),
    Fate.BARE: N_("nothing a person could read in it"),
    Fate.MARKUP: N_("markup: the plain text goes instead"),
    Fate.LEFT_OUT: N_("left out on purpose by the layout"),
    Fate.ROW: N_("a row that the layout does not want"),
    Fate.TABLE: N_("no table for this kind"),
    Fate.UNTOLD: N_("dropped without a reason: please report this"),
}


def word(fate: Fate) -> str:
    """The fate in the reader's language."""
    return _(WORDS[fate])


def better(one: Fate | None, other: Fate) -> Fate:
    """The better of two fates of the same value."""
    return other if one is None or other.rank < one.rank else one


@dataclass(slots=True)
class Account:
    """One field: its name, its title for people, and how many of its values had which fate."""

    entity: str
    name: str
    title: str
    fates: Counter[Fate] = field(default_factory=Counter)

    @property
    def values(self) -> int:
        """How many values there are."""
        return self.fates.total()

    @property
    def reaching(self) -> int:
        """How many of them reach the target."""
        return sum(self.fates[fate] for fate in REACHING)

    @property
    def lost(self) -> int:
        """How many would not reach it, though nobody left them out on purpose."""
        return sum(self.fates[fate] for fate in LOST)

    def others(self) -> Iterator[tuple[Fate, int]]:
        """The fates of values that do not stand in a column of their own, the most frequent first."""
        return (
            (fate, count) for fate, count in self.fates.most_common() if count and fate is not Fate.COLUMN
        )


@dataclass(slots=True)
class Trouble:
    """Something a layout's column does to values: how often, and a few of them."""

    count: int = 0
    words: Counter[str] = field(default_factory=Counter)
    longest: int = 0


Place = tuple[str, str]
"""A table and the heading of a column in it."""


def _troubles() -> defaultdict[Place, Trouble]:
    return defaultdict(Trouble)


@dataclass(slots=True)
class Accounts:
    """The accounts of a whole target. `entities` counts the entities of each kind, `rows` those that have a row.

    `choices`, `limits`, `unfit` and `empty` (of required columns) tell of columns; `unknown` names custom fields that the
    archive does not know, with those that it does; `never` words that no entity has, by key and word, with one nearly the
    same that some have; `bare` tables without a row, with the number of entities that they could have shown.

    What is held and no entity has: `raw_only`, how many records of which streams become none, and `deeper`, how often what
    is filled in records and named by no path.
    """

    fields: dict[tuple[str, str], Account] = field(default_factory=dict)
    entities: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    choices: defaultdict[Place, Trouble] = field(default_factory=_troubles)
    limits: defaultdict[Place, Trouble] = field(default_factory=_troubles)
    unfit: defaultdict[Place, Trouble] = field(default_factory=_troubles)
    empty: defaultdict[Place, Trouble] = field(default_factory=_troubles)
    unknown: dict[Place, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    never: dict[tuple[str, str], str] = field(default_factory=dict)
    bare: dict[str, int] = field(default_factory=dict)
    raw_only: dict[str, int] = field(default_factory=dict)
    deeper: dict[str, int] = field(default_factory=dict)

    def of(self, entity: str) -> list[Account]:
        """The accounts of one kind of entity."""
        order = {name: place for place, name in enumerate(ENTITIES[entity].by_name)}
        found = [account for account in self.fields.values() if account.entity == entity]
        return sorted(found, key=lambda account: order.get(account.name, len(order)))

    def add(self, entity: str, name: str, title: str, fates: Iterable[Fate]) -> None:
        """Enter values of a field."""
        account = self.fields.get((entity, name))
        if account is None:
            account = self.fields[entity, name] = Account(entity, name, title)
        account.fates.update(fates)

    def total(self) -> Account:
        """All of it as one account."""
        return summed("", self.fields.values())

    def kinds(self) -> Iterator[Account]:
        """One account for each kind of entity."""
        return (summed(kind, self.of(kind)) for kind in self.entities)

    def as_dict(self) -> dict[str, object]:
        """As JSON for programs."""
        return {
            "total": _dumped(self.total()),
            "raw_only": self.raw_only,
            "deeper": self.deeper,
            "entities": [
                {
                    "entity": kind.entity,
                    "entities": self.entities[kind.entity],
                    "rows": self.rows[kind.entity],
                    **_dumped(kind),
                    "fields": [
                        {"field": one.name, "title": one.title, **_dumped(one)}
                        for one in self.of(kind.entity)
                    ],
                }
                for kind in self.kinds()
            ],
        }


def summed(entity: str, accounts: Iterable[Account]) -> Account:
    """Several accounts as one."""
    fates: Counter[Fate] = Counter()
    for account in accounts:
        fates.update(account.fates)
    return Account(entity, "", "", fates)


def _dumped(account: Account) -> Mapping[str, object]:
    fates = {fate.value: account.fates[fate] for fate in Fate if account.fates[fate]}
    return {"values": account.values, "reaching": account.reaching, "lost": account.lost, "fates": fates}
