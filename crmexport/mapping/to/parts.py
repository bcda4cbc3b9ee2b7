"""Which parts of telephones, addresses and the like the columns of a table show: what they hide is told in the overflow."""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from crmexport.mapping.to.column import Made
from crmexport.mapping.to.paths import picked
from crmexport.model import PARTS, Field

_words = re.compile(r"\w+").findall
_UNTOLD = frozenset({"main"})
_SAID = frozenset({"label", "kind"})
"""Of single items that have a column, others keep account of these."""


class PartsShown:
    """The parts that columns show, by field and place in the list (None: of all items); "" is the whole item."""

    def __init__(self, columns: Sequence[Made]) -> None:
        self._shown: defaultdict[str, defaultdict[int | None, set[str]]] = defaultdict(
            lambda: defaultdict(set)
        )
        for path in (path for made in columns if not made.tell for path in made.paths):
            if path.field.type in PARTS:
                pick = picked(path)
                part = path.text.partition(".")[2]
                self._shown[path.field.name][pick.place if pick else None].add(part)

    def are_some(self, field: Field) -> bool:
        """Whether columns show parts of every item, and none the whole."""
        shown = self._shown[field.name][None]
        return bool(shown) and "" not in shown

    def hide(self, field: Field, item: Mapping[str, Any], place: int | None = None) -> bool:
        """Whether an item has something that the columns neither show nor say in what they show; with `place`, a single item."""
        if field.type not in PARTS:
            return False
        of_field = self._shown[field.name]
        shown = of_field[None] | (of_field[place] if place is not None else set())
        if "" in shown:
            return False
        unasked = _UNTOLD | (_SAID if place is not None else frozenset())
        return _hides(item, shown, unasked)


def _hides(item: Mapping[str, Any], shown: Collection[str], unasked: Collection[str]) -> bool:
    """Whether a part says something that the shown ones do not: the text of an address is often made of the others."""
    said = {word for part in shown for word in _words(str(item.get(part) or ""))}
    return any(
        value and part not in shown and part not in unasked and not said.issuperset(_words(str(value)))
        for part, value in item.items()
    )
