"""A record through time: every version that the archive holds, oldest first."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import select

from crmexport.archive import schema
from crmexport.archive.store import Archive
from crmexport.errors import ConfigurationError
from crmexport.text import _


@dataclass(frozen=True, slots=True)
class Version:
    """What a record said from `received` on (ISO 8601, UTC), as received."""

    received: str
    body: bytes


@dataclass(frozen=True, slots=True)
class History:
    """The versions of a record, and when it was found to be deleted at the source, if it was."""

    versions: list[Version]
    deleted: str | None


def history(
    archive: Archive,
    stream: str,
    id: str,
    others: Collection[str] = (),
    titles: Mapping[str, str] = MappingProxyType({}),
) -> History:
    """All that is held of one record of `stream`, or of one of the `others`.

    Raises ConfigurationError when there is none, with what there is, by its `titles`.
    """
    table = schema.records
    line = select(table).where(table.c.stream.in_([stream, *others]), table.c.id == id)
    line = line.order_by(table.c.stream != stream, table.c.stream)
    current = archive.database.connection.execute(line).first()
    if current is None:
        raise _not_held(archive, stream, id, others) or _unknown(
            stream, id, others, {name: titles.get(name, name) for name in archive.counts()}
        )
    older = schema.versions
    line = select(older).where(older.c.stream == current.stream, older.c.id == id).order_by(older.c.number)
    places = [*archive.database.connection.execute(line), current]
    return History(
        [Version(*archive.cut(place.response, place.start, place.end)) for place in places], current.deleted
    )


def _not_held(archive: Archive, stream: str, id: str, others: Collection[str]) -> ConfigurationError | None:
    """What became of a record that is known to exist, or to have existed: whoever asks for it may say that it was forgotten."""
    known = (gap for gap in archive.gaps() if gap.id == id and gap.stream in (stream, *others))
    words = _(
        "The archive knows of {stream} {id}, and does not hold it. When it was asked for, this was what came of it: {reason}"
    )
    return next(
        (ConfigurationError(words.format(stream=stream, id=id, reason=gap.reason)) for gap in known), None
    )


def _unknown(stream: str, id: str, others: Collection[str], held: Mapping[str, str]) -> ConfigurationError:
    if not {stream, *others}.isdisjoint(held):
        words = _(
            "The archive holds no {stream} with the number {id}. The number is the source's own: in the exported tables it "
            "stands in the column “Source ID”."
        )
        return ConfigurationError(words.format(stream=stream, id=id))
    words = _("The archive holds nothing that is called {stream}. It holds: {streams}")
    return ConfigurationError(words.format(stream=stream, streams=", ".join(held.values()) or "—"))
