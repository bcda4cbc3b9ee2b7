"""Which parts of telephones, addresses and the like the columns of a table show: what they hide is told in the overflow."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from crmexport.mapping.to.column import Made
from crmexport.mapping.to.custom_path import custom_path
from crmexport.mapping.to.paths import picked
from crmexport.mapping.to.shown import words
from crmexport.model import PARTS, Field, Type

_UNTOLD = frozenset({"main"})
_SAID = frozenset({"label", "kind"})
"""Of single items that have a column, others keep account of these."""


_TAKEN = -1
"""The place of items that `label` takes, whichever they are."""


class PartsShown:
    """The parts that columns show, by field (a custom one, too) and place in the list (None: of all items); "" is the whole.

    What a column does not show in every row counts in those whose `paths` its own is among.
    """

    def __init__(self, columns: Sequence[Made]) -> None:
        self._shown: defaultdict[str, defaultdict[int | None, set[tuple[str, str]]]] = defaultdict(
            lambda: defaultdict(set)
        )
        for made in columns:
            for path in () if made.tell else made.paths:
                pick, custom = picked(path), custom_path(path.text)
                part = custom.part if custom else path.text.partition(".")[2]
                place = pick.place if pick else _TAKEN if path.field.name in made.by_item else None
                shown = self._shown[path.unit][place]
                shown.add((part, "" if path.text in made.sure else path.text))

    def are_some(self, field: Field) -> bool:
        """Whether columns show parts of every item, and none the whole."""
        shown = self._shown[field.name][None] if field.type in PARTS else set()
        return bool(shown) and ("", "") not in shown

    def may_hide_money(self, field: Field) -> bool:
        """Whether there may be rows in whose columns a part of an amount does not stand."""
        sure = self.of(field.name, ())
        return field.type is Type.MONEY and "" not in sure and not {"amount", "currency"} <= sure

    def of(self, unit: str, paths: Collection[str], place: int | None = None) -> set[str]:
        """The parts of a field, or of one item of it, that stand in the columns of a row."""
        shown = self._shown.get(unit)
        if shown is None:
            return set()
        both = shown[None] | (shown[place] | shown[_TAKEN] if place is not None else set())
        return {part for part, path in both if not path or path in paths}

    def hide(
        self, field: Field, item: Mapping[str, Any], paths: Collection[str], place: int | None = None
    ) -> bool:
        """Whether an item has something that the columns neither show nor say in what they show; with `place`, a single item."""
        if field.type not in PARTS:
            return False
        shown = self.of(field.name, paths, place)
        if "" in shown:
            return False
        unasked = _UNTOLD | (_SAID if place is not None else frozenset())
        return _hides(item, shown, unasked)


def _hides(item: Mapping[str, Any], shown: Collection[str], unasked: Collection[str]) -> bool:
    """Whether a part says something that the shown ones do not: the text of an address is often made of the others."""
    said = {word for part in shown for word in words(str(item.get(part) or ""))}
    return any(
        value and part not in shown and part not in unasked and not said.issuperset(words(str(value)))
        for part, value in item.items()
    )
