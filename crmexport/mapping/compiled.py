"""Rules as functions: what the mapping file says, turned once into closures that are called for every record.

A compiled field is `function(node, record)`: the node is the record itself, or one item of it within an `each`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from crmexport.mapping.coverage import Coverage
from crmexport.mapping.grammar import Frame, Rule
from crmexport.mapping.links import Links, ToRef
from crmexport.mapping.paths import compile_path
from crmexport.mapping.shapes import Shapes
from crmexport.mapping.templates import compile_template
from crmexport.mapping.transforms import BY_TYPE, TRANSFORMS, Convert, filled, plain_of
from crmexport.model import PARTS, Field, Ref, Type

Getter = Callable[[Any, Any], Any]


class Compiler:
    """Compiles the rules of one mapping file; words that a `choice` does not know are counted in `coverage`.

    `labels` are the source's own titles of its fields.
    """

    def __init__(
        self, frame: Frame, links: Links, coverage: Coverage, labels: Mapping[str, str] | None = None
    ) -> None:
        self.frame = frame
        self.labels = labels or {}
        self.links = links
        self.coverage = coverage
        self.shapes = Shapes(self, links)

    def field(self, rule: Rule, field: Field, place: str) -> Getter:
        """The function for `field` by `rule`; `place` names it in the coverage."""
        get = self.getter(rule)
        convert = self.converter(rule, field.type, [field.entity] if field.entity else [], place)
        false_counts = field.type is Type.BOOL or rule.map is not None or rule.is_ == "words"
        name = self._lone_name(rule)
        read = (
            _reading_name(name, convert)
            if name and not false_counts
            else _reading(get, convert, false_counts)
        )
        return _with_default(read, rule.default)

    @staticmethod
    def _lone_name(rule: Rule) -> str:
        """The name of the field when the rule reads just that, else ""."""
        if (
            rule.path is None
            or rule.template is not None
            or rule.stream is not None
            or rule.currency is not None
        ):
            return ""
        return compile_path(rule.path).name

    def getter(self, rule: Rule) -> Getter:
        """The function that finds the raw value of a rule."""
        if rule.template is not None:
            return compile_template(rule.template).fill
        get = self.path(rule.path) if rule.path is not None else _nothing
        if rule.stream is not None:
            return _together(get, self.path(rule.stream), "id", "stream")
        if rule.currency is not None:
            return _together(get, self.path(rule.currency), "value", "currency")
        return get

    def path(self, text: str) -> Getter:
        """The function for a path."""
        path = compile_path(text)
        found = path.get
        return (lambda node, record: found(record)) if path.whole else (lambda node, record: found(node))

    def converter(self, rule: Rule, of: Type, expected: Sequence[str], place: str) -> Convert:
        """The function that turns a raw value into one of type `of`."""
        if of in PARTS:
            objects = self._objects(rule.each or {}, PARTS[of], place)
            return objects if rule.split is None else _cut(rule.split, objects)
        if of in (Type.REF, Type.REFS) or rule.ref:
            to_ref = _prefixed(rule.prefix, self._to_ref(rule, expected))
            return _each_of(to_ref) if of is Type.REFS else to_ref
        one = self._transform(rule, of, place)
        if rule.match is not None:
            one = _matching(rule.match, one)
        if rule.split is not None:
            return _split(rule.split, one)
        if of is Type.TEXTS:
            return _each_of(one)
        return _joined(rule.join, one) if rule.join is not None else one

    def _to_ref(self, rule: Rule, expected: Sequence[str]) -> ToRef:
        if rule.by is not None:
            return self.links.to_ref_by(rule.by, rule.ref)
        return self.links.to_ref(rule.ref or expected, strict=bool(rule.ref))

    def _transform(self, rule: Rule, of: Type, place: str) -> Convert:
        transform = TRANSFORMS["choice" if rule.map is not None else rule.is_ or BY_TYPE[of]]
        options = rule.options()
        if transform.is_zoned or (self.frame.local_times and "zone" in transform.options):
            options.setdefault("zone", self.frame.zone)
        if "month_base" in transform.options:
            options.setdefault("month_base", self.frame.month_base)
        if "read" in transform.options:
            # looked up when it is called: the kinds that the shapes are made of are themselves compiled here
            options["read"] = lambda value: self.shapes.read(value)
        if "labels" in transform.options:
            options["labels"] = self.labels
        convert = transform.make(**options)
        return self._counting(convert, rule.map, place) if rule.map is not None else convert

    def _counting(self, convert: Convert, words: Mapping[str, str], place: str) -> Convert:
        """`convert`, with every word that is not translated counted."""
        known = set(words.values())
        unknown = self.coverage.unknown_choices

        def counted(value: Any) -> Any:
            word = convert(value)
            if word is not None and word not in known:
                unknown[place][word] += 1
            return word

        return counted

    def _objects(self, rules: Mapping[str, Rule], parts: Mapping[str, Type], place: str) -> Convert:
        inner = [
            (name, self.field(rule, Field(name, parts[name], ""), place)) for name, rule in rules.items()
        ]

        def one(item: Any) -> dict[str, Any] | None:
            found = {
                name: value
                for name, get in inner
                if (value := get(item, item)) is not None and value is not False
            }
            return found or None

        return _each_of(one)


def _prefixed(prefix: str, to_ref: ToRef) -> ToRef:
    """Ids with something before them: entities of several streams, each counting its own ids."""
    if not prefix:
        return to_ref

    def longer(value: Any) -> Ref | None:
        ref = to_ref(value)
        return ref and ref._replace(id=prefix + ref.id)

    return longer


def _nothing(node: Any, record: Any) -> None:
    """The value of a rule that has only a default."""


def _reading(get: Getter, convert: Convert, false_counts: bool) -> Getter:
    def read(node: Any, record: Any) -> Any:
        raw = get(node, record)
        if raw or (raw == 0 and (false_counts or raw is not False)):
            value = convert(raw)
            return None if value == "" or value == [] else value
        return None

    return read


def _reading_name(name: str, convert: Convert) -> Getter:
    """The same for one field of the node, which most rules read: a call less for each."""

    def read(node: Any, record: Any) -> Any:
        raw = node.get(name) if isinstance(node, dict) else None
        if raw or (raw == 0 and raw is not False):
            value = convert(raw)
            return None if value == "" or value == [] else value
        return None

    return read


def _with_default(read: Getter, default: Any) -> Getter:
    if default is None:
        return read

    def read_or_default(node: Any, record: Any) -> Any:
        value = read(node, record)
        return default if value is None else value

    return read_or_default


def _together(get: Getter, beside: Getter, name: str, other: str) -> Getter:
    """An object of two raw values under these names; nothing when the first is empty."""

    def both(node: Any, record: Any) -> Any:
        value = get(node, record)
        return {name: value, other: beside(node, record)} if filled(value) else None

    return both


def _each_of(convert: Convert) -> Convert:
    """`convert` for every filled item of a list, or for the one value; what gives nothing is left out."""

    def several(value: Any) -> list[Any]:
        items = value if isinstance(value, list) else [value]
        return [found for item in items if filled(item) and (found := convert(item)) is not None]

    return several


def _matching(pattern: str, convert: Convert) -> Convert:
    """`convert` for what the first group of `pattern` finds in a text; nothing where it finds nothing."""
    search = re.compile(pattern).search

    def found(value: Any) -> Any:
        match = search(plain_of(value) or "")
        return convert(match[1]) if match and match[1] else None

    return found


def _split(separator: str, convert: Convert) -> Convert:
    pieces = _each_of(convert)
    return lambda value: pieces([piece.strip() for piece in (plain_of(value) or "").split(separator)])


def _cut(separator: str, objects: Convert) -> Convert:
    """`objects`, with the texts among them cut into several. What another object tells already is not told again."""

    def several(value: Any) -> list[Any]:
        items = value if isinstance(value, list) else [value]
        found = objects([item for item in items if not isinstance(item, str)])
        told = [part for made in found for part in made.values()]
        texts = (piece.strip() for item in items if isinstance(item, str) for piece in item.split(separator))
        return [*found, *objects([text for text in dict.fromkeys(texts) if text not in told])]

    return several


def _joined(separator: str, convert: Convert) -> Convert:
    several = _each_of(convert)
    return lambda value: separator.join(map(str, several(value)))
