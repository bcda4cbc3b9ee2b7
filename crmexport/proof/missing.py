"""What is missing, as a person reads it: one row for all that are missing for the same reason, however many they are."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from crmexport.source import Gap, GapKind
from crmexport.text import in_words

NAMELESS = "—"
"""What stands for a list: it has no number, and what is missing of it was not counted."""


class Missing(NamedTuple):
    """Gaps of one kind of record with one reason; `whose` names each, as far as it has a number."""

    stream: str
    kind: GapKind
    reason: str
    whose: list[str]


def grouped(gaps: Iterable[Gap], titles: Mapping[str, str]) -> list[Missing]:
    """All `gaps`: losses first, then by kind of record as `titles` has them, the larger groups before the smaller ones."""
    groups: dict[tuple[str, GapKind, str], list[Gap]] = {}
    for gap in gaps:
        groups.setdefault((gap.stream, gap.kind, _without_number(gap)), []).append(gap)
    order = {name: place for place, name in enumerate(titles)}
    found = [
        Missing(
            stream,
            kind,
            reason if len(alike) > 1 else alike[0].reason,
            [named(gap.id, titles) for gap in alike],
        )
        for (stream, kind, reason), alike in groups.items()
    ]
    return sorted(
        found, key=lambda one: (not one.kind.is_loss, order.get(one.stream, len(order)), -len(one.whose))
    )


def _without_number(gap: Gap) -> str:
    """The reason, which may quote the record's own number, without that: then it is the same for all."""
    numbers = [part for part in gap.id.split("/") if part.isdigit()]
    words = "|".join(map(re.escape, numbers))
    return re.sub(rf"\b(?:{words})\b", "…", gap.reason) if numbers else gap.reason


def named(id: str, titles: Mapping[str, str]) -> str:
    """What a gap is of, as a person calls it. It names a record (7), a part of it (7/rows), or what hangs under another record (deal/7)."""
    first, _slash, rest = id.partition("/")
    if rest and first in titles:
        return f"{titles[first]} {rest}"
    return first if rest and first.isdigit() else in_words(id) or NAMELESS
