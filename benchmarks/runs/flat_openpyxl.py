"""A plain script: the source's records, flattened, become the sheets of one workbook. PYTHON -m benchmarks.runs.flat_openpyxl FOLDER FILE

What a departing customer with a JSON dump would write in an hour: dotted headings, lists as JSON text, two readings (the
first finds the headings).
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE


def main(folder: str, file: str) -> None:
    book = Workbook(write_only=True)
    for path in sorted(Path(folder).glob("*.jsonl")):
        heads = list(dict.fromkeys(key for record in _records(path) for key in record))
        sheet = book.create_sheet(path.stem[:31])
        sheet.append(heads)
        for record in _records(path):
            sheet.append([cell(record.get(key)) for key in heads])
    book.save(file)


def _records(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield dict(_flat(json.loads(line)["body"], ""))


def _flat(value: dict[str, Any], under: str) -> Iterator[tuple[str, Any]]:
    for key, inner in value.items():
        if isinstance(inner, dict):
            yield from _flat(inner, f"{under}{key}.")
        else:
            yield under + key, inner


def cell(value: Any) -> Any:
    """A value as a workbook takes it."""
    if isinstance(value, list):
        value = json.dumps(value, ensure_ascii=False)
    return ILLEGAL_CHARACTERS_RE.sub("", value)[:32_767] if isinstance(value, str) else value


if __name__ == "__main__":
    main(*sys.argv[1:])
