"""Tables as JSON Lines: one object a row, its keys the headings."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from crmexport.mapping.to import Column
from crmexport.text import encodable


def write_jsonl(path: Path, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> int:
    """Write `rows` to `path`, empty cells left out; give the number of rows."""
    headings = [column.heading for column in columns]
    number = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for row in rows:
            filled = {
                heading: value for heading, value in zip(headings, row, strict=True) if value is not None
            }
            file.write(encodable(json.dumps(filled, ensure_ascii=False, default=as_json)) + "\n")
            number += 1
    return number


def as_json(value: Any) -> Any:
    """A cell that JSON has no word for: dates as ISO text (times in UTC), decimals as numbers where that loses nothing."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        near = float(value)
        return near if value.is_finite() and Decimal(repr(near)) == value else str(value)
    raise TypeError(f"no JSON for {type(value).__name__}")
