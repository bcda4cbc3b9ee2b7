"""A sheet by our writer: python -m benchmarks.runs.sheet_ours ROWS FILE."""

import sys
from pathlib import Path

from benchmarks.runs.sheet_rows import HEADS, rows
from crmexport.target.xlsx import Workbook


def main(count: str, file: str) -> None:
    """Write it."""
    with Workbook(Path(file), lang="ru") as book:
        book.add_table("Сделки", HEADS, rows(int(count)))


if __name__ == "__main__":
    main(*sys.argv[1:])
