"""A plain script: the CSV files of a folder become the sheets of one workbook. PYTHON -m benchmarks.runs.tables_openpyxl FOLDER FILE"""

import csv
import sys
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE


def main(folder: str, file: str) -> None:
    csv.field_size_limit(1 << 30)
    book = Workbook(write_only=True)
    for path in sorted(Path(folder).glob("*.csv")):
        sheet = book.create_sheet(path.stem)
        with path.open(encoding="utf-8", newline="") as text:
            for row in csv.reader(text):
                sheet.append([ILLEGAL_CHARACTERS_RE.sub("", cell)[:32_767] or None for cell in row])
    book.save(file)


if __name__ == "__main__":
    main(*sys.argv[1:])
