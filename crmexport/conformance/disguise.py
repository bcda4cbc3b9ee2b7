"""The same connector with another wish: without batches, without a sweep, for changes only, in another order. Its answers stay its own."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

from crmexport.source import Connector, Reading, Request, Response

EVER = datetime(2000, 1, 1, tzinfo=UTC)


def without_bulk(kind: type[Connector]) -> type[Connector]:
    """A connector that says its source takes no batches."""
    limits = replace(kind.about.limits, bulk_calls=1)
    return type(
        kind.__name__, (kind,), {"about": replace(kind.about, limits=limits), "__doc__": kind.__doc__}
    )


def without_sweep(kind: type[Connector]) -> type[Connector]:
    """A connector that makes no second walk through all ids: what its lists lose is lost."""
    about = replace(kind.about, swept=())
    return type(kind.__name__, (kind,), {"about": about, "__doc__": kind.__doc__})


def lists_alone(kind: type[Connector]) -> type[Connector]:
    """A connector that asks for no record by its card either: what its lists lose, no link of another record brings."""

    class ListsAlone(without_sweep(kind)):  # type: ignore[misc]
        __doc__ = kind.__doc__

        def read(self, request: Request, response: Response) -> Reading:
            """The same reading, but for its links."""
            reading: Reading = super().read(request, response)
            reading.links = set()
            return reading

    return ListsAlone


def since_ever(kind: type[Connector]) -> type[Connector]:
    """A connector that knows no full pull: it asks for what changed since long ago. Neither does it sweep."""

    class SinceEver(without_sweep(kind)):  # type: ignore[misc]
        __doc__ = kind.__doc__

        def opening(self, since: datetime | None) -> Iterable[Request]:
            """What changed since then, or ever."""
            asked: Iterable[Request] = super().opening(since or EVER)
            return asked

    return SinceEver


def shuffled(kind: type[Connector], seed: int) -> type[Connector]:
    """A connector whose requests are worth what chance wants, so that they are asked in another order."""

    class Shuffled(kind):  # type: ignore[misc,valid-type]
        __doc__ = kind.__doc__

        def opening(self, since: datetime | None) -> Iterable[Request]:
            """The same requests."""
            return [_shuffle(one, seed) for one in super().opening(since)]

        def read(self, request: Request, response: Response) -> Reading:
            """The same reading."""
            reading: Reading = super().read(request, response)
            reading.requests = [_shuffle(one, seed) for one in reading.requests]
            reading.under = [(record, _shuffle(one, seed)) for record, one in reading.under]
            for at, file in enumerate(reading.files):
                reading.files[at] = file._replace(request=_shuffle(file.request, seed))
            return reading

    return Shuffled


def _shuffle(request: Request, seed: int) -> Request:
    chance = sha256(f"{seed} {request.key}".encode()).digest()[0]
    return request.replace(worth=chance * 100 // 255)
