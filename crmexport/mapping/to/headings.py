"""Headings that differ: importing programs and people know columns by nothing else."""

from collections import Counter
from collections.abc import Iterable, Sequence

from crmexport.mapping.custom import CustomField


def custom_headings(fields: Sequence[CustomField], taken: Iterable[str]) -> list[str]:
    """A heading for each custom field: its label, with the scope (a pipeline) behind it when another heading is the same."""
    used = {heading.casefold() for heading in taken}
    labels = Counter(_label(field).casefold() for field in fields)
    headings = []
    for field in fields:
        label = _label(field)
        plain = labels[label.casefold()] == 1 and label.casefold() not in used
        heading = unlike(label if plain or not field.scope else f"{label} ({field.scope})", used)
        used.add(heading.casefold())
        headings.append(heading)
    return headings


def unlike(heading: str, used: set[str]) -> str:
    """`heading`, numbered if one of `used` (casefolded) is the same."""
    number, chosen = 1, heading
    while chosen.casefold() in used:
        number += 1
        chosen = f"{heading} ({number})"
    return chosen


def _label(field: CustomField) -> str:
    return " ".join(field.label.split()) or field.key
