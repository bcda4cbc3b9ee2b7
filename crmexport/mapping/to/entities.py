"""Where tables get their entities from: an archive seen through a mapping (`MappedArchive`), or plain lists in tests."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Protocol

from crmexport.mapping.custom import CustomField


class EntitySource(Protocol):
    """Entities of all kinds, as often as they are asked for and always in the same order."""

    @property
    def kinds(self) -> Sequence[str]:
        """The kinds of entities there are, in the order people read them."""

    def iterate(self, kind: str, only: Collection[str] | None = None) -> Iterator[Mapping[str, Any]]:
        """All entities of a kind; with `only`, nothing but these fields (and `source_id`) need be made."""

    def custom_fields(self, kind: str) -> Sequence[CustomField]:
        """The custom fields that entities of a kind may have."""

    def fields(self, kind: str) -> Collection[str]:
        """The fields that entities of a kind may have filled."""


class EntitiesOf:
    """What a source of entities has in common with the one behind it; a kind of this says how it gives them (`iterate`)."""

    def __init__(self, source: EntitySource) -> None:
        self._source = source

    @property
    def kinds(self) -> Sequence[str]:
        """As the source has them."""
        return self._source.kinds

    def custom_fields(self, kind: str) -> Sequence[CustomField]:
        """As the source has them."""
        return self._source.custom_fields(kind)

    def fields(self, kind: str) -> Collection[str]:
        """As the source has them."""
        return self._source.fields(kind)
