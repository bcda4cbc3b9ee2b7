"""Headings that differ: importing programs and people know columns by nothing else."""

from collections import Counter
from collections.abc import Iterable, Sequence

from crmexport.mapping.custom import CustomField
from crmexport.model import Type
from crmexport.text import translations


def custom_headings(fields: Sequence[CustomField], taken: Iterable[str], lang: str) -> list[str]:
    """A heading for each custom field: its label, with the scope (a pipeline) behind it when another heading is the same."""
    used = {heading.casefold() for heading in taken}
    labels = Counter(_label(field, lang).casefold() for field in fields)
    headings = []
    for field in fields:
        label = _label(field, lang)
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


def with_unit(label: str, field: CustomField, lang: str) -> str:
    """`label`, with the unit behind it where a bare number would be read in another: a length of time is in minutes."""
    _ = translations(lang).gettext
    return _("{title}, min").format(title=label) if field.type is Type.MINUTES else label


def _label(field: CustomField, lang: str) -> str:
    return with_unit(" ".join(field.label.split()) or field.key, field, lang)
