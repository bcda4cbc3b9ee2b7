"""What a from-mapping's schema cannot tell: fields, transforms, options, paths, entities and zones must exist."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from crmexport.mapping.grammar import Block, Definitions, Frame, Rule
from crmexport.mapping.paths import compile_path
from crmexport.mapping.templates import compile_template
from crmexport.mapping.times import SECONDS, zone_named
from crmexport.mapping.transforms import BY_TYPE, TRANSFORMS
from crmexport.mapping.yaml_file import Complaints, KeyPath
from crmexport.mapping.yaml_words import did_you_mean, unknown_key
from crmexport.model import ENTITIES, PARTS, Entity, Type
from crmexport.text import _


def check(
    file: Frame, blocks: Mapping[str, list[Block]], complaints: Complaints, streams: Collection[str] | None
) -> None:
    """Add a sentence to `complaints` for everything in the file that does not exist."""
    checker = _Checker(complaints)
    checker.frame(file)
    for name, several in blocks.items():
        for number, block in enumerate(several):
            checker.block(ENTITIES[name], block, (name, number))
    for at, named in _streams_in(file, blocks):
        for stream in _unknown(named, streams):
            sentence = _("the source has no stream “{stream}”.").format(stream=stream)
            complaints.add(at, sentence + did_you_mean(stream, streams or ()))


def _streams_in(file: Frame, blocks: Mapping[str, list[Block]]) -> Iterator[tuple[KeyPath, Collection[str]]]:
    """Every place in the file that names streams, with these."""
    yield ("raw_only",), file.raw_only
    if file.zone_from:
        yield ("zone_from", "from"), [file.zone_from.from_]
    if file.custom_fields:
        yield ("custom_fields", "from"), file.custom_fields.from_
    yield from ((("lists", name, "from"), told.from_) for name, told in file.lists.items())
    for name, several in blocks.items():
        yield from (((name, number, "from"), block.from_) for number, block in enumerate(several))


def _unknown(names: Iterable[str], known: Collection[str] | None) -> list[str]:
    return [name for name in names if known is not None and name not in known]


class _Checker:
    def __init__(self, complaints: Complaints) -> None:
        self.complaints = complaints

    def frame(self, file: Frame) -> None:
        self.zone(file.zone, ("zone",))
        if file.zone_from:
            self.path(file.zone_from.path, ("zone_from", "path"))
        for kind, rule in file.kinds.items():
            self.rule(rule, None, ("kinds", kind))
        if file.custom_fields:
            self.definitions(file.custom_fields)
        for name, told in file.lists.items():
            self.path(told.path, ("lists", name, "path"))
        for number, listed in enumerate(file.unfold):
            if not isinstance(listed, str):
                self.path(listed.name, ("unfold", number, "name"))
                self.path(listed.value, ("unfold", number, "value"))

    def definitions(self, definitions: Definitions) -> None:
        for key in ("where", "key", "label", "stream", "scope", "type", "choices", "target"):
            self.path(getattr(definitions, key), ("custom_fields", key))
        self.unit(definitions.unit, ("custom_fields", "unit"))
        names = {one.value for one in Type}
        for word, name in definitions.types.items():
            if name not in names:
                sentence = _("there is no type “{name}”.").format(name=name) + did_you_mean(name, names)
                self.complaints.add(("custom_fields", "types", word), sentence)

    def block(self, entity: Entity, block: Block, at: KeyPath) -> None:
        self.path(block.where, (*at, "where"))
        self.path(block.each, (*at, "each"))
        for name, rule in block.fields.items():
            place = (*at, "fields", name)
            if name not in entity.by_name:
                self.complaints.add(place, unknown_key(name, sorted(entity.by_name)))
            else:
                self.rule(rule, entity.by_name[name].type, place)

    def rule(self, rule: Rule, of: Type | None, at: KeyPath) -> None:
        for key in ("path", "stream", "currency"):
            self.path(getattr(rule, key), (*at, key))
        self.template(rule.template, (*at, "template"))
        self.zone(rule.zone, (*at, "zone"))
        for name in _unknown(rule.ref, ENTITIES):
            sentence = _("there is no entity “{name}”.").format(name=name)
            self.complaints.add((*at, "ref"), sentence + did_you_mean(name, ENTITIES))
        self.by(rule, at)
        self.match(rule.match, (*at, "match"))
        self.unit(rule.unit, (*at, "unit"))
        if of is not None and rule.path is None and rule.template is None and rule.default is None:
            self.complaints.add(at, _("a “path”, a “template” or a “default” is needed here."))
        self.transform(rule, of, at)
        self.parts(rule, of, at)

    def unit(self, name: str | None, at: KeyPath) -> None:
        if name is not None and name not in SECONDS:
            sentence = _("there is no unit “{name}”.").format(name=name)
            self.complaints.add(at, sentence + did_you_mean(name, SECONDS))

    def by(self, rule: Rule, at: KeyPath) -> None:
        if rule.by is None:
            return
        fields = ENTITIES[rule.ref[0]].by_name if rule.ref and rule.ref[0] in ENTITIES else {}
        if rule.by not in fields:
            sentence = _("“by” names a field of the entity that “ref” names; “{name}” is none.")
            self.complaints.add((*at, "by"), sentence.format(name=rule.by) + did_you_mean(rule.by, fields))

    def match(self, pattern: str | None, at: KeyPath) -> None:
        try:
            groups = 1 if pattern is None else re.compile(pattern).groups
        except re.error as error:
            sentence = _("“{pattern}” is not a regular expression ({reason}).")
            self.complaints.add(at, sentence.format(pattern=pattern, reason=error))
            return
        if not groups:
            self.complaints.add(at, _("the part that is wanted must stand in round brackets."))

    def transform(self, rule: Rule, of: Type | None, at: KeyPath) -> None:
        if rule.is_ is not None and rule.is_ not in TRANSFORMS:
            sentence = _("there is no transform “{name}”.").format(name=rule.is_)
            self.complaints.add((*at, "is"), sentence + did_you_mean(rule.is_, TRANSFORMS))
            return
        name = "choice" if rule.map is not None else rule.is_ or (BY_TYPE.get(of) if of else None)
        taken = TRANSFORMS[name].options if name else []
        for option in _unknown(rule.options(), taken):
            sentence = _("“{option}” means nothing here: the transform is “{name}”.")
            self.complaints.add((*at, option), sentence.format(option=option, name=name or "ref"))

    def parts(self, rule: Rule, of: Type | None, at: KeyPath) -> None:
        parts = PARTS.get(of) if of else None
        if parts is not None and rule.each is None:
            self.complaints.add(
                at, _("“each” is needed here: this is a list of {parts}.").format(parts=", ".join(parts))
            )
        for name, inner in (rule.each or {}).items():
            place = (*at, "each", name)
            if name not in (parts or {}):
                self.complaints.add(place, unknown_key(name, sorted(parts or {})))
            else:
                self.rule(inner, (parts or {})[name], place)

    def path(self, text: str | None, at: KeyPath) -> None:
        self._try(compile_path, text, at)

    def template(self, text: str | None, at: KeyPath) -> None:
        self._try(compile_template, text, at)

    def zone(self, name: str | None, at: KeyPath) -> None:
        self._try(zone_named, name, at)

    def _try(self, reader: object, text: str | None, at: KeyPath) -> None:
        try:
            if text is not None and callable(reader):
                reader(text)
        except ValueError as error:
            self.complaints.add(at, str(error))
