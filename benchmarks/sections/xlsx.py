"""(d) A sheet of 200,000 × 40 cells by our writer and by openpyxl's write-only mode; three readers see the same cells."""

import json
import shutil
import tempfile
from pathlib import Path
from statistics import median

from benchmarks import arithmetic, child, peers
from benchmarks.child import Cost
from benchmarks.report import Section

ROWS, QUICK_ROWS = 200_000, 20_000
ROUNDS = 3
SAMPLE_ROWS = 5_000
MOST = 0.2


def measure(quick: bool) -> Section:
    """CPU of whole processes; then a smaller sheet of both writers through every reader."""
    rows = QUICK_ROWS if quick else ROWS
    section = Section(f"Excel, {rows:,} × 40", ("writer", "CPU s", "ratio", "peak MiB"))
    bin_folder = peers.ready("sheets")
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = Path(folder) / "ours.xlsx", Path(folder) / "theirs.xlsx"

        def crmexport() -> Cost:
            return child.python("benchmarks.runs.sheet_ours", rows, ours)

        def openpyxl() -> Cost:
            return child.run(
                [bin_folder / "python", "-m", "benchmarks.runs.sheet_openpyxl", str(rows), theirs]
            )

        costs = child.interleaved(ROUNDS, {"openpyxl write-only": openpyxl, "crmexport": crmexport})
        _compare(section, Path(folder), bin_folder)
    base = [cost.cpu for cost in costs["openpyxl write-only"]]
    for name, found in costs.items():
        ratio = arithmetic.paired_ratio([cost.cpu for cost in found], base)
        peak = max(cost.peak for cost in found)
        section.rows.append(
            (name, f"{median(cost.cpu for cost in found):.2f}", f"{ratio:.3f}", f"{peak:.0f}")
        )
    ratio = arithmetic.paired_ratio([cost.cpu for cost in costs["crmexport"]], base)
    section.goal(
        f"at least 5 times less CPU than openpyxl's write-only mode ({1 / ratio:.1f} times)", ratio <= MOST
    )
    section.notes.append(peers.versions("sheets"))
    return section


def _compare(section: Section, folder: Path, bin_folder: Path) -> None:
    """The same cells in openpyxl, python-calamine and, where it is installed, LibreOffice."""
    sheet = folder / "sample.xlsx"
    child.python("benchmarks.runs.sheet_ours", SAMPLE_ROWS, sheet)
    readers = ["openpyxl", "calamine", *(["libreoffice"] if shutil.which("soffice") else [])]
    seen = {
        reader: json.loads(
            child.run([bin_folder / "python", "-m", "benchmarks.runs.sheet_read", reader, sheet]).output
        )
        for reader in readers
    }
    same = all(figures == seen["openpyxl"] for figures in seen.values())
    section.goal(f"the same cells in {', '.join(readers)} ({SAMPLE_ROWS:,} rows)", same)
