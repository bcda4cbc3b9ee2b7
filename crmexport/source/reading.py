"""What an answer teaches: records, the next questions, files, how many there should be, and what is refused."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

from crmexport.source.exchange import Key, Request


class Row(NamedTuple):
    """One record in an answer: its decoded value, and the place of its exact bytes, `body[start:end]`.

    `parent` is the record (stream, id) in whose sub-list it stood, when the record itself does not say; of a definition that does
    not tell whose it is, (stream, ""). The mapping finds it under `_parent`. `modified` is the source's own time of the last
    change, as written there.
    """

    stream: str
    id: str
    value: dict[str, Any]
    start: int
    end: int
    parent: Key | None = None
    modified: str | None = None

    def moved(self, offset: int) -> "Row":
        """This row of a part of an answer, with its place in the whole body: the part begins at `offset`."""
        return self._replace(start=self.start + offset, end=self.end + offset) if offset else self


class GapKind(Enum):
    """Why something known to exist is not held."""

    REFUSED = "refused"  # no right to see it, or the route always fails
    VANISHED = "vanished"  # deleted at the source before we came
    BROKEN = "broken"  # every try ended in a failure; a later pull asks again
    NOT_GIVEN = "not_given"  # a whole class of things that the API has no way to give, and never announced

    @property
    def is_loss(self) -> bool:
        """Whether something that the source told of is missing. What it deleted itself, or never offers, is none."""
        return self not in (GapKind.VANISHED, GapKind.NOT_GIVEN)


class Gap(NamedTuple):
    """Something known to exist that is not held. `reason` is for a person: the source's own words if it gave any."""

    stream: str
    id: str
    kind: GapKind
    reason: str


class Announced(NamedTuple):
    """How many records of `stream` the source says there are within `scope`.

    The scopes of a stream are disjoint, and their sum is compared with all that is held of the stream.

    - The same scope announced again replaces the earlier figure.
    - A negative number takes off what another scope counts, too.
    - Where a total leaves out records that are pulled as well (archived ones, say), announce these under a scope of their own, counted
      on the way if need be. Else each of them would hide one that is lost.
    - What a record says of its sub-lists has the scope `stream/id` of that record, or one that begins with `stream/id/`. It counts no
      more when the record is deleted.
    """

    stream: str
    scope: str
    number: int


class SubList(NamedTuple):
    """The records of `stream` that stand under the record `parent` (stream, id)."""

    stream: str
    parent: Key


class FileRef(NamedTuple):
    """A file the source holds: its id, name as given there, size in bytes if told, who it hangs on, and how to fetch it.

    `meta` is the description of the file as received (JSON text). The same id may be met on several owners.

    `mark` names the member of `meta` that is another whenever the bytes are others (a checksum, a version, a time of change),
    where the source has one: what is held under another mark is fetched anew. Without it, only `size` tells. A description
    in which the mark is null or false tells nothing of it either.
    """

    id: str
    name: str
    size: int | None
    owner: Key
    meta: str
    request: Request
    mark: str | None = None


@dataclass(slots=True)
class Reading:
    """Everything one answer teaches.

    - `records`: the rows in it.
    - `requests`: what to ask next, each once a pass. (An answer that asks its own question again cannot be read: its cursor does
      not move.)
    - `under`: (record, request): asked only when that record is new or changed.
    - `files`, `announced`, `gaps`: see there.
    - `links`: records named in the answer: those never met otherwise are fetched by card. (Ids in a list whose records are asked for
      by the next request are links, too.)
    - `present`: records that the source lists as existing, without their contents: what a sweep shows.
    - `glimpses`: what it shows of their contents by the way. Where a held record says otherwise, it is asked for by card.
    - `ended`: sub-lists that were read to their end with this answer. What was held of them and did not come again is deleted.
    - `whole`: streams without cards of which this answer ends the one list of all records, which showed as many as it counts, and not
      none. What was shown before, and not by two such lists of one pull to the same person, is deleted. Name no stream of which a
      person may be shown a part.
    - `absent`: streams that the source says it does not know at all, with its words. Where records of one are held, that is a refusal.
    """

    records: list[Row] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    under: list[tuple[Key, Request]] = field(default_factory=list)
    files: list[FileRef] = field(default_factory=list)
    announced: list[Announced] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    links: set[Key] = field(default_factory=set)
    present: set[Key] = field(default_factory=set)
    glimpses: dict[Key, dict[str, Any]] = field(default_factory=dict)
    ended: list[SubList] = field(default_factory=list)
    whole: set[str] = field(default_factory=set)
    absent: dict[str, str] = field(default_factory=dict)

    def shifted(self, offset: int) -> "Reading":
        """This reading of a part of an answer, with places in the whole body: the part begins at `offset`."""
        if offset:
            self.records = [row.moved(offset) for row in self.records]
        return self

    def emptied(self, offset: int) -> "Reading":
        """The same, and without the contents of its records: their places are all that keeping them takes."""
        self.records = [
            row._replace(value={}, start=row.start + offset, end=row.end + offset) for row in self.records
        ]
        return self

    def owed(self, after: int) -> "Reading":
        """The same, as the answer to a request that is owed: what it asks for is owed as well (see `Request.owed`)."""
        self.under = [(record, one.replace(owed=after)) for record, one in self.under]
        self.requests = [one.replace(owed=after) for one in self.requests]
        self.files = [file._replace(request=file.request.replace(owed=after)) for file in self.files]
        return self

    @property
    def asks(self) -> list[Request]:
        """All that a full pull asks because of this answer, files apart."""
        return [request for _record, request in self.under] + self.requests
