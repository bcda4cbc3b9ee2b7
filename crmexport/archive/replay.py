"""Records as their connector reads them, from the archive alone: what mapping works on."""

import json
from collections.abc import Callable, Collection, Iterator

from crmexport.archive.store import Archive, Page
from crmexport.errors import ConfigurationError
from crmexport.source import Account, Connector, Row, connector_class
from crmexport.source.contract import rows_in
from crmexport.source.options import OptionError
from crmexport.text import _

PARENT = "_parent"
"""The field in which a record says under which it stands."""
Unread = Callable[[str, str], object]
"""Is told stream and id of a record that its connector does not find in its answer any more."""


def connector_of(archive: Archive) -> Connector:
    """The connector that filled this archive, for reading it offline.

    Raises ConfigurationError when it is not installed, or in a version that does not know the options of the pull.
    """
    source = archive.source
    try:
        return connector_class(source.name)(Account(source.url, source.options))
    except OptionError as error:
        raise ConfigurationError(
            _(
                "The archive was pulled with --set {name}={value}, which the connector {source} that is installed here does not "
                "know. Read it with the version of crmexport that pulled it, or a newer one."
            ).format(name=error.name, value=error.value, source=source.name)
        ) from error


def current_rows(
    archive: Archive, connector: Connector, streams: Collection[str], unread: Unread | None = None
) -> Iterator[Row]:
    """Every current record of `streams`, decoded, in the order they came; one page in memory.

    A record that stood in another's sub-list tells so under PARENT: {"stream", "id"}, be it by an earlier answer than its last.
    What a connector read once and does not any more, a later version maybe, comes as its own bytes have it, and `unread` is
    told. Without `unread` it is left out: that is for judging connectors.
    """
    for page in archive.pages(streams):
        yield from _current(connector, page, unread)


def _current(connector: Connector, page: Page, unread: Unread | None) -> Iterator[Row]:
    left = dict(page.current)
    for row in _read(connector, page, unread):
        key = (row.stream, row.id)
        if key in left and left[key][0] == row.start:
            del left[key]
            yield _placed(row, page)
    if unread is not None:
        for (stream, id), (start, end) in left.items():
            unread(stream, id)
            yield _placed(Row(stream, id, read_alone(page.response.body[start:end]), start, end), page)


def _read(connector: Connector, page: Page, unread: Unread | None) -> list[Row]:
    """What the connector makes of the answer; nothing where it refuses one that an earlier version took."""
    try:
        return rows_in(connector, page.request, page.response)
    except ValueError:
        if unread is None:
            raise
        return []


def read_alone(body: bytes) -> dict[str, object]:
    """A record without what its connector adds to it from the rest of the answer."""
    value = json.loads(body)
    return value if isinstance(value, dict) else {"value": value}


def _placed(row: Row, page: Page) -> Row:
    parent = row.parent or page.parents.get((row.stream, row.id))
    if parent:
        row.value[PARENT] = {"stream": parent[0], "id": parent[1]}
    return row
