"""The accounts of a target as lines of a table, for a terminal and for a page."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from crmexport.fitting.accounts import Account, Accounts, Fate, word
from crmexport.model import ENTITIES
from crmexport.text import _, decimal, ngettext, spaced

_PLACES = 5


class Line(NamedTuple):
    """One line: a kind of entity (`is_kind`), or one of its fields; the share is from 0 to 1 (1 of nothing)."""

    title: str
    name: str
    values: int
    reaching: int
    lost: int
    rest: str
    is_kind: bool = False

    @property
    def share(self) -> float:
        """What part of the values reaches the target."""
        return self.reaching / self.values if self.values else 1.0


def lines(accounts: Accounts, entity: str | None = None) -> Iterator[Line]:
    """A line for each kind, followed by its fields unless none of its values is in a table; `entity`: only this kind."""
    for kind in accounts.kinds():
        if (entity is None or kind.entity == entity) and kind.values:
            yield _line(kind, _kind_title(accounts, kind.entity), is_kind=True)
            if accounts.rows[kind.entity]:
                yield from (_line(one, one.title) for one in accounts.of(kind.entity))


def _line(account: Account, title: str, is_kind: bool = False) -> Line:
    name = account.entity if is_kind else account.name
    return Line(title, name, account.values, account.reaching, account.lost, rest(account), is_kind)


def _kind_title(accounts: Accounts, kind: str) -> str:
    entities, rows = accounts.entities[kind], accounts.rows[kind]
    title = _(ENTITIES[kind].title)
    if rows == entities:
        return f"{title}: {spaced(entities)}"
    return _("{title}: {entities}, of which {rows} have a row").format(
        title=title, entities=spaced(entities), rows=spaced(rows)
    )


def rest(account: Account) -> str:
    """What does not stand in a column of its own, and why: “in the overflow column: 12; no column: 3”."""
    return "; ".join(f"{word(fate)}: {spaced(count)}" for fate, count in account.others())


def percent(share: float) -> str:
    """A share as a person reads it; never 100 % when something is missing, never 0 % when something is there."""
    number = round(share * 100, 1)
    if number == 100 and share < 1:
        number = 99.9
    elif number == 0 and share > 0:
        number = 0.1
    return f"{decimal(number, 0 if number.is_integer() else 1)} %"


def summary(accounts: Accounts, target: str) -> str:
    """All of it in a few sentences."""
    total = accounts.total()
    by_choice = total.values - total.reaching - total.lost
    sentence = _(
        "{target}: of {values} values, {reaching} reach it ({share}), {left} are left out on purpose, {lost} do not reach it."
    ).format(
        target=target,
        values=spaced(total.values),
        reaching=spaced(total.reaching),
        share=percent(total.reaching / total.values if total.values else 1.0),
        left=spaced(by_choice),
        lost=spaced(total.lost),
    )
    untold = total.fates[Fate.UNTOLD]
    verdict = (
        _("{number} of them are dropped without a reason: please report this.").format(number=spaced(untold))
        if untold
        else _("Every value is accounted for.")
    )
    return " ".join([sentence, verdict, *_beside(accounts)])


def _beside(accounts: Accounts) -> Iterator[str]:
    """What is held beside those values."""
    if accounts.raw_only:
        yield raw_only(accounts.raw_only)
    if accounts.deeper:
        yield deeper(accounts.deeper)


def raw_only(kinds: Mapping[str, int]) -> str:
    """That no entity is made of so many records of these kinds."""
    named = ", ".join(f"{title} {spaced(number)}" for title, number in kinds.items())
    return _("Held, but in no table; “--to raw” writes them as they came: {kinds}.").format(kinds=named)


def deeper(places: Mapping[str, int]) -> str:
    """That so many values lie deeper in records than the mapping looks."""
    number = sum(places.values())
    shown = ", ".join(f"{place} × {spaced(count)}" for place, count in list(places.items())[:_PLACES])
    more = len(places) - _PLACES
    return ngettext(
        "{number} value lies deeper in its record than the mapping looks, and is in “--to raw” alone: {places}.",
        "{number} values lie deeper in their records than the mapping looks, and are in “--to raw” alone: {places}.",
        number,
    ).format(
        number=spaced(number),
        places=shown + (" " + _("and {more} more").format(more=more) if more > 0 else ""),
    )
