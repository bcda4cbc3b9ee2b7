"""Links: from the forms in which systems write them to a Ref of ours.

A link is an object with an id (and a kind and a name, if the source tells them), a pair [id, name], a bare id, or an object
{"stream", "id"} as the archive writes it. The kind that the object tells of itself goes before the kind that the mapping
expects. A kind that is no entity of ours stays what the source calls it, so that no link is lost.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from crmexport.mapping.source_mapping import SourceMapping
from crmexport.mapping.transforms import filled
from crmexport.model import Ref

Members = Mapping[str, Collection[str]]
Others = Mapping[tuple[str, str], Mapping[str, str]]
ToRef = Callable[[Any], Ref | None]


class Links:
    """Knows which kinds and streams become which entity.

    `members[entity]` are the ids of those entities that share their stream with another one (companies and contacts in one
    table): a bare id cannot tell which of them it is. `others[entity, field]` are their ids by what stands in that field.
    """

    def __init__(self, mapping: SourceMapping, members: Members, others: Others | None = None) -> None:
        self.kind_key = mapping.file.kind_key
        self.id_key = mapping.file.id_key
        self.name_key = mapping.file.name_key
        self.kinds = {
            kind: (rule.ref[0], rule.prefix) for kind, rule in mapping.file.kinds.items() if rule.ref
        }
        self.of_stream = mapping.entities_of_stream
        self.prefixes = mapping.prefixes
        self.members = members
        self.others = others or {}
        self.shared = {
            entity: stream
            for stream, entities in self.of_stream.items()
            if len(entities) > 1
            for entity in entities
        }

    def to_ref(self, expected: Sequence[str], strict: bool = False) -> ToRef:
        """The function that reads a link where one of the entities `expected` is normal (none: any).

        A link that tells no kind is to the first of them; where none is expected, it raises ValueError, unless it tells a title.
        When `strict`, a link to anything else gives None.
        """
        default = expected[0] if expected else ""
        read = self._expecting(default) if default else _leading(self._expecting(default))
        shared = self.shared.get(default)
        if shared is not None:
            return lambda value: self._one_of(self._real(read(value), shared), expected)
        if strict:
            return lambda value: self._one_of(read(value), expected)
        return read

    def to_ref_by(self, field: str, expected: Sequence[str]) -> ToRef:
        """The same where a bare value is no id of the first of `expected`, but stands in this field of it.

        It raises ValueError for one that stands in none.
        """
        read = self.to_ref(expected, strict=True)
        ids = self.others.get((expected[0], field), {})

        def find(value: Any) -> Ref | None:
            if isinstance(value, (dict, list)):
                return read(value)
            if str(value) not in ids:
                raise ValueError(value)
            return read(ids[str(value)])

        return find

    def record(self, stream: str, id: str, title: str = "") -> Ref:
        """The Ref to the record `id` of `stream`."""
        entities = self.of_stream.get(stream)
        if not entities:
            return Ref(stream, id, title)
        for entity in entities[:-1]:
            if id in self.members.get(entity, ()):
                return Ref(entity, id, title)
        return Ref(entities[-1], self.prefixes.get(stream, "") + id, title)

    def _real(self, ref: Ref | None, stream: str) -> Ref | None:
        """The same link with the entity that this id really is, if it leads to one of those that share `stream`."""
        if ref is None or self.shared.get(ref.entity) != stream:
            return ref
        return self.record(stream, ref.id, ref.title)

    @staticmethod
    def _one_of(ref: Ref | None, expected: Sequence[str]) -> Ref | None:
        return ref if ref is not None and ref.entity in expected else None

    def _expecting(self, default: str) -> ToRef:
        """The function that reads a link in any form; one that tells no kind is to `default`."""
        kind_key, kinds, id_key, name_key = self.kind_key, self.kinds, self.id_key, self.name_key

        def read(value: Any) -> Ref | None:
            if not isinstance(value, dict):
                return _bare(value, default)
            if value.get("stream") and filled(value.get("id")):
                return self.record(value["stream"], str(value["id"]), value.get("title") or "")
            keys = ("id", "title") if "stream" in value else (id_key, name_key)
            id_, name = map(value.get, keys)
            if id_ is None or id_ == "":
                return None
            kind = value.get(kind_key) if kind_key else None
            entity, prefix = kinds.get(kind, (kind, "")) if isinstance(kind, str) else (default, "")
            return Ref(entity, f"{prefix}{id_}", name if isinstance(name, str) else "")

        return read


def _leading(read: ToRef) -> ToRef:
    """`read`, which raises ValueError for a link that leads nowhere: to an id alone, of whatever kind.

    A 0 is none: Odoo writes it where there is no record, as into `res_id` of a message without a `model` (fields.Many2oneReference is an
    Integer, which reads nothing as 0).
    """

    def leading(value: Any) -> Ref | None:
        ref = read(value)
        if ref is None or ref.entity or ref.title:
            return ref
        if ref.id == "0":
            return None
        raise ValueError(value)

    return leading


def _bare(value: Any, default: str) -> Ref | None:
    """A pair [id, title], of which a title may be missing (Odoo writes false), or an id alone."""
    if isinstance(value, list):
        return Ref(default, str(value[0]), str(value[1] or "")) if len(value) == 2 else None
    return Ref(default, str(value))
