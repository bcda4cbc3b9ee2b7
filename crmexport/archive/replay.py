"""Records as their connector reads them, from the archive alone: what mapping works on."""

from collections.abc import Collection, Iterator

from crmexport.archive.store import Archive, Page
from crmexport.source import Account, Connector, Row, connector_class
from crmexport.source.contract import rows_in


def connector_of(archive: Archive) -> Connector:
    """The connector that filled this archive, for reading it offline. Raises ConfigurationError when it is not installed."""
    source = archive.source
    return connector_class(source.name)(Account(source.url, source.options))


def current_rows(archive: Archive, connector: Connector, streams: Collection[str]) -> Iterator[Row]:
    """Every current record of `streams`, decoded, in the order they came; one page in memory.

    A record that stood in another's sub-list tells so under `_parent`: {"stream", "id"}, be it by an earlier answer than its last.
    """
    for page in archive.pages(streams):
        yield from _current(connector, page)


def _current(connector: Connector, page: Page) -> Iterator[Row]:
    for row in rows_in(connector, page.request, page.response):
        if page.current.get((row.stream, row.id)) == row.start:
            parent = row.parent or page.parents.get((row.stream, row.id))
            if parent:
                row.value["_parent"] = {"stream": parent[0], "id": parent[1]}
            yield row
