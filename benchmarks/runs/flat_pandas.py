"""The same by pandas: PYTHON -m benchmarks.runs.flat_pandas FOLDER FILE"""

import json
import sys
from pathlib import Path

import pandas
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE


def main(folder: str, file: str) -> None:
    with pandas.ExcelWriter(file, engine="openpyxl") as book:
        for path in sorted(Path(folder).glob("*.jsonl")):
            with path.open(encoding="utf-8") as lines:
                table = pandas.json_normalize([json.loads(line)["body"] for line in lines])
            table.map(_cell).to_excel(book, sheet_name=path.stem[:31], index=False)


def _cell(value: object) -> object:
    if isinstance(value, list):
        value = json.dumps(value, ensure_ascii=False)
    return ILLEGAL_CHARACTERS_RE.sub("", value)[:32_767] if isinstance(value, str) else value


if __name__ == "__main__":
    main(*sys.argv[1:])
