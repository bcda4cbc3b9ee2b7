"""Who owns which child, by arithmetic alone.

`total` children are dealt to `owners` owners by a repeating pattern of weights: from an owner to its children and back
takes constant time and no table, so a million comments need no memory.
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate


class Shares:
    """`total` children in order, dealt to owners 0 … `owners` − 1; the weights of `pattern` repeat along the owners."""

    def __init__(self, total: int, owners: int, pattern: Sequence[int]) -> None:
        self.total = total
        self.owners = owners
        self._before = [0, *accumulate(pattern)]
        self._width = len(pattern)
        self._whole = self._weight(owners)
        if total and not self._whole:
            raise ValueError("there are children but nobody to own them")

    def _weight(self, owner: int) -> int:
        rounds, place = divmod(owner, self._width)
        return rounds * self._before[-1] + self._before[place]

    def start(self, owner: int) -> int:
        """The first child of `owner`; its last is the one before `start(owner + 1)`."""
        return self.total * self._weight(owner) // self._whole if self._whole else 0

    def of(self, owner: int) -> range:
        """The children of `owner`."""
        return range(self.start(owner), self.start(owner + 1))

    def owner(self, child: int) -> int:
        """Whose `child` is: the owner o with start(o) <= child < start(o + 1)."""
        weight = ((child + 1) * self._whole - 1) // self.total
        rounds, rest = divmod(weight, self._before[-1])
        return rounds * self._width + bisect_right(self._before, rest) - 1
