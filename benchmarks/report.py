"""Tables, goals, and the page of figures."""

import platform
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.child import ROOT

PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"


@dataclass
class Section:
    """One question with its table and the goals that it must meet."""

    title: str
    heads: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def goal(self, words: str, met: bool) -> None:
        """Note a goal, and whether it was met."""
        self.notes.append(f"{'met' if met else 'MISSED'}: {words}")
        if not met:
            self.missed.append(f"{self.title}: {words}")

    def markdown(self) -> str:
        """As the page shows it."""
        lines = [f"| {' | '.join(row)} |" for row in (self.heads, ["---"] * len(self.heads), *self.rows)]
        return "\n".join([f"### {self.title}", "", *lines, "", *(f"- {note}" for note in self.notes), ""])


def write_page(sections: Sequence[Section], page: Path = PAGE) -> None:
    """Put the figures between the marks of the page."""
    text = page.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    machine = f"Python {platform.python_version()}, 2 cores, loopback; medians of interleaved rounds."
    figures = "\n".join(section.markdown() for section in sections)
    page.write_text(f"{before}{BEGIN}\n\n{machine}\n\n{figures}\n{END}{rest.split(END)[1]}", encoding="utf-8")
