"""The same by pandas: PYTHON -m benchmarks.runs.flat_pandas FOLDER FILE"""

import json
import sys
from pathlib import Path

import pandas

from benchmarks.runs.flat_openpyxl import cell


def main(folder: str, file: str) -> None:
    with pandas.ExcelWriter(file, engine="openpyxl") as book:
        for path in sorted(Path(folder).glob("*.jsonl")):
            with path.open(encoding="utf-8") as lines:
                table = pandas.json_normalize([json.loads(line)["body"] for line in lines])
            table.map(cell).to_excel(book, sheet_name=path.stem[:31], index=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
