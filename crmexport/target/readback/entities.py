"""Hold JSON Lines of whole entities against the entities: every field, nothing more, nothing less."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from typing import Any

from crmexport.model import Moment, Money, Ref
from crmexport.target.readback.json_text import json_lines
from crmexport.target.readback.mismatch import Mismatch, held, shown

_END: Any = object()


def in_entities(path: str, file: Path, meant: Iterator[Mapping[str, Any]]) -> Iterator[Mismatch]:
    """Every field of a line that is not what the entity says."""
    with file.open(encoding="utf-8") as text:
        lines = json_lines(text)
        for number, (entity, line) in enumerate(zip_longest(meant, lines, fillvalue=_END), start=1):
            if entity is _END or line is _END:
                yield Mismatch(path, number, "", *(shown("—" if x is _END else x) for x in (entity, line)))
                return
            filled = {name: value for name, value in entity.items() if value is not None}
            for name in sorted(filled.keys() | line.keys()):
                if not same(filled.get(name), line.get(name)):
                    yield Mismatch(path, number, name, shown(filled.get(name)), shown(line.get(name)))


@held
def same(meant: Any, found: Any) -> bool:
    """Whether JSON says what a value of an entity means."""
    if isinstance(meant, Ref):
        wanted = {"entity": meant.entity, "id": meant.id, "title": meant.title}
        return bool(found is not None and found | {"title": found.get("title", "")} == wanted)
    if isinstance(meant, Money):
        return (
            isinstance(found, dict)
            and found["currency"] == meant.currency
            and same(meant.amount, found["amount"])
        )
    if isinstance(meant, Moment):
        return isinstance(found, str) and datetime.fromisoformat(found) == meant.at.astimezone(UTC)
    if isinstance(meant, Mapping):
        return (
            isinstance(found, dict)
            and found.keys() == meant.keys()
            and all(same(part, found[key]) for key, part in meant.items())
        )
    if isinstance(meant, (list, tuple)):
        return isinstance(found, list) and len(found) == len(meant) and all(map(same, meant, found))
    if isinstance(meant, Decimal):
        return str(Decimal(found)) == str(meant) or Decimal(found) == meant
    if isinstance(meant, date):
        return bool(found == meant.isoformat())
    if isinstance(meant, float):
        return float(found) == meant
    return bool(found == meant) and isinstance(found, bool) is isinstance(meant, bool)
