"""(e) How many requests a full pull makes beside the least possible number, both counted by the sandbox."""

import tempfile

from benchmarks import arithmetic, child
from benchmarks.report import Section
from benchmarks.server import Server

SIZES, QUICK_SIZES = (2_000, 20_000), (2_000,)
MOST = 1.02


def measure(quick: bool) -> Section:
    """Whole pulls with everything: lists, sub-lists, files."""
    section = Section("Requests", ("cards", "requests", "least possible", "ratio"))
    for cards in QUICK_SIZES if quick else SIZES:
        with Server(cards=cards, tasks=cards * 3 // 2, comments=cards * 3) as server:
            with tempfile.TemporaryDirectory() as folder:
                child.python("benchmarks.runs.pull", server.url, folder, 0, env=server.env)
            book = server.book()
        ratio = arithmetic.overlong(book["statuses"], book["least"])
        section.rows.append((f"{cards:,}", f"{book['requests']:,}", f"{book['least']:,}", f"{ratio:.4f}"))
        section.goal(f"{cards:,} cards: at most {MOST} times the least possible ({ratio:.4f})", ratio <= MOST)
    return section
