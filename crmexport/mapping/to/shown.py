"""Values of entities as plain cells: what a person or an importing program can read in one field."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from math import isfinite
from typing import Any

from crmexport.mapping.to.paths import Path
from crmexport.mapping.to.references import References
from crmexport.mapping.to.table import Cell, Kind
from crmexport.model import Moment, Money, Ref, Type
from crmexport.text import N_

KINDS = {
    Type.NUMBER: Kind.NUMBER,
    Type.INTEGER: Kind.NUMBER,
    Type.MINUTES: Kind.NUMBER,
    Type.MONEY: Kind.NUMBER,
    Type.BOOL: Kind.TRUTH,
    Type.DATE: Kind.DATE,
    Type.MOMENT: Kind.DATETIME,
    Type.WHEN: Kind.DATETIME,
    Type.PHONES: Kind.PHONE,
}
_JOINT = "; "
words: Callable[[str], list[str]] = re.compile(r"\w+").findall
_MAIN_PARTS = ("number", "address", "text", "url", "name")
_ADDRESS_PARTS = ("street", "city", "region", "postcode", "country")


def kind_of(values: Type) -> Kind:
    """What a column with values of this type holds."""
    return KINDS.get(values, Kind.TEXT)


class Shown:
    """Makes cells of values. `as_json`: lists become JSON arrays, for machines; else they are joined, for people.

    `source` is the name of the CRM that was left, `files_at` the address of the attachments. `translate` gives the words of
    choices, and yes and no within texts, for people, in the language `tongue`; without it they are the same in every language.
    """

    def __init__(
        self,
        references: References,
        as_json: bool = False,
        source: str = "",
        files_at: str = "",
        translate: Callable[[str], str] | None = None,
        tongue: str = "",
    ) -> None:
        self.references = references
        self.as_json = as_json
        self.source = source
        self.files_at = files_at
        self._translate = translate
        self.tongue = tongue

    def keyed(self, key: str) -> str:
        """Under which key the references keep texts that entities give to others, where those are in this language."""
        return f"{self.tongue} {key}"

    def word(self, path: Path, value: Any) -> Any:
        """What a path gave; a word of a choice as people read it. A list has no words, and is no key that could be looked for."""
        is_word = isinstance(value, str) and path.text == path.field.name and value in path.field.titles
        if self._translate is None or not is_word:
            return value
        return self._translate(path.field.titles[value])

    def cell(self, value: Any) -> Cell:
        """Any value of an entity as one cell; empty texts and lists are None. A float is the decimal number it is written as."""
        if value is None or isinstance(value, str):
            return value or None
        if isinstance(value, (bool, int, Decimal)):
            return value
        if isinstance(value, Moment):
            return value.at
        if isinstance(value, Ref):
            return self.references.title(value) or value.id
        if isinstance(value, Money):
            return value.amount if not value.currency else f"{value.amount:f} {value.currency}"
        if isinstance(value, date):
            return value
        if isinstance(value, float):
            return Decimal(repr(value)) if isfinite(value) else repr(value)
        return self.text(value) if isinstance(value, (dict, list, tuple, Mapping)) else str(value)

    def text(self, value: Any) -> str | None:
        """Any value as text on its own, as it stands within a sentence."""
        if value is None or isinstance(value, str):
            return value or None
        if isinstance(value, (list, tuple)) and not isinstance(value, (Moment, Money, Ref)):
            return self._list(value)
        if isinstance(value, (dict, Mapping)):
            return self._parts(value)
        cell = self.cell(value)
        if isinstance(cell, bool):
            return self._truth(cell)
        return None if cell is None else cell if isinstance(cell, str) else _plain(cell)

    def _truth(self, value: bool) -> str:
        if self._translate is None:
            return str(value)
        return self._translate(N_("yes") if value else N_("no"))

    def _list(self, values: Iterable[Any]) -> str | None:
        items = [value for value in values if value not in (None, "")]
        if not items:
            return None
        if self.as_json:
            return json.dumps([self.jsonable(item) for item in items], ensure_ascii=False)
        return _JOINT.join(filter(None, map(self.text, items))) or None

    def _parts(self, item: Mapping[str, Any]) -> str | None:
        """A phone, an e-mail, an address …: its main part and what of an address does not stand in that, with the label behind."""
        if self.as_json:
            return json.dumps({key: self.jsonable(part) for key, part in item.items()}, ensure_ascii=False)
        main = next((str(item[part]) for part in _MAIN_PARTS if item.get(part)), "")
        if not main:
            rest = (self.text(part) for key, part in item.items() if key not in ("label", "main"))
            main = ", ".join(filter(None, rest))
        beside = (str(item[part]) for part in _ADDRESS_PARTS if item.get(part))
        said = frozenset(words(main))
        main = ", ".join([main, *(part for part in beside if not said.issuperset(words(part)))])
        kind = f"{item['kind']}: " if item.get("kind") else ""
        label = f" ({item['label']})" if item.get("label") else ""
        return f"{kind}{main}{label}" if main else None

    def jsonable(self, value: Any) -> Any:
        """Any value as JSON can hold it."""
        if isinstance(value, Mapping):
            return {key: self.jsonable(part) for key, part in value.items()}
        if isinstance(value, list):
            return [self.jsonable(item) for item in value]
        if value is None or isinstance(value, (bool, int, str)):
            return value
        return value if isinstance(value, float) and isfinite(value) else self.text(value)


def _plain(cell: Cell) -> str:
    """A value that is no text, as text within a sentence."""
    if isinstance(cell, datetime):
        return f"{cell.astimezone(UTC).replace(tzinfo=None).isoformat(' ', 'seconds')} UTC"
    if isinstance(cell, date):
        return cell.isoformat()
    return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)
