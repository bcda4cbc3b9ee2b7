"""The relations of one target, ready to be read as often as needed."""

from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from crmexport.mapping.to import References, Shown, scratch
from crmexport.target.job import Job
from crmexport.target.relational.held import Held
from crmexport.target.relational.rows import Row, Rows
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
def relational(job: Job, kinds: Collection[str] | None = None) -> Iterator[Relational]:
    """The relations of what the target's archive holds, or of all these `kinds`."""
    notes: Counter[str] = Counter()
    source = job.shop.source
    with scratch() as database:
        held = Held(database, source)
        with scratch() as titles:
            rows = Rows(source, Shown(References(titles)), held, notes)
            yield Relational(relations(source.kinds if kinds is None else kinds), rows, notes)
