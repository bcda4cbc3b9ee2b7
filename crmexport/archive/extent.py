"""How far losses reach that stand for many: a list of which parts are refused, fields that come no more, records that are not shown.

Such a gap keeps its name while it grows. What a person accepted of it is no more than it was then.
"""

import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import select

from crmexport.archive.database import Database
from crmexport.archive.frontier import State
from crmexport.archive.lacked import digest
from crmexport.archive.packing import unpack
from crmexport.archive.schema import requests
from crmexport.archive.withheld import noted
from crmexport.source import Gap, Request
from crmexport.text import N_

UNLISTED = N_("not shown any more")  # the "id" of the gap for records that lists do not show any more
GONE = N_("not given any more")  # the same for records that only their cards show
UNDER = N_("not shown any more under others")  # and for what hangs under records
HIDDEN = N_("fields not shown any more")  # and for fields of records that are there
COUNTED = (UNLISTED, GONE, UNDER)

_lost = select(requests.c.payload).where(requests.c.state.in_((int(State.GIVEN_UP), int(State.REFUSED))))
_number = re.compile(r"\d+").search
is_moment = re.compile(r"\d{4}-\d\d-\d\d").match
"""Whether a text in the context of a question begins with a day."""


class Extent(NamedTuple):
    """The `parts` of losses, each by the loss's digest, a slash and its own; of those that are `counted`, how many, by the digest."""

    parts: frozenset[str] = frozenset()
    counted: Mapping[str, int] = {}

    def of(self, loss: str) -> "Extent":
        """How far one loss reaches, given by its digest."""
        return self.within({loss})

    def within(self, losses: Iterable[str]) -> "Extent":
        """The same without other losses than these."""
        kept = frozenset(losses)
        parts = frozenset(one for one in self.parts if one.partition("/")[0] in kept)
        return Extent(parts, {name: number for name, number in self.counted.items() if name in kept})

    def no_further(self, now: "Extent") -> "Extent":
        """The same, but of what is counted no more than `now`. Which parts are asked for, each pull decides anew."""
        return Extent(
            self.parts, {name: min(number, now.counted.get(name, 0)) for name, number in self.counted.items()}
        )

    def covers(self, other: "Extent") -> bool:
        """Whether nothing reaches further there than here."""
        return other.parts <= self.parts and all(
            number <= self.counted.get(name, 0) for name, number in other.counted.items()
        )


NO_EXTENT = Extent()


def extent(database: Database, gaps: Iterable[Gap]) -> Extent:
    """How far those of these `gaps` reach that are losses, after the last pull."""
    losses = [gap for gap in gaps if gap.kind.is_loss]
    lists = {gap.stream: digest(gap) for gap in losses if not gap.id}
    fields = {gap.stream: digest(gap) for gap in losses if gap.id == HIDDEN}
    parts = set(_lists(database, lists)) if lists else set()
    parts |= {
        f"{fields[stream]}/{name}"
        for stream, names in noted(database).items()
        for name in names
        if stream in fields
    }
    numbers = {digest(gap): _number(gap.reason) for gap in losses if gap.id in COUNTED}
    return Extent(frozenset(parts), {name: int(found[0]) for name, found in numbers.items() if found})


def _lists(database: Database, lists: Mapping[str, str]) -> Iterable[str]:
    """The parts of lists that were asked for and not had, of the streams `lists`, each of which has the digest of its gap."""
    for (payload,) in database.connection.execute(_lost):
        request = Request.load(unpack(payload).decode())
        stream, id = request.subject or (request.stream, "")
        if not id and stream in lists:
            yield f"{lists[stream]}/{_which(request)}"


def _which(request: Request) -> str:
    """Which part of a list a question is about, whatever moment it asks since: by the words of its context, and whether it begins there."""
    words = {
        name: told for name, told in request.context.items() if isinstance(told, str) and not is_moment(told)
    }
    return sha256(f"{sorted(words.items())} {request.goes_on}".encode()).hexdigest()[:16]
