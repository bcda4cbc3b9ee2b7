"""What an archive holds against what its rehearsal knows to be true: record by record, field by field, file by file."""

from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

from crmexport.archive import Archive
from crmexport.archive.replay import PARENT, current_rows
from crmexport.sandbox.rehearsal import ABSENT, Fact, Rehearsal, Unlike
from crmexport.source import FILES, Connector, Key, Row


class Kind(Enum):
    """How an archive may be unlike the truth."""

    MISSING = "is missing"
    INVENTED = "is held, but does not exist"
    DROPPED = "lacks a field"
    BLURRED = "confuses a null with nothing"
    OTHER = "holds another value"
    ORPHANED = "has another parent"
    SPOILT = "has other bytes"
    RENAMED = "has another name"


class Difference(NamedTuple):
    """One thing that is not as it should be. `words` tell more; two differences are the same whatever their words."""

    kind: Kind
    stream: str
    id: str
    place: str = ""
    words: str = ""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Difference) and self[:4] == other[:4]

    def __hash__(self) -> int:
        return hash(self[:4])

    def __str__(self) -> str:
        return f"{self.stream} {self.id}{self.place} {self.kind.value}{self.words and ': '}{self.words}"


def differences(folder: Path, connector: Connector, rehearsal: Rehearsal) -> frozenset[Difference]:
    """All of them; none when the archive equals the truth."""
    with Archive.open(folder) as archive:
        return frozenset(_all(archive, connector, rehearsal))


def _all(archive: Archive, connector: Connector, rehearsal: Rehearsal) -> Iterator[Difference]:
    facts = {(fact.stream, fact.id): fact for fact in rehearsal.truth()}
    streams = [name for name in archive.counts() if name != "file"]
    for row in current_rows(archive, connector, streams):
        fact = facts.pop((row.stream, row.id), None)
        if fact is None:
            yield Difference(Kind.INVENTED, row.stream, row.id)
        else:
            yield from _record(row, fact, rehearsal)
    yield from _files(archive, FILES, facts)
    for stream, id in facts:
        yield Difference(Kind.MISSING, stream, id)


def _record(row: Row, fact: Fact, rehearsal: Rehearsal) -> Iterator[Difference]:
    row.value.pop(PARENT, None)
    if fact.parent is not None and row.parent != fact.parent:
        yield Difference(Kind.ORPHANED, row.stream, row.id, "", f"{row.parent} instead of {fact.parent}")
    for unlike in rehearsal.compare(row.stream, row.value, fact.body):
        yield Difference(_kind(unlike), row.stream, row.id, unlike.place, _words(unlike))


def _kind(unlike: Unlike) -> Kind:
    sides = (unlike.held, unlike.true)
    if ABSENT in sides and None in sides:
        return Kind.BLURRED
    return Kind.DROPPED if unlike.held is ABSENT else Kind.OTHER


def _words(unlike: Unlike) -> str:
    return f"{_short(unlike.held)} instead of {_short(unlike.true)}"


def _short(value: Any) -> str:
    return "nothing" if value is ABSENT else repr(value)[:60]


def _files(archive: Archive, stream: str, facts: dict[Key, Fact]) -> Iterator[Difference]:
    for file in archive.files():
        fact = facts.pop((stream, file.id), None)
        if fact is None:
            yield Difference(Kind.INVENTED, stream, file.id)
            continue
        held = file.path.read_bytes() if file.path else None
        if file.sha256 is None or held is None:
            yield Difference(Kind.MISSING, stream, file.id, "", "its bytes")
        elif file.sha256 != fact.sha256 or len(held) != fact.size:
            yield Difference(Kind.SPOILT, stream, file.id, "", f"{len(held)} bytes instead of {fact.size}")
        name = fact.body.get("name")
        if name and file.name != name:
            yield Difference(Kind.RENAMED, stream, file.id, "", f"{file.name!r} instead of {name!r}")
        if lacking := sorted({*fact.owners} - {*file.owners}):
            yield Difference(Kind.ORPHANED, stream, file.id, "", f"it hangs on {lacking[0]}, too")
