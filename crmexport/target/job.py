"""A target at work: what every format is given, to write it and to read it back."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from crmexport.mapping.to import EntitySource, Line, Table
from crmexport.mapping.to.references import AgeOf
from crmexport.target.names import file_name
from crmexport.target.roll import EVERYTHING, Enrolled, Roll, Since, enrolled
from crmexport.target.targets import Target
from crmexport.target.workshop import Workshop
from crmexport.target.xlsx.sheet import MOST_ROWS
from crmexport.watch import Watch, counted, nobody


class Job(NamedTuple):
    """One target, the workshop that makes its tables, and the output folder `root` in which it has a folder of its own.

    `most_rows` is the longest sheet of a workbook, heading included; `roll` is asked for every row.
    """

    shop: Workshop
    target: Target
    root: Path
    watch: Watch = nobody
    most_rows: int = MOST_ROWS
    roll: Roll = EVERYTHING

    @property
    def folder(self) -> Path:
        """The target's own folder."""
        return self.root / self.target.name

    @property
    def lang(self) -> str:
        """The language of headings and words."""
        return self.target.layout.spoken(self.shop.lang)

    def tables(self) -> list[Table]:
        """The tables of the target, of the rows that the roll takes."""
        made = self.shop.tables(self.target, self.age)
        rules = self.target.layout.tables
        return (
            made
            if self.roll is EVERYTHING
            else [
                enrolled(table, self.roll, always=table.name in rules and rules[table.name].always)
                for table in made
            ]
        )

    @property
    def age(self) -> AgeOf | None:
        """How many exports ago an entity was written, where the files go on from earlier ones."""
        return self.roll.age if isinstance(self.roll, Since) else None

    @property
    def source(self) -> EntitySource:
        """The entities that the roll takes, files with their paths in the output."""
        return self.shop.source if self.roll is EVERYTHING else Enrolled(self.shop.source, self.roll)

    def file(self, name: str, ending: str, part: str = "") -> Path:
        """The file of a table, of a part of one ("-2"), or of something else called `name`."""
        return self.folder / f"{file_name(name)}{part}.{ending}"

    def watched(self, items: Iterable[Any], name: str) -> Iterator[Any]:
        """`items` as they are, with the watch told how many have passed."""
        return counted(items, self.watch, f"{self.target.name}/{name}")


class Rows:
    """Lines as rows of cells, remembering whose row is being written."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines = lines
        self.id = ""

    def __iter__(self) -> Iterator[Sequence[Any]]:
        for line in self._lines:
            self.id = line.id
            yield line.cells
