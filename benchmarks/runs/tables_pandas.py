"""The same by pandas: PYTHON -m benchmarks.runs.tables_pandas FOLDER FILE"""

import sys
from pathlib import Path

import pandas
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE


def main(folder: str, file: str) -> None:
    with pandas.ExcelWriter(file, engine="openpyxl") as book:
        for path in sorted(Path(folder).glob("*.csv")):
            table = pandas.read_csv(path, dtype=str, keep_default_na=False)
            table.map(lambda cell: ILLEGAL_CHARACTERS_RE.sub("", cell)[:32_767]).to_excel(
                book, sheet_name=path.stem, index=False
            )


if __name__ == "__main__":
    main(*sys.argv[1:])
