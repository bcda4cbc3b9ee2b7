"""(c) Whether memory stays flat from 20,000 to 200,000 cards: pull, CSV and Excel."""

import tempfile
from pathlib import Path

from benchmarks import arithmetic, child
from benchmarks.report import Section
from benchmarks.server import Server

SIZES, QUICK_SIZES = (20_000, 200_000), (2_000, 20_000)
MOST_GROWTH, MOST_MIB = 0.10, 120.0
STEPS = ("pull", "csv", "excel")


def measure(quick: bool) -> Section:
    """Peak resident memory of whole child processes at two sizes."""
    small, large = QUICK_SIZES if quick else SIZES
    section = Section("Memory", ("step", f"{small:,} cards, MiB", f"{large:,} cards, MiB", "difference"))
    peaks = {size: _peaks(size) for size in (small, large)}
    for step in STEPS:
        one, other = peaks[small][step], peaks[large][step]
        difference = arithmetic.growth(one, other)
        section.rows.append((step, f"{one:.1f}", f"{other:.1f}", f"{difference:.1%}"))
        section.goal(
            f"{step}: differs by less than {MOST_GROWTH:.0%} ({difference:.1%})", difference < MOST_GROWTH
        )
        section.goal(
            f"{step}: stays under {MOST_MIB:.0f} MiB ({max(one, other):.1f})", max(one, other) < MOST_MIB
        )
    return section


def _peaks(cards: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        archive, out = Path(folder) / "archive", Path(folder) / "out"
        with Server(cards=cards, tasks=20, comments=0) as server:
            pulled = child.python("benchmarks.runs.pull", server.url, archive, 0, "no-files", env=server.env)
        export = ("export", "--archive", archive, "--out", out)
        written = {step: child.python("crmexport", *export, "--to", step).peak for step in ("csv", "excel")}
        return {"pull": pulled.peak, **written}
