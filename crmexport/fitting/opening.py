"""An archive and a target made ready to be looked at: what every tool of fitting begins with."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from crmexport.archive import Archive
from crmexport.archive.replay import connector_of
from crmexport.mapping import MappedArchive, SourceMapping, load_source_mapping
from crmexport.source import FILES, Connector
from crmexport.target import Target
from crmexport.target.folder import telling_disk_failures
from crmexport.target.workshop import Workshop, workshop
from crmexport.watch import Watch, nobody


@contextmanager
def prepared(
    archive: Archive, target: Target, lang: str, watch: Watch = nobody, *, keep: bool = True
) -> Iterator[Workshop]:
    """A workshop over `archive` in which `target` can be made, in the language `lang` ("ru" or "en").

    `keep` every entity, for those who will look at all of them.
    """
    connector = connector_of(archive)
    with workshop(archive, connector, _mapping(archive, connector), lang) as shop:
        if keep:
            shop.keep_all(watch)
        shop.prepare([target], watch, keep=False)
        yield shop


def mapped(archive: Archive) -> MappedArchive:
    """The entities of `archive`, by the mapping of its source."""
    connector = connector_of(archive)
    return MappedArchive(archive, connector, _mapping(archive, connector))


def _mapping(archive: Archive, connector: Connector) -> SourceMapping:
    """The mapping of its source. Its author is told of a stream that the source has not: an export writes all others without it."""
    known = {*(stream.name for stream in connector.about.streams), FILES}
    return load_source_mapping(archive.source.name, known)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """The block writes `path`, whose folder is made. Where it cannot, nothing of the file is left: it would be in the way of the next try.

    Raises OutputError with a sentence.
    """
    with telling_disk_failures(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield
        except OSError:
            with suppress(OSError):
                path.unlink(missing_ok=True)
            raise


def written(path: Path, text: str) -> Path:
    """Write `text` to `path`, and give it back. Raises OutputError with a sentence."""
    with writing(path):
        path.write_text(text, encoding="utf-8", newline="\n", errors="backslashreplace")
    return path
