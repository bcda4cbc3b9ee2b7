"""The same sheet by openpyxl's write-only mode: PYTHON -m benchmarks.runs.sheet_openpyxl ROWS FILE."""

import sys
from datetime import datetime

import openpyxl

from benchmarks.runs.sheet_rows import HEADS, rows


def main(count: str, file: str) -> None:
    """Write it; openpyxl takes no times with a zone."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Сделки")
    sheet.append(HEADS)
    for row in rows(int(count)):
        sheet.append([value.replace(tzinfo=None) if type(value) is datetime else value for value in row])
    book.save(file)


if __name__ == "__main__":
    main(*sys.argv[1:])
