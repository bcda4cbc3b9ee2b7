"""Paths to custom fields: `custom[Category7CustomFieldX]`, named by the key that `crmexport mapping new` writes.

Of a link one can ask `.id` or `.title` behind the bracket, of money `.amount` or `.currency`.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from crmexport.mapping.to.references import References
from crmexport.model import Field, Money, Ref, Type
from crmexport.text import N_

PARTS = ("amount", "currency", "id", "title")
CUSTOM = Field("custom", Type.TEXT, N_("Custom fields"))
_path = re.compile(rf"custom\[([^\[\]]+)\](?:\.({'|'.join(PARTS)}))?").fullmatch


class CustomPath(NamedTuple):
    """A path to one custom field, or to a part of its value ("" for the whole)."""

    key: str
    part: str

    def get(self, entity: Mapping[str, Any], references: References) -> Any:
        """The value in `entity`, None when it has none."""
        custom = entity.get("custom")
        if not custom or self.key not in custom:
            return None
        value = custom[self.key]
        if isinstance(value, list) and self.part:
            return [_part_of(item, self.part, references) for item in value]
        return _part_of(value, self.part, references)


def custom_path(text: str) -> CustomPath | None:
    """`text` as a path to a custom field; None when it is another one."""
    match = _path(text.strip())
    return CustomPath(match[1], match[2] or "") if match else None


def keys_named(texts: Iterable[str]) -> frozenset[str]:
    """The keys of the custom fields that these paths name."""
    return frozenset(found.key for text in texts if (found := custom_path(text)))


def tell_all(parts: Collection[str], value: Any) -> bool:
    """Whether these parts of a value ("" is the whole) say all of it: of money both are needed, of a link one."""
    if isinstance(value, list):
        return all(tell_all(parts, item) for item in value)
    if isinstance(value, Money) and "" not in parts:
        return "amount" in parts and (not value.currency or "currency" in parts)
    return bool({"", "amount", "title", *(["id"] if isinstance(value, Ref) else [])}.intersection(parts))


def _part_of(value: Any, part: str, references: References) -> Any:
    if part in ("amount", "currency"):
        return getattr(value, part) if isinstance(value, Money) else value if part == "amount" else None
    if part == "id":
        return references.id(value) if isinstance(value, Ref) else None
    if part == "title" and isinstance(value, Ref):
        return references.title(value) or value.id
    return value
