"""Links between objects of one answer.

Megaplan expands an object only where it first occurs in an answer; everywhere else stands a bare link of exactly two
keys. In the *included* form all linked objects stand beside the rows instead (Megaplan reference, §4.3).
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from crmexport.source import Key
from crmexport_megaplan.kinds import STREAM_OF

Object = dict[str, Any]
# Values that are objects only in form and name no other: two in five of all that stand in a list (Megaplan reference, §5).
PLAIN = frozenset({"DateTime", "DateOnly", "DateInterval", "Money"})
DEPTH = 3
RECORD_DEPTH = 1


class _Looking(ABC):
    """Goes through the objects of an answer; each kind loops over an object's values itself, for a call less on the hot path."""

    __slots__ = ()

    @abstractmethod
    def look(self, value: Object) -> None:
        """Go through an object and all within it."""

    def _look_into(self, members: list[Any]) -> None:
        for inner in members:
            if isinstance(inner, dict):
                self.look(inner)
            elif isinstance(inner, list):
                self._look_into(inner)


class Gathering(_Looking):
    """Keeps, at the least cost, what an answer names that is worth a second look: the ids of records by their kinds, and files."""

    __slots__ = ("_copies", "_ids", "files", "has_space_files")

    def __init__(self) -> None:
        self._ids: dict[str, set[Any]] = {kind: set() for kind in STREAM_OF}
        self._copies: set[Any] = set()
        self.files: list[Object] = []
        self.has_space_files = False

    def look(self, value: Object) -> None:
        """Go through an object and all within it: the hot path. There is nothing within a bare link, as half of all objects are."""
        kind = value.get("contentType")
        if kind in STREAM_OF:
            self._ids[kind].add(value.get("id"))
            if kind == "Offer" and value.get("originalOffer"):
                self._copies.add(value.get("id"))
        elif kind == "File":
            self.files.append(value)
        elif kind == "SpaceFile":
            self.has_space_files = True
        for inner in value.values():
            form = type(inner)
            if form is dict:
                kind = inner.get("contentType")
                if kind in STREAM_OF and len(inner) == 2 and "id" in inner:
                    self._ids[kind].add(inner["id"])
                elif kind not in PLAIN:
                    self.look(inner)
            elif form is list and inner:
                self._look_into(inner)

    def links(self) -> set[Key]:
        """(stream, id) of every record met, but for a deal's own copies of a product: they stand in the deal whole (§8.2)."""
        found = {
            (STREAM_OF[kind], str(id))
            for kind, ids in self._ids.items()
            for id in ids
            if id not in (None, "")
        }
        return found - {("offer", str(id)) for id in self._copies}


class Filling(_Looking):
    """Keeps every object with an id, so that bare links can be filled in afterwards."""

    __slots__ = ("_bare", "_full", "_met")

    def __init__(self) -> None:
        self._bare: list[Object] = []
        self._met: list[Object] = []
        self._full: dict[tuple[Any, Any], Object] = {}

    def look(self, value: Object) -> None:
        """Go through an object and all within it, innermost first."""
        for inner in value.values():
            form = type(inner)
            if form is dict:
                if inner.get("contentType") not in PLAIN:
                    self.look(inner)
            elif form is list and inner:
                self._look_into(inner)
        if "id" in value:
            (self._bare if len(value) == 2 else self._met).append(value)

    def fill(self) -> None:
        """Give every bare link the rest of its object: a copy of limited depth, so that nothing comes to contain itself.

        A record's copy is short (its plain values, and those of what it names), for it has a life of its own. A part of
        a record, such as a deal's position, is copied with its arrays: in the included form it stands nowhere else.
        """
        for value in self._met:
            if "contentType" in value:
                self._full.setdefault(_key(value), value)
        named = {_key(value) for value in self._bare} & self._full.keys()
        copies = {key: self._copy(self._full[key], DEPTH) for key in named}
        for value in self._bare:
            value.update(copies.get(_key(value), {}))

    def _copy(self, value: Object, depth: int) -> Object:
        is_record = value.get("contentType") in STREAM_OF
        depth = min(depth, RECORD_DEPTH) if is_record else depth
        copied: Object = {}
        for name, inner in value.items():
            if isinstance(inner, dict):
                if depth:
                    copied[name] = self._copy(self._whole(inner), depth - 1)
            elif not isinstance(inner, list):
                copied[name] = inner
            elif depth and not is_record:
                copied[name] = [self._member(one, depth - 1) for one in inner]
        return copied

    def _member(self, value: Any, depth: int) -> Any:
        return self._copy(self._whole(value), depth) if isinstance(value, dict) else value

    def _whole(self, value: Object) -> Object:
        return self._full.get(_key(value), value) if len(value) == 2 and "id" in value else value


def _key(value: Mapping[str, Any]) -> tuple[Any, Any]:
    return value.get("contentType"), value["id"]
