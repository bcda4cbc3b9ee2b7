"""The relations of one target, ready to be read as often as needed."""

from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from crmexport.mapping.to import References, Shown, scratch
from crmexport.target.job import Job
from crmexport.target.relational.held import Held
from crmexport.target.relational.rows import Fits, Row, Rows
from crmexport.target.relational.schema import Relation, relations


class Relational(NamedTuple):
    """The relations and a maker of their rows; `notes` counts what befell values, anew each time rows are made."""

    relations: list[Relation]
    made: Rows
    notes: Counter[str]

    def rows(self) -> Iterator[Row]:
        """All rows, kind by kind."""
        return self.made.all()


@contextmanager
def relational(
    job: Job, kinds: Collection[str] | None = None, fits: Fits = lambda number: True
) -> Iterator[Relational]:
    """The relations of what the target's archive holds, or of all these `kinds`.

    `fits` tells whether the format takes a number; one that it does not take stands among the custom fields, as text.
    """
    notes: Counter[str] = Counter()
    source = job.source
    with scratch() as database:
        held = Held(database, source)
        with scratch() as titles:
            rows = Rows(source, Shown(References(titles)), held, notes, fits)
            yield Relational(relations(source.kinds if kinds is None else kinds), rows, notes)
