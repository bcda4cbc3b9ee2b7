"""(g) A whole archive to Excel at two sizes: memory, and what plain scripts take for the same data.

We read the archive, map it, follow its links and write. Two scripts are handed the source's records as JSON and only flatten
them; a third is handed our finished cells as CSV files, and shows what openpyxl takes for the writing alone.
"""

import json
import tempfile
from pathlib import Path
from statistics import median

from benchmarks import arithmetic, child, peers
from benchmarks.child import Cost
from benchmarks.report import Section
from benchmarks.server import Server

SIZES, QUICK_SIZES = (5_000, 20_000), (500, 2_000)
ROUNDS, QUICK_ROUNDS = 3, 1
MOST_GROWTH, MOST_MIB = 0.10, 300.0
OURS = "crmexport: archive → workbook"
PLAIN = {
    "openpyxl write-only: JSON, flattened → workbook": ("benchmarks.runs.flat_openpyxl", "raw"),
    "pandas: JSON, flattened → workbook": ("benchmarks.runs.flat_pandas", "raw"),
    "openpyxl write-only: finished cells → workbook": ("benchmarks.runs.tables_openpyxl", "csv"),
}
GOAL = 5.0  # of the records per CPU second of a plain script


def measure(quick: bool) -> Section:
    """Peak memory of the export at both sizes; at the larger one CPU beside that of the scripts."""
    small, large = QUICK_SIZES if quick else SIZES
    heads = ("candidate", "CPU s", "records per CPU s", "ratio", "peak MiB")
    section = Section(f"A whole archive of {large:,} cards to Excel", heads)
    with tempfile.TemporaryDirectory() as folder:
        less = max(cost.peak for cost in _costs(Path(folder) / "small", small, 1, scripts=False)[0][OURS])
        costs, records = _costs(
            Path(folder) / "large", large, QUICK_ROUNDS if quick else ROUNDS, scripts=True
        )
    for name, found in costs.items():
        section.rows.append(_row(name, found, costs[OURS], records))
    for name, (_module, made) in PLAIN.items():
        if made == "raw":
            ratio = _ratio(costs[name], costs[OURS])
            section.goal(f"{GOAL:g}× the records per CPU second of {name} ({ratio:.2f}×)", ratio >= GOAL)
    more = max(cost.peak for cost in costs[OURS])
    growth = arithmetic.growth(less, more)
    section.goal(f"stays under {MOST_MIB:.0f} MiB ({more:.1f} for {records:,} records)", more < MOST_MIB)
    words = f"from {small:,} to {large:,} cards ({growth:.1%})"
    if quick:  # so small that the caches are still filling
        section.notes.append(f"not judged: it grows {words}")
    else:
        section.goal(f"grows by less than {MOST_GROWTH:.0%} {words}", growth < MOST_GROWTH)
    section.notes.append(peers.versions("tables"))
    return section


def _row(name: str, found: list[Cost], ours: list[Cost], records: int) -> tuple[str, ...]:
    cpu = [cost.cpu for cost in found]
    peak = max(cost.peak for cost in found)
    return (
        name,
        f"{median(cpu):.2f}",
        f"{records / median(cpu):,.0f}",
        f"{_ratio(found, ours):.2f}",
        f"{peak:.0f}",
    )


def _ratio(found: list[Cost], ours: list[Cost]) -> float:
    """How many times our CPU the other takes."""
    return arithmetic.paired_ratio([cost.cpu for cost in found], [cost.cpu for cost in ours])


def _costs(folder: Path, cards: int, rounds: int, scripts: bool) -> tuple[dict[str, list[Cost]], int]:
    """What each candidate takes, and the number of records written."""
    archive, out = folder / "archive", folder / "out"
    with Server(cards=cards, tasks=cards * 3 // 2, comments=cards * 3) as server:
        child.python("benchmarks.runs.pull", server.url, archive, 0, "no-files", env=server.env)
    export = ("export", "--archive", archive, "--out", out, "--to")
    if scripts:
        child.python("crmexport", *export, "csv", "--to", "raw")
    candidates = {OURS: lambda: child.python("crmexport", *export, "excel")}
    for name, (module, made) in PLAIN.items() if scripts else ():
        command = [peers.ready("tables") / "python", "-m", module, out / made, folder / "plain.xlsx"]
        candidates[name] = lambda command=command: child.run(command)  # type: ignore[misc]
    costs = child.interleaved(rounds, candidates)
    known = json.loads((out / "export.json").read_text(encoding="utf-8"))
    return costs, sum(
        one["rows"] for entry in known["targets"] if entry["name"] == "excel" for one in entry["outputs"]
    )
