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
