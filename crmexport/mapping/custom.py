"""Custom fields: what the source says about them, and their values by the shape they have.

Their number and names differ in every account, so no mapping file can name them: the dictionary of the source tells label,
type and where they belong, and a value's own shape tells how to read it.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from crmexport.mapping.compiled import Compiler
from crmexport.mapping.grammar import Definitions, Rule
from crmexport.mapping.paths import compile_path
from crmexport.mapping.source_mapping import SourceMapping
from crmexport.mapping.transforms import UNREADABLE, Convert, filled, plain_of
from crmexport.model import Type
from crmexport.source import Row

TIMES = {Type.DATE: "local_date", Type.MOMENT: "datetime", Type.WHEN: "when"}
"""The transforms that read numbers since 1970."""


class CustomField(NamedTuple):
    """One custom field: the values stand in `entity["custom"][key]`.

    `label` is for people; `scope` is the title of what it belongs to (a deal's pipeline), "" when it belongs to all: the
    same label in two scopes is two fields. `choices` translate the words of the source; `targets` are what a link may point to; `is_html` tells that the source
    keeps markup there (the value is its text). Without `is_custom` it is a field of the source itself that no rule names.
    """

    entity: str
    key: str
    label: str
    scope: str
    type: Type
    scope_id: str = ""
    choices: Mapping[str, str] = {}
    targets: tuple[str, ...] = ()
    is_html: bool = False
    is_custom: bool = True


def labels_of(fields: Iterable[CustomField]) -> dict[str, str]:
    """The labels by the keys of the fields, where all that have a key have one label."""
    found: dict[str, set[str]] = {}
    for field in fields:
        found.setdefault(field.key, set()).add(field.label)
    return {
        key: next(iter(labels)) for key, labels in found.items() if len(labels) == 1 and key not in labels
    }


class DefinitionReader:
    """Reads records of the dictionary stream. `titles[(entity, id)]` names the scopes."""

    def __init__(
        self, definitions: Definitions, mapping: SourceMapping, titles: Mapping[tuple[str, str], str]
    ) -> None:
        self.definitions = definitions
        self.mapping = mapping
        self.titles = titles
        self.get = {
            name: compile_path(text).get
            for name in ("where", "key", "label", "stream", "scope", "type", "choices", "target")
            if (text := getattr(definitions, name)) is not None
        }

    def fields(self, rows: Iterable[Row]) -> Iterator[CustomField]:
        """The fields that `rows` describe, one for every entity that can have them."""
        for row in rows:
            yield from self._of(row.value)

    def _of(self, value: dict[str, Any]) -> Iterator[CustomField]:
        key = self._text("key", value)
        stream = self._text("stream", value)
        scope_id = self._text("scope", value)
        scope = self._scope_title(stream, scope_id)
        target = self._text("target", value)
        targets = self._entities(target) or [target]
        type_ = Type(self.definitions.types.get(self._text("type", value), "text"))
        for entity in self._entities(self.definitions.streams.get(stream, stream)):
            yield CustomField(
                entity=entity,
                key=key,
                label=self._text("label", value) or key,
                scope=scope,
                type=Type.TEXT if type_ is Type.HTML else type_,
                scope_id=scope_id,
                choices=self._choices(value),
                targets=tuple(filter(None, targets)),
                is_html=type_ is Type.HTML,
                is_custom="where" not in self.get or filled(self.get["where"](value)),
            )

    def _text(self, name: str, value: dict[str, Any]) -> str:
        found = self.get[name](value) if name in self.get else None
        return "" if not filled(found) else plain_of(found) or ""

    def _entities(self, stream: str) -> list[str]:
        return self.mapping.entities_of_stream.get(stream, [stream] if stream in self.mapping.blocks else [])

    def _scope_title(self, stream: str, scope_id: str) -> str:
        entities = self._entities(stream)
        return self.titles.get((entities[0], scope_id), scope_id) if entities and scope_id else scope_id

    def _choices(self, value: dict[str, Any]) -> dict[str, str]:
        """Pairs [word, label] as a dictionary; a plain list of labels needs none."""
        found = self.get["choices"](value) if "choices" in self.get else None
        pairs = [item for item in found or [] if isinstance(item, list) and len(item) == 2]
        return {str(word): str(label) for word, label in pairs}


class CustomValues:
    """Turns values of custom and unmapped fields into values of ours."""

    def __init__(self, compiler: Compiler, fields: Iterable[CustomField]) -> None:
        self.compiler = compiler
        self.by_shape = compiler.shapes.read
        fields = list(fields)
        self.custom = frozenset((field.entity, field.key) for field in fields if field.is_custom)
        self._by_field = {(field.entity, field.key): self._described(field) for field in fields}

    def reader(self, entity: str, key: str) -> Convert:
        """The function for values of field `key` of an `entity`: by their own shape, else by the field's definition.

        It gives None for what is empty, and the text as it is for what it cannot read.
        """
        read = self._by_field.get((entity, key), self.by_shape)

        def value(raw: Any) -> Any:
            try:
                return read(raw)
            except UNREADABLE:
                return plain_of(raw)

        return value

    def _described(self, field: CustomField) -> Convert:
        """By the shape when the value is an object that tells its kind, else by the type of the definition."""
        by_type, is_bool = self._by_type(field), field.type is Type.BOOL

        def read(raw: Any) -> Any:
            if isinstance(raw, dict) or (isinstance(raw, list) and raw and isinstance(raw[0], dict)):
                return self.by_shape(raw)
            if raw or (raw == 0 and (is_bool or raw is not False)):
                return by_type(raw)
            return None

        return read

    def _by_type(self, field: CustomField) -> Convert:
        if field.choices:
            return partial(_in_words, field.choices, field.type)
        if field.type in (Type.REF, Type.REFS) and not field.targets:
            return self.by_shape
        rule = Rule.model_validate({"ref": list(field.targets), **self._read_as(field)})
        return self.compiler.converter(rule, field.type, (), "custom")

    def _read_as(self, field: CustomField) -> dict[str, str]:
        """The transform for its values, where that is not the one of its type; a number may count since 1970."""
        definitions = self.compiler.frame.custom_fields
        if field.is_html:
            return {"is": "text"}
        if definitions is None or definitions.unit is None or field.type not in TIMES:
            return {}
        return {"is": TIMES[field.type], "unit": definitions.unit}


def _in_words(choices: Mapping[str, str], of: Type, raw: Any) -> Any:
    """The label of what was chosen, or of each that was; a word that no label is known for stays."""
    if not isinstance(raw, list):
        return choices.get(str(raw), plain_of(raw))
    chosen = [choices.get(str(one), plain_of(one)) for one in raw if filled(one)]
    return chosen if of is Type.TEXTS else ", ".join(str(one) for one in chosen)
