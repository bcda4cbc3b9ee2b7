"""(f) What `crmexport --help` costs beside importing typer alone."""

from statistics import median

from benchmarks import arithmetic, child
from benchmarks.report import Section

ROUNDS = 9
MOST = 3.0


def measure(quick: bool) -> Section:
    """CPU of whole processes."""
    section = Section("Help", ("command", "CPU s", "ratio"))
    costs = child.interleaved(
        ROUNDS,
        {
            "import typer": lambda: child.run([child.PYTHON, "-c", "import typer"]),
            "crmexport --help": lambda: child.run([child.PYTHON, "-m", "crmexport", "--help"]),
        },
    )
    base = [cost.cpu for cost in costs["import typer"]]
    for name, found in costs.items():
        ratio = arithmetic.paired_ratio([cost.cpu for cost in found], base)
        section.rows.append((name, f"{median(cost.cpu for cost in found):.3f}", f"{ratio:.2f}"))
    section.goal(f"at most {MOST:.0f} times importing typer ({ratio:.2f})", ratio <= MOST)
    return section
