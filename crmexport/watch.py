"""How long work tells somebody how far it is."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

# What is being done, how many are done, how many there are (None: not known).
Watch = Callable[[str, int, int | None], None]
EVERY = 500
ItemT = TypeVar("ItemT")


def nobody(what: str, done: int, total: int | None) -> None:
    """For work that nobody watches."""


def counted(items: Iterable[ItemT], watch: Watch, what: str, total: int | None = None) -> Iterator[ItemT]:
    """`items` as they are, with `watch` told now and then how many have passed, and at the end."""
    number = 0
    for number, item in enumerate(items, start=1):
        yield item
        if number % EVERY == 0:
            watch(what, number, total)
    watch(what, number, number)
