"""Walking through a table in the order of its key, some rows at a time, each step by a question of its own.

What the caller writes between two steps does not disturb the walk, and memory stays flat.
"""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from crmexport.errors import ArchiveDamagedError
from crmexport.text import _

_Row = TypeVar("_Row")


def steps(read: Callable[[Any], list[_Row]], key: Callable[[_Row], Any], before: Any) -> Iterator[list[_Row]]:
    """Batch after batch: `read` gives the rows that come after a key (first after `before`), in order.

    Raises ArchiveDamagedError when a step does not lead forward. One changed byte in a page of the database can put its rows out
    of order, and the walk would go in a circle for ever.
    """
    last = before
    while batch := read(last):
        yield batch
        reached = key(batch[-1])
        if reached <= last:
            raise ArchiveDamagedError(
                _(
                    "The rows of the archive's database are not in order any more (after {last}). Restore it from a copy, or pull "
                    "into a new folder."
                ).format(last=last)
            )
        last = reached
