"""Values whose meaning nobody told: an object that says what it is, is read as that; everything else as it is."""

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from crmexport.mapping.links import Links
from crmexport.mapping.numbers import money_of
from crmexport.mapping.transforms import UNREADABLE, Convert, filled, plain_of, words_of
from crmexport.model import Type

if TYPE_CHECKING:
    from crmexport.mapping.compiled import Compiler
    from crmexport.mapping.grammar import Rule

# Levels. Nobody writes more by hand; what a decoder takes at most, Python would not walk through.
DEEPEST = 50


class Shapes:
    """Reads values by the shape they have, as the `kinds` of one mapping file explain it."""

    def __init__(self, compiler: "Compiler", links: Links) -> None:
        self.compiler = compiler
        self.kind_key = compiler.frame.kind_key
        self.id_key, self.name_key = compiler.frame.id_key, compiler.frame.name_key
        self.money_keys = compiler.frame.money_keys
        self.any_link = links.to_ref(())
        self.kinds = {kind: self._kind(rule) for kind, rule in compiler.frame.kinds.items()}
        self.values = {kind for kind, rule in compiler.frame.kinds.items() if rule.is_ and not rule.ref}

    def read(self, raw: Any, depth: int = 1) -> Any:
        """A value that nobody described. An object of an unknown kind is a link only when there is no more in it."""
        if isinstance(raw, dict):
            return self._object(raw)
        if isinstance(raw, list):
            if depth > DEEPEST:
                return json.dumps(raw, ensure_ascii=False)
            return [value for item in raw if (value := self.read(item, depth + 1)) is not None] or None
        if isinstance(raw, float):
            return Decimal(repr(raw))
        return None if raw == "" else raw

    def _object(self, raw: dict[str, Any]) -> Any:
        kind = raw.get(self.kind_key) if self.kind_key else None
        if kind in self.kinds:
            return self.kinds[kind](raw)
        if self.money_keys is not None and all(key in raw for key in self.money_keys):
            value, currency = self.money_keys
            return money_of({"value": raw[value], "currency": raw[currency]})
        if self.kind_key is None and filled(raw.get(self.id_key)) and filled(raw.get(self.name_key)):
            return self.any_link(raw)
        if kind is not None and filled(raw.get("id")) and not raw.keys() - {self.kind_key, "id", "name"}:
            return self.any_link(raw)
        return plain_of({name: self._within(part) for name, part in raw.items()}) if raw else None

    def _within(self, value: Any, depth: int = 1) -> Any:
        """What stands within an object that nobody knows: a day, a sum and the like as a person reads it, all else as it is.

        As the source writes them they may not mean what they seem to: January may be month 0.
        """
        if depth > DEEPEST:
            return value
        if isinstance(value, list):
            return [self._within(item, depth + 1) for item in value]
        if not isinstance(value, dict):
            return value
        kind = value.get(self.kind_key) if self.kind_key else None
        if kind not in self.values:
            return {name: self._within(part, depth + 1) for name, part in value.items()}
        try:
            return words_of(self.kinds[kind](value))
        except UNREADABLE:
            return value

    def _kind(self, rule: "Rule") -> Convert:
        if rule.ref:  # its prefix stands before every link of the kind, wherever it is met
            rule = rule.model_copy(update={"prefix": ""})
        convert = self.compiler.converter(rule, Type.REF if rule.ref else Type.TEXT, (), "custom")
        if rule.path is None:
            return convert
        get = self.compiler.path(rule.path)
        return lambda raw: convert(found) if filled(found := get(raw, raw)) else None
