"""What all kinds of record have in common: ids, bodies, and the short form in which others show them."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import lru_cache
from typing import ClassVar

from crmexport_megaplan.sandbox.customs import Custom
from crmexport_megaplan.sandbox.values import Body, link, seconds_of
from crmexport_megaplan.sandbox.world import World

SAMPLE = 24  # so many records show between them every field that their kind has

# Nothing of these ids exists any more, but links to them do (their cards answer 404).
DELETED = {
    "Employee": "1999001",
    "ContractorCompany": "1999002",
    "ContractorHuman": "1999003",
    "Deal": "1999004",
    "Task": "1999005",
    "Project": "1999006",
}


def deleted(kind: str) -> Body:
    """A link to the deleted record of `kind`."""
    return link(kind, DELETED[kind])


class Kind(ABC):
    """One kind of record. `body` is the whole card with bare links; it is computed anew each time it is asked for."""

    content_type: ClassVar[str]
    stream: ClassVar[str]
    first_id: ClassVar[int]
    listed: ClassVar[frozenset[str]] = frozenset()  # the "in collection" fields of a list row
    in_short: ClassVar[tuple[str, ...]] = ("name",)  # the fields shown when another record shows this one
    sortable: ClassVar[frozenset[str]] = frozenset()  # sort fields beside id and timeCreated
    unseen: ClassVar[frozenset[str]] = frozenset()  # fields that exist, with a value in no record of ours

    def __init__(self, world: World) -> None:
        self.world = world
        self.short = lru_cache(maxsize=4096)(self.shortened)

    @property
    def count(self) -> int:
        """How many records there are."""
        return self.world.counts[self.content_type]

    def id(self, index: int) -> str:
        """The id of record `index`."""
        return str(self.first_id + index)

    def index(self, id: str) -> int | None:
        """Which record has this id, or None."""
        if not (id.isascii() and id.isdigit()):
            return None
        found = int(id) - self.first_id
        return found if 0 <= found < self.count else None

    def created(self, index: int) -> int:
        """When it was created, seconds since 1970; never falls as the index rises."""
        return self.world.created(self.content_type, index)

    @abstractmethod
    def body(self, index: int) -> Body:
        """The whole card."""

    def when(self, index: int, field: str) -> int | None:
        """A time of the record by the name of its field, seconds since 1970; None if it has none of that name."""
        if field == "timeCreated":
            return self.created(index)
        value = self.body(index).get(field)
        return seconds_of(value) if isinstance(value, dict) else None

    def is_active(self, index: int) -> bool:
        """Whether lists of what is going on show it."""
        return True

    def is_touched(self, index: int) -> bool:
        """Whether its own times show that anything happened to it after it was made."""
        return False

    def field_names(self) -> frozenset[str]:
        """Every name that `fields` of a request may hold."""
        names = set(self.unseen)
        for index in range(min(self.count, SAMPLE)):
            names |= self.body(index).keys()
        return frozenset(names)

    def customs(self, index: int) -> tuple[Custom, ...]:
        """The custom fields that this record has."""
        return ()

    def shortened(self, index: int) -> Body:
        """How another record shows this one: a few fields, nested links bare. Treat the result as read-only."""
        body = self.body(index)
        kept = {name: body[name] for name in self.in_short if name in body}
        return {"contentType": self.content_type, "id": body["id"], **kept}

    def named(self, index: int, name: str, **more: str) -> Body:
        """A short form made without the whole card, for the kinds that others name most."""
        return {"contentType": self.content_type, "id": self.id(index), "name": name, **more}

    def counted(self, name: str, kind: str, found: Sequence[int], preview: int = 5) -> Body:
        """An embedded array with its counter; the array shows the first `preview` only."""
        target = self.world.first_ids[kind]
        shown = [link(kind, str(target + child)) for child in found[:preview]]
        return {name: shown, f"{name}Count": len(found)}
